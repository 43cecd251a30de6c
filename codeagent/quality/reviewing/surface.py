"""The public surface before and after: what users of the code will notice, and what of it breaks them."""

import posixpath
from collections.abc import Iterator
from typing import Final

from codeagent.domain.code import Symbol
from codeagent.domain.facts import CLASSMETHOD, INHERITS, PROPERTY, STATIC
from codeagent.domain.finding import Finding, Severity
from codeagent.domain.links import INHERIT_EDGE
from codeagent.domain.quality import GateResult
from codeagent.domain.review import SurfaceChange, SymbolChange
from codeagent.quality.gates.annotations import members
from codeagent.quality.gates.gate import found, judged
from codeagent.quality.reviewing.calling import Calling, calling
from codeagent.quality.reviewing.exports import passed_on
from codeagent.quality.reviewing.parameters import Difference, compared
from codeagent.quality.reviewing.sides import Side, Sides
from codeagent.quality.reviewing.symbols import Changed, dotted

RULE: Final = "breaking-change"
GATE: Final = "surface"
_BOUND: Final = {STATIC: "static", CLASSMETHOD: "a class method", PROPERTY: "a property"}


def surface(sides: Sides, changed: Changed, symbols: list[SymbolChange]) -> tuple[SurfaceChange, ...]:
    """Return the differences of the public surface, the breaking ones first."""
    found_: list[SurfaceChange] = []
    for one in symbols:
        if one.test or not one.public:
            continue
        if one.status in ("removed", "added"):
            found_.append(_single(one, inherited=one.status == "removed" and _is_inherited(sides.after, one.symbol)))
        else:
            found_ += _paired(sides, changed, one)
    found_ += passed_on(sides, frozenset(one.symbol.rpartition("::")[2].rpartition(".")[2] for one in found_))
    found_ = [one for one in found_ if not (one.breaking and _is_below(one.symbol, found_))]
    return tuple(sorted(found_, key=lambda one: (not one.breaking, one.path, one.line, one.change)))


def surface_result(changes: tuple[SurfaceChange, ...]) -> GateResult:
    """Return the breaking changes as findings: warnings, for a break may be what is meant."""
    return judged(GATE, [_finding(one) for one in changes if one.breaking])


def _finding(one: SurfaceChange) -> Finding:
    name = one.symbol.partition("::")[2]
    message = f"{name}: {one.message}"
    return found(
        RULE,
        message,
        one.path,
        one.line,
        symbol=one.symbol,
        anchor=f"{one.change} {message}",
        severity=Severity.WARNING,
    )


def _is_below(symbol: str, others: list[SurfaceChange]) -> bool:
    """Whether a class that went took this along."""
    return any(one.change == "removed" and symbol.startswith(f"{one.symbol}.") for one in others)


def _single(one: SymbolChange, *, inherited: bool) -> SurfaceChange:
    gone = one.status == "removed"
    message = f"the public {one.kind} {'is no more' if gone else 'is new'}"
    more = "; the class inherits from others, and may have theirs" if inherited else ""
    return SurfaceChange(one.status, gone and not inherited, message + more, one.symbol, one.path, one.line)


def _is_inherited(side: Side, identity: str) -> bool:
    """Whether a member that is gone may come from a base now: one that has it, or that is not of this tree."""
    owner, _, name = identity.rpartition(".")
    waiting, seen = [owner], {owner}
    while waiting:
        for base in _base_ids(side, waiting.pop()) - seen:
            if side.symbol(base) is None or side.symbol(f"{base}.{name}") is not None:
                return True
            seen.add(base)
            waiting.append(base)
    return False


def _paired(sides: Sides, changed: Changed, one: SymbolChange) -> Iterator[SurfaceChange]:
    assert one.old is not None
    before, after = sides.before.symbol(one.old), sides.after.symbol(one.symbol)
    assert before is not None and after is not None
    was, is_ = changed.public_before.is_public(one.old), changed.public_after.is_public(one.symbol)
    if was and not is_:
        yield SurfaceChange("removed", True, f"{before.name} is not public any more", one.symbol, one.path, one.line)
    elif (
        was
        and one.status in ("renamed", "moved")
        and not (_is_kept(sides.after, before) or _is_in_package(sides, before, after))
    ):
        where = after.name if one.status == "renamed" else after.path
        yield SurfaceChange(one.status, True, f"{before.id} is {one.status} to {where}", one.symbol, one.path, one.line)
    elif is_ and not was:
        yield SurfaceChange("added", False, f"the {one.kind} is public now", one.symbol, one.path, one.line)
    if was and is_:
        for told in _differences(sides, before, after):
            yield SurfaceChange(told.change, told.breaking, told.message, one.symbol, one.path, one.line)


def _is_kept(side: Side, old: Symbol) -> bool:
    """Whether the old place still has the name: an import of what moved, or something else called so."""
    if old.path not in side.graph.files:
        return False
    if side.symbol(old.id) is not None:
        return True
    names = ((one.alias or one.name or "") for one in side.graph.facts(old.path).imports if one.scope == 0)
    return old.parent == old.path and old.name in names


def _is_in_package(sides: Sides, before: Symbol, after: Symbol) -> bool:
    """Whether it only stands in another file of its package, which users name in place of the file."""
    packages = [side.graph.facts(one.path).package for side, one in ((sides.before, before), (sides.after, after))]
    near = posixpath.dirname(before.path) == posixpath.dirname(after.path)
    return near and bool(packages[0]) and packages[0] == packages[1] and dotted(before) == dotted(after)


def _differences(sides: Sides, before: Symbol, after: Symbol) -> Iterator[Difference]:
    if before.kind != after.kind and "method" not in (before.kind, after.kind):
        yield Difference("kind-changed", True, f"it was a {before.kind} and is a {after.kind}", "kind")
    for flag, word in _BOUND.items():
        if (before.flags ^ after.flags) & flag:
            yield Difference("kind-changed", True, f"it {'was' if before.flags & flag else 'is'} {word}", word)
    lost = _bases(sides.before, before) - _bases(sides.after, after)
    if lost:
        yield Difference("base-removed", True, f"it does not inherit from {', '.join(sorted(lost))} any more", "bases")
    old, new = calling(sides.before, before), calling(sides.after, after)
    if old is not None and new is not None and not _is_overload(sides, before, after):
        yield from _called(old, new)


def _is_overload(sides: Sides, before: Symbol, after: Symbol) -> bool:
    """Whether several definitions share the name: which of them is called cannot be told."""
    return any(
        "#" in one.id or side.symbol(f"{one.id}#2") for side, one in ((sides.before, before), (sides.after, after))
    )


def _called(old: Calling, new: Calling) -> Iterator[Difference]:
    yield from compared(old.parameters, new.parameters)
    if old.asynchronous != new.asynchronous:
        yield Difference("kind-changed", True, f"it is {'' if new.asynchronous else 'not '}async now", "async")
    if old.returns and old.returns != new.returns:
        parts = [members(text) for text in (old.returns, new.returns)]
        opaque = not new.returns or "{" in old.returns + new.returns  # one shape may well hold the other
        if parts[0] != parts[1]:
            message = f"it returned {old.returns}, and returns {new.returns or 'what nothing tells'}"
            yield Difference("return-changed", not (opaque or parts[1] <= parts[0]), message, "return")
    for name in sorted(new.raises - old.raises):
        yield Difference("raises", False, f"it raises {name} now", name)
    for name in sorted(old.raises - new.raises):
        yield Difference("raises", False, f"it does not raise {name} any more", name)


def _bases(side: Side, symbol: Symbol) -> frozenset[str]:
    """What a class builds on, by name: bases may move and keep theirs."""
    return frozenset(one.rpartition("::")[2].rpartition(".")[2] for one in _base_ids(side, symbol.id))


def _base_ids(side: Side, identity: str) -> frozenset[str]:
    """What a class builds on: ids, and dotted names of what is not of this tree."""
    symbol = side.symbol(identity)
    if symbol is None or symbol.kind not in ("class", "interface", "struct", "trait"):
        return frozenset()
    links = side.graph.asked(symbol.path, lambda start, role, expr: role == INHERITS)
    ids = list(side.symbols(symbol.path))
    edges = links.edges
    return frozenset(
        links.targets[edges[at + 3]]
        for at in range(0, len(edges), 5)
        if edges[at + 1] == INHERIT_EDGE and ids[edges[at + 2]] == identity
    )
