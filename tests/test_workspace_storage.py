"""The user's folders: where they are, who may read them, and what happens where nothing can be written."""

import os
import stat
from pathlib import Path

import pytest

from codeagent.workspace import storage

needs_rights = pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write everywhere")


def test_the_environment_decides_over_the_usual_place(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert storage.state_dir().is_relative_to(home)
    assert storage.state_dir().name == "codeagent"
    monkeypatch.setenv("CODEAGENT_STATE_DIR", str(tmp_path / "own"))
    assert storage.state_dir() == tmp_path / "own"
    monkeypatch.setenv("CODEAGENT_STATE_DIR", "~/own")
    assert storage.state_dir() == home / "own"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CODEAGENT_STATE_DIR", "own")
    assert storage.state_dir() == tmp_path / "own"


def test_a_folder_is_made_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b"
    assert storage.private_folder(path) == storage.Storage(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o700
    assert list(path.iterdir()) == []
    path.chmod(0o755)
    storage.private_folder(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o700


def test_a_file_in_its_place_is_told(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("")
    found = storage.private_folder(tmp_path / "cache")
    assert found.path is None
    assert "is a file" in found.problem
    below = storage.private_folder(tmp_path / "cache" / "below")
    assert below.path is None
    assert "cannot be written to" in below.problem


@needs_rights
def test_a_read_only_place_is_told(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0o500)
    found = storage.private_folder(tmp_path / "closed" / "cache")
    assert found.path is None
    assert "Permission denied" in found.problem


@pytest.mark.skipif(not Path("/proc/version").exists(), reason="needs a place where even root cannot write")
def test_a_place_where_nothing_can_be_written_is_told() -> None:
    found = storage.private_folder(Path("/proc/codeagent"))
    assert found.path is None
    assert "cannot be written to" in found.problem


def test_each_repository_has_its_own_folder(tmp_path: Path) -> None:
    one, two = tmp_path / "x" / "shop", tmp_path / "y" / "shop"
    for folder in (one, two):
        folder.mkdir(parents=True)
    (tmp_path / "link").symlink_to(one)
    base = tmp_path / "cache"
    assert storage.repository_folder(base, one) != storage.repository_folder(base, two)
    assert storage.repository_folder(base, one).name.startswith("shop-")
    assert storage.repository_folder(base, one).parent == base
    assert (
        storage.repository_folder(base, tmp_path / "link").name[-16:] == storage.repository_folder(base, one).name[-16:]
    )
    odd = storage.repository_folder(base, tmp_path / "../wéird näme\n" / "..").name
    assert odd.isascii()
    assert "/" not in odd
    assert storage.repository_folder(base, Path("/")).name.startswith("root-")
