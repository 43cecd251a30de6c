"""Rust: what conditions of a build choose between: a use may mean each, so they go by one name."""

from collections.abc import Iterable, Iterator

from codeagent.graph.naming import key_of
from codeagent.refactorings.census import take_census
from codeagent.refactorings.code import Code
from codeagent.refactorings.family import owner_of
from codeagent.refactorings.rust.shorthand import is_shorthand


def variants_of(code: Code, keys: Iterable[str]) -> set[str]:
    """Return what takes the place of some definitions in other builds, as far as any use may mean both."""
    found: set[str] = set()
    for key in keys:
        path, _, dotted = key.partition("::")
        if dotted and path in code.graph.files and code.language(path) == "rust":
            found |= set(_of(code, key)) - {key}
    return found


def _of(code: Code, key: str) -> Iterator[str]:
    owner = owner_of(code.naming.flow, key)
    if owner is None:
        yield from _meant_with(code, key)
        return
    path, symbol, name = owner
    for other in _meant_with(code, key_of(code.naming.flow.world.view(path).symbol_id(symbol))):
        member = f"{other}.{name}"
        if any(key_of(one.id) == member for one in code.graph.symbols(other.partition("::")[0])):
            yield member


def _meant_with(code: Code, key: str) -> set[str]:
    """What one place or another may mean instead of a definition outside of types."""
    name = _last(key)
    found = (one for one in take_census(code, name) if not one.prose and not is_shorthand(one))
    sets = (one.meaning.targets for one in found)
    met = (target for targets in sets if key in targets for target in targets)
    return {one for one in met if _last(one) == name and one.partition("::")[0] in code.graph.files}


def _last(key: str) -> str:
    return key.partition("::")[2].rpartition(".")[2]
