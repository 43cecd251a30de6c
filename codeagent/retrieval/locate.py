"""From an issue's text to the files and symbols it is about: words, names, history and the graph."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from codeagent.config import Config
from codeagent.domain.links import NAME_ONLY
from codeagent.graph.graph import CodeGraph
from codeagent.graph.tables import is_parsed
from codeagent.retrieval.messages import Messages, messages
from codeagent.retrieval.scores import Scores, asked_words, by_changes, by_names, by_past, by_path, by_text, resembling
from codeagent.retrieval.spelling import Speller
from codeagent.retrieval.terms import Terms, terms
from codeagent.retrieval.words import identifier_words
from codeagent.workspace.git import enclosing

# Each kind of evidence is scaled to 1.0 at its best file, then weighed. The weights were chosen on one half of the
# commits of benchmarks/locate.py; its table is of the other half.
TEXT: Final = 2.4
NAMES: Final = 0.5
PATH: Final = 1.0
PAST: Final = 1.2
SPELLED: Final = 0.8
NAMED_PATH: Final = 3.0  # a path spelled out outweighs all words
NEAR: Final = 0.3  # what files used by the best ones gain
OFTEN: Final = 0.03  # what changing often adds, a natural logarithm of commits
LATELY: Final = 0.15
TEST: Final = 0.1  # what a test file's score counts: issues are rarely fixed there
PROSE: Final = 0.1  # the same for files that are no code
SEEDS: Final = 15  # files from which the graph is walked


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
        with ThreadPoolExecutor(1) as pool:  # git reads the history while words are counted
            past = pool.submit(messages, enclosing(graph.root), graph.freshness.revision, settings)
            self._terms: Terms = terms(graph, settings)
            self._past: Messages = past.result()
        self._speller = Speller(self._terms, self._terms.lengths)
        self._factors = {path: self._factor(path) for path in self._terms.lengths}

    @property
    def past(self) -> Messages:
        """The commits that are drawn on."""
        return self._past

    def _factor(self, path: str) -> float:
        record = self._graph.files[path]
        return PROSE if not is_parsed(record.language) else TEST if record.test else 1.0

    def rank(
        self, text: str, limit: int, *, before: int | None = None, ignored: frozenset[int] = frozenset()
    ) -> list[Located]:
        """The files that fit best, best first.

        Only commits with numbers below `before` and not in `ignored` are drawn on (None: all)."""
        asked = asked_words(text)
        last = len(self._past) if before is None else before
        alike = {one: weight for one, weight in resembling(self._past, asked, last).items() if one not in ignored}
        scores: Scores = {}
        for weight, found in (
            (TEXT, by_text(self._terms, asked)),
            (NAMES, by_names(self._terms, asked)),
            (PATH, by_path(self._terms, asked)),
            (PAST, self._present(by_past(self._past, alike))),
        ):
            _add(scores, weight, found)
        spelled, names = self._speller.names(text)
        _add(scores, SPELLED, spelled)
        self._near(scores)
        self._prior(scores, last)
        for path in scores:
            scores[path] *= self._factors[path]
        _add(scores, NAMED_PATH, self._speller.paths(text))
        why = self._why(names, alike)
        best = sorted(scores, key=lambda path: (-scores[path], path))[:limit]
        top = scores[best[0]] if best and scores[best[0]] > 0 else 1.0
        dotted = self._speller.dotted(text)
        return [
            Located(path, round(scores[path] / top, 4), self._symbols(path, asked, dotted), tuple(why.get(path, ())))
            for path in best
        ]

    def _present(self, scores: Scores) -> Scores:
        return {path: score for path, score in scores.items() if path in self._factors}

    def _prior(self, scores: Scores, last: int) -> None:
        """Files that change often, and lately, change again."""
        often, lately = by_changes(self._past, last)
        most = max(self._present(lately).values(), default=1.0)
        for path in scores:
            scores[path] *= 1 + OFTEN * often.get(path, 0.0) + LATELY * lately.get(path, 0.0) / most

    def _near(self, scores: Scores) -> None:
        """Files that the best ones, tests among them, call or build on gain from them."""
        gained: Scores = {}
        for path in sorted(scores, key=lambda path: (-scores[path], path))[:SEEDS]:
            used = self._used(path)
            total = sum(used.values())
            for other, weight in used.items():
                gained[other] = gained.get(other, 0.0) + scores[path] * weight / total
        _add(scores, NEAR, {path: gain for path, gain in gained.items() if path in scores})

    def _used(self, path: str) -> dict[str, float]:
        if not is_parsed(self._graph.files[path].language):
            return {}
        links = self._graph.links(path)
        used: dict[str, float] = {}
        for target, certainty in set(zip(links.edges[3::5], links.edges[4::5], strict=True)):
            home = links.targets[target].partition("::")[0]
            if certainty != NAME_ONLY and home != path and home in self._factors:
                used[home] = used.get(home, 0.0) + 1.0
        return used

    def _why(self, names: Mapping[str, list[str]], alike: Mapping[int, float]) -> dict[str, list[str]]:
        """Names that the text spells out, and the likest commits that touched a file."""
        why = {path: [f"names {name}" for name in said] for path, said in names.items()}
        for commit in sorted(alike, key=lambda number: (-alike[number], -number))[:SEEDS]:
            for file in self._past.files(commit):
                said = why.setdefault(self._past.paths[file], [])
                if sum(one.startswith("like commit ") for one in said) < 2:
                    said.append(f"like commit {self._past.commit(commit)[:10]}")
        return why

    def _symbols(self, path: str, asked: Mapping[str, float], dotted: frozenset[str]) -> tuple[str, ...]:
        """The definitions of a file that the text spells with their class, then by shared words, rare ones first."""
        fits: list[tuple[bool, float, str]] = []
        rarity = {word: 1 / (1 + len(self._terms.names(word))) for word in asked}
        for name in self._graph.defined_names(path):
            parts = set(identifier_words(name.rpartition(".")[2]))
            shared = parts & asked.keys()
            if shared:
                score = sum(rarity[word] * asked[word] for word in shared) * len(shared) / len(parts)
                spelled = ".".join(name.lower().split(".")[-2:]) in dotted
                fits.append((not spelled, -score, f"{path}::{name}"))
        return tuple(name for _, _, name in sorted(fits)[:5])


def _add(scores: Scores, weight: float, found: Scores) -> None:
    """Add one kind of evidence, 1.0 for its best file."""
    top = max(found.values(), default=0.0)
    if top > 0:
        for path, score in found.items():
            scores[path] = scores.get(path, 0.0) + weight * score / top
