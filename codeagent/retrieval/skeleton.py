"""A skeleton of a repository: the definition lines that matter most, within a budget of tokens."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from codeagent.domain.code import Symbol
from codeagent.graph.graph import CodeGraph
from codeagent.retrieval.ranking import FileGraph, file_graph, page_rank
from codeagent.retrieval.words import identifier_words, words

BYTES_PER_TOKEN: Final = 3.5  # of source code, on the careful side of the common tokenisers
SHOWN: Final = frozenset(
    (
        "class", "interface", "enum", "struct", "trait", "function", "method", "constructor", "type", "object",
        "macro", "constant",
    )
)  # fmt: skip
CANDIDATES: Final = 4000  # symbols looked at, the best ranked first
_FOCUS: Final = 50.0
_MATCH: Final = 10.0


@dataclass(frozen=True, slots=True)
class Ranked:
    """A symbol and its share of attention; `text` are its definition lines, byte for byte."""

    symbol: Symbol
    rank: float
    line: int  # 1-based, of the first line of text
    text: str


def tokens_of(text: str) -> int:
    """An estimate that is rather too high than too low: bytes over 3.5."""
    return int(len(text.encode("utf-8", "surrogatepass")) / BYTES_PER_TOKEN) + 1


def skeleton(graph: CodeGraph, tokens: int, focus: Sequence[str], query: str) -> list[list[Ranked]]:
    """The chosen symbols by file; the file that matters most first. Never over budget when rendered."""
    files = file_graph(graph)
    personal = _personal(graph, files, focus, query)
    ranks = page_rank(files, personal)
    scored = _scored(graph, files, ranks, focus, query)
    low, high = 0, min(len(scored), CANDIDATES)
    while low < high:  # as many of the best as fit
        middle = (low + high + 1) // 2
        low, high = (
            (middle, high) if tokens_of(render(_grouped(graph, scored[:middle]))) <= tokens else (low, middle - 1)
        )
    return _grouped(graph, scored[:low])


def _personal(graph: CodeGraph, files: FileGraph, focus: Sequence[str], query: str) -> dict[int, float]:
    personal = {number: _FOCUS for path, number in files.numbers.items() if path in focus}
    for one in focus:
        path = one.partition("::")[0]
        if path in files.numbers:
            personal[files.numbers[path]] = _FOCUS
    asked = set(words(query))
    for path, number in files.numbers.items() if asked else ():
        named = {word for name in graph.defined_names(path) for word in identifier_words(name.rpartition(".")[2])}
        match = len(asked & (named | set(words(path.replace("/", " ")))))
        if match:
            personal[number] = personal.get(number, 0.0) + _MATCH * match
    return personal


def _scored(
    graph: CodeGraph, files: FileGraph, ranks: Sequence[float], focus: Sequence[str], query: str
) -> list[tuple[float, str]]:
    """Symbol ids by what flows to them from the files that use them, the best first."""
    asked = set(words(query))
    wanted = set(focus)
    out = _out_weights(files)
    scored = []
    for identity, uses in files.uses.items():
        path, mark, name = identity.partition("::")
        if not mark or graph.files[path].test:
            continue
        score = sum(ranks[number] * weight / out[number] for number, weight in uses.items())
        score += 0.1 * ranks[files.numbers[path]]
        score *= 1 + 4 * len(asked & set(identifier_words(name.rpartition(".")[2])))
        if identity in wanted or path in wanted:
            score *= _FOCUS
        scored.append((score, identity))
    return sorted(scored, key=lambda item: (-item[0], item[1]))


def _out_weights(files: FileGraph) -> Mapping[int, float]:
    out: dict[int, float] = {}
    for uses in files.uses.values():
        for number, weight in uses.items():
            out[number] = out.get(number, 0.0) + weight
    return out


def _grouped(graph: CodeGraph, scored: Iterable[tuple[float, str]]) -> list[list[Ranked]]:
    groups: dict[str, list[Ranked]] = {}
    for rank, identity in scored:
        path = identity.partition("::")[0]
        known = {symbol.id: symbol for symbol in graph.symbols(path)}
        symbol = known.get(identity)
        if symbol is not None and symbol.kind in SHOWN:
            groups.setdefault(path, []).append(_definition(graph, symbol, rank))
    return [sorted(group, key=lambda one: one.line) for group in groups.values()]


def _definition(graph: CodeGraph, symbol: Symbol, rank: float) -> Ranked:
    """From the line of the name to the end of the signature: the first line that ends it."""
    source = graph.read(symbol.path)
    start = source.rfind(b"\n", 0, symbol.name_span.start) + 1
    end = start
    for _ in range(8):
        end = source.find(b"\n", end + 1)
        end = len(source) if end < 0 else end
        row = source[start:end].rstrip()
        if row.endswith((b":", b"{", b";", b"}", b"=")) or row.count(b"(") <= row.count(b")") or end >= len(source):
            break
    text = source[start:end].decode("utf-8", "replace").rstrip("\r")
    return Ranked(symbol, rank, symbol.line, text)


def render(groups: Iterable[Sequence[Ranked]]) -> str:
    """The skeleton as text: a heading per file, `⋮` where lines are left out."""
    lines: list[str] = []
    for group in groups:
        lines.append(f"{group[0].symbol.path}:")
        before = 0
        for one in group:
            if one.line > before + 1:
                lines.append("⋮")
            lines.append(one.text)
            before = one.line + one.text.count("\n")
        lines.append("")
    return "\n".join(lines)
