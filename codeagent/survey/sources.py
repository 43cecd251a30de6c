"""A repository's files as text: what manifests, CI files and routes are read from."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final, Protocol

from codeagent.domain.report import Command, Evidence

ASIDE = frozenset((
    "3rdparty", "__tests__", "bench", "benchmarks", "demo", "demos", "deps", "docs", "docs_src", "e2e",
    "example", "examples", "fixture", "fixtures", "fuzz", "node_modules", "playground", "sample", "samples", "spec",
    "specs", "test", "testdata", "testing", "tests", "third_party", "thirdparty", "vendor", "website",
))  # fmt: skip
DOCUMENTATION = frozenset(("doc", "docs"))
FIRST = frozenset(("test", "tests", "example", "examples", "demo"))  # of a compound name: `test-shrinker`


PACKAGES: Final = re.compile(  # files that a package or a project of a build has one of
    r"(?:.*/)?(?:package\.json|pyproject\.toml|setup\.py|Cargo\.toml|go\.mod|pom\.xml|composer\.json|Package\.swift"
    r"|build\.gradle(?:\.kts)?|[^/]+\.(?:gemspec|csproj|fsproj))"
)


class Files(Protocol):
    """Every listed path and a way to read it; bytes are empty where they cannot be read."""

    @property
    def paths(self) -> Sequence[str]: ...

    def read(self, path: str) -> bytes: ...


@dataclass(frozen=True, slots=True)
class InMemory:
    """Files given as a mapping."""

    contents: Mapping[str, bytes]

    @property
    def paths(self) -> Sequence[str]:
        """Every path, sorted."""
        return sorted(self.contents)

    def read(self, path: str) -> bytes:
        """Return the bytes of a path, empty where there is none."""
        return self.contents.get(path, b"")


@dataclass(slots=True)
class Sources:
    """Files by name and by folder, decoded once."""

    files: Files
    _texts: dict[str, str] = field(default_factory=dict)
    _named: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for path in sorted(self.files.paths, key=nearness):
            self._named.setdefault(path.rpartition("/")[2], []).append(path)

    def named(self, *names: str) -> list[str]:
        """Return the paths with one of these file names, nearest to the root first."""
        return sorted((p for name in names for p in self._named.get(name, ())), key=nearness)

    def ending(self, *suffixes: str) -> list[str]:
        """Return the paths that end with one of these suffixes, nearest to the root first."""
        return sorted((p for n, found in self._named.items() if n.endswith(suffixes) for p in found), key=nearness)

    def matching(self, *names: str) -> list[str]:
        """Return the paths with one of these file names, where `*` begins a suffix, nearest to the root first."""
        suffixes = tuple(name[1:] for name in names if name.startswith("*"))
        return sorted({*self.named(*names), *(self.ending(*suffixes) if suffixes else ())}, key=nearness)

    def has(self, path: str) -> bool:
        """Tell whether that exact path is listed."""
        return path in self._named.get(path.rpartition("/")[2], ())

    def text(self, path: str) -> str:
        """Return a file's text; undecodable bytes become U+FFFD, a BOM is dropped, lines end in \\n."""
        found = self._texts.get(path)
        if found is None:
            found = self.files.read(path).decode("utf-8-sig", "replace").replace("\r\n", "\n")
            self._texts[path] = found
        return found


def nearness(path: str) -> tuple[bool, int, str]:
    """Order paths: the product before tests, examples and docs, then from the root inwards."""
    return aside(path), path.count("/"), path


@cache
def aside(path: str) -> bool:
    """Tell whether a path lies in a folder of tests, examples, docs or other people's code.

    A folder of Go is a package that can be imported, also where documentation is what it is about."""
    folders = path.lower().split("/")[:-1]
    if path.endswith(".go"):
        folders = [name for name in folders if name not in DOCUMENTATION]
    return bool(folders) and (folders[0] == "doc" or any(_aside_folder(name) for name in folders))


def _aside_folder(name: str) -> bool:
    if name in ASIDE or name.startswith("."):
        return True
    first, dash, rest = name.replace("_", "-").partition("-")
    return bool(dash) and (first in FIRST or rest.rpartition("-")[2] in ASIDE)


def folder(path: str) -> str:
    """Return the folder of a path, "" for the root."""
    return path.rpartition("/")[0]


def line_of(text: str, pattern: str, start: int = 1, missing: int | None = None) -> int:
    """Return the 1-based line of the first match at or after line `start`; if none `missing`, else `start`."""
    for number, line in enumerate(text.split("\n")[start - 1 :], start):
        if re.search(pattern, line):
            return number
    return start if missing is None else missing


def numbered(text: str) -> Iterator[tuple[int, str]]:
    """Yield 1-based line numbers and lines."""
    return enumerate(text.split("\n"), 1)


def package_folders(paths: Iterable[str]) -> frozenset[str]:
    """Return the folders, below the root, that hold the manifest of a package."""
    return frozenset(folder(path) for path in paths if "/" in path and not aside(path) and PACKAGES.fullmatch(path))


def command(kind: str, text: str, path: str, line: int, source: str) -> Command:
    """Return a command to be typed in the folder of the file that names it."""
    return Command(kind, text, folder(path), source, Evidence(path, line))


class LineIndex:
    """Character offsets of one text to 1-based lines."""

    def __init__(self, text: str) -> None:
        self.starts = [0, *(found.end() for found in re.finditer("\n", text))]

    def line(self, offset: int) -> int:
        """Return the 1-based line that holds a character offset."""
        return bisect_right(self.starts, offset)
