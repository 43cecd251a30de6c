"""Python modules that can be imported on some systems only, as they say at their top level."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from codeagent.languages.syntax import every
from codeagent.refactorings.code import Code

_ASKS: Final = re.compile(rb"\bsys\.platform\b|\bos\.name\b|\bplatform\.system\(")
_BOUND: Final = frozenset(
    "msvcrt winreg winsound _winapi _overlapped nt fcntl termios tty pty pwd grp resource posix syslog readline".split()
)


def bound_to_system(code: Code, path: str, names: Iterable[str], goal: str, stay: bool) -> Iterator[str]:
    """Yield, in words, that names of a module go to one that some systems cannot import, and that others need them; the
    old module does where they `stay` in use there."""
    place = _bound(code, goal)
    uses = (one for name in names for one in code.graph.incoming(f"{path}::{name}")) if place else ()
    if place and (stay or any(one.path not in (path, goal) for one in uses)):
        yield f"{place} lets {goal} be imported on some systems only"


def _bound(code: Code, path: str) -> str:
    """Where a module asserts what system it is on, or needs a module that not every system has; "" for nowhere.

    What stands under a condition, or is tried, is no need."""
    root = code.tree(path)
    for node in root.named_children:
        text = node.text or b""
        asserted = node.type == "assert_statement" and _ASKS.search(text)
        names = {code.text(one, path).partition(".")[0] for one in every(node, "python", "dotted_name")}
        imports = node.type in ("import_statement", "import_from_statement")
        if asserted or (imports and names & _BOUND):
            return f"{path}:{node.start_point[0] + 1}"
    return ""
