"""Which definition after a change is which before it: the same key, moved, renamed, or both."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Final

from codeagent.domain.code import Symbol
from codeagent.graph.graph import CodeGraph

_TOKEN: Final = re.compile(rb"[A-Za-z0-9_\x80-\xff]+|[^\s\w]")
_NAMELESS: Final = "<"  # begins what stands for the name of a definition without one
_LIKE: Final = 0.6  # part of the words that two definitions share, to be taken for one
_BOLD: Final = 0.8  # the same, where neither the name nor the place speaks for it
_MOST: Final = 400  # definitions that came or went, beyond which only equal ones are paired
_KINDS: Final = frozenset(
    ("function", "method", "constructor", "class", "property", "interface", "struct", "enum", "trait")
)


@dataclass(frozen=True, slots=True)
class Definition:
    """A symbol of one side with the words of its text."""

    symbol: Symbol
    text: bytes
    words: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Matching:
    """`pairs` maps old ids to new ones, unchanged ids included; `gone` and `fresh` are those without a partner."""

    pairs: Mapping[str, str] = field(default_factory=dict)
    before: Mapping[str, Definition] = field(default_factory=dict)
    after: Mapping[str, Definition] = field(default_factory=dict)

    @property
    def renamed(self) -> dict[str, str]:
        """Old id to new id of what is not where or what it was."""
        return {old: new for old, new in self.pairs.items() if old != new}

    @property
    def gone(self) -> list[Definition]:
        """Definitions that are no more."""
        return [one for key, one in self.before.items() if key not in self.pairs]

    @property
    def fresh(self) -> list[Definition]:
        """Definitions that are new."""
        taken = set(self.pairs.values())
        return [one for key, one in self.after.items() if key not in taken]


def match(before_graph: CodeGraph, after_graph: CodeGraph, files: Mapping[str, str]) -> Matching:
    """Pair the definitions of files that differ; `files` maps each path after the change to that before it."""
    before = _all(before_graph, sorted(set(files.values())))
    after = _all(after_graph, sorted(files))
    pairs = {key: key for key in before if key in after and _NAMELESS not in key}
    for new, old in files.items():
        if new != old:
            pairs.update(_of_moved_file(old, new, before, after))
    pairs.update(_nameless({**pairs, **{old: new for new, old in files.items()}}, before, after))
    lost = [one for key, one in before.items() if key not in pairs and not one.symbol.name.startswith(_NAMELESS)]
    taken = set(pairs.values())
    come = [one for key, one in after.items() if key not in taken and not one.symbol.name.startswith(_NAMELESS)]
    pairs.update(_paired(lost, come))
    return Matching(pairs, before, after)


def _all(graph: CodeGraph, paths: Iterable[str]) -> dict[str, Definition]:
    found: dict[str, Definition] = {}
    for path in paths:
        if path in graph.files:
            found |= _definitions(graph.symbols(path), graph.read(path))
    return found


def _definitions(symbols: Iterable[Symbol], source: bytes) -> dict[str, Definition]:
    return {symbol.id: definition_of(symbol, source) for symbol in symbols if symbol.kind != "module"}


def definition_of(symbol: Symbol, source: bytes) -> Definition:
    """Return a symbol with the words of its text, its own name left open."""
    text = source[symbol.span.start : symbol.span.end]
    name = symbol.name.encode()
    return Definition(symbol, text, tuple(b"\0" if word == name else word for word in _TOKEN.findall(text)))


def _of_moved_file(
    old: str, new: str, before: Mapping[str, Definition], after: Mapping[str, Definition]
) -> Iterator[tuple[str, str]]:
    for key in before:
        path, _, name = key.partition("::")
        if path == old and f"{new}::{name}" in after and _NAMELESS not in name:
            yield key, f"{new}::{name}"


def _nameless(
    known: Mapping[str, str], before: Mapping[str, Definition], after: Mapping[str, Definition]
) -> Iterator[tuple[str, str]]:
    """Pair definitions that go by their number alone, such as `<lambda7>`, and what is inside of them.

    Where one comes or goes the numbers of the others shift, so they are paired by their words, in their order."""
    inside = _by_parent(before), _by_parent(after)
    waiting = list(known.items())
    while waiting:
        old_parent, new_parent = waiting.pop()
        old, new = inside[0].get(old_parent, []), inside[1].get(new_parent, [])
        rows = [[one for one in side if one.symbol.name.startswith(_NAMELESS)] for side in (old, new)]
        found = list(_aligned(*rows))
        if _NAMELESS in old_parent or _NAMELESS in new_parent:
            names = {one.symbol.id.removeprefix(new_parent): one for one in new}
            found += [
                (one, other)
                for one in old
                if not one.symbol.name.startswith(_NAMELESS)
                and (other := names.get(one.symbol.id.removeprefix(old_parent)))
            ]
        for one, other in found:
            yield one.symbol.id, other.symbol.id
            waiting.append((one.symbol.id, other.symbol.id))


def _by_parent(side: Mapping[str, Definition]) -> dict[str, list[Definition]]:
    found: dict[str, list[Definition]] = {}
    for one in side.values():
        found.setdefault(one.symbol.parent or "", []).append(one)
    return found


def _aligned(old: list[Definition], new: list[Definition]) -> Iterator[tuple[Definition, Definition]]:
    """Definitions of two rows with the same words, and between them those that are alike, in order."""
    rows = SequenceMatcher(None, [one.words for one in old], [one.words for one in new], autojunk=False)
    for tag, a, b, c, d in rows.get_opcodes():
        if tag == "equal":
            yield from zip(old[a:b], new[c:d], strict=True)
        elif tag == "replace":
            for one in old[a:b]:
                at = next((n for n in range(c, d) if _shared(one, new[n]) >= _LIKE), None)
                if at is not None:
                    yield one, new[at]
                    c = at + 1


def _shared(one: Definition, other: Definition) -> float:
    """The part of their words that two definitions share."""
    first, second = Counter(one.words), Counter(other.words)
    return sum((first & second).values()) * 2 / max(1, len(one.words) + len(other.words))


def _paired(lost: list[Definition], come: list[Definition]) -> Iterator[tuple[str, str]]:
    """The best pairs first, each definition once."""
    free = {one.symbol.id for one in lost} | {one.symbol.id for one in come}
    for _, old, new in sorted(_likenesses(lost, come), key=lambda found: (-found[0], found[1], found[2])):
        if old in free and new in free:
            free -= {old, new}
            yield old, new


def _likenesses(lost: list[Definition], come: list[Definition]) -> Iterator[tuple[float, str, str]]:
    equal: dict[tuple[bytes, ...], list[Definition]] = {}
    for one in come:
        equal.setdefault(one.words, []).append(one)
    many = len(lost) > _MOST or len(come) > _MOST
    counts = {one.symbol.id: Counter(one.words) for one in (*lost, *come)}
    for old in lost:
        for new in equal.get(old.words, ()) if many else come:
            score = _likeness(old, new, counts)
            if score:
                yield score, old.symbol.id, new.symbol.id


def _likeness(old: Definition, new: Definition, counts: Mapping[str, "Counter[bytes]"]) -> float:
    """How much speaks for two definitions being one, 0 where too little does; up to 1 for the text, 2 for the rest."""
    if (old.symbol.kind in _KINDS) != (new.symbol.kind in _KINDS):
        return 0.0
    first, second = counts[old.symbol.id], counts[new.symbol.id]
    shared = sum((first & second).values()) * 2 / max(1, sum(first.values()) + sum(second.values()))
    same_name = old.symbol.name == new.symbol.name
    same_home = _home(old.symbol) == _home(new.symbol)
    needed = _LIKE if same_name or same_home else _BOLD
    if shared < needed or (len(old.words) < 4 and not same_name and shared < 1):
        return 0.0
    return shared + same_name * 0.6 + same_home * 0.4


def _home(symbol: Symbol) -> str:
    return symbol.parent or symbol.path
