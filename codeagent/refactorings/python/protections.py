"""Flow of `with` and `try`: where exceptions go, and what is done on every way out.

Whether a context manager ends exceptions is judged by the words in its name.
"""

import re
from collections.abc import Iterator
from typing import Final

from codeagent.languages.syntax import Node, child
from codeagent.refactorings.python.building import Builder, Cleanup, Handler
from codeagent.refactorings.python.flow import Kind

_SWALLOWING: Final = re.compile(
    rb"suppress|raises|ignor|catch|swallow|silenc|exitstack|handle_?err|xfail", re.IGNORECASE
)
_MANAGER: Final = re.compile(rb"(?:[\w.]*\.)?(\w+)")


def _swallows(build: Builder, item: Node) -> bool:
    """Tell whether leaving a `with` item by an exception may go on after the statement."""
    text = item.text or b""
    name = _MANAGER.match(text)
    if build.swallowing is None:
        build.swallowing = _swallowing(build.scopes.module.node)
    return _SWALLOWING.search(text) is not None or (name is not None and name[1] in build.swallowing)


def _swallowing(root: Node) -> set[bytes]:
    """The context managers of a file whose `__exit__` returns a value, or that catch what is raised at their yield."""
    found = set()
    for node in _definitions(root):
        if node.type == "class_definition":
            exits = [one for one in _definitions(child(node, "body")) if child(one, "name").text in _EXITS]
            if any(one.type == "return_statement" and one.named_children for way in exits for one in _below(way)):
                found.add(child(node, "name").text or b"")
        elif any(one.type == "yield" for one in _below(node)) and any(
            one.type == "except_clause" for one in _below(node)
        ):
            found.add(child(node, "name").text or b"")
    return found


_EXITS: Final = (b"__exit__", b"__aexit__")


def _definitions(root: Node) -> list[Node]:
    return [one for one in _below(root) if one.type in ("class_definition", "function_definition")]


def _below(root: Node) -> Iterator[Node]:
    pending = [root]
    while pending:
        node = pending.pop()
        yield node
        pending.extend(node.named_children)


def _with(build: Builder, node: Node) -> None:
    outer = build.guard
    clause = next(one for one in node.named_children if one.type == "with_clause")
    exits = list[int]()
    for item in clause.named_children:
        build.visit(item)
        build.emit(Kind.CALL, item.start_byte)
        if _swallows(build, item):
            exits.append(build.flow.add(Kind.CALL, "", node.start_byte, build.guard))
            build.guard = exits[-1]
    build.block(child(node, "body"))
    build.guard = outer
    build.ends = build.ends + exits
    build.emit(Kind.CALL, node.start_byte)


def _as(build: Builder, node: Node) -> None:
    *rest, last = node.named_children
    for one in rest:
        build.visit(one)
    build.emit(Kind.CALL, node.start_byte)
    build.visit(last)


def _try(build: Builder, node: Node) -> None:
    outer = build.guard
    final = next((one for one in node.named_children if one.type == "finally_clause"), None)
    cleanup = Cleanup(build.flow.add(Kind.MARK, "", node.start_byte, outer))
    if final is not None:
        build.cleanups.append(cleanup)
        build.guard = cleanup.entry
    _guarded(build, node)
    build.guard = outer
    if final is not None:
        build.cleanups.pop()
        _finally(build, final, cleanup)


def _guarded(build: Builder, node: Node) -> None:
    """The body of a `try`, its `else`, and its handlers."""
    outer = build.guard
    handlers = [one for one in node.named_children if one.type in ("except_clause", "except_group_clause")]
    caught = build.flow.add(Kind.TOUCH, "", node.start_byte, outer)
    if handlers:
        build.guard = caught
    build.block(child(node, "body"))
    build.guard = outer
    for one in node.named_children:
        if one.type == "else_clause":
            build.block(child(one, "body"))
    ends = build.ends
    for handler in handlers:
        build.ends = [caught]
        _handler(build, handler)
        ends = ends + build.ends
    build.ends = ends


def _handler(build: Builder, node: Node) -> None:
    value = node.child_by_field_name("value")
    build.optional(value)
    build.block(next(one for one in node.named_children if one.type == "block"))
    if value is None or value.type != "as_pattern":
        return
    use = build.scopes.uses.get(value.named_children[-1].start_byte)
    if use is not None and build.ends and build.scopes.owner(use.name, use.scope) is build.scope:
        build.emit(Kind.WRITE, node.start_byte, use.name)  # bound to None, then deleted: never an error
        build.emit(Kind.DELETE, node.start_byte, use.name)


def _finally(build: Builder, node: Node, cleanup: Cleanup) -> None:
    body = next(one for one in node.named_children if one.type == "block")
    if build.ends:
        build.block(body)
    normal, build.ends = build.ends, [cleanup.entry]
    build.block(body)
    raised = build.emit(Kind.TOUCH, node.start_byte)
    for how, loop in cleanup.pending:
        build.ends = [raised]
        build.leave(how, loop)
    build.ends = normal


PROTECTIONS: Final[dict[str, Handler]] = {
    "with_statement": _with,
    "as_pattern": _as,
    "try_statement": _try,
}
