"""The text of a definition as a whole: with its decorators, its own comments, and the lines that it fills."""

from typing import Final

from codeagent.domain.code import Symbol
from codeagent.domain.patch import Edit
from codeagent.languages.syntax import Node, around
from codeagent.refactorings.code import Code
from codeagent.refactorings.refactoring import Refusal

_LISTS: Final = ("variable_declarator", "var_spec", "const_spec", "type_spec", "init_declarator")
_BLOCKS: Final = frozenset(
    (
        "block", "module", "program", "source_file", "translation_unit", "statement_block", "declaration_list",
        "class_body", "interface_body", "interface_type", "enum_body", "object_type", "enum_body_declarations",
        "enum_variant_list", "field_declaration_list", "compilation_unit",
    )
)  # fmt: skip
_COMMENTS: Final = ("comment", "line_comment", "block_comment")


def removal_of(code: Code, symbol: Symbol) -> Edit:
    """Return the edit that takes a definition out, with the lines it fills; Refusal where it shares a statement."""
    node = _whole(code, symbol)
    source = code.read(symbol.path)
    start, end = _with_comments(node, source)
    block = node.parent
    language = code.language(symbol.path)
    if language == "python" and block is not None and block.type == "block":
        others = [one for one in block.named_children if one.type not in _COMMENTS and one != node]
        if not others:
            return Edit(symbol.path, node.start_byte, node.end_byte, b"pass")
    line = source.rfind(b"\n", 0, start) + 1
    if source[line:start].strip():
        return Edit(symbol.path, start, end, b"")
    after = source.find(b"\n", end)
    stop = len(source) if after < 0 else after + 1
    if source[end:stop].strip(b" \t\r\n;,"):
        comment = source[end:stop].strip()
        if not comment.startswith((b"#", b"//")):
            return Edit(symbol.path, start, end, b"")
    stop = _past_blank_lines(source, stop, line)
    if stop == len(source):  # at the end of the file the blank lines above go as well
        line = len(source[:line].rstrip()) + len(_line_end(source)) if source[:line].strip() else 0
    return Edit(symbol.path, min(line, start), stop, b"")


def _line_end(source: bytes) -> bytes:
    return b"\r\n" if b"\r\n" in source else b"\n"


def _whole(code: Code, symbol: Symbol) -> Node:
    """The statement that a definition is; what declares several names at once is refused."""
    node = around(code.tree(symbol.path), symbol.name_span.start, symbol.name_span.end)
    while node.parent is not None and node.parent.type not in _BLOCKS:
        above = node.parent
        if node.type in _LISTS and any(one.type == node.type and one != node for one in above.named_children):
            if not node.type.endswith("_spec") or b"iota" in code.read(symbol.path)[above.start_byte : above.end_byte]:
                raise Refusal(f"{symbol.name} is declared together with others", "give it a statement of its own first")
            break
        node = above
    if code.language(symbol.path) == "python" and node.type in ("assignment", "expression_statement"):
        _check_assignment(node, symbol, code)
    return node


def _check_assignment(node: Node, symbol: Symbol, code: Code) -> None:
    inner = node if node.type == "assignment" else next(iter(node.named_children), node)
    left = inner.child_by_field_name("left") if inner.type == "assignment" else None
    if left is None or code.text(left, symbol.path) != symbol.name:
        raise Refusal(f"{symbol.name} is bound together with others", "give it a statement of its own first")
    right = inner.child_by_field_name("right")
    if right is not None and any(kind in _kinds(right) for kind in ("call", "await", "assignment", "yield")):
        raise Refusal(f"what {symbol.name} is given may do something when it is computed", "remove it by hand")


def _kinds(node: Node) -> set[str]:
    found = {node.type}
    for one in node.named_children:
        if one.type != "lambda":
            found |= _kinds(one)
    return found


def _with_comments(node: Node, source: bytes) -> tuple[int, int]:
    """The bytes of a statement with the comments that stand right above it."""
    start = node.start_byte
    before = node.prev_named_sibling
    line = node.start_point[0]
    while before is not None and before.type in (*_COMMENTS, "attribute_item") and before.end_point[0] >= line - 1:
        head = source[source.rfind(b"\n", 0, before.start_byte) + 1 : before.start_byte]
        if head.strip():
            break  # it stands behind other code
        start, line = before.start_byte, before.start_point[0]
        before = before.prev_named_sibling
    return start, node.end_byte


def _past_blank_lines(source: bytes, stop: int, start: int) -> int:
    """Where the code goes on after what is removed: of the blank lines above it and below it the more stay, but for
    those below where a block begins above."""
    starts = [stop]  # of the blank lines below, and of what follows
    while starts[-1] < len(source):
        after = source.find(b"\n", starts[-1])
        end = len(source) if after < 0 else after + 1
        if source[starts[-1] : end].strip():
            break
        starts.append(end)
    if starts[-1] >= len(source):
        return len(source)
    above = source[:start].rstrip()
    if not above or above.endswith((b":", b"{")):
        return starts[-1]
    blank = source[len(above) : start].count(b"\n") - 1
    return starts[min(blank, len(starts) - 1)]


def joined(edits: list[Edit]) -> list[Edit]:
    """Return edits in which removals side by side or one within the other are one; what is put in stays put in."""
    found: list[Edit] = []
    for edit in sorted(edits):
        last = found[-1] if found else None
        if last is None or last.path != edit.path or last.text or edit.start > last.end:
            found.append(edit)
        elif not edit.text:
            found[-1] = Edit(last.path, last.start, max(last.end, edit.end), b"")
        elif edit.start == edit.end < last.end:  # what is above it stays as well
            found[-1] = Edit(last.path, edit.start, last.end, edit.text.rstrip(b"\r\n") + edit.text[-1:])
        else:
            found.append(edit)
    return found
