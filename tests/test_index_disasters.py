"""What befalls a cache: kills, rivals, full disks, damage. Never a wrong answer, never a traceback."""

import gc
import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Ran, Repo
from random_project import RandomProject

from codeagent.config import load_config
from codeagent.domain.events import Event, Notice
from codeagent.graph.cachefolder import index_path
from codeagent.graph.graph import CodeGraph
from codeagent.graph.maintenance import differences
from codeagent.graph.update import open_graph

PACKAGE = Path(__file__).parent.parent
RIVAL = """
import sys
from pathlib import Path
from codeagent.config import load_config
from codeagent.graph.update import open_graph
root = Path(sys.argv[1])
graph = open_graph(root, None, None, load_config(root), rebuild=len(sys.argv) > 2)
print(sum(len(links.edges) for _, links in graph.all_links()))
"""


def start(root: Path, *arguments: str) -> "subprocess.Popen[str]":
    """A real process that brings the index up to date and prints how much it linked."""
    return subprocess.Popen(
        [sys.executable, "-c", RIVAL, str(root), *arguments],
        env={**os.environ, "PYTHONPATH": str(PACKAGE)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def is_right(root: Path) -> None:
    """Check the index against one that is built from nothing."""
    config = load_config(root)
    kept = open_graph(root, None, None, config)
    assert differences(kept, open_graph(root, None, None, config, in_memory=True)) == ()


def notices_of(root: Path) -> tuple[CodeGraph, list[str]]:
    """Open the graph and collect what it has to say."""
    said: list[Event] = []
    graph = open_graph(root, None, said.append, load_config(root))
    return graph, [event.text for event in said if isinstance(event, Notice)]


@pytest.fixture
def project(tmp_path: Path) -> RandomProject:
    root = tmp_path / "project"
    root.mkdir()
    return RandomProject(root, 7)


@pytest.fixture
def database(project: RandomProject) -> Path:
    """The file that holds the index, after a first run."""
    config = load_config(project.root)
    close(open_graph(project.root, None, None, config))
    return index_path(config.cache_dir, project.root)


def close(graph: CodeGraph) -> None:
    graph.close()


def test_killed_at_any_instant(project: RandomProject) -> None:
    chance = random.Random(1)
    began = time.monotonic()
    start(project.root).communicate()
    whole = time.monotonic() - began
    for _ in range(5):
        project.step()
        running = start(project.root, *(["rebuild"] if chance.random() < 0.5 else []))
        time.sleep(chance.uniform(0.3, 1.0) * whole)
        running.send_signal(signal.SIGKILL)
        running.communicate()
        is_right(project.root)


def test_two_at_once(project: RandomProject) -> None:
    for _ in range(3):
        project.step()
        rivals = [start(project.root, *rebuild) for rebuild in ((), ("rebuild",), ())]
        answers = [rival.communicate(timeout=120) for rival in rivals]
        assert [rival.returncode for rival in rivals] == [0, 0, 0], answers
        assert len({out for out, _ in answers}) == 1
        is_right(project.root)


def test_another_edit_while_a_graph_is_open(project: RandomProject, database: Path) -> None:
    config = load_config(project.root)
    graph = open_graph(project.root, None, None, config)
    expected = {path: open_graph(project.root, None, None, config, in_memory=True).links(path) for path in graph.files}
    for _ in range(3):
        project.step()
        start(project.root).communicate()
    found = dict(graph.all_links())
    assert all(found[path] == expected[path] for path in found)


@pytest.mark.parametrize("seed", range(6))
def test_damage_anywhere(project: RandomProject, database: Path, seed: int) -> None:
    chance = random.Random(seed)
    content = bytearray(database.read_bytes())
    for _ in range(chance.choice((1, 5, 400))):
        content[chance.randrange(len(content))] = chance.randrange(256)
    expected = [
        symbol.id for symbol in open_graph(project.root, config=load_config(project.root)).find_symbols("a", 500)
    ]
    database.write_bytes(content)
    graph = open_graph(project.root, config=load_config(project.root))
    assert [symbol.id for symbol in graph.find_symbols("a", 500)] == expected
    is_right(project.root)


@pytest.mark.parametrize("what", ["truncated", "empty", "text", "zeros", "head", "a table dropped", "a folder"])
def test_not_a_database_any_more(project: RandomProject, database: Path, what: str) -> None:
    content = database.read_bytes()
    if what == "a table dropped":
        with sqlite3.connect(database) as db:
            db.execute("DROP TABLE links")
    elif what == "a folder":
        database.unlink()
        database.mkdir()
    else:
        damaged = {
            "truncated": content[: len(content) // 3],
            "empty": b"",
            "text": b"hello\n" * 400,
            "zeros": bytes(9000),
        }
        database.write_bytes(damaged.get(what, b"\xff" * 64 + content[64:]))
    is_right(project.root)


def test_a_blob_that_is_flipped_is_made_again(project: RandomProject, database: Path) -> None:
    for table in ("facts", "links", "snapshots"):
        column = "body" if table == "snapshots" else "blob"
        with sqlite3.connect(database) as db:
            for row, blob in db.execute(f"SELECT rowid, {column} FROM {table}").fetchall():
                flipped = blob[:-1] + bytes([blob[-1] ^ 1]) if blob else blob
                db.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (flipped, row))
        is_right(project.root)


def test_rows_that_vanish_are_made_again(project: RandomProject, database: Path) -> None:
    for table in ("facts", "links"):
        with sqlite3.connect(database) as db:
            db.execute(f"DELETE FROM {table}")
        is_right(project.root)
        project.step()
        is_right(project.root)


def test_an_older_schema_is_replaced(project: RandomProject, database: Path) -> None:
    with sqlite3.connect(database) as db:
        db.execute("PRAGMA user_version = 99")
        db.execute("CREATE TABLE legacy (x)")
    is_right(project.root)
    with sqlite3.connect(database) as db:
        assert "legacy" not in {row[0] for row in db.execute("SELECT name FROM sqlite_master")}


def test_a_locked_index_is_left_alone(project: RandomProject, database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("codeagent.graph.store.BUSY_SECONDS", 0.2)
    rival = sqlite3.connect(database, isolation_level=None)
    rival.execute("BEGIN EXCLUSIVE")
    project.step()
    graph, said = notices_of(project.root)
    rival.execute("ROLLBACK")
    assert any("in memory" in text for text in said)
    assert differences(graph, open_graph(project.root, None, None, load_config(project.root), in_memory=True)) == ()


def test_no_room_left(project: RandomProject) -> None:
    """A limit on the size of files stands for a full disk: writes fail midway."""
    limit = "import resource, signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
    code = f"{limit}resource.setrlimit(resource.RLIMIT_FSIZE, (40000, 40000)){RIVAL}"
    full = subprocess.run(
        [sys.executable, "-c", code, str(project.root)],
        env={**os.environ, "PYTHONPATH": str(PACKAGE)},
        capture_output=True,
        text=True,
        check=False,
    )
    roomy, _ = start(project.root).communicate()
    assert (full.returncode, full.stdout, full.stderr) == (0, roomy, "")
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 40000


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_really_full_disk(project: RandomProject, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", small], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("a small file system cannot be mounted here")
    try:
        os.environ["CODEAGENT_CACHE_DIR"] = str(small)
        graph, said = notices_of(project.root)
        assert any("in memory" in text for text in said)
        assert differences(graph, open_graph(project.root, None, None, load_config(project.root), in_memory=True)) == ()
    finally:
        del os.environ["CODEAGENT_CACHE_DIR"]
        subprocess.run(["umount", "-l", small], check=True)


@pytest.mark.parametrize("obstacle", ["a file in the way", "no permission"])
def test_a_cache_that_cannot_be_written(
    project: RandomProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, obstacle: str
) -> None:
    cache = tmp_path / "cache"
    if obstacle == "a file in the way":
        cache.write_text("not a folder")
    else:
        cache.mkdir()
        cache.chmod(0o500)
        if os.access(cache, os.W_OK):
            pytest.skip("this user may write everywhere")
    monkeypatch.setenv("CODEAGENT_CACHE_DIR", str(cache))
    graph, said = notices_of(project.root)
    assert any("in memory" in text for text in said)
    assert graph.files


def test_a_read_only_cache_file_system(project: RandomProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = tmp_path / "cache"
    cache.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", cache], capture_output=True, check=False
    ).returncode:
        pytest.skip("a file system cannot be mounted here")
    try:
        monkeypatch.setenv("CODEAGENT_CACHE_DIR", str(cache))
        graph, said = notices_of(project.root)
        assert any("in memory" in text for text in said)
        assert graph.files
    finally:
        subprocess.run(["umount", "-l", cache], check=True)


def test_the_repository_is_never_written_to(cli: Callable[..., Ran], repo: Callable[..., Repo]) -> None:
    made = repo({"a.py": "def a(): ...\n", "sub/b.py": "from a import a\na()\n"})
    before = {path: path.stat().st_mtime_ns for path in made.root.rglob("*")}
    for arguments in ((), ("--verify",), ("--rebuild",), ("--prune",), ("--stats",)):
        assert cli("index", *arguments, cwd=made.root).code == 0
    assert {path: path.stat().st_mtime_ns for path in made.root.rglob("*")} == before


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="the system does not list descriptors")
def test_graphs_that_are_forgotten_hold_no_descriptors(repo: Callable[..., Repo]) -> None:
    """A server opens one graph after the other."""
    root = repo({"a.py": "x = 1\n"}).root
    held = []
    for _ in range(12):
        open_graph(root, None, None, load_config(root))
        gc.collect()
        held.append(len(os.listdir("/proc/self/fd")))
    assert held[-1] <= held[2], held
