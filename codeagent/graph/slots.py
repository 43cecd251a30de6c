"""Slots: what each scope of a file says of one name, and which of that holds in some builds only."""

from typing import Final, NamedTuple

from codeagent.domain.facts import ABSTRACT, CHOSEN, CONDITIONAL, IMPORT, NONE, PROPERTY, SETTER, Binding, FileFacts


class Slot(NamedTuple):
    """What a scope says of one name: definitions (symbols) and bindings (values)."""

    symbols: tuple[int, ...]
    bindings: tuple[Binding, ...]


NO_SLOT: Final = Slot((), ())


def arrange(facts: FileFacts, replacing: bool) -> dict[tuple[int, str], Slot]:
    """Return what each scope of a file says of each name."""
    symbols: dict[tuple[int, str], list[int]] = {}
    for index, symbol in enumerate(facts.symbols):
        if index:
            symbols.setdefault((symbol.parent, symbol.name), []).append(index)
    bindings: dict[tuple[int, str], list[Binding]] = {}
    for binding in facts.bindings:
        bindings.setdefault((binding.scope, binding.name), []).append(binding)
    for key, found in symbols.items():
        if len(found) > 1:
            symbols[key] = _in_force(facts, found) if replacing else _readable(facts, found)
    slots = {key: Slot(tuple(defined), tuple(bindings.pop(key, ()))) for key, defined in symbols.items()}
    slots.update((key, Slot((), tuple(bound))) for key, bound in bindings.items())
    return slots


def chosen(facts: FileFacts, slots: dict[tuple[int, str], Slot]) -> frozenset[tuple[int, str]]:
    """The names of which all definitions and imports stand under a condition."""
    imports: dict[tuple[int, str], int] = {}
    for fact in facts.imports:
        key = (fact.scope, fact.alias or fact.name or fact.spec.rpartition("::")[2])
        imports[key] = imports.get(key, CHOSEN) & fact.flags
    found = {key for key, flags in imports.items() if flags & CHOSEN}
    symbols = facts.symbols
    found.update((one.parent, one.name) for one in symbols if one.flags & CONDITIONAL)
    return frozenset(key for key in found & slots.keys() if _is_chosen(facts, slots[key], imports.get(key, CHOSEN)))


def _is_chosen(facts: FileFacts, slot: Slot, imported: int) -> bool:
    values = (facts.exprs[one.value] if one.value != NONE else (NONE,) for one in slot.bindings)
    conditions = all(facts.symbols[index].flags & CONDITIONAL for index in slot.symbols)
    return conditions and bool(imported & CHOSEN) and (bool(slot.symbols) or all(one[0] == IMPORT for one in values))


def _readable(facts: FileFacts, found: list[int]) -> list[int]:
    """Of a property's accessors the one that reading it runs."""
    return [index for index in found if not facts.symbols[index].flags & SETTER] or found


def _in_force(facts: FileFacts, found: list[int]) -> list[int]:
    """Of several definitions of a name those that hold at the end: no overload stubs, no setters, the
    last plain one; what stands under a condition may always hold."""
    flags = [facts.symbols[index].flags for index in found]
    if any(flag & PROPERTY for flag in flags):
        found = [index for index in found if not facts.symbols[index].flags & SETTER]
    written = [index for index in found if not facts.symbols[index].flags & ABSTRACT] or found
    plain = [index for index in written if not facts.symbols[index].flags & CONDITIONAL]
    return written if len(plain) < len(written) else plain[-1:]
