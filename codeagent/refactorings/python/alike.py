"""The same code elsewhere: equal to a region but for the names of what passes, so that one function fits both."""

from collections.abc import Iterator
from dataclasses import replace

from codeagent.languages.syntax import Node
from codeagent.refactorings.python.effects import within
from codeagent.refactorings.python.extracting import Extraction, judged
from codeagent.refactorings.python.placing import Place, place_for
from codeagent.refactorings.python.region import TEXTS, Region, checked, is_block
from codeagent.refactorings.python.scopes import Role, Scope, Scopes, Use
from codeagent.refactorings.python.taken import check_free
from codeagent.refactorings.python.transfer import Transfer
from codeagent.refactorings.refactoring import Refusal


def alike(scopes: Scopes, source: bytes, found: Extraction, name: str) -> list[Extraction]:
    """Return the other regions that a call of the extracted function can stand for, in source order."""
    region, others, taken = found.region, list[Extraction](), [found.region]
    if not region.statements and region.start != region.node.start_byte:
        return []
    for candidate in _candidates(region, found.place.target):
        if any(candidate.start < one.end and one.start < candidate.end for one in taken):
            continue
        other = _matched(scopes, source, found, candidate, name)
        if other is not None:
            taken.append(candidate)
            others.append(other)
    return others


def _candidates(region: Region, target: Scope) -> Iterator[Region]:
    """Yield the regions of the same shape in a scope, in source order."""
    if not region.statements:
        for node in sorted(within(target.node), key=lambda one: one.start_byte):
            if node.type == region.node.type:
                try:
                    yield checked(node, node.start_byte, node.end_byte)
                except Refusal:
                    continue
        return
    kinds = [one.type for one in region.nodes]
    for block in sorted(within(target.node), key=lambda one: one.start_byte):
        statements = [one for one in block.named_children if one.type != "comment"] if is_block(block) else []
        for at in range(len(statements) - len(kinds) + 1):
            nodes = tuple(statements[at : at + len(kinds)])
            if [one.type for one in nodes] == kinds:
                yield Region(nodes[0].start_byte, nodes[-1].end_byte, nodes, True)


def _matched(scopes: Scopes, source: bytes, found: Extraction, candidate: Region, name: str) -> Extraction | None:
    """The extraction that a candidate would be by the same function, if it is one."""
    pairing = _Pairing(scopes, found, candidate)
    if not all(map(pairing.same, found.region.nodes, candidate.nodes)):
        return None
    try:
        place = _place_of(scopes, source, found.place, candidate, name)
        own = judged(scopes, place, candidate)
        wanted = pairing.of(found.transfer)
    except (Refusal, KeyError):
        return None
    fits = set(own.parameters) == set(wanted.parameters) and set(own.results) <= set(wanted.results)
    if not fits or own.returns != wanted.returns or own.declares != wanted.declares:
        return None
    if _at(place.receiver, wanted) != _at(found.place.receiver, found.transfer):
        return None
    return replace(found, region=candidate, place=place, transfer=wanted)


def _at(receiver: str, passed: Transfer) -> int:
    """Which of the parameters the receiver is; -1 for none."""
    return passed.parameters.index(receiver) if receiver in passed.parameters else -1


def _place_of(scopes: Scopes, source: bytes, place: Place, candidate: Region, name: str) -> Place:
    """How the function is called from a candidate; Refusal where it cannot be."""
    if place.target.kind != "class_definition":
        check_free(scopes, place.target, scopes.at(candidate.node), name)
        return place
    there = place_for(scopes, source, candidate.node, candidate.start)
    if there.target is not place.target or there.kind != place.kind:
        raise Refusal("it belongs elsewhere")
    return there


class _Pairing:
    """Which names of a candidate stand for which of the region."""

    def __init__(self, scopes: Scopes, found: Extraction, candidate: Region) -> None:
        self.scopes, self.found, self.candidate = scopes, found, candidate
        self.names: dict[str, str] = {}
        self._there: dict[tuple[int, str], tuple[int, str]] = {}
        self._back: dict[tuple[int, str], tuple[int, str]] = {}
        passed = {*found.transfer.parameters, *found.transfer.results}
        inside = scopes.between(found.region.start, found.region.end)
        declared = {line.split()[1] for line in found.transfer.declares}
        declared |= {use.name for use in inside if use.role is Role.DECLARE}
        self._own = passed | {use.name for use in inside if use.binds and use.name not in declared}

    def of(self, passed: Transfer) -> Transfer:
        """Return a transfer in the candidate's names; KeyError where one has no counterpart."""
        return replace(
            passed,
            parameters=tuple(self.names[one] for one in passed.parameters),
            results=tuple(self.names[one] for one in passed.results),
        )

    def same(self, one: Node, other: Node) -> bool:
        """Tell whether two nodes are the same but for names that are paired."""
        use, use_there = self.scopes.uses.get(one.start_byte), self.scopes.uses.get(other.start_byte)
        if one.type != other.type:
            return False
        if one.type == "identifier" and use is not None and use_there is not None and use.end == one.end_byte:
            return self._same_name(use, use_there)
        first, second = _parts(one), _parts(other)
        if one.type in TEXTS or not (first or second):
            return one.text == other.text
        return len(first) == len(second) and all(map(self.same, first, second))

    def _same_name(self, use: Use, there: Use) -> bool:
        owner, owner_there = self.scopes.owner(use.name, use.scope), self.scopes.owner(there.name, there.scope)
        if use.role is not there.role:
            return False
        inner = owner is not None and self._is_inside(owner, self.found.region)
        if not inner and use.name not in self._own:
            return use.name == there.name and owner is owner_there
        if owner is None or owner_there is None or inner is not self._is_inside(owner_there, self.candidate):
            return False
        key, value = (owner.node.id, use.name), (owner_there.node.id, there.name)
        if self._there.setdefault(key, value) != value or self._back.setdefault(value, key) != key:
            return False
        if not inner:
            self.names[use.name] = there.name
        return True

    def _is_inside(self, owner: Scope, region: Region) -> bool:
        return owner.parent is not None and region.start <= owner.node.start_byte < region.end


def _parts(node: Node) -> list[Node]:
    """All children but comments: words and signs count, too."""
    return [one for one in node.children if one.type != "comment"]
