"""pytest: which fixture a test, or another fixture, is handed for the name of a parameter, and what it then has."""

from collections.abc import Iterator
from posixpath import dirname

from codeagent.domain.facts import ATTR, CALL, DEF, FIXTURE, GENERATOR, LIVE, NAME, PLUGINS, TYPE_KINDS
from codeagent.graph import calling, definitions, values
from codeagent.graph.evaluator import Evaluator
from codeagent.graph.slots import NO_SLOT
from codeagent.graph.values import Denoted, Values, union
from codeagent.graph.views import FileView


def of_name(flow: Evaluator, view: FileView, scope: int, name: str) -> list[Denoted]:
    """Return the fixtures of a name that a function or class sees: in its classes, in its file, or in the nearest
    `conftest.py`, as pytest looks for them; a fixture that asks for its own name is handed the next one."""
    for seen in _seen(flow, view, scope, name):
        found = [one for one in seen if not isinstance(one, str) and one != (view.path, scope)]
        fixtures = [one for one in found if _goes_by(flow.world.view(one[0]), one[1], name)]
        if fixtures:
            return fixtures
    return []


def given(flow: Evaluator, view: FileView, scope: int, name: str) -> Values:
    """Return what pytest hands over for a name: what its fixture returns, or yields."""
    found = []
    for path, symbol in of_name(flow, view, scope, name):
        if flow.flags(path, symbol) & GENERATOR:
            found.append(flow.each((values.GENERATOR, path, symbol)))
            continue
        found.append(flow.result(path, symbol))
        own = flow.world.view(path)
        back = {position for position, _ in calling.handed_back(flow, own, own.functions[symbol])}
        found += [flow.argument(path, symbol, position) for position in back if position is not None]
    return union(found)


def is_fixture(view: FileView, symbol: int) -> bool:
    """Tell whether a function is a fixture, by what its decorators are called."""
    fact, exprs = view.functions.get(symbol), view.facts.exprs
    marks = [exprs[one] for one in fact.decorators if one >= 0] if fact is not None else []
    marks = [exprs[one[1]] if one[0] == CALL else one for one in marks]
    return any(one[0] in (ATTR, LIVE, NAME) and one[2] == "fixture" for one in marks)


def _goes_by(view: FileView, symbol: int, name: str) -> bool:
    """Tell whether a function is a fixture that is asked for by a name: its own, or what its mark says."""
    if not is_fixture(view, symbol):
        return False
    fact = view.facts.symbols[symbol]
    if symbol in _said(view, fact.parent, name):
        return True
    exprs = view.facts.exprs
    marks = [exprs[one] for one in view.functions[symbol].decorators if one >= 0]
    return fact.name == name and not any(one[0] == CALL and "name" in dict(one[3]) for one in marks)


def _said(view: FileView, scope: int, name: str) -> list[int]:
    """The functions of a class or module that their marks give a name."""
    exprs = (view.facts.exprs[one.value] for one in view.slots.get((scope, FIXTURE + name), NO_SLOT).bindings)
    return [expr[1] for expr in exprs if expr[0] == DEF]


def _seen(flow: Evaluator, view: FileView, scope: int, name: str) -> Iterator[list[Denoted | str]]:
    """What a name stands for from the nearest place to the furthest."""
    symbols, current = view.facts.symbols, scope
    while current > 0:
        if symbols[current].kind in TYPE_KINDS:
            yield [(view.path, one) for one in _said(view, current, name)]
            yield flow.denoted_in_class((view.path, current), name)
        current = symbols[current].parent
    yield from _at_top(flow, view, name)
    folder = view.path
    while folder:
        folder = dirname(folder)
        shared = f"{folder}/conftest.py".lstrip("/")
        if shared in flow.world.facts:
            yield from _at_top(flow, flow.world.view(shared), name)


def _at_top(flow: Evaluator, view: FileView, name: str) -> Iterator[list[Denoted | str]]:
    """What a name stands for in a file, then in the modules that its `pytest_plugins` names."""
    for word in (FIXTURE + name, name):
        yield definitions.of_name(flow, view, 0, word)
    for binding in view.slots.get((0, PLUGINS), NO_SLOT).bindings:
        for location in flow.world.find(view, view.facts.exprs[binding.value][1]):
            if not location.path.endswith("/"):
                for word in (FIXTURE + name, name):
                    yield definitions.in_location(flow, location, word)
