"""The hooks: pre-commit's own program with this repository, and the hook that `init --hook` writes."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from codeagent.quality.testing.python import interpreter

ROOT = Path(__file__).parent.parent
GOOD = "def helper():\n    return 1\n\n\ndef run():\n    return helper()\n"
BAD = "def helper():\n    return 1\n\n\ndef run():\n    return helpers()\n"
STAGED = "pre-commit"


def offline() -> dict[str, str]:
    """An environment in which pip installs this repository with no network: what it needs is in ours."""
    return {
        **os.environ,
        "PIP_NO_INDEX": "1",
        "PIP_NO_DEPS": "1",
        "PIP_NO_BUILD_ISOLATION": "0",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PYTHONPATH": sysconfig.get_path("purelib"),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PRE_COMMIT_COLOR": "never",
    }


def ran(folder: Path, *command: str, env: dict[str, str] | None = None) -> tuple[int, str]:
    done = subprocess.run(
        [*map(str, command)], cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=300
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def ourselves(tmp_path_factory) -> tuple[Path, str]:
    """A clone of this repository as it is on disk, and its commit."""
    if not (ROOT / ".git").exists():
        pytest.skip("this is no checkout: pre-commit needs a repository to clone")
    folder = tmp_path_factory.mktemp("clone") / "codeagent"
    listed = subprocess.run(["git", "ls-files", "-z", "--cached"], cwd=ROOT, capture_output=True, check=True).stdout
    for name in filter(None, listed.decode().split("\0")):
        if (ROOT / name).is_file() and not name.startswith(("fixtures/", "benchmarks/", "tests/")):
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target)
    person = ("-c", "user.name=Ada Example", "-c", "user.email=ada@example.org")
    for command in (["init", "-q"], ["add", "--all", "--force"], [*person, "commit", "-qm", "clone"]):
        subprocess.run(["git", *command], cwd=folder, check=True, capture_output=True)
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=folder, capture_output=True, text=True, check=True)
    return folder, head.stdout.strip()


def test_pre_commit_installs_passes_blocks_and_passes(repo, ourselves, tmp_path):
    """Install, pass, block, fix, pass; what is staged is judged, though the file on disk is another; and the push."""
    source, revision = ourselves
    hooks = "      - id: codeagent-check\n        stages: [pre-commit]\n      - id: codeagent-gate\n"
    config = f"repos:\n  - repo: {source}\n    rev: {revision}\n    hooks:\n{hooks}"
    made = repo({".pre-commit-config.yaml": config.encode(), "shop.py": GOOD.encode(), "README.md": b"# shop\n"})
    env = offline() | {"PRE_COMMIT_HOME": str(tmp_path / "pre-commit")}
    pre_commit = Path(sys.executable).with_name("pre-commit")
    code, said = ran(made.root, pre_commit, "install", "-t", "pre-commit", "-t", "pre-push", "--install-hooks", env=env)
    assert code == 0, said

    made.write({"shop.py": GOOD.replace("1", "2").encode()})
    code, said = ran(made.root, "git", "commit", "-qam", "good", env=env)
    assert (code, "codeagent check" in said) == (0, True), said

    made.write({"shop.py": BAD.encode()})
    made.git("add", "shop.py")
    made.write({"shop.py": GOOD.encode()})  # right on disk, wrong in the index
    code, said = ran(made.root, "git", "commit", "-qm", "bad", env=env)
    assert code == 1
    assert "helpers stands for nothing" in said, said

    made.git("add", "shop.py")
    made.write({"shop.py": BAD.encode()})  # the other way round
    code, said = ran(made.root, "git", "commit", "-qm", "fixed", env=env)
    assert code == 0, said

    made.git("init", "-q", "--bare", "../remote.git")
    made.git("checkout", "-q", "shop.py")
    made.git("remote", "add", "origin", "../remote.git")
    made.git("push", "-q", "--no-verify", "origin", "HEAD:main")
    made.write({"shop.py": BAD.encode()})
    made.git("commit", "-qam", "bad", "--no-verify")
    code, said = ran(made.root, "git", "push", "-q", "origin", "HEAD:main", env=env)
    assert code == 1
    assert "helpers stands for nothing" in said, said


TESTED = {"shop.py": GOOD.encode(), "test_shop.py": b"import shop\n\n\ndef test_run():\n    assert shop.run() == 2\n"}


def test_what_is_pushed_for_the_first_time_is_parsed_and_tested(repo, invoke, monkeypatch):
    """pre-commit names no range where the first commit is pushed, too."""
    made = repo(TESTED)
    monkeypatch.setenv("PRE_COMMIT_REMOTE_NAME", "origin")
    monkeypatch.setenv("VIRTUAL_ENV", sys.prefix)
    told = invoke("gate", "--hook", "--trust", cwd=made.root)
    assert (told.code, "test_run" in told.out) == (1, True), told.out + told.err
    made.write({"test_shop.py": TESTED["test_shop.py"].replace(b"2", b"1")})
    told = invoke("gate", "--hook", "--trust", cwd=made.root)
    assert (told.code, "nothing could be compared" in told.out) == (0, True), told.out
    assert invoke("check", "--hook", cwd=made.root).code == 0
    made.write({"new.py": b"def broken(:\n"})
    assert invoke("check", "--hook", cwd=made.root).code == 1


def test_the_environment_that_pre_commit_lends_us_is_not_the_projects(repo, invoke, monkeypatch, tmp_path):
    made = repo(TESTED)
    theirs = tmp_path / "their environment" / "bin"
    theirs.mkdir(parents=True)
    (theirs / "python3").symlink_to(sys.executable)
    monkeypatch.setenv("PRE_COMMIT", "1")
    monkeypatch.setenv("VIRTUAL_ENV", sys.prefix)
    monkeypatch.setenv("PATH", os.pathsep.join((f"{sys.prefix}/bin", str(theirs), os.environ["PATH"])))
    assert interpreter(made.root) == str(theirs / "python3")
    made.write({"shop.py": GOOD.replace("1", "2").encode()})
    made.git("add", ".")
    told = invoke("gate", "--hook", cwd=made.root)
    assert told.code == 7
    assert f"{sys.executable} -m codeagent trust" in told.err and "args: [--trust]" in told.err


# --- the hook that we write ourselves


def committed(made, message: str) -> tuple[int, str]:
    return ran(made.root, "git", "commit", "-qm", message, env={**os.environ, "PYTHONPATH": str(ROOT)})


def test_the_own_hook_is_shown_then_written_and_judges_what_is_staged(repo, invoke):
    made = repo({"shop.py": GOOD.encode()})
    hook = made.root / ".git/hooks/pre-commit"
    shown = invoke("init", "--hook", cwd=made.root)
    assert (shown.code, hook.exists(), "+exec" in shown.out or "check --hook" in shown.out) == (0, False, True)
    assert invoke("init", "--hook", "--yes", cwd=made.root).code == 0
    assert os.access(hook, os.X_OK)
    made.write({"shop.py": BAD.encode()})
    made.git("add", ".")
    made.write({"shop.py": GOOD.encode()})
    code, said = committed(made, "bad")
    assert (code, "helpers stands for nothing" in said) == (1, True), said
    made.git("add", ".")
    made.write({"shop.py": BAD.encode(), "new.py": b"y = 1\n"})
    made.git("add", "new.py")
    assert committed(made, "good")[0] == 0
    told = invoke("init", "--hook", "--format", "json", cwd=made.root)
    assert json.loads(told.out)["action"] == "nothing"
    assert invoke("init", "--remove-hook", "--yes", cwd=made.root).code == 0
    assert not hook.exists()


def test_the_hook_of_somebody_else_is_kept_runs_first_and_comes_back(repo, invoke):
    made = repo({"shop.py": GOOD.encode()})
    hook = made.root / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    foreign = "#!/bin/sh\necho the other hook\ntest ! -e forbidden\n"
    hook.write_text(foreign)
    hook.chmod(0o755)
    assert "kept:" in invoke("init", "--hook", "--yes", cwd=made.root).out
    assert hook.with_name("pre-commit.before-codeagent").read_text() == foreign
    made.write({"forbidden": b""})
    made.git("add", ".")
    assert committed(made, "x")[0] == 1
    made.git("rm", "-qf", "forbidden")
    made.write({"shop.py": GOOD.replace("1", "2").encode()})
    made.git("add", ".")
    code, said = committed(made, "y")
    assert (code, "the other hook" in said) == (0, True), said
    invoke("init", "--remove-hook", "--yes", cwd=made.root)
    assert (hook.read_text(), os.access(hook, os.X_OK)) == (foreign, True)
    assert invoke("init", "--remove-hook", "--yes", cwd=made.root).code == 4
    assert hook.read_text() == foreign


def test_folders_of_hooks_that_a_tool_writes_anew_are_told(repo, invoke):
    made = repo({"shop.py": GOOD.encode(), ".husky/_/.gitignore": b"*\n"})
    made.write({".husky/_/pre-commit": b'#!/usr/bin/env sh\n. "$(dirname "$0")/h"\n'})
    made.git("config", "core.hooksPath", ".husky/_")
    told = json.loads(invoke("init", "--hook", "--format", "json", cwd=made.root).out)
    assert any(".husky/pre-commit lasts" in note for note in told["notes"])
    assert not any("belongs to the repository" in note for note in told["notes"]), "git ignores it"
    assert sys.executable in told["after"]


def test_a_bare_repository_has_no_commits_to_judge(repo, invoke, tmp_path):
    repo({"shop.py": GOOD.encode()}).git("init", "-q", "--bare", str(tmp_path / "bare.git"))
    said = invoke("init", "--hook", "--yes", cwd=tmp_path / "bare.git")
    assert (said.code, "bare" in said.err) == (4, True)


def test_the_name_under_which_a_hook_is_kept_is_not_taken_from_anybody(repo, invoke):
    made = repo({"shop.py": GOOD.encode()})
    for name in ("pre-commit", "pre-commit.before-codeagent"):
        made.write({f".git/hooks/{name}": name.encode()})
    assert invoke("init", "--hook", "--yes", cwd=made.root).code == 4
    assert (made.root / ".git/hooks/pre-commit").read_text() == "pre-commit"


def test_the_folder_that_git_is_told_to_look_in(repo, invoke):
    made = repo({"shop.py": GOOD.encode()})
    made.git("config", "core.hooksPath", ".githooks")
    ran_ = invoke("init", "--hook", "--yes", cwd=made.root)
    text = (made.root / ".githooks/pre-commit").read_text()
    assert "belongs to the repository" in ran_.err
    assert sys.executable not in text  # others get it too
    made.git("config", "--unset", "core.hooksPath")
    made.git("worktree", "add", "-q", "../second")
    invoke("init", "--hook", "--yes", cwd=made.root.parent / "second")
    assert (made.root / ".git/hooks/pre-commit").exists()


def test_no_git_and_a_range_with_one_end(repo, invoke, tmp_path, monkeypatch):
    plain = repo({"a.py": "x = 1\n"}, name="plain", git=False)
    assert invoke("init", "--hook", cwd=plain.root).code == 2
    made = repo({"a.py": "x = 1\n"})
    monkeypatch.setenv("PRE_COMMIT_FROM_REF", "HEAD")
    assert invoke("check", "--hook", cwd=made.root).code == 2
    monkeypatch.setenv("PRE_COMMIT_TO_REF", "HEAD")
    assert invoke("check", "--hook", cwd=made.root).code == 0
    assert invoke("check", "--hook", "--staged", cwd=made.root).code == 2
