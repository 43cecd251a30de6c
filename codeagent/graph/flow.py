"""The evaluator: what each symbolic expression of a file may be, given all the other files."""

import sys

from codeagent.domain.facts import CALLABLE_KINDS, DECORATE, KIND, LIVE, NONE, TYPE_KINDS, FunctionFact
from codeagent.graph import arriving, calling, containers, definitions, fields, lookup, members, objects, opened, packed
from codeagent.graph.additions import Additions
from codeagent.graph.classes import Hierarchy
from codeagent.graph.evaluator import Args, Keywords, Landing
from codeagent.graph.generics import Generics
from codeagent.graph.parts import Parts
from codeagent.graph.rules import PLAIN, RULES
from codeagent.graph.sites import Sites
from codeagent.graph.slots import Slot
from codeagent.graph.solver import Node, Solver
from codeagent.graph.values import (
    BOX,
    EXTERN,
    EXTERN_INST,
    FUNC,
    INST,
    NOTHING,
    TYPE,
    TYPED_INST,
    VARIABLE,
    VARIABLE_INST,
    Class,
    Denoted,
    Value,
    Values,
    union,
)
from codeagent.graph.views import FileView
from codeagent.graph.world import World
from codeagent.languages.language import Location

# kinds of nodes; expressions are (path, index)
_RESULT, _ARGUMENT, _SLOT, _BOUND, _PACKED, _FIELD = "result", "argument", "slot", "bound", "packed", "field"
_OPENED = "opened"
_PROPERTY, _OBJECT, _NAMESPACE = KIND["property"], KIND["object"], KIND["namespace"]

_NO_TYPES = frozenset(f"{home}.{name}" for home in ("typing", "typing_extensions") for name in ("Final", "ClassVar"))


class Flow:
    """Evaluates expressions, call results, arguments and slots; each is a node of one solver."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.hierarchy = Hierarchy(self)
        self.parts = Parts(self)
        self.generics = Generics(self)
        self.sites = Sites(world)
        self.landings: dict[Denoted, list[Landing]] = {}  # calls that reach a function, once all is known
        self._solver = self.questions = Solver(self._compute)
        self._final = self._solver.final
        self.denoting: set[tuple[str, str]] = set()  # imports being followed, against circles
        self._adopted: dict[str, dict[Class, dict[str, list[tuple[str, int]]]]] = {}
        self.implementations: dict[tuple[object, ...], list[Denoted]] = {}  # of methods without body
        self._adopting: dict[Class, dict[str, list[tuple[str, int]]]] = {}
        self._additions = Additions(self)

    @property
    def weight(self) -> int:
        """How much is known already."""
        return len(self._final)

    def forget_cheap(self) -> None:
        """Forget whatever is found again by looking at one file: what its expressions and its names are.

        What took looking at many stays: results, arguments, classes."""
        self.hierarchy.forget_cheap()
        self.landings.clear()
        self._solver.forget(_is_of_one_file)

    # --- questions ---------------------------------------------------------------------------------

    def expr(self, view: FileView, index: int) -> Values:
        """The values of an expression of a file."""
        if index == NONE:
            return NOTHING
        node = (view.path, index)
        known = self._final.get(node)
        if known is not None:
            return known
        expr = view.facts.exprs[index]
        if expr[0] == LIVE and len(expr[3]) == 1:  # it is what it is bound to
            value = view.facts.bindings[expr[3][0]].value
            if value < index:
                return self.expr(view, value)
        if expr[0] in PLAIN:
            return self._solver.keep(node, RULES[expr[0]](self, view, expr, index))
        return self._solver.get(node)

    def known(self, view: FileView, index: int) -> bool:
        """Whether the values of an expression are final."""
        return index == NONE or (view.path, index) in self._final

    def settled(self, view: FileView, index: int) -> Values:
        """The same, solved by itself: for questions whose answers shape the look-up rules."""
        return NOTHING if index == NONE else self._solver.settled((view.path, index))

    def result(self, path: str, symbol: int) -> Values:
        """What calling a function gives, whatever it is called with."""
        return self._solver.get((_RESULT, path, symbol))

    def argument(self, path: str, symbol: int, index: int) -> Values:
        """What reaches a parameter: its declared type, its default, its receiver, its call sites."""
        return self._solver.get((_ARGUMENT, path, symbol, index))

    def packed(self, value: Value, key: str | int | None) -> Values:
        """What an item of `*args` or `**kwargs` may be."""
        return self._solver.get((_PACKED, *value[1:], packed.told_apart(key)))

    def named(self, view: FileView, scope: int, name: str, before: int = sys.maxsize) -> Values:
        """The values of a bare name seen from a scope, of star imports of values those before a byte."""
        return lookup.values(self, view, scope, name, before=before)

    def opened(self, view: FileView, scope: int, start: int) -> Values:
        """What the star import of a scope that starts at a byte brings the members of."""
        return self._solver.get((_OPENED, view.path, scope, start))

    def slot(self, view: FileView, scope: int, name: str) -> Values:
        """The values of a name that a scope defines or binds."""
        node = (_SLOT, view.path, scope, name)
        known = self._final.get(node)
        if known is not None:
            return known
        slot = view.slots.get((scope, name))
        if slot is None or not slot.bindings:  # definitions rest on nothing else
            return self._solver.keep(node, self._slot_values(view, slot))
        return self._solver.get(node)

    def field(self, owner: Class, name: str) -> Values:
        """What a generated constructor puts into a field."""
        return self._solver.get((_FIELD, *owner, name))

    def bound(self, variable: Value, scene: Value) -> Values:
        """Values of what a type parameter stands for in a scene; none where that is not known."""
        return self._solver.get((_BOUND, *variable[1:], scene))

    def instances(self, types: Values) -> Values:
        """Values of the given types."""
        return union([self._instance(value) for value in types])

    # --- nodes -------------------------------------------------------------------------------------

    def _compute(self, node: Node) -> Values:
        if len(node) == 2:
            path, index = node
            view = self.world.view(path)
            expr = view.facts.exprs[index]
            return RULES[expr[0]](self, view, expr, index)
        kind, path, *rest = node
        if kind == _BOUND:
            return self.generics.bound((VARIABLE, path, rest[0]), rest[1])
        if kind == _FIELD:
            return fields.handed(self, (path, rest[0]), rest[1])
        view = self.world.view(path)
        if kind == _SLOT:
            return self._slot_values(view, view.slots.get((rest[0], rest[1])))
        if kind == _RESULT:
            return calling.result(self, view, rest[0])
        if kind == _OPENED:
            return opened.values(self, view, *rest)
        if kind == _PACKED:
            return packed.held(self, view, *rest)
        return arriving.argument(self, view, rest[0], rest[1])

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
            same = self.world.counterparts(view, symbol)
            for path in sorted(self.world.facts.mentioning(view.facts.symbols[symbol].name)):
                for one in same:
                    for method, places in self._owned(path).get(one, {}).items():
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
                        owner = value[1:3]
                        known.setdefault(owner, {}).setdefault(name, []).append((path, fact.symbol))
            for index, symbol in enumerate(view.facts.symbols):
                above, dot, name = symbol.name.rpartition(".")
                if dot and symbol.kind not in CALLABLE_KINDS:  # a constant of an `impl`
                    for type_ in definitions.of_name(self, view, symbol.parent, above.rpartition(".")[2]):
                        if not isinstance(type_, str):
                            known.setdefault(type_, {}).setdefault(name, []).append((path, index))
        return known

    def added(self, view: FileView, value: Value, name: str) -> list[Denoted]:
        """Methods that the tree gives to a type from outside of it: impls of Rust, extensions of Kotlin."""
        return self._additions.of(view, value, name)

    def resembling(self, view: FileView, value: Value, name: str) -> list[Denoted]:
        """Methods that the tree gives to an outside type which the type of a value may extend, by its name."""
        return self._additions.perhaps(view, value, name)

    def _instance(self, value: Value) -> Values:
        kind = value[0]
        if kind == TYPE:
            return frozenset({(INST, *value[1:])})
        if kind == VARIABLE:
            return frozenset({(VARIABLE_INST, value[1], value[2])})
        if kind == EXTERN:
            return NOTHING if value[1] in _NO_TYPES else frozenset({(EXTERN_INST, value[1])})
        if kind == TYPED_INST:
            return containers.unwrapped(self, value)
        if kind == BOX:  # a tuple of types stands for any of them; a container of values is a value already
            inside = containers.elements(self, value)
            named = any(one[0] in (TYPE, EXTERN) for one in inside)
            return self.instances(inside) if named else frozenset({value})
        return frozenset({value}) if kind == INST else NOTHING

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


def _is_of_one_file(node: Node) -> bool:
    return len(node) == 2 or node[0] == _SLOT
