"""What was called otherwise before: ids and paths carried forward through the steps of a plan, and back again."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Renames:
    """What each step before calls otherwise: old id or path to new one, one table a step."""

    steps: tuple[Mapping[str, str], ...] = ()
    _back: tuple[Mapping[str, str], ...] = field(default=(), repr=False)

    def adding(self, renamed: Mapping[str, str], moves: Mapping[str, str]) -> "Renames":
        """Return these and those of one more step."""
        table = {**moves, **renamed}
        return Renames((*self.steps, table), (*self._back, {new: old for old, new in table.items()}))

    def now(self, name: str) -> str:
        """Return what an id or path of the beginning is called after all steps."""
        for table in self.steps:
            name = _called(name, table)
        return name

    def once(self, name: str) -> str:
        """Return what an id or path of now was called in the beginning; itself where it was not there."""
        for table in reversed(self._back):
            name = _called(name, table)
        return name


def _called(name: str, table: Mapping[str, str]) -> str:
    """The name with the longest part of it that the table knows called otherwise."""
    path, mark, inner = name.partition("::")
    parts = inner.split(".") if mark else []
    for count in range(len(parts), 0, -1):
        head = f"{path}::{'.'.join(parts[:count])}"
        if head in table:
            return ".".join([table[head], *parts[count:]])
    return table.get(path, path) + mark + inner
