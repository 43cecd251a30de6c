"""Ctrl-C in commands that ask a model: the first lets the call end, the second stops at once, and `resume` goes on."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from test_apply_rewrite import GOOD, SHOP, STEP

from codeagent.workspace.eventlog import log_folders, read_run

ROOT = Path(__file__).parent.parent
MORE = {
    "id": "more",
    "title": "say more",
    "operation": "rewrite",
    "arguments": {"instructions": "Let app say hello.", "symbols": []},
    "scope": ["app.py"],
}
HELLO = {"edits": [{"action": "replace_text", "path": "app.py", "search": "print(", "text": "print('hello', "}]}
LOOK = {"outline": {"path": "shop.py"}}
PLAN = {
    "summary": "Say duty.",
    "steps": [
        {
            "id": "duty",
            "title": "Call it duty",
            "operation": "rename",
            "arguments": {"target": "shop.py::tax", "new": "duty"},
            "why": "It is one.",
        }
    ],
}


@dataclass(frozen=True)
class Work:
    """A command that asks twice: its arguments, both replies, and what it says or leaves in the end."""

    arguments: tuple[str, ...]
    first: dict[str, object]
    second: dict[str, object]
    end: str


APPLY = ("apply", "plan.yaml", "--tests", "none", "--yes")
WORKS = {
    "ask": Work(("ask", "what is a tax?"), {"calls": [LOOK]}, {"text": "A rate."}, "A rate."),
    "plan": Work(("plan", "say duty"), {"calls": [LOOK]}, {"calls": [{"submit_plan": PLAN}]}, "duty"),
    "apply": Work(APPLY, {"calls": [{"edit": GOOD}]}, {"calls": [{"edit": HELLO}]}, "more"),
    "workers": Work(
        (*APPLY, "--workers", "2"),
        {"when": "Let tax", "calls": [{"edit": GOOD}]},
        {"when": "Let app", "calls": [{"edit": HELLO}]},
        "more",
    ),
}


@pytest.fixture(params=list(WORKS))
def work(request):
    return WORKS[request.param]


@pytest.fixture
def shop(repo):
    made = repo(SHOP | {"plan.yaml": ""})
    text = yaml.safe_dump({"version": 1, "goal": "Twice", "steps": [STEP, MORE]})
    (made.root / "plan.yaml").write_text(text)
    made.commit("plan")
    return made


def started(made, *arguments):
    """The command in a group of its own, as a terminal starts it."""
    return subprocess.Popen(
        [sys.executable, "-m", "codeagent", *arguments],
        cwd=made.root,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def press(process):
    os.killpg(process.pid, signal.SIGINT)  # a terminal sends it to all that run in it


def until(true):
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def answered(made):
    return sum(one.kind == "model.answered" for one in read_run(log_folders(made.root)[0]))


def asked_twice(server):
    """Requests that were made again although they had been answered: the one that hung may be."""
    said = [str(body["messages"]) for body in server.requests]
    return len(said) - len(set(said))


def test_the_first_press_lets_the_call_end_and_resume_asks_for_the_rest(server, shop, invoke, work):
    server.play({**work.first, "delay": 1.0}, {**work.second, "delay": 1.0})
    process = started(shop, *work.arguments)
    until(lambda: server.requests)
    press(process)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, ""), err
    assert "Ctrl-C again stops at once" in err and "codeagent resume goes on from here" in err
    assert "Traceback" not in err
    assert answered(shop) == len(server.requests) and shop.git("status", "--porcelain") == ""
    done = invoke("resume", cwd=shop.root)
    assert (done.code, work.end in done.out) == (0, True), done.err
    assert (len(server.requests), asked_twice(server), server.left) == (2, 0, [])


def test_the_second_press_leaves_a_call_that_hangs_and_resume_asks_for_that_one(server, shop, invoke, work):
    server.play(work.first, {**work.second, "fault": "hang"})
    process = started(shop, *work.arguments)
    until(lambda: len(server.requests) == 2 and answered(shop) == 1)
    press(process)
    time.sleep(0.2)
    press(process)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (130, ""), err
    assert "interrupted" in err and "Traceback" not in err
    assert shop.git("status", "--porcelain") == "" and shop.git("rev-list", "--count", "HEAD") == "2"
    server.play(work.second)
    done = invoke("resume", cwd=shop.root)
    assert (done.code, work.end in done.out) == (0, True), done.err
    assert (len(server.requests), asked_twice(server), server.left) == (3, 1, [])


def test_a_run_that_asks_nobody_stops_as_well(shop, invoke):
    steps = [
        {
            "id": old,
            "title": f"rename {old}",
            "operation": "rename",
            "arguments": {"target": f"shop.py::{old}", "new": new},
            "scope": ["shop.py", "app.py"],
        }
        for old, new in (("tax", "duty"), ("price", "total"))
    ]
    (shop.root / "plan.yaml").write_text(yaml.safe_dump({"version": 1, "goal": "Names", "steps": steps}))
    hook = shop.root / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nsleep 1\n")
    hook.chmod(0o755)
    process = started(shop, *APPLY, "--trust")
    until(lambda: any(one.kind == "step.done" for folder in log_folders(shop.root) for one in read_run(folder)))
    press(process)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert shop.git("rev-list", "--count", "HEAD") == "2" and "tax" in (shop.root / "shop.py").read_text()
    done = invoke("resume", cwd=shop.root)
    assert (done.code, shop.git("rev-list", "--count", "HEAD")) == (0, "4"), done.err


def test_an_interrupt_while_it_begins_leaves_no_trace():
    """Whatever is being imported just then."""
    code = (
        "import sys\n\n\nclass Pressed:\n    def find_spec(self, name, *more):\n"
        "        if name == 'typer':\n            raise KeyboardInterrupt\n\n\n"
        "sys.meta_path.insert(0, Pressed())\nimport codeagent.__main__\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert (ran.returncode, ran.stderr) == (130, "")
