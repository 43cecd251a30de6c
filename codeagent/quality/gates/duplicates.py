"""duplicates: new functions that say what another function of the tree says already."""

from collections.abc import Iterator

from codeagent.domain.finding import Finding, Severity
from codeagent.domain.quality import GateResult
from codeagent.quality.gates.change import Change
from codeagent.quality.gates.gate import found, judged
from codeagent.quality.gates.matching import Definition, definition_of

_KINDS = ("function", "method")


def duplicates(change: Change) -> GateResult:
    """Compare each new function with every one that was there, word by word, their own names apart."""
    least = int(change.gate("duplicates").number("words"))
    fresh = [one for one in change.matching.fresh if one.symbol.kind in _KINDS and len(one.words) >= least]
    return judged("duplicates", _copies(change, fresh) if fresh else ())


def _copies(change: Change, fresh: list[Definition]) -> Iterator[Finding]:
    wanted = {one.words: one for one in fresh}
    sizes = [len(one.text) for one in fresh]
    graph = change.before_graph
    for path, record in graph.files.items():
        if record.test or record.size < min(sizes) // 2 or record.language not in _languages(change, fresh):
            continue
        for symbol in graph.symbols(path):
            size = symbol.span.end - symbol.span.start
            if symbol.kind not in _KINDS or not any(size / 2 < one < size * 2 for one in sizes):
                continue
            copy = wanted.get(definition_of(symbol, graph.read(path)).words)
            if copy and change.matching.pairs.get(symbol.id) != copy.symbol.id:
                name = copy.symbol.id.partition("::")[2]
                message = f"{name} is a copy of {symbol.id}: call that one"
                yield found(
                    "copied-function", message, copy.symbol.path, copy.symbol.line, symbol=copy.symbol.id,
                    severity=Severity.ERROR, anchor=name, related=((symbol.path, symbol.line),),
                )  # fmt: skip


def _languages(change: Change, fresh: list[Definition]) -> set[str]:
    return {change.after_graph.files[one.symbol.path].language for one in fresh}
