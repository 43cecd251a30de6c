"""What takes the place of a definition in other builds, in the languages that have conditions of builds."""

from collections.abc import Set as AbstractSet

from codeagent.refactorings.code import Code
from codeagent.refactorings.go import variants as go
from codeagent.refactorings.rust import variants as rust


def variants_of(code: Code, keys: AbstractSet[str]) -> set[str]:
    """Return what is meant instead of some definitions where another build is made; not those themselves."""
    return (go.variants_of(code, keys) | rust.variants_of(code, keys)) - keys
