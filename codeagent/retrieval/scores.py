"""What speaks for each file when a text is asked about: words in it, names it defines, its path, its past."""

import math
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Final

from codeagent.retrieval.messages import SWEEPING, Messages
from codeagent.retrieval.terms import Terms, count_words
from codeagent.retrieval.words import words

K1: Final = 1.2  # BM25 (Robertson and Zaragoza, 2009)
B: Final = 0.75
_TITLE: Final = 2.0  # what a word of the first line counts
_MEMORY: Final = 3000  # commits that say how often a file changes
_FADING: Final = 400.0  # commits after which a change counts 1/e

Scores = dict[str, float]


def asked_words(text: str) -> dict[str, float]:
    """Weigh the words of a text: those of its first line count double, repetition counts less and less."""
    title, _, rest = text.strip().partition("\n")
    found = {word: _TITLE * min(count, 2) for word, count in count_words(title).items()}
    for word, count in count_words(rest).items():
        found[word] = found.get(word, 0.0) + math.sqrt(min(count, 3))
    return found


def by_text(terms: Terms, asked: Mapping[str, float]) -> Scores:
    """BM25 over the whole text of each file."""
    scores: Scores = {}
    total = len(terms.lengths)
    norms: dict[str, float] = {}
    for word, weight in asked.items():
        found = terms.text(word)
        rarity = weight * _rarity(total, len(found)) * (K1 + 1)
        for path, count in found:
            norm = norms.get(path)
            if norm is None:
                norm = norms[path] = K1 * (1 - B + B * terms.lengths[path] / terms.average)
            scores[path] = scores.get(path, 0.0) + rarity * count / (count + norm)
    return scores


def by_names(terms: Terms, asked: Mapping[str, float]) -> Scores:
    """The same over the names that each file defines; how many share a word counts little."""
    scores: Scores = {}
    total = len(terms.lengths)
    for word, weight in asked.items():
        found = terms.names(word)
        rarity = weight * _rarity(total, len(found)) * (K1 + 1)
        for path, count in found:
            frequency = math.log1p(count)
            scores[path] = scores.get(path, 0.0) + rarity * frequency / (frequency + K1)
    return scores


def by_path(terms: Terms, asked: Mapping[str, float]) -> Scores:
    """Words that stand in each path, the rarer among paths the more."""
    homes: dict[str, list[str]] = {}
    for path in terms.lengths:
        for word in _path_words(path):
            if word in asked:
                homes.setdefault(word, []).append(path)
    scores: Scores = {}
    for word, paths in homes.items():
        rarity = asked[word] * _rarity(len(terms.lengths), len(paths))
        for path in paths:
            scores[path] = scores.get(path, 0.0) + rarity
    return scores


def _path_words(path: str) -> set[str]:
    folder, _, name = path.rpartition("/")
    return {word for part in (*folder.split("/"), name.rpartition(".")[0] or name) for word in _part_words(part)}


@cache
def _part_words(part: str) -> tuple[str, ...]:
    return tuple(words(part.replace("-", " ")))


def _rarity(total: int, found: int) -> float:
    return math.log(1 + (total - found + 0.5) / (found + 0.5))


def resembling(past: Messages, asked: Iterable[str], before: int) -> dict[int, float]:
    """Weigh the commits older than number `before` by the words their messages share with a text."""
    shared: dict[int, float] = {}
    for word in asked:
        commits = past.saying(word, before)
        if len(commits):
            rarity = math.log(1 + before / len(commits)) ** 2
            for commit in commits:
                shared[commit] = shared.get(commit, 0.0) + rarity
    return {commit: weight / math.sqrt(past.sizes[commit]) for commit, weight in shared.items()}


def by_past(past: Messages, alike: Mapping[int, float]) -> Scores:
    """Files that commits with like messages touched; a commit of many files says less of each."""
    scores: dict[int, float] = {}
    for commit, weight in alike.items():
        files = past.files(commit)
        for file in files:
            scores[file] = scores.get(file, 0.0) + weight * weight / math.sqrt(len(files))
    return {past.paths[file]: score for file, score in scores.items()}


def by_changes(past: Messages, before: int) -> tuple[Scores, Scores]:
    """How often each file was changed in the last commits, and how much of that is recent."""
    often: dict[int, float] = {}
    lately: dict[int, float] = {}
    for commit in range(max(0, before - _MEMORY), before):
        files = past.files(commit)
        fading = math.exp((commit - before) / _FADING)
        for file in files if len(files) <= SWEEPING else ():
            often[file] = often.get(file, 0.0) + 1
            lately[file] = lately.get(file, 0.0) + fading
    return {past.paths[f]: math.log1p(n) for f, n in often.items()}, {past.paths[f]: n for f, n in lately.items()}
