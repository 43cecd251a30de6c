"""What each kind of expression evaluates to: one small function a kind."""

from collections.abc import Callable
from typing import Final

from codeagent.domain.facts import (
    ANY,
    ATTR,
    AWAIT,
    BOUND_OF,
    CALL,
    CLASS,
    DECORATE,
    DEF,
    EACH,
    EXPECTS,
    GIVEN,
    HANDED,
    IMPORT,
    INSTANCE,
    ITEM,
    KIND,
    LITERAL,
    LIVE,
    MAP,
    NAME,
    NARROW,
    PARAM,
    PARAMETER,
    SELF,
    SEQ,
    STAR,
    SUPER,
    TAKES,
    TYPED,
    WITHIN,
    Expr,
)
from codeagent.graph import (
    calling,
    caught,
    containers,
    fixtures,
    implied,
    lookup,
    members,
    narrowing,
    objects,
    overloads,
    variables,
)
from codeagent.graph.evaluator import Evaluator
from codeagent.graph.values import (
    BOX,
    EXTERN,
    EXTERN_INST,
    FLOW_MARK,
    INST,
    NOTHING,
    PARENT,
    TYPE,
    TYPED_INST,
    VARIABLE,
    Scene,
    Value,
    Values,
    union,
)
from codeagent.graph.views import FileView

_ALIAS = KIND["type"]
_PROPERTY, _OBJECT, _NAMESPACE = KIND["property"], KIND["object"], KIND["namespace"]


def _name(flow: Evaluator, view: FileView, expr: Expr, index: int) -> Values:
    types = len(expr) > 3 and not expr[3]
    return lookup.values(flow, view, expr[1], expr[2], types=types) or lookup.package(flow, view, expr[2])


def _live(flow: Evaluator, view: FileView, expr: Expr, index: int) -> Values:
    bindings = view.facts.bindings
    return union([flow.expr(view, bindings[i].value) for i in expr[3]])


def _attr(flow: Evaluator, view: FileView, expr: Expr, index: int) -> Values:
    name = expr[2]
    of = flow.expr(view, expr[1])
    if held := caught.exception(flow, view, of, expr[1], name):
        return held
    found = union([members.values(flow, view, value, name) for value in of]) if of else NOTHING
    if found or not view.language.scoping.wide_stars:
        return found
    around = lookup.package(flow, view, lookup.path_of(view, expr[1])) - of  # an object that is called like its package
    found = union([members.values(flow, view, value, name) for value in around])
    found = found or lookup.package(flow, view, lookup.path_of(view, index))
    return found or lookup.rest_of_package(view, of | around, index)


def _call(flow: Evaluator, view: FileView, expr: Expr, index: int) -> Values:
    found = calling.call(flow, view, expr)
    if view.language.scoping.type_variables and variables.MADE in found:  # `T = TypeVar("T")`
        return flow.generics.bounds((VARIABLE, view.path, index)) | {(VARIABLE, view.path, index)}
    return found


def _item(flow: Evaluator, view: FileView, expr: Expr, index: int) -> Values:
    key, of = expr[2], flow.expr(view, expr[1])
    return union([containers.item(flow, value, key) for value in of]) | _outside(view, of)


def _each(flow: Evaluator, view: FileView, expr: Expr, index: int) -> Values:
    of = flow.expr(view, expr[1])
    return union([containers.each(flow, value) for value in of]) | _outside(view, of)


def _await(flow: Evaluator, view: FileView, expr: Expr, index: int) -> Values:
    of = flow.expr(view, expr[1])
    return union([containers.awaited(flow, one) for one in of]) if view.language.scoping.static_types else of


def _definition(flow: Evaluator, view: FileView, expr: Expr, index: int) -> Values:
    symbol = expr[1]
    value = flow.definition(view, symbol, view.facts.symbols[symbol].kind)
    return NOTHING if value is None else frozenset({value})


def _box(flow: Evaluator, view: FileView, expr: Expr, index: int) -> Values:
    return frozenset({(BOX, view.path, index)})


def _any(flow: Evaluator, view: FileView, expr: Expr, index: int) -> Values:
    return union([flow.expr(view, part) for part in expr[1]])


def _instance_of(flow: Evaluator, view: FileView, expr: Expr, index: int) -> Values:
    return flow.instances(flow.expr(view, expr[1]))


def _literal(flow: Evaluator, view: FileView, expr: Expr, index: int) -> Values:
    return frozenset({(EXTERN_INST, f"<builtin>.{expr[1]}")})


def _param(flow: Evaluator, view: FileView, expr: Expr, index: int) -> Values:
    return flow.argument(view.path, expr[1], expr[2])


def _import(flow: Evaluator, view: FileView, expr: Expr, index: int) -> Values:
    return lookup.imported(flow, view, expr[1], expr[2])


def _self(flow: Evaluator, view: FileView, expr: Expr, index: int) -> Values:
    return frozenset({(INST, view.path, expr[1])})


def _given(flow: Evaluator, view: FileView, expr: Expr, index: int) -> Values:
    return fixtures.given(flow, view, expr[1], expr[2])


def _handed(flow: Evaluator, view: FileView, expr: Expr, index: int) -> Values:
    found = flow.expr(view, expr[1])
    return found | {FLOW_MARK} if len(found) > 1 else found


def _super(flow: Evaluator, view: FileView, expr: Expr, index: int) -> Values:
    return frozenset({(PARENT, view.path, expr[1])})


def _typed(flow: Evaluator, view: FileView, expr: Expr, index: int) -> Values:
    bases = flow.expr(view, expr[1])
    found: set[Value] = set()
    alias: Scene = None
    if not expr[2]:
        return frozenset(value for value in bases if value[0] in (TYPE, EXTERN)) or bases
    if not bases and view.language.scoping.static_types:  # a type that nothing tells of has arguments all the same
        return frozenset({(TYPED_INST, view.path, index)})
    for value in bases:
        if value[0] in (EXTERN, EXTERN_INST):
            found.add((TYPED_INST, view.path, index))
        elif value[0] == TYPE and len(value) == 3 and flow.generics.parameters(value[1:]):
            found.add((*value, (view.path, index, None)))
            if flow.world.view(value[1]).facts.symbols[value[2]].kind == _ALIAS:
                alias = (INST, *value[1:], (view.path, index, None))
        elif value[0] == BOX:  # `registry[name]`
            found |= containers.item(flow, value, None)
        else:
            found.add(value)
    return flow.generics.filled(frozenset(found), alias)


def _parameter(flow: Evaluator, view: FileView, expr: Expr, index: int) -> Values:
    return flow.slot(view, expr[1], BOUND_OF.format(expr[3])) | {(VARIABLE, view.path, index)}


def _class(flow: Evaluator, view: FileView, expr: Expr, index: int) -> Values:
    found: set[Value] = set()
    for value in flow.expr(view, expr[1]):
        if value[0] == INST:
            found.add((TYPE, value[1], value[2]))
        elif value[0] == EXTERN_INST:
            found.add((EXTERN, value[1]))
    return frozenset(found)


def _narrow(flow: Evaluator, view: FileView, expr: Expr, index: int) -> Values:
    return narrowing.narrowed(flow, flow.expr(view, expr[1]), flow.expr(view, expr[2]), holds=expr[3])


def _takes(flow: Evaluator, view: FileView, expr: Expr, index: int) -> Values:
    return overloads.fitting(flow, view, expr)


def _within(flow: Evaluator, view: FileView, expr: Expr, index: int) -> Values:
    return implied.values(flow, view, expr)


def _expects(flow: Evaluator, view: FileView, expr: Expr, index: int) -> Values:
    return objects.expected(flow, view, expr)


def _decorate(flow: Evaluator, view: FileView, expr: Expr, index: int) -> Values:
    return calling.decorate(flow, view, expr[1], expr[2])


def _outside(view: FileView, of: Values) -> Values:
    """Parts of outside values are outside values, where types are declared: `file, err := os.Open(name)`."""
    if not view.language.scoping.static_types:
        return NOTHING
    return frozenset(value for value in of if value[0] == EXTERN_INST)


# What these are rests on nothing else.
PLAIN: Final = frozenset({LITERAL, SELF, SUPER, SEQ, MAP, DEF})
RULES: Final[dict[int, Callable[[Evaluator, FileView, Expr, int], Values]]] = {
    NAME: _name,
    LIVE: _live,
    ATTR: _attr,
    CALL: _call,
    ITEM: _item,
    EACH: _each,
    AWAIT: _await,
    STAR: _each,
    DEF: _definition,
    SEQ: _box,
    MAP: _box,
    ANY: _any,
    INSTANCE: _instance_of,
    LITERAL: _literal,
    PARAM: _param,
    PARAMETER: _parameter,
    IMPORT: _import,
    SELF: _self,
    SUPER: _super,
    TYPED: _typed,
    CLASS: _class,
    DECORATE: _decorate,
    TAKES: _takes,
    EXPECTS: _expects,
    NARROW: _narrow,
    GIVEN: _given,
    HANDED: _handed,
    WITHIN: _within,
}
