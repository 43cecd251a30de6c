"""Go: what several files of a package define, of which build constraints choose one."""

from collections.abc import Iterable

from codeagent.domain.facts import KINDS, TYPE_KINDS
from codeagent.graph.naming import key_of
from codeagent.refactorings.code import Code
from codeagent.refactorings.refactoring import Refusal

_TYPES = frozenset(KINDS[kind] for kind in TYPE_KINDS)


def refuse_variants(code: Code, keys: Iterable[str]) -> None:
    """Refuse where the package has another definition by the same name: a use means whichever is built."""
    for key in sorted(keys):
        path, _, dotted = key.partition("::")
        if path in code.graph.files and code.language(path) == "go" and dotted not in ("init", "main", "_"):
            others = [one for one in _siblings(code, path) if _defines(code, one, dotted)] if dotted else []
            if others and _defines(code, path, dotted):
                why = f"{dotted} is defined in {', '.join(others[:3])} as well: build constraints choose one of them"
                raise Refusal(why, "change every variant by hand, in one step")


def _siblings(code: Code, path: str) -> list[str]:
    world = code.naming.flow.world
    return [one for one in world.siblings(world.view(path)) if one != path]


def _defines(code: Code, path: str, dotted: str) -> bool:
    """Whether a file defines it for the whole package: outside functions."""
    symbols = {key_of(symbol.id): symbol for symbol in code.graph.symbols(path)}
    found = symbols.get(f"{path}::{dotted}")
    while found is not None and found.parent and found.parent != path:
        found = symbols.get(key_of(found.parent))
        if found is None or found.kind not in _TYPES:
            return False
    return found is not None
