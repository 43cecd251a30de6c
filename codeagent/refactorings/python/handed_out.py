"""Python: objects that code from outside the tree hands out, which may be anything that it was given: `queue.get()`."""

import inspect
import sys
from dataclasses import replace
from typing import Final

from codeagent.domain.facts import ATTR, CALL, IMPORT, NONE, TAKES
from codeagent.graph.caught import bound
from codeagent.graph.flow import Flow
from codeagent.graph.naming import UNKNOWN, Meaning
from codeagent.graph.values import EXTERN, EXTERN_INST
from codeagent.graph.views import FileView
from codeagent.refactorings.code import Code
from codeagent.refactorings.python.standard import lacks, standard_class

# Modules of the standard library that keep objects, or call functions, and hand out what comes of it.
_KEEPING: Final = frozenset(
    "asyncio collections concurrent contextlib contextvars copy dataclasses functools heapq importlib inspect itertools"
    " marshal multiprocessing operator pickle pkgutil queue random runpy sched shelve sys threading types typing"
    " unittest weakref _pickle _operator _functools _collections _weakref".split()
)
_BUILTIN: Final = "<builtin>"
_GIVING: Final = frozenset(
    "type eval getattr next max min sum vars pow globals locals __import__ reversed sorted".split()
)
_ENTERS: Final = (".__enter__", ".__aenter__")


def handed_out(code: Code, path: str, start: int, end: int, told: Meaning) -> Meaning:
    """Return what a member stands for, by what is told: nothing known where an object that has it is handed out by
    code from outside."""
    if all("::" in target for target in told.targets):
        return told
    view, flow = code.naming.file(path).view, code.naming.flow
    quoted = code.read(path)[max(start - 1, 0) : start] in (b"'", b'"')  # of `getattr`, which may find nothing
    for index in view.named.get((start, end), ()):
        expr = view.facts.exprs[index]
        expr = view.facts.exprs[expr[1]] if expr[0] in (CALL, TAKES) else expr
        if expr[0] == ATTR and _is_open(flow, view, expr[1], expr[2] if quoted else ""):
            return replace(UNKNOWN, binding=told.binding)
    return told


def _is_open(flow: Flow, view: FileView, index: int, name: str) -> bool:
    """Whether a value comes from outside and may be an object of the tree, which may have a member by that name, ""
    where somebody relies on it that the object has it."""
    for value in flow.expr(view, index):
        told = value[0] == EXTERN_INST or (value[0] == EXTERN and not _is_imported(view, index))
        if told and _hands_out(str(value[1])):
            return True
        if name and value[0] == EXTERN_INST and lacks(str(value[1]), name):
            return True
    return False


def _is_imported(view: FileView, index: int) -> bool:
    """Whether an expression is a path from what an import brings, which leads to things of its module."""
    exprs = view.facts.exprs
    while index != NONE and exprs[index][0] == ATTR:
        index = exprs[index][1]
    values = bound(view, index)
    return bool(values) and all(one != NONE and exprs[one][0] == IMPORT for one in values)


def _hands_out(dotted: str) -> bool:
    """Whether what something outside gives may be an object of the tree: not that of a class, made by calling it."""
    for end in _ENTERS:
        dotted = dotted.removesuffix(end)
    root, last = dotted.partition(".")[0].removesuffix("_extensions"), dotted.rpartition(".")[2]
    if root == _BUILTIN:
        return dotted.split(".")[1] in _GIVING
    if root not in sys.stdlib_module_names:
        return not last[:1].isupper()
    found = standard_class(f"{root}.{dotted.partition('.')[2]}") if root in _KEEPING else None
    return root in _KEEPING and not (inspect.isclass(found) or inspect.ismodule(found))
