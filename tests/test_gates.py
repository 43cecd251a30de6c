"""The gates: each case of `fixtures/gates`, the canaries, and the settings that a project may not loosen."""

import os
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from codeagent.config import load_config
from codeagent.domain.quality import GateResult
from codeagent.quality.gates import GATES
from codeagent.quality.gates.change import Change, Claims
from codeagent.quality.gates.comparing import proposed
from codeagent.quality.gates.judge import judge
from codeagent.quality.gates.settings import built_in_gates, load_gates
from codeagent.workflows.selftest import selftest
from tests.cases import FIXTURES, Case, read_cases

CASES = [case for source in sorted((FIXTURES / "gates").glob("*.md")) for case in read_cases(source)]
GIVEN = ("refactor", "allowed", "message", "tests", "trust")


def change_of(case: Case, root: Path) -> Change:
    """The change from the files `before/…` to the files `after/…`; `options` holds claims and settings."""
    options = tomllib.loads(case.expected.get("options", ""))
    before = {path.removeprefix("before/"): text for path, text in case.files.items() if path.startswith("before/")}
    after = {path.removeprefix("after/"): text for path, text in case.files.items() if path.startswith("after/")}
    root.mkdir()
    replace(case, files=before).write(root)
    (root / "codeagent.toml").write_text(options.get("settings", ""))
    claims = Claims(**{key: tuple(v) if isinstance(v := options[key], list) else v for key in GIVEN if key in options})
    contents: dict[str, bytes | None] = dict.fromkeys(options.get("deleted", ()))
    contents |= {path: text.encode("utf-8", "surrogateescape") for path, text in after.items()}
    return proposed(root, load_config(root), claims, contents, options.get("moves"))


def told(result: GateResult) -> str:
    """The status, then a line for each finding."""
    lines = [f"{result.status}{': ' + result.reason if result.reason else ''}"]
    lines += [f"{one.severity} {one.path}:{one.line} {one.rule}: {one.message}" for one in result.findings]
    lines += [f"existing {one.path}:{one.line} {one.rule}: {one.message}" for one in result.existing]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.source.stem}: {case.title}")
def test_case(case: Case, tmp_path: Path) -> None:
    change = change_of(case, tmp_path / "tree")
    gates, _ = load_gates(change.config)
    verdict = judge(change, {case.source.stem: gates[case.source.stem]})
    case.expect("answer", told(verdict.results[0]))


def test_every_gate_has_its_cases_and_its_declaration() -> None:
    assert {case.source.stem for case in CASES} == set(GATES)
    assert set(GATES) <= set(built_in_gates())


def test_every_gate_still_rejects_its_canaries() -> None:
    trials = list(selftest())
    assert {trial.gate for trial in trials} == set(GATES)
    assert [trial for trial in trials if not trial.ok] == []


def test_cases_are_not_rewritten_unseen() -> None:
    assert not (os.environ.get("CI") and os.environ.get("UPDATE_CASES"))
