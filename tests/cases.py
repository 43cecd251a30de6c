"""Reads the Markdown case files of `fixtures/`: given files, and what is expected of them.

A case is a `## title`; then for each given file a paragraph that holds its path in backquotes and
a fenced block with its text; then fenced blocks whose info string is an expectation (`facts`,
`edges`, `definition`, `refused`, ...). `expect` compares, and with UPDATE_CASES=1 in the
environment writes what came out into the file instead (read the diff before you commit it).
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

FIXTURES: Final = Path(__file__).parent.parent / "fixtures"
EXPECTATIONS: Final = (
    "facts", "edges", "definition", "refused", "options", "report", "diff", "answer", "accounting", "notes",
    "injection", "checked", "problems",
)  # fmt: skip
_PART: Final = re.compile(
    r"^## (?P<title>.+)$|^`(?P<path>[^`\n]+)`[^\n]*$|^(?P<fence>`{3,}|~{3,})(?P<tag>[^\n]*)$", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Case:
    """One case: `files` maps path to text, `expected` maps an expectation's tag to the text of its block."""

    source: Path
    title: str
    files: dict[str, str]
    expected: dict[str, str]

    def write(self, folder: Path) -> Path:
        """Write the given files into `folder` and return it."""
        for path, text in self.files.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text.encode("utf-8", "surrogateescape"))
        return folder

    def expect(self, tag: str, actual: str) -> None:
        """Compare with the block `tag`, line by line; with UPDATE_CASES=1 rewrite that block."""
        actual = "".join(line.rstrip() + "\n" for line in actual.splitlines())
        if os.environ.get("UPDATE_CASES"):
            _rewrite(self, tag, actual)
        else:
            assert actual == self.expected[tag], f"{self.source.name}: {self.title}"


def read_cases(source: Path) -> Iterator[Case]:
    """Yield the cases of one Markdown file, in order."""
    text, at, path, case = source.read_text("utf-8") + "\n", 0, "", None
    while part := _PART.search(text, at):
        at = part.end()
        if part["title"]:
            if case:
                yield case
            case, path = Case(source, part["title"].strip(), {}, {}), ""
        elif part["path"]:
            path = part["path"]
        else:
            end = text.index("\n" + part["fence"] + "\n", at)
            body, at = text[at + 1 : end + 1], end + len(part["fence"]) + 2
            tag = part["tag"].strip()
            if case and tag in EXPECTATIONS:
                case.expected[tag] = body
            elif case and path:
                case.files[path], path = body, ""
    if case:
        yield case


def cases(folder: str, tag: str) -> list[object]:
    """Return pytest parameters: every case with a block `tag` in `fixtures/<folder>/*.md`."""
    found = (case for source in sorted((FIXTURES / folder).glob("*.md")) for case in read_cases(source))
    return [pytest.param(case, id=f"{case.source.stem}: {case.title}") for case in found if tag in case.expected]


def _rewrite(case: Case, tag: str, actual: str) -> None:
    """Replace the text of one expectation block in its file."""
    text = case.source.read_text("utf-8")
    title = text.index(f"## {case.title}\n")
    opening = re.compile(rf"^(`{{3,}}|~{{3,}}){tag}\n", re.MULTILINE).search(text, title)
    assert opening is not None
    end = text.index("\n" + opening[1] + "\n", opening.end() - 1)
    case.source.write_text(text[: opening.end()] + actual + text[end + 1 :], "utf-8")
