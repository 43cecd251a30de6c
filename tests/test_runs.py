"""Runs on record: gone on with, listed, shown, followed, asked to pause and stop, and exported for others."""

import json
import threading
import time

import pytest
import yaml

from codeagent.agent.fencing import Fence
from codeagent.domain.run import Record
from codeagent.interfaces.runs.live import line_of
from codeagent.workspace.control import ask, is_carried_out
from codeagent.workspace.eventlog import log_folders, open_log, read_run

SHOP = """
    def tax(cart):
        return 1


    def size(cart):
        return 2
    """
STEPS = [
    {
        "id": old,
        "title": f"rename {old}",
        "operation": "rename",
        "arguments": {"target": f"shop.py::{old}", "new": new},
        "scope": ["shop.py"],
    }
    for old, new in (("tax", "duty"), ("size", "count"))
]


@pytest.fixture
def plan(tmp_path):
    path = tmp_path / "plan.yaml"
    path.write_text(yaml.safe_dump({"version": 1, "goal": "Better names", "steps": STEPS}))
    return path


@pytest.fixture
def shown(repo, invoke, plan):
    """A repository with a run that was shown and not written."""
    made = repo({"shop.py": SHOP})
    assert invoke("apply", plan, "--tests", "none", cwd=made.root).code == 0
    return made


def test_what_was_shown_is_written_without_doing_it_again(shown, invoke):
    folder = log_folders(shown.root)[0]
    before = [one.kind for one in read_run(folder)]
    done = invoke("resume", "--yes", cwd=shown.root)
    assert done.code == 0, done.err
    added = [one.kind for one in read_run(folder)][len(before) :]
    assert not {"step.started", "step.proposed", "step.done", "gate.finished"} & set(added)
    assert added.count("commit.made") == 2
    assert shown.git("log", "--format=%s").splitlines()[0] == "refactor(shop): rename size to count"
    again = invoke("resume", "--yes", cwd=shown.root)
    assert again.code == 0
    assert shown.git("rev-list", "--count", "HEAD") == "3"


def test_a_run_whose_files_moved_on_stops_and_says_which(shown, invoke):
    shown.write({"shop.py": SHOP + "\nX = 1\n", "new.py": "Y = 1\n"})
    done = invoke("resume", "--yes", cwd=shown.root)
    assert done.code == 4
    assert "cannot go on: new.py is new; shop.py changed" in done.err
    assert "def tax" in (shown.root / "shop.py").read_text()


def test_a_run_that_another_commit_was_made_under_stops(shown, invoke):
    shown.commit("other")
    done = invoke("resume", "--yes", cwd=shown.root)
    assert (done.code, "another commit is checked out" in done.err) == (4, True)


def test_runs_are_listed_and_shown(shown, invoke):
    name = log_folders(shown.root)[0].name
    listed = invoke("runs", cwd=shown.root)
    assert name in listed.out and "2/2" in listed.out
    rows = json.loads(invoke("runs", "--format", "json", cwd=shown.root).out)["runs"]
    assert [(row["run"], row["state"], row["goal"]) for row in rows] == [(name, "done", "Better names")]
    assert json.loads(invoke("runs", "--format", "jsonl", cwd=shown.root).out)["run"] == name
    one = json.loads(invoke("runs", name[:12], "--format", "json", cwd=shown.root).out)
    assert [step["status"] for step in one["steps"]] == ["done", "done"]
    assert one["steps"][0]["gates"]["bindings"] == "passed"
    assert "✓ tax  rename tax" in invoke("runs", name, cwd=shown.root).out
    lines = invoke("runs", name, "--format", "jsonl", cwd=shown.root).out.splitlines()
    assert [json.loads(line)["kind"] for line in lines] == [one.kind for one in read_run(log_folders(shown.root)[0])]
    assert invoke("runs", "7", cwd=shown.root).code == 2


def test_a_run_is_exported_without_keys_and_without_whose_it_was(shown, invoke, home, monkeypatch, tmp_path):
    key = "ghp_" + "a1B2" * 10
    log = open_log(shown.root)
    mark = Fence(log.seed).mark()
    log.append("decision", {"what": f"<{mark}> token {key} in {home}/x and {shown.root}/y by corporate-secret-value"})
    log.close()
    monkeypatch.setenv("SERVICE_TOKEN", "corporate-secret-value")
    target = tmp_path / "run.md"
    assert invoke("runs", "--export", "-o", target, cwd=shown.root).code == 0
    text = target.read_text()
    assert "a GitHub token" in text and "~/x" in text and "<root>/y" in text and "[$SERVICE_TOKEN]" in text
    for secret in (key, mark, str(home), str(shown.root), "corporate-secret-value"):
        assert secret not in text
    rows = invoke("runs", "--export", "--format", "jsonl", cwd=shown.root).out.splitlines()
    assert all(key not in row and str(home) not in row for row in rows)
    assert json.loads(rows[0])["kind"] == "run.started"


def test_an_export_may_name_its_file_at_once(shown, invoke, tmp_path):
    run = log_folders(shown.root)[0].name
    whole = invoke("runs", "--export", cwd=shown.root).out
    for target, words in ((tmp_path / "a.md", (run, "--export")), (tmp_path / "b.md", ("--export",))):
        assert invoke("runs", *words, target, cwd=shown.root).code == 0
        assert target.read_text() == whole
    assert invoke("runs", "--export", run, cwd=shown.root).out == whole
    assert invoke("runs", run, "--export", tmp_path / "c.jsonl", cwd=shown.root).code == 0
    assert json.loads((tmp_path / "c.jsonl").read_text().splitlines()[0])["kind"] == "run.started"
    twice = invoke("runs", run, "--export", tmp_path / "d.md", "-o", tmp_path / "e.md", cwd=shown.root)
    assert (twice.code, "two files" in twice.err) == (2, True)
    assert invoke("runs", run, tmp_path / "d.md", cwd=shown.root).code == 2
    assert invoke("runs", run, "--export", tmp_path / "none" / "d.md", cwd=shown.root).code == 2


def test_a_run_pauses_goes_on_and_stops_when_asked_from_outside(repo, cli, plan):
    made = repo({"shop.py": SHOP})
    answers = []
    hook = made.root / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nsleep 0.5\n")
    hook.chmod(0o755)
    arguments = ("apply", plan, "--tests", "none", "--yes", "--trust")
    thread = threading.Thread(target=lambda: answers.append(cli(*arguments, cwd=made.root)))
    thread.start()
    until(lambda: log_folders(made.root) and said(made.root, "step.started"))
    folder = log_folders(made.root)[0]
    ask(folder, "pause")
    until(lambda: said(made.root, "control"))
    count = len(read_run(folder))
    assert cli("runs", "--go-on", "--stop", cwd=made.root).code == 2
    assert len(read_run(folder)) == count and is_carried_out(folder)
    assert cli("runs", "--stop", cwd=made.root).code == 0
    followed = cli("runs", "--follow", cwd=made.root)
    thread.join()
    assert (answers[0].code, "stopped from outside" in answers[0].err) == (130, True)
    assert "asked from outside: pause" in followed.out
    assert made.git("rev-list", "--count", "HEAD") == "1"
    assert cli("runs", "--stop", cwd=made.root).code == 2  # nobody carries it out any more
    assert cli("resume", cwd=made.root).code == 0
    assert made.git("rev-list", "--count", "HEAD") == "3"


def said(root, kind):
    return any(one.kind == kind for one in read_run(log_folders(root)[0]))


def until(true, seconds=30.0):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("status", "required", "told"),
    [("broken", True, "one: mypy broken"), ("broken", False, ""), ("failed", False, "one: mypy failed")],
)
def test_a_gate_that_is_not_required_and_cannot_run_is_no_news(status, required, told):
    body = {"step": "one", "gate": "mypy", "result": {"status": status, "required": required}}
    assert line_of(Record(1, 0.0, "apply", "user", "gate.finished", body)) == told
