"""Functions that are handed to what reads their signature, so that any change of it is seen there."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from codeagent.languages.syntax import Node, around
from codeagent.refactorings.code import Code
from codeagent.refactorings.handed import taken_by
from codeagent.refactorings.python.leftovers import callee_end
from codeagent.refactorings.refactoring import Occurrence

LOOKED: Final = "handed to what reads its signature"
_READING: Final = frozenset(("signature", "getfullargspec", "get_type_hints", "getcallargs", "from_callable"))
_READS: Final = re.compile(
    rb"\b(?:inspect\.signature|getfullargspec|get_type_hints|getcallargs|__annotations__|__code__|__defaults__"
    rb"|__kwdefaults__)\b|(?<![\w.])signature\("
)
_CALLS: Final = ("calls", "instantiates")
_MOST: Final = 60  # functions that are followed


def told_of_readers(code: Code, values: Iterable[Occurrence]) -> Iterator[Occurrence]:
    """Yield places where a function is a value; those that hand it to what reads its signature say so."""
    for place in values:
        if code.language(place.path) != "python":
            yield place
            continue
        call = taken_by(around(code.tree(place.path), place.start, place.end))
        read = call is not None and _reads(code, place.path, call)
        yield replace(place, why=LOOKED) if read else place


def _reads(code: Code, path: str, call: Node) -> bool:
    callee = callee_end(call)
    if callee is None:
        return False
    called = [target for target, _, _ in code.naming.file(path).called(callee.start_byte, callee.end_byte)]
    if any("::" not in target and target.rpartition(".")[2] in _READING for target in called):
        return True
    return any("::" in target and _leads_to_reading(code, target) for target in called)


def _leads_to_reading(code: Code, function: str) -> bool:
    found: bool = code.kept(("reads signatures", function), lambda: _leads(code, function))
    return found


def _leads(code: Code, function: str) -> bool:
    """Whether a function, or what it calls, reads signatures."""
    pending, seen = [function], set[str]()
    while pending and len(seen) < _MOST:
        current = pending.pop(0)
        path = current.partition("::")[0]
        if current in seen or path not in code.graph.files or code.language(path) != "python":
            continue
        seen.add(current)
        symbols = [one for one in code.graph.symbols(path) if one.id in (current, f"{current}.__init__")]
        for symbol in symbols:
            whole = symbol.kind != "class"
            if whole and _READS.search(code.read(path), symbol.span.start, symbol.span.end):
                return True
            pending += [one.target for one in code.graph.outgoing(symbol.id, _CALLS) if whole and one.target]
    return False
