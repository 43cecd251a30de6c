"""Constructors, and what runs where an object is called: which of several take what the call hands over."""

from codeagent.domain.facts import KIND, NONE, TAKES
from codeagent.graph import overloads
from codeagent.graph.flow import Flow
from codeagent.graph.overloads import Passed
from codeagent.graph.slots import NO_SLOT
from codeagent.graph.values import FUNC, Class, Denoted, Value
from codeagent.graph.views import FileView

_ADOPTING = frozenset({KIND["struct"], KIND["enum"]})  # types without a class above them


def fitting(flow: Flow, view: FileView, owner: Class, name: str, expr: int) -> list[Denoted]:
    """The constructors of a name that take the arguments of a call, where the call tells them; else all."""
    parts = ((flow.world.view(path), symbol) for path, symbol in flow.parts.of_type(owner))
    found = [(one.path, index) for one, symbol in parts for index in one.slots.get((symbol, name), NO_SLOT).symbols]
    if not _says(view, expr):
        return found
    functions: list[Value] = [(FUNC, *one) for one in found if flow.function(*one) is not None]
    return [value[1:3] for value in taking(flow, view, functions, expr)]


def taking(flow: Flow, view: FileView, functions: list[Value], expr: int) -> list[Value]:
    """Those of some functions that take the arguments of a call, where the call tells them; else all."""
    if not _says(view, expr):
        return functions
    return overloads.chosen(flow, view, functions, Passed(*view.facts.exprs[expr][2:]))


def _says(view: FileView, expr: int) -> bool:
    """Whether a callee is told with what it is handed."""
    return expr != NONE and view.facts.exprs[expr][0] == TAKES


def from_outside(flow: Flow, owner: Class, outside: str) -> bool:
    """Whether a base from outside may have the constructor of a type: a class, not a protocol that anything adopts."""
    view = flow.world.view(owner[0])
    protocol = view.language.scoping.builtins_adopted and outside.startswith("<builtin>.")
    return not protocol and view.facts.symbols[owner[1]].kind not in _ADOPTING
