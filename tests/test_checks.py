"""The checks on small trees: each case of `fixtures/checks` in full, and what fingerprints promise."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from codeagent.config import load_config
from codeagent.domain.finding import Finding
from codeagent.quality.checks.duplicates import copies
from codeagent.workflows.analyze import analyze
from tests.cases import FIXTURES, Case, read_cases

CHECKS = FIXTURES / "checks"
LOW = {
    "complex-function": {"complexity": 5.0, "very-complex": 8.0},
    "duplicate-code": {"lines": 5.0, "places-warning": 40.0},
    "god-module": {"code-lines": 10.0, "symbols": 4.0, "users": 2.0},
    "import-cycle": {"files": 2.0, "many": 5.0},
    "dead-code": {"lines": 1.0},
    "unused-import": {"names": 1.0},
    "unused-value": {"names": 1.0},
    "unreachable-code": {"statements": 1.0},
}


def findings(root: Path, rule: str) -> list[Finding]:
    """The findings of one rule in a folder, at low limits."""
    config = replace(load_config(root), checks=LOW)
    return [f for f in analyze(root, config=config).findings if f.rule == rule]


def spelled(finding: Finding) -> str:
    """A certainty, a place and a symbol."""
    return f"{finding.certainty} {finding.path}:{finding.line} {(finding.symbol or '').partition('::')[2]}"


SHOWN: dict[str, tuple[str, Callable[[Finding], str]]] = {
    "dead_code": ("dead-code", spelled),
    "unreachable_code": ("unreachable-code", lambda f: f"{f.path}:{f.line}-{f.end_line} {f.message}"),
    "unused_values": ("unused-value", lambda f: f"{f.certainty} {f.path}:{f.line} {f.message}"),
    "unused_imports": ("unused-import", lambda f: f"{f.certainty} {f.path}:{f.line} {f.message}"),
    "complexity": ("complex-function", lambda f: f"{f.severity} {f.path}:{f.line} {f.message}"),
    "duplicates": ("duplicate-code", lambda f: f"{f.path}:{f.line}-{f.end_line} {f.message}"),
    "cycles": ("import-cycle", lambda f: f"{f.severity} {f.path}:{f.line} {f.message}"),
    "god_modules": ("god-module", lambda f: f"{f.path} {f.message}"),
}
CASES = [case for source in sorted(CHECKS.glob("*.md")) for case in read_cases(source)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.source.stem}: {case.title}")
def test_case(case: Case, tmp_path: Path) -> None:
    root = tmp_path / "tree"
    root.mkdir()
    rule, show = SHOWN[case.source.stem]
    found = sorted(findings(case.write(root), rule), key=lambda f: (f.path, f.line))
    if rule == "complex-function":
        found.sort(key=lambda f: -(f.value or 0))
    case.expect("answer", "".join(show(f) + "\n" for f in found))


def test_every_check_has_its_cases() -> None:
    checks = Path(__file__).parent.parent / "codeagent/quality/checks"
    text = "\n".join(path.read_text("utf-8") for path in checks.glob("*.py"))
    rules = set(re.findall(r'^RULE = "([\w-]+)"', text, re.MULTILINE))
    assert rules == {rule for rule, _ in SHOWN.values()}
    assert set(SHOWN) == {source.stem for source in CHECKS.glob("*.md")}


SOURCE = "def _unused():\n    return 1\n\n\nprint(2)\n"


def test_a_fingerprint_survives_lines_that_move(tmp_path: Path) -> None:
    root = tmp_path / "tree"
    root.mkdir()
    (root / "app.py").write_text(SOURCE)
    before = findings(root, "dead-code")
    (root / "app.py").write_text("import sys\n\n\n# a remark\n" + SOURCE + "print(sys.path)\n")
    after = findings(root, "dead-code")
    assert [f.fingerprint for f in before] == [f.fingerprint for f in after] != []
    assert before[0].line + 4 == after[0].line


def test_fingerprints_tell_findings_apart(tmp_path: Path) -> None:
    root = tmp_path / "tree"
    root.mkdir()
    (root / "app.py").write_text("def _a():\n    return 1\n\n\ndef _b():\n    return 2\n")
    (root / "other.py").write_text("def _a():\n    return 1\n")
    found = findings(root, "dead-code")
    assert len({f.fingerprint for f in found}) == len(found) == 3


def test_a_reasoned_suppression_silences_a_finding(tmp_path: Path) -> None:
    root = tmp_path / "tree"
    root.mkdir()
    (root / "app.py").write_text("# codeagent: ignore[dead-code] kept for the next release\n" + SOURCE)
    assert findings(root, "dead-code") == []
    (root / "app.py").write_text("# codeagent: ignore[complex-function] another rule\n" + SOURCE)
    assert len(findings(root, "dead-code")) == 1


class Row(bytes):
    """A line that counts how often one is compared with another."""

    compared = 0
    __hash__ = bytes.__hash__

    def __eq__(self, other: object) -> bool:
        Row.compared += 1
        return bytes.__eq__(self, other)


def test_tables_of_data_are_compared_in_a_time_that_grows_with_them() -> None:
    compared = []
    code = [b"line %d" % number for number in range(40)]
    for size in (4_000, 8_000):
        Row.compared = 0
        table = [Row(b"0,") for _ in range(size)]
        found = list(copies([code, [*table, *code]], 6))
        compared.append(Row.compared)
        assert [(one.other, one.other_at, one.length) for one in found] == [(0, 0, 40)]
    assert compared[1] < 3 * compared[0]
