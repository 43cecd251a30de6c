"""Special methods that run without being named: operators, subscripts, formatting, and what builtins run."""

from collections.abc import Iterable
from typing import Final

from codeagent.domain.facts import MAP, NONE, STAR, TYPED
from codeagent.domain.links import EXACT, LIKELY
from codeagent.graph import containers, externs
from codeagent.graph.evaluator import Args
from codeagent.graph.flow import Flow
from codeagent.graph.values import (
    BOUND,
    BOX,
    BOX_METHOD,
    EXTERN,
    FLOW_MARK,
    FLOWED,
    FUNC,
    GENERATOR,
    INST,
    MANY_MARK,
    TYPE,
    TYPED_INST,
    WIDE,
    Class,
    Denoted,
    Value,
    Values,
    union,
)
from codeagent.graph.views import FileView

_MARKS: Final = frozenset((FLOWED, WIDE))
_MOST: Final = 3  # classes that flow together from calls; more say little of a value that happens to be compared
# Special methods that stand in for those that a class does not have.
_INSTEAD: Final = {
    "__format__": "__str__",
    "__str__": "__repr__",
    "__ne__": "__eq__",
    "__contains__": "__iter__",
    "__iter__": "__getitem__",
    "__bool__": "__len__",
    **{f"__i{word}__": f"__{word}__" for word in "add sub mul truediv floordiv mod pow matmul and or xor".split()},
}
_ONE: Final = "len str repr hash bool int float complex bytes abs round iter next reversed format".split()
_ALL: Final = "list tuple set frozenset sorted dict sum any all enumerate min max zip".split()
_COUNTED: Final = frozenset({"<builtin>.list", "<builtin>.tuple", "<builtin>.sorted"})  # these ask how much is coming
# Callables that run a special method of what they are given.
_OF_FIRST: Final = {
    **{f"<builtin>.{name}": f"__{name}__" for name in _ONE},
    **dict.fromkeys((f"<builtin>.{name}" for name in _ALL), "__iter__"),
    "<builtin>.str.join": "__iter__",
    "<builtin>.print": "__str__",
    "<builtin>.str.format": "__format__",
    "copy.copy": "__copy__",
    "copy.deepcopy": "__deepcopy__",
    "os.fspath": "__fspath__",
    **externs.ENTERS,
}
_OF_EACH: Final = frozenset({"<builtin>.zip", "<builtin>.print", "<builtin>.str.format"})
_OF_SECOND: Final = {"<builtin>.map": "__iter__", "<builtin>.filter": "__iter__"}

_LOOKS_UP: Final = frozenset("get pop setdefault add discard remove __contains__ __getitem__ __setitem__".split())
_COMPARES: Final = frozenset("__contains__ remove index count".split())
_HASHED: Final = frozenset(
    "dict set frozenset defaultdict OrderedDict Counter WeakKeyDictionary WeakSet Dict Set FrozenSet DefaultDict "
    "Mapping MutableMapping MutableSet AbstractSet".split()
)

Run = tuple[Denoted, int]  # a function and how certain it is that it runs


def of_values(flow: Flow, values: Values, name: str) -> list[Run]:
    """What runs of a special method of some values, where the tree has it."""
    if MANY_MARK in values:
        return []
    proper = {value[:3] for value in values if value[0] not in _MARKS}
    certainty = EXACT if len(proper) == 1 and FLOW_MARK not in values else LIKELY
    owners = sorted(value[1:] for value in proper if value[0] == INST)
    if FLOW_MARK in values and len(owners) > _MOST:
        return []
    return [(one, certainty) for owner in owners for one in defined(flow, owner, name)]


def defined(flow: Flow, owner: Class, name: str) -> list[Denoted]:
    """The functions that a special method of a class is, where the tree has it."""
    place, outside = flow.hierarchy.find(owner, name)
    if place is None:
        return defined(flow, owner, _INSTEAD[name]) if name in _INSTEAD and not outside else []
    found = flow.slot(flow.world.view(place[1]), place[2], name)
    return sorted(value[1:3] for value in found if value[0] in (FUNC, BOUND))


def of_call(flow: Flow, view: FileView, callee: Value, args: Args) -> list[Run]:
    """What a call of something outside the tree runs of what it is given: `len(cart)`, `sorted(carts)`."""
    if args and args[0] != NONE and (asked := _asked_of_key(flow, callee)):
        keys = _keys(flow, flow.expr(view, args[0]))
        return [
            (one, LIKELY if name == "__eq__" else sure) for name in asked for one, sure in of_values(flow, keys, name)
        ]
    if callee[0] != EXTERN:
        return []
    name, given = _OF_FIRST.get(callee[1]), args if callee[1] in _OF_EACH else args[:1]
    if name is None:
        name, given = _OF_SECOND.get(callee[1]), args[1:]
    if name is None:
        return []
    found: list[Run] = []
    for index in given:
        if index == NONE or view.facts.exprs[index][0] == STAR:
            continue
        values = flow.expr(view, index)
        found += of_values(flow, values, name)
        if name == "__iter__":
            found += _iterated(flow, view, values, counted=callee[1] in _COUNTED)
    return found


def _asked_of_key(flow: Flow, callee: Value) -> tuple[str, ...]:
    """What a container's own method asks of its argument: dictionaries and sets for its hash, others to compare."""
    if _hashes(flow, callee):
        return ("__hash__", "__eq__")
    return ("__eq__",) if callee[0] == BOX_METHOD and callee[1] in _COMPARES else ()


def _keys(flow: Flow, values: Values) -> Values:
    """Keys, and what those that are tuples hold."""
    return union([values, *(containers.elements(flow, one) for one in values if one[0] == BOX)])


def _hashes(flow: Flow, callee: Value) -> bool:
    """Whether a method looks its argument up by its hash: those of dictionaries and sets."""
    if callee[0] == BOX_METHOD:
        if callee[1] not in _LOOKS_UP or callee[2][0] not in (BOX, TYPED_INST):
            return False
        view = flow.world.view(callee[2][1])
        expr = view.facts.exprs[callee[2][2]]
        if expr[0] != TYPED:
            return bool(expr[0] == MAP)
        return any(str(one[1]).rpartition(".")[2] in _HASHED for one in flow.expr(view, expr[1]) if one[0] == EXTERN)
    if callee[0] != EXTERN:
        return False
    owner, _, name = callee[1].rpartition(".")
    return name in _LOOKS_UP and owner.rpartition(".")[2] in _HASHED


def _iterated(flow: Flow, view: FileView, values: Values, *, counted: bool) -> list[Run]:
    """What else runs where something is iterated over: its iterator's `__next__`."""
    if MANY_MARK in values:
        return []
    resumed: list[Run] = [(value[1:3], LIKELY) for value in sorted(v for v in values if v[0] == GENERATOR)]
    own = [value for value in values if value[0] == INST]
    made = [flow.called(view, method, (), ()) for one in own for method in flow.member(view, one, "__iter__")]
    found = of_values(flow, union(made), "__next__")
    return resumed + found + [one for value in own if counted for one in of_values(flow, frozenset({value}), "__len__")]


def of_subclassing(flow: Flow, classes: Iterable[Class]) -> list[Denoted]:
    """What making a class that extends these runs: their `__init_subclass__`, the constructors of their metaclass."""
    found: list[Denoted] = []
    for owner in classes:
        found += defined(flow, owner, "__init_subclass__")
        for base in flow.hierarchy.line(owner):
            if base[0] == TYPE:
                found += of_metaclass(flow, base[1:3])
    return list(dict.fromkeys(found))


def of_metaclass(flow: Flow, owner: Class) -> list[Denoted]:
    """The constructors of the metaclass that a class names itself."""
    view = flow.world.view(owner[0])
    fact = view.classes.get(owner[1])
    named = [value for word, value in fact.keywords if word == "metaclass"] if fact else []
    types = sorted(one[1:3] for index in named for one in flow.expr(view, index) if one[0] == TYPE)
    return [one for made in types for name in ("__new__", "__init__") for one in defined(flow, made, name)]
