"""Exceptions that tests of Python have caught: `info.value` after `with pytest.raises(Failed) as info`."""

from typing import Final

from codeagent.domain.facts import ATTR, CALL, LIVE, NAME, NONE
from codeagent.graph.evaluator import Evaluator
from codeagent.graph.values import EXTERN_INST, NOTHING, Values
from codeagent.graph.views import FileView

_HOLDING: Final = {  # what holds the exception that is waited for, and as which attribute
    "pytest.raises": "value",
    "unittest.TestCase.assertRaises": "exception",
    "unittest.TestCase.assertRaisesRegex": "exception",
}
_ENTERED: Final = ".__enter__"
_NAMES: Final = frozenset(_HOLDING.values())


def exception(flow: Evaluator, view: FileView, of: Values, base: int, name: str) -> Values:
    """What an attribute of what such a `with` binds holds: objects of the classes that are waited for."""
    if name not in _NAMES:
        return NOTHING
    waits = {f"{waiting}{_ENTERED}" for waiting, held in _HOLDING.items() if held == name}
    if not any(value[0] == EXTERN_INST and value[1] in waits for value in of):
        return NOTHING
    exprs, found = view.facts.exprs, NOTHING
    for index in bound(view, base):
        entered = exprs[index] if index != NONE else (NONE,)
        method = exprs[entered[1]] if entered[0] == CALL else (NONE,)
        waiting = exprs[method[1]] if method[0] == ATTR and method[1] != NONE else (NONE,)
        if waiting[0] != CALL or not waiting[2] or waiting[2][0] == NONE:
            return NOTHING
        classes = flow.expr(view, waiting[2][0])
        found |= flow.instances(classes)
    return found


def bound(view: FileView, index: int) -> list[int]:
    """The values that a name may be bound to where it stands; anything else is itself."""
    expr, facts = view.facts.exprs[index] if index != NONE else (NONE,), view.facts
    if expr[0] == LIVE:
        return [facts.bindings[one].value for one in expr[3]]
    if expr[0] != NAME:
        return [index]
    scope = expr[1]
    while scope >= 0:
        if (slot := view.slots.get((scope, expr[2]))) is not None and slot.bindings:
            return [one.value for one in slot.bindings]
        scope = facts.symbols[scope].parent
    return []
