"""Decorators of Python's functions: what is written, and which of them may keep a function to call it unseen."""

from collections.abc import Iterator
from typing import Final

from codeagent.domain.code import Reference, Symbol
from codeagent.graph.naming import key_of
from codeagent.languages.syntax import Node, around, enclosing, every
from codeagent.refactorings.code import Code
from codeagent.refactorings.python.leftovers import callee_end
from codeagent.refactorings.python.passed_on import only_spread

_TRANSPARENT: Final = frozenset(
    "property setter getter deleter staticmethod classmethod abstractmethod override overload final cache lru_cache"
    " cached_property contextmanager asynccontextmanager wraps deprecated fixture parametrize usefixtures skip skipif"
    " xfail".split()
)  # a function is called just as it was, or, as pytest does, by the names of its parameters

_BY_PLACE: Final = frozenset(
    "before_request after_request teardown_request before_app_request after_app_request teardown_app_request"
    " teardown_appcontext errorhandler app_errorhandler context_processor app_context_processor".split()
)  # Flask keeps these functions and calls them, and names no parameter

_WRAPPING: Final = (b"wraps", b"update_wrapper", b"iscoroutinefunction")


def decorators(code: Code, symbol: Symbol) -> list[str]:
    """Return the decorators of a function or class as they are written, without their `@`."""
    return [code.text(one, symbol.path)[1:].strip() for one in _marks(code, symbol)]


def keeper(code: Code, symbol: Symbol, *, to_call: bool = False) -> str:
    """Return the decorator that may keep a function, and call it or name it where nobody sees it; "" for none.

    One whose wrapper is seen to call the function is none; where only calls matter (`to_call`), nor is one of the tree
    that does nothing with a function but to hand on what its wrapper is called with."""
    wrapping = {reference.path for reference in _wrapped(code, symbol)}
    for mark in _marks(code, symbol):
        called = code.text(mark, symbol.path)[1:].strip().partition("(")[0]
        if called.rpartition(".")[2] in _TRANSPARENT or _homes(code, symbol.path, mark) & wrapping:
            continue
        if not (to_call and _hands_on(code, symbol.path, mark)):
            return called
    return ""


def calls_by_place(mark: str) -> bool:
    """Tell whether a decorator that keeps a function is known to give it its arguments by place."""
    return mark.rpartition(".")[2] in _BY_PLACE


def decorating(code: Code, symbol: Symbol) -> frozenset[str]:
    """Return the keys of what a function or class of Python is decorated by."""
    return frozenset().union(*(_meant(code, symbol.path, mark) for mark in _marks(code, symbol)))


def _marks(code: Code, symbol: Symbol) -> list[Node]:
    node = around(code.tree(symbol.path), symbol.name_span.start, symbol.name_span.end).parent
    above = node.parent if node is not None else None
    if above is None or above.type != "decorated_definition":
        return []
    return [one for one in above.named_children if one.type == "decorator"]


def _homes(code: Code, path: str, mark: Node) -> set[str]:
    """The files of the tree that define a decorator."""
    return {target.partition("::")[0] for target in _meant(code, path, mark)}


def _meant(code: Code, path: str, mark: Node) -> frozenset[str]:
    name = mark.named_children[0]
    while name.type == "call" and (function := name.child_by_field_name("function")) is not None:
        name = function
    last = name.child_by_field_name("attribute") or name
    meaning = code.naming.file(path).meaning(last.start_byte, last.end_byte)
    return meaning.targets if meaning is not None else frozenset()


def _hands_on(code: Code, path: str, mark: Node) -> bool:
    """Whether a decorator is a function of the tree, and does nothing with what it decorates but to call it with all
    that its wrapper is given, and to look at its attributes."""
    meant = _meant(code, path, mark)
    home = min(meant, default="").partition("::")[0]
    if len(meant) != 1 or home not in code.graph.files or mark.named_children[0].type == "call":
        return False
    symbols = (one for one in code.graph.symbols(home) if key_of(one.id) in meant and one.kind == "function")
    places = [(one.name_span.start, one.name_span.end) for one in symbols]
    found = [enclosing(around(code.tree(home), *place), "function_definition") for place in places]
    return len(found) == 1 and found[0] is not None and _only_hands_on(found[0])


def _only_hands_on(function: Node) -> bool:
    listed, body = function.child_by_field_name("parameters"), function.child_by_field_name("body")
    taken = listed.named_children if listed is not None else []
    name = (
        next((one for one in [*taken[0].named_children, taken[0]] if one.type == "identifier"), None) if taken else None
    )
    if len(taken) != 1 or name is None or body is None:
        return False
    uses = [one for one in every(body, "python", "identifier") if one.text == name.text]
    return bool(uses) and all(_is_handed_on(one) for one in uses)


def _is_handed_on(use: Node) -> bool:
    above = use.parent
    if above is None:
        return False
    if above.type == "attribute":
        return above.child_by_field_name("object") == use
    if above.type == "call":
        return above.child_by_field_name("function") == use and only_spread(above)
    call = above.parent if above.type == "argument_list" else None
    callee = callee_end(call) if call is not None else None
    return callee is not None and callee.text in _WRAPPING


def _wrapped(code: Code, symbol: Symbol) -> Iterator[Reference]:
    """The calls of a function by a variable of a function around: what wrappers do."""
    for reference in code.graph.incoming(symbol.id, ("calls",)):
        meaning = code.naming.file(reference.path).meaning(reference.span.start, reference.span.end)
        inside = code.callable_around(reference.path, reference.span.start)
        owners = {target.rpartition(".")[0] for target in meaning.targets} if meaning is not None else set()
        if owners and all(inside.startswith(f"{owner}.") for owner in owners):
            yield reference
