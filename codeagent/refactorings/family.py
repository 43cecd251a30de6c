"""Members that are one: a method with what it overrides and what overrides it, over every class of the tree."""

import builtins
import sys
from dataclasses import dataclass
from importlib import import_module
from typing import Final

from codeagent.domain.facts import KIND, TYPE_KINDS
from codeagent.graph.flow import Flow
from codeagent.graph.naming import key_of
from codeagent.graph.values import EXTERN, TYPE, Class

_INTERFACE: Final = KIND["interface"]
_NOISY: Final = frozenset({"this", "antigravity", "idlelib", "__main__"})  # modules that do things when imported


@dataclass(frozen=True, slots=True)
class Family:
    """The keys of one member in every class that has it; `outside` names what it overrides outside the tree."""

    keys: frozenset[str]
    outside: str = ""
    unseen: tuple[str, ...] = ()  # bases outside the tree, of which nobody knows whether they have it


def family_of(flow: Flow, path: str, owner: int, name: str) -> Family:
    """Return all definitions that must be named alike because one may run in place of another."""
    pending: list[Class] = [(path, owner)]
    seen: set[Class] = set()
    keys: set[str] = set()
    unseen: dict[str, None] = {}
    outside = ""
    while pending:
        current = pending.pop()
        if current in seen:
            continue
        seen.add(current)
        keys |= _own_keys(flow, current, name)
        for base in flow.hierarchy.line(current)[1:]:
            if base[0] == TYPE and _defines(flow, (base[1], base[2]), name):
                pending.append((base[1], base[2]))
            elif base[0] == EXTERN:
                has = _known_outside(base[1], name)
                outside = outside or (f"{base[1]}.{name}" if has else "")
                if has is None:
                    unseen[base[1]] = None
        pending += _below(flow, current, name)
    return Family(frozenset(keys), outside, tuple(unseen))


def _own_keys(flow: Flow, owner: Class, name: str) -> set[str]:
    view = flow.world.view(owner[0])
    slot = view.slots.get((owner[1], name))
    found = {f"{view.symbol_id(owner[1])}.{name}"} if slot and not slot.symbols else set()
    found |= {key_of(view.symbol_id(index)) for index in slot.symbols} if slot else set()
    return found | {key_of(flow.world.view(p).symbol_id(s)) for p, s in flow.adopted(view, owner[1]).get(name, ())}


def _defines(flow: Flow, owner: Class, name: str) -> bool:
    view = flow.world.view(owner[0])
    return (owner[1], name) in view.slots or name in flow.adopted(view, owner[1])


def _below(flow: Flow, owner: Class, name: str) -> list[Class]:
    """Classes below that define the member, and those that bring in another line which has it, too."""
    found, pending, seen = [], list(flow.hierarchy.subclasses(owner)), {owner}
    while pending:
        current = pending.pop()
        if current not in seen:
            seen.add(current)
            pending.extend(flow.hierarchy.subclasses(current))
            found.append(current)  # it may inherit the member from elsewhere as well
    return found


def _known_outside(dotted: str, name: str) -> bool | None:
    """Whether a class of the standard library has a member; None where that cannot be known."""
    parts = dotted.removeprefix("<builtin>.").split(".")
    if dotted.startswith("<builtin>."):
        found: object = builtins
    elif parts[0] in sys.stdlib_module_names and parts[0] not in _NOISY:
        try:
            found = import_module(parts.pop(0))
        except ImportError:
            return None
    else:
        return None
    for part in parts:
        if (inner := getattr(found, part, None)) is None:
            return None
        found = inner
    return hasattr(found, name)


_GO_STANDARD: Final = frozenset(
    "Close Error Format GoString Is As Len Less MarshalBinary MarshalJSON MarshalText Next Pop Push Read"
    " ReadAt ReadFrom Scan Seek ServeHTTP Set String Swap Type UnmarshalBinary UnmarshalJSON UnmarshalText"
    " Unwrap Value Write WriteAt WriteTo".split()
)  # methods of the standard library's interfaces


def satisfied(flow: Flow, path: str, owner: int, name: str) -> str:
    """Return the interface that a method helps its type to satisfy without saying so, as in Go; "" for none."""
    view = flow.world.view(path)
    if not view.language.scoping.structural_interfaces:
        return ""
    if name in _GO_STANDARD:
        return f"an interface of the standard library that has {name}"
    for other, index in flow.world.methods_named(name):
        facts = flow.world.view(other).facts
        parent = facts.symbols[facts.symbols[index].parent]
        if parent.kind == _INTERFACE and (other, facts.symbols[index].parent) != (path, owner):
            return f"{other}::{parent.name}"
    return ""


def owner_of(flow: Flow, key: str) -> tuple[str, int, str] | None:
    """Return (path, class symbol, name) of a key that is a member of a class; None for any other."""
    path, _, dotted = key.partition("::")
    above, _, name = dotted.rpartition(".")
    if not above or path not in flow.world.facts:
        return None
    view = flow.world.view(path)
    for index, symbol in enumerate(view.facts.symbols):
        if symbol.kind in TYPE_KINDS and view.symbol_id(index) == f"{path}::{above}":
            return path, index, name
    return None
