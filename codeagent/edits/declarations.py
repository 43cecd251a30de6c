"""The text that a symbol's declaration takes up: its statement, what stands before it, and the lines that it owns."""

from dataclasses import dataclass
from typing import Final

from codeagent.domain.code import Symbol
from codeagent.edits.located import Missed
from codeagent.languages import syntax
from codeagent.languages.syntax import Node

_BODIES: Final = frozenset(
    """module program source_file compilation_unit translation_unit chunk block statement_block compound_statement
    class_body interface_body enum_body enum_body_declarations enum_variant_list annotation_type_body object object_type
    declaration_list field_declaration_list ordered_field_declaration_list statement_list statements body_statement
    template_body var_spec_list interface_type enum_member_declaration_list member_declaration_list""".split()
)
_GROUPS: Final = ("type_declaration", "const_declaration", "import_declaration")  # Go: bodies where they have brackets
_MARKS: Final = ("decorator", "attribute_item", "annotation", "marker_annotation")
_COMPOUND: Final = ("for", "while", "with", "if", "try", "match", "import", "switch", "parameter", "assert", "return")


@dataclass(frozen=True, slots=True)
class Declaration:
    """Bytes of a file: `top` where leading comments start, `head` where marks and keywords do, `start` to `end`
    what the graph calls the symbol (and the rest of its statement), `tail` past a final semicolon."""

    top: int
    head: int
    start: int
    end: int
    tail: int


def declaration_of(root: Node, source: bytes, symbol: Symbol) -> Declaration:
    """Return the text of a symbol's declaration. Raises Missed where it has none of its own."""
    node = syntax.around(root, symbol.name_span.start, symbol.name_span.end)
    while node.parent is not None and not _is_body(node.parent):
        node = node.parent
    if node.parent is None or (node.type.startswith(_COMPOUND) and symbol.kind in ("variable", "constant", "field")):
        raise Missed(
            f"{symbol.id} is not declared by a statement of its own", hint="change its lines by search and replace"
        )
    head = min(node.start_byte, symbol.span.start)
    before = node.prev_sibling
    while before is not None and before.type in _MARKS:
        head, before = min(head, before.start_byte), before.prev_sibling
    end = max(node.end_byte, symbol.span.end)
    tail = end + len(source[end:]) - len(source[end:].lstrip(b" \t"))
    return Declaration(
        top=_top(root, source, head),
        head=head,
        start=max(symbol.span.start, head, _past_marks(node)),
        end=end,
        tail=tail + 1 if source[tail : tail + 1] == b";" else end,
    )


def _past_marks(node: Node) -> int:
    """Where a declaration starts behind the decorators and annotations that are part of its node."""
    first = node.children[0] if node.children else node
    while first.type in _MARKS or (first.type == "modifiers" and first.children[0].type in _MARKS):
        inner = first.children[0] if first.type == "modifiers" else first
        while inner.next_sibling is not None and inner.type in _MARKS:
            inner = inner.next_sibling
        if inner.type not in _MARKS:
            return inner.start_byte
        if first.next_sibling is None:
            break
        first = first.next_sibling
    return node.start_byte


def _is_body(node: Node) -> bool:
    grouped = node.type in _GROUPS and any(child.type == "(" for child in node.children)
    return node.type in _BODIES or grouped


def _top(root: Node, source: bytes, head: int) -> int:
    """Where the comments start that stand right above a declaration, on lines of their own."""
    top = line_start(source, head)
    if source[top:head].strip():
        return head
    while top > 0:
        above = line_start(source, top - 1)
        line = source[above : top - 1]
        node = syntax.around(root, top - 2 - (len(line) - len(line.rstrip())), top - 2) if line.strip() else root
        comment = syntax.enclosing(node, "comment", "line_comment", "block_comment")
        if comment is None or source[line_start(source, comment.start_byte) : comment.start_byte].strip():
            break
        top = line_start(source, comment.start_byte)
    return top if top < line_start(source, head) else head


def line_start(source: bytes, at: int) -> int:
    """Return where the line of a byte starts."""
    return source.rfind(b"\n", 0, at) + 1


def line_end(source: bytes, at: int) -> int:
    """Return where the line of a byte ends, before its line end."""
    found = source.find(b"\n", at)
    if found < 0:
        return len(source)
    return found - 1 if found > at and source[found - 1 : found] == b"\r" else found
