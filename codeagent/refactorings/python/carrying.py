"""Which names of a region stand where after it, for the proof that they mean what they did."""

from collections.abc import Iterable, Iterator, Sequence

from codeagent.domain.patch import Edit
from codeagent.languages.syntax import Node, leaves
from codeagent.refactorings.python.region import Region
from codeagent.refactorings.python.scopes import Role, Scope, Scopes, Use
from codeagent.refactorings.refactoring import Carried

Piece = tuple[bytes, int, int]  # what is put before bytes `first` to `last` of the old file


def names_in(region: Region) -> list[Node]:
    """Return the name tokens of a region, in source order."""
    found = (leaf for node in region.nodes for leaf in leaves(node) if leaf.type == "identifier")
    return [one for one in found if region.start <= one.start_byte < region.end]


def start_of(edits: Iterable[Edit], this: Edit) -> int:
    """Return where the text of an edit stands once all are made."""
    return this.start + sum(len(one.text) - (one.end - one.start) for one in edits if one < this)


def carried(path: str, regions: Sequence[Region], pieces: Sequence[Piece], start: int, kept: set[int]) -> list[Carried]:
    """Return where each name of the regions stands now: all where those of the first do, whose text, in `pieces`, is
    now at byte `start`. Names that start on none of the bytes `kept` are another's now."""
    places = dict(_offsets(pieces, start, names_in(regions[0])))
    found = []
    for region in regions:
        for one, like in zip(names_in(region), names_in(regions[0]), strict=True):
            if one.start_byte in kept:
                found.append(Carried(path, one.start_byte, one.end_byte, path, places[like.start_byte]))
    return found


def _offsets(pieces: Sequence[Piece], start: int, names: list[Node]) -> Iterator[tuple[int, int]]:
    at = start
    for indent, first, last in pieces:
        at += len(indent)
        for one in names:
            if first <= one.start_byte < last:
                yield one.start_byte, at + one.start_byte - first
        at += last - first


def kept_names(scopes: Scopes, region: Region, target: Scope, passed: set[str]) -> set[int]:
    """Return where the names of a region start that mean the same in a function of `target`: attributes, and names
    of the scopes around it that do not pass."""
    found = set()
    bound = {use.name for use in scopes.between(region.start, region.end) if _passes(scopes, use)}
    for one in names_in(region):
        use = scopes.uses.get(one.start_byte)
        owner = scopes.owner(use.name, use.scope) if use is not None else None
        if use is None or owner is None or (target.within(owner) and use.name not in passed | bound):
            found.add(one.start_byte)
    return found


def _passes(scopes: Scopes, use: Use) -> bool:
    """Tell whether a name of the module is bound by a statement of the module itself."""
    return use.role not in (Role.READ, Role.DECLARE) and use.scope is scopes.module
