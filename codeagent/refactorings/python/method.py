"""A method of a Python class: its kind, its receiver, and whether its code may stand outside the class."""

from dataclasses import dataclass
from typing import Final

from codeagent.domain.code import Symbol
from codeagent.languages.syntax import Node, child, enclosing
from codeagent.refactorings.python.layout import indent_of
from codeagent.refactorings.python.modules import PythonModules
from codeagent.refactorings.python.scopes import parameter_names
from codeagent.refactorings.refactoring import Refusal

_KINDS: Final = {b"staticmethod": "static", b"classmethod": "class"}


@dataclass(frozen=True, slots=True)
class Method:
    """`kind` is method, static or class; `receiver` is the parameter, as written, that the call fills itself."""

    path: str
    node: Node
    kind: str
    receiver: Node | None
    keeps_receiver: bool  # the body needs it
    indent: bytes

    @property
    def whole(self) -> Node:
        """The definition with its decorators."""
        parent = self.node.parent
        return parent if parent is not None and parent.type == "decorated_definition" else self.node

    @property
    def outermost(self) -> Node:
        """The statement of the module that the method stands in."""
        at = self.node
        while at.parent is not None and at.parent.type != "module":
            at = at.parent
        return at


def read_method(modules: PythonModules, path: str, symbol: Symbol) -> Method:
    """Return a method; Refusal where its code depends on its class by more than the receiver."""
    name = modules.code.tree(path).descendant_for_byte_range(symbol.name_span.start, symbol.name_span.end)
    node = enclosing(name, "function_definition") if name is not None else None
    if node is None:
        raise Refusal(f"{symbol.name} is no method", "name a method")
    kind = _kind(node)
    scopes = modules.scopes(path)
    names = parameter_names(node)
    receiver = names[0] if names and kind != "static" else None
    if kind != "static" and receiver is None:
        raise Refusal(f"{symbol.name} takes no receiver", "make it a static method first")
    own = scopes.of_node[node.id]
    word = (receiver.text or b"").decode() if receiver is not None else ""
    body = child(node, "body")
    keeps = any(
        use.name == word and scopes.owner(word, use.scope) is own
        for use in scopes.between(body.start_byte, body.end_byte)
    )
    if kind == "class" and keeps:
        raise Refusal(f"{symbol.name} uses its class", "use the class by its name first")
    _check(modules, path, node, symbol.name)
    return Method(path, node, kind, receiver, keeps, indent_of(modules.code.read(path), node.start_byte))


def _kind(node: Node) -> str:
    whole = node.parent
    if whole is None or whole.type != "decorated_definition":
        return "method"
    decorators = [one.named_children[0].text or b"" for one in whole.named_children if one.type == "decorator"]
    if len(decorators) > 1 or decorators[0] not in _KINDS:
        raise Refusal("the method has a decorator that may need the class", "take the decorator off first")
    return _KINDS[decorators[0]]


def _check(modules: PythonModules, path: str, node: Node, name: str) -> None:
    scopes = modules.scopes(path)
    for use in scopes.between(node.start_byte, node.end_byte):
        owner = scopes.owner(use.name, use.scope)
        if use.name in ("super", "__class__") and owner is None:
            raise Refusal(f"{name} uses {use.name}, which works in a class alone", "keep the method")
        if owner is not None and owner.kind == "class_definition" and use.scope is owner and use.name != name:
            raise Refusal(f"the signature of {name} uses {use.name} of the class", "write the value out first")
        if owner is not None and owner.kind == "function_definition" and not _within(owner.node, node):
            raise Refusal(f"{name} uses {use.name} of the function around its class", "move the class out first")
    if any(_is_private(one) for one in _below(node)):
        raise Refusal(f"{name} uses names that are private to its class", "rename them first")


def _within(inner: Node, outer: Node) -> bool:
    return outer.start_byte <= inner.start_byte and inner.end_byte <= outer.end_byte


def _below(node: Node) -> list[Node]:
    return [node, *(inner for one in node.named_children for inner in _below(one))]


def _is_private(node: Node) -> bool:
    text = node.text or b""
    return node.type == "identifier" and text.startswith(b"__") and not text.endswith(b"__")
