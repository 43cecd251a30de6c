"""The sentences that a review says in more than one form."""

from codeagent.domain.counting import counted
from codeagent.domain.finding import Severity
from codeagent.domain.quality import Waived
from codeagent.domain.review import Dependent, Review, Reviewer, SymbolChange

_SIGNS = {"added": "+", "removed": "-", "changed": "~", "moved": "→", "renamed": "→"}


def compared(review: Review) -> str:
    """Return what is compared with what, and how much differs."""
    return f"{review.head} against {review.base}: {counted(review.files, 'file')}, +{review.added} -{review.deleted}"


def counts(review: Review) -> str:
    """Return how much is new, fixed and was there before."""
    graves = [
        counted(number, str(level))
        for level in (Severity.ERROR, Severity.WARNING)
        if (number := sum(one.severity is level for one in review.findings))
    ]
    notes = sum(one.severity is Severity.INFO for one in review.findings)
    graves += [counted(notes, "note")] if notes else []
    new = f"{len(review.findings)} new" + (f" ({', '.join(graves)})" if graves else "")
    return f"{new}, {len(review.fixed)} fixed, {len(review.existing)} existing"


def sign(change: SymbolChange) -> str:
    """Return one letter for what happened to a symbol."""
    return _SIGNS[change.status]


def told(change: SymbolChange) -> str:
    """Return a changed symbol in words: its header, or both where they differ."""
    if change.status == "removed":
        return change.before
    if not change.before or change.before == change.after:
        return change.after
    return f"{change.before}  →  {change.after}"


def explained(review: Review) -> str:
    """Return how much of the difference refactorings explain."""
    known = review.explained
    return (
        f"{known.share:.0%} of {counted(known.of_lines, 'changed line')}, {len(known.hunks)} of {known.of_hunks} hunks"
    )


def reached(review: Review) -> str:
    """Return the blast radius in one line."""
    impact = review.impact
    if not impact.symbol_count and not impact.test_count:
        return "nothing outside the change leans on it, as far as the graph can see"
    where = f" in {counted(len(impact.files), 'other file')}" if impact.files else ""
    return f"{counted(impact.symbol_count, 'symbol')}{where} lean on it, {counted(impact.test_count, 'test')} reach it"


def leaning(one: Dependent) -> str:
    """Return a dependent in words."""
    return f"{one.symbol.partition('::')[2] or one.path} uses {one.through.partition('::')[2] or one.through}"


def person(one: Reviewer) -> str:
    """Return a reviewer in words."""
    return f"{one.name} ({one.share:.0%} of what is known of {counted(one.files, 'touched file')}, last {one.last})"


def let_pass(one: Waived) -> str:
    """Return what was let pass, and why."""
    return f"{one.finding.rule}: {one.finding.message}: {one.reason}: {one.note} ({one.origin})"
