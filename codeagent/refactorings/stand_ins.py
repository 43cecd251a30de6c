"""Python: objects that are handed over for a parameter which is declared to be something else, as tests do."""

from collections.abc import Iterator
from typing import Final

from codeagent.domain.facts import (
    ATTR,
    CALL,
    CALLS,
    KWARGS,
    METHOD_LIKE,
    NONE,
    STATIC,
    VARARGS,
    FunctionFact,
)
from codeagent.graph.arriving import arguments, value_at
from codeagent.graph.values import EXTERN_INST, INST, Value
from codeagent.graph.views import FileView
from codeagent.refactorings.census import Mention
from codeagent.refactorings.code import Code
from codeagent.refactorings.family import member_key
from codeagent.refactorings.python.parameter_names import parameter_of

# What has the members that it is given, by whatever names.
_OPEN: Final = frozenset(("SimpleNamespace", "Namespace", "Mock", "MagicMock", "AsyncMock", "NonCallableMock"))


def stand_in(code: Code, keys: frozenset[str], mention: Mention) -> str:
    """Return why a member that is read from a declared parameter may be of another class than is declared: some call
    hands over an object whose member of that name is among the keys, and the declared one's is not, or the other way
    round; "" where all is one."""
    if mention.prose or not mention.member or code.language(mention.path) != "python":
        return ""
    view = code.naming.file(mention.path).view
    mine = mention.meaning.targets <= keys
    for index in view.named.get((mention.start, mention.end), ()):
        expr = view.facts.exprs[index]
        found = _declared(view, expr[1]) if expr[0] == ATTR else None
        for owner, key in _handed(code, view, *found, expr[2]) if found is not None else ():
            if (key in keys) != mine:
                return f"{found[0].params[found[1]].name} may be a {owner}" if found is not None else ""
    return ""


def _declared(view: FileView, index: int) -> tuple[FunctionFact, int] | None:
    """The parameter, if it has an annotation, that an expression is the name of."""
    found = parameter_of(view, index)
    if found is None:
        return None
    fact = view.functions[found[0]]
    param = fact.params[found[1]]
    told = param.annotation != NONE and param.kind not in (VARARGS, KWARGS)
    return (fact, found[1]) if told else None


def _handed(code: Code, view: FileView, fact: FunctionFact, position: int, name: str) -> Iterator[tuple[str, str]]:
    """The classes whose objects calls hand over for a parameter, each with its member of the name as a key; "" where
    a class outside the tree has it by being given it."""
    place = (view.path, fact.symbol, position)
    values: list[tuple[str, Value]] = code.kept(
        ("handed over", *place), lambda: list(_values(code, view, fact, position))
    )
    world = code.naming.flow.world
    for path, value in values:
        if value[0] == INST and (key := member_key(code.naming.flow, (value[1], value[2]), name)):
            yield world.view(value[1]).facts.symbols[value[2]].name, key
        last = value[1].rpartition(".")[2] if value[0] == EXTERN_INST else ""
        if last in _OPEN and name in code.read(path).decode("utf-8", "replace"):
            yield last, ""


def _values(code: Code, view: FileView, fact: FunctionFact, position: int) -> Iterator[tuple[str, Value]]:
    """What calls hand over for a parameter, each with the file of the call."""
    flow, symbol = code.naming.flow, view.facts.symbols[fact.symbol]
    shift = int(symbol.kind in METHOD_LIKE and not symbol.flags & STATIC)
    for path in sorted({one.path for one in code.graph.incoming(view.symbol_id(fact.symbol), ("calls",))}):
        other = flow.world.view(path)
        called = _callees(code, other, view.symbol_id(fact.symbol))
        for expr in other.facts.exprs:
            if expr[0] == CALL and expr[1] in called:
                for index in arguments(fact, position, expr[2], expr[3], shift):
                    yield from ((path, value) for value in value_at(flow, other, index))


def _callees(code: Code, view: FileView, function: str) -> set[int]:
    """The expressions of a file that are called where a call leads to a function."""
    incoming = code.graph.incoming(function, ("calls",))
    starts = {one.span.start for one in incoming if one.path == view.path}
    rows = view.facts.references
    return {rows[at + 4] for at in range(0, len(rows), 5) if rows[at + 2] == CALLS and rows[at] in starts}
