"""Rust: one walk over a file's tree, from items down to expressions."""

import re
from functools import cache
from typing import Final

from tree_sitter import Language, Node

from codeagent.domain.facts import FileFacts
from codeagent.languages.grammars import get_language
from codeagent.languages.lowering import (
    rust_attributes,
    rust_calls,
    rust_definitions,
    rust_expressions,
    rust_functions,
    rust_impls,
    rust_items,
    rust_macros,
    rust_paths,
    rust_patterns,
    rust_types,
    rust_uses,
)
from codeagent.languages.lowering.depth import cut
from codeagent.languages.lowering.rust_walk import Handler, Walk, descend

_LINE_COMMENTS: Final = re.compile(rb"\n[ \t]*//")
_BLOCK_COMMENTS: Final = re.compile(rb"(?ms)^[ \t]*/\*.*?\*/[ \t]*$")

_ERROR: Final = 0xFFFF  # the kind id of error nodes, in every grammar
_HANDLERS: Final[dict[str, Handler]] = {
    **rust_types.HANDLERS,
    **rust_paths.HANDLERS,
    **rust_uses.HANDLERS,
    **rust_patterns.HANDLERS,
    **rust_calls.HANDLERS,
    **rust_expressions.HANDLERS,
    **rust_macros.HANDLERS,
    **rust_attributes.HANDLERS,
    **rust_definitions.HANDLERS,
    **rust_functions.HANDLERS,
    **rust_impls.HANDLERS,
    **rust_items.HANDLERS,
}


def lower(source: bytes, root: object, *, locals: bool = False) -> FileFacts:
    """Lower one Rust file; `root` is the root node of its tree-sitter tree."""
    assert isinstance(root, Node)
    walk = Walk(source, _table(), locals)
    if root.has_error:
        walk.count_errors(root)
    try:
        walk.visit(root, 0)
    except RecursionError as error:
        cut(error)
        walk.dynamic.append(0)
    walk.settle()
    walk.package = "\n".join(dict.fromkeys(walk.given))
    comments = len(_LINE_COMMENTS.findall(source)) + source.lstrip(b" \t").startswith(b"//")
    if b"/*" in source:
        comments += sum(match[0].count(b"\n") + 1 for match in _BLOCK_COMMENTS.finditer(source))
    return walk.finish(comments)


@cache
def _table() -> dict[int, Handler]:
    """Handlers by the grammar's kind id; a kind without one walks its children."""
    language: Language = get_language("rust")
    kinds = {i: language.node_kind_for_id(i) or "" for i in range(language.node_kind_count)}
    missing = _HANDLERS.keys() - set(kinds.values())
    if missing:
        raise RuntimeError(f"the Rust grammar has no node kind {sorted(missing)}")
    table = {
        i: _HANDLERS.get(kind, descend) if language.node_kind_is_named(i) else descend for i, kind in kinds.items()
    }
    return table | {_ERROR: descend}
