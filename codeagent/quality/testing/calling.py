"""The words with which a runner is called: those that start it, those that say where tests lie, the chosen files."""

import glob
import os
from pathlib import Path

from codeagent.graph.runners.calls import PATTERN, calls, places


def parted(argv: tuple[str, ...], runner: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the words that start a runner and those that follow."""
    at = 0
    if runner != "node" and argv[0] == "node":
        at = next(place for place, word in enumerate(argv) if calls(list(argv[:place]), word, runner))
    return argv[: at + 1], argv[at + 1 :]


def places_in(words: tuple[str, ...], folder: Path) -> list[str]:
    """Return the words that say where tests lie."""
    return places(words, lambda word: (folder / word).exists())


def looked_in(places: list[str]) -> tuple[str, ...]:
    """Return the folders and files that such words lead to; nothing where that may be everywhere."""
    found = [os.path.normpath(PATTERN.split(word)[0].rpartition("/")[0] if PATTERN.search(word) else word)
             for word in places]  # fmt: skip
    return () if "." in found else tuple(found)


def with_files(words: tuple[str, ...], folder: Path, chosen: tuple[str, ...] | None) -> tuple[str, ...]:
    """Return the words with the chosen files in the place of those that say where tests lie; without a choice, with
    patterns as a shell would read them."""
    places = places_in(words, folder)
    if chosen:
        return (*(word for word in words if word not in places), *chosen)
    return tuple(one for word in words for one in (_expanded(word, folder) if word in places else [word]))


def _expanded(word: str, folder: Path) -> list[str]:
    if not PATTERN.search(word):
        return [word]
    found = glob.glob(word, root_dir=folder, recursive=True)
    return sorted(one for one in found if "node_modules" not in one.split("/")) or [word]
