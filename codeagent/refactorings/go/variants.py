"""Go: what several files of a package define, each for builds of its own: a use means whichever is built."""

from collections.abc import Iterable
from posixpath import dirname

from codeagent.domain.facts import KINDS, TYPE_KINDS
from codeagent.graph.naming import key_of
from codeagent.refactorings.code import Code

_TYPES = frozenset(KINDS[kind] for kind in TYPE_KINDS)
_NEVER_SAID = ("init", "main", "_")  # every file may have its own, and nothing else names it


def variants_of(code: Code, keys: Iterable[str]) -> set[str]:
    """Return what other files of their packages define by the same names as some definitions."""
    found: set[str] = set()
    for key in keys:
        path, _, dotted = key.partition("::")
        if path in code.graph.files and code.language(path) == "go" and _defines(code, path, dotted):
            found |= {f"{one}::{dotted}" for one in _beside(code, path) if _defines(code, one, dotted)}
    return found


def _beside(code: Code, path: str) -> list[str]:
    """The other files of a package, whatever they are built for."""
    facts = code.naming.flow.world.facts
    near = (one for one in facts if dirname(one) == dirname(path) and one != path and one.endswith(".go"))
    return [one for one in near if facts[one].package == facts[path].package]


def _defines(code: Code, path: str, dotted: str) -> bool:
    """Whether a file defines it for the whole package: outside functions."""
    if not dotted or dotted in _NEVER_SAID:
        return False
    symbols = {key_of(symbol.id): symbol for symbol in code.graph.symbols(path)}
    found = symbols.get(f"{path}::{dotted}")
    while found is not None and found.parent and found.parent != path:
        found = symbols.get(key_of(found.parent))
        if found is None or found.kind not in _TYPES:
            return False
    return found is not None
