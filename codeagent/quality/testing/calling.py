"""How the test script of a package calls its runner: with which words, in which environment, on which files."""

import glob
import os
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_WORD: Final = re.compile(r"""(?:[^\s'"\\;&|<>()]|\\.|'[^']*'|"(?:[^"\\]|\\.)*")+|[;&|<>()\n]+""")
_BETWEEN: Final = re.compile(r"[;&|<>()\n]+")
_ASSIGNED: Final = re.compile(r"([A-Za-z_]\w*)=(.*)", re.DOTALL)
_PATTERN: Final = re.compile(r"[*?\[]")
_FLAGS: Final = frozenset(
    ("--test", "--recursive", "--verbose", "--ci", "--colors", "--color", "--exit", "--silent", "--run", "--parallel",
     "--check-leaks", "--no-config", "--no-warnings", "--passWithNoTests", "--runInBand", "-i",
     "--experimental-strip-types", "--experimental-vm-modules", "--enable-source-maps")
)  # fmt: skip
# What would keep us from our report, end before all tests have run, or never end.
_OURS: Final = frozenset(
    ("--reporter", "-R", "--reporters", "--reporter-option", "--reporter-options", "-O", "--outputFile",
     "--test-reporter", "--test-reporter-destination")
)  # fmt: skip
_DROPPED: Final = frozenset(
    ("--watch", "-w", "--watchAll", "--watch-files", "--ui", "--json", "--bail", "-b", "--coverage",
     "--collectCoverage", "--experimental-test-coverage")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a runner: the words that start it where that is not its program alone (`node` and options of its
    own), the words that follow, and what the environment is told."""

    before: tuple[str, ...]
    words: tuple[str, ...]
    environment: tuple[tuple[str, str], ...]


def call_of(script: str, runner: str) -> Call | None:
    """Return how a script calls a runner; None where it does not, or in words that only a shell could tell."""
    for words in _commands(script):
        at = next((place for place, word in enumerate(words) if _calls(words[:place], word, runner)), None)
        if at is None or (runner == "node" and "--test" not in words[at:]):
            continue
        if any("$" in word or "`" in word for word in words):
            return None
        told = tuple(found.groups() for word in words[:at] if (found := _ASSIGNED.fullmatch(word)))
        by = next((place for place in range(at) if words[place] == "node"), at)
        before = tuple(words[by : at + 1]) if by < at else ()
        return Call(before, tuple(_kept(words[at + 1 :])), tuple((name, value) for name, value in told))
    return None


def _commands(script: str) -> Iterator[list[str]]:
    """The words of each command that a script consists of."""
    words: list[str] = []
    for word in _WORD.findall(script):
        if _BETWEEN.fullmatch(word):
            yield words
            words = []
        else:
            words += shlex.split(word)
    yield words


def _calls(before: list[str], word: str, runner: str) -> bool:
    name = re.sub(r"\.[cm]?js$", "", word.rpartition("/")[2]).lstrip("_")
    return name == runner and not (before and before[-1] in ("-r", "--require", "--import"))


def _kept(words: list[str]) -> Iterator[str]:
    taken = False
    for place, word in enumerate(words):
        name = word.partition("=")[0]
        counted = word.isdigit() and place > 0 and words[place - 1] == "--bail"
        if taken or counted or name in _DROPPED:
            taken = False
        elif name in _OURS:
            taken = "=" not in word
        elif word != "--":
            yield word


def parted(argv: tuple[str, ...], runner: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the words that start a runner and those that follow."""
    at = 0
    if runner != "node" and argv[0] == "node":
        at = next(place for place, word in enumerate(argv) if _calls(list(argv[:place]), word, runner))
    return argv[: at + 1], argv[at + 1 :]


def places_in(words: tuple[str, ...], folder: Path) -> list[str]:
    """Return the words that say where tests lie: files, folders and patterns that are no value of an option."""
    found = []
    for before, word in zip(("", *words), words, strict=False):
        free = not before.startswith("-") or "=" in before or before in _FLAGS
        if free and not word.startswith("-") and (_PATTERN.search(word) or (folder / word).exists()):
            found.append(word)
    return found


def looked_in(places: list[str]) -> tuple[str, ...]:
    """Return the folders and files that such words lead to; nothing where that may be everywhere."""
    found = [os.path.normpath(_PATTERN.split(word)[0].rpartition("/")[0] if _PATTERN.search(word) else word)
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
    if not _PATTERN.search(word):
        return [word]
    found = glob.glob(word, root_dir=folder, recursive=True)
    return sorted(one for one in found if "node_modules" not in one.split("/")) or [word]
