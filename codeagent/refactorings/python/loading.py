"""Which Python files load which when they are imported, as a tree is and as a change would make it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from posixpath import dirname
from typing import Self

from codeagent.languages import BY_NAME, syntax
from codeagent.languages.language import Modules
from codeagent.languages.syntax import Node
from codeagent.refactorings.python.imports import SCRIPT, TYPING, ImportStatement, read_imports
from codeagent.refactorings.python.modules import ROOTS, PythonModules


@dataclass(frozen=True, slots=True)
class _Files:
    """A tree of file names alone, for a module finder."""

    paths: frozenset[str]
    packages: Mapping[str, str] = field(default_factory=dict)

    def read(self, path: str) -> bytes:
        """Python's finder reads no manifests."""
        return b""


class Loading:
    """Which file imports which, when it is imported itself.

    Imports in functions, for type checkers and for scripts alone do not count."""

    def __init__(
        self,
        modules: PythonModules,
        files: frozenset[str],
        contents: Mapping[str, bytes | None] | None = None,
        sources: Mapping[str, str] | None = None,
    ) -> None:
        self.files, self.sources = files, sources or {}
        self._modules, self._contents = modules, contents or {}
        finder = BY_NAME["python"].finder(_Files(files))
        assert finder is not None
        self._finder: Modules = finder
        self._known: dict[str, set[str]] = {}

    @classmethod
    def of_tree(cls, modules: PythonModules) -> Self:
        """Return what files load as they are."""
        return cls(modules, frozenset(modules.code.graph.files))

    def changed(self, contents: Mapping[str, bytes | None], moves: Mapping[str, str]) -> "Loading":
        """Return what they would load after a change, with the files written and, of moved ones, the new paths."""
        gone = {path for path, content in contents.items() if content is None} | moves.keys()
        files = frozenset((self.files - gone) | {path for path, content in contents.items() if content is not None})
        return Loading(self._modules, files, contents, {new: old for old, new in moves.items()})

    def of(self, path: str) -> set[str]:
        """Return the files that importing a file imports at once, the packages around it left out."""
        if path not in self._known:
            found = {one for statement in self.statements(path) for one in self._targets(path, statement)}
            self._known[path] = found - {path}
        return self._known[path]

    def way(self, start: str, goal: str) -> list[str]:
        """Return the files from one to another along imports, both included; [] where there is no way."""
        came: dict[str, str] = {start: ""}
        queue = [start]
        for path in queue:
            if path == goal:
                way = [path]
                while came[way[-1]]:
                    way.append(came[way[-1]])
                return way[::-1]
            for one in sorted(self.of(path)):
                if one not in came:
                    came[one] = path
                    queue.append(one)
        return []

    def all_of(self, paths: Iterable[str]) -> set[str]:
        """Return the files that importing files imports in the end: they, the packages around them, and so on."""
        found: set[str] = set()
        pending = [*paths]
        while pending:
            path = pending.pop()
            if path not in found:
                found.add(path)
                pending.extend(self.of(path))
                pending.extend(one for one in packages_around(path) if one in self.files)
        return found

    def root(self, path: str) -> Node | None:
        """Return the tree of a file; None where it is no Python."""
        content = self._contents.get(path)
        if content is not None:
            return syntax.parse("python", content)
        old = self.sources.get(path, path)
        return self._modules.code.tree(old) if self._modules.code.language(old) == "python" else None

    def statements(self, path: str) -> list[ImportStatement]:
        """Return the import statements of a file, in source order."""
        content = self._contents.get(path)
        if content is not None:
            return read_imports(syntax.parse("python", content))
        old = self.sources.get(path, path)
        return self._modules.imports(old) if self._modules.code.language(old) == "python" else []

    def _targets(self, path: str, statement: ImportStatement) -> set[str]:
        if statement.local or statement.guard in (SCRIPT, TYPING):
            return set()
        found: set[str] = set()
        for one in statement.names:
            if statement.module is None:
                found |= self._packages(path, one.name)
                continue
            glue = "" if statement.module.endswith(".") else "."
            below = self.file(path, f"{statement.module}{glue}{one.name}")
            found |= self._packages(path, statement.module, exempt=below is not None)
            if below is not None:
                found.add(below)
        return found

    def _packages(self, path: str, spec: str, exempt: bool = True) -> set[str]:
        """The file of a module and of the packages above it, which are imported first."""
        target = self.file(path, spec)
        if target is None:
            return set()
        own = set(packages_around(path))
        found = {one for one in packages_around(target) if one in self.files and one not in own}
        return found if exempt and target in own else found | {target}

    def file(self, path: str, spec: str) -> str | None:
        """Return the file of a module as a file names it; None outside the tree, and for a folder."""
        found = self._finder.find(path, spec)
        return found[0].path if found and found[0].path in self.files else None


def across(before: Loading, after: Loading, written: Iterable[str]) -> tuple[str, str] | None:
    """Return a written file below `src` or `lib` and one beside that folder that it comes to import; None for none.

    What lies there is installed without what lies beside it."""
    for path in sorted(written):
        top, mark, _ = path.partition("/")
        if not mark or top not in ROOTS or path not in after.files or f"{top}/__init__.py" in after.files:
            continue
        old = after.sources.get(path, path)
        known = {one.partition("/")[0] for one in before.of(old)} if old in before.files else set()
        beside = (one for one in sorted(after.of(path)) if one.partition("/")[0] not in (top, *known))
        if (found := next(beside, None)) is not None:
            return path, found
    return None


def packages_around(path: str) -> list[str]:
    """Return the `__init__` files of the folders around a file, whether they are there or not."""
    found, folder = [], dirname(path)
    while folder:
        found.append(f"{folder}/__init__.py")
        folder = dirname(folder)
    return found
