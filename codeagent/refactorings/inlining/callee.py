"""A Python function as something whose body may stand where it is called: what it is, and what forbids it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from codeagent.languages.syntax import Node, child, enclosing
from codeagent.refactorings.inlining.request import Request
from codeagent.refactorings.python.effects import is_constant
from codeagent.refactorings.python.expressions import consumed_at_once
from codeagent.refactorings.python.parameters import KEYWORD_ONLY, Parameter, parameters_of
from codeagent.refactorings.python.region import is_docstring
from codeagent.refactorings.python.scopes import Scope, Scopes
from codeagent.refactorings.refactoring import Refusal

_NESTED: Final = ("function_definition", "lambda", "class_definition")
_FRAME: Final = frozenset("super locals vars globals eval exec dir __class__".split())
_KINDS: Final = {b"staticmethod": "static", b"classmethod": "class"}
HINT: Final = "keep the function, or change it first"


@dataclass(frozen=True, slots=True)
class Callee:
    """`kind` is function, method, static or class; `statements` leave the docstring out."""

    path: str
    node: Node
    scope: Scope
    scopes: Scopes
    kind: str
    parameters: tuple[Parameter, ...]
    statements: tuple[Node, ...]

    @property
    def whole(self) -> Node:
        """The definition with its decorators."""
        parent = self.node.parent
        return parent if parent is not None and parent.type == "decorated_definition" else self.node

    @property
    def result(self) -> Node | None:
        """The value of the last statement, where that returns one."""
        last = self.statements[-1] if self.statements else None
        if last is None or last.type != "return_statement" or not last.named_children:
            return None
        return last.named_children[0]

    @property
    def returns(self) -> list[Node]:
        """The statements that leave the function, the last one of the body left out."""
        found = [one for statement in self.statements for one in own(statement) if one.type == "return_statement"]
        return [one for one in found if one != self.statements[-1]]

    @property
    def locals(self) -> set[str]:
        """The names that the body binds, parameters left out."""
        return self.scope.bound - {one.name for one in self.parameters}


def own(node: Node) -> Iterator[Node]:
    """Yield a node and what is below it, the insides of functions and classes left out."""
    yield node
    if node.type not in _NESTED:
        for one in node.named_children:
            yield from own(one)


def read_callee(request: Request) -> Callee:
    """Return the function that a request is about; Refusal where its body cannot stand elsewhere."""
    path, code = request.subject.path, request.code
    symbol = code.symbol(min(request.subject.keys))
    name = code.tree(path).descendant_for_byte_range(symbol.name_span.start, symbol.name_span.end)
    node = enclosing(name, "function_definition") if name is not None else None
    if node is None:
        raise Refusal(f"{request.subject.name} is no function with a body", HINT)
    scopes = request.modules.scopes(path)
    block = [one for one in child(node, "body").named_children if one.type != "comment"]
    statements = tuple(one for one in block if not (one.named_children and is_docstring(one.named_children[0])))
    parameters = tuple(parameters_of(node, code.read(path)))
    found = Callee(path, node, scopes.of_node[node.id], scopes, _kind(scopes, node), parameters, statements)
    for why in _problems(found):
        raise Refusal(f"{request.subject.name} {why}", HINT)
    return found


def _kind(scopes: Scopes, node: Node) -> str:
    whole = node.parent if node.parent is not None and node.parent.type == "decorated_definition" else node
    decorators = [one.named_children[0].text or b"" for one in whole.named_children if one.type == "decorator"]
    in_class = scopes.holder(whole).kind == "class_definition"
    if decorators and (len(decorators) > 1 or decorators[0] not in _KINDS or not in_class):
        raise Refusal("it has a decorator, which may do anything", HINT)
    return _KINDS[decorators[0]] if decorators else "method" if in_class else "function"


def _problems(callee: Callee) -> Iterator[str]:
    node = callee.node
    if any(one.type == "async" for one in node.children):
        yield "is a coroutine"
    if node.child_by_field_name("type_parameters") is not None:
        yield "has type parameters"
    if any(one.star or one.kind == KEYWORD_ONLY for one in callee.parameters):
        yield "takes lists, mappings or keyword-only arguments"
    if not callee.statements:
        yield "has no body"
    for statement in callee.statements:
        for one in own(statement):
            if one.type in ("yield", "await", "nonlocal_statement"):
                yield f"has a {one.type.replace('_', ' ')}"
    for use in callee.scopes.between(node.start_byte, node.end_byte):
        if use.name in _FRAME and callee.scopes.owner(use.name, use.scope) is None:
            yield f"uses {use.name}, which looks at where it stands"
        mine = callee.scopes.owner(use.name, use.scope) is callee.scope
        if mine and use.start >= child(node, "body").start_byte and _kept(callee, use.scope):
            yield f"makes a function that keeps its variable {use.name}"
    if callee.kind != "function" and any(_is_private(one) for one in _below(child(node, "body"))):
        yield "uses names that are private to its class"


def _kept(callee: Callee, scope: Scope) -> bool:
    """Whether code of a scope inside the function may run when the function is done."""
    for one in scope.chain():
        if one is callee.scope:
            return False
        if one.kind in _NESTED or (
            one.kind == "generator_expression" and not consumed_at_once(callee.scopes, one.node)
        ):
            return True
    return False


def _below(node: Node) -> Iterator[Node]:
    yield node
    for one in node.named_children:
        yield from _below(one)


def _is_private(node: Node) -> bool:
    text = node.text or b""
    return node.type == "identifier" and text.startswith(b"__") and not text.endswith(b"__")


# --- ways out -----------------------------------------------------------------------------------------------------


def check_returns(callee: Callee, name: str, *, used: bool) -> None:
    """Raise Refusal where a `return` leaves work undone that would be done without it."""
    if not callee.returns:
        return
    if used or not _falls(callee.statements):
        raise Refusal(f"{name} returns in several places", "give it one return, at its end")


def _falls(statements: tuple[Node, ...]) -> bool:
    """Whether running on after each `return` would do nothing more."""
    for at, one in enumerate(statements):
        if not any(inner.type == "return_statement" for inner in own(one)):
            continue
        if not all(_is_idle(rest) for rest in statements[at + 1 :]):
            return False
        if one.type == "return_statement":
            continue
        if one.type != "if_statement" or not all(_falls(arm) for arm in _arms(one)):
            return False
    return True


def _arms(statement: Node) -> Iterator[tuple[Node, ...]]:
    arms = [statement, *statement.children_by_field_name("alternative")]
    for one in arms:
        block = one.child_by_field_name("consequence") or one.child_by_field_name("body")
        if block is not None:
            yield tuple(inner for inner in block.named_children if inner.type != "comment")


def _is_idle(statement: Node) -> bool:
    if statement.type == "pass_statement":
        return True
    if statement.type not in ("return_statement", "expression_statement"):
        return False
    return all(is_constant(one) for one in statement.named_children)
