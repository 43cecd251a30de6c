"""Functions that are handed to what reads their signature, so that any change of it is seen there."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from codeagent.domain.code import Symbol
from codeagent.graph.naming import key_of
from codeagent.graph.slots import NO_SLOT
from codeagent.graph.values import TYPE
from codeagent.languages.syntax import Node, around, enclosing, every
from codeagent.refactorings.code import Code
from codeagent.refactorings.family import owner_of
from codeagent.refactorings.handed import taken_by
from codeagent.refactorings.python.decorators import decorating
from codeagent.refactorings.python.leftovers import callee_end
from codeagent.refactorings.refactoring import Occurrence

LOOKED: Final = "handed to what reads its signature"
_READING: Final = frozenset(("signature", "getfullargspec", "get_type_hints", "getcallargs", "from_callable"))
_READS: Final = re.compile(
    rb"\b(?:inspect\.signature|getfullargspec|get_type_hints|getcallargs|__annotations__|__code__|__defaults__"
    rb"|__kwdefaults__)\b|(?<![\w.])signature\("
)
_MEMBERS: Final = re.compile(rb"\bdir\(|\bgetmembers\(|__dict__\b|\bvars\(")
_CALLS: Final = ("calls", "instantiates")
_CONSTRUCTORS: Final = ("__init__", "__new__")
_MOST: Final = 60  # functions that are followed


def told_of_readers(code: Code, values: Iterable[Occurrence]) -> Iterator[Occurrence]:
    """Yield places where a function is a value; those that hand it to what reads its signature say so."""
    for place in values:
        if code.language(place.path) != "python":
            yield place
            continue
        node = around(code.tree(place.path), place.start, place.end)
        call = taken_by(node)
        calls = [call] if call is not None else _handing_on(code, place.path, node)
        yield replace(place, why=LOOKED) if any(_reads(code, place.path, one) for one in calls) else place


def _handing_on(code: Code, path: str, node: Node) -> Iterator[Node]:
    """The calls below that are given an object of which a value becomes a member: `module.total = total`."""
    above = node.parent
    left = above.child_by_field_name("left") if above is not None and above.type == "assignment" else None
    holder = left.child_by_field_name("object") if left is not None and left.type == "attribute" else None
    if holder is None or holder.type != "identifier" or left == node:
        return
    names, scope = code.naming.file(path), enclosing(node, "function_definition") or code.tree(path)
    held = names.meaning(holder.start_byte, holder.end_byte)
    for one in every(scope, "python", "identifier"):
        same = one.text == holder.text and names.meaning(one.start_byte, one.end_byte) == held
        if same and (call := taken_by(one)) is not None:
            yield call


def read_by_decorators(code: Code, functions: Iterable[str]) -> Iterator[Occurrence]:
    """Yield the functions that a decorator reads the signature of: their own, for a constructor one of its class or of
    a class above."""
    for identity in functions:
        symbol = code.symbol(identity)
        decorated = [symbol, *_constructed(code, symbol)] if code.language(symbol.path) == "python" else []
        if any(_leads_to_reading(code, key) for one in decorated for key in sorted(decorating(code, one))):
            yield Occurrence(symbol.path, symbol.name_span.start, symbol.name_span.end, LOOKED)


def asked_by_parameters(code: Code, keys: Iterable[str], name: str) -> Iterator[Occurrence]:
    """Yield constructors whose signature a decorator reads, where members go by the name of one of their parameters:
    whoever reads a signature may ask the object for what its parameters are called."""
    flow = code.naming.flow
    for path, index, _ in filter(None, (owner_of(flow, key) for key in sorted(keys))):
        view = flow.world.view(path)
        made = view.slots.get((index, "__init__"), NO_SLOT)
        facts = [fact for one in made.symbols if (fact := view.functions.get(one)) is not None]
        asking = [view.symbol_id(one.symbol) for one in facts if any(param.name == name for param in one.params)]
        yield from read_by_decorators(code, asking)


def _constructed(code: Code, symbol: Symbol) -> Iterator[Symbol]:
    """The classes whose objects a constructor makes, with those above them."""
    owner = owner_of(code.naming.flow, key_of(symbol.id)) if symbol.name in _CONSTRUCTORS else None
    for one in code.naming.flow.hierarchy.line(owner[:2]) if owner is not None else ():
        if one[0] == TYPE:
            yield code.symbol(code.naming.flow.world.view(one[1]).symbol_id(one[2]))


def _reads(code: Code, path: str, call: Node) -> bool:
    callee = callee_end(call)
    if callee is None:
        return False
    called = [target for target, _, _ in code.naming.file(path).called(callee.start_byte, callee.end_byte)]
    if any("::" not in target and target.rpartition(".")[2] in _READING for target in called):
        return True
    inside = [target for target in called if "::" in target]
    return any(_leads_to_reading(code, target) or shows_members(code, target) for target in inside)


def _leads_to_reading(code: Code, function: str) -> bool:
    found: bool = code.kept(("reads signatures", function), lambda: _leads(code, function))
    return found


def shows_members(code: Code, function: str) -> bool:
    """Tell whether a function, or what it calls, goes through the members of an object and reads their signatures."""
    found: bool = bool(_showing_files(code)) and code.kept(
        ("shows members", function), lambda: _leads(code, function, members=True)
    )
    return found


def _showing_files(code: Code) -> list[str]:
    """The files that may go through members and read signatures."""

    def find() -> list[str]:
        near = sorted(code.graph.mentioning(("signature", "getfullargspec")))
        python = [path for path in near if code.language(path) == "python"]
        return [path for path in python if _READS.search(code.read(path)) and _MEMBERS.search(code.read(path))]

    found: list[str] = code.kept("showing files", find)
    return found


def _leads(code: Code, function: str, *, members: bool = False) -> bool:
    """Whether a function, or what it calls, reads signatures; those of `members` any method of a class may read."""
    pending, seen = [function], set[str]()
    while pending and len(seen) < _MOST:
        current = pending.pop(0)
        path = current.partition("::")[0]
        if current in seen or path not in code.graph.files or code.language(path) != "python":
            continue
        seen.add(current)
        known = (current, f"{current}.__init__")
        symbols = [one for one in code.graph.symbols(path) if one.id in known or key_of(one.id) in known]
        for symbol in symbols:
            whole, span = symbol.kind != "class", (symbol.span.start, symbol.span.end)
            reads = (whole or members) and _READS.search(code.read(path), *span)
            if reads and (not members or _MEMBERS.search(code.read(path), *span)):
                return True
            pending += [one.target for one in code.graph.outgoing(symbol.id, _CALLS) if whole and one.target]
    return False
