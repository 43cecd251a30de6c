"""Python: what an expression may be beyond value flow: what pytest gives, and objects of classes that calls make."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Final

from codeagent.domain.code import Symbol
from codeagent.domain.facts import ATTR, CALL, GENERATOR, LIVE, NAME, NONE, SEQ, Expr
from codeagent.graph import values
from codeagent.graph.values import EXTERN_INST, INST, TYPE, Value
from codeagent.graph.views import FileView
from codeagent.refactorings.code import Code
from codeagent.refactorings.python.fixtures import asked_for, asks, fixture_mark, fixtures, given_by_mark, sees
from codeagent.refactorings.python.parameter_names import parameter_of

_MAKERS: Final = ("namedtuple", "NamedTuple", "make_dataclass")

Given = set[Value | None]  # None for what nobody knows


def beyond_flow(code: Code, view: FileView, index: int, seen: frozenset[int] = frozenset()) -> Given:
    """Return what an expression may be that is a parameter which pytest fills, a call of one or of a class that a
    call makes (`namedtuple`), or a name bound to any of these; nothing for any other expression."""
    if index == NONE or index in seen:
        return set()
    expr, ask = view.facts.exprs[index], partial(beyond_flow, code, view, seen=seen | {index})
    if expr[0] == CALL:
        called = ask(expr[1]) or {one for one in code.naming.flow.expr(view, expr[1]) if _is_made_class(one)}
        return _united(_made(code, view, one) for one in called)
    if expr[0] == ATTR and expr[2] == "param":
        return _params(code, view, expr[1])
    if bound := _bound(view, expr):
        found = [ask(one) for one in bound]
        return _united(one or {None} for one in found) if any(found) else set()
    asked = asked_of(code, view, index)
    return given_by_fixtures(code, view.path, asked) if asked is not None else _marked(code, view, index)


def _bound(view: FileView, expr: Expr) -> list[int]:
    """The values that a name may be bound to where it stands."""
    if expr[0] == LIVE:
        return [view.facts.bindings[one].value for one in expr[3]]
    slot = view.slots.get(expr[1:3]) if expr[0] == NAME else None
    return [one.value for one in slot.bindings] if slot is not None else []


def asked_of(code: Code, view: FileView, index: int) -> str | None:
    """The fixture that an expression is the name of: a parameter of a test or fixture, that nothing else binds."""
    found = parameter_of(view, index)
    if found is None:
        return None
    scope, name = found[0], view.functions[found[0]].params[found[1]].name
    bound = any(one.scope == scope and one.name == name for one in view.facts.bindings)
    symbol = _symbol(code, view, scope)
    return name if not bound and asks(code, symbol) and name in asked_for(code, symbol) else None


def given_by_fixtures(code: Code, path: str, name: str) -> Given:
    """Return what the fixtures of a name give that a test of a file can see."""
    flow, found = code.naming.flow, Given()
    for fixture in fixtures(code, name):
        if sees(path, fixture.path):
            view = flow.world.view(fixture.path)
            index = next(i for i in range(len(view.facts.symbols)) if view.symbol_id(i) == fixture.id)
            result = flow.result(fixture.path, index)
            if flow.flags(fixture.path, index) & GENERATOR:
                result = flow.each((values.GENERATOR, fixture.path, index))
            found |= set(result) or _by_its_params(code, view, index) or {None}
    return found


def _by_its_params(code: Code, view: FileView, fixture: int) -> Given:
    """What a fixture gives that makes it of its own parameters: `return request.param()`."""
    fact = view.functions[fixture]
    return _united(beyond_flow(code, view, one) or {None} for one in (*fact.results, *fact.yields))


def _made(code: Code, view: FileView, value: Value | None) -> Given:
    if value is not None and _is_made_class(value):
        return {value}
    if value is None or value[0] == TYPE:
        return {value and (INST, *value[1:])}
    return set(code.naming.flow.called(view, value, (), ())) or {None}


def _is_made_class(value: Value) -> bool:
    """Whether a value is what a call gives that makes a class: its objects are taken for the same."""
    return value[0] == EXTERN_INST and value[1].rpartition(".")[2] in _MAKERS


def _params(code: Code, view: FileView, request: int) -> Given:
    """What `request.param` may be in a fixture: what its `params` list."""
    found = parameter_of(view, request)
    if found is None or not fixture_mark(code, _symbol(code, view, found[0])):
        return set()
    marks = (view.facts.exprs[one] for one in view.functions[found[0]].decorators)
    given = (value for mark in marks if mark[0] == CALL for name, value in mark[3] if name == "params")
    return _listed(code, view, given)


def _marked(code: Code, view: FileView, index: int) -> Given:
    """What `parametrize` gives a parameter, with what it gives others of the function."""
    found = parameter_of(view, index)
    fact = view.functions[found[0]] if found is not None else None
    if found is None or fact is None or not fact.decorators:
        return set()
    if fact.params[found[1]].name not in given_by_mark(code, _symbol(code, view, found[0])):
        return set()
    marks = (view.facts.exprs[one] for one in fact.decorators)
    return _listed(code, view, (one for mark in marks if mark[0] == CALL for one in mark[2]))


def _listed(code: Code, view: FileView, given: Iterable[int]) -> Given:
    """What is written in rows of values: `[Cart, pytest.param(Fake, id="fake")]`."""
    pending, found = list(given), Given()
    while pending:
        one = pending.pop()
        inner = tuple(_inside(view, view.facts.exprs[one])) if one != NONE else ()
        pending += inner
        if not inner:
            found |= (set(code.naming.flow.expr(view, one)) if one != NONE else set()) or {None}
    return found


def _inside(view: FileView, expr: Expr) -> Iterator[int]:
    if expr[0] == SEQ:
        yield from expr[1]
    elif expr[0] == CALL and view.facts.exprs[expr[1]][2:3] == ("param",):
        yield from expr[2]


def _united(given: Iterable[Given]) -> Given:
    return set().union(*given)


def _symbol(code: Code, view: FileView, index: int) -> Symbol:
    return code.symbol(view.symbol_id(index))
