"""A plain pre-push hook of git: what is pushed is judged, whatever is staged or on disk."""

import json
import os
import sys
from pathlib import Path

import pytest

from tests.test_hooks import BAD, GOOD, ROOT, ran

OTHER = "def other():\n    return 1\n"


@pytest.fixture
def pushing(repo):
    """A repository with a remote that has its first commit, and a hook written by hand."""
    made = repo({"shop.py": GOOD.encode(), "other.py": OTHER.encode()})
    made.git("branch", "-M", "main")
    made.git("init", "-q", "--bare", "../there.git")
    made.git("remote", "add", "origin", "../there.git")
    made.git("push", "-q", "origin", "main")
    hooked(made.root)
    return made


def hooked(root: Path) -> None:
    hook = root / ".git/hooks/pre-push"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\nexec '{sys.executable}' -m codeagent gate --hook --only bindings --only parse\n")
    hook.chmod(0o755)


def push(made, *words: str) -> tuple[int, str]:
    return ran(made.root, "git", "push", "-q", *words, env={**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"})


def commit(made, files: dict[str, str]) -> None:
    made.write({path: text.encode() for path, text in files.items()})
    made.git("add", ".")
    made.git("commit", "-qm", "change")


def test_commits_are_judged_and_not_what_is_staged(pushing):
    commit(pushing, {"shop.py": BAD})
    pushing.write({"shop.py": GOOD.encode()})
    pushing.git("add", ".")  # right in the index, wrong in the commit
    code, said = push(pushing, "origin", "main")
    assert (code, "helpers stands for nothing" in said) == (1, True), said
    commit(pushing, {"shop.py": GOOD})
    pushing.write({"shop.py": BAD.encode()})
    pushing.git("add", ".")  # the other way round
    code, said = push(pushing, "origin", "main")
    assert code == 0, said


def test_a_new_branch_is_judged_from_where_it_left_the_remote(pushing):
    pushing.git("checkout", "-qb", "feature")
    commit(pushing, {"shop.py": BAD})
    pushing.git("checkout", "-q", "main")
    code, said = push(pushing, "origin", "feature")
    assert (code, "helpers stands for nothing" in said) == (1, True), said
    code, said = push(pushing, "origin", "main:refs/heads/same")
    assert (code, "nothing that is pushed is new there" in said) == (0, True), said


def test_a_branch_that_goes_is_nothing_to_judge(pushing):
    push(pushing, "origin", "main:gone")
    pushing.write({"shop.py": BAD.encode()})
    pushing.git("add", ".")
    code, said = push(pushing, "origin", ":gone")
    assert (code, "nothing to judge" in said) == (0, True), said
    assert push(pushing, "origin", "main")[0] == 0  # up to date


def test_each_of_several_refs_is_judged(pushing):
    pushing.git("checkout", "-qb", "one")
    commit(pushing, {"other.py": OTHER.replace("1", "2")})
    pushing.git("checkout", "-qb", "two", "main")
    commit(pushing, {"shop.py": BAD})
    code, said = push(pushing, "origin", "one", "two")
    assert (code, "refs/heads/one:" in said, "refs/heads/two:" in said) == (1, True, True), said
    assert said.count("helpers stands for nothing") == 1
    pushing.git("tag", "-a", "v1", "-m", "v1", "one")
    code, said = push(pushing, "origin", "one", "v1")
    assert (code, "refs/" in said) == (0, False), said  # the tag brings nothing more


def test_a_forced_push_is_judged_from_the_last_commit_in_common(pushing):
    commit(pushing, {"other.py": OTHER.replace("1", "2")})
    assert push(pushing, "origin", "main")[0] == 0
    pushing.git("reset", "-q", "--hard", "HEAD~1")
    commit(pushing, {"shop.py": BAD})
    code, said = push(pushing, "--force", "origin", "main")
    assert (code, "helpers stands for nothing" in said) == (1, True), said
    commit(pushing, {"shop.py": GOOD.replace("1", "3")})
    assert push(pushing, "--force", "origin", "main")[0] == 0


def test_a_first_push_is_parsed_whether_it_is_checked_out_or_not(repo):
    made = repo({"shop.py": b"def broken(:\n"})
    made.git("branch", "-M", "main")
    made.git("init", "-q", "--bare", "../there.git")
    made.git("remote", "add", "origin", "../there.git")
    hooked(made.root)
    made.git("checkout", "-q", "--orphan", "other")
    commit(made, {"shop.py": GOOD})
    code, said = push(made, "origin", "main")
    assert (code, "shop.py" in said) == (1, True), said
    code, said = push(made, "origin", "other")
    assert (code, "nothing could be compared" in said) == (0, True), said


def test_lines_that_git_does_not_tell_are_refused(pushing):
    env = {**os.environ, "PYTHONPATH": str(ROOT), "GIT_PREFIX": ""}
    code, said = ran(pushing.root, "sh", "-c", f"echo x | '{sys.executable}' -m codeagent check --hook", env=env)
    assert (code, "no line that git tells a pre-push hook" in said) == (2, True), said


# --- the hook that we write ourselves


def test_the_own_hook_lets_another_run_first_and_hands_it_what_git_tells(pushing, invoke):
    hook = pushing.root / ".git/hooks/pre-push"
    foreign = '#!/bin/sh\ncat > told\necho "$1" >> told\ntest ! -e forbidden\n'
    hook.write_text(foreign)
    shown = invoke("init", "--push-hook", cwd=pushing.root)
    assert (shown.code, hook.read_text(), "gate --hook" in shown.out) == (0, foreign, True)
    assert "codeagent trust" in shown.err
    assert "kept:" in invoke("init", "--push-hook", "--yes", cwd=pushing.root).out
    commit(pushing, {"shop.py": BAD})
    code, said = push(pushing, "origin", "main")
    assert (code, "helpers stands for nothing" in said) == (1, True), said
    told = (pushing.root / "told").read_text().split()
    assert (told[0], told[2], told[4]) == ("refs/heads/main", "refs/heads/main", "origin")
    commit(pushing, {"forbidden": "", "shop.py": GOOD})
    code, said = push(pushing, "origin", "main")
    assert (code, "codeagent" in said) == (1, False), said
    assert invoke("init", "--remove-hook", "--yes", cwd=pushing.root).code == 0
    assert (hook.read_text(), os.access(hook, os.X_OK)) == (foreign, True)


def test_both_hooks_are_put_in_place_and_only_ours_are_taken_out(repo, invoke):
    made = repo({"shop.py": GOOD.encode()})
    hooks = made.root / ".git/hooks"
    told = json.loads(invoke("init", "--hook", "--push-hook", "--yes", "--format", "json", cwd=made.root).out)
    assert [(Path(one["path"]).name, one["written"]) for one in told["hooks"]] == [
        ("pre-commit", True),
        ("pre-push", True),
    ]
    (hooks / "pre-commit").write_text("#!/bin/sh\n")
    assert invoke("init", "--remove-hook", "--yes", cwd=made.root).code == 0
    assert ((hooks / "pre-commit").exists(), (hooks / "pre-push").exists()) == (True, False)
    made.write({".husky/_/pre-push": b'#!/usr/bin/env sh\n. "$(dirname "$0")/h"\n'})
    made.git("config", "core.hooksPath", ".husky/_")
    told = json.loads(invoke("init", "--push-hook", "--format", "json", cwd=made.root).out)
    assert any("`codeagent gate --hook` in .husky/pre-push lasts" in note for note in told["notes"])
