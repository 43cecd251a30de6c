"""Names that may stand for a value or for the type that it is called like: `Color Color { get; }`, then `Color.Red`."""

from codeagent.domain.facts import KIND, NAME, NONE, PATTERN, STATIC, TYPE_KINDS
from codeagent.graph import containers, definitions, lookup
from codeagent.graph.evaluator import Evaluator
from codeagent.graph.values import EXTERN, INST, Class, Denoted
from codeagent.graph.views import FileView

_OF_TYPES = TYPE_KINDS | {KIND["enum-member"]}


def meant(flow: Evaluator, view: FileView, index: int) -> tuple[list[Denoted | str], bool]:
    """The types that (NAME, scope, name, member) may stand for, and whether it may stand for what else has the name.

    Before a member of the type itself it is the type, before one of its instances the value."""
    expr = view.facts.exprs[index]
    if expr[0] != NAME or len(expr) < 4:
        return [], True
    scope, name, member = expr[1:]
    if not member or member == PATTERN:
        found = definitions.of_name(flow, view, scope, name, types=True)
        known = not member or any(not isinstance(one, str) and lookup.is_type(flow, *one) for one in found)
        return (found, False) if known else ([], True)
    held = [value for value in flow.expr(view, index) if value[0] != EXTERN]  # that one is a type itself
    outside = {one for value in held for one in containers.outside_types(flow, value) if _last(one) == name}
    inside = {value[1:3] for value in held if value[0] == INST and _name(flow, value[1:3]) == name}
    if outside or len(inside) > 1:
        return [*sorted(inside), *sorted(outside)], True
    return _chosen(flow, inside.pop(), member) if inside else ([], True)


def _chosen(flow: Evaluator, owner: Class, member: str) -> tuple[list[Denoted | str], bool]:
    place, elsewhere = flow.hierarchy.find(owner, member)
    if place is None:
        return [owner] if elsewhere else [], True  # what stands outside of types extends their instances
    of_type = {_is_of_type(flow, one) for one in flow.denoted_in_class(owner, member) if not isinstance(one, str)}
    return [owner] if True in of_type else [], of_type != {True}


def _is_of_type(flow: Evaluator, member: Denoted) -> bool:
    view = flow.world.view(member[0])
    fact, function = view.facts.symbols[member[1]], view.functions.get(member[1])
    extends = function is not None and function.owner != NONE
    return not extends and (bool(fact.flags & STATIC) or fact.kind in _OF_TYPES)


def _name(flow: Evaluator, owner: Class) -> str:
    return flow.world.view(owner[0]).facts.symbols[owner[1]].name


def _last(dotted: str) -> str:
    return dotted.rpartition(".")[2]
