"""What a call leads to: functions, constructors, special methods, and guesses by name alone."""

from collections.abc import Iterable
from functools import cached_property
from typing import Final

from codeagent.domain.arity import bare
from codeagent.domain.facts import (
    ATTR,
    CALL,
    KIND,
    LIVE,
    NAME,
    NONE,
    PROPERTY,
    TAKES,
    TYPED,
)
from codeagent.domain.links import (
    CALL_EDGE,
    EXACT,
    INSTANTIATE_EDGE,
    LIKELY,
    REFERENCE_EDGE,
)
from codeagent.graph import accessors, constructing, containers, dispatch, guessing, handing, members, objects, special
from codeagent.graph.denoting import denote
from codeagent.graph.evaluator import Args, Keywords
from codeagent.graph.flow import Flow
from codeagent.graph.values import (
    BOUND,
    BOX_METHOD,
    ELEMENTS,
    EXTERN,
    EXTERN_INST,
    FLOW_MARK,
    FLOWED,
    FUNC,
    GENERATOR,
    INST,
    MANY_MARK,
    PARENT,
    TYPE,
    TYPED_INST,
    VARIABLE,
    VARIABLE_INST,
    WIDE,
    Class,
    Denoted,
    Value,
)
from codeagent.graph.views import FileView

_CHAINED: Final = frozenset((ATTR, CALL, TAKES, TYPED))
_NOTHING: Final = frozenset((FLOWED, WIDE, VARIABLE, VARIABLE_INST))  # values that are none themselves
_RESUMES: Final = frozenset(("__next__", "__anext__", "send", "asend"))  # what runs a generator
_ASKED: Final = frozenset(("__getitem__", "__setitem__", "__contains__"))
_HOLDERS: Final = frozenset({KIND["variable"], KIND["constant"], KIND["field"]})

Found = list[tuple[int, str, int]]  # edge kind, target, certainty


class Targets:
    """What the calls of one file lead to."""

    def __init__(self, flow: Flow, view: FileView) -> None:
        self.flow, self.view, self.world = flow, view, flow.world

    def denoted(self, expr: int) -> list[str]:
        """The ids of the symbols that an expression names."""
        return [self.id_of(one) for one in denote(self.flow, self.view, expr)]

    def id_of(self, one: Denoted | str) -> str:
        """The id of a symbol, of a type in parts that of the whole; outside names are their own."""
        whole = one if isinstance(one, str) else self.whole(one)
        return whole if isinstance(whole, str) else self.world.view(whole[0]).symbol_id(whole[1])

    def whole(self, one: Denoted) -> Denoted | str:
        """The part that stands for a whole type; the name of a type that the tree only adds to."""
        view = self.world.view(one[0])
        if one[1] not in view.classes or not view.language.scoping.open_types:
            return one
        first = self.flow.parts.primary(one)
        if not self.flow.parts.only_adds(first):
            return first
        name = view.facts.symbols[one[1]].name
        return f"<builtin>.{name}" if name in view.language.scoping.builtins else name

    def call(self, expr: int) -> Found:
        """The edges of one called expression."""
        values = self.flow.expr(self.view, expr)
        if MANY_MARK in values:
            values = frozenset()
        proper = [value for value in values if value[0] not in _NOTHING]
        if len(proper) > 1:
            proper = self._apart_from_fields(proper)
        if len(proper) > 1 and self.view.language.scoping.static_types:  # a wrapper beside what is known to be in it
            proper = [value for value in proper if value[0] != BOX_METHOD] or proper
        if len(proper) > 1 and self.view.language.scoping.one_type:  # what is outside only might have such a member
            proper = [value for value in proper if value[0] in (FUNC, BOUND, TYPE)] or proper
        if len(proper) > 1 and self.view.language.scoping.explicit_receiver:  # a protocol beside who is known
            proper = [one for one in proper if not objects.is_protocol_value(self.flow, one)] or proper
        certainty = EXACT if len({value[:3] for value in proper}) == 1 and FLOW_MARK not in values else LIKELY
        if certainty == EXACT and proper and proper[0][0] == EXTERN and self.guessed(expr, str(proper[0][1])):
            certainty = LIKELY
        found: Found = []
        certain, likely, declared = dispatch.runnable(self.flow, self.view, proper)
        for value in certain:
            found += self._called(value, expr, certainty)
        for value in likely:
            found += self._called(value, expr, LIKELY)
        found += [(REFERENCE_EDGE, self.id_of(one), EXACT) for one in declared]
        for function in dispatch.overriding(self.flow, self.view, expr, proper):
            found += self.function(function, LIKELY)
        if not any(kind in (CALL_EDGE, INSTANTIATE_EDGE) for kind, _, _ in found):
            found = self._held(expr) or found
        if not found and not proper:
            answering = accessors.by_name(self.flow, self.view, expr)
            found = [one for function in answering for one in self.function(function, LIKELY)] or self._by_name(expr)
        elif not found and self.view.language.scoping.read_by_call:
            found = [(REFERENCE_EDGE, target, certainty) for target in self.denoted(expr)]
        op, *rest = self.view.facts.exprs[expr]
        if op in (NAME, ATTR, LIVE):
            reached = [target for _, target, _ in found]
            if not any(target.endswith(rest[1]) for target in reached):  # an alias: say what was named, too
                found += [edge for edge in self._named(expr) if edge[1] not in reached]
        return found

    def _apart_from_fields(self, proper: list[Value]) -> list[Value]:
        """Without a field beside a method of its name; of a class and the object called like it, what is called."""
        scoping = self.view.language.scoping
        if scoping.call_method and not scoping.static_types:
            return proper
        if scoping.call_method and not any(value[0] in (FUNC, BOUND) for value in proper):
            objects_ = [value for value in proper if value[0] == INST]
            called = [one for one in objects_ if members.values(self.flow, self.view, one, scoping.call_method)]
            if called:
                return called
        return [value for value in proper if value[0] not in (INST, EXTERN_INST, TYPED_INST)] or proper

    def _named(self, expr: int) -> Found:
        """What a callee names, where that is not what is called: a variable is read, a property runs."""
        found: Found = []
        for one in denote(self.flow, self.view, expr):
            runs = not isinstance(one, str) and self.flow.flags(*one) & PROPERTY
            found.append((CALL_EDGE if runs else REFERENCE_EDGE, self.id_of(one), EXACT))
        return found

    def _called(self, value: Value, expr: int, certainty: int) -> Found:
        kind = value[0]
        if kind in (FUNC, BOUND):
            return self.function(value[1:3], certainty)
        if kind == TYPE:
            return self._construction(value[1:3], expr, certainty)
        if kind == EXTERN:
            return [(CALL_EDGE, value[1], certainty)]
        if kind == INST:
            name = self.view.language.scoping.call_method
            called = members.values(self.flow, self.view, value, name) if name else frozenset()
            runs = constructing.taking(self.flow, self.view, [one for one in called if one[0] in (FUNC, BOUND)], expr)
            runs += [one for one in called if one[0] == EXTERN]
            sure = certainty if len(runs) == 1 else LIKELY
            return [edge for one in runs for edge in self._called(one, expr, sure)]
        if kind == BOX_METHOD:
            resumed = _generator(value[2]) if value[1] in _RESUMES else None
            if resumed is not None and not (value[2] != resumed and self._is_made_here(resumed, expr)):
                return self.function(resumed[1:3], LIKELY)
            names = containers.outside_names(self.flow, value[1], value[2])
            own = [(CALL_EDGE, name, certainty) for name in names] or [(CALL_EDGE, f"<builtin>.{value[1]}", LIKELY)]
            call = self.view.facts.exprs[expr]
            return [*own, *(self._called_back([value], call[2], ()) if call[0] == TAKES else ())]
        return []

    def _is_made_here(self, generator: Value, expr: int) -> bool:
        """Whether a loop iterates over the very call that makes a generator: `for item in items():`."""
        exprs = self.view.facts.exprs
        for op in (ATTR, CALL, ATTR):
            if expr == NONE or exprs[expr][0] != op:
                return False
            expr = exprs[expr][1]
        made = exprs[expr] if expr != NONE else (NONE,)
        return made[0] == CALL and any(one[1:3] == generator[1:3] for one in self.flow.expr(self.view, made[1]))

    def guessed(self, expr: int, target: Denoted | str) -> bool:
        """Tell whether an expression is of something outside only by guess: nothing in its file says where the name
        that it begins with is from; a star import may have brought it, or a base class."""
        scoping = self.view.language.scoping
        if not isinstance(target, str):
            return False
        if self._of_several(expr):
            return True
        if not (scoping.wide_stars or scoping.open_types):
            return False
        exprs = self.view.facts.exprs
        while exprs[expr][0] in _CHAINED and exprs[expr][1] != NONE:
            expr = exprs[expr][1]
        name = exprs[expr][2] if exprs[expr][0] == NAME else ""
        return bool(name) and name not in scoping.builtins and name not in self._bound

    def _of_several(self, expr: int) -> bool:
        """Whether a member, which the tree does not have, may be of any of several bases from outside; or what stands
        on such a member: `this.mock().done()`."""
        exprs = self.view.facts.exprs
        while expr != NONE and exprs[expr][0] in _CHAINED:
            op, base = exprs[expr][:2]
            if op == ATTR and not any(one[0] in (FUNC, BOUND, INST) for one in self.flow.expr(self.view, expr)):
                owners = [one[1:3] for one in self.flow.expr(self.view, base) if one[0] in (INST, TYPE, PARENT)]
                if any(self.flow.hierarchy.outside(owner) > 1 for owner in owners):
                    return True
            expr = base
        return False

    @cached_property
    def _bound(self) -> frozenset[str]:
        """Every name that something in the file binds."""
        return frozenset(name for _, name in self.view.slots)

    def handed(self, call: int) -> Found:
        """The edges of what one call hands over to be called: `map(f, items)`, `items.forEach(show)`."""
        _, callee, args, keywords = self.view.facts.exprs[call]
        callees = self.flow.expr(self.view, callee)
        found = self._called_back(callees, args, keywords)
        callee_expr = self.view.facts.exprs[callee] if callee != NONE else ()
        if callee_expr and callee_expr[0] == ATTR and callee_expr[2] in _ASKED:  # `table[key]`, `key in table`
            found += self._runs(special.of_values(self.flow, self.flow.expr(self.view, callee_expr[1]), callee_expr[2]))
        for value in callees:
            found += self._runs(special.of_call(self.flow, self.view, value, args))
        return found

    def operated(self, expr: int) -> Found:
        """The edges of a special method that runs without being named: `a + b`, `table[key]`, `f"{value}"`."""
        _, base, name = self.view.facts.exprs[expr]
        return self._runs(special.of_values(self.flow, self.flow.expr(self.view, base), name))

    def _runs(self, found: Iterable[special.Run]) -> Found:
        return [one for function, certainty in found for one in self.function(function, certainty)]

    def _called_back(self, callees: Iterable[Value], args: Args, keywords: Keywords) -> Found:
        found: Found = []
        for callee in callees:
            for one in handing.called_back(self.flow, self.view, callee, args, keywords):
                found += self._called(one, NONE, LIKELY)
        return found

    def function(self, function: tuple[str, int], certainty: int) -> Found:
        """The edge of a call of one function."""
        return [(CALL_EDGE, self.id_of(function), certainty)]

    def _construction(self, owner: Class, expr: int, certainty: int) -> Found:
        view = self.world.view(owner[0])
        scoping = view.language.scoping
        if scoping.type_calls_convert:
            return [(REFERENCE_EDGE, view.symbol_id(owner[1]), certainty)]
        found: Found = [(INSTANTIATE_EDGE, view.symbol_id(owner[1]), certainty)]
        name = bare(view.facts.symbols[owner[1]].name) if scoping.constructor_is_type_name else scoping.constructor
        if scoping.explicit_receiver:
            found += self._runs((one, certainty) for one in special.defined(self.flow, owner, "__new__"))
        if name:
            place, outside = self.flow.hierarchy.find(owner, name)
            if place is not None:
                inits = constructing.fitting(self.flow, self.view, place[1:3], name, expr)
                certainty = certainty if len(inits) < 2 else LIKELY
                for init in inits:
                    found += [
                        (CALL_EDGE, self.id_of(one), certainty) for one in self.flow.parts.definitions(init) or [init]
                    ]
            elif (
                outside
                and not scoping.constructor_is_type_name
                and constructing.from_outside(self.flow, owner, outside)
            ):
                found.append((CALL_EDGE, outside, LIKELY))
        return found

    def _by_name(self, expr: int) -> Found:
        return [(CALL_EDGE, target, certainty) for target, certainty in guessing.by_name(self.flow, self.view, expr)]

    def _held(self, expr: int) -> Found:
        """A call of a variable that holds a function nothing more is known of."""
        if not self.view.language.scoping.wrappers:
            return []
        named = [one for one in denote(self.flow, self.view, expr) if not isinstance(one, str)]
        kinds = [self.world.view(path).facts.symbols[symbol].kind for path, symbol in named]
        return [
            (CALL_EDGE, self.id_of(one), LIKELY) for one, kind in zip(named, kinds, strict=True) if kind in _HOLDERS
        ]


def _generator(value: Value) -> Value | None:
    """The generator that a value, or an iterator over it, is."""
    while value[0] == ELEMENTS:
        value = value[1]
    return value if value[0] == GENERATOR else None
