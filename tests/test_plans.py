"""Plans as files: read whatever stands there, tried in memory, told completely, written the same every time."""

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml
from cases import Case, cases

from codeagent.domain.errors import UsageError
from codeagent.domain.plan import REWRITE, Blast, Plan, Step
from codeagent.graph.update import open_graph
from codeagent.plans.problems import InvalidPlan
from codeagent.plans.reading import load_located, load_plan, read_plan
from codeagent.plans.schema import plan_schema
from codeagent.plans.tree import LARGEST
from codeagent.plans.writing import as_json, as_yaml
from codeagent.workflows.planning.arguments import argument_schemas
from codeagent.workflows.planning.checking import check
from codeagent.workflows.planning.surroundings import Surroundings

ROOT = Path(__file__).parent.parent
SCHEMA = plan_schema(argument_schemas())


def checked(case: Case, folder: Path) -> Plan:
    root = case.write(folder / "repo")
    plan, lines = load_located(root / "plan.yaml")
    return check(Surroundings(open_graph(root, in_memory=True)), plan).proven(str(root / "plan.yaml"), lines)


@pytest.mark.parametrize("case", cases("plans", "checked"))
def test_a_plan_is_completed(case: Case, tmp_path: Path):
    plan = checked(case, tmp_path)
    text = as_yaml(plan)
    case.expect("checked", text)
    jsonschema.validate(yaml.safe_load(text), SCHEMA)
    assert read_plan(text.encode()) == plan
    assert as_yaml(read_plan(as_json(plan).encode())) == text


@pytest.mark.parametrize("case", cases("plans", "problems"))
def test_everything_that_is_wrong_is_told(case: Case, tmp_path: Path):
    with pytest.raises(InvalidPlan) as raised:
        checked(case, tmp_path)
    case.expect("problems", raised.value.message.replace(f"{tmp_path}/repo/", ""))
    assert raised.value.hint


def test_trying_a_plan_twice_changes_nothing(tmp_path: Path):
    case = cases("plans", "checked")[0].values[0]
    first = checked(case, tmp_path)
    root = tmp_path / "repo"
    again = check(Surroundings(open_graph(root, in_memory=True)), read_plan(as_yaml(first).encode())).proven()
    assert as_yaml(again) == as_yaml(first)


# --- the file

ODD = Plan(
    goal="yes: #1 'quoted' \"twice\" — und ä, 𝕏",
    summary="first\n  second: [a]\n\nlast ",
    base="0123456",
    files={"a b.py": "0" * 32},
    steps=(
        Step("a", "null", "rename", {"target": "no", "new": "123", "docs": True}, scope=("/*.py", "  x\\ "), why="~"),
        Step(
            "b",
            "a \udcff path",
            REWRITE,
            {"instructions": "do\n- this\n\ttab", "files": ["on", "1e3", "0x1f", "1_000", "12:30:00", "2001-01-01"]},
            after=("a",),
            blast=Blast(("a",), ("b",), ("c",), 3),
            scope=("a",),
            guarded=False,
            tried=True,
            risk="high",
            expected_cost=0.000012,
            otherwise="smaller",
        ),
    ),
    notes=("a note: with a colon",),
)


@pytest.mark.parametrize("write", [as_yaml, as_json])
def test_what_is_written_is_read_as_it_was(write):
    assert read_plan(write(ODD).encode()) == ODD
    assert write(read_plan(write(ODD).encode())) == write(ODD)


def test_other_readers_of_yaml_read_the_same():
    assert yaml.safe_load(as_yaml(ODD)) == json.loads(as_json(ODD).replace("\\udcff", "\udcff"))


def test_json_of_others_is_read():
    text = '{\n\t"version": 1,\n\t"goal": "\\ud835\\udd4f \\/",\n\t"steps": [{"id": "a", "title": "a",\n\t"operation":'
    text += ' "rename", "scope": ["/a"]}]}'
    assert read_plan(text.encode()).goal == "𝕏 /"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"[" * 5000,
        b"{" * 5000,
        b"a: b: c",
        b"\x00",
        b"- 1",
        b"--- 1\n--- 2\n",
        b"%YAML 9\n---\na",
        b"?",
        b"? [a]\n: b",
        b"version: 1\n" + b"#" * LARGEST,
        b"version: &a 1",
        b"'",
        b"{a: 1",
        b"\t",
        b"version: [1]",
    ],
)
def test_what_is_no_plan_is_refused(data):
    with pytest.raises(InvalidPlan) as raised:
        read_plan(data, "plan.yaml")
    assert raised.value.message.startswith("plan.yaml")


def test_a_plan_that_is_not_there(tmp_path):
    with pytest.raises(UsageError, match="cannot read"):
        load_plan(tmp_path / "none.yaml")


def test_the_published_schema_is_that_of_the_code():
    published = json.loads((ROOT / "docs/plan.schema.json").read_text(encoding="utf-8"))
    assert published == json.loads(json.dumps(SCHEMA)), "codeagent plan --schema > docs/plan.schema.json"
    jsonschema.Draft202012Validator.check_schema(published)


def test_the_schema_knows_the_arguments_of_each_operation():
    plan = {"version": 1, "goal": "g", "steps": [{"id": "a", "title": "a", "operation": "rename", "scope": ["/a"]}]}
    step = plan["steps"][0]
    step["arguments"] = {"target": "a", "new": "b"}
    jsonschema.validate(plan, SCHEMA)
    for wrong in ({"target": "a"}, {"target": "a", "new": "b", "nwe": "c"}, {"target": "a", "new": True}):
        step["arguments"] = wrong
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(plan, SCHEMA)


# --- the command


def test_the_command_tries_a_plan(repo, cli, tmp_path):
    case = cases("plans", "checked")[0].values[0]
    folder = repo(case.files)
    done = cli("-C", folder.root, "plan", "--check", "plan.yaml")
    assert done.code == 0, done.err
    assert "proven in a dry run" in done.out
    written = cli("-C", folder.root, "plan", "--check", "plan.yaml", "-o", tmp_path / "new.yaml")
    assert (written.code, written.out) == (0, "")
    folder.write({"a.py": "def one():\n    return two()\n\n\ndef two():\n    return 3\n"})
    stale = cli("-C", folder.root, "plan", "--check", tmp_path / "new.yaml", "--format", "md")
    assert "a.py has changed since the plan was made" in stale.err
    assert "```mermaid" in stale.out
    assert "s1 --> s2" in stale.out


def test_a_refused_step_and_a_broken_plan_have_their_exit_codes(repo, cli):
    folder = repo({"a.py": "one = two = 1\n"})
    head = "version: 1\ngoal: g\nsteps: [{id: a, title: t, operation: rename, scope: [/a.py], arguments: "
    folder.write({"refused.yaml": head + "{target: one, new: two}}]", "broken.yaml": head + "{target: one}}]"})
    assert cli("-C", folder.root, "plan", "--check", "refused.yaml").code == 4
    assert cli("-C", folder.root, "plan", "--check", "broken.yaml").code == 2
    assert cli("-C", folder.root, "plan").code == 2


def test_words_of_a_plan_are_harmless_in_markdown(repo, cli):
    folder = repo({"a.py": "one = 1\n"})
    title = '"<script>alert(1)</script> [x](javascript:y) `@someone` | #1\\u001b[31m"'
    plan = f"version: 1\ngoal: {title}\nsteps: [{{id: a, title: {title}, operation: rename, scope: [/a.py], "
    folder.write({"plan.yaml": plan + "arguments: {target: one, new: two}, why: 'x\n\n  ```\n\n  # y'}]"})
    for form in ("md", "text"):
        done = cli("-C", folder.root, "plan", "--check", "plan.yaml", "--format", form)
        assert done.code == 0, done.err
        assert "\x1b[31m" not in done.out
    shown = cli("-C", folder.root, "plan", "--check", "plan.yaml", "--format", "md").out
    assert re.findall(r"(?<!\\)<", shown) == []
    assert "](javascript" not in shown
    assert shown.count("```") == 2
