"""Where definitions go in the Python module they move to, and how the text of the file is put together there."""

from collections.abc import Sequence
from dataclasses import dataclass

from codeagent.domain.patch import Edit, Shift
from codeagent.languages.syntax import Node
from codeagent.refactorings.python.baggage import Baggage
from codeagent.refactorings.python.departure import DEFINITIONS, Piece
from codeagent.refactorings.python.import_edits import ImportEdits
from codeagent.refactorings.python.import_places import leading, next_line
from codeagent.refactorings.python.layout import line_end, newline_of
from codeagent.refactorings.python.scopes import Scopes
from codeagent.refactorings.refactoring import Carried, Refusal


@dataclass(frozen=True, slots=True)
class Parcel:
    """Moved text, ready to be inserted; `parts` are (old start, old end, offset in the text) of what is unchanged."""

    text: bytes
    parts: tuple[tuple[int, int, int], ...]
    opens_with_definition: bool
    ends_with_definition: bool


def parcel(source: bytes, pieces: Sequence[Piece], rewrites: Sequence[tuple[int, int, str]], newline: bytes) -> Parcel:
    """Return the text of pieces of a file with some bytes rewritten, in the line ending of the file it goes to."""
    text = b""
    parts: list[tuple[int, int, int]] = []
    for number, piece in enumerate(pieces):
        if number:
            tight = not (piece.definition or pieces[number - 1].definition)
            close = piece.name == pieces[number - 1].name
            text += newline * (1 if tight else 2 if close else 3)
        at = piece.start
        for start, end, new in sorted({r for r in rewrites if piece.start <= r[0] < piece.end}):
            text = _append(source, at, start, text, parts, newline) + new.encode()
            at = end
        text = _append(source, at, piece.end, text, parts, newline)
    return Parcel(text, tuple(parts), pieces[0].definition, pieces[-1].definition)


def _append(
    source: bytes, start: int, end: int, text: bytes, parts: list[tuple[int, int, int]], newline: bytes
) -> bytes:
    """Add unchanged bytes, line by line where their line ending changes."""
    own = newline_of(source)
    at = start
    while own != newline and (found := source.find(own, at, end)) >= 0:
        parts.append((at, found, len(text)))
        text += source[at:found] + newline
        at = found + len(own)
    parts.append((at, end, len(text)))
    return text + source[at:end]


def offset_for(imports: ImportEdits, scopes: Scopes, baggage: Baggage, names: set[str]) -> int:
    """Return where definitions go in a module: after its imports, and after what they need to be made.

    Raises Refusal where the module uses them before that."""
    source, root = imports.source, imports.root
    first = leading(root, imports.statements)
    at = next_line(source, first[-1].end) if first else imports.header.offset
    for node in root.named_children:
        bound = {
            use.name for use in scopes.between(node.start_byte, node.end_byte) if use.binds and use.scope.parent is None
        }
        if bound & baggage.own and node.end_byte > at:
            at = next_line(source, node.end_byte)
    for use in scopes.uses.values():
        at_once = not any(one.kind in ("function_definition", "lambda") for one in use.scope.chain())
        if use.name in names and not use.binds and at_once and use.start < at:
            line = source.count(b"\n", 0, use.start) + 1
            raise Refusal(
                f"{use.name} would be needed in line {line} of {imports.path}, before it can be defined", "move less"
            )
    return at


def arrive(source: bytes, root: Node, goods: Parcel, at: int, edits: list[Edit], path: str) -> tuple[list[Edit], int]:
    """Return a file's edits with moved text inserted at the start of a line, and where that text starts after them."""
    newline = newline_of(source)
    here = next((edit for edit in edits if edit.start == edit.end == at), None)
    gone = sorted(edit for edit in edits if edit.end > edit.start and not edit.text)
    above = here.text.rstrip(b"\r\n") if here is not None else b""
    before = _gap_before(source, goods, at, above, gone, newline)
    after = _gap_after(source, root, goods, at, newline)
    insertion = Edit(path, at, at, above + before + goods.text + after)
    found = [edit for edit in edits if edit is not here] + [insertion]
    start = Shift(sorted(found)).start_of(at) or 0
    return found, start + len(above) + len(before)


def _gap_before(source: bytes, goods: Parcel, at: int, above: bytes, gone: list[Edit], newline: bytes) -> bytes:
    head = source[:at]
    for edit in reversed(gone):
        if edit.end <= at:
            head = head[: edit.start] + head[edit.end :]
    if above:
        return newline * (3 if goods.opens_with_definition else 2)
    if not head.strip():
        return b""
    blank = len(head) - len(head.rstrip(b"\r\n"))
    have = head[len(head) - blank :].count(b"\n")
    return newline * max(0, (3 if goods.opens_with_definition else 2) - have)


def _gap_after(source: bytes, root: Node, goods: Parcel, at: int, newline: bytes) -> bytes:
    rest = source[at:]
    if not rest.strip():
        return newline
    body = at + len(rest) - len(rest.lstrip())
    following = next((one for one in root.named_children if one.end_byte > body), None)
    large = goods.ends_with_definition or (following is not None and following.type in DEFINITIONS)
    have = source[at:body].count(b"\n") if not source[at : line_end(source, at)].strip() else 0
    return newline * (1 + max(0, (2 if large else 0) - have))


def carried(goods: Parcel, path: str, goal: str, start: int) -> tuple[Carried, ...]:
    """Return which bytes of the old file are found again in the new one, where the moved text starts at `start`."""
    return tuple(
        Carried(path, first, last, goal, start + offset) for first, last, offset in goods.parts if last > first
    )
