"""The parts of a Python module that know nothing of each other: connected components of its own references."""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from codeagent.refactorings.python.departure import Piece
from codeagent.refactorings.python.scopes import Scopes


def references(scopes: Scopes, pieces: Sequence[Piece]) -> dict[str, set[str]]:
    """Return, for each name that pieces of a module define, the others of them that it uses."""
    names = {piece.name for piece in pieces}
    found: dict[str, set[str]] = {name: set() for name in names}
    for piece in pieces:
        for use in scopes.between(piece.start, piece.end):
            if use.name in names and scopes.owner(use.name, use.scope) is scopes.module and use.name != piece.name:
                found[piece.name].add(use.name)
    return found


def components(used: Mapping[str, set[str]], order: Sequence[str]) -> list[list[str]]:
    """Return the groups of names that are connected by uses, each in the given order, the largest first."""
    group = {name: {name} for name in order}
    for name, others in used.items():
        for first, second in pairwise([name, *sorted(others)]):
            if group[first] is not group[second]:
                joined = group[first] | group[second]
                for one in joined:
                    group[one] = joined
    parts: dict[int, list[str]] = {}
    for name in order:
        parts.setdefault(id(group[name]), []).append(name)
    return sorted(parts.values(), key=lambda part: (-len(part), order.index(part[0])))


def file_name(names: Sequence[str]) -> str:
    """Return what a module of these names may be called: its first class or longest name, in lower case."""
    classes = [name for name in names if name[:1].isupper() and not name.isupper()]
    chosen = classes[0] if classes else max(names, key=len)
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", chosen)
    return words.lower().strip("_")
