"""What changed files offer to others, compared by value: what gives what it gave cannot be noticed anywhere else.

Both snapshots are asked, each by an evaluator of its own, so equal means equal: nothing is assumed of what lies further
away. The names of a function's own have their effect through what the function gives, calls and sets; where all of that
is equal, they have none. A value is compared, not what can be reached from it: a definition that did change goes by its
own name, and whatever rests on that name rests on the change as well."""

from collections.abc import Callable, Iterable, Set
from typing import Final

from codeagent.graph.comparing import ComparedFile
from codeagent.graph.interface import Interface, keys_of
from codeagent.graph.items import definitions
from codeagent.graph.keys import WRITE, Item
from codeagent.graph.likeness import Place, Side, same_meaning
from codeagent.graph.renamings import NO_RENAMING, Renaming
from codeagent.graph.seeds import Seeds
from codeagent.graph.shelf import ChangedError

NOT_THE_SAME: Final = frozenset({"another"})
_MOST_HELD: Final = 40  # things in things that are looked at for one item
_MOST: Final = 400  # pairs that are compared; where more differ, something will be noticed


class TooManyError(Exception):
    """So much differs that comparing it would take longer than it saves."""


def _aligned(was: Interface, now: Interface) -> bool:
    """Whether a file says the same, expression by expression."""
    count = len(was.facts.exprs)
    return count == len(now.facts.exprs) and all(was.text(index)[0] == now.text(index)[0] for index in range(count))


class Offers:
    """Compares what the files offer that differ between two snapshots."""

    def __init__(
        self, before: Side, after: Side, ask: Callable[[str], Interface], renaming: Renaming = NO_RENAMING
    ) -> None:
        self._ask = ask
        self._before, self._after, self._renaming = before, after, renaming
        both = [path for path in after.interfaces if path in before.interfaces]
        was, now = before.interfaces, after.interfaces
        before.aligned = after.aligned = {path for path in both if _aligned(was[path], now[path])}
        self._files = [ComparedFile(path, before, after, renaming) for path in both]
        alone = [
            (side, path, one) for side in (before, after) for path, one in side.interfaces.items() if path not in both
        ]
        self._alone = {key for _, _, one in alone for key in keys_of(one.items)}  # of files that came or went
        self._differing: set[object] = set()  # where definitions are that are not what they were
        self._as_it_was: set[object] = set()  # ... and of those that moved, the ones that are
        self._unclear = False  # whether there may be others
        for side, path, one in alone:
            self._note(side, path, one, one.items)
        self._by_path = {file.path: file for file in self._files}
        self._judged: dict[tuple[str, int], Set[object]] = {}

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
            for side, interface, items in file.differing(alike):
                self._note(side, file.path, interface, items)
        self._as_it_was = {was for now, was in self._after.homes.items() if self._moved_alike(was, now)}
        self._differing -= self._as_it_was
        return Seeds(keys, own - keys, same)

    def _moved_alike(self, was: Place, now: Place) -> bool:
        """Whether a definition that is in another file now is what it was."""
        if not now[1]:
            return False  # a whole module
        try:
            moved = ComparedFile(now[0], self._before, self._after, NO_RENAMING, was[0])
            return moved.is_same_definition(now[1])
        except ChangedError:
            raise
        except Exception:  # the evaluator fails on it
            return False

    def is_same(self, interface: Interface, path: str, item: Item) -> bool:
        """Tell whether an item of a file as it is now offers what it did, whatever it rests on; False where unclear.

        It does not where it offers a definition that is not what it was: whoever holds that can notice it."""
        known = self._judged.get((path, item[0]))
        if known is None:
            known = self._judge(interface, path, item) if len(self._judged) < _MOST else NOT_THE_SAME
            self._judged[path, item[0]] = known
        if known is NOT_THE_SAME or self._unclear or known & self._differing:
            self._note(self._after, path, interface, [item])
            return False
        return True

    def _judge(self, interface: Interface, path: str, item: Item) -> Set[object]:
        """The definitions that an item offers, before as now."""
        file = self._by_path.get(path)
        if file is None and path in self._after.interfaces:
            return NOT_THE_SAME  # it came with its file
        if file is None:
            self._before.others[path] = self._after.others[path] = interface
            file = self._by_path[path] = ComparedFile(path, self._before, self._after, NO_RENAMING)
        for side in (self._before, self._after):
            side.met, side.vague, side.written = set(), False, set()
        try:
            same = file.is_same(item) and self._hold_the_same()
        except ChangedError:
            raise
        except Exception:  # the evaluator fails on it
            return NOT_THE_SAME
        vague = self._before.vague or self._after.vague
        return frozenset(self._before.met | self._after.met) if same and not vague else NOT_THE_SAME

    def _hold_the_same(self) -> bool:
        """Whether what was met holds what it did, and what that holds."""
        sides = (self._before, self._after)
        looked: set[tuple[str, int]] = set()
        while not any(side.vague for side in sides):
            pending = {one for side in sides for one in side.written} - looked
            if not pending:
                return True
            looked |= pending
            if len(looked) > _MOST_HELD:
                break
            for path, index in pending:
                if path not in self._after.others and path not in self._after.interfaces:
                    self._before.others[path] = self._after.others[path] = self._ask(path)
                if not same_meaning(*sides, (path, path), index, index):
                    return False
        return False

    def _note(self, side: Side, path: str, interface: Interface, items: Iterable[Item]) -> None:
        """Remember what is not what it was: what items define, and what they put things into."""
        for item in items:
            homes = {side.home(path, symbol) for symbol in definitions(interface, item)}
            self._differing |= homes - self._as_it_was
            if item[3][0] == WRITE:
                side.met = set()
                try:
                    side.values(path, interface.facts.writes[item[3][1]].base)
                except ChangedError:
                    raise
                except Exception:  # the evaluator fails on it, or it cannot be told: it may be anything
                    self._unclear = True
                self._differing |= side.met
