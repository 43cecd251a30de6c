"""The items of an interface, looked at one by one: what each defines, whose own it is, what it is compared with."""

from collections.abc import Iterator

from codeagent.domain.facts import CALLABLE_KINDS, KWARGS, NONE, POSITIONAL, TYPE_KINDS, VARARGS, FunctionFact
from codeagent.graph.interface import Interface
from codeagent.graph.keys import BINDING, CLASS, FUNCTION, SITE, SYMBOL, WRITE, Item
from codeagent.graph.name_keys import plain


def is_inner(side: Interface, item: Item) -> bool:
    """Whether an item is a name that only the function around it knows."""
    kind, index = item[3]
    facts = side.facts
    if kind == SYMBOL:
        fact = facts.symbols[index]
        around = fact.parent
        if fact.kind in CALLABLE_KINDS or fact.kind in TYPE_KINDS:
            return False
    elif kind == BINDING:
        around = facts.bindings[index].scope
    else:
        return False
    return side.is_function(around) and all("\0" in key for key in item[1])


def defined(side: Interface, item: Item) -> str | None:
    """The dotted name of the function or class that an item tells of."""
    kind, index = item[3]
    if kind == FUNCTION:
        return side.dotted[side.facts.functions[index].symbol]
    return side.dotted[side.facts.classes[index].symbol] if kind == CLASS else None


def definitions(side: Interface, item: Item) -> Iterator[int]:
    """Yield the symbols that are another thing where an item is: its own, and the type that it stands for unnamed."""
    kind, index = item[3]
    facts = side.facts
    if kind == FUNCTION:
        symbol = facts.functions[index].symbol
    elif kind == CLASS:
        symbol = facts.classes[index].symbol
    elif kind == SYMBOL:
        symbol = index
    elif kind == BINDING:
        symbol = NONE
    else:
        return
    around = facts.bindings[index].scope if kind == BINDING else facts.symbols[symbol].parent
    if symbol != NONE:
        yield symbol
    if around > 0 and facts.symbols[around].kind in TYPE_KINDS and side.names_of(around) <= {*item[1]}:
        yield around


def taken_alike(old: FunctionFact, new: FunctionFact, explicit: bool) -> set[str] | None:
    """The parameters that two functions share, where each takes whatever the other does; None where one does not.

    What is added behind them, or by keyword alone, is nothing that whoever calls it as before can notice."""
    was, now = ([(one.name, one.kind) for one in fact.params] for fact in (old, new))
    if was == now:
        return {name for name, _ in was}
    packed = any(kind in (VARARGS, KWARGS) for _, kind in (*was, *now))
    common = [one for one in was if one in now]
    shorter, longer = sorted(([one for one in each if one[1] == POSITIONAL] for each in (was, now)), key=len)
    if not explicit or packed or longer[: len(shorter)] != shorter or len(common) not in (len(was), len(now)):
        return None
    return {name for name, _ in common}


def kin(side: Interface, item: Item) -> tuple[object, ...]:
    """What an item is compared with: the one of the same name, or those in order."""
    kind, index = item[3]
    facts = side.facts
    if kind == FUNCTION:
        return kind, side.dotted[facts.functions[index].symbol]
    if kind == BINDING:
        binding = facts.bindings[index]
        return kind, side.dotted[binding.scope], plain(binding.name)
    if kind == WRITE:
        write = facts.writes[index]
        return kind, write.key, write.item
    return (kind, *item[1][:1]) if kind == SITE else (kind, item[0])
