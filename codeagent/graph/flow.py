"""The evaluator: what each symbolic expression of a file may be, given all the other files."""

from collections.abc import Callable
from typing import Final

from codeagent.domain.facts import (
    ANY,
    ATTR,
    AWAIT,
    CALL,
    CALLABLE_KINDS,
    CLASS,
    DECORATE,
    DEF,
    EACH,
    EXPECTS,
    IMPORT,
    INSTANCE,
    ITEM,
    KIND,
    LITERAL,
    LIVE,
    MAP,
    NAME,
    NONE,
    PARAM,
    SELF,
    SEQ,
    STAR,
    SUPER,
    TAKES,
    TYPE_KINDS,
    TYPED,
    Expr,
    FunctionFact,
)
from codeagent.graph import calling, containers, lookup, members, objects, overloads
from codeagent.graph.classes import Hierarchy
from codeagent.graph.evaluator import Args, Keywords
from codeagent.graph.parts import Parts
from codeagent.graph.sites import Sites
from codeagent.graph.solver import Node, Solver
from codeagent.graph.values import (
    BOX,
    EXTERN,
    EXTERN_INST,
    FUNC,
    INST,
    NOTHING,
    PARENT,
    TYPE,
    TYPED_INST,
    Class,
    Denoted,
    Value,
    Values,
    union,
)
from codeagent.graph.world import FileView, Slot, World
from codeagent.languages.language import Location

_RESULT, _ARGUMENT, _SLOT = "result", "argument", "slot"  # expressions are (path, index)
_PROPERTY, _OBJECT, _NAMESPACE = KIND["property"], KIND["object"], KIND["namespace"]


class Flow:
    """Evaluates expressions, call results, arguments and slots; each is a node of one solver."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.hierarchy = Hierarchy(self)
        self.parts = Parts(self)
        self.sites = Sites(world)
        self._solver = Solver(self._compute)
        self._final = self._solver.final
        self.denoting: set[tuple[str, str]] = set()  # imports being followed, against circles
        self._adopted: dict[str, dict[Class, dict[str, list[tuple[str, int]]]]] = {}
        self.implementations: dict[tuple[object, ...], list[Denoted]] = {}  # of methods without body
        self._adopting: dict[Class, dict[str, list[tuple[str, int]]]] = {}

    # --- questions ---------------------------------------------------------------------------------

    def expr(self, view: FileView, index: int) -> Values:
        """The values of an expression of a file."""
        if index == NONE:
            return NOTHING
        node = (view.path, index)
        known = self._final.get(node)
        return self._solver.get(node) if known is None else known

    def settled(self, view: FileView, index: int) -> Values:
        """The same, solved by itself: for questions whose answers shape the look-up rules."""
        return NOTHING if index == NONE else self._solver.settled((view.path, index))

    def result(self, path: str, symbol: int) -> Values:
        """What calling a function gives, whatever it is called with."""
        return self._solver.get((_RESULT, path, symbol))

    def argument(self, path: str, symbol: int, index: int) -> Values:
        """What reaches a parameter: its declared type, its default, its receiver, its call sites."""
        return self._solver.get((_ARGUMENT, path, symbol, index))

    def slot(self, view: FileView, scope: int, name: str) -> Values:
        """The values of a name that a scope defines or binds."""
        return self._solver.get((_SLOT, view.path, scope, name))

    def instances(self, types: Values) -> Values:
        """Values of the given types."""
        return union([self._instance(value) for value in types])

    # --- nodes -------------------------------------------------------------------------------------

    def _compute(self, node: Node) -> Values:
        if len(node) == 2:
            path, index = node
            view = self.world.view(path)
            expr = view.facts.exprs[index]
            return _RULES[expr[0]](self, view, expr, index)
        kind, path, *rest = node
        view = self.world.view(path)
        if kind == _SLOT:
            return self._slot_values(view, view.slots.get((rest[0], rest[1])))
        if kind == _RESULT:
            return calling.result(self, view, rest[0])
        return calling.argument(self, view, rest[0], rest[1])

    def _slot_values(self, view: FileView, slot: Slot | None) -> Values:
        if slot is None:
            return NOTHING
        bound = [self.expr(view, binding.value) for binding in slot.bindings]
        symbols = view.facts.symbols
        decorated = any(view.facts.exprs[b.value][0] == DECORATE for b in slot.bindings if b.value != NONE)
        if decorated and any(bound):
            return union(bound)
        defined = frozenset(
            value for index in slot.symbols if (value := self.definition(view, index, symbols[index].kind)) is not None
        )
        return union([defined, *bound])

    def definition(self, view: FileView, index: int, kind: int) -> Value | None:
        """The value a definition is: a function or a class; None for variables."""
        if kind in CALLABLE_KINDS or (kind == _PROPERTY and index in view.functions):
            return (FUNC, view.path, index)
        if kind in TYPE_KINDS:
            return (INST if kind == _OBJECT else TYPE, *self.parts.primary((view.path, index)))
        return objects.namespace(self, view, index) if kind == _NAMESPACE else None

    def adopted(self, view: FileView, symbol: int) -> dict[str, list[tuple[str, int]]]:
        """Methods of a type that are written outside it (Go receivers, Rust impls), by name."""
        if not view.language.scoping.adopts_methods:
            return {}
        found = self._adopting.get((view.path, symbol))
        if found is None:
            found = self._adopting[view.path, symbol] = {}
            for path in sorted(self.world.facts.mentioning(view.facts.symbols[symbol].name)):
                for method, places in self._owned(path).get((view.path, symbol), {}).items():
                    found.setdefault(method, []).extend(places)
        return found

    def _owned(self, path: str) -> dict[Class, dict[str, list[tuple[str, int]]]]:
        """The methods of one file by the type that owns them."""
        known = self._adopted.get(path)
        if known is None:
            known = self._adopted[path] = {}
            view = self.world.view(path)
            for fact in view.facts.functions:
                if fact.owner == NONE:
                    continue
                name = view.facts.symbols[fact.symbol].name.rpartition(".")[2]
                for value in self.settled(view, fact.owner):
                    if value[0] in (TYPE, INST):
                        owner = value[1:]
                        known.setdefault(owner, {}).setdefault(name, []).append((path, fact.symbol))
        return known

    def _instance(self, value: Value) -> Values:
        kind = value[0]
        if kind == TYPE:
            return frozenset({(INST, value[1], value[2])})
        if kind == EXTERN:
            return frozenset({(EXTERN_INST, value[1])})
        if kind == TYPED_INST:
            return containers.unwrapped(self, value)
        if kind == BOX:  # a tuple of types stands for any of them; a container of values is a value already
            inside = containers.elements(self, value)
            named = any(one[0] in (TYPE, EXTERN) for one in inside)
            return self.instances(inside) if named else frozenset({value})
        return frozenset({value}) if kind == INST else NOTHING

    # --- expressions -------------------------------------------------------------------------------

    def _name(self, view: FileView, expr: Expr, index: int) -> Values:
        return lookup.values(self, view, expr[1], expr[2])

    def _live(self, view: FileView, expr: Expr, index: int) -> Values:
        bindings = view.facts.bindings
        return union([self.expr(view, bindings[i].value) for i in expr[3]])

    def _attr(self, view: FileView, expr: Expr, index: int) -> Values:
        name = expr[2]
        return union([members.values(self, view, value, name) for value in self.expr(view, expr[1])])

    def _call(self, view: FileView, expr: Expr, index: int) -> Values:
        return calling.call(self, view, expr)

    def _item(self, view: FileView, expr: Expr, index: int) -> Values:
        key, of = expr[2], self.expr(view, expr[1])
        return union([containers.item(self, value, key) for value in of]) | _outside(view, of)

    def _each(self, view: FileView, expr: Expr, index: int) -> Values:
        of = self.expr(view, expr[1])
        return union([containers.each(self, value) for value in of]) | _outside(view, of)

    def _same(self, view: FileView, expr: Expr, index: int) -> Values:
        return self.expr(view, expr[1])

    def _definition(self, view: FileView, expr: Expr, index: int) -> Values:
        symbol = expr[1]
        value = self.definition(view, symbol, view.facts.symbols[symbol].kind)
        return NOTHING if value is None else frozenset({value})

    def _box(self, view: FileView, expr: Expr, index: int) -> Values:
        return frozenset({(BOX, view.path, index)})

    def _any(self, view: FileView, expr: Expr, index: int) -> Values:
        return union([self.expr(view, part) for part in expr[1]])

    def _instance_of(self, view: FileView, expr: Expr, index: int) -> Values:
        return self.instances(self.expr(view, expr[1]))

    def _literal(self, view: FileView, expr: Expr, index: int) -> Values:
        return frozenset({(EXTERN_INST, f"<builtin>.{expr[1]}")})

    def _param(self, view: FileView, expr: Expr, index: int) -> Values:
        return self.argument(view.path, expr[1], expr[2])

    def _import(self, view: FileView, expr: Expr, index: int) -> Values:
        return lookup.imported(self, view, expr[1], expr[2])

    def _self(self, view: FileView, expr: Expr, index: int) -> Values:
        return frozenset({(INST, view.path, expr[1])})

    def _super(self, view: FileView, expr: Expr, index: int) -> Values:
        return frozenset({(PARENT, view.path, expr[1])})

    def _typed(self, view: FileView, expr: Expr, index: int) -> Values:
        bases = self.expr(view, expr[1])
        external = any(value[0] in (EXTERN, EXTERN_INST) for value in bases)
        inside = frozenset(value for value in bases if value[0] not in (EXTERN, EXTERN_INST))
        return inside | {(TYPED_INST, view.path, index)} if external else inside

    def _class(self, view: FileView, expr: Expr, index: int) -> Values:
        found: set[Value] = set()
        for value in self.expr(view, expr[1]):
            if value[0] == INST:
                found.add((TYPE, value[1], value[2]))
            elif value[0] == EXTERN_INST:
                found.add((EXTERN, value[1]))
        return frozenset(found)

    def _takes(self, view: FileView, expr: Expr, index: int) -> Values:
        return overloads.fitting(self, view, expr)

    def _expects(self, view: FileView, expr: Expr, index: int) -> Values:
        return objects.expected(self, view, expr)

    def _decorate(self, view: FileView, expr: Expr, index: int) -> Values:
        return calling.decorate(self, view, expr[1], expr[2])

    # --- shared small questions ----------------------------------------------------------------------

    def function(self, path: str, symbol: int) -> FunctionFact | None:
        """The flow facts of a function symbol."""
        return self.world.view(path).functions.get(symbol)

    def flags(self, path: str, symbol: int) -> int:
        """The flags of a symbol."""
        return self.world.view(path).facts.symbols[symbol].flags

    def member(self, view: FileView, value: Value, name: str) -> Values:
        """The values of `value.name`."""
        return members.values(self, view, value, name)

    def module_member(self, view: FileView, locations: tuple[Location, ...], name: str) -> Values:
        """The values of a name of a module."""
        return members.of_module(self, view, locations, name)

    def class_member(self, owner: Class, name: str, *, instance: bool, after: Class | None = None) -> Values:
        """The values of a member of a class."""
        return members.of_class(self, owner, name, instance=instance, after=after)

    def denoted_in_class(self, owner: Class, name: str) -> list[Denoted | str]:
        """The symbols of a class member."""
        return members.denoted_in_class(self, owner, name)

    def called(self, view: FileView, value: Value, args: Args, keywords: Keywords) -> Values:
        """What calling a value gives."""
        return calling.of_value(self, view, value, args, keywords)

    def container_method(self, name: str, value: Value) -> Values:
        """What calling a container's own method gives."""
        return containers.method(self, name, value)

    def item(self, value: Value, key: str | int | None) -> Values:
        """The values of `value[key]`."""
        return containers.item(self, value, key)

    def each(self, value: Value) -> Values:
        """What iterating over a value yields."""
        return containers.each(self, value)


def _outside(view: FileView, of: Values) -> Values:
    """Parts of outside values are outside values, where types are declared: `file, err := os.Open(name)`."""
    if not view.language.scoping.static_types:
        return NOTHING
    return frozenset(value for value in of if value[0] == EXTERN_INST)


_RULES: Final[dict[int, Callable[[Flow, FileView, Expr, int], Values]]] = {
    NAME: Flow._name,
    LIVE: Flow._live,
    ATTR: Flow._attr,
    CALL: Flow._call,
    ITEM: Flow._item,
    EACH: Flow._each,
    AWAIT: Flow._same,
    STAR: Flow._each,
    DEF: Flow._definition,
    SEQ: Flow._box,
    MAP: Flow._box,
    ANY: Flow._any,
    INSTANCE: Flow._instance_of,
    LITERAL: Flow._literal,
    PARAM: Flow._param,
    IMPORT: Flow._import,
    SELF: Flow._self,
    SUPER: Flow._super,
    TYPED: Flow._typed,
    CLASS: Flow._class,
    DECORATE: Flow._decorate,
    TAKES: Flow._takes,
    EXPECTS: Flow._expects,
}
