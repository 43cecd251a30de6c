"""Classes of Python's standard library, as the interpreter that runs here has them."""

import builtins
import sys
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Final

_NOISY: Final = frozenset({"this", "antigravity", "idlelib", "__main__"})  # modules that do things when imported
_BUILTIN: Final = "<builtin>."


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
    """Whether a class of the standard library has a member; None where that cannot be known."""
    found = standard_class(dotted)
    return None if found is None else hasattr(found, name)


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
