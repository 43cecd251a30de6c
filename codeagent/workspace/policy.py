"""Deciding by names, ignore files and attributes which of a snapshot's files are left out."""

from dataclasses import dataclass
from typing import Final

from codeagent.workspace import ignoring, marks

DEFAULT_MAX_BYTES: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """What discovery leaves out; `keep` names reasons (such as "vendored") that do not count.

    `exclude` holds patterns, as in .gitignore at the root, of the user's settings."""

    max_bytes: int = DEFAULT_MAX_BYTES
    use_ignore: bool = True  # False: `--no-ignore`, ignore files of all kinds say nothing
    keep: frozenset[str] = frozenset()
    exclude: tuple[str, ...] = ()


class Policy:
    """The rules of one snapshot; reads only the few files that hold rules, through `read` (empty where it cannot)."""

    def __init__(self, paths: list[str], read: ignoring.Reader, limits: Limits) -> None:
        self._limits = limits
        rules = ignoring.own_rules(paths, read) if limits.use_ignore else ignoring.Rules()
        self._rules = rules.adding("", "\n".join(limits.exclude).encode())
        self._said = ignoring.linguist_marks(paths, read)
        self._vendored = marks.vendored_folders(paths)
        self._foreign: dict[str, bool] = {}  # by folder

    def reason(self, path: str, size: int) -> str | None:
        """Why the file is left out (a key of `marks.REASONS`), or None."""
        folder, _, name = path.rpartition("/")
        foreign = self._foreign.get(folder)
        if foreign is None:
            foreign = self._foreign[folder] = self._is_foreign(folder)
        reason = marks.name_reason(name)
        if self._rules.layers and self._rules.verdict(path):
            reason = "ignored"
        elif reason != "binary" and (foreign or self._said):
            reason = self._by_folder(path, reason, foreign)
        if reason is None:
            reason = "too-large" if size > self._limits.max_bytes else None
        return None if reason in self._limits.keep else reason

    def _by_folder(self, path: str, reason: str | None, foreign: bool) -> str | None:
        """Somebody else's code, unless .gitattributes say otherwise."""
        said = self._said(path) if self._said else None
        if said is not None:
            return said or None
        return "vendored" if foreign else reason

    def _is_foreign(self, folder: str) -> bool:
        return marks.is_foreign(folder) or (folder + "/").startswith(self._vendored)
