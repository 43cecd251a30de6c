"""Symbol ids: `src/shop.py::Cart.total`, a module's is its path, a second `Cart` in a scope is `Cart#2`."""

from collections.abc import Sequence

from codeagent.domain.facts import SymbolFact


def dotted_names(symbols: Sequence[SymbolFact]) -> list[str]:
    """Return each symbol's dotted name inside its file, in order; the module's is empty."""
    names = [""]
    seen: dict[tuple[int, str], int] = {}
    for symbol in symbols[1:]:
        key = (symbol.parent, symbol.name)
        count = seen[key] = seen.get(key, 0) + 1
        name = symbol.name if count == 1 else f"{symbol.name}#{count}"
        parent = names[symbol.parent]
        names.append(f"{parent}.{name}" if parent else name)
    return names


def symbol_ids(path: str, symbols: Sequence[SymbolFact]) -> list[str]:
    """Return the id of each symbol of a file, in order."""
    return [f"{path}::{name}" if name else path for name in dotted_names(symbols)]
