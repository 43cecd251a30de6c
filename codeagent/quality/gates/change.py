"""The change that gates judge: files before and after, what differs in them, and lazily the graphs of both."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Final

from codeagent.config import Config
from codeagent.graph.deferred import deferred_graph, open_deferred
from codeagent.graph.extract import digest_of
from codeagent.graph.graph import CodeGraph
from codeagent.graph.naming import Naming
from codeagent.graph.tables import is_parsed
from codeagent.languages import for_path
from codeagent.quality.gates.gate import Gate
from codeagent.quality.gates.matching import Matching, match
from codeagent.workspace import changes
from codeagent.workspace.policy import Limits, Policy
from codeagent.workspace.submodules import Pointer

Contents = Mapping[str, bytes | None]
_TEST_FOLDERS: Final = frozenset(("test", "tests", "testdata", "__tests__", "__snapshots__", "spec", "e2e"))


@dataclass(frozen=True, slots=True)
class Claims:
    """What is said of a change: that it only refactors, which files it may touch, and the text it comes with."""

    refactor: bool = False
    allowed: tuple[str, ...] = ()  # patterns, as in .gitignore; empty: any file
    message: str | None = None
    red_first: tuple[str, ...] = ()  # tests that fail before the change and pass after it
    tests: str = "impacted"  # which tests to run: impacted | all | none
    trust: bool = False  # commands of the repository may run this once


@dataclass(frozen=True, slots=True)
class Descent:
    """Where a change stands in history: the commit that it is told against, the branch that the user compares it
    with, and the commit that it leads to; each "" where there is none."""

    commit: str = ""
    target: str = ""
    tip: str = ""


class Change:
    """Everything a gate may ask of one change. `before` and `after` hold the contents of every path that differs.

    `base` names what it is compared with. The graph of one side is opened, that of the other is made from it."""

    def __init__(
        self,
        root: Path,
        base: str,
        files: Collection[changes.Change],
        before: Contents,
        after: Contents,
        *,
        config: Config,
        opened: Callable[[], CodeGraph] | None = None,
        differing: "Differing | None" = None,
        claims: Claims | None = None,
        descent: Descent | None = None,
    ) -> None:
        self.descent = descent or Descent()
        self.root, self.base, self.config = root, base, config
        self.files = tuple(sorted(files, key=lambda one: one.path))
        self.before, self.after = before, after
        self.claims = claims or Claims()
        self.concerned: Callable[[], tuple[frozenset[str] | None, str]] = lambda: (None, "all")  # test files, and why
        self.quick = False  # whoever asks waits for it
        self.whole = False  # a tree as it is, told as if all of it had come at once
        self.untold: tuple[str, ...] = ()  # binary files of which a patch says only that they differ
        self.pointers: Callable[[], tuple[Pointer, ...]] = tuple  # submodules that stand at another commit
        self.gates: Mapping[str, Gate] = {}  # by name: what `gate` answers
        self._opened = opened or partial(open_deferred, root, config)
        self.differing = differing or Differing(base=before)

    def gate(self, name: str) -> Gate:
        """Return the declaration of a gate, with the limits in force."""
        return self.gates.get(name) or Gate(name, "", "built-in", trusted=True)

    @cached_property
    def by_path(self) -> Mapping[str, changes.Change]:
        """The files that differ, by their names after the change (deleted ones by the old)."""
        return {file.path: file for file in self.files}

    @property
    def touched(self) -> tuple[str, ...]:
        """Every path that differs, old names and new ones."""
        return tuple(sorted({path for file in self.files for path in (file.path, file.old_path)}))

    @cached_property
    def moves(self) -> Mapping[str, str]:
        """Old path to new path of renamed files."""
        return {file.old_path: file.path for file in self.files if file.status == "renamed"}

    def old_path(self, path: str) -> str:
        """Return what a path was called before."""
        file = self.by_path.get(path)
        return file.old_path if file else path

    def source_before(self, path: str) -> bytes:
        """Return the bytes of a file (by its name after the change) before it; empty where it was not there."""
        return self.before.get(self.old_path(path)) or b""

    def source_after(self, path: str) -> bytes:
        """Return the bytes of a file after the change; empty where it is gone."""
        return self.after.get(path) or b""

    def written(self, *languages: str) -> list[str]:
        """Return the paths that exist after the change and differ, of these languages or of any."""
        paths = [file.path for file in self.files if file.status != "deleted"]
        return [path for path in paths if not languages or language_of(path) in languages]

    def is_test(self, path: str) -> bool:
        """Tell whether a file is a test or what tests read: parsed as one, or data in a folder of tests."""
        for graph in (self.after_graph, self.before_graph):
            if path in graph.files and is_parsed(graph.files[path].language):
                return graph.files[path].test
        return bool(_TEST_FOLDERS.intersection(path.split("/")[:-1]))

    # --- graphs

    @cached_property
    def opened_graph(self) -> CodeGraph:
        """The graph that the others are made from: of the files on disk, or of a revision."""
        return self._opened()

    @cached_property
    def before_graph(self) -> CodeGraph:
        """The graph before the change: the index's own, where it keeps that side too."""
        kept = self.differing.kept
        return kept() if kept is not None else self._graph(self.differing.base)

    @cached_property
    def after_graph(self) -> CodeGraph:
        """The graph after the change."""
        return self._graph(self.differing.tip)

    def _graph(self, differing: Contents) -> CodeGraph:
        opened = self.opened_graph
        files = opened.files
        wanted = {
            path: data
            for path, data in differing.items()
            if (data is not None if path not in files else data is None or _digest(data) != files[path].digest)
        }
        fresh = [path for path in wanted if path not in opened.files]
        if fresh:
            policy = Policy([*opened.paths, *fresh], self._rules, limits_of(self.config))
            for path in fresh:
                if policy.reason(path, len(wanted[path] or b"")):
                    del wanted[path]
        return deferred_graph(opened, wanted) if wanted else opened

    def _rules(self, path: str) -> bytes:
        return self.differing.read(path) or b""

    @cached_property
    def before_names(self) -> Naming:
        """What the names of files stand for before the change."""
        return Naming(self.before_graph)

    @cached_property
    def after_names(self) -> Naming:
        """What the names of files stand for after the change."""
        return Naming(self.after_graph)

    @cached_property
    def matching(self) -> Matching:
        """Which definition after the change is which before it."""
        return match(self.before_graph, self.after_graph, {file.path: file.old_path for file in self.files})

    def read_before(self, path: str) -> bytes | None:
        """Return any file of the tree before the change, by its old path; None where it is not there."""
        return self._read(path, self.before, self.differing.base)

    def read_after(self, path: str) -> bytes | None:
        """Return any file of the tree after the change; None where it is not there."""
        return self._read(path, self.after, self.differing.tip)

    def _read(self, path: str, side: Contents, differing: Contents) -> bytes | None:
        for contents in (side, differing):
            if path in contents:
                return contents[path]
        return self.differing.read(path)


def _digest(data: bytes) -> str:
    return digest_of(data).hex()


def nothing(path: str) -> bytes | None:
    """Read no file at all."""
    return None


@dataclass(frozen=True, slots=True)
class Differing:
    """How the two sides of a change differ from the tree whose graph is opened."""

    base: Contents = field(default_factory=dict)
    tip: Contents = field(default_factory=dict)
    read: Callable[[str], bytes | None] = nothing  # any file of that tree
    kept: Callable[[], CodeGraph] | None = None  # opens the side before, where it is a revision that may be asked again


def limits_of(config: Config) -> Limits:
    """Return which files the settings leave out."""
    return Limits(max_bytes=config.max_file_bytes, exclude=config.exclude)


def language_of(path: str) -> str:
    """Return the name of the language of a path, "" where none is known."""
    language = for_path(path)
    return language.name if language else ""
