"""What a call hands over to be called in turn: by callables outside the tree, and by containers' own methods."""

from collections.abc import Iterator
from typing import Final

from codeagent.domain.facts import NONE, STAR
from codeagent.graph import callbacks
from codeagent.graph.evaluator import Args, Evaluator, Keywords
from codeagent.graph.values import BOUND, BOX_METHOD, EXTERN, FUNC, INST, NOTHING, TYPE, Value, Values, union
from codeagent.graph.views import FileView

_FUNCTIONS: Final = frozenset((FUNC, BOUND))
_CALLABLES: Final = frozenset((FUNC, BOUND, TYPE, INST))
_ANYWHERE: Final = frozenset({"<builtin>.map", "<builtin>.filter"})  # a function among the others is called, too
_KEYWORD_ONLY: Final = 99

# Callables that call one of their arguments: its position, and its name where it has one.
_CALLED: Final[dict[str, tuple[int, str]]] = {
    "<builtin>.map": (0, ""),
    "<builtin>.filter": (0, ""),
    "<builtin>.sorted": (_KEYWORD_ONLY, "key"),
    "<builtin>.min": (_KEYWORD_ONLY, "key"),
    "<builtin>.max": (_KEYWORD_ONLY, "key"),
    "functools.reduce": (0, ""),
    "itertools.starmap": (0, ""),
    "itertools.takewhile": (0, ""),
    "itertools.dropwhile": (0, ""),
    "itertools.filterfalse": (0, ""),
    "itertools.groupby": (1, "key"),
    "itertools.accumulate": (1, "func"),
    "heapq.nlargest": (2, "key"),
    "heapq.nsmallest": (2, "key"),
    "re.sub": (1, "repl"),
    "re.subn": (1, "repl"),
    "threading.Thread": (1, "target"),
    "threading.Timer": (1, "function"),
    "multiprocessing.Process": (1, "target"),
    "concurrent.futures.ThreadPoolExecutor.submit": (0, ""),
    "concurrent.futures.ThreadPoolExecutor.map": (0, ""),
    "concurrent.futures.ProcessPoolExecutor.submit": (0, ""),
    "concurrent.futures.ProcessPoolExecutor.map": (0, ""),
    "asyncio.to_thread": (0, ""),
    "atexit.register": (0, ""),
}


def called_back(flow: Evaluator, view: FileView, callee: Value, args: Args, keywords: Keywords) -> Values:
    """What calling a callee with these arguments calls in turn, as values that can be called."""
    if callee[0] == EXTERN and callee[1] in _CALLED:
        place, name = _CALLED[callee[1]]
        given = union(list(_given(flow, view, place, name, args, keywords)))
        found = frozenset(value for value in given if value[0] in _CALLABLES)
        others = args if callee[1] in _ANYWHERE else ()
        return union([found, *(_functions(flow, view, index) for index in others)])
    if callee[0] != BOX_METHOD:
        return NOTHING
    if callee[1] == "sort":
        return union([_functions(flow, view, value) for word, value in keywords if word == "key"])
    handed = args if callee[1] in callbacks.ELEMENTWISE else ()
    named = union([_functions(flow, view, index) for index in handed])
    return frozenset(value for value in named if not callbacks.is_lambda(flow, value))  # which is known to run anyhow


def _given(flow: Evaluator, view: FileView, place: int, name: str, args: Args, keywords: Keywords) -> Iterator[Values]:
    """What lands on one parameter, by position, by name, or out of `*args` and `**keywords`."""
    exprs = view.facts.exprs
    for at, index in enumerate(args[: place + 1]):
        if index != NONE and exprs[index][0] == STAR:
            yield from (flow.item(value, place - at) for value in flow.expr(view, exprs[index][1]))
        elif at == place:
            yield flow.expr(view, index)
    for word, index in keywords:
        if word == name and name:
            yield flow.expr(view, index)
        elif not word and name and index != NONE:
            yield from (flow.item(value, name) for value in flow.expr(view, index))


def _functions(flow: Evaluator, view: FileView, index: int) -> Values:
    return frozenset(value for value in flow.expr(view, index) if value[0] in _FUNCTIONS)
