"""Which functions no test reaches: the graph walked backwards from each until a test is met."""

from collections.abc import Iterable
from typing import Final

from codeagent.domain.facts import TEST
from codeagent.domain.links import IMPORT_EDGE, NAME_ONLY
from codeagent.retrieval.backwards import Backwards

_MOST: Final = 20_000  # symbols looked at for one question


class Tested:
    """Answers whether a test reaches a symbol, directly or through others; what is once known is kept."""

    def __init__(self, back: Backwards, tests: Iterable[str]) -> None:
        self._back, self._tests = back, frozenset(tests)
        self._known: dict[str, bool] = {}

    def is_reached(self, identity: str) -> bool:
        """Tell whether a test leads to a symbol; where too much leads to it, it is taken for reached."""
        seen, waiting = {identity}, [identity]
        answer = False
        while waiting and not answer:
            current = waiting.pop()
            if self._known.get(current) or self._is_test(current) or len(seen) > _MOST:
                answer = True
            elif current not in self._known:
                fresh = self._before(current) - seen
                seen |= fresh
                waiting += sorted(fresh)
        if answer:
            self._known[identity] = True
        else:
            self._known.update(dict.fromkeys(seen, False))
        return answer

    def _is_test(self, identity: str) -> bool:
        symbol = self._back.symbol(identity)
        return identity.partition("::")[0] in self._tests or (symbol is not None and bool(symbol.flags & TEST))

    def _before(self, identity: str) -> set[str]:
        """What uses a symbol; whoever uses a class runs its constructor and special methods as well."""
        found = {
            source
            for source, kind, certainty, _, _ in self._back.into(identity)
            if kind != IMPORT_EDGE and certainty != NAME_ONLY
        }
        symbol = self._back.symbol(identity)
        if symbol is not None and symbol.parent and "::" in symbol.parent:
            if symbol.kind == "constructor" or symbol.name.startswith("__"):
                found.add(symbol.parent)
            found |= self._overridden(symbol.parent, symbol.name)
        return found

    def _overridden(self, owner: str, name: str) -> set[str]:
        """The same member of the bases, through which it may be called."""
        found: set[str] = set()
        waiting, seen = [owner], {owner}
        while waiting:
            for base, _ in self._back.bases(waiting.pop()):
                if base not in seen:
                    seen.add(base)
                    waiting.append(base)
                    if self._back.symbol(f"{base}.{name}") is not None:
                        found.add(f"{base}.{name}")
        return found
