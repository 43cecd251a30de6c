"""What the graph finds for a question before a model is asked: files that fit, the code that fits best, who uses it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from codeagent.agent.context import Piece, Slice, show, slice_of, within
from codeagent.config import Config
from codeagent.domain.code import Symbol
from codeagent.domain.errors import UsageError
from codeagent.graph.graph import CodeGraph
from codeagent.retrieval.locate import Located, Locator

FILES: Final = 8
SYMBOLS: Final = 10  # whose code is shown while there is room
LONGEST: Final = 80  # lines of code shown of one symbol; of longer ones the beginning and an outline
OPENING: Final = 12
USERS: Final = 5


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
        return Evidence(f"no word of it stands in any of {len(graph.files)} files", (), ())
    found = [graph.symbol(name) for name in _best(located)]
    pieces = [Piece(_list(graph, located), must=True), *(piece for one in found for piece in _told(graph, one))]
    kept = within(pieces, tokens)
    text = "\n\n".join(one.text for one in kept)
    return Evidence(text, tuple(part for one in kept for part in one.shows), located)


def _best(located: Sequence[Located]) -> list[str]:
    """The symbols that fit: of every file its best one first, of better files more of them."""
    ranked = [
        (place / 3 + depth + (1 - one.score), name)
        for place, one in enumerate(located)
        for depth, name in enumerate(one.symbols)
    ]
    return [name for _, name in sorted(ranked)][:SYMBOLS]


def _list(graph: CodeGraph, located: Sequence[Located]) -> str:
    lines = ["files that fit, best first:"]
    for one in located:
        why = f"  ({', '.join(one.why[:3])})" if one.why else ""
        lines.append(f"  {one.score:.2f}  {one.path}, {graph.files[one.path].lines} lines{why}")
        for name in one.symbols[:3]:
            symbol = graph.symbol(name)
            lines.append(f"        {symbol.line}  {symbol.kind} {name.partition('::')[2]}")
    return "\n".join(lines)


def _told(graph: CodeGraph, symbol: Symbol) -> Iterator[Piece]:
    yield show(code_of(graph, symbol))
    inside = _outline(graph, symbol)
    if inside:
        yield Piece(inside)
    users = _users(graph, symbol)
    if users:
        yield Piece(users)


def code_of(graph: CodeGraph, symbol: Symbol, longest: int = LONGEST) -> Slice:
    """The lines of a symbol, byte for byte; of a long one its first `OPENING` lines."""
    data = graph.read(symbol.path)
    first = data.count(b"\n", 0, symbol.span.start) + 1
    last = symbol.end_line
    if last - first >= longest:
        return slice_of(symbol.path, data, first, first + OPENING - 1, f"{symbol.id}, up to line {last}, its beginning")
    return slice_of(symbol.path, data, first, last, symbol.id)


def _outline(graph: CodeGraph, symbol: Symbol) -> str:
    """What a long symbol holds, with lines."""
    members = [one for one in graph.symbols(symbol.path) if one.parent == symbol.id]
    if not members or symbol.end_line - symbol.line < LONGEST:
        return ""
    names = ", ".join(f"{one.name}:{one.line}" for one in members)
    return f"{symbol.id} holds {names}"


def _users(graph: CodeGraph, symbol: Symbol) -> str:
    try:
        found = graph.incoming(symbol.id)
    except UsageError:
        return ""
    used = dict.fromkeys(f"{one.path}:{one.line} {one.role} in {one.within}" for one in found if one.role != "imports")
    lines = list(used)[:USERS]
    more = [f"  and {len(used) - USERS} more"] if len(used) > USERS else []
    return "\n".join([f"{symbol.id} is used at", *(f"  {line}" for line in lines), *more]) if lines else ""
