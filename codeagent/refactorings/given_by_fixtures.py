"""Python: members that are read from what pytest hands a test or fixture by the name of its parameter."""

from codeagent.domain.facts import ATTR, GENERATOR
from codeagent.graph import values
from codeagent.graph.values import INST, Value
from codeagent.graph.views import FileView
from codeagent.refactorings.census import Mention
from codeagent.refactorings.code import Code
from codeagent.refactorings.family import member_key
from codeagent.refactorings.python.fixtures import asked_for, asks, fixtures, sees
from codeagent.refactorings.python.parameter_names import parameter_of


def read_from_fixture(code: Code, keys: frozenset[str], mention: Mention) -> bool | None:
    """Tell whether what is read from a parameter that a fixture fills is one of the keys, by what the fixtures of
    that name give which the test can see; None where that is not known of all of them, or where some have another."""
    if code.language(mention.path) != "python":
        return None
    view = code.naming.file(mention.path).view
    for index in view.named.get((mention.start, mention.end), ()):
        expr = view.facts.exprs[index]
        asked = _asked(code, view, expr[1]) if expr[0] == ATTR else None
        if asked is not None:
            found = {_member(code, value, expr[2]) for value in _given(code, mention.path, asked)}
            return None if not found or None in found or (found & keys and not found <= keys) else bool(found & keys)
    return None


def given_by_fixture(code: Code, view: FileView, index: int) -> set[Value | None]:
    """Return what an expression may be that is the name of a parameter which a fixture fills: None among it for what
    nobody knows; nothing for any other expression."""
    asked = _asked(code, view, index)
    return _given(code, view.path, asked) if asked is not None else set()


def _asked(code: Code, view: FileView, index: int) -> str | None:
    """The fixture that an expression is the name of: a parameter of a test or fixture, that nothing else binds."""
    found = parameter_of(view, index)
    if found is None:
        return None
    scope, name = found[0], view.functions[found[0]].params[found[1]].name
    bound = any(one.scope == scope and one.name == name for one in view.facts.bindings)
    symbol = next(one for one in code.graph.symbols(view.path) if one.id == view.symbol_id(scope))
    return name if not bound and asks(code, symbol) and name in asked_for(code, symbol) else None


def _given(code: Code, path: str, name: str) -> set[Value | None]:
    """What the fixtures of a name give that a test of a file can see; None for what nobody knows."""
    flow, found = code.naming.flow, set[Value | None]()
    for fixture in fixtures(code, name):
        if sees(path, fixture.path):
            view = flow.world.view(fixture.path)
            index = next(i for i in range(len(view.facts.symbols)) if view.symbol_id(i) == fixture.id)
            result = flow.result(fixture.path, index)
            if flow.flags(fixture.path, index) & GENERATOR:
                result = flow.each((values.GENERATOR, fixture.path, index))
            found |= set(result) or {None}
    return found


def _member(code: Code, value: Value | None, name: str) -> str | None:
    """The key of a member of a value; None where it is no object of a class of the tree, or has no such member."""
    if value is None or value[0] != INST:
        return None
    return member_key(code.naming.flow, (value[1], value[2]), name) or None
