"""Types of TypeScript: annotations, interfaces, aliases, enums, type parameters, function types."""

from tree_sitter import Node

from codeagent.domain.facts import (
    ATTR,
    CALL,
    CLASS,
    INSTANCE,
    ITEM,
    LITERAL,
    NAME,
    NONE,
    READS,
    SELF,
    STAR,
    TYPED,
    VARARGS,
    Param,
)
from codeagent.languages.lowering.javascript_commonjs import required
from codeagent.languages.lowering.javascript_functions import enter, leave
from codeagent.languages.lowering.javascript_parameters import parameters
from codeagent.languages.lowering.javascript_walker import COMMENTS, Handler, Target, Walker

RESULTS = frozenset({"InstanceType", "ReturnType"})  # what calling (or constructing) a `typeof x` gives
SAME_MEMBERS = frozenset(
    {"Readonly", "Partial", "Required", "NonNullable", "Pick", "Omit", "Exclude", "Extract", "Awaited", "DeepReadonly"}
)
BUILTIN_TYPES = {"string": "String", "number": "Number", "boolean": "Boolean", "bigint": "BigInt", "symbol": "Symbol"}


def first_type(walker: Walker, node: Node) -> int:
    """Lower a wrapper around one type: `: T`, `(T)`, `T?`, `readonly T`."""
    kind = NONE
    for child in node.named_children:
        value = walker.value(child)
        kind = value if kind == NONE else kind
    return kind


def predefined(walker: Walker, node: Node) -> int:
    """Lower `string`, `number`, `any` …"""
    name = BUILTIN_TYPES.get(walker.text(node))
    return NONE if name is None else walker.builder.expr((LITERAL, name))


def generic(walker: Walker, node: Node, role: int = READS) -> int:
    """Lower `Name<A, B>`."""
    base = NONE
    args: list[int] = []
    for child in node.named_children:
        if child.type == "type_arguments":
            args = [walker.value(c) for c in child.named_children if c.type not in COMMENTS]
        elif base == NONE:
            base = walker.target(child, role)
    if args and walker.exprs[base][0] == NAME and walker.exprs[base][2] in SAME_MEMBERS:
        return args[0]
    if args and walker.exprs[base][0] == NAME and walker.exprs[base][2] in RESULTS:
        made = walker.exprs[args[0]] if args[0] != NONE else ()
        if made and made[0] == CLASS:
            return walker.builder.expr((CLASS, walker.builder.expr((CALL, made[1], (), ()))))
    return NONE if base == NONE else walker.builder.expr((TYPED, base, tuple(args)))


def array_type(walker: Walker, node: Node) -> int:
    """Lower `T[]`."""
    element = first_type(walker, node)
    return walker.builder.expr((TYPED, walker.builder.expr((LITERAL, "Array")), (element,)))


def tuple_type(walker: Walker, node: Node) -> int:
    """Lower `[A, B]`."""
    items = []
    for child in node.named_children:
        if child.type in ("required_parameter", "optional_parameter"):
            annotation = child.child_by_field_name("type")
            items.append(walker.value(annotation) if annotation is not None else NONE)
        elif child.type not in COMMENTS:
            items.append(walker.value(child))
    return walker.builder.expr((TYPED, walker.builder.expr((LITERAL, "tuple")), tuple(items)))


def alternatives(walker: Walker, node: Node) -> int:
    """Lower `A | B` and `A & B`: a value may be seen as either; long chains in a loop."""
    pending, parts = [node], []
    while pending:
        current = pending.pop()
        if current.type == node.type:
            pending.extend(reversed(current.named_children))
        else:
            parts.append(walker.value(current))
    return walker.either(*parts)


def function_type(walker: Walker, node: Node) -> int:
    """Lower `(a: A) => R` and `new (a: A) => R`: something that gives an R when it is called."""
    frame = enter(walker, walker.block())
    walker.within = frame.within
    result = NONE
    taken: list[int] = []
    for child in node.named_children:
        if child.type == "formal_parameters":
            taken = [_taken(walker, param) for param in parameters(walker, child, walker.env.symbol)]
        else:
            value = walker.value(child)
            result = value if child.type != "type_parameters" else result
    leave(walker, frame)
    return walker.builder.expr((TYPED, walker.builder.expr((LITERAL, "Function")), (*taken, result)))


def _taken(walker: Walker, param: Param) -> int:
    """The type of a parameter; of a rest, that of the list."""
    if param.annotation != NONE or param.kind != VARARGS or param.default == NONE:
        return param.annotation
    kind = walker.exprs[param.default]
    return walker.builder.expr((STAR, kind[1])) if kind[0] == INSTANCE else NONE


def type_query(walker: Walker, node: Node) -> int:
    """Lower `typeof x`; `typeof import("spec")` too."""
    value = first_type(walker, node)
    return NONE if value == NONE else walker.builder.expr((CLASS, value))


def lookup_type(walker: Walker, node: Node) -> int:
    """Lower `T["member"]` and `T[number]`."""
    parts = [c for c in node.named_children if c.type not in COMMENTS]
    base = walker.instance(walker.value(parts[0]))
    key = parts[-1]
    if base == NONE:
        return NONE
    text = walker.text(key)
    if text[:1] in "'\"":
        part = walker.builder.expr((ATTR, base, text[1:-1]))
        walker.refer(key, READS, part)
    else:
        walker.value(key)
        part = walker.builder.expr((ITEM, base, None))
    return walker.builder.expr((CLASS, part))


def qualified_import(walker: Walker, node: Node) -> int:
    """Lower `import("spec")` among types."""
    children = node.named_children
    return required(walker, children[0], children[-1])


def type_parameters(walker: Walker, node: Node) -> int:
    """Declare type parameters; each may stand for its constraint or default."""
    symbol, walker.declaring, position = walker.declaring, NONE, 0
    for child in node.named_children:
        if child.type != "type_parameter":
            walker.value(child)
            continue
        name = child.child_by_field_name("name")
        if name is None:
            continue
        text = walker.text(name)
        index = len(walker.builder.bindings)
        walker.declare_local(walker.env, walker.text(name), NONE, name.start_byte)
        value = walker.either(*[walker.value(c) for c in child.named_children if c != name])
        known = walker.builder.bindings[index]
        if symbol != NONE:
            if value != NONE:
                walker.builder.bound_parameter(symbol, text, value, name.start_byte)
            value = walker.builder.parameter_type(symbol, position, text)
            position += 1
        walker.builder.bindings[index] = type(known)(known.scope, known.name, value, known.start)
    return NONE


def inferred(walker: Walker, node: Node) -> int:
    """Lower `infer U`, which declares U."""
    name = node.named_children[0]
    walker.declare_local(walker.env, walker.text(name), NONE, name.start_byte)
    return walker.name(walker.text(name))


def conditional(walker: Walker, node: Node) -> int:
    """Lower `A extends B ? C : D`: either of the last two."""
    outer, walker.env = walker.env, walker.block()
    values = [walker.value(child) for child in node.named_children if child.type not in COMMENTS]
    walker.env = outer
    return walker.either(*values[2:])


# --- declarations ------------------------------------------------------------------------------------


def this_type(walker: Walker, node: Node) -> int:
    """Lower `this`: the class of whoever is called upon."""
    expr = walker.builder.expr
    return NONE if walker.receiver == NONE else expr((CLASS, expr((SELF, walker.receiver))))


def nothing(walker: Walker, node: Node) -> int:
    """Pass over a type that says nothing of members."""
    return NONE


TARGETS: dict[str, Target] = {"generic_type": generic}
HANDLERS: dict[str, Handler] = {
    "type_annotation": first_type,
    "opting_type_annotation": first_type,
    "omitting_type_annotation": first_type,
    "parenthesized_type": first_type,
    "optional_type": first_type,
    "readonly_type": first_type,
    "rest_type": first_type,
    "constraint": first_type,
    "default_type": first_type,
    "predefined_type": predefined,
    "generic_type": generic,
    "array_type": array_type,
    "tuple_type": tuple_type,
    "union_type": alternatives,
    "intersection_type": alternatives,
    "function_type": function_type,
    "constructor_type": function_type,
    "type_query": type_query,
    "lookup_type": lookup_type,
    "conditional_type": conditional,
    "infer_type": inferred,
    "type_parameters": type_parameters,
    "literal_type": nothing,
    "this_type": this_type,
}
