"""What builds a flow, node after node, while a syntax tree is walked in the order of evaluation."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from codeagent.languages.syntax import Node
from codeagent.refactorings.python.flow import EXIT, RAISED, START, Flow, Kind
from codeagent.refactorings.python.scopes import Role, Scope, Scopes

_TOUCHING: Final = frozenset(
    "attribute subscript binary_operator unary_operator not_operator comparison_operator interpolation"
    " list_splat dictionary_splat pattern_list tuple_pattern list_pattern import_statement import_from_statement"
    " future_import_statement raise_statement case_pattern".split()
)
_CALLING: Final = frozenset("call await yield print_statement exec_statement decorator".split())


@dataclass(slots=True)
class Loop:
    head: int
    depth: int  # how many `finally` blocks stand around it
    breaks: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Cleanup:
    entry: int
    pending: list[tuple[str, Loop | None]] = field(default_factory=list)


class Builder:
    """Adds node after node; `ends` are those that what comes next follows on."""

    def __init__(self, scopes: Scopes, scope: Scope, handlers: Mapping[str, "Handler"]) -> None:
        self.scopes, self.scope, self.handlers, self.flow = scopes, scope, handlers, Flow()
        self.ends = [START]
        self.guard = RAISED
        self.loops: list[Loop] = []
        self.cleanups: list[Cleanup] = []
        self.swallowing: set[bytes] | None = None  # the file's context managers that end exceptions, once asked for

    # --- nodes --------------------------------------------------------------------------------------

    def join(self, node: int) -> None:
        """Let what came last lead to a node, and go on from there."""
        for end in self.ends:
            self.flow.after[end].append(node)
        self.ends = [node]

    def back(self, node: int) -> None:
        """Let what came last also lead to an earlier node."""
        for end in self.ends:
            self.flow.after[end].append(node)

    def emit(self, kind: Kind, offset: int, name: str = "") -> int:
        node = self.flow.add(kind, name, offset, self.guard)
        self.join(node)
        return node

    def name(self, node: Node) -> None:
        """Add what a name token does, where the name is this scope's own."""
        use = self.scopes.uses.get(node.start_byte)
        if use is None or self.scopes.owner(use.name, use.scope) is not self.scope:
            return
        if use.role in (Role.READ, Role.UPDATE):
            self.emit(Kind.READ, use.start, use.name)
        if use.role in (Role.WRITE, Role.IMPORT, Role.UPDATE):
            self.emit(Kind.WRITE, use.start, use.name)
        if use.role is Role.DELETE:
            self.emit(Kind.DELETE, use.start, use.name)

    def capture(self, node: Node) -> None:
        """Add the names of this scope that code in `node` will read or bind when it runs."""
        seen: set[str] = set()
        for use in self.scopes.between(node.start_byte, node.end_byte):
            if use.name not in seen and self.scopes.owner(use.name, use.scope) is self.scope:
                seen.add(use.name)
                self.emit(Kind.CAPTURE, node.start_byte, use.name)

    # --- dispatch -----------------------------------------------------------------------------------

    def visit(self, node: Node) -> None:
        handler = self.handlers.get(node.type)
        if handler is not None:
            handler(self, node)
        else:
            self.children(node)
            self.act(node)

    def children(self, node: Node) -> None:
        for one in node.named_children:
            self.visit(one)

    def act(self, node: Node) -> None:
        """Add that something runs once the children of a node are evaluated."""
        if node.type in _CALLING:
            self.emit(Kind.CALL, node.start_byte)
        elif node.type in _TOUCHING:
            self.emit(Kind.TOUCH, node.start_byte)

    def optional(self, node: Node | None) -> None:
        if node is not None:
            self.visit(node)

    def block(self, node: Node) -> None:
        """Add statements; what follows a jump is reached from nowhere."""
        for one in node.named_children:
            if one.type != "comment":
                self.emit(Kind.MARK, one.start_byte)
                self.visit(one)

    def either(self, *ways: Callable[[], None]) -> None:
        """Go each way from here, and on from the ends of all."""
        start, ends = self.ends, list[int]()
        for way in ways:
            self.ends = list(start)
            way()
            ends += self.ends
        self.ends = ends

    def leave(self, how: str, loop: Loop | None) -> None:
        """Jump out by `return`, `break` or `continue`, through the `finally` blocks on the way."""
        depth = loop.depth if loop is not None else 0
        if len(self.cleanups) > depth:
            self.cleanups[-1].pending.append((how, loop))
            self.join(self.cleanups[-1].entry)
        elif loop is None:
            self.join(EXIT)
        elif how == "continue":
            self.join(loop.head)
        else:
            loop.breaks += self.ends
        self.ends = []


Handler = Callable[[Builder, Node], None]
