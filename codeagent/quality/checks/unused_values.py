"""unused-value: locals, parameters and attributes of Python that are given a value which nothing reads."""

import re
from collections.abc import Iterator
from typing import Final

from codeagent.domain.code import Certainty
from codeagent.domain.facts import (
    ABSTRACT,
    DECORATED,
    KEYWORD_ONLY,
    KIND,
    METHOD_LIKE,
    OVERRIDE,
    POSITIONAL,
    STATIC,
    TEST,
    FileFacts,
    FunctionFact,
    Param,
    SymbolFact,
)
from codeagent.domain.finding import Finding
from codeagent.domain.links import REFERENCE_EDGE
from codeagent.graph.tables import Tables
from codeagent.quality.checks import liveness
from codeagent.quality.checks.bases import Bases
from codeagent.quality.checks.mentions import count_in
from codeagent.quality.checks.remarks import kept
from codeagent.quality.checks.subject import Subject
from codeagent.quality.checks.suspects import readers_of, runs_in_tests
from codeagent.quality.checks.unread_locals import unread_declared, unread_locals
from codeagent.quality.checks.unread_members import unread_members
from codeagent.quality.checks.valued import RULE, found

_LAMBDA: Final = KIND["lambda"]
_REMARKS: Final = rb"\s|\"\"\".*?\"\"\"|'''.*?'''|\"[^\"\n]*\"|#[^\n]*"
_HEAD_END: Final = re.compile(rb":[ \t]*(?:#[^\n]*)?\n")
_CONSTANT: Final = rb"\.\.\.|raise\b[^\n]*|return\b[ \t]*(?:None|True|False|\d+)?(?=\n|\Z)"
_STUB: Final = re.compile(
    rb"(?:" + _REMARKS + rb"|" + _CONSTANT + rb")*\Z", re.DOTALL
)  # to be filled, or empty by design
_EMPTY: Final = re.compile(rb"(?:" + _REMARKS + rb"|pass\b|" + _CONSTANT + rb")*\Z", re.DOTALL)


def unused_values(subject: Subject) -> Iterator[Finding]:
    """Find values that nothing reads, proven by where their names occur as words."""
    if subject.limit(RULE, "names") > 1:
        return
    tables = subject.tables
    bases, handed, readers = Bases(tables), _handed(tables), readers_of(subject)
    for at, path in enumerate(tables.paths):
        product, language = subject.product(path), tables.graph.files[path].language
        if language in liveness.JAVASCRIPT and path not in subject.aside:
            facts, source = tables.graph.facts(path), tables.graph.read(path)
            for start, name, scope, certainty in unread_declared(facts, source):
                yield found(subject, path, "variable", name, start, tables.first[at] + scope, certainty)
        if language != "python" or not (product or runs_in_tests(subject, path, readers)):
            continue
        facts, source, first = tables.graph.facts(path), tables.graph.read(path), tables.first[at]
        for start, name, scope, certainty in unread_locals(facts, source):
            yield found(subject, path, "variable", name, start, first + scope, certainty)
        for param, scope, certainty in _parameters(subject, facts, source, first, bases, handed) if product else ():
            yield found(subject, path, "parameter", param.name, param.start, first + scope, certainty)
    yield from unread_members(subject, bases)


def _handed(tables: Tables) -> set[int]:
    """The symbols that are handed about as values: who calls them decides on their parameters."""
    edges = tables.edges
    return {target for target, kind in zip(edges.targets, edges.kinds, strict=True) if kind == REFERENCE_EDGE}


def _parameters(
    subject: Subject, facts: FileFacts, source: bytes, first: int, bases: Bases, handed: set[int]
) -> Iterator[tuple[Param, int, Certainty]]:
    """Parameters that their function does not mention, where its form is its own to choose."""
    for function in facts.functions:
        fact = facts.symbols[function.symbol]
        if not _may_choose(subject, fact, first + function.symbol, bases, handed):
            continue
        if any(fact.start <= at < fact.end for at in facts.dynamic):
            continue
        body = _body(source, fact, function)
        if body is None or _STUB.match(body):
            continue
        text = source[fact.start : fact.end]
        for param in function.params[_receivers(fact) :]:
            line = source[source.rfind(b"\n", 0, param.start) + 1 : source.find(b"\n", param.start)]
            named = not param.name.startswith("_") and not kept(line, "variable")
            if named and count_in(text, param.name) == 1:
                unsure = param.kind not in (POSITIONAL, KEYWORD_ONLY) or _EMPTY.match(body)
                yield param, function.symbol, Certainty.NAME_ONLY if unsure else Certainty.LIKELY


def _may_choose(subject: Subject, fact: SymbolFact, number: int, bases: Bases, handed: set[int]) -> bool:
    """Whether nobody else says what parameters a function has."""
    tables = subject.tables
    symbol = tables.symbols[number]
    if fact.kind == _LAMBDA or number in handed or fact.flags & (ABSTRACT | OVERRIDE | TEST):
        return False
    if fact.flags & DECORATED and not liveness.benign_decorators(tables.graph.read(symbol.path), symbol):
        return False
    if liveness.conventional(symbol) or liveness.named_as_test(symbol) or symbol.id in subject.entries:
        return False
    if not liveness.private(tables, number) and liveness.public(subject, symbol.path):
        return False
    return not (liveness.is_member(tables, number) and bases.may_be_called_by_others(number))


def _receivers(fact: SymbolFact) -> int:
    return int(fact.kind in METHOD_LIKE and not fact.flags & STATIC)


def _body(source: bytes, fact: SymbolFact, function: FunctionFact) -> bytes | None:
    """The text of a function below its head; None where it has none."""
    last = max((param.start for param in function.params), default=fact.name_end)
    head = _HEAD_END.search(source, last, fact.end)
    return source[head.end() : fact.end] if head else None
