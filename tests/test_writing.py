"""Writing a patch to a real tree: all or nothing, whatever stands in the way and whenever the process dies."""

import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from codeagent.domain.errors import Refused, Stale
from codeagent.domain.patch import Edit, Patch, hex_digest
from codeagent.workflows.undo import list_runs, undo
from codeagent.workspace import writing as writing_module
from codeagent.workspace.journal import pending
from codeagent.workspace.runs import runs_of
from codeagent.workspace.writing import write_patch, writing
from tests.conftest import write_files
from tests.faults import with_fault
from tests.written import FILES, MOST, everything, fresh, patch_of, tree


def test_everything_at_once(repo: Callable) -> None:
    root = repo(FILES).root
    (root / "a.py").chmod(0o755)
    run = write_patch(root, everything(root))
    assert {path: one and one[0] for path, one in tree(root).items()} == {
        "a.py": b"x = 10\r\n",
        "moved": None,
        "moved/b.py": b"\xef\xbb\xbfwhy = 2",
        "moved/__init__.py": b"",
        "new": None,
        "new/deep": None,
        "new/deep/c.py": b"c = 1\n",
    }
    assert stat.S_IMODE((root / "a.py").stat().st_mode) == 0o755
    kept = runs_of(root).get(run)
    assert (kept.status, kept.title, len(kept.files)) == ("applied", "test", 5)
    assert sorted(os.listdir(runs_of(root).folder)) == [run, "lock"]


# --- what stands in the way -------------------------------------------------------------------------


def refused(root: Path, patch: Patch, match: str, error: type[Exception] = Refused) -> None:
    """The patch is refused, and nothing at all has happened."""
    before = tree(root)
    with pytest.raises(error, match=match):
        write_patch(root, patch)
    assert tree(root) == before
    assert list_runs(root) == []


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("../out.py", "no path inside"),
        ("/etc/out.py", "no path inside"),
        ("a/../../out.py", "no path inside"),
        ("", "no path inside"),
        ("a\0b", "no path inside"),
        (".git/hooks/pre-commit", "git's own folder"),
        ("pkg/.GIT/config", "git's own folder"),
        ("link/out.py", "link is a symbolic link"),
        ("file-link", "file-link is a symbolic link"),
        ("a.py", "a.py exists already"),
        ("a.py/b.py", "a.py is a file, not a folder"),
        ("pkg", "pkg is no regular file"),
        ("sub/x.py", "sub is a repository of its own"),
    ],
)
def test_where_nothing_may_be_made(repo: Callable, tmp_path: Path, path: str, why: str) -> None:
    root = repo(FILES).root
    repo({"x": "1"}, name="repo/sub")
    (tmp_path / "outside").mkdir()
    (root / "link").symlink_to(tmp_path / "outside")
    (root / "file-link").symlink_to(root / "a.py")
    refused(root, Patch("p", creates={path: b"1\n"}), why)
    assert list((tmp_path / "outside").iterdir()) == []


def test_a_link_is_not_written_through(repo: Callable, tmp_path: Path) -> None:
    root = repo(FILES).root
    (tmp_path / "outside.py").write_bytes(b"secret\n")
    (root / "a.py").unlink()
    (root / "a.py").symlink_to(tmp_path / "outside.py")
    refused(root, patch_of(root, (Edit("a.py", 0, 1, b"S"),)), "a.py is a symbolic link")
    assert (tmp_path / "outside.py").read_bytes() == b"secret\n"


def test_a_file_that_changed_since_it_was_read(repo: Callable) -> None:
    root = repo(FILES).root
    patch = everything(root)
    (root / "pkg/b.py").write_bytes(b"mine\n")
    refused(root, patch, "pkg/b.py changed since it was read", Stale)
    (root / "pkg/b.py").unlink()
    refused(root, patch, "pkg/b.py is no longer there", Stale)
    refused(root, Patch("p", (Edit("a.py", 0, 1, b"y"),)), "nobody knows which text of a.py", Stale)


def test_a_file_that_changes_while_it_is_written(repo: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    root = repo(FILES).root
    patch = everything(root)
    really = writing_module.write_new

    def and_meanwhile(*arguments: object) -> None:
        (root / "a.py").write_bytes(b"mine\n")
        really(*arguments)  # type: ignore[arg-type]  # passed through

    monkeypatch.setattr(writing_module, "write_new", and_meanwhile)
    with pytest.raises(Stale, match=r"a\.py changed while this was being written"):
        write_patch(root, patch)
    assert (root / "a.py").read_bytes() == b"mine\n"
    assert sorted(os.listdir(root)) == [".git", "a.py", "gone.py", "pkg"]


def test_two_files_cannot_have_one_name(repo: Callable) -> None:
    root = repo(FILES).root
    refused(root, patch_of(root, moves={"a.py": "n.py"}, creates={"n.py": b""}), "two files would become n.py")
    refused(root, Patch("p", creates={"n": b"", "n/m.py": b""}), "n would be a file and a folder")


@pytest.mark.parametrize("path", ["a.py", "pkg"])
def test_what_is_read_only_is_left_alone(repo: Callable, path: str) -> None:
    """For root too, whom the system would let do it."""
    root = repo(FILES).root
    (root / path).chmod(0o444 if path == "a.py" else 0o555)
    refused(root, everything(root), "read-only")
    (root / path).chmod(0o755)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root to become somebody else")
def test_files_of_somebody_else(repo: Callable, tmp_path: Path) -> None:
    root = repo(FILES, git=False).root
    patch = everything(root)

    def as_nobody() -> None:
        os.environ["CODEAGENT_STATE_DIR"] = str(tmp_path / "nobody")
        os.setgid(65534)
        os.setuid(65534)
        write_patch(root, patch)

    base = Path(tempfile.gettempdir()).resolve()
    for folder in (root, *(parent for parent in root.parents if base in parent.parents)):
        folder.chmod(0o755)
    (tmp_path / "nobody").mkdir()
    os.chown(tmp_path / "nobody", 65534, 65534)
    before = tree(root)
    assert with_fault(as_nobody, "none", MOST)[0] == "Refused"
    assert tree(root) == before


def test_files_that_a_merge_left_in_conflict(repo: Callable) -> None:
    made = repo({"a.py": "1\n", "b.py": "1\n"})
    made.git("switch", "-qc", "other")
    made.commit("theirs", {"a.py": "2\n"})
    made.git("switch", "-q", "main")
    made.commit("ours", {"a.py": "3\n"})
    with pytest.raises(subprocess.CalledProcessError):
        made.git("rebase", "-q", "other")
    refused(made.root, patch_of(made.root, (Edit("a.py", 0, 1, b"x"),)), "a.py has a merge conflict")
    write_patch(made.root, patch_of(made.root, (Edit("b.py", 0, 1, b"x"),)))  # HEAD detached, rebase under way
    assert (made.root / "b.py").read_bytes() == b"x\n"


def test_a_state_folder_that_cannot_be_written(repo: Callable, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    root = repo(FILES).root
    (tmp_path / "state").write_text("")
    monkeypatch.setenv("CODEAGENT_STATE_DIR", str(tmp_path / "state"))
    with pytest.raises(Refused, match="could not be undone"):
        write_patch(root, everything(root))
    assert (root / "gone.py").exists()


@pytest.mark.parametrize("full", ["tree", "state"])
def test_a_disk_that_is_really_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, full: str) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("no small disk can be mounted here")
    try:
        root = disk / "repo" if full == "tree" else tmp_path / "repo"
        write_files(root, FILES)
        if full == "state":
            monkeypatch.setenv("CODEAGENT_STATE_DIR", str(disk / "state"))
        before = tree(root)
        big = Patch("p", creates={f"new/{n}.bin": os.urandom(50_000) for n in range(10)})
        with pytest.raises(Refused, match="No space left"):
            write_patch(root, big)
        assert tree(root) == before
        assert list_runs(root) == []
        write_patch(root, everything(root))
    finally:
        subprocess.run(["umount", str(disk)], check=True)


# --- others at work ---------------------------------------------------------------------------------


def test_two_at_once(repo: Callable, cli: Callable) -> None:
    root = repo(FILES).root
    write_patch(root, everything(root))
    with writing(root, lambda event: None):
        said = cli("undo", cwd=root)
    assert said.code == 4
    assert "another codeagent is writing to this repository" in said.err
    assert cli("undo", cwd=root).code == 0


def test_many_at_once_change_one_file_each(repo: Callable) -> None:
    """Whoever is refused may come again; nobody's change is lost."""
    root = repo({f"{n}.py": "x\n" for n in range(4)}).root

    def write(name: str) -> None:
        for _ in range(3000):
            try:
                write_patch(root, patch_of(root, (Edit(name, 0, 1, b"y"),)))
            except Refused:
                time.sleep(0.002)
            else:
                os._exit(0)
        os._exit(1)

    children = []
    for n in range(4):
        child = os.fork()
        if child == 0:
            write(f"{n}.py")
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 4
    assert {path.read_bytes() for path in root.glob("*.py")} == {b"y\n"}
    assert len(list_runs(root)) == 4


KILLED = """
import os, sys
from pathlib import Path
from codeagent.workspace import journal
from tests.written import everything
from codeagent.workspace.writing import write_patch
really = journal.os.replace
def slow(*arguments):
    really(*arguments)
    if ".codeagent-" in str(arguments[0]):  # a file of the tree
        journal.os.replace = really
        print("half way", flush=True)
        sys.stdin.read()
journal.os.replace = slow
write_patch(Path.cwd(), everything(Path.cwd()))
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_a_process_stopped_half_way(repo: Callable, cli: Callable, how: int) -> None:
    """The command line finishes what a dead process left, says so, and undoes it."""
    root = repo(FILES).root
    before = tree(root)
    here = Path(__file__).parent
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(here.parent), str(here)))}
    with subprocess.Popen(
        [sys.executable, "-c", KILLED], cwd=root, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        assert process.stdout is not None and process.stdout.readline() == b"half way\n"
        process.send_signal(how)
        process.wait()
    said = cli("undo", cwd=root)
    assert said.code == 0, said.err
    assert ("it has been finished" in said.err) == (how != signal.SIGINT)
    assert tree(root) == before


def test_what_was_edited_after_a_crash_is_kept(repo: Callable) -> None:
    root = repo(FILES, git=False).root
    patch = everything(root)
    met = 0
    for at in range(1, MOST):
        fresh(root)
        ended, _ = with_fault(lambda: write_patch(root, patch), "kill", at)
        if ended == "done":
            break
        found = pending(runs_of(root))
        if found is not None and found.decided and (root / "a.py").read_bytes() == FILES["a.py"]:
            met += 1
            (root / "a.py").write_bytes(b"mine\n")
            with writing(root, lambda event: None):
                pass
            assert (root / "a.py").read_bytes() == b"mine\n"
            assert (root / "new/deep/c.py").exists() and not (root / "gone.py").exists()
            assert not [path for path in tree(root) if ".codeagent-" in path]
    assert met


# --- names and numbers ------------------------------------------------------------------------------


def test_names_that_are_not_utf8(repo: Callable) -> None:
    root = repo({}).root
    folder = os.fsencode(root) + b"/caf\xe9"
    os.mkdir(folder)
    for name in (b"a\xff.py", b"b.py"):
        with open(folder + b"/" + name, "wb") as file:
            file.write(b"x = 1\n")
    before = tree(root)
    base = {name: hex_digest(b"x = 1\n") for name in ("caf\\xe9/a\\xff.py", "caf\\xe9/b.py")}
    edit = Edit("caf\\xe9/b.py", 0, 1, b"y")
    moves = {"caf\\xe9/a\\xff.py": "new/a\\xff.py"}
    write_patch(root, Patch("p", (edit,), {"caf\\xe9/c.py": b""}, moves=moves, base=base))
    assert sorted(os.listdir(folder)) == [b"b.py", b"c.py"]
    assert os.listdir(os.fsencode(root) + b"/new") == [b"a\xff.py"]
    assert undo(root).files[0] == "caf\\xe9/a\\xff.py"
    assert tree(root) == before


def test_ten_thousand_renames(repo: Callable) -> None:
    root = repo({f"old/{n % 100}/{n}.py": b"x = %d\n" % n for n in range(10_000)}, git=False).root
    before = tree(root)
    moves = {path: f"new/{path[4:]}" for path in before if before[path]}
    patch = patch_of(root, moves=moves)
    started = time.process_time()
    write_patch(root, patch)
    assert time.process_time() - started < 10
    assert sorted(path for path, one in tree(root).items() if one) == sorted(moves.values())
    undo(root)
    assert tree(root) == before


def test_old_runs_are_forgotten_before_they_take_too_much(repo: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    root = repo({}).root
    for n in range(3):
        write_patch(root, Patch(f"{n}", creates={f"{n}.bin": os.urandom(10_000)}))
    runs = runs_of(root)
    newest = runs.all()[0].id
    assert len(runs.prune(25_000)) == 1 and len(runs.all()) == 2
    assert len(runs.prune(5)) == 1 and [run.id for run in runs.all()] == [newest]


def test_a_damaged_record_is_told(repo: Callable, cli: Callable) -> None:
    root = repo(FILES).root
    run = write_patch(root, everything(root))
    folder = runs_of(root).folder
    (folder / run / "contents.zip").write_bytes(b"PK")
    said = cli("undo", cwd=root)
    assert said.code == 2 and "can no longer be read" in said.err
    (folder / "journal.json").write_bytes(b"{")
    said = cli("undo", cwd=root)
    assert said.code == 4 and "journal.json" in said.err
