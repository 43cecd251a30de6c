"""The names that a change binds to something else, adds or takes away: what is spelled otherwise is bound as before."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from codeagent.domain.facts import (
    CALLABLE_KINDS,
    DEF,
    IMPORT,
    KIND,
    LIVE,
    NAME,
    NONE,
    PARAM,
    FileFacts,
)
from codeagent.graph.affected import SHAPING, packs_otherwise, path_words
from codeagent.graph.graph import CodeGraph
from codeagent.graph.ids import dotted_names
from codeagent.graph.names import spec_words

_STAR: Final = "*"
_PARAMETER: Final = KIND["parameter"]
_OWN: Final = frozenset((KIND["variable"], KIND["constant"]))
_Item = tuple[str, tuple[object, ...]]  # a name, and how it is bound: the scope first


class Rebound(NamedTuple):
    """Names that are bound otherwise: those that other files may import, and all of them."""

    outer: frozenset[str]
    every: frozenset[str]


def rebound(before: CodeGraph, after: CodeGraph, files: Mapping[str, str]) -> Rebound | None:
    """Return the names bound otherwise in files that differ (`files`: new path to old); None where it cannot be told.

    What stands for a name in another file can differ by them alone, unless it is a member of a value."""
    touched = {path for pair in files.items() for path in pair}
    moved = {path for path in touched if _standing(before, path) != _standing(after, path)}
    consulted = {path for graph in (before, after) for path, _ in graph.basis(linked=False)[0].consulted}
    if any(map(SHAPING.search, moved)) or not consulted.isdisjoint({*files, *files.values()}):
        return None
    if any(packs_otherwise(new, _package(before, old), _package(after, new)) for new, old in files.items()):
        return None
    differing: set[_Item] = set()
    for new, old in files.items():
        (was, here), (now, there) = _side(before, old), _side(after, new)
        found = was ^ now if new == old else was | now
        alone = here ^ there
        differing |= {one for one in found if one[1][1] != _PARAMETER or one[1][0] not in alone}
    if any(name == _STAR for name, _ in differing):
        return None
    words = {word for word in path_words(moved, before.paths | after.paths) if not word.endswith("/")}
    outer = words | {name for name, (scope, *_) in differing if not scope}
    return _with_aliases(after, outer, {name for name, _ in differing})


def _standing(graph: CodeGraph, path: str) -> tuple[bool, bool]:
    """Whether a path is in the tree, and whether it is in what is indexed of it."""
    return path in graph.paths, path in graph.files


def _package(graph: CodeGraph, path: str) -> str | None:
    return graph.facts(path).package if path in graph.files and graph.has_facts(path) else None


def _side(graph: CodeGraph, path: str) -> tuple[set[_Item], set[str]]:
    """What a file binds, and its functions."""
    if path not in graph.files or not graph.has_facts(path):
        return set(), set()
    facts = graph.facts(path)
    dotted = dotted_names(facts.symbols)
    inside = {index for index, symbol in enumerate(facts.symbols) if symbol.kind in CALLABLE_KINDS}
    return set(_bound(facts, dotted, inside)), {dotted[index] for index in inside}


def _bound(facts: FileFacts, dotted: Sequence[str], inside: set[int]) -> Iterator[_Item]:
    """What can be told by its name from elsewhere: of a function's own names only parameters, by keyword."""
    for symbol in facts.symbols[1:]:
        if symbol.parent not in inside or symbol.kind not in _OWN:
            yield symbol.name, (dotted[symbol.parent], symbol.kind)
    for binding in facts.bindings:
        expr = facts.exprs[binding.value] if binding.value != NONE else ()
        if binding.scope in inside:
            if expr and expr[0] == PARAM:
                yield binding.name, (dotted[binding.scope], _PARAMETER)
            continue
        how: tuple[object, ...] = ()
        if expr and expr[0] == IMPORT:
            how = expr
        elif expr and expr[0] in (NAME, LIVE):
            how = (NAME, expr[2])
        elif expr and expr[0] == DEF:
            how = (DEF, dotted[expr[1]])
        yield binding.name, (dotted[binding.scope], "value", *how)
    for name in facts.exports or ():
        yield name, ("", "export")
    for one in facts.imports:
        if one.name == _STAR:
            yield _STAR, (dotted[one.scope], one.spec)


def _with_aliases(graph: CodeGraph, outer: set[str], every: set[str]) -> Rebound:
    """The names, and those under which other files import what goes by them."""
    waiting = list(outer)
    while waiting:
        name = waiting.pop()
        for path in graph.mentioning((name,)):
            for alias in _aliases(graph.facts(path), name):
                if alias not in outer:
                    outer.add(alias)
                    waiting.append(alias)
    return Rebound(frozenset(outer), frozenset(outer | every))


def _aliases(facts: FileFacts, name: str) -> Iterator[str]:
    for binding in facts.bindings:
        expr = facts.exprs[binding.value] if binding.value != NONE else ()
        if not expr or expr[0] != IMPORT or binding.name == name:
            continue
        if expr[2] == name or (expr[2] is None and name in spec_words(expr[1])):
            yield binding.name
