"""Which functions and classes of a few files a text is about: the words of each weighed, its name above all."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from codeagent.domain.code import Symbol
from codeagent.graph.graph import CodeGraph
from codeagent.graph.tables import is_parsed
from codeagent.retrieval.scores import K1, B, asked_words
from codeagent.retrieval.words import identifier_words, words

FUNCTIONS: Final = frozenset(("function", "method", "constructor", "macro"))
TYPES: Final = frozenset(("class", "interface", "enum", "struct", "trait", "object"))
NAME: Final = 8  # times that a word counts in the name of a definition
FILE: Final = 1.0  # the power of a file's own score
NEAR: Final = 0.25  # what a definition gains from the best one that uses it


@dataclass(frozen=True, slots=True)
class Passage:
    """A definition that fits; `score` is relative to the best one's (1.0)."""

    symbol: Symbol
    score: float


def passages(graph: CodeGraph, text: str, files: Mapping[str, float], most: int) -> list[Passage]:
    """The definitions in some files (path to its score, 0 to 1) that fit a text best, best first."""
    asked = asked_words(text)
    bags = {symbol.id: (symbol, bag) for path in files for symbol, bag in _bags(graph, path)}
    if not bags or not asked:
        return []
    average = sum(bag.total() for _, bag in bags.values()) / len(bags)
    holding = Counter(word for _, bag in bags.values() for word in asked if word in bag)
    rarity = {word: math.log(1 + (len(bags) - n + 0.5) / (n + 0.5)) * asked[word] for word, n in holding.items()}
    scores = {}
    for identity, (symbol, bag) in bags.items():
        norm = K1 * (1 - B + B * bag.total() / average)
        fit = sum(weight * bag[word] * (K1 + 1) / (bag[word] + norm) for word, weight in rarity.items() if word in bag)
        scores[identity] = fit * files[symbol.path] ** FILE
    scores = _with_neighbours(graph, files, scores)
    best = sorted((one for one in scores if scores[one] > 0), key=lambda one: (-scores[one], one))[:most]
    return [Passage(bags[one][0], round(scores[one] / scores[best[0]], 4)) for one in best]


def _with_neighbours(graph: CodeGraph, files: Iterable[str], scores: Mapping[str, float]) -> dict[str, float]:
    """What good ones call is worth a look as well."""
    gained: dict[str, float] = {}
    for path in files:
        for one in graph.outgoing_of_file(path, ("calls",)):
            used = one.target or ""
            if one.within in scores and used in scores and one.within != used:
                gained[used] = max(gained.get(used, 0.0), scores[one.within])
    return {one: score + NEAR * gained.get(one, 0.0) for one, score in scores.items()}


def _bags(graph: CodeGraph, path: str) -> Iterable[tuple[Symbol, Counter[str]]]:
    """Functions with the words of all their lines; types with those up to their first member."""
    if not is_parsed(graph.files[path].language):
        return
    source, symbols = graph.read(path), graph.symbols(path)
    kinds = {symbol.id: symbol.kind for symbol in symbols}
    first: dict[str, int] = {}
    for symbol in symbols:
        if symbol.parent and symbol.kind in FUNCTIONS:
            first[symbol.parent] = min(first.get(symbol.parent, len(source)), symbol.span.start)
    for symbol in symbols:
        local = symbol.parent is not None and kinds.get(symbol.parent) in FUNCTIONS
        if local or symbol.kind not in FUNCTIONS | TYPES:
            continue
        end = symbol.span.end if symbol.kind in FUNCTIONS else first.get(symbol.id, symbol.span.end)
        bag = Counter(words(source[symbol.span.start : end].decode("utf-8", "replace")))
        for word in identifier_words(symbol.name):
            bag[word] += NAME
        yield symbol, bag
