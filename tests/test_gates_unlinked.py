"""What gates find is the same whether they ask for single answers or have the links of both sides."""

from pathlib import Path

import pytest
from random_project import RandomProject

from codeagent.config import load_config
from codeagent.quality.gates.change import Change, Claims
from codeagent.quality.gates.comparing import proposed
from codeagent.quality.gates.judge import judge
from codeagent.quality.gates.settings import load_gates
from codeagent.quality.gates.signatures import Parameter, takes_all_of

GATES = ("bindings", "imports", "dead")
STEPS = 8
Side = dict[str, bytes | None]


def written(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def findings(change: Change) -> set[tuple[str, ...]]:
    gates, _ = load_gates(change.config)
    verdict = judge(change, {name: gates[name] for name in GATES})
    found = {(one.rule, one.path, str(one.line), one.message) for result in verdict.results for one in result.findings}
    return found | {(result.gate, str(result.status), result.reason) for result in verdict.results}


@pytest.mark.parametrize("indexed", ["before", "after"])
@pytest.mark.parametrize("seed", range(4))
def test_single_answers_are_those_of_all_links(tmp_path: Path, monkeypatch, seed: int, indexed: str) -> None:
    """Random edits of a random project; the index is of the side before the edit, or of the side after it."""
    project = RandomProject(tmp_path / "project", seed)
    for step in range(STEPS):
        files, said = dict(project.files), project.step()
        contents: Side = {path: None for path in files if path not in project.files}
        contents |= {path: text.encode() for path, text in project.files.items() if files.get(path) != text}
        base: Side = {path: files[path].encode() if path in files else None for path in contents}
        root = written(tmp_path / f"{step}", files if indexed == "before" else dict(project.files))
        told = []
        for soon in (100, -1):
            monkeypatch.setattr("codeagent.graph.deferred._SOON", soon)
            change = proposed(root, load_config(root), Claims(), contents, base=base if indexed == "after" else None)
            told.append(findings(change))
        assert told[0] == told[1], said


PLAIN = (Parameter("self", "plain"), Parameter("name", "plain"))


@pytest.mark.parametrize(
    ("then", "now", "takes"),
    [
        (PLAIN, PLAIN, True),
        (PLAIN, (*PLAIN, Parameter("more", "plain", default="1")), True),
        (PLAIN, (*PLAIN, Parameter("more", "keyword-only", default="1")), True),
        (PLAIN, (*PLAIN, Parameter("more", "plain")), False),
        (PLAIN, (*PLAIN, Parameter("rest", "*"), Parameter("other", "**")), True),
        (PLAIN, PLAIN[:1], False),
        (PLAIN, (PLAIN[0], Parameter("title", "plain")), False),
        (PLAIN, (PLAIN[0], Parameter("name", "positional-only")), False),
        (PLAIN, (Parameter("first", "plain", default="1"), *PLAIN), False),
        ((*PLAIN, Parameter("more", "plain", default="1")), (*PLAIN, Parameter("more", "plain")), False),
        ((Parameter("a", "positional-only"),), (Parameter("a", "plain"),), True),
        (
            (Parameter("a", "positional-only"), Parameter("k", "**")),
            (Parameter("a", "plain"), Parameter("k", "**")),
            False,
        ),
        ((*PLAIN, Parameter("rest", "*")), PLAIN, False),
        ((*PLAIN, Parameter("rest", "*")), (*PLAIN, Parameter("b", "plain", default="1"), Parameter("c", "*")), False),
        ((Parameter("a", "keyword-only"),), (Parameter("a", "plain"),), True),
    ],
)
def test_parameters_that_take_every_call_that_they_took(then, now, takes: bool) -> None:
    assert takes_all_of(now, then) is takes
