"""Flow of expressions: what is evaluated, in which order, and what may be skipped."""

from functools import partial
from typing import Final

from codeagent.languages.syntax import Node, child
from codeagent.refactorings.python.building import Builder, Handler
from codeagent.refactorings.python.flow import Kind
from codeagent.refactorings.python.scopes import COMPREHENSIONS, Scopes, first_clause

_CONSUMERS: Final = frozenset("all any dict frozenset list max min set sorted sum tuple".split())


def _identifier(build: Builder, node: Node) -> None:
    build.name(node)


def _short_circuit(build: Builder, node: Node) -> None:
    build.visit(child(node, "left"))
    build.either(lambda: None, lambda: build.visit(child(node, "right")))


def _comparison(build: Builder, node: Node) -> None:
    first, second, *rest = node.named_children
    build.visit(first)
    build.visit(second)
    build.act(node)
    for one in rest:
        build.either(lambda: None, partial(build.visit, one))


def _conditional(build: Builder, node: Node) -> None:
    yes, condition, no = (one for one in node.named_children if one.type != "comment")
    build.visit(condition)
    build.either(lambda: build.visit(yes), lambda: build.visit(no))


def _comprehension(build: Builder, node: Node) -> None:
    first = first_clause(node)
    for one in first.children_by_field_name("right"):
        build.visit(one)
    if node.type == "generator_expression" and not consumed_at_once(build.scopes, node):
        build.capture(node)
        return
    head = build.emit(Kind.CALL, first.start_byte)
    build.visit(child(first, "left"))
    for clause in node.named_children:
        if clause.type == "if_clause" or (clause.type == "for_in_clause" and clause.id != first.id):
            build.children(clause)
            build.emit(Kind.CALL, clause.start_byte)
            build.back(head)
    build.visit(child(node, "body"))
    build.join(head)


def consumed_at_once(scopes: Scopes, node: Node) -> bool:
    """Tell whether a generator is used up on the spot, by a builtin that does only that."""
    holder = node.parent
    if holder is not None and holder.type == "argument_list":
        holder = holder.parent
    if holder is None or holder.type != "call":
        return False
    use = scopes.uses.get(child(holder, "function").start_byte)
    return (
        use is not None
        and child(holder, "function").type == "identifier"
        and use.name in _CONSUMERS
        and scopes.owner(use.name, use.scope) is None
    )


def _lambda(build: Builder, node: Node) -> None:
    build.optional(node.child_by_field_name("parameters"))
    build.capture(child(node, "body"))


def _assignment(build: Builder, node: Node) -> None:
    build.optional(node.child_by_field_name("right"))
    build.optional(node.child_by_field_name("type"))
    build.visit(child(node, "left"))


def _augmented(build: Builder, node: Node) -> None:
    left = child(node, "left")
    use = build.scopes.uses.get(left.start_byte) if left.type == "identifier" else None
    if use is None or build.scopes.owner(use.name, use.scope) is not build.scope:
        build.visit(left)
        build.visit(child(node, "right"))
        build.emit(Kind.TOUCH, node.start_byte)
        return
    build.emit(Kind.READ, use.start, use.name)
    build.visit(child(node, "right"))
    build.emit(Kind.TOUCH, node.start_byte)
    build.emit(Kind.WRITE, use.start, use.name)


def _walrus(build: Builder, node: Node) -> None:
    build.visit(child(node, "value"))
    build.visit(child(node, "name"))


EXPRESSIONS: Final[dict[str, Handler]] = {
    "identifier": _identifier,
    "boolean_operator": _short_circuit,
    "comparison_operator": _comparison,
    "conditional_expression": _conditional,
    **dict.fromkeys(COMPREHENSIONS, _comprehension),
    "lambda": _lambda,
    "assignment": _assignment,
    "augmented_assignment": _augmented,
    "named_expression": _walrus,
}
