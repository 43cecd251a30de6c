"""Python: import statements."""

from typing import Final

from tree_sitter import Node

from codeagent.domain.facts import (
    IMPORT,
    IMPORTS,
    NONE,
    ImportFact,
)
from codeagent.languages.lowering.python_walk import Handler, Walk, leaf


def import_statement(walk: Walk, node: Node, scope: int) -> int:
    """`import a.b` binds `a`; `import a.b as c` binds `c` to `a.b`."""
    for child in walk.children(node):
        if child.type == "aliased_import":
            path, alias = walk.children(child)[0], walk.children(child)[-1]
            spec = _spec(walk, path)
            value = walk.expr((IMPORT, spec, None))
            _imported(walk, ImportFact(spec, None, walk.word(alias), scope, path.start_byte, path.end_byte), value)
            walk.bind(scope, walk.word(alias), value, alias.start_byte, alias.end_byte, declare="")
        else:
            spec = _spec(walk, child)
            first = walk.children(child)[0]
            top = walk.word(first)
            value = walk.expr((IMPORT, spec, None))
            _imported(walk, ImportFact(spec, None, None, scope, child.start_byte, child.end_byte), value)
            walk.bind(scope, top, walk.expr((IMPORT, top, None)), first.start_byte, first.end_byte, declare="")
    return NONE


def import_from(walk: Walk, node: Node, scope: int) -> int:
    """`from spec import name as alias, …` and `from spec import *`."""
    module, *names = walk.children(node)
    spec = _spec(walk, module)
    for child in names:
        if child.type == "wildcard_import":
            walk.imports.append(ImportFact(spec, "*", None, scope, module.start_byte, module.end_byte))
            walk.references += (
                module.start_byte, module.end_byte, IMPORTS, scope, walk.expr((IMPORT, spec, None)),
            )  # fmt: skip
            walk.live = {}
            continue
        name = alias = child
        if child.type == "aliased_import":
            name, alias = walk.children(child)[0], walk.children(child)[-1]
        text = walk.word(name)
        value = walk.expr((IMPORT, spec, text))
        bound = walk.word(alias) if alias is not child else None
        _imported(walk, ImportFact(spec, text, bound, scope, name.start_byte, name.end_byte), value)
        walk.bind(scope, bound or text, value, alias.start_byte, alias.end_byte, declare="")
    return NONE


def _imported(walk: Walk, fact: ImportFact, value: int) -> None:
    walk.imports.append(fact)
    walk.references += (fact.start, fact.end, IMPORTS, fact.scope, value)


def _spec(walk: Walk, node: Node) -> str:
    return "".join(walk.chars[node.start_byte : node.end_byte].split()) if walk.ascii else walk.word(node)


HANDLERS: Final[dict[str, Handler]] = {
    "import_statement": import_statement,
    "import_from_statement": import_from,
    "future_import_statement": leaf,
}
