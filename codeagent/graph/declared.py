"""Whether an expression is known by a declared type, so that it may be an instance of any subclass of it."""

from typing import Final

from codeagent.domain.facts import (
    ANY,
    ATTR,
    AWAIT,
    CALL,
    CLASS,
    EACH,
    INSTANCE,
    ITEM,
    LIVE,
    NAME,
    NARROW,
    NONE,
    PARAM,
    SELF,
)
from codeagent.graph.evaluator import Evaluator
from codeagent.graph.values import BOUND, FUNC, INST
from codeagent.graph.views import FileView

_DEPTH: Final = 6  # names and members followed from one to the next


def of(flow: Evaluator, view: FileView, index: int, depth: int = 0) -> bool:
    """Whether what an expression is known to be comes from a declaration, or is the receiver itself."""
    if index == NONE or depth > _DEPTH:
        return False
    expr = view.facts.exprs[index]
    op = expr[0]
    if op in (SELF, INSTANCE, NARROW):
        return True
    if op == ANY:
        return any(of(flow, view, part, depth + 1) for part in expr[1])
    if op in (EACH, ITEM, AWAIT, CLASS):
        return of(flow, view, expr[1], depth + 1)
    if op == PARAM:
        return view.functions[expr[1]].params[expr[2]].annotation != NONE
    if op == LIVE:
        return any(of(flow, view, view.facts.bindings[i].value, depth + 1) for i in expr[3])
    if op == NAME:
        return _name(flow, view, expr[1], expr[2], depth)
    if op == ATTR:
        return _member(flow, view, expr[1], expr[2], depth)
    return op == CALL and any(_returned(flow, value) for value in flow.expr(view, expr[1]))


def _name(flow: Evaluator, view: FileView, scope: int, name: str, depth: int) -> bool:
    current = scope
    while current >= 0:
        fact = view.functions.get(current)
        for param in fact.params if fact else ():
            if param.name == name:
                return param.annotation != NONE
        if (current, name) in view.slots:
            return _slot(flow, view, current, name, depth)
        current = view.facts.symbols[current].parent
    return False


def _slot(flow: Evaluator, view: FileView, scope: int, name: str, depth: int) -> bool:
    slot = view.slots.get((scope, name))
    if slot is None:
        return False
    functions = [view.functions[index] for index in slot.symbols if index in view.functions]  # properties
    return any(fact.returns != NONE for fact in functions) or any(
        of(flow, view, binding.value, depth + 1) for binding in slot.bindings
    )


def _member(flow: Evaluator, view: FileView, base: int, name: str, depth: int) -> bool:
    for value in flow.expr(view, base):
        place = flow.hierarchy.find(value[1:3], name)[0] if value[0] == INST else None
        if place is not None and _slot(flow, flow.world.view(place[1]), place[2], name, depth + 1):
            return True
    return False


def _returned(flow: Evaluator, value: tuple[object, ...]) -> bool:
    """Whether a callee says itself what it returns."""
    if value[0] not in (FUNC, BOUND):
        return False
    fact = flow.function(str(value[1]), int(str(value[2])))
    return fact is not None and fact.returns != NONE
