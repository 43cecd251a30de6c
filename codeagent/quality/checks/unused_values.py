"""unused-value: locals, parameters and attributes of Python that are given a value which nothing reads."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from codeagent.domain.code import Certainty
from codeagent.domain.facts import (
    ABSTRACT,
    CALLABLE_KINDS,
    DECORATED,
    IMPORT,
    KEYWORD_ONLY,
    KIND,
    LITERAL,
    MAP,
    METHOD_LIKE,
    NONE,
    OVERRIDE,
    POSITIONAL,
    SEQ,
    STATIC,
    TEST,
    FileFacts,
    FunctionFact,
    Param,
    SymbolFact,
)
from codeagent.domain.finding import Finding, Severity
from codeagent.domain.links import REFERENCE_EDGE
from codeagent.graph.tables import Tables
from codeagent.quality.checks import liveness
from codeagent.quality.checks.mentions import Composed, composed, count_in, mentions
from codeagent.quality.checks.remarks import kept
from codeagent.quality.checks.subject import Subject, finding

RULE = "unused-value"
_LAMBDA: Final = KIND["lambda"]
_SET: Final = rb"[ \t]*(?::[^=\n]+)?=(?!=)"
_TARGET: Final = re.compile(_SET)
_CAUGHT: Final = re.compile(rb"^\s*except\b.*\bas\s+$")
_STUB: Final = re.compile(  # nothing but a docstring, `pass`, `raise …` and constants
    rb"(?:\s|\"\"\".*?\"\"\"|'''.*?'''|\"[^\"\n]*\"|#[^\n]*|pass\b|\.\.\.|raise\b[^\n]*"
    rb"|return\b[ \t]*(?:None|True|False|\d+)?(?=\n|\Z))*\Z",
    re.DOTALL,
)
_BY_NAME: Final = re.compile(rb"__dict__|\bvars\(|__getstate__|\basdict\(|[gs]etattr\(self\b")


def unused_values(subject: Subject) -> Iterator[Finding]:
    """Find values that nothing reads, proven by where their names occur as words."""
    if subject.limit(RULE, "names") > 1:
        return
    tables = subject.tables
    bases, handed = liveness.Bases(tables), _handed(tables)
    attributes: list[int] = []
    for at, path in enumerate(tables.paths):
        if tables.graph.files[path].language != "python" or not subject.product(path):
            continue
        facts, source, first = tables.graph.facts(path), tables.graph.read(path), tables.first[at]
        for start, name, scope in _locals(facts, source):
            yield _found(subject, path, "variable", name, start, first + scope, Certainty.EXACT)
        for param, scope in _parameters(subject, facts, source, first, bases, handed):
            certainty = Certainty.LIKELY if param.kind in (POSITIONAL, KEYWORD_ONLY) else Certainty.NAME_ONLY
            yield _found(subject, path, "parameter", param.name, param.start, first + scope, certainty)
        attributes += [first + index for index in _attributes(facts, source)]
    yield from _unread(subject, attributes, bases)


def _found(subject: Subject, path: str, kind: str, name: str, start: int, within: int, certainty: Certainty) -> Finding:
    """A finding about a name of a function or class."""
    tables = subject.tables
    symbol = tables.symbols[within]
    line = tables.graph.place(path, start, start).line
    owner = symbol.id.partition("::")[2]
    message = f"nothing reads the {kind} {owner}.{name}"
    return finding(RULE, Severity.INFO, message, path, line, symbol.id, certainty=certainty, anchor=name)


def _handed(tables: Tables) -> set[int]:
    """The symbols that are handed about as values: who calls them decides on their parameters."""
    edges = tables.edges
    return {target for target, kind in zip(edges.targets, edges.kinds, strict=True) if kind == REFERENCE_EDGE}


# --- locals --------------------------------------------------------------------------------------------


def _locals(facts: FileFacts, source: bytes) -> Iterator[tuple[int, str, int]]:
    """Locals that are assigned by statements of their own and occur nowhere else in their function."""
    places: dict[tuple[int, str], list[int]] = {}
    for binding in facts.bindings:
        imported = binding.value != NONE and facts.exprs[binding.value][0] == IMPORT
        if not binding.name.startswith("_") and "@" not in binding.name and not imported:
            places.setdefault((binding.scope, binding.name), []).append(binding.start)
    for (scope, name), starts in places.items():
        function = facts.symbols[scope]
        if function.kind not in CALLABLE_KINDS or any(function.start <= at < function.end for at in facts.dynamic):
            continue
        if not all(_is_target(source, start, name) for start in starts):
            continue
        if count_in(source[function.start : function.end], name) == len(starts):
            yield starts[0], name, scope


def _is_target(source: bytes, start: int, name: str) -> bool:
    """Whether a name is all that a statement assigns, or what an `except` calls its exception."""
    line = source.rfind(b"\n", 0, start) + 1
    end = start + len(name.encode("utf-8", "surrogateescape"))
    if kept(source[line : source.find(b"\n", end) % (len(source) + 1)], "variable"):
        return False
    before = source[line:start]
    return (not before.strip() and bool(_TARGET.match(source, end))) or bool(_CAUGHT.match(before))


# --- parameters ----------------------------------------------------------------------------------------


def _parameters(
    subject: Subject, facts: FileFacts, source: bytes, first: int, bases: liveness.Bases, handed: set[int]
) -> Iterator[tuple[Param, int]]:
    """Parameters that their function does not mention, where its form is its own to choose."""
    for function in facts.functions:
        fact = facts.symbols[function.symbol]
        if not _may_choose(subject, fact, first + function.symbol, bases, handed):
            continue
        if any(fact.start <= at < fact.end for at in facts.dynamic) or _is_stub(source, fact, function):
            continue
        text = source[fact.start : fact.end]
        for param in function.params[_receivers(fact) :]:
            line = source[source.rfind(b"\n", 0, param.start) + 1 : source.find(b"\n", param.start)]
            named = not param.name.startswith("_") and not kept(line, "variable")
            if named and count_in(text, param.name) == 1:
                yield param, function.symbol


def _may_choose(subject: Subject, fact: SymbolFact, number: int, bases: liveness.Bases, handed: set[int]) -> bool:
    """Whether nobody else says what parameters a function has."""
    tables = subject.tables
    symbol = tables.symbols[number]
    if fact.kind == _LAMBDA or number in handed or fact.flags & (ABSTRACT | OVERRIDE | TEST | DECORATED):
        return False
    if liveness.conventional(symbol) or symbol.id in subject.entries:
        return False
    if not liveness.private(tables, number) and liveness.public(subject, symbol.path):
        return False
    return not (liveness.is_member(tables, number) and bases.may_be_called_by_others(number))


def _receivers(fact: SymbolFact) -> int:
    return int(fact.kind in METHOD_LIKE and not fact.flags & STATIC)


def _is_stub(source: bytes, fact: SymbolFact, function: FunctionFact) -> bool:
    """Whether a function does nothing with anything: a body to be filled or left empty by design."""
    last = max((param.start for param in function.params), default=fact.name_end)
    colon = source.find(b":\n", last, fact.end)
    return colon < 0 or bool(_STUB.match(source[colon + 1 : fact.end]))


# --- attributes ----------------------------------------------------------------------------------------


def _attributes(facts: FileFacts, source: bytes) -> Iterator[int]:
    """Attributes that only statements of methods assign: `self.name = value`."""
    places: dict[tuple[int, str], list[int]] = {}
    for binding in facts.bindings:
        places.setdefault((binding.scope, binding.name), []).append(binding.start)
    for index, fact in enumerate(facts.symbols):
        starts = places.get((fact.parent, fact.name), ())
        if fact.kind == KIND["field"] and starts and all(source[at - 5 : at] == b"self." for at in starts):
            yield index


def _unread(subject: Subject, numbers: list[int], bases: liveness.Bases) -> Iterator[Finding]:
    """Those whose name is nothing but assigned to, in the whole tree."""
    tables = subject.tables
    open_to = [n for n in numbers if _is_own(subject, n)]
    where = mentions(subject, {tables.symbols[n].name for n in open_to})
    made = composed(subject)
    known: dict[str, bool] = {}
    for number in open_to:
        symbol = tables.symbols[number]
        if symbol.name not in known:
            known[symbol.name] = _only_set(subject, symbol.name, where[symbol.name])
        if known[symbol.name]:
            yield _found(
                subject, symbol.path, "attribute", symbol.name, symbol.name_span.start, tables.parents[number],
                _sure(subject, number, bases, made),
            )  # fmt: skip


def _is_own(subject: Subject, number: int) -> bool:
    tables = subject.tables
    symbol = tables.symbols[number]
    if liveness.conventional(symbol) or symbol.id in subject.entries:
        return False
    source = tables.graph.read(symbol.path)
    line = source[source.rfind(b"\n", 0, symbol.name_span.start) + 1 : source.find(b"\n", symbol.name_span.end)]
    return not kept(line, "field") and (liveness.private(tables, number) or not liveness.public(subject, symbol.path))


def _only_set(subject: Subject, name: str, where: Mapping[str, int]) -> bool:
    pattern = re.compile(rb"(?m)^[ \t]*self\." + re.escape(name.encode("utf-8", "surrogateescape")) + _SET)
    return all(len(pattern.findall(subject.tables.graph.read(path))) == count for path, count in where.items())


def _sure(subject: Subject, number: int, bases: liveness.Bases, made: Composed) -> Certainty:
    """Exact where nothing is kept alive by it, and no base from outside and nothing by its name could read it."""
    symbol = subject.tables.symbols[number]
    facts = subject.tables.graph.facts(symbol.path)
    starts = {b.start: b.value for b in facts.bindings if b.name == symbol.name}
    if any(value != NONE and facts.exprs[value][0] not in (LITERAL, SEQ, MAP) for value in starts.values()):
        return Certainty.LIKELY
    by_name = _BY_NAME.search(subject.tables.graph.read(symbol.path)) or made.may_mean(symbol.name)
    inherited = bases.may_be_collected(subject.tables.parents[number])
    return Certainty.LIKELY if by_name or inherited else Certainty.EXACT
