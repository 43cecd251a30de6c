"""Python: functions that tests replace by something which may look at how it is called, as mocks do."""

from typing import Final

from codeagent.languages.syntax import Node, enclosing
from codeagent.refactorings.code import Code
from codeagent.refactorings.python.leftovers import callee_end

_REPLACING: Final = frozenset(("patch", "object", "setattr", "spy", "stub"))  # mock.patch.object, monkeypatch.setattr


def is_replaced(code: Code, path: str, node: Node | None, end: int) -> bool:
    """Tell whether a word in a string, up to a byte of a file, says what is to be replaced: `mock.patch("total")`."""
    string = enclosing(node, "string") if node is not None else None
    given = string.parent if string is not None and code.language(path) == "python" else None
    call = given.parent if given is not None and given.type == "argument_list" else None
    callee = callee_end(call) if call is not None and call.type == "call" else None
    if string is None or callee is None or code.text(callee, path) not in _REPLACING:
        return False
    return code.read(path)[end : string.end_byte].strip(b"\"'") == b""  # the last of a dotted name
