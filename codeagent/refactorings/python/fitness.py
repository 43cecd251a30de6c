"""What no function can be made of: jumps out of the selection, `yield`, and code that looks at its own frame."""

from collections.abc import Callable, Iterator
from typing import Final

from codeagent.languages.syntax import Node, child, enclosing
from codeagent.refactorings.python.region import Region, in_all
from codeagent.refactorings.refactoring import Refusal

_LOOPS: Final = ("for_statement", "while_statement")
_FRAMES: Final = frozenset("locals vars dir eval exec".split())
_AWAITING: Final = ("await", "async")


def check_fit(region: Region, holder: Node, *, same_class: bool, instance: bool) -> None:
    """Raise Refusal where code of `holder` would not do the same in a function of its own.

    `same_class`: the new function is a method of the same class; `instance`: it is called on the same object."""
    for node in _inside(region):
        reason = _OBSTACLES[node.type](node, region) if node.type in _OBSTACLES else ""
        if reason:
            raise Refusal(reason, "select other code")
    if any(node.type == "return_statement" for node in region.nodes[:-1]):
        raise Refusal("the selection goes on after a return", "select up to the return")
    if holder.type != "function_definition":
        _check_top(region, holder)
    for word in _words(region, deep=True):
        if (
            word.startswith("__")
            and not word.endswith("__")
            and not same_class
            and enclosing(region.node, "class_definition")
        ):
            raise Refusal(f"{word} means another name outside its class", "select other code")
    direct = set(_words(region, deep=False))
    instance = instance and not (region.node.type == "identifier" and "super" in direct)
    if ("super" in direct and not instance) or ("__class__" in direct and not same_class):
        raise Refusal("super() and __class__ work only in a method of the same class", "select other code")


def in_main(node: Node) -> bool:
    """Tell whether code runs only where its file is the program: what it binds is nobody else's."""
    at = enclosing(node, "if_statement")
    while at is not None:
        condition = at.child_by_field_name("condition")
        words = (condition.text or b"") if condition is not None else b""
        if b"__name__" in words and b"__main__" in words and b"==" in words:
            return True
        at = enclosing(at.parent, "if_statement") if at.parent is not None else None
    return False


def awaits(region: Region) -> bool:
    """Tell whether a region waits for coroutines itself."""
    return any(node.type in _AWAITING and not _of_function(node) for node in _inside(region))


def _of_function(node: Node) -> bool:
    return node.parent is not None and node.parent.type == "function_definition"


def _inside(region: Region, deep: bool = False) -> Iterator[Node]:
    """Yield the nodes of a region, without the bodies of its functions and classes unless `deep`."""
    pending = list(region.nodes)
    while pending:
        node = pending.pop()
        if node.end_byte <= region.start or node.start_byte >= region.end:
            continue
        yield node
        body = node.child_by_field_name("body") if node.type in ("function_definition", "lambda") and not deep else None
        pending.extend(one for one in node.children if body is None or one != body)


def _words(region: Region, deep: bool) -> Iterator[str]:
    for node in _inside(region, deep):
        if node.type == "identifier":
            yield (node.text or b"").decode("utf-8", "replace")


# --- one obstacle each ------------------------------------------------------------------------------


def _yield(node: Node, region: Region) -> str:
    return "the selection yields" if node.is_named else ""


def _jump(node: Node, region: Region) -> str:
    at = node.parent
    while at is not None and at.start_byte >= region.start and at.end_byte <= region.end:
        if at.type in _LOOPS and not _in_else(at, node):
            return ""
        at = at.parent
    return f"the {node.type.removesuffix('_statement')} in the selection leaves a loop outside it"


def _in_else(loop: Node, node: Node) -> bool:
    otherwise = loop.child_by_field_name("alternative")
    return otherwise is not None and otherwise.start_byte <= node.start_byte < otherwise.end_byte


def _call(node: Node, region: Region) -> str:
    name = (child(node, "function").text or b"").decode("utf-8", "replace")
    arguments = child(node, "arguments").named_children
    if name in _FRAMES and len(arguments) < (2 if name in ("eval", "exec") else 1):
        return f"{name}() sees the variables of the function it is called in"
    if name.endswith(("_getframe", "currentframe", "inspect.stack")):
        return f"{name}() counts the functions around it"
    return ""


def _keyword(node: Node, region: Region) -> str:
    return "stacklevel counts the functions around it" if child(node, "name").text == b"stacklevel" else ""


def _star(node: Node, region: Region) -> str:
    return "import * is allowed only at the top of a module"


def _future(node: Node, region: Region) -> str:
    return "imports from __future__ stay at the top of the module"


_OBSTACLES: Final[dict[str, Callable[[Node, Region], str]]] = {
    "yield": _yield,
    "break_statement": _jump,
    "continue_statement": _jump,
    "call": _call,
    "keyword_argument": _keyword,
    "wildcard_import": _star,
    "future_import_statement": _future,
}


def _check_top(region: Region, holder: Node) -> None:
    """Modules and classes keep their definitions, imports and annotations."""
    kept = ["function_definition", "class_definition"]
    kept += ["import_statement", "import_from_statement"] if not in_main(region.node) else []
    where = "module" if holder.type == "module" else "class"
    for node in _inside(region):
        if node.type in kept:
            raise Refusal(f"a {where} keeps its own definitions and imports", "move them instead")
        if node.type in ("assignment", "augmented_assignment") and in_all(node):
            raise Refusal("what a module exports is read by other tools, too", "select other code")
        if node.type == "assignment" and node.child_by_field_name("type") is not None:
            raise Refusal(f"annotations of a {where} are part of it", "select other code")
