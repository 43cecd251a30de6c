"""What happens when a program imports one module before all others: which name is asked for before it is there."""

from collections.abc import Iterator, Mapping

from codeagent.refactorings.python.binding import read_scopes
from codeagent.refactorings.python.imports import SCRIPT, TRY, TYPING, ImportStatement
from codeagent.refactorings.python.loading import Loading, packages_around

Missing = tuple[str, str]  # the file that asks, and the one that is not through yet


class FirstImports:
    """Imports of a tree, one statement after the other, as Python carries them out."""

    def __init__(self, loading: Loading) -> None:
        self._loading = loading
        self._bound: dict[str, Mapping[str, int]] = {}

    def missing(self, entry: str) -> Missing | None:
        """Return the first import that fails, once a file is imported that nothing has been imported before; None
        where none does."""
        at: dict[str, int | None] = {}  # how far each module has come; None: through
        running = [self._with_packages(entry)]
        failed: list[Missing] = []
        while running and not failed:
            wanted = next(running[-1], None)
            if wanted is None:
                running.pop()
            elif wanted not in at and wanted in self._loading.files:
                running.append(self._steps(wanted, at, failed))
        return failed[0] if failed else None

    def _with_packages(self, path: str) -> Iterator[str]:
        yield from reversed(packages_around(path))
        yield path

    def _steps(self, path: str, at: dict[str, int | None], failed: list[Missing]) -> Iterator[str]:
        """Run one module; what it imports is yielded, and has been run when the next is asked for."""
        at[path] = 0
        for statement in self._loading.statements(path):
            if statement.local or statement.guard in (SCRIPT, TYPING):
                continue
            at[path] = statement.start
            yield from self._statement(path, statement, at, failed)
        at[path] = None

    def _statement(
        self, path: str, statement: ImportStatement, at: dict[str, int | None], failed: list[Missing]
    ) -> Iterator[str]:
        module = statement.module
        target = self._loading.file(path, module) if module is not None else None
        if target is not None:
            yield from self._with_packages(target)
        for one in statement.names:
            glue = "" if module is None or module.endswith(".") else "."
            below = self._loading.file(path, one.name if module is None else f"{module}{glue}{one.name}")
            if below is not None and (target is None or not self._is_there(target, one.name, at)):
                yield from self._with_packages(below)
            elif target is not None and statement.guard != TRY and self._is_late(target, one.name, at):
                failed.append((path, target))

    def _is_there(self, path: str, name: str, at: Mapping[str, int | None]) -> bool:
        return name in self._names(path) and not self._is_late(path, name, at)

    def _is_late(self, path: str, name: str, at: Mapping[str, int | None]) -> bool:
        """Whether a module that is not through yet binds a name only further down."""
        come, bound = at.get(path), self._names(path).get(name)
        return come is not None and bound is not None and bound >= come

    def _names(self, path: str) -> Mapping[str, int]:
        """Where a module first binds each of its names."""
        if path not in self._bound:
            root, found = self._loading.root(path), dict[str, int]()
            scopes = read_scopes(root) if root is not None else None
            for use in scopes.uses.values() if scopes is not None else ():
                if scopes is not None and use.binds and use.scope is scopes.module:
                    found[use.name] = min(use.start, found.get(use.name, use.start))
            self._bound[path] = found
        return self._bound[path]
