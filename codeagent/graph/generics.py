"""Type parameters of the tree: what those of a class or function stand for, seen from an instance or a call.

What comes out of a generic class speaks of its parameters: `get` of `Box<T>` gives a T. Such values are *filled*
where they leave the class by an instance (`Box<Cart>`) or the function by a call, which are their `Scene`."""

from typing import Any, Final, cast

from codeagent.domain.facts import NONE, PARAMETER, TYPED
from codeagent.graph import matching, scenes, variables
from codeagent.graph.evaluator import Args, Evaluator, Keywords
from codeagent.graph.scenes import Scenes
from codeagent.graph.values import (
    BOUND,
    BOX,
    CALLED,
    ELEMENTS,
    FLOW_MARK,
    GENERATOR,
    INST,
    NOTHING,
    PAIR,
    PAIRS,
    TYPE,
    TYPED_INST,
    VARIABLE,
    VARIABLE_INST,
    Class,
    Denoted,
    Scene,
    Value,
    Values,
    union,
)
from codeagent.graph.views import FileView

_VARIABLES: Final = frozenset((VARIABLE, VARIABLE_INST))
_WRAPPERS: Final = frozenset((ELEMENTS, PAIRS, PAIR))
_MAY_BE_OPEN: Final = frozenset((VARIABLE, VARIABLE_INST, TYPED_INST, BOX, GENERATOR, *_WRAPPERS))
_DEEPEST: Final = 4  # scenes within scenes; `Node<Node<T>>` in a loop would go on for ever


class Generics(Scenes):
    """The generic classes and functions of one world."""

    def __init__(self, flow: Evaluator) -> None:
        super().__init__(flow)
        self._asked: set[tuple[Any, ...]] = set()  # what the arguments of calls tell, while it is being asked

    def member(self, found: Values, receiver: Value, defining: Class) -> Values:
        """What a member of `defining` is for a receiver."""
        if receiver[0] != INST or not _may_be_open(found):
            return found
        scene = self.scene(receiver, defining)
        return self.filled(found, scene) if scene is not None else found

    def returned(self, found: Values, view: FileView, function: Value, args: Args, keywords: Keywords) -> Values:
        """What a function returns, for one call of it."""
        if not _may_be_open(found) or not self._speaks(function[1:3]):
            return found
        receiver = function[3] if function[0] == BOUND else None
        return self.filled(found, (CALLED, function[1:3], view.path, *scenes.kept(args, keywords), receiver, None))

    def _speaks(self, function: Denoted) -> bool:
        """Whether what a function returns may speak of type parameters: its own, or its class's."""
        view, owner = self._flow.world.view(function[0]), self.owner(function)
        if view.parameters:
            return True
        if not view.language.scoping.type_variables:
            return False
        fact = view.functions.get(function[1])
        return (fact is not None and fact.returns != NONE) or (owner is not None and bool(self.parameters(owner)))

    def filled(self, values: Values, scene: Scene) -> Values:
        """Put in the place of type parameters what they stand for in a scene, where that is known."""
        if scene is None or not _may_be_open(values):
            return values
        made: list[Values] = []
        said: set[Value] = set()  # what is known of the filled ones otherwise: themselves, and their bounds
        for value in values:
            if value[0] in _VARIABLES and (found := self._flow.bound(value, scene)):
                made.append(found if value[0] == VARIABLE_INST else _types(found))
                bounds = self.bounds(value)
                said |= {value, *(bounds if value[0] == VARIABLE else self._flow.instances(bounds))}
        if made and FLOW_MARK in values:  # the declared type says more than what happens to flow there
            return union(made)
        others = frozenset(self._closed(value, scene) for value in values if value not in said)
        return union([others, *made])

    def _closed(self, value: Value, scene: Value) -> Value:
        """A value that mentions type parameters, with the scene in which they are found."""
        kind = value[0]
        if kind in _WRAPPERS:
            return (kind, self._closed(value[1], scene))
        if kind in (INST, TYPE) and len(value) > 3:
            path, what, outer = value[3]
            if outer is None and isinstance(what, int):
                whole = self._same(value, path, what, scene)
                if whole is not None:
                    return (kind, *whole[1:])
            inner = self._within(path, what, outer, scene)
            return value if inner is outer else (kind, value[1], value[2], (path, what, inner))
        if kind in (TYPED_INST, BOX):
            outer = value[3] if len(value) > 3 else None
            inner = self._within(value[1], value[2], outer, scene)
            return value if inner is outer else (kind, value[1], value[2], inner)
        if kind == GENERATOR and len(value) < 4:
            fact = self._flow.function(value[1], value[2])
            inner = self._within(value[1], fact.returns, None, scene) if fact else None
            return value if inner is None else (*value, inner)
        return value

    def _same(self, value: Value, path: str, what: int, scene: Value) -> Scene:
        """The scene itself where a class only speaks of itself: the `Node<T>` in `Node<T>`."""
        narrow = self._narrow(scene, path, what)
        if narrow is None or narrow[0] != INST or narrow[1:3] != value[1:3]:
            return None
        view = self._flow.world.view(path)
        args, own = view.facts.exprs[what][2], self.parameters(value[1:3])
        same = len(args) == len(own) and all(
            arg != NONE and one in self._flow.expr(view, arg) for arg, one in zip(args, own, strict=True)
        )
        return narrow if same else None

    def _within(self, path: str, what: object, outer: Scene, scene: Value) -> Scene:
        """What lies in a scene, or in none: how it is seen from a scene further out."""
        if outer is None:
            return self._narrow(scene, path, what) if self._open(path, what) else None
        deeper = self._deepened(outer, scene)
        return deeper if _depth(deeper) <= _DEEPEST else outer

    def _deepened(self, inner: Value, scene: Value) -> Value:
        if inner[0] != CALLED:
            return self._closed(inner, scene)
        seen = None if inner[5] is None else self._closed(inner[5], scene)
        return (*inner[:5], seen, self._within(inner[2], inner[3:5], inner[6], scene))

    def _open(self, path: str, what: object) -> bool:
        view = self._flow.world.view(path)
        if isinstance(what, int):
            return bool(variables.named_in(self._flow, view, what))
        args, keywords = cast("tuple[Args, Keywords]", what)
        given = (*args, *(value for _, value in keywords))
        return any(_may_be_open(self._flow.expr(view, one)) for one in given if one != NONE)

    def _narrow(self, scene: Value, path: str, what: object) -> Value:
        """Of a call only its receiver, where nothing but the parameters of the receiver's class is asked for."""
        if scene[0] != CALLED or scene[5] is None or scene[5][0] != INST or not isinstance(what, int):
            return scene
        owner = self.owner(scene[1])
        if owner is None or scene[6] is not None:
            return scene
        receiver = self.scene(scene[5], owner)
        named = variables.named_in(self._flow, self._flow.world.view(path), what)
        return receiver if receiver is not None and named <= set(self.parameters(owner)) else scene

    # --- what one parameter stands for

    def bound(self, variable: Value, scene: Value) -> Values:
        """Values of what a type parameter stands for in a scene; none where that is not known."""
        one = (VARIABLE, *variable[1:])
        if scene[0] == CALLED:
            _, function, path, args, keywords, receiver, outer = scene
            inner = self._declares(function, one) and self.owner(function) is not None
            found = NOTHING if inner else self._by_receiver(one, function, receiver)
            if not found:
                view, shift = self._flow.world.view(path), 0
                own = self._flow.world.view(function[0])
                if receiver is not None and own.language.scoping.explicit_receiver:
                    shift = 1
                found = self._told(own, function, one, (view, args, keywords, shift))
            return self.filled(found, outer)
        owner = scene[1:3]
        known = self.parameters(owner)
        return self.argument(scene, known.index(one)) if one in known else NOTHING

    def _told(self, own: FileView, function: Denoted, variable: Value, call: matching.Call) -> Values:
        """What the arguments of a call tell; nothing where they come from that very call: `a = twice(a)`."""
        asked = (variable, function, call[0].path, call[1:])
        if asked in self._asked:
            return NOTHING
        self._asked.add(asked)
        try:
            return matching.told(self._flow, own, function[1], variable, call)
        finally:
            self._asked.discard(asked)

    def _declares(self, function: Denoted, variable: Value) -> bool:
        expr = self._flow.world.view(variable[1]).facts.exprs[variable[2]]
        return bool(expr[0] == PARAMETER and (variable[1], expr[1]) == function)

    def _by_receiver(self, variable: Value, function: Denoted, receiver: Scene) -> Values:
        if receiver is None or receiver[0] != INST:
            return NOTHING
        owner = self.owner(function)
        if owner is not None:
            scene = self.scene(receiver, owner)
            return self._flow.bound(variable, scene) if scene is not None else NOTHING
        fact, view = self._flow.function(*function), self._flow.world.view(function[0])
        expr = view.facts.exprs[fact.owner] if fact is not None and fact.owner != NONE else ()
        if not expr or expr[0] != TYPED:
            return NOTHING
        for value in self._flow.expr(view, expr[1]):  # a method outside its type names the parameters anew
            scene = self.scene(receiver, value[1:3]) if value[0] == TYPE else None
            for position, arg in enumerate(expr[2] if scene is not None else ()):
                if scene is not None and arg != NONE and variable in self._flow.expr(view, arg):
                    return self.argument(scene, position)
        return NOTHING

    def argument(self, scene: Value, position: int) -> Values:
        """Values of the type argument at a position of an instance with arguments."""
        path, what, outer = scene[3]
        view = self._flow.world.view(path)
        if not isinstance(what, int):
            wanted = self.parameters(scene[1:3])[position]
            parts = []
            for own, symbol in self.constructors(scene[1:3]) if wanted is not None else ():
                shift = int(own.language.scoping.explicit_receiver)
                parts.append(matching.told(self._flow, own, symbol, wanted, (view, *what, shift)))  # type: ignore[arg-type]  # not None
            return self.filled(union(parts), outer)
        args = view.facts.exprs[what][2]
        if position < len(args):
            return self.filled(self._flow.instances(self._flow.expr(view, args[position])), outer)
        known = self.parameters(scene[1:3])  # left out: its default
        default = known[position] if position < len(known) else None
        return self.filled(self._flow.instances(self.bounds(default)), scene) if default is not None else NOTHING


def _may_be_open(values: Values) -> bool:
    return any(value[0] in _MAY_BE_OPEN or (len(value) > 3 and value[0] in (INST, TYPE)) for value in values)


def _types(found: Values) -> Values:
    return frozenset((TYPE, *value[1:]) for value in found if value[0] == INST)


def _depth(scene: Scene) -> int:
    if scene is None:
        return 0
    if scene[0] == CALLED:
        return 1 + max(_depth(scene[5] if scene[5] is not None and len(scene[5]) > 3 else None), _depth(scene[6]))
    return 1 + _depth(scene[3][2]) if len(scene) > 3 else 0
