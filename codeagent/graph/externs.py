"""Known callables outside the tree that hand a value through."""

from typing import Final

from codeagent.domain.facts import NONE
from codeagent.graph import fields, objects
from codeagent.graph.evaluator import Evaluator
from codeagent.graph.values import ELEMENTS, EXTERN_INST, INST, MAPPED, NOTHING, PAIRS, Values, union
from codeagent.graph.views import FileView

_SAME: Final = frozenset(
    "copy.copy copy.deepcopy typing.cast functools.partial functools.partialmethod functools.update_wrapper "
    "functools.lru_cache functools.cache weakref.ref weakref.proxy".split()
)
_FILLED: Final = frozenset(  # containers that hold what they are given
    "<builtin>.list <builtin>.tuple <builtin>.set <builtin>.frozenset <builtin>.sorted <builtin>.reversed "
    "<builtin>.iter <builtin>.dict collections.OrderedDict collections.deque itertools.chain".split()
)
_ELEMENT: Final = frozenset("<builtin>.next <builtin>.min <builtin>.max random.choice".split())
ENTERS: Final = {  # what enters a context manager for whoever calls it, and how
    "contextlib.ExitStack.enter_context": "__enter__",
    "contextlib.AsyncExitStack.enter_context": "__enter__",
    "contextlib.AsyncExitStack.enter_async_context": "__aenter__",
}
_STACKS: Final = {  # which hand out themselves
    "contextlib.ExitStack.__enter__": "contextlib.ExitStack",
    "contextlib.AsyncExitStack.__aenter__": "contextlib.AsyncExitStack",
}
_FILTERS: Final = frozenset({"<builtin>.filter", "itertools.takewhile", "itertools.dropwhile"})


def result(
    flow: Evaluator, view: FileView, name: str, args: tuple[int, ...], keywords: tuple[tuple[str, int], ...]
) -> Values:
    """What calling an outside thing gives: something of its own, or what it hands through."""
    if name == "<builtin>.map":
        return frozenset((MAPPED, view.path, index) for index in args if index != NONE)
    place = 1 if name in _FILTERS or name == "typing.cast" else 0
    first = args[place] if len(args) > place else NONE
    if name == "typing.cast" and args:
        declared = flow.instances(flow.expr(view, args[0]))
        given = flow.expr(view, first) if first != NONE else NOTHING
        return given if given and all(objects.is_open_type(flow, value) for value in declared) else declared
    if name in _STACKS:
        return frozenset({(EXTERN_INST, _STACKS[name])})
    if name in fields.SPECIFIERS:
        return _default(flow, view, keywords)
    if first != NONE:
        values = flow.expr(view, first)
        if name in _SAME:
            return values
        if name in ENTERS:
            entered = [flow.member(view, value, ENTERS[name]) for value in values]
            return union([flow.called(view, one, (), ()) for one in union(entered)])
        if name in _FILLED:  # it holds what a collection of the tree does, and is none itself
            return frozenset((ELEMENTS, value) if value[0] == INST else value for value in values)
        if name in _FILTERS:
            return frozenset((ELEMENTS, value) for value in values)
        if name in _ELEMENT:
            return union([flow.each(value) for value in values])
        if name == "<builtin>.enumerate":
            return frozenset((PAIRS, value) for value in values)
    made: Values = frozenset({(EXTERN_INST, view.language.scoping.returns.get(name, name))})
    return made | objects.wrapped(flow, view, args) if view.language.scoping.wrappers else made


def _default(flow: Evaluator, view: FileView, keywords: tuple[tuple[str, int], ...]) -> Values:
    """What a field holds that nothing is handed over for."""
    parts = [flow.expr(view, index) for word, index in keywords if word == "default"]
    for made in (flow.expr(view, index) for word, index in keywords if word in ("default_factory", "factory")):
        parts += [flow.called(view, one, (), ()) for one in made]
    return union(parts)
