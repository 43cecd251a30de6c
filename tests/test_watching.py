"""Watching: whatever would change what is listed is seen, and ignored files are not."""

import os
import time

import pytest
from conftest import Repo

from codeagent.project import open_project
from codeagent.workspace.files import discover
from codeagent.workspace.watching import Watch, now

FILES = {
    "app.py": "x = 1\n",
    "pkg/mod.py": "y = 2\n",
    "pkg/deep/er.py": "z = 3\n",
    ".gitignore": "build/\n*.log\nempty/*.tmp\n",
    "build/out.py": "made = 1\n",
    "build/deep/more.py": "made = 2\n",
}


def settle(root) -> None:
    """Let every file and folder look as if it had been written a while ago."""
    past = time.time() - 60
    for path in [root, *root.rglob("*")]:
        os.utime(path, (past, past), follow_symlinks=False)


def watch(root) -> Watch:
    settle(root)
    began = now()
    return Watch(root, discover(root), began)


@pytest.fixture(params=[True, False], ids=["git", "no git"])
def tree(repo, request):
    made = repo(FILES, git=request.param)
    (made.root / "empty/inner").mkdir(parents=True)
    (made.root / "empty/x.tmp").write_text("")
    return made


def test_nothing_changed(tree):
    watched = watch(tree.root)
    assert not watched.changed()
    assert not watched.changed()


CHANGES = {
    "a file is edited": lambda root: (root / "app.py").write_text("x = 22\n"),
    "a file is added": lambda root: (root / "new.py").write_text(""),
    "a file is added deep down": lambda root: (root / "pkg/deep/new.py").write_text(""),
    "a file is added where none was": lambda root: (root / "empty/inner/new.py").write_text(""),
    "a file is removed": lambda root: (root / "pkg/mod.py").unlink(),
    "a file is replaced": lambda root: os.replace(root / "pkg/mod.py", root / "app.py"),
    "a folder is added": lambda root: (root / "pkg/other").mkdir(),
    "the rules change": lambda root: (root / ".gitignore").write_text("nothing\n"),
    "rules come in": lambda root: (root / "pkg/.gitignore").write_text("*.py\n"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_would_be_listed_anew_is_seen(tree, change):
    watched = watch(tree.root)
    change(tree.root)
    assert watched.changed()


def test_ignored_files_are_not_watched(tree):
    watched = watch(tree.root)
    (tree.root / "build/out.py").write_text("made = 22\n")
    (tree.root / "build/deep/again.py").write_text("made = 3\n")
    assert not watched.changed()


def test_what_had_only_just_been_written_counts_as_changed(tree):
    settle(tree.root)
    began = now()
    (tree.root / "app.py").write_text("x = 3\n")
    assert Watch(tree.root, discover(tree.root), began).changed()


def test_the_index_of_git_counts(repo):
    made = repo(FILES)
    watched = watch(made.root)
    made.git("add", "--force", "build/out.py")
    assert watched.changed()


def test_a_worktree_watches_its_own_index(repo, tmp_path):
    made = repo(FILES)
    made.git("worktree", "add", "-q", str(tmp_path / "beside"))
    root = tmp_path / "beside"
    settle(made.root)
    (root / "build").mkdir()
    (root / "build/out.py").write_text("made = 1\n")
    watched = watch(root)
    assert not watched.changed()
    Repo(root).git("add", "--force", "build/out.py")
    assert watched.changed()


def test_a_project_keeps_its_graph_until_something_changes(repo):
    made = repo(FILES)
    settle(made.root)
    project = open_project(made.root)
    graph = project.current()
    settle(made.root / ".git")
    graph = project.current()
    assert project.current() is graph
    made.write({"app.py": "def fresh(): ...\n"})
    assert project.current() is not graph
    assert [one.name for one in project.current().symbols("app.py")] == ["app.py", "fresh"]


def test_a_project_follows_its_settings(repo):
    made = repo(FILES)
    project = open_project(made.root)
    assert "pkg/mod.py" in project.current().files
    made.write({"codeagent.toml": 'exclude = ["pkg/"]\n'})
    assert "pkg/mod.py" not in project.current().files
