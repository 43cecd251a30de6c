"""Python: objects that are handed over for those of a class and are of another one, as tests do: one name, two members.

Annotations hide them: what is read from a declared parameter is taken for the declared class's."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from codeagent.domain.facts import ATTR, TYPE_KINDS
from codeagent.graph.values import EXTERN, EXTERN_INST, FLOW_MARK, INST, Class, Value
from codeagent.languages.syntax import enclosing
from codeagent.refactorings.census import take_census
from codeagent.refactorings.code import Code
from codeagent.refactorings.declared_places import Handed, Type, handed_to_declared, name_of
from codeagent.refactorings.family import member_key, owner_of, with_all_below
from codeagent.refactorings.mixins import of_receiver
from codeagent.refactorings.refactoring import Occurrence
from codeagent.refactorings.replacements import replacements

# What has the members that it is given, by whatever names.
_OPEN: Final = frozenset((
    "SimpleNamespace", "Namespace", "Mock", "MagicMock", "AsyncMock", "NonCallableMock", "NonCallableMagicMock",
    "create_autospec", "namedtuple", "make_dataclass", "patch",
))  # fmt: skip
# Types outside the tree that much is, or that say little; of those of `typing` the ones of files are classes.
_LOOSE: Final = ("<builtin>.", "typing.Any", "typing.Union", "typing.Optional", "collections.abc.")


@dataclass(frozen=True, slots=True)
class _StandIn:
    """An object that is handed over: the member of the name of what is declared, and its own as a key ("" where a class
    outside the tree has it by being given it)."""

    member: str
    own: str
    handed: Handed
    shown: str  # what it is


def stand_ins(code: Code, keys: frozenset[str], name: str, *, receivers: bool = False) -> Iterator[Occurrence]:
    """Yield where an object is handed over that stands in for one of a declared class, so that what is read from that
    may be its own member of a name: one of the two is among the keys, and the other is not. With `receivers` only
    those that are the object of a method."""
    if all(owner_of(code.naming.flow, key) is None for key in keys):
        return  # none is a member of a class
    found: list[_StandIn] = code.kept(("stand-ins", name), lambda: list(_all(code, name)))
    seen = set[Occurrence]()
    for one in found:
        place = one.handed.place
        apart = (one.member in keys) != (one.own in keys) and one.handed.receiver >= receivers
        if apart and place not in seen and _is_asked_for(code, one.member, name, by_receiver=one.handed.receiver):
            seen.add(place)
            yield replace(
                place, why=f"given a {one.shown} for {one.handed.taken_as}, declared as {_declared(code, one)}"
            )


def _declared(code: Code, one: _StandIn) -> str:
    return " | ".join(sorted(name_of(code, each) for each in one.handed.declared))


def _all(code: Code, name: str) -> Iterator[_StandIn]:
    owners = _owners(code, name)
    alone = len({_key(code, owner, name) for owner in owners}) < 2
    if alone and not any(_is_given(code, maker, name) for maker in sorted(_OPEN)):
        return  # whatever has such a member has the same one
    replaced = replacements(code, owners)
    for handed in (*handed_to_declared(code, owners), *replaced):
        members = {key for owner in handed.declared if (key := _key(code, owner, name))}
        apart = [value for value in handed.values if not _conforms(code, value, handed.declared)]
        if FLOW_MARK not in handed.values and len(apart) < len(handed.values):
            continue  # what else a name may be there was it at another time
        told = [_own(code, value, name) for value in apart]
        for own, shown in told:
            if shown and own not in members:
                yield from (_StandIn(one, own, handed, shown) for one in sorted(members))


def _key(code: Code, owner: Type, name: str) -> str:
    return f"{owner}.{name}" if isinstance(owner, str) else member_key(code.naming.flow, owner, name)


def _conforms(code: Code, value: Value, declared: frozenset[Type]) -> bool:
    """Whether a value is of one of the classes that are declared, or of one below them."""
    if value[0] != INST:
        return value[0] == EXTERN_INST and value[1] in declared
    line = code.naming.flow.hierarchy.line((value[1], value[2]))
    return any((one[1] if one[0] == EXTERN else one[1:3]) in declared for one in line)


def _owners(code: Code, name: str) -> frozenset[Type]:
    """The classes that have a member of a name: of the tree, and outside those of which it is asked."""
    world, found = code.naming.flow.world, list[Class]()
    for path in sorted(code.graph.mentioning((name,))):
        if code.language(path) == "python":
            view = world.view(path)
            kinds = view.facts.symbols
            found += [(path, scope) for scope, slot in view.slots if slot == name and kinds[scope].kind in TYPE_KINDS]
    asked = (mention.meaning.targets for mention in take_census(code, name) if mention.member)
    outside = {target.rpartition(".")[0] for targets in asked for target in targets if "::" not in target}
    return with_all_below(code.naming.flow, found) | {one for one in outside if not one.startswith(_LOOSE)}


def _own(code: Code, value: Value, name: str) -> tuple[str, str]:
    """The key of the member that a value has, and what it is; ("", "") where it has none of that name."""
    if value[0] == INST:
        key = member_key(code.naming.flow, (value[1], value[2]), name)
        return key, code.naming.flow.world.view(value[1]).facts.symbols[value[2]].name if key else ""
    last = value[1].rpartition(".")[2] if value[0] == EXTERN_INST else ""
    return "", last if last in _OPEN and _is_given(code, last, name) else ""


def _is_given(code: Code, maker: str, name: str) -> bool:
    """Whether a name stands for nothing of the tree in a file that makes such objects: `Mock(total=1)`."""
    files = code.graph.mentioning((maker,))
    mentions = (mention for mention in take_census(code, name) if mention.path in files)
    return any(
        enclosing(mention.node, "string") is not None and not code.in_docstring(mention.path, mention.node)
        if mention.prose and mention.node is not None
        else not any("::" in target for target in mention.meaning.targets)
        for mention in mentions
    )


def _is_asked_for(code: Code, key: str, name: str, *, by_receiver: bool) -> bool:
    """Whether a member is read from anything, the receiver of methods left out where nothing stands in for that."""
    told: bool = code.kept(("asked for", key, by_receiver), lambda: _asked_for(code, key, name, by_receiver))
    return told


def _asked_for(code: Code, key: str, name: str, by_receiver: bool) -> bool:
    for one in code.graph.incoming(key, ("calls", "references", "writes")):
        view = code.naming.file(one.path).view
        for index in view.named.get((one.span.start, one.span.end), ()):
            expr = view.facts.exprs[index]
            if expr[0] == ATTR and expr[2] == name and (by_receiver or of_receiver(view, expr[1]) is None):
                return True
    return False
