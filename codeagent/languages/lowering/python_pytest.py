"""Python: what tests and fixtures ask pytest for, by the names of their parameters and by marks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final, cast

from tree_sitter import Node

from codeagent.domain.facts import (
    ANY,
    CALL,
    DEF,
    FIXTURE,
    GIVEN,
    HANDED,
    IMPORT,
    ITEM,
    KEYWORD_ONLY,
    NAME,
    NONE,
    PLUGINS,
    POSITIONAL,
    READS,
    SEQ,
    STAR,
    Binding,
    Param,
)
from codeagent.languages.lowering.python_items import constant_key
from codeagent.languages.lowering.python_walk import Walk

_WORDS: Final = re.compile(r"\w+")
_PARAM: Final = "request.param"  # the name of it, in the scope of a fixture
_PLAIN: Final = frozenset(("identifier", "typed_parameter"))  # parameters without a default


@dataclass(frozen=True, slots=True)
class Marked:
    """What lowering a definition has found: its decorators as expressions, and whether it takes a receiver first."""

    decorators: tuple[int, ...]
    receiver: bool


@dataclass(frozen=True, slots=True)
class _Mark:
    """A decorator: what it is called, what it is given, and what it is as an expression."""

    name: str
    arguments: tuple[Node, ...]
    value: int = NONE

    def given(self, walk: Walk, name: str, place: int = -1) -> Node | None:
        """The argument of a name, or else at a place."""
        for one in self.arguments:
            if one.type == "keyword_argument" and walk.word(walk.children(one)[0]) == name:
                return walk.children(one)[-1]
        listed = [one for one in self.arguments if one.type != "keyword_argument"]
        return listed[place] if 0 <= place < len(listed) else None

    def lowered(self, walk: Walk, name: str, place: int = -1) -> int:
        """The argument of a name, or else at a place, as an expression; NONE where it says nothing."""
        expr = walk.exprs[self.value] if self.value != NONE else ()
        if not expr or expr[0] != CALL:
            return NONE
        by_name = dict(cast("tuple[tuple[str, int], ...]", expr[3]))
        args = cast("tuple[int, ...]", expr[2])
        return by_name.get(name, args[place] if 0 <= place < len(args) else NONE)


def ask(walk: Walk, node: Node, symbol: int, params: tuple[Param, ...], marked: Marked) -> tuple[Param, ...]:
    """Return the parameters of a function, those of a test or fixture with what pytest gives them."""
    marks = list(_marks(walk, node, marked.decorators))
    fixture = next((mark for mark in marks if mark.name == "fixture"), None)
    if fixture is not None:
        _call_itself(walk, fixture, symbol)
        _hand_params(walk, fixture, symbol)
    if not params or not (fixture is not None or walk.symbols[symbol].name.startswith("test")):
        return params
    listed = node.child_by_field_name("parameters")
    asking = {one.start_byte for one in listed.named_children if one.type in _PLAIN} if listed is not None else set()
    rows = {name: value for mark in marks if mark.name == "parametrize" for name, value in _rows(walk, mark)}
    return tuple(
        _with(walk, symbol, one, rows) if one.start in asking and (place or not marked.receiver) else one
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


def param_of_request(walk: Walk, base: Node, scope: int) -> int:
    """Return what `request.param` is in a fixture that has `params`; NONE anywhere else."""
    if walk.word(base) == "request":
        for outer in walk.chains[scope]:
            if outer in walk.handing:
                return walk.expr((NAME, outer, _PARAM))
    return NONE


def _call_itself(walk: Walk, mark: _Mark, symbol: int) -> None:
    """Bind the name that a fixture is asked for by, where that is another than the function's: `fixture(name="x")`."""
    said = mark.given(walk, "name")
    name = constant_key(walk, said) if said is not None else None
    if isinstance(name, str):
        fact = walk.symbols[symbol]
        walk.bindings.append(Binding(fact.parent, FIXTURE + name, walk.expr((DEF, symbol)), fact.name_start))


def _hand_params(walk: Walk, mark: _Mark, symbol: int) -> None:
    """Bind what `fixture(params=[...])` lists to `request.param`."""
    listed = mark.given(walk, "params")
    if listed is not None:
        value = _cells(walk, mark.lowered(walk, "params"), NONE)
        walk.bindings.append(Binding(symbol, _PARAM, value, listed.start_byte))
        walk.handing.add(symbol)


def _with(walk: Walk, symbol: int, param: Param, rows: dict[str, int]) -> Param:
    """A parameter with what a row of a mark gives it, or else a fixture."""
    if param.kind not in (POSITIONAL, KEYWORD_ONLY):
        return param
    given = rows[param.name] if param.name in rows else _note(walk, symbol, param.start, param.name)
    return Param(param.name, param.kind, param.annotation, given, param.start)


def _rows(walk: Walk, mark: _Mark) -> Iterator[tuple[str, int]]:
    """Yield the parameters that `parametrize` gives, what they may be; none that it hands to their fixtures."""
    names = mark.given(walk, "argnames", 0)
    if names is None or mark.given(walk, "indirect", 2) is not None:
        return
    words = _WORDS.findall(walk.word(names))
    rows = mark.lowered(walk, "argvalues", 1)
    single = len(words) == 1 and names.type == "string"
    for place, word in enumerate(words):
        yield word, _cells(walk, rows, NONE if single else place)


def _cells(walk: Walk, rows: int, place: int) -> int:
    """What stands at a place of each of the rows, NONE for all of it: `[Cart, pytest.param(Small, id="small")]`."""
    listed = walk.exprs[rows] if rows != NONE else ()
    if not listed or listed[0] != SEQ:
        return _handed(walk, _cell(walk, walk.each(rows), place))
    found = dict.fromkeys(_cell(walk, one, place) for one in cast("tuple[int, ...]", listed[1]))
    known = tuple(one for one in found if one not in (NONE, walk.text_literal))
    return _handed(walk, walk.expr((ANY, known))) if known else NONE


def _handed(walk: Walk, value: int) -> int:
    return walk.expr((HANDED, value)) if value != NONE else NONE


def _cell(walk: Walk, row: int, place: int) -> int:
    row_expr = walk.exprs[row] if row != NONE else ()
    if row_expr and row_expr[0] == CALL and walk.exprs[row_expr[1]][-1] == "param":
        return _at(walk, cast("tuple[int, ...]", row_expr[2]), max(place, 0))
    if place == NONE or row == NONE:
        return row
    if row_expr[0] != SEQ:
        return walk.expr((ITEM, row, place))
    return _at(walk, cast("tuple[int, ...]", row_expr[1]), place)


def _at(walk: Walk, cells: tuple[int, ...], place: int) -> int:
    """The cell at a place, behind a spread one an item of that: `pytest.param(*SMALL, id="small")`."""
    for at, cell in enumerate(cells[: place + 1]):
        if cell != NONE and walk.exprs[cell][0] == STAR:
            return walk.expr((ITEM, walk.exprs[cell][1], place - at))
    return cells[place] if place < len(cells) else NONE


def _note(walk: Walk, symbol: int, start: int, name: str) -> int:
    """Add a reference that no name of the source stands on: what the parameter is called stays its own name."""
    value = walk.expr((GIVEN, symbol, name))
    walk.expr((NAME, 0, PLUGINS))  # the file is concerned where somebody plugs in more of them
    walk.references += (start, start, READS, symbol, value)
    return value


def _marks(walk: Walk, node: Node, decorators: tuple[int, ...] = ()) -> Iterator[_Mark]:
    """Yield the decorators of a definition, with what they were lowered to where that is said."""
    above = node.parent
    around = above.children if above is not None and above.type == "decorated_definition" else ()
    marks = (one for one in around if one.type == "decorator")
    for one, value in zip_longest(marks, decorators, fillvalue=NONE):
        if isinstance(one, Node):
            said = walk.children(one)[0]
            call = said if said.type == "call" else None
            function = call.child_by_field_name("function") if call is not None else said
            given = call.child_by_field_name("arguments") if call is not None else None
            arguments = tuple(walk.children(given)) if given is not None else ()
            yield _Mark(walk.word(function).rpartition(".")[2] if function is not None else "", arguments, value)
