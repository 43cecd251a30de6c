"""Python: what tests and fixtures ask pytest for, by the names of their parameters and by marks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tree_sitter import Node

from codeagent.domain.facts import (
    DEF,
    FIXTURE,
    GIVEN,
    IMPORT,
    KEYWORD_ONLY,
    NAME,
    NONE,
    PLUGINS,
    POSITIONAL,
    READS,
    Binding,
    Param,
)
from codeagent.languages.lowering.python_items import constant_key
from codeagent.languages.lowering.python_walk import Walk

_WORDS: Final = re.compile(r"\w+")
_PLAIN: Final = frozenset(("identifier", "typed_parameter"))  # parameters without a default


@dataclass(frozen=True, slots=True)
class _Mark:
    """A decorator: what it is called, and what it is given."""

    name: str
    arguments: tuple[Node, ...]


def ask(walk: Walk, node: Node, symbol: int, params: tuple[Param, ...], *, receiver: bool) -> tuple[Param, ...]:
    """Return the parameters of a function, those of a test or fixture with what pytest gives them; `receiver`: the
    first one is the object of the method."""
    marks = list(_marks(walk, node))
    fixture = any(mark.name == "fixture" for mark in marks)
    if fixture:
        _call_itself(walk, marks, symbol)
    if not params or not (fixture or walk.symbols[symbol].name.startswith("test")):
        return params
    listed = node.child_by_field_name("parameters")
    asking = {one.start_byte for one in listed.named_children if one.type in _PLAIN} if listed is not None else set()
    made = set[str]().union(*(_named(walk, mark) for mark in marks if mark.name == "parametrize"))
    return tuple(
        _asked(walk, symbol, one) if one.start in asking and one.name not in made and (place or not receiver) else one
        for place, one in enumerate(params)
    )


def use(walk: Walk, node: Node, symbol: int) -> None:
    """Note the fixtures that `usefixtures` names above a function or class."""
    for mark in _marks(walk, node):
        if mark.name == "usefixtures":
            for text in (one for one in mark.arguments if one.type == "string"):
                _note(walk, symbol, text.start_byte + 1, walk.word(text).strip("\"'"))


def asked_by_call(walk: Walk, arguments: Node, scope: int) -> int:
    """Return what `request.getfixturevalue("cart")` gives; NONE where the name is no plain text."""
    given = walk.children(arguments)
    name = constant_key(walk, given[0]) if given else None
    return _note(walk, scope, given[0].start_byte + 1, name) if isinstance(name, str) else NONE


def plug(walk: Walk, node: Node) -> None:
    """Note the modules that `pytest_plugins = [...]` names: their fixtures are known where it stands."""
    for text in node.children if node.type in ("list", "tuple") else (node,):
        name = constant_key(walk, text)
        if isinstance(name, str):
            walk.bindings.append(Binding(0, PLUGINS, walk.expr((IMPORT, name, None)), text.start_byte))


def _call_itself(walk: Walk, marks: list[_Mark], symbol: int) -> None:
    """Bind the name that a fixture is asked for by, where that is another than the function's: `fixture(name="x")`."""
    said = (one for mark in marks if mark.name == "fixture" for one in mark.arguments if one.type == "keyword_argument")
    for one in said:
        word, value = walk.children(one)
        name = constant_key(walk, value) if walk.word(word) == "name" else None
        if isinstance(name, str):
            fact = walk.symbols[symbol]
            walk.bindings.append(Binding(fact.parent, FIXTURE + name, walk.expr((DEF, symbol)), fact.name_start))


def _asked(walk: Walk, symbol: int, param: Param) -> Param:
    if param.kind not in (POSITIONAL, KEYWORD_ONLY):
        return param
    return Param(param.name, param.kind, param.annotation, _note(walk, symbol, param.start, param.name), param.start)


def _note(walk: Walk, symbol: int, start: int, name: str) -> int:
    """Add a reference that no name of the source stands on: what the parameter is called stays its own name."""
    value = walk.expr((GIVEN, symbol, name))
    walk.expr((NAME, 0, PLUGINS))  # the file is concerned where somebody plugs in more of them
    walk.references += (start, start, READS, symbol, value)
    return value


def _marks(walk: Walk, node: Node) -> Iterator[_Mark]:
    above = node.parent
    for one in above.children if above is not None and above.type == "decorated_definition" else ():
        if one.type == "decorator":
            said = walk.children(one)[0]
            call = said if said.type == "call" else None
            function = call.child_by_field_name("function") if call is not None else said
            given = call.child_by_field_name("arguments") if call is not None else None
            arguments = tuple(walk.children(given)) if given is not None else ()
            yield _Mark(walk.word(function).rpartition(".")[2] if function is not None else "", arguments)


def _named(walk: Walk, mark: _Mark) -> set[str]:
    """The parameters that `parametrize` gives: words of its first argument, a string or a row of strings."""
    return set(_WORDS.findall(walk.word(mark.arguments[0]))) if mark.arguments else set()
