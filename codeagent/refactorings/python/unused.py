"""Imports of a Python file that nothing uses and that are not there for what they do."""

import re
from collections.abc import Iterator
from typing import Final

from codeagent.graph.names import spec_words
from codeagent.graph.naming import key_of
from codeagent.languages.syntax import Node, every
from codeagent.refactorings.python.exports import exports
from codeagent.refactorings.python.fixture_moves import wanted
from codeagent.refactorings.python.fixtures import asks, fixture_mark
from codeagent.refactorings.python.imports import TYPING, Imported, ImportStatement
from codeagent.refactorings.python.modules import PythonModules
from codeagent.refactorings.python.quoted import quoted_names
from codeagent.refactorings.python.scopes import Role

_KEPT: Final = re.compile(rb"#.*(?:noqa|side.?effect|regist|pragma|type:\s*ignore|pylint|isort)", re.IGNORECASE)
_ACTING: Final = frozenset(("readline", "rlcompleter", "antigravity", "this", "site", "faulthandler"))


Unused = tuple[ImportStatement, Imported]


def unused_imports(modules: PythonModules, path: str) -> Iterator[Unused]:
    """Yield the names that the top level of a file imports in vain; what other files take from it is used."""
    if path.endswith(("__init__.py", "__init__.pyi")):
        return  # a package's imports are its face
    source, root, scopes = modules.code.read(path), modules.code.tree(path), modules.scopes(path)
    uses = (use for use in scopes.uses.values() if not use.binds or use.role in (Role.UPDATE, Role.DELETE))
    read = {use.name for use in uses if scopes.owner(use.name, use.scope) in (None, scopes.module)}
    read |= {quoted.name for quoted in quoted_names(root, 0, len(source))}
    read |= {one.name for one in exports(root) or ()}
    tests = (one for one in modules.code.graph.symbols(path) if asks(modules.code, one))
    read |= {name for one in tests for name in wanted(modules.code, one)}
    taken = _taken_from(modules, path)
    for statement in modules.imports(path):
        if statement.local or statement.guard not in ("", TYPING) or statement.module == "__future__":
            continue
        for one in statement.names:
            name = statement.binds(one)
            line = source[one.start : source.find(b"\n", one.end) + 1 or None] + _last_line(source, statement)
            if name == "*" or name in read or one.alias == one.name or _KEPT.search(line) or "*" in taken:
                continue
            if name not in taken and not _acts(modules, path, statement, one) and not _is_fixture(modules, path, one):
                yield statement, one


def _is_fixture(modules: PythonModules, path: str, one: Imported) -> bool:
    """Whether an import brings a fixture, which tests of the file, or below it, find by being there."""
    meaning = modules.code.naming.file(path).at(one.start)
    keys = meaning.targets if meaning is not None else frozenset()
    found = [each for key in keys if "::" in key for each in modules.code.graph.symbols(key.partition("::")[0])]
    return any(key_of(each.id) in keys and fixture_mark(modules.code, each) for each in found)


def _last_line(source: bytes, statement: ImportStatement) -> bytes:
    return source[statement.end : source.find(b"\n", statement.end) + 1 or None]


def _taken_from(modules: PythonModules, path: str) -> set[str]:
    """The names that other files import from this one, or read off it; "*" where they may be any."""
    stem = modules.layout.dotted(path).rpartition(".")[2]
    found: set[str] = set()
    for other in modules.mentioning((stem,)):
        for statement in modules.imports(other) if other != path and _may_import(modules, other, stem) else ():
            if statement.module is not None and modules.module_of(other, statement) == path:
                found |= {one.name for one in statement.names}
            elif any(_is_module(modules, other, statement, one, path) for one in statement.names):
                found |= set(_attributes(modules.code.tree(other)))
    return found


def _may_import(modules: PythonModules, path: str, stem: str) -> bool:
    """Whether an import of a file names a module of that name; its facts tell that without its syntax tree."""
    imports = modules.code.graph.facts(path).imports
    return any(stem == one.name or stem in spec_words(one.spec) for one in imports)


def _is_module(modules: PythonModules, other: str, statement: ImportStatement, one: Imported, path: str) -> bool:
    if statement.module is None:
        return modules.find(other, one.name) == path
    origin = modules.imported(other, statement, one) if one.name != "*" else None
    return origin is not None and origin.path == path and not origin.name


def _attributes(root: Node) -> Iterator[str]:
    for node in every(root, "python", "attribute"):
        if (name := node.child_by_field_name("attribute")) is not None:
            yield (name.text or b"").decode("utf-8", "surrogateescape")


def _acts(modules: PythonModules, path: str, statement: ImportStatement, one: Imported) -> bool:
    """Tell whether `import module` is there for what the module does when it is imported."""
    if statement.module is not None or one.alias is not None:
        return False
    if one.name in _ACTING:
        return True
    target = modules.find(path, one.name)
    if target is None or target.endswith("/"):
        return False
    return any(_runs(node) for node in modules.code.tree(target).named_children)


def _runs(node: Node) -> bool:
    """Whether a statement at the top of a module does something: a call, a decorator, an assignment to elsewhere."""
    inner = node.named_children[0] if node.named_children else node
    if node.type == "decorated_definition":
        return True
    return node.type == "expression_statement" and (
        inner.type == "call" or (inner.type == "assignment" and _elsewhere(inner))
    )


def _elsewhere(assignment: Node) -> bool:
    target = assignment.child_by_field_name("left")
    return target is not None and target.type in ("subscript", "attribute")
