"""What became of the parameters of a function, for those who call it."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from codeagent.quality.gates.annotations import members
from codeagent.quality.gates.signatures import Parameter

_PLACES: Final = ("plain", "positional-only")


class Difference(NamedTuple):
    """One difference: its name, whether a correct call may fail or mean something else now, and in words."""

    change: str
    breaking: bool
    message: str
    anchor: str


def compared(before: tuple[Parameter, ...], after: tuple[Parameter, ...]) -> Iterator[Difference]:
    """Yield how two lists of parameters differ; those given by position alone are compared by their places."""
    if all(one.kind in ("positional-only", "*") for one in (*before, *after)) and (before or after):
        yield from _by_place(before, after)
        return
    renamed = _renamed(before, after)
    later = {one.name: one for one in after}
    for one in before:
        now = later.get(renamed.get(one.name, one.name))
        if now is None or (now.kind in ("*", "**")) != (one.kind in ("*", "**")):
            yield Difference("parameter-removed", True, f"the parameter {_shown(one)} is gone", one.name)
        else:
            yield from _one(one, now)
    known = {renamed.get(one.name, one.name) for one in before}
    for one in after:
        if one.name not in known:
            yield _added(one)
    yield from _reordered(before, after, renamed)


def _renamed(before: tuple[Parameter, ...], after: tuple[Parameter, ...]) -> dict[str, str]:
    """Parameters in the same place under another name."""
    olds, news = {one.name for one in before}, {one.name for one in after}
    if len(before) != len(after):
        return {}
    pairs = zip(before, after, strict=True)
    return {
        one.name: two.name
        for one, two in pairs
        if one.name not in news and two.name not in olds and one.kind == two.kind and one.default == two.default
    }


def _one(one: Parameter, now: Parameter) -> Iterator[Difference]:
    name = now.name
    if one.name != name:
        hard = one.kind in ("plain", "keyword-only")
        yield Difference("parameter-renamed", hard, f"the parameter {one.name} is called {name} now", one.name)
    if one.default and not now.default and one.kind not in ("*", "**"):
        yield Difference("parameter-required", True, f"the parameter {name} has no default any more", name)
    elif one.default and one.default != now.default:
        yield Difference("default-changed", True, f"the default of {name} was {one.default}, is {now.default}", name)
    if one.kind == "plain" and now.kind != "plain":
        yield Difference("parameter-kind", True, f"the parameter {name} is {now.kind} now", name)
    elif {one.kind, now.kind} == {"keyword-only", "positional-only"}:
        yield Difference("parameter-kind", True, f"the parameter {name} was {one.kind}, is {now.kind}", name)
    if one.annotation and members(one.annotation) != members(now.annotation):
        message = f"{name}: {one.annotation} became {now.annotation or 'untyped'}"
        yield Difference("annotation-changed", False, message, name)


def _added(one: Parameter) -> Difference:
    if one.default or one.kind in ("*", "**"):
        return Difference("parameter-added", False, f"the parameter {_shown(one)} is new", one.name)
    return Difference("parameter-required", True, f"the parameter {one.name} is new and has to be given", one.name)


def _reordered(
    before: tuple[Parameter, ...], after: tuple[Parameter, ...], renamed: dict[str, str]
) -> Iterator[Difference]:
    """Parameters that calls by position reach in another order, or through one that came before them."""
    rows = [[one.name for one in side if one.kind in _PLACES] for side in (before, after)]
    old = [renamed.get(name, name) for name in rows[0]]
    kept = [[name for name in row if name in other] for row, other in ((old, rows[1]), (rows[1], old))]
    optional = {one.name for one in after if one.default}
    if kept[0] != kept[1]:
        yield Difference("parameters-reordered", True, f"{', '.join(kept[0])} stand as {', '.join(kept[1])}", "order")
    elif fresh := [name for name in rows[1][: len(kept[1])] if name not in old and name in optional]:
        yield Difference("parameters-reordered", True, f"{', '.join(fresh)} came before others", "order")


def _by_place(before: tuple[Parameter, ...], after: tuple[Parameter, ...]) -> Iterator[Difference]:
    for at, one in enumerate(before):
        now = after[at] if at < len(after) else None
        if now is None:
            yield Difference("parameter-removed", True, f"the parameter {_shown(one)} is gone", one.name)
        elif one.annotation and members(one.annotation) != members(now.annotation):
            message = f"{now.name}: {one.annotation} became {now.annotation or 'untyped'}"
            yield Difference("annotation-changed", False, message, now.name)
        elif one.default and not now.default and now.kind != "*":
            yield Difference("parameter-required", True, f"the parameter {now.name} has to be given now", now.name)
        elif one.default and one.default != now.default:
            told = f"the default of {now.name} was {one.default}, is {now.default}"
            yield Difference("default-changed", True, told, now.name)
    yield from (_added(one) for one in after[len(before) :])


def _shown(one: Parameter) -> str:
    return f"{one.kind}{one.name}" if one.kind in ("*", "**") else one.name
