"""`codeagent index` as a user meets it."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

from conftest import Ran, Repo

from codeagent.config import load_config
from codeagent.graph.cachefolder import index_path

FILES = {
    "shop.py": "class Cart:\n    def total(self):\n        return price()\n\ndef price(): ...\n",
    "use.py": "from shop import Cart\nCart().total()\n",
    "picture.png": b"\x89PNG\0",
    "notes.md": "# notes\n",
    "broken.py": "def (:\n",
}
Run = Callable[..., Ran]


def answer(ran: Ran) -> dict:
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


def test_it_says_what_it_indexed_and_what_it_skipped(invoke: Run, repo: Callable[..., Repo]) -> None:
    root = repo(FILES).root
    said = answer(invoke("index", "--repo", root, "--format", "json"))
    assert (said["schema_version"], said["root"]) == (1, str(root))
    assert said["freshness"]["files"] == 4
    assert said["freshness"]["parse_errors"] == 1
    assert said["skipped"] == {"binary": 1}


def test_stats(invoke: Run, repo: Callable[..., Repo]) -> None:
    stats = answer(invoke("index", "--repo", repo(FILES).root, "--stats", "--format", "json"))["stats"]
    assert stats["languages"]["python"]["files"] == 3
    assert stats["symbols"] >= 3
    assert 0 < stats["index_bytes"] <= stats["cache_bytes"] < stats["cache_limit"]


def test_verify_finds_what_differs(invoke: Run, repo: Callable[..., Repo]) -> None:
    made = repo(FILES)
    assert invoke("index", "--repo", made.root, "--verify").code == 0
    database = index_path(load_config(made.root).cache_dir, made.root)
    tamper_with_links(database)
    ran = invoke("index", "--repo", made.root, "--verify", "--format", "json")
    assert ran.code == 1
    assert "use.py" in json.loads(ran.out)["different"]
    assert invoke("index", "--repo", made.root, "--rebuild").code == 0
    assert invoke("index", "--repo", made.root, "--verify").code == 0


def tamper_with_links(database: Path) -> None:
    """Give every file the links of another, with checksums that fit."""
    with sqlite3.connect(database) as db:
        rows = db.execute("SELECT id, crc, blob FROM links ORDER BY id").fetchall()
        for (row, _, _), (_, crc, blob) in zip(rows, rows[1:] + rows[:1], strict=True):
            db.execute("UPDATE links SET crc = ?, blob = ? WHERE id = ?", (crc, blob, row))


def test_prune_forgets_revisions(invoke: Run, repo: Callable[..., Repo]) -> None:
    made = repo(FILES)
    first = made.git("rev-parse", "HEAD")
    made.commit("more", {"more.py": "from shop import price\nprice()\n"})
    for revision in (first, "HEAD"):
        assert invoke("query", "find", "price", "--rev", revision, "--repo", made.root).code == 0
    stats = answer(invoke("index", "--repo", made.root, "--stats", "--format", "json"))["stats"]
    assert stats["revisions"] == 2
    stats = answer(invoke("index", "--repo", made.root, "--prune", "--stats", "--format", "json"))["stats"]
    assert stats["revisions"] == 0


def test_the_size_of_the_cache_is_bounded(cli: Run, repo: Callable[..., Repo]) -> None:
    many = {f"m{number}.py": f"def f{number}(): ...\n" * 400 for number in range(40)}
    for name in ("one", "two", "three"):
        root = repo(many, name=name, git=False).root
        assert cli("--set", "cache_megabytes=1", "index", "--repo", root).code == 0
    kept = list(load_config(root).cache_dir.glob("*/index.db"))
    assert kept == [index_path(load_config(root).cache_dir, root)]


def test_contradicting_options(invoke: Run, repo: Callable[..., Repo]) -> None:
    ran = invoke("index", "--repo", repo(FILES).root, "--verify", "--prune")
    assert (ran.code, "exclude each other" in ran.err) == (2, True)


def test_unusable_roots(invoke: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for path in (tmp_path / "nowhere", tmp_path / "file"):
        ran = invoke("index", "--repo", path)
        assert ran.code == 2
        assert len(ran.err.strip().splitlines()) <= 2
    (tmp_path / "empty").mkdir()
    assert invoke("index", "--repo", tmp_path / "empty").code == 0
