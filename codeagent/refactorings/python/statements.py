"""Flow of statements: branches, loops, jumps and definitions; and the flow of a whole scope."""

from typing import Final

from codeagent.languages.syntax import Node, child
from codeagent.refactorings.python.building import Builder, Handler, Loop
from codeagent.refactorings.python.expressions import EXPRESSIONS
from codeagent.refactorings.python.flow import END, Flow, Kind
from codeagent.refactorings.python.protections import PROTECTIONS
from codeagent.refactorings.python.scopes import Scope, Scopes, parameter_names


def flow_of(scopes: Scopes, scope: Scope) -> Flow:
    """Return the flow of a module, class or function."""
    builder = Builder(scopes, scope, _HANDLERS)
    if scope.kind == "function_definition":
        for name in parameter_names(scope.node):
            builder.name(name)
    body = scope.node if scope.kind == "module" else child(scope.node, "body")
    builder.block(body)
    builder.join(END)
    return builder.flow


def _function(build: Builder, node: Node) -> None:
    build.optional(node.child_by_field_name("parameters"))
    build.optional(node.child_by_field_name("return_type"))
    build.capture(child(node, "body"))
    build.visit(child(node, "name"))


def _class(build: Builder, node: Node) -> None:
    build.optional(node.child_by_field_name("superclasses"))
    build.block(child(node, "body"))
    build.emit(Kind.CALL, node.start_byte)
    build.visit(child(node, "name"))


def _if(build: Builder, node: Node) -> None:
    build.visit(child(node, "condition"))
    _arms(build, child(node, "consequence"), node.children_by_field_name("alternative"))


def _arms(build: Builder, body: Node, others: list[Node]) -> None:
    def otherwise() -> None:
        if not others:
            return
        if others[0].type == "else_clause":
            build.block(child(others[0], "body"))
            return
        build.visit(child(others[0], "condition"))
        _arms(build, child(others[0], "consequence"), others[1:])

    build.either(lambda: build.block(body), otherwise)


def _loop_body(build: Builder, node: Node, loop: Loop) -> None:
    """The body once, back to the head; then `else` from what `build.ends` was, and the breaks."""
    build.loops.append(loop)
    build.block(child(node, "body"))
    build.join(loop.head)
    build.loops.pop()


def _for(build: Builder, node: Node) -> None:
    build.visit(child(node, "right"))
    loop = Loop(build.emit(Kind.CALL, node.start_byte), len(build.cleanups))
    build.visit(child(node, "left"))
    _loop_body(build, node, loop)
    build.ends = [loop.head]
    _loop_end(build, node, loop)


def _while(build: Builder, node: Node) -> None:
    loop = Loop(build.emit(Kind.MARK, node.start_byte), len(build.cleanups))
    condition = child(node, "condition")
    build.visit(condition)
    decided = build.ends
    _loop_body(build, node, loop)
    build.ends = [] if condition.text in (b"True", b"1") else decided
    _loop_end(build, node, loop)


def _loop_end(build: Builder, node: Node, loop: Loop) -> None:
    otherwise = node.child_by_field_name("alternative")
    if otherwise is not None:
        build.block(child(otherwise, "body"))
    build.ends = build.ends + loop.breaks


def _match(build: Builder, node: Node) -> None:
    for one in node.children_by_field_name("subject"):
        build.visit(one)
    done = list[int]()
    for case in child(node, "body").named_children:
        if case.type != "case_clause":
            continue
        build.emit(Kind.MARK, case.start_byte)
        before, certain = build.ends, False
        for one in case.named_children:
            if one.type == "case_pattern":
                build.visit(one)
                certain = one.text == b"_"
        guard = case.child_by_field_name("guard")
        build.optional(guard)
        missed = [] if certain and guard is None else before + build.ends
        build.block(child(case, "consequence"))
        done += build.ends
        build.ends = missed
    build.ends = build.ends + done


def _return(build: Builder, node: Node) -> None:
    build.children(node)
    build.emit(Kind.RETURN, node.start_byte)
    build.leave("return", None)


def _raise(build: Builder, node: Node) -> None:
    build.children(node)
    build.emit(Kind.TOUCH, node.start_byte)
    build.ends = []


def _jump(build: Builder, node: Node) -> None:
    build.emit(Kind.MARK, node.start_byte)
    if build.loops:
        build.leave(node.type.removesuffix("_statement"), build.loops[-1])


def _assert(build: Builder, node: Node) -> None:
    build.visit(node.named_children[0])
    build.emit(Kind.TOUCH, node.start_byte)
    if len(node.named_children) > 1:
        build.either(lambda: None, lambda: build.visit(node.named_children[1]))


_HANDLERS: Final[dict[str, Handler]] = {
    **EXPRESSIONS,
    **PROTECTIONS,
    "function_definition": _function,
    "class_definition": _class,
    "if_statement": _if,
    "for_statement": _for,
    "while_statement": _while,
    "match_statement": _match,
    "return_statement": _return,
    "raise_statement": _raise,
    "break_statement": _jump,
    "continue_statement": _jump,
    "assert_statement": _assert,
}
