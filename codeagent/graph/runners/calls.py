"""How the test script of a package calls its runner: with which words, and in which environment."""

import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

_WORD: Final = re.compile(r"""(?:[^\s'"\\;&|<>()]|\\.|'[^']*'|"(?:[^"\\]|\\.)*")+|[;&|<>()\n]+""")
_BETWEEN: Final = re.compile(r"[;&|<>()\n]+")
ASSIGNED: Final = re.compile(r"([A-Za-z_]\w*)=(.*)", re.DOTALL)
PATTERN: Final = re.compile(r"[*?\[]")
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
    """Return how a script calls a runner first; None where it does not, or in words that only a shell could tell."""
    return next(calls_of(script, runner), None)


def calls_of(script: str, runner: str) -> Iterator[Call | None]:
    """Yield each call of a runner in a script; None for one in words that only a shell could tell."""
    for words in commands(script):
        at = next((place for place, word in enumerate(words) if calls(words[:place], word, runner)), None)
        if at is None or (runner == "node" and "--test" not in words[at:]):
            continue
        if any("$" in word or "`" in word for word in words):
            yield None
            continue
        told = tuple(found.groups() for word in words[:at] if (found := ASSIGNED.fullmatch(word)))
        by = next((place for place in range(at) if words[place] == "node"), at)
        before = tuple(words[by : at + 1]) if by < at else ()
        yield Call(before, tuple(_kept(words[at + 1 :])), tuple((name, value) for name, value in told))


def commands(script: str) -> Iterator[list[str]]:
    """The words of each command that a script consists of."""
    words: list[str] = []
    for word in _WORD.findall(script):
        if _BETWEEN.fullmatch(word):
            yield words
            words = []
        else:
            words += shlex.split(word)
    yield words


def places(words: tuple[str, ...], exists: Callable[[str], bool]) -> list[str]:
    """Return the words that say where tests lie: files, folders and patterns that are no value of an option."""
    found = []
    for before, word in zip(("", *words), words, strict=False):
        free = not before.startswith("-") or "=" in before or before in _FLAGS
        if free and not word.startswith("-") and (PATTERN.search(word) or exists(word)):
            found.append(word)
    return found


def calls(before: list[str], word: str, runner: str) -> bool:
    """Tell whether a word, by those before it, is the call of a runner."""
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
