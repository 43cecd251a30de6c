"""Rust: macro invocations: calls of the macro, whose arguments are read as Rust where they are that."""

from functools import cache
from typing import Final

from tree_sitter import Node, Parser, Point, Range

from codeagent.domain.facts import CALLS, NONE
from codeagent.languages.grammars import get_language
from codeagent.languages.lowering.rust_paths import scoped
from codeagent.languages.lowering.rust_tokens import captures, macro_result, refer_to_macro, scan_tokens
from codeagent.languages.lowering.rust_walk import Handler, Walk

_NOWHERE: Final = Point(0, 0)  # nobody asks for lines and columns here


def macro_invocation(walk: Walk, node: Node, scope: int) -> int:
    """`name!(…)`: a call of the macro; its tokens are read as far as they look like expressions."""
    children = walk.children(node)
    if not children:
        return NONE
    name = _invoked(walk, children[0], scope)
    if len(children) < 2:
        return NONE
    mark = walk.mark()
    values = macro_arguments(walk, children[-1], scope)
    walk.release(mark)
    return macro_result(walk, name, values)


def macro_arguments(walk: Walk, tree: Node, scope: int) -> list[int]:
    """The values of a macro's arguments: read as Rust where the tokens are that, else token by token."""
    if tree.end_byte - tree.start_byte <= 2:
        return []
    tokens = tree.named_children
    if len(tokens) == 1 and tokens[0].type == "string_literal":
        captures(walk, tokens[0], scope)
        return [walk.text_literal]
    node = _reread(walk, tree)
    if node is None:
        return scan_tokens(walk, tree, scope)
    if node.type == "block":
        return [walk.visit(node, scope)]
    values = []
    for child in node.named_children:
        if child.type == "string_literal":
            captures(walk, child, scope)
        elif child.type == "assignment_expression":  # `name = value` among the arguments of a format
            values.append(walk.visit(child.named_children[-1], scope))
        elif not child.is_extra:
            values.append(walk.visit(child, scope))
    return values


def _reread(walk: Walk, tree: Node) -> Node | None:
    """Parse a token tree in place: `(…)` as a tuple, `[…]` as an array, `{…}` as a block.

    With some later `;` of the file behind it, it is a whole statement: repairing a half one takes longer."""
    parser, edge = _parser(), tree.end_byte
    parts = [Range(_NOWHERE, _NOWHERE, tree.start_byte, edge)]
    end = walk.chars.find(";", edge)
    if end >= 0:
        parts.append(Range(_NOWHERE, _NOWHERE, end, end + 1))
    parser.included_ranges = parts
    read = parser.parse(walk.source).root_node
    walk.read_again.append(read)
    found = read.named_children
    inner = found[0].named_children if found and len(found) < 3 else []
    if len(inner) != 1 or inner[0].has_error or inner[0].end_byte != edge:
        return None
    return inner[0]


@cache
def _parser() -> Parser:
    return Parser(get_language("rust"))


def _invoked(walk: Walk, node: Node, scope: int) -> str:
    """Refer to the macro of an invocation; returns its bare name."""
    if node.type == "scoped_identifier":
        scoped(walk, node, scope, CALLS)
        return walk.word(node).rpartition("::")[2]
    name = walk.word(node)
    refer_to_macro(walk, name, node.start_byte, node.end_byte, scope)
    return name


HANDLERS: Final[dict[str, Handler]] = {"macro_invocation": macro_invocation}
