"""One walk over a Python file that files every name under the scope where it stands."""

from collections.abc import Callable
from typing import Final

from codeagent.languages.syntax import Node, child
from codeagent.refactorings.python.scopes import (
    COMPREHENSIONS,
    Role,
    Scope,
    Scopes,
    Use,
    first_clause,
    parameter_names,
)


def read_scopes(root: Node) -> Scopes:
    """Return the scopes and names of a file's syntax tree."""
    scopes = Scopes(root)
    _Reader(scopes).children(root, scopes.module)
    return scopes


class _Reader:
    def __init__(self, scopes: Scopes) -> None:
        self.scopes = scopes

    def use(self, node: Node, role: Role, scope: Scope) -> None:
        name = (node.text or b"").decode("utf-8", "replace")
        use = self.scopes.uses[node.start_byte] = Use(name, node.start_byte, node.end_byte, role, scope)
        if use.binds:
            scope.bound.add(name)

    def visit(self, node: Node, scope: Scope) -> None:
        handler = _HANDLERS.get(node.type)
        if handler is not None:
            handler(self, node, scope)
        else:
            self.children(node, scope)

    def children(self, node: Node, scope: Scope) -> None:
        for one in node.named_children:
            self.visit(one, scope)

    def target(self, node: Node, scope: Scope, role: Role = Role.WRITE) -> None:
        """Bind the names of a target; what its attributes and subscripts need is read."""
        if node.type == "identifier":
            self.use(node, role, scope)
        elif node.type in ("attribute", "subscript", "call"):
            self.visit(node, scope)
        else:
            for one in node.named_children:
                self.target(one, scope, role)

    def open(self, node: Node, parent: Scope) -> Scope:
        scope = self.scopes.of_node[node.id] = Scope(node, parent)
        return scope

    def optional(self, node: Node | None, scope: Scope) -> None:
        if node is not None:
            self.visit(node, scope)

    def signature(self, node: Node, outer: Scope, inner: Scope) -> None:
        """Bind the parameters inside; defaults and annotations are evaluated outside."""
        names = {one.id for one in parameter_names(node)}
        listed = node.child_by_field_name("parameters")
        pending = list(listed.named_children) if listed else []
        while pending:
            one = pending.pop()
            if one.id in names:
                self.use(one, Role.WRITE, inner)
            elif one.type == "type" or (one.parent is not None and one == one.parent.child_by_field_name("value")):
                self.visit(one, outer)
            else:
                pending.extend(one.named_children)


def _identifier(reader: _Reader, node: Node, scope: Scope) -> None:
    reader.use(node, Role.READ, scope)


def _attribute(reader: _Reader, node: Node, scope: Scope) -> None:
    reader.visit(child(node, "object"), scope)


def _keyword(reader: _Reader, node: Node, scope: Scope) -> None:
    reader.visit(child(node, "value"), scope)


def _function(reader: _Reader, node: Node, scope: Scope) -> None:
    inner = reader.open(node, scope)
    name = node.child_by_field_name("name")
    if name is not None:
        reader.use(name, Role.WRITE, scope)
    for one in node.named_children:
        if one.type == "type_parameter":
            _type_parameters(reader, one, inner)
    reader.signature(node, scope, inner)
    reader.optional(node.child_by_field_name("return_type"), scope)
    reader.visit(child(node, "body"), inner)


def _class(reader: _Reader, node: Node, scope: Scope) -> None:
    inner = reader.open(node, scope)
    reader.use(child(node, "name"), Role.WRITE, scope)
    for one in node.named_children:
        if one.type == "type_parameter":
            _type_parameters(reader, one, inner)
    reader.optional(node.child_by_field_name("superclasses"), scope)
    reader.visit(child(node, "body"), inner)


def _type_parameters(reader: _Reader, node: Node, inner: Scope) -> None:
    for one in node.named_children:
        names = [at for at in one.named_children if at.type == "identifier"] or one.named_children
        reader.target(names[0], inner) if names else None
        for rest in names[1:]:
            reader.visit(rest, inner)


def _comprehension(reader: _Reader, node: Node, scope: Scope) -> None:
    inner, first = reader.open(node, scope), first_clause(node)
    for clause in node.named_children:
        if clause.type != "for_in_clause":
            reader.visit(clause, inner)
            continue
        reader.target(child(clause, "left"), inner)
        for one in clause.children_by_field_name("right"):
            reader.visit(one, scope if clause.id == first.id else inner)


def _assignment(reader: _Reader, node: Node, scope: Scope) -> None:
    right = node.child_by_field_name("right")
    reader.optional(right, scope)
    reader.optional(node.child_by_field_name("type"), scope)
    reader.target(child(node, "left"), scope, Role.WRITE if right is not None else Role.ANNOTATE)


def _augmented(reader: _Reader, node: Node, scope: Scope) -> None:
    reader.target(child(node, "left"), scope, Role.UPDATE)
    reader.visit(child(node, "right"), scope)


def _walrus(reader: _Reader, node: Node, scope: Scope) -> None:
    reader.visit(child(node, "value"), scope)
    holder = next(at for at in scope.chain() if at.kind not in COMPREHENSIONS)
    reader.use(child(node, "name"), Role.WRITE, holder)


def _for(reader: _Reader, node: Node, scope: Scope) -> None:
    reader.target(child(node, "left"), scope)
    for one in node.named_children:
        if one != node.child_by_field_name("left"):
            reader.visit(one, scope)


def _as(reader: _Reader, node: Node, scope: Scope) -> None:
    *rest, last = node.named_children
    for one in rest:
        reader.visit(one, scope)
    reader.target(last, scope)


def _import(reader: _Reader, node: Node, scope: Scope) -> None:
    source = node.child_by_field_name("module_name")
    for one in node.named_children:
        if one == source or one.type not in ("dotted_name", "aliased_import"):
            continue
        name = child(one, "alias") if one.type == "aliased_import" else one.named_children[0]
        reader.use(name, Role.IMPORT, scope)


def _global(reader: _Reader, node: Node, scope: Scope) -> None:
    for one in node.named_children:
        reader.use(one, Role.DECLARE, scope)
        name = reader.scopes.uses[one.start_byte].name
        scope.globals.add(name)
        reader.scopes.module.bound.add(name)


def _nonlocal(reader: _Reader, node: Node, scope: Scope) -> None:
    for one in node.named_children:
        reader.use(one, Role.DECLARE, scope)
        scope.nonlocals.add(reader.scopes.uses[one.start_byte].name)


def _delete(reader: _Reader, node: Node, scope: Scope) -> None:
    for one in node.named_children:
        reader.target(one, scope, Role.DELETE)


def _type_alias(reader: _Reader, node: Node, scope: Scope) -> None:
    left, *rest = node.named_children
    reader.target(left, scope)
    for one in rest:
        reader.visit(one, scope)


def _pattern(reader: _Reader, node: Node, scope: Scope) -> None:
    """A `case` pattern: bare names are bound, dotted names and class names are read."""
    kind, parts = node.type, node.named_children
    if kind == "dotted_name":
        reader.use(parts[0], Role.WRITE if len(parts) == 1 else Role.READ, scope)
    elif kind == "class_pattern":
        reader.use(parts[0].named_children[0], Role.READ, scope)
        for one in parts[1:]:
            _pattern(reader, one, scope)
    elif kind == "keyword_pattern":
        for one in parts[1:]:
            _pattern(reader, one, scope)
    elif kind == "identifier":
        reader.use(node, Role.WRITE, scope)
    else:
        for one in parts:
            _pattern(reader, one, scope)


_HANDLERS: Final[dict[str, Callable[[_Reader, Node, Scope], None]]] = {
    "identifier": _identifier,
    "attribute": _attribute,
    "keyword_argument": _keyword,
    "function_definition": _function,
    "lambda": _function,
    "class_definition": _class,
    **dict.fromkeys(COMPREHENSIONS, _comprehension),
    "assignment": _assignment,
    "augmented_assignment": _augmented,
    "named_expression": _walrus,
    "for_statement": _for,
    "as_pattern": _as,
    "import_statement": _import,
    "import_from_statement": _import,
    "future_import_statement": _import,
    "global_statement": _global,
    "nonlocal_statement": _nonlocal,
    "delete_statement": _delete,
    "type_alias_statement": _type_alias,
    "case_pattern": _pattern,
}
