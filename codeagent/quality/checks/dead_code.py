"""dead-code: definitions that nothing in the tree uses, with no more certainty than the graph can prove."""

from collections.abc import Iterator, Mapping
from typing import Final

from codeagent.domain.code import Certainty, Symbol
from codeagent.domain.facts import CALL, NONE
from codeagent.domain.finding import Finding, Severity
from codeagent.quality.checks import liveness
from codeagent.quality.checks.mentions import composed, mentions, quoted_in
from codeagent.quality.checks.redefined import redefined
from codeagent.quality.checks.spelling import DEEP, Own, Spelling
from codeagent.quality.checks.subject import Subject, finding
from codeagent.quality.checks.suspects import Readers, Suspect, Suspecting, kind_of, readers_of

RULE = "dead-code"
_HEDGES: Final = {
    Certainty.EXACT: "",
    Certainty.LIKELY: "; its name could still be meant by a string or a word elsewhere",
    Certainty.NAME_ONLY: "; only a string, a text or a decorator could still mean it",
}
_ORDER: Final = (Certainty.EXACT, Certainty.LIKELY, Certainty.NAME_ONLY)


def dead_code(subject: Subject) -> Iterator[Finding]:
    """Find unused definitions, as sure as it is that no word of the tree means them."""
    readers = readers_of(subject)
    suspecting = Suspecting(subject, readers)
    again = {before.id: (before, after) for before, after in redefined(subject)}
    for before, after in again.values():
        if suspecting.may_be_found(before):
            yield _finding(
                before, Certainty.LIKELY, f"; line {after.line} defines it again, but a base may have kept it"
            )
        else:
            yield _finding(
                before, Certainty.EXACT, f"; line {after.line} defines it again before anything could use it"
            )
    suspects = [one for one in suspecting.all() if one.symbol.id not in again]
    if not suspects:
        return
    where = mentions(subject, {s.symbol.name for s in suspects})
    spelling, made = Spelling(subject), composed(subject)
    for suspect in suspects:
        certainty = _certainty(subject, suspect, spelling, where[suspect.symbol.name], readers)
        if certainty is None:
            continue
        unproven = _loaded(suspect, readers) or _must_stay(subject, suspect) or made.may_mean(suspect.symbol.name)
        if certainty == Certainty.EXACT and unproven:
            certainty = Certainty.LIKELY
        certainty = max(certainty, suspect.most, key=_ORDER.index)
        yield _finding(suspect.symbol, certainty, _HEDGES[certainty])


def _loaded(suspect: Suspect, readers: Readers) -> bool:
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
    subject: Subject, suspect: Suspect, spelling: Spelling, where: Mapping[str, int], readers: Readers
) -> Certainty | None:
    """Return `exact` where the name stands nowhere else but in remarks, and less where no code means it."""
    symbol = suspect.symbol
    near = readers.get(symbol.path, set()) | {symbol.path}
    far = [path for path in where if suspect.local and path not in near and spelling.language(path) in DEEP]
    if far:  # a private name there is another name
        where = {path: count for path, count in where.items() if path not in far}
    words = spelling.words(symbol.name, where, Own(symbol.path, symbol.span))
    if words.code:
        return None
    if not any(words):
        quoted = any(quoted_in(subject.tables.graph.read(path), symbol.name) for path in far)
        return Certainty.LIKELY if quoted else Certainty.EXACT
    if suspect.local and sum(words) <= 2:
        return Certainty.LIKELY
    return None if words.data else Certainty.NAME_ONLY


def _finding(symbol: Symbol, certainty: Certainty, hedge: str) -> Finding:
    name = symbol.id.partition("::")[2]
    return finding(
        RULE,
        Severity.WARNING if certainty == Certainty.EXACT else Severity.INFO,
        f"nothing uses the {kind_of(symbol)} {name}{hedge}",
        symbol.path,
        symbol.line,
        symbol.id,
        certainty=certainty,
        end_line=symbol.end_line,
        value=symbol.end_line - symbol.line + 1,
    )
