"""Symbol ids: `src/shop.py::Cart.total`, a module's is its path, a second `Cart` in a scope is `Cart#2`.

Where a scope has `Cart<T>` of C# beside another `Cart`, it is `Cart#T1`: by how many type parameters it has."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from codeagent.domain.arity import bare
from codeagent.domain.facts import SymbolFact

_ARITY: Final = re.compile(r"(?<=[^.])#T\d+\Z")
Key = tuple[int, str]  # the enclosing symbol and a name in it


def dotted_names(symbols: Sequence[SymbolFact], *, written: bool = True) -> list[str]:
    """Return each symbol's dotted name inside its file, in order; the module's is empty.

    Without `written`, those of generic types always say how many type parameters they have."""
    least = _least(symbols)
    names = [""]
    seen: dict[Key, int] = {}
    for symbol in symbols[1:]:
        name = symbol.name
        if least is not None:
            name = _told_apart(symbol, least)
        key = (symbol.parent, name)
        count = seen[key] = seen.get(key, 0) + 1
        name = name if count == 1 else f"{name}#{count}"
        if least is not None and not written:
            name += symbol.name.removeprefix(bare(symbol.name))
        parent = names[symbol.parent]
        names.append(f"{parent}.{name}" if parent else name)
    return names


def _least(symbols: Sequence[SymbolFact]) -> Mapping[Key, str] | None:
    """Of types that differ in their type parameters the one with the fewest, by their name as it is written; None where
    no type has any that count."""
    if not any("`" in symbol.name for symbol in symbols):
        return None
    least: dict[Key, str] = {}
    for symbol in sorted(symbols, key=lambda one: (len(one.name), one.name)):
        least.setdefault((symbol.parent, bare(symbol.name)), symbol.name)
    return least


def _told_apart(symbol: SymbolFact, least: Mapping[Key, str]) -> str:
    name = bare(symbol.name)
    alone = least[symbol.parent, name] == symbol.name
    return name if alone else f"{name}#T{symbol.name[len(name) + 1 :]}"


def last_word(name: str) -> str:
    """Return the last name of an id as it is written, but for the number of a further definition."""
    return _ARITY.sub("", name.rpartition(".")[2])


def symbol_ids(path: str, symbols: Sequence[SymbolFact]) -> list[str]:
    """Return the id of each symbol of a file, in order."""
    return [f"{path}::{name}" if name else path for name in dotted_names(symbols)]
