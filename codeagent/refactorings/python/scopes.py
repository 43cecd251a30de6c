"""Every name of a Python file: who reads it, who binds it, and the scope that owns it.

The rules are those of the language reference, "Naming and binding": a name that a function binds anywhere is local
to all of it unless declared global or nonlocal, class scopes are invisible to the functions in them, comprehensions
are scopes of their own but for their first iterable, and `:=` in them binds outside.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from codeagent.languages.syntax import Node, child

COMPREHENSIONS: Final = frozenset(
    ("list_comprehension", "set_comprehension", "dictionary_comprehension", "generator_expression")
)
HOLDERS: Final = ("function_definition", "class_definition", "module")


class Role(StrEnum):
    """What a name is there for; `update` reads and binds (`x += 1`)."""

    READ = "read"
    WRITE = "write"
    IMPORT = "import"
    UPDATE = "update"
    DELETE = "delete"
    DECLARE = "declare"
    ANNOTATE = "annotate"  # `x: int` with no value: makes the name local, binds nothing


@dataclass(slots=True, eq=False)
class Scope:
    """A module, class, function, lambda or comprehension and the names in it."""

    node: Node
    parent: "Scope | None"
    bound: set[str] = field(default_factory=set)
    globals: set[str] = field(default_factory=set)
    nonlocals: set[str] = field(default_factory=set)

    @property
    def kind(self) -> str:
        """The type of the syntax node that opens the scope."""
        return self.node.type

    @property
    def at_once(self) -> bool:
        """Whether its names are asked for while the module is loaded, and not when a function is called."""
        return not any(one.kind in ("function_definition", "lambda") for one in self.chain())

    def chain(self) -> Iterator["Scope"]:
        """Yield this scope and those around it, inside out."""
        at: Scope | None = self
        while at is not None:
            yield at
            at = at.parent

    def within(self, outer: "Scope") -> bool:
        """Tell whether this scope is `outer` or inside it."""
        return any(one is outer for one in self.chain())


@dataclass(frozen=True, slots=True)
class Use:
    """One name token, bytes `start` to `end`, in the scope where it stands."""

    name: str
    start: int
    end: int
    role: Role
    scope: Scope

    @property
    def binds(self) -> bool:
        """Whether it makes the name its scope's own."""
        return self.role not in (Role.READ, Role.DECLARE)


class Scopes:
    """The scopes of one file, its name tokens by where they start, and the owner of each; see `read_scopes`."""

    def __init__(self, root: Node) -> None:
        self.module = Scope(root, None)
        self.of_node: dict[int, Scope] = {root.id: self.module}
        self.uses: dict[int, Use] = {}
        self._starts: list[int] | None = None

    def owner(self, name: str, scope: Scope) -> Scope | None:
        """Return the scope that a name belongs to where it stands in `scope`; None for builtins and the unknown."""
        for at in scope.chain():
            if at.kind == "class_definition" and at is not scope:
                continue
            if name in at.globals:
                return self.module
            if name in at.bound and name not in at.nonlocals:
                return at
        return None

    def at(self, node: Node) -> Scope:
        """Return the scope in which an expression or statement is evaluated."""
        inner, outer = node, node.parent
        while outer is not None:
            scope = self.of_node.get(outer.id)
            if scope is not None and _belongs(inner, outer):
                return scope
            inner, outer = outer, outer.parent
        return self.module

    def holder(self, node: Node) -> Scope:
        """Return the module, class or function whose code a node is."""
        return next(one for one in self.at(node).chain() if one.kind in HOLDERS)

    def between(self, start: int, end: int) -> list[Use]:
        """Return the name tokens of bytes `start` to `end`, in source order."""
        if self._starts is None:
            self._starts = sorted(self.uses)
        starts = self._starts[bisect_left(self._starts, start) : bisect_left(self._starts, end)]
        return [self.uses[at] for at in starts]


def _belongs(inner: Node, outer: Node) -> bool:
    """Tell whether a child of a scoped node is evaluated in its scope, not around it."""
    if outer.type in COMPREHENSIONS:
        return inner.id != first_clause(outer).id
    if outer.type in ("function_definition", "lambda", "class_definition"):
        return inner.id == child(outer, "body").id
    return True


def first_clause(comprehension: Node) -> Node:
    return next(one for one in comprehension.children if one.type == "for_in_clause")


def parameter_names(function: Node) -> list[Node]:
    """Return the name nodes of a function's or lambda's parameters, in order."""
    found = []
    listed = function.child_by_field_name("parameters")
    for one in listed.named_children if listed else ():
        at: Node | None = one
        while at is not None and at.type not in ("identifier", "comment"):
            at = at.child_by_field_name("name") or (at.named_children[0] if at.named_children else None)
        if at is not None and at.type == "identifier":
            found.append(at)
    return found
