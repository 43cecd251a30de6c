"""Whether a new name is free where it would stand: not bound, not shadowing, not a word of the language."""

import builtins
import keyword
from typing import Final

from codeagent.refactorings.python.scopes import Scope, Scopes
from codeagent.refactorings.refactoring import Refusal

_BUILTINS: Final = frozenset(dir(builtins))


def check_word(name: str) -> None:
    """Raise Refusal where a name is no identifier, or one that the language has given a meaning."""
    if not name.isidentifier() or keyword.iskeyword(name):
        raise Refusal(f"{name!r} is not a name that Python allows", "choose another name")
    if name in _BUILTINS:
        raise Refusal(f"{name} is a builtin", "choose another name")


def check_free(scopes: Scopes, target: Scope, at: Scope, name: str, *, spared: tuple[int, int] = (0, 0)) -> None:
    """Raise Refusal where a name that is bound in `target` and used in `at` would meet another of its kind.

    Names that stand in bytes `spared` do not count."""
    for scope in at.chain():
        if name in scope.bound or name in scope.globals or name in scope.nonlocals:
            raise Refusal(f"{name} is already the name of something", "choose another name")
        if scope is target:
            break
    for use in scopes.uses.values():
        if use.name != name or spared[0] <= use.start < spared[1] or not use.scope.within(target):
            continue
        owner = scopes.owner(name, use.scope)
        if owner is None or target.within(owner):
            raise Refusal(f"{name} is already used here, and would become something else", "choose another name")
