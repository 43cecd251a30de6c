"""Python: the walk over modules and statements."""

import re
from functools import cache
from typing import Final

from tree_sitter import Language, Node

from codeagent.domain.facts import FileFacts
from codeagent.languages.grammars import get_language
from codeagent.languages.lowering import python_calls as calls
from codeagent.languages.lowering import python_definitions as definitions
from codeagent.languages.lowering import python_expressions as expressions
from codeagent.languages.lowering import python_imports as imports
from codeagent.languages.lowering import python_matching as matching
from codeagent.languages.lowering import python_operators as operators
from codeagent.languages.lowering import python_statements as statements
from codeagent.languages.lowering.depth import cut
from codeagent.languages.lowering.python_walk import Handler, Walk, descend

_WALKS: Final = 4
_COMMENT_LINE: Final = re.compile(rb"\n[ \t]*#")

_HANDLERS: Final[dict[str, Handler]] = {
    **calls.HANDLERS,
    **expressions.HANDLERS,
    **imports.HANDLERS,
    **matching.HANDLERS,
    **operators.HANDLERS,
    **statements.HANDLERS,
    **definitions.HANDLERS,
}


def lower(source: bytes, root: object, *, locals: bool = False) -> FileFacts:
    """Lower one Python module; `root` is the root node of its tree-sitter tree."""
    assert isinstance(root, Node)
    hoisted: dict[int, set[str]] = {}
    for _ in range(_WALKS):
        walk = Walk(source, _table(), locals, hoisted)
        try:
            walk.block(root, 0)
        except RecursionError as error:
            cut(error)
            walk.errors += 1
            break
        if not walk.late:
            break
        for scope, name in walk.late:  # bound below their first use: now it is known
            hoisted.setdefault(scope, set()).add(name)
    if root.has_error:
        _count_errors(walk, root)
    walk.settle()
    return walk.finish(len(_COMMENT_LINE.findall(source)) + source.startswith(b"#"))


def _count_errors(walk: Walk, root: Node) -> None:
    """Count ERROR and MISSING nodes, descending only where the tree has them."""
    pending = [root]
    while pending:
        node = pending.pop()
        if node.is_error or node.is_missing:
            walk.errors += 1
            walk.error_bytes += node.end_byte - node.start_byte
        elif node.has_error:
            pending.extend(node.children)


@cache
def _table() -> tuple[Handler, ...]:
    """Handlers by the grammar's kind id; a kind without one walks its children."""
    language: Language = get_language("python")
    by_name = {
        language.node_kind_for_id(i) or "": i for i in range(language.node_kind_count) if language.node_kind_is_named(i)
    }
    missing = _HANDLERS.keys() - by_name.keys()
    if missing:
        raise RuntimeError(f"the Python grammar has no node kind {sorted(missing)}")
    Walk.know(by_name)
    table: list[Handler] = [descend] * 0x10000  # ERROR has the highest id of all
    for i in range(language.node_kind_count):
        if language.node_kind_is_named(i) and (handler := _HANDLERS.get(language.node_kind_for_id(i) or "")):
            table[i] = handler
    return tuple(table)
