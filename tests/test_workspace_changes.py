"""What changed: between revisions, in the index, on disk; files and lines."""

import os
from collections.abc import Callable

import pytest
from conftest import Repo

from codeagent.domain.errors import UsageError
from codeagent.workspace.changes import Change, between, on_disk, staged
from codeagent.workspace.git import Repository, enclosing

Make = Callable[..., Repo]
TEN = "".join(f"line {number}\n" for number in range(1, 11))


def repository_of(made: Repo) -> Repository:
    found = enclosing(made.root)
    assert found is not None
    return found


def test_every_kind_of_change_with_its_lines(repo: Make) -> None:
    made = repo(
        {"edit.py": TEN, "gone.py": "p\nq\n", "old.py": TEN, "mode.sh": "x\n", "pic.bin": b"\0a", "same.py": ""}
    )
    lines = TEN.splitlines(keepends=True)
    lines[1] = "two\n"
    del lines[4:6]
    lines.append("eleven\n")
    made.write({"edit.py": "".join(lines), "new.py": "a\nb\nc\n", "pic.bin": b"\0b", "empty.py": ""})
    made.write({"moved.py": TEN.replace("line 3\n", "LINE 3\n")})
    (made.root / "old.py").unlink()
    (made.root / "gone.py").unlink()
    (made.root / "mode.sh").chmod(0o755)
    made.commit("all")
    assert between(repository_of(made), "HEAD~1..HEAD") == (
        Change("edit.py", "modified", "edit.py", ((2, 2), (5, 6), (11, 10)), ((2, 2), (5, 4), (9, 9))),
        Change("empty.py", "added", "empty.py"),
        Change("gone.py", "deleted", "gone.py", ((1, 2),), ((1, 0),)),
        Change("mode.sh", "modified", "mode.sh"),
        Change("moved.py", "renamed", "old.py", ((3, 3),), ((3, 3),)),
        Change("new.py", "added", "new.py", ((1, 0),), ((1, 3),)),
        Change("pic.bin", "modified", "pic.bin"),
    )


def test_contents_that_look_like_a_patch(repo: Make) -> None:
    made = repo({"a.txt": "x\n", "b.py": "1\n"})
    trap = "@@ -1,9 +1,9 @@\ndiff --git a/z b/z\n-- a\n++ b\n\\ No newline\n"
    made.commit("trap", {"a.txt": trap, "b.py": "2\n"})
    found = between(repository_of(made), "HEAD~1..")
    assert [(change.path, change.new_lines) for change in found] == [("a.txt", ((1, 5),)), ("b.py", ((1, 1),))]


def test_a_file_that_became_a_link_does_not_shift_the_others(repo: Make) -> None:
    made = repo({"a.py": "1\n2\n", "b.py": "1\n", "ünï\tcode.py": "1\n"})
    (made.root / "a.py").unlink()
    (made.root / "a.py").symlink_to("b.py")
    made.commit("link", {"b.py": "1\n2\n", "ünï\tcode.py": "2\n"})
    found = {change.path: change for change in between(repository_of(made), "HEAD~1..HEAD")}
    assert found["a.py"].status == "modified"
    assert found["b.py"].new_lines == ((2, 2),)
    assert found["ünï\tcode.py"].new_lines == ((1, 1),)


def test_ranges_with_two_and_three_dots(repo: Make) -> None:
    made = repo({"a.py": "1\n"})
    made.git("checkout", "--quiet", "-b", "side")
    made.commit("side", {"side.py": "s\n"})
    made.git("checkout", "--quiet", "main")
    made.commit("main", {"main.py": "m\n"})
    found = repository_of(made)
    two = {change.path: change.status for change in between(found, "main..side")}
    assert two == {"main.py": "deleted", "side.py": "added"}
    assert [change.path for change in between(found, "main...side")] == ["side.py"]
    assert [change.path for change in between(found, "side...")] == ["main.py"]
    made.write({"a.py": "2\n"})
    assert {change.path for change in between(found, "side")} == {"a.py", "main.py", "side.py"}
    for wrong in ("nope..HEAD", "HEAD..nope", "--output=x..HEAD", "--output=x"):
        with pytest.raises(UsageError, match="unknown revision"):
            between(found, wrong)
    assert not (made.root / "x").exists()
    made.git("checkout", "--quiet", "--orphan", "other")
    made.commit("other", {"o.py": ""})
    with pytest.raises(UsageError, match="no commit in common"):
        between(found, "main...other")


def test_staged_is_what_would_be_committed(repo: Make) -> None:
    made = repo({"a.py": "1\n", "b.py": "1\n"})
    made.write({"a.py": "2\n"})
    made.git("add", "a.py")
    made.write({"a.py": "3\n3\n", "b.py": "2\n"})
    assert [(change.path, change.new_lines) for change in staged(repository_of(made))] == [("a.py", ((1, 1),))]


def test_a_commit_hook_s_own_index_counts(repo: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    made = repo({"a.py": "1\n", "b.py": "1\n"})
    made.write({"a.py": "2\n", "b.py": "2\n"})
    made.git("add", "a.py")
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/next-index")
    made.git("read-tree", "HEAD")
    made.git("add", "b.py")
    assert [change.path for change in staged(repository_of(made))] == ["b.py"]
    monkeypatch.setenv("GIT_INDEX_FILE", str(made.root.parent / "elsewhere"))
    assert [change.path for change in staged(repository_of(made))] == ["a.py"]


def test_on_disk_untracked_files_are_added(repo: Make) -> None:
    made = repo({"a.py": "1\n", ".gitignore": "*.log\n"})
    made.write({"new/b.py": "1\n2\n", "x.log": "", "bare": "1"})
    assert [(change.path, change.status, change.new_lines) for change in on_disk(repository_of(made))] == [
        ("bare", "added", ((1, 1),)),
        ("new/b.py", "added", ((1, 2),)),
    ]


def test_paths_are_relative_to_the_root_below_the_top(repo: Make) -> None:
    made = repo({"a.py": "1\n", "sub/b.py": "1\n"})
    made.commit("two", {"a.py": "2\n", "sub/b.py": "2\n"})
    made.write({"sub/c.py": ""})
    below = enclosing(made.root / "sub")
    assert below is not None
    assert [change.path for change in between(below, "HEAD~1..HEAD")] == ["b.py"]
    assert [change.path for change in on_disk(below)] == ["c.py"]


def test_a_conflict_is_told(repo: Make) -> None:
    made = repo({"a.py": "1\n", "z.py": "1\n"})
    made.git("checkout", "--quiet", "-b", "side")
    made.commit("side", {"a.py": "side\n"})
    made.git("checkout", "--quiet", "main")
    made.commit("main", {"a.py": "main\n"})
    os.system(f"git -C '{made.root}' merge side >/dev/null 2>&1")
    made.write({"z.py": "2\n"})
    made.git("add", "z.py")
    found = {change.path: change for change in staged(repository_of(made))}
    assert found["a.py"].status == "unmerged"
    assert found["z.py"].new_lines == ((1, 1),)
    assert {change.path for change in on_disk(repository_of(made))} == {"a.py", "z.py"}


def test_a_virtual_environment_that_nobody_ignores_is_no_change(repo):
    made = repo({"a.py": "x = 1\n"})
    made.write(
        {
            ".venv/pyvenv.cfg": "home = /usr\n",
            ".venv/lib/python3.11/six.py": "y = 1\n",
            "web/node_modules/left/pad.js": "pad()\n",
            "b.py": "z = 1\n",
        }
    )
    assert [change.path for change in on_disk(enclosing(made.root))] == ["b.py"]
