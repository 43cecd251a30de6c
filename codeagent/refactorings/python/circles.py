"""Import circles that a change would make: modules that could then not be imported before one another."""

from collections.abc import Iterable

from codeagent.refactorings.python.first_imports import FirstImports
from codeagent.refactorings.python.loading import Loading


def new_circle(before: Loading, after: Loading, written: Iterable[str]) -> list[str]:
    """Return the files of an import circle that is there only after a change; [] where there is none.

    `written` are the files that the change writes, by their new paths. The package around a module does not count.
    Within a circle that was there before, a change may import more as long as whoever comes first still can."""
    moves = {old: new for new, old in after.sources.items()}
    inside: dict[str, None] = {}
    for path in sorted(written):
        if path not in after.files or not path.endswith((".py", ".pyi")):
            continue
        old = after.sources.get(path, path)
        known = {moves.get(one, one) for one in before.of(old)} if old in before.files else set()
        for target in sorted(after.of(path) - known):
            found = after.way(target, path)
            if found and not _circle_before(before, old, after.sources.get(target, target)):
                return [path, *found]
            inside.update(dict.fromkeys(found))
    return _closed(before, after, inside)


def _circle_before(before: Loading, first: str, second: str) -> bool:
    return {first, second} <= before.files and bool(before.way(first, second) and before.way(second, first))


def _closed(before: Loading, after: Loading, entries: Iterable[str]) -> list[str]:
    """The circle in which one of the files can be imported first no longer, and could before."""
    now, then = FirstImports(after), FirstImports(before)
    for entry in entries:
        failed = now.missing(entry)
        old = after.sources.get(entry, entry)
        if failed is not None and (old not in before.files or then.missing(old) is None):
            return [failed[0], *after.way(failed[1], failed[0])]
    return []
