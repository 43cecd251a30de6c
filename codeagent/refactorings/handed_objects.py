"""Where an object is handed to code outside the tree, which may ask it for a member by its name."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Final

from codeagent.domain.facts import CALL, CALLS, MAP, NONE, SEQ, STAR
from codeagent.domain.links import CALL_EDGE, INSTANTIATE_EDGE
from codeagent.graph.values import INST, TYPE, Class
from codeagent.refactorings.code import Code
from codeagent.refactorings.family import owner_of, with_all_below
from codeagent.refactorings.handed import ASKING
from codeagent.refactorings.looked_at import LOOKED, shows_members
from codeagent.refactorings.python.standard import asks_for
from codeagent.refactorings.refactoring import Occurrence

# Calls that write down what they are given, or hand it to functions of the tree.
_SHOWING: Final = frozenset((
    "debug", "info", "warning", "error", "exception", "critical", "log", "format", "parametrize", "param",
))  # fmt: skip
_PRINT: Final = "<builtin>.print"
_STREAM: Final = ("write", "flush")  # what `print` asks of what it is given as `file`
_PRIVATE: Final = re.compile(r"_[^_]|__\w*[^_]$")


def handed_objects(code: Code, keys: Iterable[str], name: str) -> Iterator[Occurrence]:
    """Yield where objects that have one of the members `keys`, all called `name`, are handed to code from elsewhere:
    to something of the standard library whose source asks for that name, or, where nothing in the tree asks for the
    member (then somebody else does, or nobody), to what nobody can see into."""
    keys = sorted(keys)
    owners = {owner[:2] for key in keys if (owner := _method(code, key)) is not None}
    if not owners or _PRIVATE.match(name):
        return
    used = any(True for key in keys for _ in code.graph.incoming(key, ("calls", "references", "writes")))
    holders = with_all_below(code.naming.flow, owners)

    def asks(targets: Collection[str]) -> bool:
        outside = [one for one in targets if "::" not in one and (one == _PRINT or not one.startswith("<builtin>."))]
        known = [name in _STREAM if one == _PRINT else asks_for(one, name) for one in outside]
        unknown = not used and None in known and len(outside) == len(targets)  # else what is outside is a guess
        return unknown or any(known)

    yield from _handed(code, owners, holders, asks, f"given an object that it may ask for {name}")


def looked_into(code: Code, keys: Iterable[str]) -> Iterator[Occurrence]:
    """Yield where objects that have one of the methods `keys` are handed to what reads the signatures of members."""
    owners = {owner[:2] for key in keys if (owner := _method(code, key)) is not None}

    def asks(targets: Collection[str]) -> bool:
        return any("::" in one and shows_members(code, one) for one in targets)

    yield from _handed(code, owners, with_all_below(code.naming.flow, owners), asks, LOOKED) if owners else ()


def _handed(
    code: Code, owners: set[Class], holders: Collection[Class], asks: Callable[[Collection[str]], bool], why: str
) -> Iterator[Occurrence]:
    for path in _paths(code, owners, holders):
        calls = _asking(code, path, asks)
        if calls:
            yield from _handing(code, path, calls, holders, why)


def _method(code: Code, key: str) -> tuple[str, int, str] | None:
    owner = owner_of(code.naming.flow, key)
    return owner if owner is not None and code.language(owner[0]) == "python" else None


def _paths(code: Code, owners: Iterable[Class], classes: Iterable[Class]) -> list[str]:
    """The files that say the name of such a class, or of a function that makes one of the owners."""
    world = code.naming.flow.world
    found = {path for path, _ in classes}
    found.update(code.graph.mentioning({world.view(path).facts.symbols[index].name for path, index in classes}))
    made = (code.graph.incoming(world.view(path).symbol_id(index), ("instantiates",)) for path, index in owners)
    for maker in sorted({one.within for ones in made for one in ones if "::" in one.within}):
        found.update(one.path for one in code.graph.incoming(maker, ("calls",)))
    return sorted(path for path in found if code.language(path) == "python")


def _asking(code: Code, path: str, asks: Callable[[Collection[str]], bool]) -> dict[int, tuple[str, ...]]:
    """Where the calls of a file start that lead to what asks, and what they lead to."""
    links = code.graph.links(path)
    told: dict[int, list[str]] = {}
    for at in range(0, len(links.edges), 5):
        start, kind, _, number, _ = links.edges[at : at + 5]
        if kind in (CALL_EDGE, INSTANTIATE_EDGE):
            told.setdefault(start, []).append(links.targets[number])
    return {start: tuple(targets) for start, targets in told.items() if asks(targets)}


def _handing(
    code: Code, path: str, calls: dict[int, tuple[str, ...]], classes: Collection[Class], why: str
) -> Iterator[Occurrence]:
    """Those of the calls of a file that are given an object of one of the classes."""
    view = code.naming.flow.world.view(path)
    exprs, rows, source = view.facts.exprs, view.facts.references, code.read(path)
    callees: dict[int, list[tuple[int, int]]] = {}
    for at in range(0, len(rows), 5):
        start, end, role, _, callee = rows[at : at + 5]
        called = source[start:end].decode("utf-8", "replace") if role == CALLS and start in calls else ""
        shows = called in _SHOWING or (called in ASKING and _PRINT not in calls[start])
        if called and not shows:
            callees.setdefault(callee, []).append((start, end))
    for expr in exprs:
        if expr[0] == CALL and expr[1] in callees:
            printed = _PRINT in calls[callees[expr[1]][0][0]]
            given = [value for key, value in expr[3] if key == "file" or not printed]
            if _holds(code, path, [*(() if printed else expr[2]), *given], classes):
                for start, end in callees.pop(expr[1]):
                    yield Occurrence(path, start, end, why)


def _holds(code: Code, path: str, pending: list[int], classes: Collection[Class]) -> bool:
    """Whether an object of one of the classes, or such a class, is among values, or in a display among them."""
    flow = code.naming.flow
    view = flow.world.view(path)
    while pending:
        index = pending.pop()
        expr = view.facts.exprs[index] if index != NONE else (NONE,)
        if expr[0] == SEQ:
            pending += expr[1]
        elif expr[0] == MAP:
            pending += [value for _, value in expr[1]]
        elif expr[0] == STAR:
            pending.append(expr[1])
        elif index != NONE and any(one[0] in (INST, TYPE) and one[1:3] in classes for one in flow.expr(view, index)):
            return True
    return False
