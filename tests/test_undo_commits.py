"""Undo of a run with commits: the branch goes back while nothing came after it, gets one more commit where something
did, and nothing of what came after is ever lost."""

import json
import os
import signal

import pytest
from test_apply_commits import SHOP, carry, hook, plan  # noqa: F401

from codeagent.interfaces.cli import run as command
from codeagent.workflows.undoing import turning
from codeagent.workspace.eventlog import log_folders


@pytest.fixture
def applied(repo, carry):  # noqa: F811
    made = repo({"shop.py": SHOP, "other.py": "x = 1\n"})
    assert carry(made, "--yes").code == 0
    return made


def subjects(made, name="HEAD"):
    return made.git("log", "--format=%s", name).splitlines()


def test_the_branch_goes_back_and_forth_with_the_files(applied, invoke):
    tip = applied.git("rev-parse", "HEAD")
    done = invoke("undo", cwd=applied.root)
    assert done.code == 0, done.err
    assert subjects(applied) == ["start"] and "main is at" in done.err and "codeagent redo" in done.err
    assert "def tax" in (applied.root / "shop.py").read_text() and applied.git("status", "--porcelain") == ""
    assert invoke("redo", cwd=applied.root).code == 0
    assert applied.git("rev-parse", "HEAD") == tip and applied.git("status", "--porcelain") == ""
    assert "def duty" in (applied.root / "shop.py").read_text()


def test_either_id_of_a_run_will_do_and_the_files_alone_may_be_taken_back(applied, invoke):
    run = log_folders(applied.root)[0].name
    told = json.loads(invoke("undo", run, "--diff", "--format", "json", cwd=applied.root).out)
    assert told["written"] is False and "main would be at" in told["note"] and len(subjects(applied)) == 3
    assert invoke("undo", run, "--no-commit", cwd=applied.root).code == 0
    assert len(subjects(applied)) == 3 and applied.git("status", "--porcelain") == " M shop.py"
    assert invoke("undo", run, cwd=applied.root).code == 2  # it is undone
    assert invoke("undo", "1999", cwd=applied.root).code == 2


def test_work_that_is_not_committed_stays_and_so_does_what_is_staged(applied, invoke):
    (applied.root / "shop.py").write_text('"""Mine."""\n\n' + (applied.root / "shop.py").read_text())
    (applied.root / "other.py").write_text("x = 2\n")
    applied.git("add", "other.py")
    assert invoke("undo", cwd=applied.root).code == 0
    assert subjects(applied) == ["start"]
    assert applied.git("status", "--porcelain").splitlines() == ["M  other.py", " M shop.py"]
    assert applied.git("diff", "--", "shop.py").count("\n+") == 3 and "tax" in (applied.root / "shop.py").read_text()


def test_later_commits_are_kept_by_one_more(applied, invoke):
    tip = applied.git("rev-parse", "HEAD")
    later = applied.commit("later", {"other.py": "x = 2\n"})
    done = invoke("undo", cwd=applied.root)
    assert done.code == 0, done.err
    assert subjects(applied)[:2] == ['Revert "Better names"', "later"]
    assert applied.git("rev-parse", "HEAD~1") == later and "new commit" in done.err
    assert f"- {tip[:7]}" in applied.git("log", "-1", "--format=%B")
    assert "def tax" in applied.git("show", "HEAD:shop.py") and applied.git("show", "HEAD:other.py") == "x = 2"
    assert applied.git("status", "--porcelain") == "" and applied.git("fsck", "--strict") == ""
    assert invoke("redo", cwd=applied.root).code == 0
    assert subjects(applied)[0] == 'Reapply "Better names"' and "duty" in applied.git("show", "HEAD:shop.py")
    assert applied.git("status", "--porcelain") == ""


def test_what_is_pushed_is_not_rewritten(applied, invoke):
    applied.git("update-ref", "refs/remotes/origin/main", "HEAD")
    tip = applied.git("rev-parse", "HEAD")
    assert invoke("undo", cwd=applied.root).code == 0
    assert applied.git("rev-parse", "HEAD~1") == tip and subjects(applied)[0] == 'Revert "Better names"'


def test_later_commits_in_the_same_place_are_in_the_way(applied, invoke):
    mine = (applied.root / "shop.py").read_text().replace("def duty(cart):", "def duty(cart, rate):")
    head = applied.commit("mine", {"shop.py": mine.encode()})
    done = invoke("undo", cwd=applied.root)
    assert (done.code, "shop.py was edited since, in the same place" in done.err) == (4, True)
    (applied.root / "shop.py").write_text(applied.git("show", "HEAD~1:shop.py") + "\n")
    done = invoke("undo", cwd=applied.root)
    assert (done.code, "shop.py has later commits in the same place" in done.err) == (4, True), done.err
    assert applied.git("rev-parse", "HEAD") == head and applied.git("show", "HEAD:shop.py") == mine.rstrip("\n")


def test_another_branch_and_amended_commits_and_a_merge_under_way_are_refused(applied, invoke):
    tip = applied.git("rev-parse", "HEAD")
    applied.git("switch", "--quiet", "-c", "feature")
    done = invoke("undo", cwd=applied.root)
    assert (done.code, "git switch main first" in done.err) == (4, True)
    applied.git("switch", "--quiet", "main")
    (applied.root / ".git" / "MERGE_HEAD").write_text(tip + "\n")
    done = invoke("undo", cwd=applied.root)
    assert (done.code, "a merge is in progress" in done.err) == (4, True)
    (applied.root / ".git" / "MERGE_HEAD").unlink()
    applied.git("commit", "--quiet", "--amend", "-m", "mine now")
    amended = applied.git("rev-parse", "HEAD")
    done = invoke("undo", cwd=applied.root)
    assert (done.code, "amended, rebased or dropped" in done.err) == (4, True)
    assert "duty" in (applied.root / "shop.py").read_text() and applied.git("rev-parse", "HEAD") == amended


def test_what_somebody_took_back_by_hand_counts_as_undone(applied, invoke):
    applied.git("reset", "--quiet", "--hard", "HEAD~2")
    assert invoke("undo", cwd=applied.root).code == 0
    assert subjects(applied) == ["start"] and applied.git("status", "--porcelain") == ""
    assert invoke("undo", cwd=applied.root).code == 2


def test_hooks_are_run_for_the_commit_that_takes_back(applied, invoke):
    applied.commit("later", {"other.py": "x = 2\n"})
    hook(applied, "pre-commit", "grep -q tax shop.py && { echo tax is no word >&2; exit 1; }; exit 0")
    before = (applied.root / "shop.py").read_text()
    assert invoke("undo", cwd=applied.root).code == 7
    assert invoke("trust", cwd=applied.root).code == 0
    done = invoke("undo", cwd=applied.root)
    assert (done.code, "tax is no word" in done.err) == (4, True)
    assert (applied.root / "shop.py").read_text() == before and subjects(applied)[0] == "later"


def test_files_that_came_and_went_are_right_in_git_too(repo, invoke, tmp_path):
    made = repo({"shop.py": SHOP, "app.py": "from shop import tax\n\ntax(1)\n"})
    path = tmp_path / "plan.yaml"
    move = {"operation": "move", "arguments": {"target": ["shop.py::tax"], "to": "taxes.py"}, "scope": ["*.py"]}
    path.write_text(json.dumps({"version": 1, "goal": "Taxes apart", "steps": [{"id": "m", "title": "move", **move}]}))
    assert invoke("apply", path, "--tests", "none", "--yes", cwd=made.root).code == 0
    made.commit("later", {"b.py": "x = 1\n"})
    assert invoke("undo", cwd=made.root).code == 0
    assert made.git("ls-tree", "--name-only", "HEAD").split() == ["app.py", "b.py", "shop.py"]
    assert made.git("status", "--porcelain") == "" and not (made.root / "taxes.py").exists()


def test_a_branch_apart_is_dropped_while_it_is_as_it_was_and_comes_back(repo, carry, invoke):  # noqa: F811
    made = repo({"shop.py": SHOP})
    assert carry(made, "--branch", "names").code == 0
    tip = made.git("rev-parse", "names")
    assert "(branch" in invoke("undo", "--list", cwd=made.root).out
    assert "would be dropped" in invoke("undo", "--diff", cwd=made.root).out
    done = invoke("undo", cwd=made.root)
    assert (done.code, "names was dropped (2 commits" in done.err) == (0, True), done.err
    assert made.git("branch", "--format=%(refname:short)") == "main"
    assert invoke("undo", cwd=made.root).code == 2
    assert invoke("redo", cwd=made.root).code == 0
    assert made.git("rev-parse", "names") == tip


def test_a_branch_that_others_build_on_is_not_dropped(repo, carry, invoke):  # noqa: F811
    made = repo({"shop.py": SHOP})
    assert carry(made, "--branch", "names").code == 0
    tip = made.git("rev-parse", "names")
    made.git("switch", "--quiet", "names")
    done = invoke("undo", cwd=made.root)
    assert (done.code, "is checked out in" in done.err) == (4, True)
    made.commit("later", {"b.py": "x = 1\n"})
    made.git("switch", "--quiet", "main")
    done = invoke("undo", cwd=made.root)
    assert (done.code, "1 commit that came later" in done.err) == (4, True)
    made.git("branch", "--force", "names", tip)
    made.git("merge", "--quiet", "names")
    done = invoke("undo", cwd=made.root)
    assert (done.code, "are in main too" in done.err) == (4, True)
    assert made.git("rev-parse", "names") == tip


@pytest.mark.parametrize("later", [False, True])
def test_a_kill_between_files_and_branch_is_finished_by_whoever_comes_next(applied, invoke, monkeypatch, later):
    if later:
        applied.commit("later", {"other.py": "x = 2\n"})
    child = os.fork()
    if child == 0:
        os.chdir(applied.root)
        turning.carry_out = lambda *one: os.kill(os.getpid(), signal.SIGKILL)
        command(["--quiet", "undo"])
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    assert applied.git("status", "--porcelain") == " M shop.py"
    done = invoke("undo", cwd=applied.root)
    assert (done.code, "interrupted while its branch moved; that is finished" in done.err) == (2, True), done.err
    assert subjects(applied) == (['Revert "Better names"', "later", *subjects(applied)[2:]] if later else ["start"])
    assert applied.git("status", "--porcelain") == "" and "def tax" in applied.git("show", "HEAD:shop.py")
