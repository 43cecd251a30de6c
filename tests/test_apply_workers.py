"""Independent steps done at once: the same bytes for any number of workers, each step taken once, again if one dies."""

import signal
import subprocess

import pytest
import yaml
from test_apply_kill import forked, name_of, whole

from codeagent.plans.reading import load_plan
from codeagent.workflows.applying import working
from codeagent.workflows.applying.waves import waves
from codeagent.workspace.eventlog import log_folders, read_run

COUNT = 4
PIECES = {
    f"part{n}.py": f"def old{n}():\n    return {n}\n\n\ndef use{n}():\n    return old{n}()\n" for n in range(COUNT)
}


def rename(n, **more):
    arguments = {"target": f"part{n}.py::old{n}", "new": f"new{n}"}
    return {
        "id": f"s{n}",
        "title": "t",
        "operation": "rename",
        "scope": [f"part{n}.py"],
        "arguments": arguments,
        **more,
    }


def written(n):
    arguments = {"instructions": f"Return {n}00.", "symbols": [f"part{n}.py::old{n}"]}
    return {**rename(n), "operation": "rewrite", "arguments": arguments}


def reply(n):
    text = f"def old{n}():\n    return {n}00\n"
    edit = {"action": "replace_symbol", "symbol": f"part{n}.py::old{n}", "text": text}
    return {"when": f"Return {n}00.", "calls": [{"edit": {"edits": [edit]}}]}


@pytest.fixture
def planned(tmp_path):
    def write(*steps):
        path = tmp_path / "plan.yaml"
        path.write_text(yaml.safe_dump({"version": 1, "goal": "Names", "steps": list(steps)}))
        return path

    return write


def test_steps_are_independent_where_they_touch_nothing_in_common(planned):
    third = rename(2, after=["s0"])
    wide = rename(3, scope=["*.py"])
    plan = load_plan(planned(rename(0), rename(1), third, wide))
    found = waves(plan, plan.steps, PIECES)
    assert [[step.id for step in wave] for wave in found] == [["s0", "s1"], ["s2"], ["s3"]]


def test_any_number_of_workers_makes_the_same_tree(repo, invoke, server, planned):
    plan, made = planned(rename(0), written(1), rename(2), written(3)), {}
    for workers in ("1", "2", "4"):
        server.reset()
        server.play(reply(1), reply(3))
        one = repo(PIECES, name=f"repo{workers}")
        done = invoke("apply", plan, "--tests", "none", "--yes", "--workers", workers, cwd=one.root)
        assert done.code == 0, done.err
        trees = one.git("log", "--format=%T %s").splitlines()
        made[workers] = ({path.name: path.read_bytes() for path in one.root.glob("*.py")}, trees)
        records = read_run(log_folders(one.root)[0])
        said = [(record.body["word"], record.body["step"]) for record in records if record.kind == "worker"]
        if workers != "1":
            assert sorted(said) == sorted((word, f"s{n}") for word in ("ACK", "DONE") for n in range(COUNT))
    assert made["1"] == made["2"] == made["4"]
    assert b"return 300" in made["1"][0]["part3.py"] and len(made["1"][1]) == COUNT + 1


def test_a_step_whose_worker_dies_is_taken_once_more(repo, invoke, planned, monkeypatch):
    carry_out, died = working.carry_out, []

    def dying(run, tree, step):
        if step.id == "s1" and not died:
            died.append(step.id)
            raise RuntimeError("killed")
        return carry_out(run, tree, step)

    monkeypatch.setattr(working, "carry_out", dying)
    made = repo(PIECES)
    done = invoke("apply", planned(rename(0), rename(1)), "--tests", "none", "--yes", "--workers", "2", cwd=made.root)
    assert done.code == 0, done.err
    records = read_run(log_folders(made.root)[0])
    said = [one.body["word"] for one in records if one.kind == "worker" and one.body["step"] == "s1"]
    assert said == ["ACK", "BLOCKED", "ACK", "DONE"]
    assert sum(one.kind == "step.done" and one.body["step"] == "s1" for one in records) == 1


def test_a_step_whose_workers_keep_dying_is_told_and_nothing_is_written(repo, invoke, planned, monkeypatch):
    carry_out, died = working.carry_out, []

    def dying(run, tree, step):
        if step.id == "s1":
            died.append(step.id)
            raise RuntimeError("killed")
        return carry_out(run, tree, step)

    made, plan = repo(PIECES), planned(rename(0), rename(1))
    with monkeypatch.context() as patch:
        patch.setattr(working, "carry_out", dying)
        done = invoke("apply", plan, "--tests", "none", "--yes", "--workers", "2", cwd=made.root)
    assert (done.code, len(died), made.git("status", "--porcelain")) == (3, 2, "")
    assert invoke("resume", "--yes", cwd=made.root).code == 0
    records = read_run(log_folders(made.root)[0])
    assert [one.body["step"] for one in records if one.kind == "commit.made"] == ["s0", "s1"]


def test_a_process_killed_amid_its_workers_takes_each_open_step_again_once(repo, invoke, server, planned):
    plan = planned(rename(0), written(1), rename(2), written(3))
    arguments = ("apply", plan, "--tests", "none", "--yes", "--workers", "3")
    server.play({**reply(1), "times": 99}, {**reply(3), "times": 99})
    smooth = repo(PIECES, name="smooth")
    assert invoke(*arguments, cwd=smooth.root).code == 0
    made = repo(PIECES, name="killed")
    code = forked(made.root, arguments, frozenset(), before=())
    folder, kills = log_folders(made.root)[0], 0
    while code == -signal.SIGKILL:
        kills += 1
        assert kills < 99
        known = {name_of(one.kind, one.body) for one in read_run(folder)}
        code = forked(made.root, ("resume",), known, before=())
    assert (code, whole(made)) == (0, whole(smooth))
    records = read_run(folder)
    for kind, names in (("step.done", range(COUNT)), ("commit.made", range(COUNT)), ("model.answered", (1, 3))):
        told = [one.body.get("step") or one.body["digest"] for one in records if one.kind == kind]
        assert len(told) == len(set(told)) == len(names), f"{kind} twice"
    for number in range(COUNT):
        mine = [one for one in records if one.body.get("step") == f"s{number}"]
        done = next(at for at, one in enumerate(mine) if one.kind == "step.done")
        assert not [one for one in mine[done:] if one.body.get("word") == "ACK"], "taken again when it was done"
    taken = [one.body["step"] for one in records if one.kind == "worker" and one.body["word"] == "ACK"]
    assert len(taken) > COUNT, "no kill hit a worker at work"


def test_the_first_failure_in_the_order_of_the_plan_is_told(repo, invoke, planned):
    made = repo(PIECES)
    bad = [rename(n, arguments={"target": f"part{n}.py::none{n}", "new": "x"}) for n in (0, 1)]
    done = invoke("apply", planned(*bad, rename(2)), "--tests", "none", "--yes", "--workers", "3", cwd=made.root)
    assert done.code == 4
    assert "step s0: " in done.err
    assert subprocess.run(["git", "diff", "--quiet"], cwd=made.root, check=False).returncode == 0
