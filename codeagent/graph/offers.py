"""What changed files offer to others, compared by value: what gives what it gave cannot be noticed anywhere else.

Both snapshots are asked, each by an evaluator of its own, so equal means equal: nothing is assumed of what lies further
away. The names of a function's own have their effect through what the function gives, calls and sets; where all of that
is equal, they have none. A value is compared, not what can be reached from it: a definition that did change goes by its
own name, and whatever rests on that name rests on the change as well."""

from typing import Final

from codeagent.graph.comparing import ComparedFile
from codeagent.graph.interface import Interface, keys_of
from codeagent.graph.keys import Item
from codeagent.graph.likeness import Side
from codeagent.graph.renamings import NO_RENAMING, Renaming
from codeagent.graph.seeds import Seeds
from codeagent.graph.shelf import ChangedError

_MOST: Final = 400  # pairs that are compared; where more differ, something will be noticed


class TooManyError(Exception):
    """So much differs that comparing it would take longer than it saves."""


class Offers:
    """Compares what the files offer that differ between two snapshots."""

    def __init__(self, before: Side, after: Side, renaming: Renaming = NO_RENAMING) -> None:
        self._before, self._after, self._renaming = before, after, renaming
        both = [path for path in after.interfaces if path in before.interfaces]
        self._files = [ComparedFile(path, before, after, renaming) for path in both]
        alone = (one for side in (before, after) for path, one in side.interfaces.items() if path not in both)
        self._alone = {key for one in alone for key in keys_of(one.items)}  # of files that came or went
        self._by_path = {file.path: file for file in self._files}
        self._judged: dict[tuple[str, int], bool] = {}

    def certain(self) -> set[str]:
        """Return the keys of what came, went, or cannot be compared."""
        return {key for file in self._files for key in file.unmatched()} | self._alone

    def noticed(self) -> Seeds:
        """Return what others may notice. Raises TooManyError."""
        if sum(len(file.candidates) for file in self._files) > _MOST:
            raise TooManyError
        keys = set(self._alone)
        own: set[str] = set()
        same: dict[str, set[int]] = {}
        for file in self._files:
            alike = file.compare()
            keys.update(key for one in file.noticed(alike) for key in self._renaming.both(one))
            own |= file.own | file.exchanged
            same[file.path] = file.as_it_is(alike | file.inner)
        return Seeds(keys, own - keys, same)

    def is_same(self, interface: Interface, path: str, item: Item) -> bool:
        """Tell whether an item of a file as it is now offers what it did, whatever it rests on; False where unclear."""
        known = self._judged.get((path, item[0]))
        if known is None:
            known = len(self._judged) < _MOST and self._judge(interface, path, item)
            self._judged[path, item[0]] = known
        return known

    def _judge(self, interface: Interface, path: str, item: Item) -> bool:
        file = self._by_path.get(path)
        if file is None and path in self._after.interfaces:
            return False  # it came with its file
        if file is None:
            self._before.others[path] = self._after.others[path] = interface
            file = self._by_path[path] = ComparedFile(path, self._before, self._after, NO_RENAMING)
        try:
            return file.is_same(item)
        except ChangedError:
            raise
        except Exception:  # the evaluator fails on it
            return False
