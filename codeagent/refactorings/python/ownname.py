"""Modules of Python that speak of themselves by `__name__` or `__file__`."""

from codeagent.languages.syntax import around, child, enclosing
from codeagent.refactorings.code import Code
from codeagent.refactorings.python.binding import read_scopes


def says_its_name(code: Code, path: str, names: tuple[str, ...] = ("__name__",)) -> bool:
    """Tell whether a module does more with its `__name__` than to ask whether it is the program, or to log by it."""
    if not any(name.encode() in code.read(path) for name in names):
        return False
    uses = (use for use in read_scopes(code.tree(path)).uses.values() if use.name in names)
    for use in uses:
        node = around(code.tree(path), use.start, use.end)
        call, parent = enclosing(node, "call"), node.parent
        named = child(call, "function").text or b"" if call is not None else b""
        if parent is not None and parent.type != "comparison_operator" and not named.lower().endswith(b"getlogger"):
            return True
    return False
