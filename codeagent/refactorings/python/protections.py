"""Flow of `with` and `try`: where exceptions go, and what is done on every way out.

Whether a context manager ends exceptions is judged by the words in its name.
"""

import re
from typing import Final

from codeagent.languages.syntax import Node, child
from codeagent.refactorings.python.building import Builder, Cleanup, Handler
from codeagent.refactorings.python.flow import Kind

_SWALLOWING: Final = re.compile(
    rb"suppress|raises|ignor|catch|swallow|silenc|exitstack|handle_?err|xfail", re.IGNORECASE
)


def _swallows(item: Node) -> bool:
    """Tell whether leaving a `with` item by an exception may go on after the statement."""
    return _SWALLOWING.search(item.text or b"") is not None


def _with(build: Builder, node: Node) -> None:
    outer = build.guard
    clause = next(one for one in node.named_children if one.type == "with_clause")
    exits = list[int]()
    for item in clause.named_children:
        build.visit(item)
        build.emit(Kind.CALL, item.start_byte)
        if _swallows(item):
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
