"""Refactorings recognised in a difference: each case of `fixtures/recognition`, and that nothing is guessed."""

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from codeagent.config import load_config
from codeagent.domain.review import Explained
from codeagent.quality.gates.change import Change, Claims
from codeagent.quality.gates.comparing import proposed
from codeagent.quality.reviewing.recognition import recognised
from codeagent.quality.reviewing.sides import Sides
from codeagent.workflows.reviewing.extraction import explain_extractions
from tests.cases import FIXTURES, Case, read_cases

CASES = [case for source in sorted((FIXTURES / "recognition").glob("*.md")) for case in read_cases(source)]


def change_of(case: Case, root: Path) -> Change:
    """The change from the files `before/…` to the files `after/…`; `options` tells moves of files."""
    options = tomllib.loads(case.expected.get("options", ""))
    before = {path.removeprefix("before/"): text for path, text in case.files.items() if path.startswith("before/")}
    after = {path.removeprefix("after/"): text for path, text in case.files.items() if path.startswith("after/")}
    root.mkdir()
    replace(case, files=before).write(root)
    contents: dict[str, bytes | None] = dict.fromkeys(options.get("deleted", ()))
    contents |= {path: text.encode("utf-8", "surrogateescape") for path, text in after.items()}
    return proposed(root, load_config(root), Claims(), contents, options.get("moves"))


def told(explained: Explained) -> str:
    """How many lines are explained, a line for each refactoring, and how many hunks are left to read."""
    lines = [f"{explained.lines} of {explained.of_lines} lines, {len(explained.hunks)} of {explained.of_hunks} hunks"]
    lines += [f"{one.kind} {one.path}:{one.line} {one.message} ({one.lines})" for one in explained.refactorings]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.source.stem}: {case.title}")
def test_case(case: Case, tmp_path: Path) -> None:
    change = change_of(case, tmp_path / "tree")
    sides = Sides(change)
    difference = recognised(sides)
    explain_extractions(sides, difference)
    case.expect("answer", told(difference.explained()))
