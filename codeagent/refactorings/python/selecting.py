"""From a selection to what it selects: whole statements of one block, or one expression.

Whitespace and comments at its edges do not matter. A selection that starts in the keyword of a statement without
blocks (`return`) means the statement; any other part of a statement that is no expression is refused.
"""

from typing import Final

from codeagent.languages.syntax import Node, around
from codeagent.refactorings.python.chains import OPERATIONS, part_of_chain
from codeagent.refactorings.python.region import EXPRESSIONS, Region, checked
from codeagent.refactorings.refactoring import Refusal

_BLOCKS: Final = ("block", "module")
_OPERATION_PARTS: Final = (
    *OPERATIONS,
    "not_operator",
    "unary_operator",
    "comparison_operator",
    "call",
    "attribute",
    "subscript",
)


def select(root: Node, source: bytes, start: int, end: int, *, expression: bool = False) -> Region:
    """Return what bytes `start` to `end` select; with `expression` a statement that is one counts as such.

    Raises Refusal where they select nothing whole."""
    start, end = _trimmed(root, source, start, end)
    first, last = _without_comments(root, source, start, end)
    container = around(root, first, last)
    while container.type not in _BLOCKS and container.parent is not None:
        container = container.parent
    touched = [
        one
        for one in container.named_children
        if one.type != "comment" and one.start_byte < last and one.end_byte > first
    ]
    if not touched:
        raise Refusal("nothing is selected", "select statements or an expression")
    only = touched[0]
    if len(touched) > 1 or (only.start_byte >= first and only.end_byte <= last):
        if len(touched) == 1 and expression and only.type == "expression_statement":
            return _expression(root, only.start_byte, only.end_byte)
        return _statements(touched, source, start, end)
    if not expression and _in_keyword(only, first):
        return _statements(touched, source, only.start_byte, only.end_byte)
    return _expression(root, first, last)


def select_at(root: Node, source: bytes, offset: int, *, expression: bool = False, smallest: bool = False) -> Region:
    """Return the expression at a place: with its whole operation, its call and what it is an attribute of, unless
    only the `smallest` is wanted.

    Without `expression` the keyword of a statement without blocks stands for the statement."""
    leaf = _leaf_at(root, source, offset)
    statement = leaf.parent
    whole = statement is not None and statement.parent is not None and statement.parent.type in _BLOCKS
    if statement is not None and whole and not expression and _in_keyword(statement, leaf.start_byte):
        return Region(statement.start_byte, statement.end_byte, (statement,), True)
    node = leaf if leaf.is_named and leaf.type in EXPRESSIONS else leaf.parent
    while node is not None and node.type in ("string_content", "string_start", "string_end", "argument_list"):
        node = node.parent
    while not smallest and node is not None and node.parent is not None and _climbs(node.parent):
        node = node.parent
    if node is None or node.type not in EXPRESSIONS:
        raise Refusal("there is no expression", "select an expression, as PATH:LINE:COL-LINE:COL")
    return checked(node, node.start_byte, node.end_byte)


def _climbs(parent: Node) -> bool:
    if parent.type == "concatenated_string":
        return True
    return parent.type in _OPERATION_PARTS


def _leaf_at(root: Node, source: bytes, offset: int) -> Node:
    """The token that starts at, holds, or ends at a place; in blanks the next one."""
    at = offset
    if source[at : at + 1].isspace() or at >= len(source):
        if at > 0 and not source[at - 1 : at].isspace():
            at -= 1
        else:
            while at < len(source) and source[at : at + 1] in b" \t":
                at += 1
    return around(root, at, at + 1) if around(root, at, at + 1).child_count == 0 else around(root, at, at)


def _trimmed(root: Node, source: bytes, start: int, end: int) -> tuple[int, int]:
    """The selection without blanks at its edges, and with whole comments."""
    while start < end and source[start : start + 1] in b" \t\r\n\f;":
        start += 1
    while end > start and source[end - 1 : end] in b" \t\r\n\f\\;":
        end -= 1
    if start == end:
        raise Refusal("nothing is selected", "select statements or an expression")
    first, last = around(root, start, start + 1), around(root, end - 1, end)
    if first.type == "comment":
        start = first.start_byte
    if last.type == "comment":
        end = last.end_byte
    return start, end


def _without_comments(root: Node, source: bytes, start: int, end: int) -> tuple[int, int]:
    """A trimmed selection without the comments at its edges."""
    while start < end and (first := around(root, start, start + 1)).type == "comment":
        start = first.end_byte
        while start < end and source[start : start + 1].isspace():
            start += 1
    while end > start and (last := around(root, end - 1, end)).type == "comment":
        end = last.start_byte
        while end > start and source[end - 1 : end] in b" \t\r\n\f\\;":
            end -= 1
    if start >= end:
        raise Refusal("only comments are selected", "select statements or an expression")
    return start, end


def _in_keyword(statement: Node, start: int) -> bool:
    keyword = statement.children[0] if statement.children else statement
    return not keyword.is_named and keyword.start_byte <= start < keyword.end_byte and not _has_block(statement)


def _has_block(statement: Node) -> bool:
    return statement.type in ("decorated_definition", "match_statement") or any(
        one.type == "block" for one in statement.children
    )


def _statements(touched: list[Node], source: bytes, start: int, end: int) -> Region:
    for one in touched:
        if one.type == "case_clause":
            raise Refusal("only a part of a match statement is selected", "select the whole statement")
        if not (one.start_byte >= start and one.end_byte <= end):
            line = source.count(b"\n", 0, one.start_byte) + 1
            raise Refusal(f"only a part of the statement in line {line} is selected", "select whole statements")
    return Region(min(start, touched[0].start_byte), max(end, touched[-1].end_byte), tuple(touched), True)


# --- expressions ------------------------------------------------------------------------------------


def _expression(root: Node, start: int, end: int) -> Region:
    node = around(root, start, end)
    start, end = _completed(node, start, end)
    node = around(root, start, end)
    while node.parent is not None and (node.parent.start_byte, node.parent.end_byte) == (start, end):
        if node.type in EXPRESSIONS and node.parent.type not in EXPRESSIONS:
            break
        node = node.parent
    if (node.start_byte, node.end_byte) == (start, end) and node.type in EXPRESSIONS:
        return checked(node, start, end)
    return part_of_chain(node, start, end)


def _completed(node: Node, start: int, end: int) -> tuple[int, int]:
    """A selection that begins in an operator or keyword of an expression means it; one that ends with a bracket, what
    that closes."""
    first, last = around(node, start, start + 1), around(node, end - 1, end)
    holder = first.parent
    if holder is not None and not first.is_named and holder.type in OPERATIONS:
        right = last.parent.named_children[-1] if last.parent is not None and _is_operator(last) else None
        left = holder.named_children[0]
        begin = left.named_children[-1] if left.type == holder.type else left
        return begin.start_byte, max(end, holder.end_byte, right.end_byte if right is not None else 0)
    if holder is not None and holder.type in _WORDED and first == holder.children[0] and end < holder.end_byte:
        return holder.start_byte, holder.end_byte
    closed = last.parent
    if last.type != ")" or closed is None or closed.type != "parenthesized_expression" or closed.end_byte != end:
        return start, end
    return min(start, closed.start_byte), end


_WORDED: Final = ("not_operator", "lambda", "await")


def _is_operator(leaf: Node) -> bool:
    return leaf.parent is not None and leaf.parent.type in OPERATIONS and not leaf.is_named
