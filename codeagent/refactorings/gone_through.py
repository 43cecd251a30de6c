"""Where the names of a module are gone through, or asked for by what somebody hands over: `dir(settings)`."""

from collections.abc import Iterable, Iterator
from typing import Final

from codeagent.languages.syntax import Node, around
from codeagent.refactorings.code import Code
from codeagent.refactorings.handed import taken_by
from codeagent.refactorings.python.leftovers import callee_end
from codeagent.refactorings.refactoring import Occurrence

_THROUGH: Final = frozenset((b"dir", b"vars", b"getmembers", b"getmembers_static"))
_ASKING: Final = frozenset((b"getattr", b"hasattr"))


def gone_through(code: Code, keys: Iterable[str]) -> Iterator[Occurrence]:
    """Yield the places that go through the names of a module in which one of the keys is, or ask it for any name."""
    homes = {path for path, mark, name in (key.partition("::") for key in keys) if mark and "." not in name}
    for home in sorted(one for one in homes if one in code.graph.files and code.language(one) == "python"):
        for reference in code.graph.incoming(home, ("references",)):
            node = around(code.tree(reference.path), reference.span.start, reference.span.end)
            if _asks_for_any(node):
                why = "the names of its module are gone through there"
                yield Occurrence(reference.path, node.start_byte, node.end_byte, why)


def _asks_for_any(module: Node) -> bool:
    """Whether a module is given to a call that asks it for all its names, or for one that no text says."""
    call = taken_by(module)
    callee = callee_end(call) if call is not None else None
    given = call.child_by_field_name("arguments") if call is not None else None
    arguments = [one for one in given.named_children if one.type != "comment"] if given is not None else []
    if callee is None or not arguments or not arguments[0].start_byte <= module.start_byte < arguments[0].end_byte:
        return False
    if callee.text in _ASKING:
        return len(arguments) > 1 and arguments[1].type in ("identifier", "attribute", "subscript")
    return callee.text in _THROUGH
