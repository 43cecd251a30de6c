"""Python modules that do something when they are imported, and that a change would make others import."""

from collections.abc import Iterable, Iterator
from typing import Final

from codeagent.languages.syntax import Node
from codeagent.refactorings.python.imports import SCRIPT, TYPING, surroundings
from codeagent.refactorings.python.loading import Loading

_DISPLAYS: Final = ("list", "dictionary", "set", "list_comprehension", "dictionary_comprehension", "set_comprehension")
_DEFINITIONS: Final = ("function_definition", "class_definition", "decorated_definition", "lambda")
_CALLS: Final = ("call", "await")


def awakened(before: Loading, after: Loading, written: Iterable[str]) -> Iterator[str]:
    """Yield, in words, where written files come to import modules that do something then, one sentence a module."""
    moves = {old: new for new, old in after.sources.items()}
    told: set[str] = set()
    for path in sorted(written):
        old = after.sources.get(path, path)
        if path not in after.files or old not in before.files or not path.endswith(".py"):
            continue
        if not after.of(path) - {moves.get(one, one) for one in before.of(old)}:
            continue
        had = {moves.get(one, one) for one in before.all_of([old])}
        for one in sorted(after.all_of([path]) - had - told):
            told.add(one)
            root = before.root(earlier) if (earlier := after.sources.get(one, one)) in before.files else after.root(one)
            line = _doing(root) if root is not None else 0
            if line:
                yield f"{one}:{line} does something when the module is imported, and {path} would import it"


def _doing(root: Node) -> int:
    """The first line of a module where it calls something for what that does; 0 for none.

    What it calls on a list, dict or set of its own, or for the value, is done to the module itself."""
    own = {b"__all__", *_own_displays(root)}
    pending = [root]
    while pending:
        node = pending.pop()
        if node.type == "expression_statement":
            call = node.named_children[0] if node.named_children else None
            if call is not None and call.type in _CALLS and _receiver(call) not in own:
                return node.start_point[0] + 1
        elif node.type not in _DEFINITIONS:
            inner = (one for one in node.named_children if surroundings(one)[0] not in (SCRIPT, TYPING))
            pending.extend(reversed(list(inner)))
    return 0


def _own_displays(root: Node) -> Iterator[bytes | None]:
    for statement in root.named_children:
        for one in statement.named_children if statement.type == "expression_statement" else ():
            value = one.child_by_field_name("right") if one.type == "assignment" else None
            name = one.child_by_field_name("left")
            if value is not None and value.type in _DISPLAYS and name is not None:
                yield name.text


def _receiver(call: Node) -> bytes | None:
    """The name of the object whose method is called."""
    function = call.child_by_field_name("function")
    owner = function.child_by_field_name("object") if function is not None else None
    return owner.text if owner is not None else None
