"""Attributes of Python objects that are set and that no word of the tree reads."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from types import FunctionType, ModuleType
from typing import Final

from codeagent.domain.code import Certainty
from codeagent.domain.facts import DECORATED, KIND, LITERAL, MAP, NONE, SEQ, FileFacts
from codeagent.domain.finding import Finding
from codeagent.quality.checks import liveness
from codeagent.quality.checks.bases import Bases
from codeagent.quality.checks.escaping import Escaping
from codeagent.quality.checks.mentions import Composed, composed, mentions
from codeagent.quality.checks.remarks import kept
from codeagent.quality.checks.spelling import Spelling, Words, given_in
from codeagent.quality.checks.subject import Subject
from codeagent.quality.checks.valued import found

_BY_NAME: Final = re.compile(rb"__dict__|\bvars\(|__getstate__|\basdict\(|[gs]etattr\(self\b")
_OF_PYTHON: Final = frozenset(  # what Python itself reads
    name for kind in (type, FunctionType, ModuleType, property, staticmethod) for name in dir(kind)
) | {"__all__", "__file__", "__path__", "__version__", "__signature__", "__test__", "__wrapped__", "__traceback__"}


@dataclass(frozen=True, slots=True)
class _Set:
    """A member, where it is set: on an object of the class itself, or (`base`) on something by others."""

    path: str
    name: str
    start: int
    within: int  # the number of the class, or of the module where `base` is told
    kind: str
    base: str = ""
    most: Certainty = Certainty.EXACT


def unread_members(subject: Subject, bases: Bases) -> Iterator[Finding]:
    """Find them; what is set on something by others may be that thing's business, so that is told by its name only."""
    members = list(_members(subject, bases))
    where = mentions(subject, {one.name for one in members})
    spelling, made, escaping = Spelling(subject), composed(subject), Escaping(subject.tables)
    known: dict[str, Words] = {}
    told: set[tuple[str, str, str]] = set()
    for one in members:
        if one.name not in known:
            known[one.name] = spelling.reads(one.name, where[one.name])
        words = known[one.name]
        if words.code or words.data or (one.path, one.base, one.name) in told:
            continue
        told.add((one.path, one.base, one.name))
        certainty = Certainty.NAME_ONLY if any(words) else _sure(subject, one, bases, made)
        if certainty == Certainty.EXACT and escaping.handed_out(one.within):
            certainty = Certainty.LIKELY  # who is handed an object may read what it holds
        yield found(subject, one.path, one.kind, one.name, one.start, one.within, certainty, owner=one.base)


def _members(subject: Subject, bases: Bases) -> Iterator[_Set]:
    tables = subject.tables
    for at, path in enumerate(tables.paths):
        if tables.graph.files[path].language == "python" and subject.product(path):
            facts, source, first = tables.graph.facts(path), tables.graph.read(path), tables.first[at]
            public = liveness.public(subject, path)
            for one in (*_fields(subject, bases, facts, source, path, first), *_outside(source, path, first)):
                if public and not one.name.startswith("_"):
                    continue
                if not kept(_line(source, one.start), "field" if one.kind == "attribute" else "variable"):
                    yield one


def _fields(subject: Subject, bases: Bases, facts: FileFacts, source: bytes, path: str, first: int) -> Iterator[_Set]:
    places: dict[tuple[int, str], list[int]] = {}
    for binding in facts.bindings:
        places.setdefault((binding.scope, binding.name), []).append(binding.start)
    for index, fact in enumerate(facts.symbols):
        starts = places.get((fact.parent, fact.name), ())
        symbol = subject.tables.symbols[first + index]
        if fact.kind != KIND["field"] or not starts or liveness.conventional(symbol) or symbol.id in subject.entries:
            continue
        owner = first + fact.parent
        if all(source[at - 5 : at] == b"self." for at in starts):
            yield _Set(path, fact.name, starts[0], owner, "attribute")
        elif (most := _of_class(subject, bases, owner, private=fact.name.startswith("_"))) is not None:
            yield _Set(path, fact.name, starts[0], owner, "variable", most=most)


def _of_class(subject: Subject, bases: Bases, owner: int, *, private: bool) -> Certainty | None:
    """How sure it can be that nobody but words of the tree reads what stands in a class; None: somebody may."""
    tables = subject.tables
    symbol = tables.symbols[owner]
    if liveness.is_member(tables, owner) or not liveness.benign_decorators(tables.graph.read(symbol.path), symbol):
        return None  # such as `Meta`, read by what makes the class around it
    if bases.may_be_collected(owner):
        return Certainty.NAME_ONLY if bases.is_enumeration(owner) else None
    return Certainty.EXACT if private and not symbol.flags & DECORATED else Certainty.LIKELY


def _outside(source: bytes, path: str, first: int) -> Iterator[_Set]:
    for start, name, base in given_in(source):
        if name not in _OF_PYTHON and base != "self":
            yield _Set(path, name, start, first, "attribute", base, Certainty.NAME_ONLY)


def _sure(subject: Subject, one: _Set, bases: Bases, made: Composed) -> Certainty:
    """Exact where nothing is kept alive by it, and no base from outside and nothing by its name could read it."""
    if one.most != Certainty.EXACT:
        return one.most
    facts = subject.tables.graph.facts(one.path)
    values = {binding.value for binding in facts.bindings if binding.name == one.name}
    if any(value != NONE and facts.exprs[value][0] not in (LITERAL, SEQ, MAP) for value in values):
        return Certainty.LIKELY
    by_name = _BY_NAME.search(subject.tables.graph.read(one.path)) or made.may_mean(one.name)
    return Certainty.LIKELY if by_name or bases.may_be_collected(one.within) else Certainty.EXACT


def _line(source: bytes, start: int) -> bytes:
    return source[source.rfind(b"\n", 0, start) + 1 : source.find(b"\n", start) % (len(source) + 1)]
