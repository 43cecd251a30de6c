"""CommonJS and prototypes: `require`, `module.exports`, `exports.x`, `F.prototype.m = function …`."""

from tree_sitter import Node

from codeagent.domain.facts import (
    EXPORTED,
    IMPORT,
    IMPORTS,
    NONE,
    STATIC,
    WRITES,
    ImportFact,
)
from codeagent.domain.letters import LATIN
from codeagent.languages.lowering.javascript_functions import FUNCTION_VALUES, Naming, lower_function
from codeagent.languages.lowering.javascript_objects import class_value, named_object
from codeagent.languages.lowering.javascript_walker import Walker

WHOLE = "export="  # the member of a module that stands for what `module.exports = value` made of it


def required(walker: Walker, callee: Node, arguments: Node) -> int:
    """Lower `require("spec")` and `import("spec")`; NONE where it is neither."""
    dynamic = callee.type == "import"
    if not dynamic and walker.env.find("require") is not None:
        return NONE
    given = arguments.named_children
    if not given:
        return NONE
    spec = given[0]
    if spec.type == "string" or (spec.type == "template_string" and b"${" not in text_of(walker, spec)):
        name = walker.text(spec)[1:-1]
        if not dynamic:
            walker.is_commonjs = True
        value = walker.builder.expr((IMPORT, name, None))
        nested = walker.env.parent is not None or dynamic
        walker.builder.imports.append(
            ImportFact(name, None, None, walker.env.symbol, spec.start_byte, spec.end_byte, 4 if nested else 0)
        )
        walker.refer(spec, IMPORTS, value)
        return value
    walker.builder.dynamic.append(callee.start_byte)
    return NONE


def text_of(walker: Walker, node: Node) -> bytes:
    """Return the bytes of a node."""
    return walker.source[node.start_byte : node.end_byte]


def assign_function(walker: Walker, node: Node, left: Node, right: Node) -> int | None:
    """Lower an assignment to a member where that defines something: an export, a prototype's method,
    a function on a function. None: it is an ordinary assignment."""
    children = left.named_children
    base, key = children[0], children[-1]
    path = text_of(walker, base)
    name = walker.text(key)
    if path in (b"module", b"exports", b"module.exports") and walker.env.find(path[:6].decode()) is None:
        if path == b"module" and name == "exports":
            return export_whole(walker, node, right)
        if path != b"module":
            return export_one(walker, node, key, name, right)
    owner = prototype_owner(walker, base, path)
    if owner is not None and path.endswith(b".prototype"):
        return define_member(walker, node, key, name, right, owner, "method", 0)
    if base.type == "this" and walker.receiver != NONE and right.type in FUNCTION_VALUES:
        return define_member(walker, node, key, name, right, walker.receiver, "method", 0)
    if owner is not None and right.type in FUNCTION_VALUES:
        return define_member(walker, node, key, name, right, owner, "function", STATIC)
    return None


def prototype_owner(walker: Walker, base: Node, path: bytes) -> int | None:
    """Return the function, class or object that `F` or `F.prototype` names, if it is of this scope."""
    name = path.removesuffix(b".prototype").decode("utf-8", LATIN)
    if base.type not in ("identifier", "member_expression") or "." in name:
        return None
    found = walker.env.find(name)
    return walker.members.get((found[0], found[1])) if found is not None else None


def define_member(
    walker: Walker, node: Node, key: Node, name: str, right: Node, owner: int, kind: str, flags: int
) -> int | None:
    """Define a function as the member of something else; None where the value is no function."""
    if right.type not in FUNCTION_VALUES:
        return None
    owner_kind = walker.builder.symbols[owner].kind
    if owner_kind in VARIABLES:
        return None
    if kind == "method":
        walker.prototypes.setdefault(owner, [])
    of = walker.define(owner)
    of = of if flags & STATIC else walker.attribute(of, "prototype")
    walker.refer(key, WRITES, walker.attribute(of, name))
    arrow = right.type == "arrow_function"
    naming = Naming(name, kind, owner, node, key, flags | EXPORTED)
    symbol = lower_function(walker, right, naming, receiver=None if arrow else owner, home=owner)
    return walker.define(symbol)


VARIABLES = frozenset({11, 12})  # KIND of variable and constant: what they hold is not theirs


def expose(walker: Walker, node: Node) -> None:
    """Note that a name, or the names in an object, are exported as what they stand for."""
    if node.type == "identifier":
        walker.exposed.append(walker.text(node))
    elif node.type == "object":
        for child in node.named_children:
            if child.type == "shorthand_property_identifier":
                walker.exposed.append(walker.text(child))


def export_whole(walker: Walker, node: Node, right: Node) -> int:
    """Lower `module.exports = value`."""
    walker.is_commonjs = True
    kind = right.type
    expose(walker, right)
    naming = Naming("exports", "object", 0, node, None, EXPORTED)
    if kind == "object":
        symbol, value = named_object(walker, right, naming, always=True)
        value = walker.define(symbol) if symbol != NONE else value
    elif kind in FUNCTION_VALUES and right.child_by_field_name("name") is None:
        value = walker.define(lower_function(walker, right, naming._replace(kind="function"), receiver=NONE))
    elif kind == "class" and right.child_by_field_name("name") is None:
        value = walker.define(class_value(walker, right, naming._replace(kind="class")))
    else:
        value = walker.value(right)
    walker.bind(0, WHOLE, value, right.start_byte)
    return value


def export_one(walker: Walker, node: Node, key: Node, name: str, right: Node) -> int:
    """Lower `exports.name = value`."""
    walker.is_commonjs = True
    if right.type in FUNCTION_VALUES and (0, name) not in walker.members:
        naming = Naming(name, "function", 0, node, key, EXPORTED)
        return walker.define(lower_function(walker, right, naming, receiver=NONE))
    value = walker.value(right)
    if right.type == "identifier" and walker.text(right) == name:
        walker.exposed.append(name)
        return value
    if (0, name) not in walker.members:
        walker.members[0, name] = walker.builder.open_symbol(
            name, "variable", 0, (node.start_byte, node.end_byte), (key.start_byte, key.end_byte), EXPORTED
        )
    walker.bind(0, name, value, key.start_byte)
    return value
