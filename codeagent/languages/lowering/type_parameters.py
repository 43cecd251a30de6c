"""Type parameters of broad languages: which symbols have them, and where their names mean them."""

from codeagent.domain.facts import NONE
from codeagent.languages.lowering.builder import FactsBuilder
from codeagent.languages.lowering.outline import Spans


class TypeParameters:
    """The type parameters of one file."""

    def __init__(self, facts: FactsBuilder) -> None:
        self._facts = facts
        self._found: dict[str, dict[int, int]] = {}  # by name and symbol: which one in order
        self._counts: dict[int, int] = {}
        self.around = Spans(())  # definitions as a whole

    def declare(self, name: str, position: int) -> int:
        """Note the next type parameter of the definition around a position; return that, 0 where there is none."""
        symbol = self.around.at(position)
        if symbol and symbol not in (holders := self._found.setdefault(name, {})):
            place = self._counts[symbol] = self._counts.get(symbol, -1) + 1
            holders[symbol] = place
        return symbol

    def at(self, position: int, name: str) -> int:
        """Return the expression of the type parameter that a name means at a position, NONE for another name."""
        holders = self._found.get(name)
        if holders is None:
            return NONE
        symbol = self.around.at(position)
        while symbol > 0 and symbol not in holders:
            symbol = self._facts.symbols[symbol].parent
        return self._facts.parameter_type(symbol, holders[symbol], name) if symbol > 0 else NONE
