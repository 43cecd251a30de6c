"""A skeleton of a repository: the definition lines that matter most, within a budget of tokens."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from codeagent.domain.code import Symbol
from codeagent.domain.tokens import tokens_of
from codeagent.graph.graph import CodeGraph
from codeagent.retrieval.ranking import FileGraph, file_graph, page_rank
from codeagent.retrieval.words import identifier_words, words

SHOWN: Final = frozenset(
    (
        "class", "interface", "enum", "struct", "trait", "function", "method", "constructor", "type", "object",
        "macro", "constant",
    )
)  # fmt: skip
_TYPES: Final = frozenset(("class", "interface", "enum", "struct", "trait", "type", "object"))
_FEWEST: Final = 5  # tokens that a definition and its mark of omission take
_LINES: Final = 4  # of a signature
_FOCUS: Final = 50.0
_MATCH: Final = 10.0
_NAMED: Final = 0.02  # for each word of the query in a name, whoever uses it
_INSIDE: Final = 0.1  # what a use in the definition's own file counts
_LITTLE: Final = 3.0  # weight of references below which a file has little to say of what matters
_PRIVATE: Final = 0.2
_SPECIAL: Final = 0.1  # `__init__` and the like: the class says as much
_TYPE: Final = 2.0  # a type says more than a function: its members hang on it


@dataclass(frozen=True, slots=True)
class Ranked:
    """A symbol and its share of attention; `text` are its definition lines, byte for byte."""

    symbol: Symbol
    rank: float
    line: int  # 1-based, of the first line of text
    text: str


def skeleton(graph: CodeGraph, tokens: int, focus: Sequence[str], query: str) -> list[list[Ranked]]:
    """The chosen symbols by file; the file that matters most first. Never over budget when rendered.

    `focus`: ids of symbols, paths of files or of folders (without a slash at the end)."""
    focus = [file for one in focus for file in (_below(graph, one) or [one])]
    order = _order(graph, focus, query) if focus or query else graph.once(_plain_order)
    most, drawn = tokens // _FEWEST + 1, _Drawn(graph)
    scored = order[:most] if len(order) >= most else [*order, *graph.once(_unused)][:most]
    low, high = 0, len(scored)
    while low < high:  # as many of the best as fit
        middle = (low + high + 1) // 2
        fits = tokens_of(render(drawn.groups(scored[:middle]))) <= tokens
        low, high = (middle, high) if fits else (low, middle - 1)
    return drawn.groups(scored[:low])


def _plain_order(graph: CodeGraph) -> list[tuple[float, str]]:
    return _order(graph, (), "")


def _order(graph: CodeGraph, focus: Sequence[str], query: str) -> list[tuple[float, str]]:
    """Symbol ids that can be shown, the best first."""
    files = graph.once(file_graph)
    ranks = page_rank(files, _personal(graph, files, focus, query))
    return _spread(_Drawn(graph), _scored(graph, files, ranks, focus, query))


def _unused(graph: CodeGraph) -> list[tuple[float, str]]:
    """What can be shown although nothing leads to it, by place: all there is to see of small repositories."""
    used, tests = graph.once(file_graph).uses, {path for path, file in graph.files.items() if file.test}
    rest = (
        one for one in graph.symbol_ids() if "::" in one and one not in used and one.partition("::")[0] not in tests
    )
    return sorted(_spread(_Drawn(graph), [(0.0, one) for one in rest]), key=lambda item: item[1])


def _below(graph: CodeGraph, folder: str) -> list[str]:
    return [path for path in graph.files if path.startswith(f"{folder}/")] if folder not in graph.files else []


def _personal(graph: CodeGraph, files: FileGraph, focus: Sequence[str], query: str) -> dict[int, float]:
    personal = {files.numbers[path]: _FOCUS for one in focus if (path := one.partition("::")[0]) in files.numbers}
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
    out = graph.once(_out_weights)
    scored = []
    for identity, uses in files.uses.items():
        path, mark, name = identity.partition("::")
        if not mark or (graph.files[path].test and path not in wanted):
            continue
        home = files.numbers[path]
        score = sum(
            ranks[number] * weight / (_LITTLE + out[number]) * (_INSIDE if number == home else 1.0)
            for number, weight in uses.items()
        )
        last = name.rpartition(".")[2]
        score *= _SPECIAL if last.startswith("__") else _PRIVATE if last.startswith(("_", "<")) else 1.0
        match = len(asked & set(identifier_words(last)))
        score = (score + _NAMED * match) * (1 + 4 * match)
        if identity in wanted or path in wanted:  # shown even where nobody uses it
            score = (score + (0.2 if identity in wanted else 0.02)) * _FOCUS
        scored.append((score, identity))
    return sorted(scored, key=lambda item: (-item[0], item[1]))


def _spread(drawn: "_Drawn", scored: Sequence[tuple[float, str]]) -> list[tuple[float, str]]:
    """What can be shown, the best first; each further definition of a file counts less, so that many files speak."""
    told: dict[str, int] = {}
    found = []
    for score, identity in scored:
        symbol = drawn.symbol(identity)
        if symbol is None or symbol.kind not in SHOWN or drawn.is_local(symbol):
            continue
        before = told.get(symbol.path, 0)
        told[symbol.path] = before + 1
        found.append((score * (_TYPE if symbol.kind in _TYPES else 1.0) / (1 + before / 2), identity))
    return sorted(found, key=lambda item: (-item[0], item[1]))


def _out_weights(graph: CodeGraph) -> Mapping[int, float]:
    out: dict[int, float] = {}
    for uses in graph.once(file_graph).uses.values():
        for number, weight in uses.items():
            out[number] = out.get(number, 0.0) + weight
    return out


class _Drawn:
    """Symbols and their definition lines, each read once."""

    def __init__(self, graph: CodeGraph) -> None:
        self._graph = graph
        self._symbols: dict[str, dict[str, Symbol]] = {}
        self._lines: dict[str, Ranked] = {}

    def symbol(self, identity: str) -> Symbol | None:
        """The symbol of an id."""
        path = identity.partition("::")[0]
        if path not in self._symbols:
            self._symbols[path] = {symbol.id: symbol for symbol in self._graph.symbols(path)}
        return self._symbols[path].get(identity)

    def is_local(self, symbol: Symbol) -> bool:
        """Tell whether a symbol is defined inside a function."""
        above = self.symbol(symbol.parent) if symbol.parent else None
        while above is not None:
            if above.kind in ("function", "method", "constructor"):
                return True
            above = self.symbol(above.parent) if above.parent else None
        return False

    def groups(self, scored: Iterable[tuple[float, str]]) -> list[list[Ranked]]:
        """The definitions by file, in the order of their lines, each under the types it belongs to."""
        groups: dict[str, dict[str, Ranked]] = {}
        for rank, identity in scored:
            symbol = self.symbol(identity)
            while symbol is not None and symbol.kind in SHOWN:
                groups.setdefault(symbol.path, {}).setdefault(symbol.id, self._drawn(symbol, rank))
                symbol = self.symbol(symbol.parent) if symbol.parent else None
        return [sorted(group.values(), key=lambda one: (one.line, one.symbol.id)) for group in groups.values()]

    def _drawn(self, symbol: Symbol, rank: float) -> Ranked:
        if symbol.id not in self._lines:
            self._lines[symbol.id] = _definition(self._graph, symbol, rank)
        return self._lines[symbol.id]


def _definition(graph: CodeGraph, symbol: Symbol, rank: float) -> Ranked:
    """From the line of the name to the end of the signature: the first line that ends it."""
    source = graph.read(symbol.path)
    start = source.rfind(b"\n", 0, symbol.name_span.start) + 1
    end = start
    for _ in range(_LINES):
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
