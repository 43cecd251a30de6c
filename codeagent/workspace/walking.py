"""Walking a folder by git's ignore rules where git itself cannot be asked."""

import os
from pathlib import Path
from typing import Final

from codeagent.workspace import process
from codeagent.workspace.ignoring import Rules
from codeagent.workspace.marks import FOREIGN
from codeagent.workspace.reading import read_rules

_METADATA: Final = frozenset((".git", ".hg", ".svn", ".bzr", ".jj", "CVS"))


def walk(root: Path, *, use_ignore: bool) -> tuple[list[str], dict[str, list[str]]]:
    """Every path under `root` that no rule ignores (POSIX, relative), and what was left out by reason.

    Links are listed, never followed. Folders of installed packages are not entered: reason "vendored"."""
    walker = _walked(root, use_ignore)
    return walker.files, walker.skipped


def folders_of(root: Path) -> set[str]:
    """Every folder that `walk` enters under the ignore rules: "" for the root, the others end in a slash."""
    return _walked(root, use_ignore=True).folders


def _walked(root: Path, use_ignore: bool) -> "_Walk":
    walker = _Walk(os.fspath(root), use_ignore)
    pending = [("", _outer_rules(root) if use_ignore else Rules())]
    while pending:
        pending.extend(walker.enter(*pending.pop()))
    return walker


class _Walk:
    def __init__(self, root: str, use_ignore: bool) -> None:
        self._base, self._use_ignore = os.path.join(root, ""), use_ignore
        self.files: list[str] = []
        self.folders: set[str] = set()
        self.skipped: dict[str, list[str]] = {}

    def enter(self, folder: str, rules: Rules) -> list[tuple[str, Rules]]:
        """Take in one folder ("" or ending in a slash); the folders to enter next, with their rules."""
        self.folders.add(folder)
        try:
            with os.scandir(self._base + folder) as entries:
                listed = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
        except OSError:
            self.skipped.setdefault("unreadable", []).append(folder)
            return []
        if self._use_ignore and (".gitignore", False) in listed:
            rules = rules.adding(folder, read_rules(Path(self._base + folder, ".gitignore")))
        below = []
        for name, is_folder in listed:
            path = folder + name
            if is_folder:
                path += "/"
                if self._enters(path, name, rules):
                    below.append((path, rules))
            elif name not in _METADATA and not (rules.layers and rules.verdict(path)):  # .git may be a file
                self.files.append(path)
        return below

    def _enters(self, path: str, name: str, rules: Rules) -> bool:
        if name in _METADATA or (rules.layers and rules.verdict(path)):
            return False
        if name in FOREIGN or os.path.exists(f"{self._base}{path}pyvenv.cfg"):
            self.skipped.setdefault("vendored", []).append(path)
            return False
        return True


def _outer_rules(root: Path) -> Rules:
    """The user's own excludes, and those of a repository at `root` that git cannot be asked about."""
    rules = Rules()
    for place in (_global_excludes(root), root / ".git" / "info" / "exclude"):
        rules = rules.adding("", read_rules(place))
    return rules


def _global_excludes(root: Path) -> Path:
    configured = b""
    try:
        asked = ("git", "config", "--global", "--type=path", "--get", "core.excludesFile")
        configured = process.run(asked, cwd=root, timeout=10.0, keep=("GIT_CONFIG_GLOBAL",)).stdout.strip()
    except process.ProgramMissing:
        pass
    if configured:
        return Path(os.fsdecode(configured))
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "git" / "ignore"
