"""From an issue's text to the files and symbols it is about: words, names it spells out, and the graph."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from codeagent.config import Config
from codeagent.graph.graph import CodeGraph
from codeagent.retrieval.ranking import FileGraph, file_graph, page_rank
from codeagent.retrieval.terms import Terms, terms
from codeagent.retrieval.words import identifier_words, words

# BM25F (Robertson, Zaragoza and Taylor, 2004): each field counts as so many occurrences.
K1: Final = 1.2
B: Final = 0.6
PATH: Final = 6.0
DEFINED: Final = 3.0
SPELLED: Final = 0.5  # share of the best score that an exact name of a rare definition adds
NEAR: Final = 0.35  # share that the graph around the best files adds
SEEDS: Final = 25  # files from which the graph is walked
TEST: Final = 0.4  # what a test file's score counts: issues are rarely fixed there
PROSE: Final = 0.15  # the same for files that are no code
_NAME: Final = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*(?:\(\))?")
_PATH: Final = re.compile(r"[\w./-]+\.[A-Za-z]\w{0,4}\b")


@dataclass(frozen=True, slots=True)
class Located:
    """One file that a text may be about; `score` is relative to the best one's (1.0)."""

    path: str
    score: float
    symbols: tuple[str, ...]  # ids in it that fit, best first
    why: tuple[str, ...]


class Locator:
    """Ranks the files of one graph for any number of texts."""

    def __init__(self, graph: CodeGraph, settings: Config) -> None:
        self._graph = graph
        self._terms: Terms = terms(graph, settings)
        self._files: FileGraph = file_graph(graph)
        self._fields = {path: _fields(path, self._defined(path)) for path in self._terms.bags}
        self._homes = self._definitions()
        self._documents: Counter[str] = Counter()
        for bag in self._terms.bags.values():
            self._documents.update(bag.counts.keys())

    def _defined(self, path: str) -> list[str]:
        return self._graph.defined_names(path)

    def _definitions(self) -> dict[str, list[str]]:
        homes: dict[str, list[str]] = {}
        for path in self._terms.bags:
            for name in self._defined(path):
                homes.setdefault(name.rpartition(".")[2], []).append(f"{path}::{name}")
        return homes

    def rank(self, text: str, limit: int) -> list[Located]:
        """The files that fit best, best first."""
        asked = Counter(words(text))
        scores = self._lexical(asked)
        if not scores:
            return []
        why: dict[str, list[str]] = {}
        self._spelled(text, scores, why)
        self._near(scores)
        for path in scores:
            record = self._graph.files[path]
            scores[path] *= TEST if record.test else 1.0
            scores[path] *= 1.0 if path in self._files.numbers and self._fields[path][1] else PROSE
        best = sorted(scores, key=lambda path: (-scores[path], path))[:limit]
        top = scores[best[0]] or 1.0
        return [
            Located(path, round(scores[path] / top, 4), self._symbols(path, asked), tuple(why.get(path, ())))
            for path in best
        ]

    def _lexical(self, asked: Mapping[str, int]) -> dict[str, float]:
        """BM25F over path, defined names and text."""
        total, average = len(self._terms.bags), self._terms.average
        weights = {
            word: math.log(1 + (total - n + 0.5) / (n + 0.5)) * min(count, 3) ** 0.5
            for word, count in asked.items()
            if (n := self._documents.get(word, 0)) or True
        }
        scores: dict[str, float] = {}
        for path, bag in self._terms.bags.items():
            in_path, in_names = self._fields[path]
            length = 1 - B + B * bag.length / average
            score = 0.0
            for word, weight in weights.items():
                frequency = bag.counts.get(word, 0) / length
                frequency += PATH * in_path.get(word, 0)
                named = in_names.get(word, 0)
                frequency += DEFINED * math.log1p(named) if named else 0.0
                if frequency:
                    score += weight * frequency * (K1 + 1) / (frequency + K1)
            if score:
                scores[path] = score
        return scores

    def _spelled(self, text: str, scores: dict[str, float], why: dict[str, list[str]]) -> None:
        """Names and paths that the text spells out, the rarer the more they say."""
        top = max(scores.values())
        seen = set()
        for match in _PATH.finditer(text):
            for path in self._terms.bags:
                if path.endswith(match[0].lstrip("./")) and match[0] not in seen:
                    scores[path] = scores.get(path, 0.0) + top
                    why.setdefault(path, []).append(match[0])
        for match in _NAME.finditer(text):
            name = match[0].removesuffix("()")
            last = name.rpartition(".")[2]
            if (
                last in seen
                or len(last) < 4
                or (last.islower() and "_" not in last and "." not in name and "()" not in match[0])
            ):
                continue
            seen.add(last)
            homes = self._homes.get(last, ())
            paths = {home.partition("::")[0] for home in homes}
            if 1 <= len(paths) <= 8:
                for path in sorted(paths):
                    scores[path] = scores.get(path, 0.0) + SPELLED * top / len(paths)
                    why.setdefault(path, []).append(last)

    def _near(self, scores: dict[str, float]) -> None:
        """Add what the graph says of the neighbourhood of the best files."""
        seeds = sorted(scores, key=lambda path: (-scores[path], path))[:SEEDS]
        numbers = self._files.numbers
        personal = {numbers[path]: scores[path] ** 2 for path in seeds if path in numbers}
        if not personal:
            return
        ranks = page_rank(self._files, personal, both_ways=True)
        top, best = max(ranks) or 1.0, max(scores.values())
        for number, rank in enumerate(ranks):
            path = self._files.paths[number]
            if rank > 0.01 * top and path in scores:
                scores[path] += NEAR * best * rank / top

    def _symbols(self, path: str, asked: Mapping[str, int]) -> tuple[str, ...]:
        """The definitions of a file whose names share most with the text."""
        fits: list[tuple[float, str]] = []
        for name in self._defined(path):
            parts = set(identifier_words(name.rpartition(".")[2]))
            score = sum(1 / (1 + self._documents.get(word, 0)) for word in parts if word in asked)
            if score:
                fits.append((-score * len(parts & asked.keys()) / max(len(parts), 1), f"{path}::{name}"))
        return tuple(name for _, name in sorted(fits)[:5])


def _fields(path: str, names: Iterable[str]) -> tuple[Counter[str], Counter[str]]:
    """The words of a path and of the names a file defines."""
    in_names: Counter[str] = Counter()
    for name in names:
        in_names.update(identifier_words(name.rpartition(".")[2]))
    stem = path.rpartition(".")[0] or path
    return Counter(words(stem.replace("/", " ").replace("-", " "))), in_names
