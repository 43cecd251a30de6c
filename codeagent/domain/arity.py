"""Names of types by how many type parameters they have: `Policy<T>` of C# goes by ``Policy`1``, apart from `Policy`."""

from typing import Final

_MARK: Final = "`"


def marked(name: str, parameters: int) -> str:
    """Return what a type goes by that is called so and has so many type parameters."""
    return f"{name}{_MARK}{parameters}" if parameters else name


def bare(name: str) -> str:
    """Return a name as it is written."""
    if _MARK not in name:
        return name
    word, _, number = name.rpartition(_MARK)
    return word if word and number.isdecimal() else name
