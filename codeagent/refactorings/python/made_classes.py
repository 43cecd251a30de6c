"""Python: objects of classes that calls make (`namedtuple`), which value flow takes for objects from outside."""

from typing import Final

from codeagent.domain.facts import CALL, LIVE, NAME, NONE, Expr
from codeagent.graph.values import EXTERN_INST, Value
from codeagent.graph.views import FileView
from codeagent.refactorings.code import Code

_MAKERS: Final = ("namedtuple", "NamedTuple", "make_dataclass")


def of_made_classes(code: Code, view: FileView, index: int, seen: frozenset[int] = frozenset()) -> frozenset[Value]:
    """Return the classes that calls make of which an expression may be an object; they stand for their objects."""
    if index == NONE or index in seen:
        return frozenset()
    expr = view.facts.exprs[index]
    found = {one for one in code.naming.flow.expr(view, expr[1]) if _is_made(one)} if expr[0] == CALL else set()
    return frozenset(found).union(*(of_made_classes(code, view, one, seen | {index}) for one in _bound(view, expr)))


def _bound(view: FileView, expr: Expr) -> list[int]:
    """The values that a name may be bound to where it stands."""
    if expr[0] == LIVE:
        return [view.facts.bindings[one].value for one in expr[3]]
    slot = view.slots.get(expr[1:3]) if expr[0] == NAME else None
    return [one.value for one in slot.bindings] if slot is not None else []


def _is_made(value: Value) -> bool:
    return value[0] == EXTERN_INST and value[1].rpartition(".")[2] in _MAKERS
