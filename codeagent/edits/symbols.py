"""Edits by symbol: its declaration is replaced, is deleted, or gets a neighbour, in the indentation of its place."""

import re
from typing import Final

from codeagent.domain.code import Symbol
from codeagent.edits.adapting import adapted
from codeagent.edits.declarations import Declaration, declaration_of, line_end, line_start
from codeagent.edits.located import Missed
from codeagent.edits.request import Action, SymbolEdit
from codeagent.graph.graph import CodeGraph
from codeagent.languages import syntax

_COMMENT: Final = re.compile(r"//|/\*|#(?!\[)|--")
Written = tuple[int, int, str]  # bytes that are replaced, and by what, with line ends as \n


def symbol_change(graph: CodeGraph, symbol: Symbol, edit: SymbolEdit) -> tuple[Written, str]:
    """Return what an edit of a symbol replaces, and a note. Raises Missed."""
    if symbol.kind == "module":
        raise Missed(f"{symbol.id} is a whole file", hint="edit what is in it, or write the file anew")
    if symbol.name.startswith("<"):
        raise Missed(f"{symbol.id} has no name of its own", hint="change its lines by search and replace")
    if edit.action is not Action.DELETE and not edit.text.strip():
        raise Missed(f"{edit.action} of {symbol.id} has no text", hint="delete_symbol takes a symbol away")
    source = graph.read(symbol.path)
    language = graph.files[symbol.path].language
    place = declaration_of(syntax.parse(language, source), source, symbol)
    if edit.action in (Action.REPLACE, Action.DELETE):
        _require_alone(graph, symbol, place)
    if edit.action is Action.REPLACE:
        return _replaced(source, language, place, edit.text)
    _require_lines(source, symbol, place)
    if edit.action is Action.DELETE:
        return _deleted(source, place), "deleted with the comments right above it"
    return _inserted(graph, source, language, symbol, place, edit)


def _require_alone(graph: CodeGraph, symbol: Symbol, place: Declaration) -> None:
    parents = {one.id: one.parent for one in graph.symbols(symbol.path)}
    for other in graph.symbols(symbol.path)[1:]:
        own = symbol.span.start <= other.name_span.start < symbol.span.end and other.span != symbol.span
        inside = place.head <= other.name_span.start < place.end and not own
        at: str | None = other.id
        while inside and at is not None and at != symbol.id:
            at = parents.get(at)
        if inside and at is None and other.name_span != symbol.name_span:
            raise Missed(
                f"{symbol.id} and {other.id} are declared by one statement",
                hint="change its lines by search and replace",
            )


def _require_lines(source: bytes, symbol: Symbol, place: Declaration) -> None:
    before = source[line_start(source, place.head) : place.head]
    after = source[place.tail : line_end(source, place.tail)].strip()
    if before.strip() or (after and not _COMMENT.match(after.decode("utf-8", "replace"))):
        raise Missed(
            f"{symbol.id} shares its line with other code", hint="change its lines by search and replace instead"
        )


def _replaced(source: bytes, language: str, place: Declaration, text: str) -> tuple[Written, str]:
    """What stands before the symbol stays, unless the new text begins with such a thing."""
    start = _start(source, place, text.strip("\r\n").lstrip())
    indent = _indent(source, start)
    new = adapted(text, indent, language, source).removeprefix(indent)
    kept = source[line_start(source, place.top) : start].strip()
    stays = "; what stands before it stays" if kept else ""
    return (start, place.tail if new.endswith(";") else place.end, new), f"replaced{stays}"


def _start(source: bytes, place: Declaration, bare: str) -> int:
    """Where the text begins that a new one replaces: with the comments, the decorators, or the words that it has."""
    if _COMMENT.match(bare):
        return _after_indent(source, place.top)
    if bare.startswith(("@", "#[")):
        return place.head
    words = source[place.head : place.start].decode("utf-8", "replace")
    if not words[-1:].isspace():
        return place.head if words else place.start
    for found in re.finditer(r"\S+", words):
        if bare.startswith(words[found.start() :]):
            return place.head + len(words[: found.start()].encode())
    return place.start


def _after_indent(source: bytes, at: int) -> int:
    rest = source[at:]
    return at + len(rest) - len(rest.lstrip(b" \t"))


def _deleted(source: bytes, place: Declaration) -> Written:
    """Its lines, and the blank lines on one side: the larger distance stays, but none at the edge of a block."""
    start, end = line_start(source, place.top), _next_line(source, place.tail)
    above, below = start, end
    while above > 0 and _blank(source, above - 1):
        above = line_start(source, above - 1)
    while below < len(source) and _blank(source, below):
        below = _next_line(source, below)
    opens = source[:above].rstrip().endswith((b"{", b"(", b"[", b":")) or above == 0
    closes = source[below : below + 1] == b"" or source[below:].lstrip()[:1] in (b"}", b")", b"]")
    if closes or (not opens and source.count(b"\n", end, below) >= source.count(b"\n", above, start)):
        return above, end, ""
    return start, below, ""


def _blank(source: bytes, at: int) -> bool:
    return not source[line_start(source, at) : line_end(source, at)].strip()


def _next_line(source: bytes, at: int) -> int:
    found = source.find(b"\n", at)
    return len(source) if found < 0 else found + 1


def _inserted(
    graph: CodeGraph, source: bytes, language: str, symbol: Symbol, place: Declaration, edit: SymbolEdit
) -> tuple[Written, str]:
    """Before its comments, or after its last line, with as many blank lines between as its neighbours have."""
    new = adapted(edit.text, _indent(source, place.head), language, source)
    gap = "\n" * _gap(graph, source, language, symbol, "\n" in new)
    if edit.action is Action.BEFORE:
        at = line_start(source, place.top)
        return (at, at, f"{new}\n{gap}"), f"written before {symbol.name}"
    end = line_end(source, place.tail)
    return (end, end, f"\n{gap}{new}"), f"written after {symbol.name}"


def _gap(graph: CodeGraph, source: bytes, language: str, symbol: Symbol, tall: bool) -> int:
    """The blank lines between a symbol and the next of its kind around it."""
    siblings = [one for one in graph.symbols(symbol.path)[1:] if one.parent == symbol.parent and one != symbol]
    ends = [one.span.end for one in siblings if one.span.end <= symbol.span.start]
    starts = [one.span.start for one in siblings if one.span.start >= symbol.span.end]
    if not tall and b"\n" not in source[symbol.span.start : symbol.span.end]:
        return 0  # a line beside a line
    least = 2 if language == "python" and symbol.parent == symbol.path else 1
    between = []
    if ends:
        between.append(source[max(ends) : symbol.span.start])
    if starts:
        between.append(source[symbol.span.end : min(starts)])
    gaps = [_leading_blanks(text) for text in between]
    return max(min(gaps, default=least), least)


def _leading_blanks(text: bytes) -> int:
    """Blank lines right after the rest of the first line, or right before the last one: the more."""
    lines = [line.strip() for line in text.split(b"\n")[1:-1]]
    ahead = next((count for count, line in enumerate(lines) if line), len(lines))
    behind = next((count for count, line in enumerate(reversed(lines)) if line), len(lines))
    return max(ahead, behind)


def _indent(source: bytes, at: int) -> str:
    start = line_start(source, at)
    return source[start : _after_indent(source, start)].decode("utf-8", "replace")
