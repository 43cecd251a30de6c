"""Snapshots: what the working tree and a revision have in common, and reading blobs without a checkout."""

import os
from collections.abc import Callable

import pytest
from conftest import Repo

from codeagent.domain.errors import UsageError
from codeagent.workspace.files import discover
from codeagent.workspace.git import enclosing
from codeagent.workspace.policy import Limits
from codeagent.workspace.revisions import Revision, Snapshot, WorkingTree, read_blobs, stat_identity

Make = Callable[..., Repo]

FILES = {
    "a.py": b"x = 1\r\n",
    "bom.py": b"\xef\xbb\xbfx = 1\n",
    "latin.py": b"# caf\xe9\n",
    "empty.py": b"",
    "sub/b.py": b"import a\n",
    "no-newline.js": b"let a",
    "yarn.lock": b"",
    "logo.png": b"\x89PNG\0",
    ".gitignore": b"*.log\n",
    ".codeagentignore": b"secret.py\n",
    "secret.py": b"",
    "third_party/z/LICENSE": b"",
    "third_party/z/z.c": b"",
}


def both(made: Repo) -> tuple[WorkingTree, Revision]:
    return WorkingTree(made.root, discover(made.root)), Revision(made.root, made.git("rev-parse", "HEAD"))


def test_a_clean_tree_and_its_commit_are_the_same_snapshot(repo: Make) -> None:
    tree, commit = both(repo(FILES))
    assert [file.path for file in tree.discovery.files] == [file.path for file in commit.discovery.files]
    assert [file.size for file in tree.discovery.files] == [file.size for file in commit.discovery.files]
    assert tree.discovery.skipped == commit.discovery.skipped
    assert tree.paths == commit.paths == frozenset(FILES)
    wanted = [file.path for file in tree.discovery.files]
    assert dict(tree.read_many(wanted)) == dict(commit.read_many(wanted)) == {path: FILES[path] for path in wanted}
    assert commit.read("latin.py") == FILES["latin.py"]


def test_a_revision_does_not_see_the_disk(repo: Make) -> None:
    made = repo({"a.py": "old", "gone.py": "here", ".codeagentignore": "a.py"})
    sha = made.git("rev-parse", "HEAD")
    made.write({"a.py": "new and longer", "fresh.py": "", ".codeagentignore": ""})
    (made.root / "gone.py").unlink()
    commit = Revision(made.root, sha)
    assert commit.read("a.py") == b"old"
    assert [file.path for file in commit.discovery.files] == [".codeagentignore", "gone.py"]
    assert commit.discovery.skipped == {"ignored": ("a.py",)}
    assert "fresh.py" not in commit.paths
    with pytest.raises(FileNotFoundError):
        commit.read("fresh.py")


def test_links_and_submodules_of_a_revision(repo: Make) -> None:
    inner = repo({"lib.py": ""}, name="inner")
    made = repo({"a.py": ""})
    made.git("submodule", "--quiet", "add", str(inner.root), "third")
    (made.root / "link.py").symlink_to("a.py")
    (made.root / "out.py").symlink_to("/etc/passwd")
    made.commit("more")
    tree, commit = both(made)
    assert commit.discovery.skipped == {"submodule": ("third",), "symlink": ("link.py", "out.py")}
    assert [file.path for file in tree.discovery.files] == [file.path for file in commit.discovery.files]
    assert dict(commit.read_many(["third", "a.py", "nope"])) == {"third": None, "a.py": b"", "nope": None}


def test_a_folder_below_the_top_has_revisions_too(repo: Make) -> None:
    made = repo({"a.py": "", "sub/b.py": "b", "sub/deep/c.py": "c"})
    commit = Revision(made.root / "sub", made.git("rev-parse", "HEAD"))
    assert sorted(commit.paths) == ["b.py", "deep/c.py"]
    assert commit.read("deep/c.py") == b"c"


def test_names_that_are_not_utf8(repo: Make) -> None:
    made = repo({"a.py": ""})
    with open(os.fsencode(made.root) + b"/caf\xe9.py", "wb") as file:
        file.write(b"x")
    made.commit("odd")
    tree, commit = both(made)
    assert tree.paths == commit.paths == {"a.py", "caf\\xe9.py"}
    assert tree.read("caf\\xe9.py") == commit.read("caf\\xe9.py") == b"x"


def test_identities_follow_the_content(repo: Make) -> None:
    made = repo({"a.py": "one", "b.py": "one"})
    tree, commit = both(made)
    assert commit.identity("a.py") == commit.identity("b.py")
    assert tree.identity("a.py") == stat_identity(next(file for file in tree.discovery.files if file.path == "a.py"))
    made.commit("two", {"a.py": "two"})
    changed, later = both(made)
    assert changed.identity("a.py") != tree.identity("a.py")
    assert changed.identity("b.py") == tree.identity("b.py")
    assert later.identity("a.py") != commit.identity("a.py")
    assert later.identity("b.py") == commit.identity("b.py")


def test_many_blobs_come_from_one_process_in_the_order_asked_for(repo: Make) -> None:
    contents = {f"f{number}.txt": f"{number}\n".encode() * (number * 40) for number in range(300)}
    commit = both(repo(contents))[1]
    wanted = [*reversed(list(contents)), "f1.txt", "f1.txt"]
    assert list(commit.read_many(wanted)) == [(path, contents[path]) for path in wanted]
    few = commit.read_many(wanted)
    assert next(few)[0] == "f299.txt"
    few.close()


def test_a_blob_is_none_where_it_is_no_blob(repo: Make) -> None:
    made = repo({"a.py": "x"})
    repository = enclosing(made.root)
    assert repository is not None
    tree = made.git("rev-parse", "HEAD^{tree}")
    blob = made.git("rev-parse", "HEAD:a.py")
    assert list(read_blobs(repository, [blob, "", "0" * 40, tree, blob])) == [b"x", None, None, None, b"x"]
    assert list(read_blobs(repository, ["", ""])) == [None, None]


def test_limits_hold_for_revisions(repo: Make) -> None:
    made = repo({"a.py": "x" * 100, "b.py": "x"})
    sha = made.git("rev-parse", "HEAD")
    assert Revision(made.root, sha, Limits(max_bytes=50)).discovery.skipped == {"too-large": ("a.py",)}


def test_without_git_there_are_no_revisions(repo: Make) -> None:
    with pytest.raises(UsageError, match="in no git repository"):
        Revision(repo({"a.py": ""}, git=False).root, "HEAD")


def test_both_are_snapshots(repo: Make) -> None:
    tree, commit = both(repo({"a.py": "x"}))
    for snapshot in (tree, commit):
        known: Snapshot = snapshot
        assert known.read("a.py") == b"x"


def test_a_file_that_vanished_or_grew_since(repo: Make) -> None:
    made = repo({"a.py": "1", "b.py": "2"})
    tree = WorkingTree(made.root, discover(made.root))
    (made.root / "a.py").unlink()
    made.write({"b.py": "2" * 100_000})
    assert dict(tree.read_many(["a.py", "b.py"])) == {"a.py": None, "b.py": b"2" * 100_000}
