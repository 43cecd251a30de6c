"""Writing a patch to a real tree: all or nothing, whatever stands in the way and whenever the process dies."""

import os
import stat
from collections.abc import Callable

from codeagent.workspace.runs import runs_of
from codeagent.workspace.writing import write_patch
from tests.written import FILES, everything, tree


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
