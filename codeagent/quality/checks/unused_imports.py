"""unused-import: names that a file imports and never mentions again."""

import re
from collections import Counter
from collections.abc import Collection, Iterator
from typing import Final

from codeagent.domain.code import Certainty
from codeagent.domain.facts import IMPORTS, LIVE, NAME, FileFacts, ImportFact
from codeagent.domain.finding import Finding, Severity
from codeagent.quality.checks.liveness import public
from codeagent.quality.checks.mentions import WORDS, count_in
from codeagent.quality.checks.remarks import kept
from codeagent.quality.checks.spelling import Spelling, Words
from codeagent.quality.checks.subject import Subject, finding
from codeagent.quality.checks.suspects import readers_of, runs_in_tests

RULE = "unused-import"
LANGUAGES: Final = frozenset(("python", "java", "javascript", "typescript", "tsx", "jsx"))
GATHERING: Final = ("__init__.py", "conftest.py")  # files whose imports are there for others
JSX: Final = ("React", "h", "Fragment", "default")  # what markup in code compiles to
REEXPORT, DYNAMIC = 2, 4


def unused_imports(subject: Subject) -> Iterator[Finding]:
    """Find imports whose name stands in their file where it is imported or defined, and nowhere else in code."""
    if subject.limit(RULE, "names") > 1:
        return
    tables = subject.tables
    readers, spelling = readers_of(subject), Spelling(subject)
    asked = _asked(subject)
    for path in tables.paths:
        record = tables.graph.files[path]
        if record.language not in LANGUAGES or path.endswith(GATHERING):
            continue
        if subject.product(path) or runs_in_tests(subject, path, readers):
            facts = tables.graph.facts(path)
            if facts.imports:
                wanted = asked.get(path.rpartition("/")[2].partition(".")[0], set())
                yield from _of_file(subject, path, facts, readers.get(path, set()), wanted, spelling)


def _asked(subject: Subject) -> dict[str, set[str]]:
    """Return the names that imports anywhere ask of a module, by the last part of its name."""
    asked: dict[str, set[str]] = {}
    for path in subject.tables.paths:
        for fact in subject.tables.graph.facts(path).imports:
            if fact.name:
                asked.setdefault(re.split(r"[./:]+", fact.spec)[-1], set()).add(fact.name)
    return asked


def _of_file(
    subject: Subject, path: str, facts: FileFacts, readers: set[str], wanted: Collection[str], spelling: Spelling
) -> Iterator[Finding]:
    source = subject.tables.graph.read(path)
    for fact, words in _unread(facts, source, path, spelling):
        name = _bound(fact, facts.language)
        if name in wanted:
            continue
        line = subject.tables.graph.place(path, fact.start, fact.end).line
        if _kept_by_remark(source.split(b"\n"), line) or _meant_elsewhere(subject, readers, name):
            continue
        offered = public(subject, path) and not name.startswith("_") and subject.product(path)
        for_effect = facts.language == "python" and fact.name is None and fact.alias is None
        gathers = subject.product(path) and set(facts.references[2::5]) <= {IMPORTS}  # to hand them on
        certainty = Certainty.LIKELY if for_effect or offered or gathers else Certainty.EXACT
        hedge = "; importing it may have an effect" if for_effect else ""
        if words.text:
            certainty, hedge = Certainty.NAME_ONLY, "; a string says its name"
        message = f"{name} is imported and never used{hedge}"
        yield finding(RULE, Severity.INFO, message, path, line, path, certainty=certainty, anchor=name)


def _unread(facts: FileFacts, source: bytes, path: str, spelling: Spelling) -> Iterator[tuple[ImportFact, Words]]:
    """Imports whose name no code means, with what else says it."""
    counts = Counter(source.translate(WORDS).split())
    used = _spelled(facts) if facts.language == "python" else None
    for fact in facts.imports:
        name = _bound(fact, facts.language)
        if not name or (facts.exports and name in facts.exports):
            continue
        if (count_in(source, name) if "$" in name else counts.get(name.encode(), 0)) <= 1:
            yield fact, Words()
        elif used is not None and name not in used:
            words = spelling.at_home(name, path)
            if not words.code:
                yield fact, words


def _spelled(facts: FileFacts) -> set[str]:
    return {expr[2] for expr in facts.exprs if expr[0] in (NAME, LIVE)}


def _bound(fact: ImportFact, language: str) -> str:
    """Return the name that an import binds, empty where nobody needs to use it."""
    if fact.name == "*" or fact.flags & (REEXPORT | DYNAMIC) or fact.spec == "__future__":
        return ""
    if language != "python" and (fact.alias or fact.name) in JSX:
        return ""
    if fact.alias is not None:
        return "" if fact.alias == fact.name or fact.alias == "_" else fact.alias
    if fact.name is not None:
        return fact.name
    if language == "python":
        return fact.spec.partition(".")[0] if not fact.spec.startswith(".") else ""
    return fact.spec.rpartition(".")[2] if language == "java" else ""


def _kept_by_remark(lines: list[bytes], line: int) -> bool:
    """Tell whether somebody wrote on the import's line, or where its statement begins, that it is meant to be there."""
    at = min(line, len(lines)) - 1
    places = [at]
    while at > 0 and not lines[at].lstrip().startswith((b"import", b"from", b"export")):
        at -= 1
    marks = (b"eslint-disable", b"ts-ignore")
    return any(kept(lines[n], "import") or any(mark in lines[n] for mark in marks) for n in (*places, at))


def _meant_elsewhere(subject: Subject, readers: set[str], name: str) -> bool:
    """Tell whether a file that imports this one mentions the name: it may come from here."""
    word = name.encode()
    return any(word in subject.tables.graph.read(reader) for reader in readers)
