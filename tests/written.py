"""What the tests of writing share: a tree to write to, patches of it, and what it holds."""

import os
import shutil
import stat
from collections.abc import Mapping
from pathlib import Path

from codeagent.domain.patch import Edit, Patch, hex_digest
from codeagent.workspace.storage import state_dir
from tests.conftest import write_files

MOST = 400  # calls of one write; far more than there are
FILES = {"a.py": b"x = 1\r\n", "pkg/__init__.py": b"", "pkg/b.py": b"\xef\xbb\xbfy = 2", "gone.py": b"z = 3\n"}


def tree(root: Path) -> dict[str, tuple[bytes, int] | None]:
    """Every file with its bytes and permission bits, and every folder, but for git's own."""
    found: dict[str, tuple[bytes, int] | None] = {}
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name != ".git"]
        for name in folders:
            found[os.path.relpath(os.path.join(folder, name), root)] = None
        for name in names:
            path = Path(folder, name)
            found[os.path.relpath(path, root)] = (path.read_bytes(), stat.S_IMODE(path.stat().st_mode))
    return found


def patch_of(root: Path, edits: tuple[Edit, ...] = (), **rest: object) -> Patch:
    """A patch with the digests of what it touches."""
    moves, deletes = rest.get("moves", {}), rest.get("deletes", ())
    assert isinstance(moves, Mapping) and isinstance(deletes, tuple)
    read = {edit.path for edit in edits}.union(moves, deletes)
    return Patch("test", edits, base={path: hex_digest((root / path).read_bytes()) for path in read}, **rest)  # type: ignore[arg-type]  # given as they are


def everything(root: Path) -> Patch:
    """Edits, a new file in a new folder, a move with an edit, one without, and a deletion."""
    return patch_of(
        root,
        (Edit("a.py", 4, 5, b"10"), Edit("pkg/b.py", 3, 4, b"why")),
        creates={"new/deep/c.py": b"c = 1\n"},
        moves={"pkg/b.py": "moved/b.py", "pkg/__init__.py": "moved/__init__.py"},
        deletes=("gone.py",),
    )


def fresh(root: Path) -> Path:
    """The tree and the state folder as if nothing had ever been written."""
    for folder in (root, state_dir()):
        shutil.rmtree(folder, ignore_errors=True)
    write_files(root, FILES)
    return root
