"""git as we drive it: finding the root, revisions, and repositories that want to run something."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Repo

from codeagent.domain.errors import UsageError
from codeagent.workspace import changes, submodules
from codeagent.workspace.files import discover
from codeagent.workspace.git import GitMissing, NotARepository, enclosing, existing_folder, find_root
from codeagent.workspace.mining import mine
from codeagent.workspace.refs import head, is_dirty, is_shallow, references, resolve_revision
from codeagent.workspace.revisions import Revision

Make = Callable[..., Repo]


def test_the_root_is_the_enclosing_repository_else_the_folder(repo: Make, tmp_path: Path) -> None:
    made = repo({"src/deep/a.py": ""})
    assert find_root(made.root / "src" / "deep") == made.root.resolve()
    plain = tmp_path / "plain" / "inner"
    plain.mkdir(parents=True)
    assert find_root(plain) == plain.resolve()


def test_an_empty_git_folder_is_no_repository(tmp_path: Path) -> None:
    (tmp_path / "x" / ".git").mkdir(parents=True)
    assert enclosing(tmp_path / "x") is None


def test_no_such_path_a_file_and_nonsense_are_clear_errors(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("")
    with pytest.raises(UsageError, match="does not exist"):
        existing_folder(tmp_path / "missing")
    with pytest.raises(UsageError, match="is a file, not a folder"):
        existing_folder(tmp_path / "a.py")
    with pytest.raises(UsageError, match=r"a\.py"):
        existing_folder(tmp_path / "a.py" / "below")
    with pytest.raises(UsageError, match="not a usable path"):
        existing_folder(Path("nul\0byte"))


def test_a_circle_of_links_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(UsageError):
        existing_folder(tmp_path / "loop")


def test_a_bare_repository_is_recognised_and_read_by_revision(repo: Make, tmp_path: Path) -> None:
    made = repo({"a.py": "x = 1\n"})
    bare = tmp_path / "bare.git"
    made.git("clone", "--quiet", "--bare", str(made.root), str(bare))
    found = enclosing(bare)
    assert found is not None
    assert found.bare
    sha = resolve_revision(found, "main")
    assert Revision(bare, sha).read("a.py") == b"x = 1\n"
    assert not is_dirty(found)
    with pytest.raises(UsageError, match="bare"):
        changes.on_disk(found)
    with pytest.raises(UsageError, match="bare"):
        discover(bare)


def test_revisions_are_named_in_many_ways(repo: Make) -> None:
    made = repo({"a.py": "1"})
    first = made.git("rev-parse", "HEAD")
    second = made.commit("two", {"a.py": "2"})
    made.git("tag", "-a", "v1.0", "-m", "one")
    repository = enclosing(made.root)
    assert repository is not None
    assert head(repository) == second
    assert {resolve_revision(repository, name) for name in ("HEAD", "main", "v1.0", second[:8], "@")} == {second}
    assert resolve_revision(repository, "HEAD~1") == first
    assert references(repository) == ["main", "v1.0"]


@pytest.mark.parametrize(
    "name", ["--help", "-x", "", "nope", "HEAD~99", "HEAD:a.py", "a\nb", "HEAD HEAD", "..", "x" * 5000]
)
def test_what_is_no_revision_is_a_usage_error(repo: Make, name: str) -> None:
    repository = enclosing(repo({"a.py": "1"}).root)
    assert repository is not None
    with pytest.raises(UsageError, match="unknown revision"):
        resolve_revision(repository, name)


def test_an_unknown_revision_names_the_nearest(repo: Make) -> None:
    made = repo({"a.py": "1"})
    made.git("branch", "release-1.2")
    repository = enclosing(made.root)
    assert repository is not None
    with pytest.raises(UsageError) as caught:
        resolve_revision(repository, "relase-1.2")
    assert "release-1.2" in caught.value.hint


def test_a_repository_without_commits(repo: Make) -> None:
    made = repo({"a.py": "1"}, commit=False)
    repository = enclosing(made.root)
    assert repository is not None
    assert head(repository) is None
    assert is_dirty(repository)
    assert [file.path for file in discover(made.root).files] == ["a.py"]
    assert [change.path for change in changes.on_disk(repository)] == ["a.py"]
    made.git("add", "a.py")
    assert [(change.path, change.status) for change in changes.staged(repository)] == [("a.py", "added")]
    with pytest.raises(UsageError, match="no commits yet"):
        resolve_revision(repository, "HEAD")


def test_a_worktree_whose_repository_is_gone_is_told_as_such(repo: Make, tmp_path: Path) -> None:
    made = repo({"a.py": "1"})
    made.git("worktree", "add", "-q", str(tmp_path / "tree"))
    shutil.move(made.root, tmp_path / "elsewhere")
    repository = enclosing(tmp_path / "tree")
    assert repository is not None
    with pytest.raises(UsageError, match=r"git cannot read .*not a git repository") as caught:
        resolve_revision(repository, "HEAD")
    assert "git worktree repair" in caught.value.hint


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_repository_that_may_not_be_read_is_told_as_such(repo: Make) -> None:
    made = repo({"a.py": "1"})
    (made.root / ".git").chmod(0)
    try:
        with pytest.raises(UsageError, match=r"\.git cannot be read: permission denied"):
            enclosing(made.root)
    finally:
        (made.root / ".git").chmod(0o755)


def test_dirty_means_edited_staged_or_untracked(repo: Make) -> None:
    made = repo({"a.py": "1", ".gitignore": "*.log"})
    repository = enclosing(made.root)
    assert repository is not None
    assert not is_dirty(repository)
    made.write({"x.log": "ignored"})
    assert not is_dirty(repository)
    made.write({"new.py": ""})
    assert is_dirty(repository)


def test_a_shallow_clone_says_so(repo: Make, tmp_path: Path) -> None:
    made = repo({"a.py": "1"})
    made.commit("two", {"a.py": "2"})
    made.git("clone", "--quiet", "--depth", "1", f"file://{made.root}", str(tmp_path / "shallow"))
    repository = enclosing(tmp_path / "shallow")
    assert repository is not None
    assert is_shallow(repository)
    with pytest.raises(UsageError) as caught:
        resolve_revision(repository, "HEAD~1")
    assert "--unshallow" in caught.value.hint
    past = mine(repository, resolve_revision(repository, "HEAD"))
    assert (len(past.dates), past.complete) == (1, False)


def test_no_git_program(repo: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    made = repo({"a.py": "1", ".gitignore": "*.log", "x.log": ""})
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    repository = enclosing(made.root)
    assert repository is not None
    with pytest.raises(GitMissing):
        resolve_revision(repository, "HEAD")
    found = discover(made.root)
    assert not found.by_git
    assert [file.path for file in found.files] == [".gitignore", "a.py"]


def test_a_broken_repository_is_one_clear_line(repo: Make) -> None:
    made = repo({"a.py": "1"})
    (made.root / ".git" / "config").write_text("[core\nbroken")
    with pytest.raises(UsageError) as caught:
        discover(made.root)
    assert "\n" not in caught.value.message
    shutil.rmtree(made.root / ".git" / "objects")
    (made.root / ".git" / "config").write_text("")
    repository = enclosing(made.root)
    assert repository is not None
    with pytest.raises(NotARepository):
        repository.run("ls-files")
    assert [file.path for file in discover(made.root).files] == ["a.py"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give files away")
def test_a_repository_of_somebody_else_can_be_read(repo: Make) -> None:
    made = repo({"a.py": "1"})
    sha = made.git("rev-parse", "HEAD")
    for folder, _, files in os.walk(made.root):
        for name in (folder, *(os.path.join(folder, file) for file in files)):
            os.chown(name, 65534, 65534)
    assert [file.path for file in discover(made.root).files] == ["a.py"]
    assert Revision(made.root, sha).read("a.py") == b"1"


HOSTILE = """
[core]
	fsmonitor = {run}
	hooksPath = {hooks}
	pager = {run}
	editor = {run}
	sshCommand = {run}
	alternateRefsCommand = {run}
[diff]
	external = {run}
[diff "evil"]
	textconv = {run}
	command = {run}
[filter "evil"]
	clean = {run}
	smudge = {run}
	process = {run}
	required = true
[filter "a=b"]
	clean = {run}
[merge "evil"]
	driver = {run} %A
[log]
	showSignature = true
[gpg]
	program = {run}
[uploadpack]
	packObjectsHook = {run}
[protocol "ext"]
	allow = always
[color]
	ui = always
	diff = always
	status = always
[diff]
	noprefix = true
	relative = true
	renames = false
	mnemonicPrefix = true
	orderFile = {hooks}/order
[log]
	showRoot = false
	diffMerges = first-parent
[include]
	path = more
[remote "origin"]
	url = ext::{run}
	promisor = true
	partialCloneFilter = blob:none
[extensions]
	partialClone = origin
[core]
	repositoryformatversion = 1
"""


def test_nothing_that_a_repository_names_is_run(repo: Make, tmp_path: Path) -> None:
    made = repo(
        {
            "a.txt": "one\n",
            "b.txt": "two\n",
            ".gitattributes": "*.txt diff=evil filter=evil merge=evil\nb.txt filter=a=b\n",
        }
    )
    base = made.git("rev-parse", "HEAD")
    second = made.commit("two", {"a.txt": "one\nmore\n"})
    marker, script, hooks = tmp_path / "PWNED", tmp_path / "run.sh", tmp_path / "hooks"
    script.write_text(f"#!/bin/sh\ntouch {marker}\ncat\n")
    script.chmod(0o755)
    hooks.mkdir()
    for hook in ("post-index-change", "pre-commit", "reference-transaction", "post-checkout"):
        shutil.copy(script, hooks / hook)
        shutil.copy(script, made.root / ".git" / "hooks" / hook)
    (made.root / ".git" / "more").write_text(
        f'[filter "late"]\n\tclean = {script}\n[diff "evil"]\n\tcachetextconv = true\n'
    )
    made.write({"a.txt": "one\nmore\nand more\n", "c.txt": "new\n"})
    made.git("add", "c.txt")
    config = made.root / ".git" / "config"
    config.write_text(config.read_text() + HOSTILE.format(run=script, hooks=hooks))
    marker.unlink(missing_ok=True)  # adding c.txt ran a hook

    repository = enclosing(made.root)
    assert repository is not None
    found = discover(made.root)
    assert [file.path for file in found.files] == [".gitattributes", "a.txt", "b.txt", "c.txt"]
    assert is_dirty(repository)
    assert resolve_revision(repository, "main") == second
    assert [change.path for change in changes.between(repository, f"{base}..main")] == ["a.txt"]
    assert [(change.path, change.new_lines) for change in changes.on_disk(repository)] == [
        ("a.txt", ((3, 3),)),
        ("c.txt", ((1, 1),)),
    ]
    assert [change.path for change in changes.staged(repository)] == ["c.txt"]
    assert Revision(made.root, base).read("a.txt") == b"one\n"
    assert [dict(Revision(made.root, base).read_many(["b.txt"]))] == [{"b.txt": b"two\n"}]
    assert len(mine(repository, second).dates) == 2
    assert not marker.exists()

    subprocess.run(["git", "status"], cwd=made.root, check=False, capture_output=True)  # the trap is real
    assert marker.exists()


def test_a_missing_object_is_not_fetched_from_where_the_repository_says(repo: Make, tmp_path: Path) -> None:
    made = repo({"a.py": "one\n", "b.py": "two\n"})
    sha = made.git("rev-parse", "HEAD")
    oid = made.git("rev-parse", "HEAD:a.py")
    marker = tmp_path / "PWNED"
    made.git("config", "core.repositoryformatversion", "1")
    made.git("config", "extensions.partialClone", "origin")
    made.git("config", "remote.origin.url", f"ext::sh -c touch% {marker}")
    made.git("config", "remote.origin.promisor", "true")
    made.git("config", "protocol.ext.allow", "always")
    (made.root / ".git" / "objects" / oid[:2] / oid[2:]).unlink()
    snapshot = Revision(made.root, sha)
    with pytest.raises(OSError, match=r"a\.py"):
        snapshot.read("a.py")
    assert dict(snapshot.read_many(["a.py", "b.py"]))["a.py"] is None
    repository = enclosing(made.root)
    assert repository is not None
    assert len(mine(repository, sha).dates) == 1
    assert not marker.exists()


def test_nothing_is_written_into_the_repository(repo: Make) -> None:
    made = repo({"a.py": "1"})
    os.utime(made.root / "a.py", (1, 1))  # stale stat data: a plain `git status` or `git diff` would refresh the index

    def everything() -> dict[str, tuple[int, int]]:
        files = (path for path in made.root.rglob("*") if path.is_file())
        return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in files}

    before = everything()
    repository = enclosing(made.root)
    assert repository is not None
    discover(made.root)
    is_dirty(repository)
    changes.on_disk(repository)
    submodules.pointers(repository, "HEAD")
    mine(repository, resolve_revision(repository, "HEAD"))
    assert everything() == before
