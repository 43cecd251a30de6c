"""A run of twenty steps, killed at every record of its log: it goes on, to the same end, and nobody is asked twice."""

import json
import os
import signal

import pytest
import yaml

from codeagent.interfaces.cli import run as command
from codeagent.workspace.eventlog import EventLog, log_folders, read_run

COUNT = 20
BEFORE = ("plan.carried", "landing.begun", "tree.written", "tree.committed")  # here a process dies before it, too
REWRITTEN = (5, 11, 17)  # the steps that a model writes
PIECES = {
    f"part{n}.py": f"def old{n}():\n    return {n}\n\n\ndef use{n}():\n    return old{n}()\n" for n in range(COUNT)
}


def step(n):
    scope = {"id": f"s{n}", "title": f"step {n}", "scope": [f"part{n}.py"]}
    if n in REWRITTEN:
        asked = {"instructions": f"Return {n}00.", "symbols": [f"part{n}.py::old{n}"]}
        return {**scope, "operation": "rewrite", "arguments": asked}
    return {**scope, "operation": "rename", "arguments": {"target": f"part{n}.py::old{n}", "new": f"new{n}"}}


def reply(n):
    text = f"def old{n}():\n    return {n}00\n"
    edit = {"action": "replace_symbol", "symbol": f"part{n}.py::old{n}", "text": text}
    return {
        "when": f"Return {n}00.",
        "calls": [{"edit": {"edits": [edit]}}],
        "usage": {"input": 1000 + n, "output": 10},
    }


@pytest.fixture
def plan(tmp_path):
    path = tmp_path / "plan.yaml"
    path.write_text(yaml.safe_dump({"version": 1, "goal": "New names", "steps": [step(n) for n in range(COUNT)]}))
    return path


def name_of(kind, body):
    """What makes a record the same as one of an earlier process."""
    return (kind, *(str(body.get(key)) for key in ("step", "attempt", "gate", "number", "digest", "word")))


def forked(root, arguments, known, *, before):
    """Run a command in a child that is killed at the first record that is not `known`: once it is on the disk, or just
    before, when all that it speaks of is done."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    os.chdir(root)
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1), os.dup2(null, 2)
    append = EventLog.append

    def dying(self, kind, body, **more):
        new = kind != "run.resumed" and name_of(kind, body) not in known
        if new and before and kind in before:
            os.kill(os.getpid(), signal.SIGKILL)
        record = append(self, kind, body, **more)
        if new:
            os.kill(os.getpid(), signal.SIGKILL)
        return record

    EventLog.append = dying
    code = 99
    try:
        code = command([str(one) for one in arguments])
    finally:
        os._exit(code)


def whole(made):
    files = {path.name: path.read_text() for path in made.root.glob("*.py")}
    log = made.git("log", "--format=%s")
    return files, log, made.git("status", "--porcelain")


def test_it_goes_on_from_every_record_and_nobody_is_asked_twice(repo, invoke, server, plan):
    smooth = repo(PIECES, name="smooth")  # in this process, so that children find imported what takes long
    server.play(*(reply(n) for n in REWRITTEN))
    arguments = ("apply", plan, "--tests", "none", "--yes")
    assert invoke(*arguments, cwd=smooth.root).code == 0
    wanted, asked = whole(smooth), len(server.requests)
    assert wanted[2] == "" and wanted[1].count("\n") == COUNT and asked == len(REWRITTEN)
    records = len(read_run(log_folders(smooth.root)[0]))

    made = repo(PIECES, name="killed")
    server.reset()
    server.play(*(reply(n) for n in REWRITTEN))
    assert forked(made.root, arguments, frozenset(), before=()) == -signal.SIGKILL
    folder, kills = log_folders(made.root)[0], 1
    undone = set(BEFORE)
    while True:
        known = {name_of(one.kind, one.body) for one in read_run(folder)}
        code = forked(made.root, ("resume",), known, before=undone)
        if code != -signal.SIGKILL:
            break
        kills += 1
        reached = {name_of(one.kind, one.body) for one in read_run(folder)}
        told = {one.kind for one in read_run(folder)}
        undone = set(BEFORE) - told if reached != known else set()  # whoever comes after gets past it
        assert kills < 3 * records
    assert code == 0
    assert whole(made) == wanted
    assert len(server.requests) == asked, "a model was asked twice"
    kinds = [(one.kind, one.body.get("step")) for one in read_run(folder)]
    for kind in ("step.done", "commit.made"):
        assert [name for told, name in kinds if told == kind] == [f"s{n}" for n in range(COUNT)]
    assert kills > 0.9 * records
    total = json.loads(invoke("cost", "--format", "json", cwd=made.root).out)["total"]
    assert (total["calls"], total["output_tokens"]) == (2 * asked, 20 * asked)
    assert total["input_tokens"] == 2 * sum(1000 + n for n in REWRITTEN)
