"""Import circles that a change would make: modules that could then not be imported before one another."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from posixpath import dirname

from codeagent.languages import BY_NAME, syntax
from codeagent.languages.language import Modules
from codeagent.refactorings.python.imports import SCRIPT, TYPING, ImportStatement, read_imports
from codeagent.refactorings.python.modules import PythonModules


@dataclass(frozen=True, slots=True)
class _Files:
    """A tree of file names alone, for a module finder."""

    paths: frozenset[str]
    packages: Mapping[str, str] = field(default_factory=dict)

    def read(self, path: str) -> bytes:
        """Python's finder reads no manifests."""
        return b""


def new_circle(modules: PythonModules, contents: Mapping[str, bytes | None], moves: Mapping[str, str]) -> list[str]:
    """Return the files of an import circle that is there only after a change; [] where there is none.

    `contents` are the files written, by their new paths; `moves` maps old paths to new ones. Imports in functions,
    for type checkers and for scripts alone do not count, nor does the package around a module."""
    before = _Imports(modules, frozenset(modules.code.graph.files))
    gone = {path for path, content in contents.items() if content is None} | moves.keys()
    files = frozenset((before.files - gone) | {path for path, content in contents.items() if content is not None})
    after = _Imports(modules, files, contents, {new: old for old, new in moves.items()})
    for path in sorted(contents):
        if contents[path] is None or not path.endswith((".py", ".pyi")):
            continue
        old = after.sources.get(path, path)
        known = {moves.get(one, one) for one in before.of(old)} if old in before.files else set()
        for target in sorted(after.of(path) - known):
            found = after.way(target, path)
            if found and not _circle_before(before, old, after.sources.get(target, target)):
                return [path, *found]
    return []


def _circle_before(before: "_Imports", first: str, second: str) -> bool:
    return {first, second} <= before.files and bool(before.way(first, second) and before.way(second, first))


class _Imports:
    """Which file imports which, when it is imported itself."""

    def __init__(
        self,
        modules: PythonModules,
        files: frozenset[str],
        contents: Mapping[str, bytes | None] | None = None,
        sources: Mapping[str, str] | None = None,
    ) -> None:
        make = BY_NAME["python"].modules
        assert make is not None
        self.files, self.sources = files, sources or {}
        self._modules, self._contents = modules, contents or {}
        self._finder: Modules = make(_Files(files))
        self._known: dict[str, set[str]] = {}

    def of(self, path: str) -> set[str]:
        """Return the files that importing a file imports at once, the packages around it left out."""
        if path not in self._known:
            found = {one for statement in self._statements(path) for one in self._targets(path, statement)}
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

    def _statements(self, path: str) -> list[ImportStatement]:
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
            below = self._file(path, f"{statement.module}{glue}{one.name}")
            found |= self._packages(path, statement.module, exempt=below is not None)
            if below is not None:
                found.add(below)
        return found

    def _packages(self, path: str, spec: str, exempt: bool = True) -> set[str]:
        """The file of a module and of the packages above it, which are imported first."""
        target = self._file(path, spec)
        if target is None:
            return set()
        own = set(_inits(path))
        found = {one for one in _inits(target) if one in self.files and one not in own}
        return found if exempt and target in own else found | {target}

    def _file(self, path: str, spec: str) -> str | None:
        found = self._finder.find(path, spec)
        return found[0].path if found and found[0].path in self.files else None


def _inits(path: str) -> list[str]:
    """The `__init__` files of the folders around a file."""
    found, folder = [], dirname(path)
    while folder:
        found.append(f"{folder}/__init__.py")
        folder = dirname(folder)
    return found
