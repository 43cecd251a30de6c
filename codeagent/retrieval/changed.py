"""From a difference to symbols: what was changed, and what was there before and is gone."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from codeagent.domain.code import Symbol
from codeagent.graph.extract import ExtractionError, extract, has_facts
from codeagent.graph.graph import CodeGraph
from codeagent.graph.ids import symbol_ids
from codeagent.graph.tables import is_parsed
from codeagent.languages import for_path
from codeagent.workspace.changes import Change, Lines

_WORD: Final = re.compile(rb"[A-Za-z_\x80-\xff][\w\x80-\xff]{2,}")


@dataclass(frozen=True, slots=True)
class Touched:
    """The innermost symbols that changed lines belong to, and the ids of symbols that are gone."""

    symbols: tuple[str, ...]
    gone: tuple[str, ...]


def touched(graph: CodeGraph, changes: Iterable[Change], before: Callable[[str], bytes]) -> Touched:
    """Map changed lines to symbols; `before` reads a file as it was (empty where it was not)."""
    symbols: dict[str, None] = {}
    gone: list[str] = []
    for change in changes:
        here = graph.symbols(change.path) if change.path in graph.files and change.status != "deleted" else []
        if here:
            source = graph.read(change.path)
            symbols.update(dict.fromkeys(_innermost(here, source, change.new_lines)))
        if change.status != "added":
            was = _ids(change.old_path, before(change.old_path))
            now = {symbol.id.partition("::")[2] for symbol in here}
            # `name@17` is one of several of a name, told by its place, which moves without being changed
            gone += [f"{change.old_path}::{name}" for name in was if name not in now and "@" not in name]
    return Touched(tuple(symbols), tuple(sorted(gone)))


def _innermost(symbols: list[Symbol], source: bytes, ranges: tuple[Lines, ...]) -> Iterable[str]:
    rows = [_Rows(_line(source, one.span.start), _line(source, max(one.span.end - 1, 0)), one) for one in symbols]
    for first, last in ranges:
        last = max(first, last)  # a pure deletion stands between two lines
        inside = [row for row in rows if row.first <= last and row.last >= first]
        for row in inside:
            if not any(row.holds(other) and other.first <= first and last <= other.last for other in inside):
                yield row.symbol.id


@dataclass(frozen=True, slots=True)
class _Rows:
    """A symbol with its first and last line."""

    first: int
    last: int
    symbol: Symbol

    def holds(self, other: "_Rows") -> bool:
        """Whether another symbol stands within this one; of those that share their lines, the shorter one does."""
        size, others = (one.span.end - one.span.start for one in (self.symbol, other.symbol))
        return self.first <= other.first and other.last <= self.last and others < size


def _line(source: bytes, offset: int) -> int:
    return source.count(b"\n", 0, offset) + 1


def _ids(path: str, source: bytes) -> list[str]:
    """The dotted names that a file defined."""
    language = for_path(path, source[:4096])
    if language is None or not source or not has_facts(language):
        return []
    try:
        facts = extract(language, source)
    except ExtractionError:
        return []
    return [one.partition("::")[2] for one in symbol_ids(path, facts.symbols)[1:]]


def still_said(graph: CodeGraph, gone: Iterable[str]) -> Iterator[tuple[str, str, int, str]]:
    """Yield (symbol, path, start, id of what is gone) where code still says a name that nothing defines any more.

    Each symbol once; names of fewer than three letters are not looked for."""
    gone = tuple(gone)
    defined = {one.rpartition("::")[2].rpartition(".")[2] for one in graph.symbol_ids()} if gone else set()
    wanted = {name.encode(): one for one in gone if (name := one.rpartition("::")[2].rpartition(".")[2]) not in defined}
    paths = [path for path, record in graph.files.items() if is_parsed(record.language)] if wanted else []
    for path, data in graph.tree.read_many(paths):
        if data is None or not any(name in data for name in wanted):
            continue
        symbols, told = graph.symbols(path), set()
        for match in _WORD.finditer(data):
            if match[0] in wanted:
                inside = [one for one in symbols if one.span.start <= match.start() < one.span.end]
                around = min(inside, key=lambda one: one.span.end - one.span.start, default=symbols[0])
                if around.id not in told:
                    told.add(around.id)
                    yield around.id, path, match.start(), wanted[match[0]]
