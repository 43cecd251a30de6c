"""What is to become of a list of parameters: read from options, applied to the parameters of each definition."""

from dataclasses import dataclass, replace
from fnmatch import fnmatch

from codeagent.domain.errors import UsageError
from codeagent.refactorings.looked_at import LOOKED
from codeagent.refactorings.python.parameters import ANY, KEYWORD_ONLY, Parameter, parse_parameter, problem_of
from codeagent.refactorings.python.special_methods import BY_PLACE, KEPT_BY_PLACE, KNOWN_BY_PLACE
from codeagent.refactorings.refactoring import Occurrence, Refusal


@dataclass(frozen=True, slots=True)
class Change:
    """`values` are what calls hand over for the added ones, in their order; `values_in` the same by path pattern."""

    added: tuple[Parameter, ...] = ()
    values: tuple[str, ...] = ()
    values_in: tuple[tuple[str, str], ...] = ()
    removed: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    keyword_only: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.order or self.renamed or self.keyword_only)

    @property
    def harmless(self) -> bool:
        """Whether every call that was right stays right as it is."""
        keyed = {*self.keyword_only} - {one.name for one in self.added}  # of a new one nobody knows yet
        settled = not (self.removed or self.order or self.renamed or keyed)
        return settled and all(one.default for one in self.added)

    def keeps_places(self, path: str) -> bool:
        """Return whether calls in a file that name no parameter stay right as they are, as those of operators do."""
        return replace(self, renamed=()).leaves(path)

    def leaves(self, path: str) -> bool:
        """Return whether calls in a file stay right as they are, and nothing is to be handed over there."""
        return self.harmless and not any(self.value_of(one.name, path) for one in self.added)

    def value_of(self, name: str, path: str) -> str:
        """Return what a call in `path` hands over for an added parameter; "" for nothing."""
        index = next(i for i, one in enumerate(self.added) if one.name == name)
        for pattern, value in self.values_in:
            if index == 0 and fnmatch(path, pattern):
                return value
        return self.values[index] if index < len(self.values) else ""


def stays(change: Change, place: Occurrence) -> bool:
    """Tell whether a place that calls unseen stays right as it is."""
    if place.why == LOOKED:
        return False
    by_place = place.why in (BY_PLACE, KEPT_BY_PLACE, KNOWN_BY_PLACE)
    return change.leaves(place.path) or (by_place and change.keeps_places(place.path))


def read_change(
    add: list[str],
    call_value: list[str],
    call_value_in: list[tuple[str, str]],
    remove: list[str],
    reorder: str,
    rename: list[str],
    keyword_only: list[str],
) -> Change:
    """Read the options; UsageError where one cannot be read."""
    added = tuple(map(_added, add))
    if len(call_value) > len(added) or (call_value_in and not added):
        raise UsageError("a --call-value belongs to an --add", "give them in the same order")
    pairs = []
    for text in rename:
        old, equals, new = text.partition("=")
        if not equals or not old.strip().isidentifier() or not new.strip().isidentifier():
            raise UsageError(f"--rename-parameter wants OLD=NEW, not {text!r}")
        pairs.append((old.strip(), new.strip()))
    order = tuple(name.strip() for name in reorder.split(",") if name.strip())
    values_in = tuple((pattern, value) for pattern, value in call_value_in)
    removed = tuple(name.lstrip("*") for name in remove)
    return Change(added, tuple(call_value), values_in, removed, order, tuple(pairs), tuple(keyword_only))


def _added(text: str) -> Parameter:
    try:
        return parse_parameter(text)
    except ValueError as error:
        raise UsageError(
            f"--add wants 'name: type = default', not {text!r}", "type and default may be left out"
        ) from error


@dataclass(frozen=True, slots=True)
class Slot:
    """A parameter of the new signature and the old one that it was; "" for an added one."""

    parameter: Parameter
    old: str


def apply(change: Change, parameters: list[Parameter], where: str) -> list[Slot]:
    """Return the new parameters (the receiver is not among them) of a definition; Refusal where that cannot be."""
    _check_names(change, [one.name for one in parameters if one.name], where)
    renamed = dict(change.renamed)
    kept = [
        Slot(_renamed(one, renamed.get(one.name, one.name)), one.name)
        for one in parameters
        if one.name not in change.removed
    ]
    taking = any(one.star == "*" and one.name for one in parameters)  # by place, it would get what `*` got
    keyed = (*change.keyword_only, *(one.name for one in change.added if taking and one.default))
    for one in change.added:
        kept.insert(_place(kept, one, one.name in keyed), Slot(one, ""))
    kept = _ordered(kept, change.order, where)
    kept = _keyworded(kept, keyed, renamed)
    problem = problem_of([slot.parameter for slot in kept])
    if problem:
        raise Refusal(f"{where}: {problem}", "give a default, another name or another order")
    return kept


def _check_names(change: Change, names: list[str], where: str) -> None:
    known = {*names, *(one.name for one in change.added)}
    asked = [*change.removed, *(old for old, _ in change.renamed)]
    missing = [name for name in asked if name not in names]
    missing += [name for name in (*change.order, *change.keyword_only) if name not in known]
    if missing:
        raise Refusal(f"{where} has no parameter {missing[0]}", f"it has: {', '.join(names) or 'none'}")


def _renamed(one: Parameter, new: str) -> Parameter:
    return one if new == one.name else replace(one, name=new, text=one.text.replace(one.name, new, 1))


def _place(slots: list[Slot], one: Parameter, keyword_only: bool) -> int:
    """Where a new parameter goes: before what collects the rest, and without default before those that have one."""
    for at, slot in enumerate(slots):
        known = slot.parameter
        if known.star == "**" or (not keyword_only and (known.star or known.kind == KEYWORD_ONLY)):
            return at
        if not keyword_only and not one.default and known.default and known.kind == ANY:
            return at
    return len(slots)


def _ordered(slots: list[Slot], order: tuple[str, ...], where: str) -> list[Slot]:
    if not order:
        return slots
    places = [i for i, slot in enumerate(slots) if not slot.parameter.star and slot.parameter.kind != KEYWORD_ONLY]
    movable = {(slots[i].old or slots[i].parameter.name): slots[i] for i in places}
    if sorted(order) != sorted(movable):
        raise Refusal(f"{where}: the new order must name each of {', '.join(movable)} once", "name them all")
    result = list(slots)
    for at, name in zip(places, order, strict=True):
        result[at] = movable[name]
    return result


def _keyworded(slots: list[Slot], names: tuple[str, ...], renamed: dict[str, str]) -> list[Slot]:
    wanted = {renamed.get(name, name) for name in names}
    moved = [replace(s, parameter=replace(s.parameter, kind=KEYWORD_ONLY)) for s in slots if s.parameter.name in wanted]
    rest = [slot for slot in slots if slot.parameter.name not in wanted]
    at = next((i for i, slot in enumerate(rest) if slot.parameter.star == "**"), len(rest))
    return [*rest[:at], *moved, *rest[at:]]
