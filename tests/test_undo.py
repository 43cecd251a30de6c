"""Undo and redo: the files of a run only, later edits kept, and loud refusals where one would be lost."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from codeagent.domain.errors import Refused, UsageError
from codeagent.domain.patch import Edit, Patch, hex_digest
from codeagent.workflows.undo import list_runs, redo, undo
from codeagent.workspace.writing import write_patch
from tests.written import FILES, everything, patch_of, tree

LINES = {"a.py": b"".join(b"line %d\n" % number for number in range(20))}


@pytest.fixture
def twenty(repo: Callable) -> Path:
    """A repository with a file of twenty lines, whose line 5 a run has changed."""
    root = repo(LINES).root
    write_patch(root, patch_of(root, (Edit("a.py", 35, 41, b"LINE 5"),)))
    return root


def test_undo_gives_the_same_tree_and_redo_the_other(repo: Callable) -> None:
    root = repo(FILES).root
    (root / "a.py").chmod(0o755)
    (root / "gone.py").chmod(0o640)
    before = tree(root)
    run = write_patch(root, everything(root))
    after = tree(root)
    for _ in range(2):
        done = undo(root)
        assert (done.run.id, done.run.status) == (run, "undone")
        assert "moved/b.py" in done.files
        assert tree(root) == before
        assert redo(root).run.status == "applied"
        assert tree(root) == after


def test_a_later_edit_elsewhere_in_the_file_is_kept(twenty: Path) -> None:
    text = (twenty / "a.py").read_bytes()
    (twenty / "a.py").write_bytes(text.replace(b"line 15", b"LATER"))
    (twenty / "other.py").write_bytes(b"new\n")
    undo(twenty)
    assert (twenty / "a.py").read_bytes() == LINES["a.py"].replace(b"line 15", b"LATER")
    assert (twenty / "other.py").read_bytes() == b"new\n"
    redo(twenty)
    assert (twenty / "a.py").read_bytes() == text.replace(b"line 15", b"LATER")


def test_a_later_edit_of_the_same_line_is_not_lost(twenty: Path, invoke: Callable) -> None:
    edited = (twenty / "a.py").read_bytes().replace(b"LINE 5", b"mine")
    (twenty / "a.py").write_bytes(edited)
    said = invoke("undo", cwd=twenty)
    assert (said.code, said.out) == (4, "")
    assert "a.py was edited since, in the same place" in said.err
    assert (twenty / "a.py").read_bytes() == edited
    assert list_runs(twenty)[0].status == "applied"


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda root: (root / "new/deep/c.py").write_bytes(b"mine\n"), "new/deep/c.py was edited since"),
        (lambda root: (root / "gone.py").write_bytes(b"mine\n"), "gone.py has been made since"),
        (lambda root: (root / "a.py").unlink(), "a.py is no longer there"),
        (lambda root: (root / "pkg").mkdir() or (root / "pkg/b.py").write_bytes(b"1"), "pkg/b.py has been made since"),
    ],
)
def test_what_was_done_since_is_not_lost(repo: Callable, spoil: Callable[[Path], object], why: str) -> None:
    root = repo(FILES).root
    write_patch(root, everything(root))
    spoil(root)
    before = tree(root)
    with pytest.raises(Refused, match=re.escape(why)):
        undo(root)
    assert tree(root) == before


def test_a_moved_file_takes_its_later_edits_back(repo: Callable) -> None:
    root = repo({"a.py": "a = 1\n"}).root
    write_patch(root, patch_of(root, moves={"a.py": "b/c.py"}))
    (root / "b/c.py").write_bytes(b"a = 2\n")
    undo(root)
    assert {path: one and one[0] for path, one in tree(root).items()} == {"a.py": b"a = 2\n"}


def test_the_latest_comes_first_and_redo_goes_the_other_way(repo: Callable) -> None:
    root = repo({"a.py": ""}).root
    runs = [
        write_patch(root, Patch(f"make {name}", creates={name: b"1\n"}, base={"a.py": hex_digest(b"")}))
        for name in ("b.py", "c.py", "d.py")
    ]
    assert runs == sorted(runs) and [run.id for run in list_runs(root)] == runs[::-1]
    assert [undo(root).run.id for _ in runs] == runs[::-1]
    with pytest.raises(UsageError, match="nothing that could be undone"):
        undo(root)
    assert [redo(root).run.id for _ in runs] == runs
    undo(root, runs[0])
    assert not (root / "b.py").exists() and (root / "d.py").exists()
    with pytest.raises(UsageError, match="undone already"):
        undo(root, runs[0])
    with pytest.raises(UsageError, match="no run 1999"):
        undo(root, "1999")


def test_a_file_that_leaves_another_in_its_old_place(repo: Callable) -> None:
    """A module becomes a package, and an alias stays where it was."""
    root = repo({"m.py": "x = 1\n"}).root
    before = tree(root)
    write_patch(root, patch_of(root, moves={"m.py": "n/__init__.py"}, creates={"m.py": b"from n import *\n"}))
    after = tree(root)
    assert after["m.py"][0] == b"from n import *\n" and after["n/__init__.py"][0] == b"x = 1\n"
    undo(root)
    assert tree(root) == before
    redo(root)
    assert tree(root) == after


def test_two_files_that_change_places(repo: Callable) -> None:
    root = repo({"a.py": "a\n", "b.py": "b\n", "c.py": "c\n"}).root
    before = tree(root)
    write_patch(
        root, patch_of(root, (Edit("a.py", 0, 1, b"A"),), moves={"a.py": "b.py", "b.py": "a.py", "c.py": "d.py"})
    )
    assert {path: one and one[0] for path, one in tree(root).items()} == {
        "a.py": b"b\n", "b.py": b"A\n", "d.py": b"c\n",
    }  # fmt: skip
    undo(root)
    assert tree(root) == before


def test_the_command(twenty: Path, cli: Callable) -> None:
    shown = cli("undo", "--diff", cwd=twenty)
    assert shown.code == 0 and "-LINE 5\n+line 5\n" in shown.out
    assert b"LINE 5" in (twenty / "a.py").read_bytes()
    answer = json.loads(cli("undo", "--format", "json", cwd=twenty).out)
    assert (answer["schema_version"], answer["files"], answer["run"]["status"]) == (1, ["a.py"], "undone")
    assert (twenty / "a.py").read_bytes() == LINES["a.py"]
    listed = json.loads(cli("undo", "--list", "--format", "json", cwd=twenty).out)
    assert [(run["title"], run["status"], run["files"]) for run in listed["runs"]] == [("test", "undone", 1)]
    assert "test" in cli("undo", "--list", cwd=twenty).out
    again = cli("redo", answer["run"]["id"][:15], cwd=twenty)
    assert again.code == 0 and again.out.startswith(f"done again {answer['run']['id']}: test (1 file)")
    assert cli("redo", cwd=twenty).code == 2


def test_undo_from_a_folder_below(twenty: Path, cli: Callable) -> None:
    (twenty / "below").mkdir()
    assert cli("undo", cwd=twenty / "below").code == 0
    assert (twenty / "a.py").read_bytes() == LINES["a.py"]


def test_text_that_is_not_utf8_is_told_in_json(repo: Callable, cli: Callable) -> None:
    root = repo({"a.py": b"# caf\xe9\n"}).root
    write_patch(root, patch_of(root, (Edit("a.py", 0, 1, b"##"),)))
    answer = json.loads(cli("undo", "--diff", "--format", "json", cwd=root).out)
    assert answer["written"] is False and "-## caf\\xe9\n" in answer["diff"]
