"""Classes of Python's standard library, as the interpreter that runs here has them."""

import ast
import builtins
import re
import sys
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Final

_NOISY: Final = frozenset({"this", "antigravity", "idlelib", "__main__"})  # modules that do things when imported
_BUILTIN: Final = "<builtin>."
# Modules that keep, copy or compare what they are given, and ask it for nothing but special methods.
_KEEPING: Final = frozenset((
    "_pickle", "pickle", "_weakref", "weakref", "_operator", "operator", "_functools", "functools", "_collections",
    "collections", "itertools", "copy", "_thread", "_contextvars", "inspect", "typing", "dataclasses", "marshal",
    "reprlib", "pprint", "gc", "sys", "types", "enum", "abc",
))  # fmt: skip
_OPEN: Final = re.compile(r"\bsetattr\(|__dict__|__getattr|__slots__")
_WORD: Final = re.compile(r"\b[A-Za-z_]\w*")
_ASKED: Final = re.compile(r"""(\w*)\s*\.\s*([A-Za-z_]\w*)|["']([A-Za-z_]\w*)["']""")  # `of.name`, or "name"


def standard_class(dotted: str) -> object | None:
    """Return what a dotted name stands for in the standard library; None where that is not there."""
    parts = dotted.removeprefix(_BUILTIN).split(".")
    found: object = builtins
    if not dotted.startswith(_BUILTIN):
        if parts[0] not in sys.stdlib_module_names or parts[0] in _NOISY:
            return None
        try:
            found = import_module(parts.pop(0))
        except ImportError:
            return None
    for part in parts:
        inner = getattr(found, part, None)
        if inner is None and isinstance(found, ModuleType):
            inner = _submodule(f"{found.__name__}.{part}")
        if inner is None:
            return None
        found = inner
    return found


def _submodule(name: str) -> object | None:
    try:
        return import_module(name)
    except ImportError:
        return None


def known_outside(dotted: str, name: str) -> bool | None:
    """Whether a class of the standard library has a member, or its objects do; None where that cannot be known."""
    found = standard_class(dotted)
    return None if found is None else hasattr(found, name) or _holds(found, name)


def lacks(dotted: str, name: str) -> bool:
    """Tell whether objects of a class of the standard library that is written in Python have no such member: what is
    asked for it is another object. Not of those that take any, as a namespace does."""
    found = standard_class(dotted)
    texts = [_definitions(kind.__module__).get(kind.__name__, "") for kind in getattr(found, "__mro__", ())]
    told = isinstance(found, type) and any(texts) and not any(_OPEN.search(text) for text in texts)
    return told and known_outside(dotted, name) is False


def _holds(found: object, name: str) -> bool:
    """Whether the methods of a class, or those of one that it extends, speak of a member of their object."""
    own = re.compile(rf"\bself\.{re.escape(name)}\b")
    texts = (_definitions(kind.__module__).get(kind.__name__, "") for kind in getattr(found, "__mro__", ()))
    return any(own.search(text) for text in texts)


@cache
def standard_source(module: str) -> bytes:
    """Return the text of a module of the standard library; b"" where it is not written in Python."""
    if module.partition(".")[0] not in sys.stdlib_module_names:
        return b""
    spec = find_spec(module)
    if spec is None or not spec.origin or not spec.origin.endswith(".py"):
        return b""
    try:
        return Path(spec.origin).read_bytes()
    except OSError:
        return b""


@cache
def asks_for(dotted: str, name: str) -> bool | None:
    """Whether something of the standard library may ask what it is given for a member of that name, by its own source
    and that of what it uses in its module; None where it is not written in Python, or is of no standard library."""
    found = standard_class(dotted)
    module = str(getattr(found, "__module__", ""))
    if found is None or module in _KEEPING:
        return False if module in _KEEPING else None
    source = standard_source(module)
    if not source or name.encode() not in source:
        return False if source else None
    return _asks(module, str(getattr(found, "__qualname__", "")).partition(".")[0], name)


def _asks(module: str, definition: str, name: str) -> bool | None:
    own = _definitions(module)
    pending, seen = [definition], set[str]()
    if definition not in own:
        return None
    while pending:
        one = pending.pop()
        if one not in seen:
            seen.add(one)
            pending += [name for name in set(_WORD.findall(own[one])) if name in own]
    told = (match for one in seen for match in _ASKED.finditer(own[one]))
    return any(name in (match[2], match[3]) and match[1] not in ("self", "cls") for match in told)


@cache
def _definitions(module: str) -> Mapping[str, str]:
    """The source of the classes and functions of a module, by their names."""
    source = standard_source(module).decode("utf-8", "replace")
    lines, found = source.splitlines(keepends=True), dict[str, str]()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.col_offset == 0:
            found[node.name] = found.get(node.name, "") + "".join(lines[node.lineno - 1 : node.end_lineno])
    return found
