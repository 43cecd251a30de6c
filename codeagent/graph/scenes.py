"""Scenes: the instances in which the type parameters of a class are known."""

from collections.abc import Iterator

from codeagent.domain.arity import bare
from codeagent.domain.facts import BOUND_OF, CALL, LITERAL, NONE, PARAMETER, TYPE_KINDS, TYPED
from codeagent.graph import variables
from codeagent.graph.evaluator import Args, Evaluator, Keywords
from codeagent.graph.values import INST, NOTHING, TYPE, Class, Denoted, Scene, Value, Values
from codeagent.graph.views import FileView

Step = tuple[str, int, Class]  # path and expression of a base, and the class that it names


class Scenes:
    """The type parameters of the classes of one world, and the instances in which they are known."""

    def __init__(self, flow: Evaluator) -> None:
        self._flow = flow
        self._parameters: dict[Class, tuple[Value | None, ...]] = {}
        self._routes: dict[tuple[Class, Class], tuple[Step, ...] | None] = {}

    def parameters(self, owner: Class) -> tuple[Value | None, ...]:
        """The type parameters of a class by position, as variables; None for one that it never names."""
        known = self._parameters.get(owner)
        if known is None:
            self._parameters[owner] = ()
            known = self._parameters[owner] = variables.of_class(self._flow, owner)
        return known

    def named_in(self, view: FileView, index: int) -> frozenset[Value]:
        """The type parameters that a type mentions."""
        return variables.named_in(self._flow, view, index)

    def scene(self, receiver: Value, owner: Class) -> Scene:
        """An instance as one of the class that it has a member from: a `FooBox` as the `Box<Foo>` that it is."""
        if not self.parameters(owner):
            return None
        current: Value = (INST, *receiver[1:4])
        for path, base, above in self._route(receiver[1:3], owner) or ():
            typed = self._flow.world.view(path).facts.exprs[base][0] == TYPED
            current = (INST, *above, (path, base, current if len(current) > 3 else None)) if typed else (INST, *above)
        return current if len(current) > 3 and current[1:3] == owner else None

    def _route(self, owner: Class, above: Class) -> tuple[Step, ...] | None:
        """The bases by which a class is a subclass of another; None where it is none."""
        if owner == above:
            return ()
        key = (owner, above)
        if key not in self._routes:
            self._routes[key] = None
            for view, base in self._flow.hierarchy.written(owner):
                named = sorted(value[1:3] for value in self._flow.settled(view, base) if value[0] == TYPE)
                for one in named:
                    rest = self._route(one, above)
                    if rest is not None and self._routes[key] is None:
                        self._routes[key] = ((view.path, base, one), *rest)
        return self._routes[key]

    def made(self, view: FileView, value: Value, args: Args, keywords: Keywords) -> Value:
        """The instance that constructing a class gives; arguments that are not written follow from the call's."""
        owner = value[1:3]
        if len(value) > 3 or not (args or keywords) or not self.parameters(owner):
            return (INST, *value[1:])
        wanted = {one for one in self.parameters(owner) if one is not None}
        told = any(
            not wanted.isdisjoint(variables.named_in(self._flow, own, param.annotation))
            for own, symbol in self.constructors(owner)
            for param in own.functions[symbol].params
        )
        return (INST, *owner, (view.path, kept(args, keywords), None)) if told else (INST, *owner)

    def constructors(self, owner: Class) -> Iterator[tuple[FileView, int]]:
        """The constructors that a class itself has."""
        view = self._flow.world.view(owner[0])
        scoping = view.language.scoping
        name = bare(view.facts.symbols[owner[1]].name) if scoping.constructor_is_type_name else scoping.constructor
        slot = view.slots.get((owner[1], name)) if name else None
        yield from ((view, symbol) for symbol in (slot.symbols if slot else ()) if symbol in view.functions)

    def owner(self, function: Denoted) -> Class | None:
        """The class that a function stands in."""
        symbols = self._flow.world.view(function[0]).facts.symbols
        parent = symbols[function[1]].parent
        return (function[0], parent) if parent > 0 and symbols[parent].kind in TYPE_KINDS else None

    def bounds(self, variable: Value) -> Values:
        """The types that a type parameter is at least."""
        view = self._flow.world.view(variable[1])
        expr = view.facts.exprs[variable[2]]
        if expr[0] == PARAMETER:
            return self._flow.slot(view, expr[1], BOUND_OF.format(expr[3]))
        bound = next((value for name, value in expr[3] if name == "bound"), NONE) if expr[0] == CALL else NONE
        return NOTHING if bound == NONE or view.facts.exprs[bound][0] == LITERAL else self._flow.expr(view, bound)


def kept(args: Args, keywords: Keywords) -> tuple[Args, Keywords]:
    """Arguments as part of a value: facts that were stored have lists."""
    return tuple(args), tuple((name, index) for name, index in keywords)
