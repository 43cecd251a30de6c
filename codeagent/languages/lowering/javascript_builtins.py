"""What the language's own methods do with callbacks and elements: `xs.map(f)`, `promise.then(f)`."""

from typing import cast

from codeagent.domain.facts import ATTR, AWAIT, CALL, DEF, EACH, ITEM, LITERAL, MAP, NAME, NONE, SEQ
from codeagent.languages.lowering.javascript_walker import Walker

ELEMENT_FIRST = frozenset(
    [
        "forEach",
        "map",
        "filter",
        "find",
        "findIndex",
        "findLast",
        "findLastIndex",
        "some",
        "every",
        "flatMap",
        "sort",
        "toSorted",
    ]
)
ELEMENT_TWICE = frozenset({"forEach", "sort", "toSorted"})  # a Set's or Map's forEach; a comparison
REDUCE = frozenset({"reduce", "reduceRight"})
SAME_ELEMENTS = frozenset(["filter", "slice", "concat", "reverse", "sort", "toSorted", "toReversed", "flat"])
ONE_ELEMENT = frozenset(["find", "findLast", "pop", "shift", "at"])
PASS_THROUGH = frozenset(["freeze", "seal", "preventExtensions", "assign", "create"])
HOOKS = frozenset({"useState", "useRef", "useMemo"})
ALL_SETTLED = frozenset({"all", "race", "any"})
BUILTIN_METHODS = (
    ELEMENT_FIRST
    | REDUCE
    | SAME_ELEMENTS
    | ONE_ELEMENT
    | PASS_THROUGH
    | ALL_SETTLED
    | {"then", "catch", "finally", "keys", "values", "entries", "from", "of", "resolve", "bind"}
)


def method_called(walker: Walker, function: int) -> tuple[int, str]:
    """Return (receiver, method name) of a called member, or (NONE, "")."""
    if function == NONE:
        return NONE, ""
    expr = walker.exprs[function]
    if expr[0] != ATTR:
        return NONE, ""
    return cast("tuple[int, str]", expr[1:3])


def callback_hints(walker: Walker, function: int) -> tuple[int, ...]:
    """Return what the parameters of a callback literal among the arguments receive."""
    base, name = method_called(walker, function)
    if base == NONE:
        return ()
    expr = walker.builder.expr
    if name in ELEMENT_FIRST:
        element = expr((ITEM, base, None)) if name == "forEach" else expr((EACH, base))  # of a Map, too
        return (element, element) if name in ELEMENT_TWICE else (element,)
    if name in REDUCE:
        return (NONE, expr((EACH, base)))
    if name == "then":
        return (expr((AWAIT, base)),)
    return ()


def result_of(walker: Walker, function: int, args: tuple[int, ...]) -> int:
    """Return what a builtin method gives besides what its own resolution says, or NONE."""
    base, name = method_called(walker, function)
    if base == NONE:
        return NONE
    expr = walker.builder.expr
    if name in SAME_ELEMENTS:
        return base
    if name in ONE_ELEMENT:
        return expr((EACH, base))
    given = [arg for arg in args if arg != NONE]
    if name in ("map", "flatMap") and given and walker.exprs[given[0]][0] in (DEF, NAME):
        return listing(walker, expr((CALL, given[0], (expr((EACH, base)),), ())))
    if name == "then" and given and walker.exprs[given[0]][0] in (DEF, NAME):
        return expr((CALL, given[0], (expr((AWAIT, base)),), ()))
    if name in ("catch", "finally", "bind"):
        return base
    return result_of_global(walker, base, name, given)


def result_of_global(walker: Walker, base: int, name: str, given: list[int]) -> int:
    """Return what `Object.freeze(x)`, `Object.values(x)`, `Array.from(x)` and the like give."""
    head = walker.exprs[base]
    owner = cast(str, head[2]) if head[0] == NAME else ""
    if not given:
        return NONE
    expr = walker.builder.expr
    if owner == "Object":
        if name in PASS_THROUGH:
            return walker.either(*given)
        if name == "values":
            return listing(walker, expr((ITEM, given[0], None)))
        if name == "keys":
            return listing(walker, expr((LITERAL, "String")))
        if name == "entries":
            return listing(walker, listing(walker, expr((LITERAL, "String")), expr((ITEM, given[0], None))))
    if owner == "Array" and name == "from":
        return given[0]
    if owner == "Array" and name == "of":
        return listing(walker, *given)
    if owner == "Promise" and name == "resolve":
        return given[0]
    if owner == "Promise" and name in ALL_SETTLED:
        whole = walker.exprs[given[0]]
        if whole[0] == SEQ and name == "all":
            items = cast("tuple[int, ...]", whole[1])
            return listing(walker, *(NONE if v == NONE else expr((AWAIT, v)) for v in items))
        element = expr((AWAIT, expr((EACH, given[0]))))
        return listing(walker, element) if name == "all" else element
    return NONE


def result_of_hook(walker: Walker, function: int, args: tuple[int, ...], given: int) -> int:
    """Return what the state hooks of React and its kin give: `[value, set]`, `{ current }`, what `f` gives."""
    name = walker.exprs[function][2]
    first = args[0] if args else NONE
    if name == "useMemo":
        return NONE if first == NONE else walker.builder.expr((CALL, first, (), ()))
    held = walker.either(first, given)
    if name == "useState":
        return listing(walker, held, NONE)
    walker.listings -= 1
    return walker.builder.expr((MAP, (("current", held),), walker.listings))


def listing(walker: Walker, *items: int) -> int:
    """Return a list that a builtin makes; none in the source stands at its place."""
    walker.listings -= 1
    return walker.builder.expr((SEQ, items, walker.listings))
