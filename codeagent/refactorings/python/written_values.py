"""Python: what an expression may be, as it is written: a name, a member, a call of either."""

from typing import Final

from codeagent.graph.values import INST, TYPE, Values
from codeagent.languages.syntax import Node
from codeagent.refactorings.code import Code

_NAMED: Final = ("identifier", "attribute")


def indices_of(code: Code, path: str, node: Node) -> list[int]:
    """Return the indices of what the facts of a file say of a name or member; none for any other expression."""
    last = node.child_by_field_name("attribute") or node
    view = code.naming.file(path).view
    return view.named.get((last.start_byte, last.end_byte), []) if node.type in _NAMED else []


def values_of(code: Code, path: str, node: Node) -> Values:
    """Return what an expression may be; nothing where that is not known, or it is more than a name, member or call."""
    view, flow = code.naming.file(path).view, code.naming.flow
    callee = node.child_by_field_name("function") if node.type == "call" else None
    if callee is None:
        return frozenset().union(*(flow.expr(view, index) for index in indices_of(code, path, node)))
    made = (
        {(INST, *value[1:])} if value[0] == TYPE else flow.called(view, value, (), ())
        for value in values_of(code, path, callee)
    )
    return frozenset().union(*made)
