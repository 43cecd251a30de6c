"""Import circles that a change would make: modules that could then not be imported before one another."""

from collections.abc import Iterable

from codeagent.refactorings.python.loading import Loading


def new_circle(before: Loading, after: Loading, written: Iterable[str]) -> list[str]:
    """Return the files of an import circle that is there only after a change; [] where there is none.

    `written` are the files that the change writes, by their new paths. The package around a module does not count."""
    moves = {old: new for new, old in after.sources.items()}
    for path in sorted(written):
        if path not in after.files or not path.endswith((".py", ".pyi")):
            continue
        old = after.sources.get(path, path)
        known = {moves.get(one, one) for one in before.of(old)} if old in before.files else set()
        for target in sorted(after.of(path) - known):
            found = after.way(target, path)
            if found and not _circle_before(before, old, after.sources.get(target, target)):
                return [path, *found]
    return []


def _circle_before(before: Loading, first: str, second: str) -> bool:
    return {first, second} <= before.files and bool(before.way(first, second) and before.way(second, first))
