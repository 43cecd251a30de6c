"""Guesses by name alone: what a method call may run whose receiver is not known."""

from typing import Final

from codeagent.domain.facts import (
    ATTR,
    CALLABLE_KINDS,
    IMPORT,
    LIVE,
    NAME,
    NONE,
    PROJECT_WIDE,
    STATIC,
    SUPER,
    TAKES,
    WITHIN,
)
from codeagent.domain.links import LIKELY, NAME_ONLY
from codeagent.graph.evaluator import Evaluator
from codeagent.graph.names import EVERYWHERE
from codeagent.graph.slots import NO_SLOT
from codeagent.graph.values import INST, TYPE, Denoted
from codeagent.graph.views import FileView

_MOST: Final = 5  # candidates that share only the name; more say nothing
_LOOKED_AT: Final = 200  # methods of a name, to see whether they are for receivers of any type


def by_name(flow: Evaluator, view: FileView, index: int) -> list[tuple[str, int]]:
    """Methods that a call on a receiver nothing is known of may mean, if they are few: ids and certainties."""
    expr = view.facts.exprs[index]
    if expr[0] in (TAKES, WITHIN):
        return by_name(flow, view, expr[1])
    if expr[0] == NAME and view.language.scoping.loads_unseen:
        return _of_loaders(flow, view, expr[2])
    if expr[0] != ATTR or view.facts.exprs[expr[1]][0] == SUPER:
        return []
    name = str(expr[2])
    if name.startswith("__") and name.endswith("__"):
        return []
    if _is_known(flow, view, expr[1]):
        candidates = [one for one in _outside_types(flow, view, name) if _is_for_all(flow, one)]
    else:
        candidates = flow.world.methods_named(name, _MOST)
        if view.language.scoping.statics_of_types and not _may_be_type(view, expr[1]):
            candidates = [one for one in candidates if not flow.flags(*one) & STATIC]
    if not candidates or len(candidates) > _MOST:
        return []
    ids = [
        other.symbol_id(symbol)
        for path, symbol in candidates
        if _family(other := flow.world.view(path)) == _family(view)
    ]
    scoping = view.language.scoping
    sure = len(ids) == 1 and name not in scoping.common_members and not scoping.open_world
    return [(target, LIKELY if sure else NAME_ONLY) for target in ids]


def _of_loaders(flow: Evaluator, view: FileView, name: str) -> list[tuple[str, int]]:
    """Functions of files that load others by names which are computed: those see what the loader has."""
    facts, found = flow.world.facts, []
    for path in sorted({*facts.defining(name)} & {*facts.mentioning(EVERYWHERE)}):
        other = flow.world.view(path)
        if other.language is view.language and any(one.flags & PROJECT_WIDE for one in other.facts.imports):
            named = other.slots.get((0, name), NO_SLOT).symbols
            found += [other.symbol_id(one) for one in named if other.facts.symbols[one].kind in CALLABLE_KINDS]
    return [(target, LIKELY if len(found) == 1 else NAME_ONLY) for target in found if len(found) <= _MOST]


def _may_be_type(view: FileView, base: int) -> bool:
    """Whether a receiver may be a type, by how it is written: `Server::wait()`, but not `$promise->wait()`."""
    expr = view.facts.exprs[base]
    return expr[0] == IMPORT or (expr[0] in (NAME, ATTR, LIVE) and str(expr[2])[:1].isupper())


def _family(view: FileView) -> str:
    return view.language.family or view.language.name


def _is_known(flow: Evaluator, view: FileView, base: int) -> bool:
    """Whether it is known of which classes a receiver is: they have no such member, and others do not matter."""
    values = flow.expr(view, base)
    return bool(values) and all(value[0] in (INST, TYPE) for value in values)


def _outside_types(flow: Evaluator, view: FileView, name: str) -> list[Denoted]:
    """Methods among which there may be ones that stand outside of types; none where the language has no such."""
    if not view.language.scoping.adopts_methods:
        return []
    found = flow.world.methods_named(name, _LOOKED_AT)
    return found if len(found) <= _LOOKED_AT else []


def _is_for_all(flow: Evaluator, function: Denoted) -> bool:
    """Whether a method stands outside of types, for receivers of any: `fun Any.shout()`, `fun <T> T.also()`."""
    view = flow.world.view(function[0])
    fact = view.functions.get(function[1])
    if fact is None or fact.owner == NONE:
        return False
    return all(str(one[1]).rpartition(".")[2] == view.language.scoping.root for one in flow.expr(view, fact.owner))
