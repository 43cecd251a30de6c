"""dead-code: definitions that nothing in the tree uses, with no more certainty than the graph can prove."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from codeagent.domain.code import Certainty, Symbol
from codeagent.domain.facts import ABSTRACT, CALL, NONE, OVERRIDE, TEST
from codeagent.domain.finding import Finding, Severity
from codeagent.quality.checks import liveness
from codeagent.quality.checks.mentions import composed, count_in, mentions, quoted_in
from codeagent.quality.checks.remarks import kept
from codeagent.quality.checks.subject import Subject, finding

RULE = "dead-code"
DEEP: Final = frozenset(("python", "javascript", "typescript", "tsx", "jsx", "go", "java", "rust"))
OWN_FILE: Final = frozenset(("python", "javascript", "typescript", "tsx", "jsx"))  # private means: in this file
CHECKED: Final = frozenset((
    "function", "method", "class", "interface", "enum", "struct", "trait", "type", "property", "constant",
    "variable", "macro",
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Suspect:
    """A symbol without users; `local` when its name can only be meant in its own file and its importers,
    `open` when whatever loads the module may read it."""

    number: int
    symbol: Symbol
    local: bool
    open: bool = False


def dead_code(subject: Subject) -> Iterator[Finding]:
    """Find unused definitions; where its name still occurs somewhere, a definition is `likely` dead at most."""
    used = liveness.used(subject.tables)
    bases = liveness.Bases(subject.tables)
    suspects = [s for s in _suspects(subject, used, bases) if not _inside_suspect(subject, s, used)]
    if not suspects:
        return
    where = mentions(subject, {s.symbol.name for s in suspects})
    definitions = _definitions(subject, {s.symbol.name for s in suspects})
    readers = _readers(subject)
    made = composed(subject)
    for suspect in suspects:
        certainty = _certainty(subject, suspect, where[suspect.symbol.name], definitions, readers)
        unproven = _loaded(suspect, readers) or _must_stay(subject, suspect) or made.may_mean(suspect.symbol.name)
        if certainty == Certainty.EXACT and unproven:
            certainty = Certainty.LIKELY
        if certainty is not None:
            yield _finding(suspect, certainty)


def _suspects(subject: Subject, used: bytearray, bases: liveness.Bases) -> Iterator[Suspect]:
    tables = subject.tables
    for number, symbol in enumerate(tables.symbols):
        if used[number] or symbol.kind not in CHECKED or not subject.product(symbol.path):
            continue
        language = tables.graph.files[symbol.path].language
        if language not in DEEP or symbol.id in subject.entries:
            continue
        if symbol.flags & (ABSTRACT | OVERRIDE | TEST) or liveness.conventional(symbol) or "@" in symbol.name:
            continue
        facts = tables.graph.facts(symbol.path)
        if facts.exports is not None and symbol.name in facts.exports:
            continue
        if liveness.is_inner_test(tables, number) or _given_away(tables.graph.read(symbol.path), symbol, language):
            continue
        member = liveness.is_member(tables, number)
        if member and bases.may_be_called_by_others(number):
            continue
        private = liveness.private(tables, number)
        signal = symbol.name.startswith("__") and not member  # such as `__unittest`: for a tool to find
        loose = symbol.kind in ("variable", "constant") and (signal or not private)
        if loose and (language != "python" or liveness.is_configuration(symbol.path)):
            continue
        if not private and liveness.public(subject, symbol.path):
            continue
        if symbol.kind == "class" and not private and bases.may_be_collected(number):
            continue  # registering base classes and frameworks find their subclasses by themselves
        nested = tables.symbols[tables.parents[number]].kind in liveness.BODIES
        own_file = language in OWN_FILE and not liveness.shares_globals(tables, symbol.path)
        yield Suspect(number, symbol, not member and private and (nested or own_file), loose)


def _given_away(source: bytes, symbol: Symbol, language: str) -> bool:
    """Tell whether the definition goes to somebody by its form alone, or a remark says that it stays."""
    line = source[symbol.span.start : source.find(b"\n", symbol.name_span.end) % (len(source) + 1)]
    return (
        kept(line, symbol.kind)
        or not liveness.benign_decorators(source, symbol)
        or liveness.is_value(source, symbol, language)
        or (symbol.name.startswith("_") and liveness.is_unpacked(source, symbol, language))
        or liveness.declares_for_others(source, symbol, language)
        or liveness.is_enumerated(source, symbol, language)
    )


def _inside_suspect(subject: Subject, suspect: Suspect, used: bytearray) -> bool:
    """Tell whether an enclosing definition is unused as well: it is reported, its parts are not."""
    tables = subject.tables
    parent = tables.parents[suspect.number]
    while parent >= 0 and tables.parents[parent] >= 0:
        if not used[parent]:
            return True
        parent = tables.parents[parent]
    return False


def _definitions(subject: Subject, names: set[str]) -> Mapping[str, Mapping[str, int]]:
    """Return how many symbols of each name each file defines."""
    found: dict[str, dict[str, int]] = {name: {} for name in names}
    for symbol in subject.tables.symbols:
        if symbol.name in names:
            counts = found[symbol.name]
            counts[symbol.path] = counts.get(symbol.path, 0) + 1
    return found


def _readers(subject: Subject) -> Mapping[str, set[str]]:
    """Return for each file the files that use or import anything of it."""
    tables = subject.tables
    readers: dict[str, set[str]] = {}
    for source, target in subject.imports.places:
        readers.setdefault(tables.paths[target], set()).add(tables.paths[source])
    return readers


def _loaded(suspect: Suspect, readers: Mapping[str, set[str]]) -> bool:
    """Tell whether a tool or a framework may read a name of a module that it loads."""
    path = suspect.symbol.path
    own = path in readers and not path.endswith("__init__.py") and not suspect.symbol.name.startswith("__")
    return suspect.open and not own


def _must_stay(subject: Subject, suspect: Suspect) -> bool:
    """Tell whether a variable of Python may have to be there, unread: others are unpacked beside it, or it holds what
    a call gave, such as an open file, and keeps it alive."""
    symbol = suspect.symbol
    facts = subject.tables.graph.facts(symbol.path)
    if facts.language != "python" or symbol.kind not in ("variable", "constant"):
        return False
    if liveness.is_unpacked(subject.tables.graph.read(symbol.path), symbol, facts.language):
        return True
    if symbol.kind == "constant":
        return False
    values = (b.value for b in facts.bindings if b.start == symbol.name_span.start and b.value != NONE)
    return any(facts.exprs[value][0] == CALL for value in values)


def _certainty(
    subject: Subject,
    suspect: Suspect,
    where: Mapping[str, int],
    definitions: Mapping[str, Mapping[str, int]],
    readers: Mapping[str, set[str]],
) -> Certainty | None:
    """Return `exact` where the name occurs nowhere else, `likely` where only few words could still mean it."""
    symbol = suspect.symbol
    own = subject.tables.graph.read(symbol.path)[symbol.span.start : symbol.span.end]
    inside = count_in(own, symbol.name)
    elsewhere = 0
    plain = 0  # of them, how many stand in code, outside any string
    for path, count in where.items():
        before = elsewhere
        if path == symbol.path:
            count -= inside
            others = definitions[symbol.name].get(path, 1) - 1
            elsewhere += max(0, count - (others if not suspect.local else 0))
        elif suspect.local and _is_code(subject, path) and path not in readers.get(symbol.path, ()):
            continue  # a private name of a file that never reads this one is another name
        else:
            elsewhere += max(0, count - definitions[symbol.name].get(path, 0))
        if elsewhere > before and _is_code(subject, path):
            plain += max(0, elsewhere - before - quoted_in(subject.tables.graph.read(path), symbol.name))
    if elsewhere == 0:
        return Certainty.EXACT
    return Certainty.LIKELY if suspect.local and elsewhere <= 2 and not plain else None


def _is_code(subject: Subject, path: str) -> bool:
    record = subject.tables.graph.files.get(path)
    return record is not None and record.language in DEEP


def _finding(suspect: Suspect, certainty: Certainty) -> Finding:
    symbol = suspect.symbol
    name = symbol.id.partition("::")[2]
    hedge = "" if certainty == Certainty.EXACT else "; its name could still be meant by a string or a word elsewhere"
    return finding(
        RULE,
        Severity.WARNING if certainty == Certainty.EXACT else Severity.INFO,
        f"nothing uses the {symbol.kind} {name}{hedge}",
        symbol.path,
        symbol.line,
        symbol.id,
        certainty=certainty,
        end_line=symbol.end_line,
        value=symbol.end_line - symbol.line + 1,
    )
