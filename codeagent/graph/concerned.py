"""Which files a change of names can concern: those that have a reference which could come to mean another thing."""

from posixpath import dirname
from typing import Final

from codeagent.domain.facts import ATTR, GIVEN, IMPORT, LIVE, NAME, FileFacts
from codeagent.graph.affected import Changed
from codeagent.graph.graph import CodeGraph
from codeagent.graph.names import spec_words

_INITS: Final = ("__init__.py", "__init__.pyi")


def concerned(graph: CodeGraph, changed: Changed) -> set[str]:
    """Return the files of a graph that names concern which definitions, bindings and modules go by.

    In Python a bare name is bound in its own file, unless a star import brings it, and a module is a member of its
    package alone; so many files that have such a name cannot be concerned. In other languages all that have it are."""
    found = graph.mentioning(changed.bound | changed.modules)
    packages = {word for path in changed.paths for word in spec_words(dirname(path).rpartition("/")[2])}
    near = graph.mentioning(packages) if packages and all(map(dirname, changed.paths)) else found
    return {
        path
        for path in found
        if graph.files[path].language != "python"
        or path.endswith(_INITS)
        or _rests_on(graph.facts(path), changed.bound, changed.modules, path in near)
    }


def _rests_on(facts: FileFacts, bound: frozenset[str], modules: frozenset[str], near: bool) -> bool:
    starred = any(one.name == "*" for one in facts.imports)
    for expr in facts.exprs:
        kind = expr[0]
        if kind == ATTR:
            if expr[2] in bound or (near and expr[2] in modules):
                return True
        elif kind == IMPORT:
            if expr[2] in bound or expr[2] in modules or not modules.isdisjoint(spec_words(expr[1])):
                return True
        elif (kind == GIVEN and expr[2] in bound) or (kind in (NAME, LIVE) and starred and expr[2] in bound):
            return True
    return False
