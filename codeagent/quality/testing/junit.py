"""Reports in the JUnit format, which surefire and Gradle write."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from codeagent.quality.testing.report import Outcome, TestCase

_LARGEST: Final = 64 << 20  # bytes of one file
_OUTCOMES: Final = {"failure": Outcome.FAILED, "error": Outcome.ERROR, "skipped": Outcome.SKIPPED}

Namer = Callable[[str, str, str], str]  # class, name, file -> id


def read_junit(files: Iterable[Path], named: Namer) -> dict[str, TestCase]:
    """Return the tests of report files by id. Raises ValueError for one that is no such report."""
    cases: dict[str, TestCase] = {}
    for file in files:
        for name, case in _cases(file, named):
            known = cases.get(name)
            if known is None or not known.outcome.is_bad:
                cases[name] = case
    return cases


def _cases(file: Path, named: Namer) -> Iterator[tuple[str, TestCase]]:
    data = file.read_bytes()
    if len(data) > _LARGEST or b"<!DOCTYPE" in data[:4096]:
        raise ValueError(f"{file.name} is no report")
    try:
        root = ElementTree.fromstring(data)
    except ElementTree.ParseError as error:
        raise ValueError(f"{file.name} cannot be read: {error}") from error
    for element in root.iter("testcase"):
        name = named(element.get("classname", ""), element.get("name", ""), element.get("file", ""))
        found = next((child for child in element if child.tag in _OUTCOMES), None)
        outcome = _OUTCOMES[found.tag] if found is not None else Outcome.PASSED
        text, raised = "", ""
        if found is not None:
            text = found.get("message", "") or (found.text or "").strip()
            raised = found.get("type", "").rpartition(".")[2]
        yield name, TestCase(outcome, _number(element.get("time", "0")), text[:4000], raised)


def _number(text: str) -> float:
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return 0.0
