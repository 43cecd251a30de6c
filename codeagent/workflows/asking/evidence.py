"""What the graph finds for a question before a model is asked: files that fit, the code that fits best, who uses it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from codeagent.agent.context import Piece, Slice, show, slice_of, within
from codeagent.config import Config
from codeagent.domain.code import Symbol
from codeagent.domain.counting import counted
from codeagent.domain.errors import UsageError
from codeagent.domain.tokens import tokens_of
from codeagent.graph.graph import CodeGraph
from codeagent.retrieval.locate import Located, Locator
from codeagent.retrieval.passages import FUNCTIONS, TYPES, passages

FILES: Final = 8
OUTLINED: Final = 3  # files of which all definitions are named
NAMES: Final = 80  # of one file
SYMBOLS: Final = 8  # whose code is shown while there is room
FIRST, OTHERS = (
    0.4,
    0.2,
)  # of the budget for the code of the best symbol, and of any other; of longer ones the beginning
OPENING: Final = 12
USERS: Final = 3


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was found: words to be read, the code in them, and the files that fit, best first."""

    text: str
    slices: tuple[Slice, ...]
    files: tuple[Located, ...]


def evidence(graph: CodeGraph, settings: Config, question: str, tokens: int) -> Evidence:
    """Look for what a question is about and tell it within a budget of tokens."""
    located = tuple(Locator(graph, settings).rank(question, FILES))
    if not located:
        return Evidence(f"no word of it stands in any of {counted(len(graph.files), 'file')}", (), ())
    fitting = passages(graph, question, {one.path: one.score for one in located}, SYMBOLS)
    listed = _list(graph, located, OUTLINED)
    pieces = [Piece(listed if tokens_of(listed) <= tokens else _list(graph, located, 0), must=True)]
    for one in fitting:
        pieces += _told(graph, one.symbol, int(tokens * (OTHERS if one is not fitting[0] else FIRST)))
    kept = within(pieces, tokens)
    text = "\n\n".join(one.text for one in kept)
    return Evidence(text, tuple(part for one in kept for part in one.shows), located)


def _list(graph: CodeGraph, located: Sequence[Located], outlined: int) -> str:
    lines = ["files that fit, best first:"]
    for place, one in enumerate(located):
        why = f"  ({', '.join(one.why[:3])})" if one.why else ""
        lines.append(f"  {one.score:.2f}  {one.path}, {counted(graph.files[one.path].lines, 'line')}{why}")
        if place < outlined:
            lines += _names(graph, one.path)
    return "\n".join(lines)


def _names(graph: CodeGraph, path: str) -> list[str]:
    """What a file defines, the members of a type behind it, each with its line."""
    shown = [one for one in graph.symbols(path)[1:] if one.kind in FUNCTIONS | TYPES][:NAMES]
    kinds = {one.id: one.kind for one in shown}
    rows: dict[str, list[str]] = {}
    for one in shown:
        inside = one.parent if kinds.get(one.parent or "") in TYPES else None
        if kinds.get(one.parent or "") not in FUNCTIONS:
            rows.setdefault(inside or one.id, []).append(f"{one.name}:{one.line}")
    return [f"        {row[0]}" + (f"  {', '.join(row[1:])}" if row[1:] else "") for row in rows.values()]


def _told(graph: CodeGraph, symbol: Symbol, tokens: int) -> Iterator[Piece]:
    yield show(code_of(graph, symbol, tokens))
    users = _users(graph, symbol)
    if users:
        yield Piece(users)


def code_of(graph: CodeGraph, symbol: Symbol, tokens: int) -> Slice:
    """The lines of a symbol, byte for byte; of one that takes too many tokens its first `OPENING` lines."""
    data = graph.read(symbol.path)
    first = data.count(b"\n", 0, symbol.span.start) + 1
    whole = slice_of(symbol.path, data, first, symbol.end_line, symbol.id)
    if tokens_of(whole.text) <= tokens or symbol.end_line < first + OPENING:
        return whole
    why = f"{symbol.id}, up to line {symbol.end_line}, its beginning"
    return slice_of(symbol.path, data, first, first + OPENING - 1, why)


def _users(graph: CodeGraph, symbol: Symbol) -> str:
    try:
        found = graph.incoming(symbol.id)
    except UsageError:
        return ""
    found = sorted(found, key=lambda one: graph.files[one.path].test)  # the product's first
    used = dict.fromkeys(f"{one.path}:{one.line} {one.role} in {one.within}" for one in found if one.role != "imports")
    lines = list(used)[:USERS]
    more = [f"  and {len(used) - USERS} more"] if len(used) > USERS else []
    return "\n".join([f"{symbol.id} is used at", *(f"  {line}" for line in lines), *more]) if lines else ""
