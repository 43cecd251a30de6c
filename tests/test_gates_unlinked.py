"""What gates find is the same whether they ask for single answers or have the links of both sides."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from random_project import RandomProject

from codeagent.config import load_config
from codeagent.domain.links import FileLinks
from codeagent.graph.nearly import nearly_all_links
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


@pytest.mark.parametrize("indexed", ["before", "after"])
@pytest.mark.parametrize("seed", range(3))
def test_what_leads_where_nearly(tmp_path: Path, monkeypatch, seed: int, indexed: str) -> None:
    """Links by names and single answers, of the side that is not linked, beside all of its links."""
    monkeypatch.setattr("codeagent.graph.deferred._SOON", -1)
    project = RandomProject(tmp_path / "project", seed)
    same = of = 0
    for step in range(STEPS):
        files = dict(project.files)
        project.step()
        contents: Side = {path: None for path in files if path not in project.files}
        contents |= {path: text.encode() for path, text in project.files.items() if files.get(path) != text}
        base: Side = {path: files[path].encode() if path in files else None for path in contents}
        root = written(tmp_path / f"{step}", files if indexed == "before" else dict(project.files))
        change = proposed(root, load_config(root), Claims(), contents, base=base if indexed == "after" else None)
        graph = change.after_graph if indexed == "before" else change.before_graph
        near, links = edges(nearly_all_links(graph)), edges(dict(graph.all_links()))
        same, of = same + len(near & links), of + len(near | links)
        changed = set(change.touched)
        assert {edge for edge in near if edge[0] in changed} == {edge for edge in links if edge[0] in changed}
    assert same / of > 0.95


def edges(links: Mapping[str, FileLinks]) -> set[tuple[str, int, int, int, str]]:
    found = set()
    for path, one in links.items():
        rows = zip(*(one.edges[at::5] for at in range(5)), strict=True)
        found |= {(path, start, kind, within, one.targets[target]) for start, kind, within, target, _ in rows}
    return found
