"""Calls of a function whose signature changes: what becomes of their arguments, and which stay as they are."""

from dataclasses import replace

from codeagent.domain.patch import Edit, edited
from codeagent.languages.syntax import around
from codeagent.refactorings.code import Code
from codeagent.refactorings.function_uses import Call, Function, Uses
from codeagent.refactorings.looked_at import LOOKED
from codeagent.refactorings.python.arguments import Argument, Bound, Unmatched, arguments_of, bind, written
from codeagent.refactorings.python.leftovers import call_of
from codeagent.refactorings.python.parameters import KEYWORD_ONLY, Parameter, parameters_of
from codeagent.refactorings.refactoring import Occurrence, Refusal
from codeagent.refactorings.signature_change import Change, Slot, apply


def own_parameters(code: Code, function: Function) -> list[Parameter]:
    """Return the parameters of a definition, the receiver left out."""
    return parameters_of(function.node, code.read(function.path))[1 if function.receiver else 0 :]


def fits_as_it_is(code: Code, uses: Uses, place: Occurrence, changes: list[Change]) -> bool:
    """Tell whether a name that may be one of the functions is called there with arguments that stay right whichever it
    is; `changes` says what becomes of each."""
    if place.why == LOOKED or code.syntax_of(place.path) != "python":
        return False
    name = around(code.tree(place.path), place.start, place.end)
    node = call_of(name) if code.text(name, place.path) == uses.name else None
    if node is None:
        return False
    call = Call(place.path, node, place.start, place.end)
    try:
        every = zip(uses.functions, changes, strict=True)
        return all(edit_of(code, replace(uses, target=one), call, change, []) is None for one, change in every)
    except (Unmatched, Refusal):
        return False


def edit_of(code: Code, uses: Uses, call: Call, change: Change, edits: list[Edit]) -> Edit | None:
    """Return the edit of a call, None where it stays as it is; Unmatched where that cannot be told."""
    if call.through:
        return None
    source = code.read(call.path)
    arguments = arguments_of(call.node, lambda start, end: text_after(source, call.path, edits, start, end))
    receiver: list[Argument] = []
    if call.explicit and uses.target.receiver:
        if not arguments or arguments[0].spread or arguments[0].keyword:
            raise Unmatched("its receiver cannot be told")
        receiver, arguments = arguments[:1], arguments[1:]
    parameters = own_parameters(code, uses.target)
    bound = bind(parameters, arguments)
    if bound.spread and not _apart_from_spread(change, bound, call.path):
        raise Unmatched("`*` or `**` arguments may fill what changes")
    slots = apply(change, parameters, uses.target.id)
    parts = [one.text for one in receiver] + _parts(slots, bound, _handing_on(code, uses, call, change), call.path)
    every = [*receiver, *arguments]
    if parts == [one.written for one in every]:
        return None
    start, end, new = written(parts, call.node, source, every)
    return Edit(call.path, start, end, new.encode("utf-8", "surrogateescape"))


def text_after(source: bytes, path: str, edits: list[Edit], start: int, end: int) -> str:
    """Return what will stand on bytes `start` to `end` of a file once the edits are made."""
    inner = [e for e in edits if e.path == path and start <= e.start and e.end <= end]
    moved = [replace(e, start=e.start - start, end=e.end - start) for e in sorted(inner)]
    return edited(source[start:end], moved).decode("utf-8", "surrogateescape")


def _handing_on(code: Code, uses: Uses, call: Call, change: Change) -> Change:
    """What an override hands on to what it overrides is what it was given itself: `super().add(item, price)`."""
    base = call.node.child_by_field_name("function")
    above = base.child_by_field_name("object") if base is not None and base.type == "attribute" else None
    inside = code.callable_around(call.path, call.start)
    if (
        above is None
        or not code.text(above, call.path).startswith("super(")
        or inside not in {f.key for f in uses.functions}
    ):
        return change
    return replace(change, values=tuple(one.name for one in change.added), values_in=())


def _apart_from_spread(change: Change, bound: Bound, path: str) -> bool:
    """Whether what `*x` or `**x` hand over cannot touch what changes."""
    by_place = any(one.spread == "*" for one in bound.spread)
    if by_place and (change.order or change.added):
        return change.leaves(path)
    changed = {*change.removed, *(old for old, _ in change.renamed), *(change.keyword_only if by_place else ())}
    return changed <= bound.by_name.keys()


def _parts(slots: list[Slot], bound: Bound, change: Change, path: str) -> list[str]:
    """The arguments of a call by the new signature: by place as long as none is left out, then by keyword."""
    stars = {slot.parameter.star for slot in slots if slot.parameter.name}
    if (bound.extra_positional and "*" not in stars) or (bound.extra_keywords and "**" not in stars):
        raise Unmatched("it gives arguments that no parameter would take")
    places: list[str] = []
    named = [(one.start, one.written) for one in (*bound.extra_keywords, *bound.spread)]  # each where it was
    new = min((one.start for one in bound.spread if one.spread == "**"), default=1 << 60)
    in_line = True
    for slot in slots:
        parameter = slot.parameter
        if parameter.star == "*" and parameter.name:
            if bound.extra_positional and not in_line:
                raise Unmatched("what goes into `*` would need everything before it")
            places += [one.text for one in bound.extra_positional]
        if parameter.star:
            continue
        argument = bound.by_name.get(slot.old) if slot.old else None
        value = argument.text if argument else "" if slot.old else change.value_of(parameter.name, path)
        if not value:
            if not slot.old and not parameter.default:
                raise Unmatched(f"no value is known for {parameter.name}: say --call-value")
            in_line = False
        elif in_line and parameter.kind != KEYWORD_ONLY and not (argument and argument.keyword):
            places.append(value)
        else:
            in_line = False
            place = argument.start if argument and argument.keyword else new - 1
            named.append((place, f"{parameter.name}={value}"))
    return [*places, *(text for _, text in sorted(named, key=lambda pair: pair[0]))]
