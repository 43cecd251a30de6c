"""A review as Markdown for a pull request: the verdict first, the rest folded, within what a comment may hold."""

import re
from collections.abc import Iterable
from typing import Final

from codeagent.domain.counting import counted
from codeagent.domain.finding import Finding, Severity
from codeagent.domain.quality import Status
from codeagent.domain.review import FailOn, Review, SymbolChange
from codeagent.interfaces.reviews import words

MARKER: Final = "<!-- codeagent-review -->"  # by which the one comment is found again and replaced
LIMIT: Final = 60_000  # letters; GitHub takes 65,536
SHOWN: Final = 50  # rows of one part
_SIGNS: Final = {Severity.ERROR: "🔴", Severity.WARNING: "🟡", Severity.INFO: "🔵"}
_LEVELS: Final = {"low": "🟢 low", "medium": "🟡 medium", "high": "🔴 high"}


def as_markdown(review: Review, fail_on: FailOn) -> str:
    """Return a document for a comment or a step summary; parts at the end are left out where it grows too long."""
    parts = [_head(review, fail_on), *(part for part in _parts(review) if part)]
    text, left_out = parts[0], 0
    for part in parts[1:]:
        if len((text + part).encode()) < LIMIT:
            text += f"\n{part}"
        else:
            left_out += 1
    if left_out:
        text += f"\n_{counted(left_out, 'part')} left out for length; the JSON form holds all._\n"
    return text


def _head(review: Review, fail_on: FailOn) -> str:
    bad = review.fails(fail_on)
    said = "needs work" if bad else "nothing new" if not review.findings else "nothing that blocks"
    lines = [MARKER, f"### codeagent review: {f'**{said}**' if bad else said}", "", words.counts(review), ""]
    why = f": {_text('; '.join(review.risk.reasons))}" if review.risk.reasons else ""
    lines.append(f"Risk {_LEVELS[review.risk.level]}{why}")
    if review.explained.refactorings:
        lines += ["", f"{words.explained(review)} are proven refactorings and need no reading line by line."]
    shown = [one for one in review.findings if one.severity is not Severity.INFO]
    lines += ["", *_rows(map(_finding, shown))] if shown else []
    broken = [one for one in review.verdict.results if one.status is Status.BROKEN]
    lines += (
        ["", *(f"- ⚪ the gate {one.gate} could not judge: {_text(one.reason)}" for one in broken)] if broken else []
    )
    return "\n".join(lines) + "\n"


def _parts(review: Review) -> Iterable[str]:
    notes = [one for one in review.findings if one.severity is Severity.INFO]
    yield _fold("Notes", map(_finding, notes))
    breaking = sum(one.breaking for one in review.surface)
    title = "Public surface" + (f": {breaking} breaking" if breaking else "")
    yield _fold(
        title,
        (
            f"- {'**breaking** ' if one.breaking else ''}{_code(one.symbol)} {_text(one.message)}"
            for one in review.surface
        ),
    )
    known = review.explained.refactorings
    yield _fold(
        f"Refactorings: {words.explained(review)}",
        (f"- {one.kind}: {_text(one.message)} {_place(one.path, one.line)}" for one in known),
    )
    yield _fold("Symbols", map(_symbol, (one for one in review.symbols if not one.test)))
    reach = [f"- {_text(words.leaning(one))} {_place(one.path, one.line)}" for one in review.impact.symbols]
    yield _fold(f"Reach: {words.reached(review)}", reach)
    yield _fold("No test reaches", (f"- {_code(one.symbol)}" for one in review.untested))
    yield _fold("Who could review", (f"- {_text(words.person(one))}" for one in review.reviewers))
    yield _fold("Fixed", map(_finding, review.fixed))
    passed = review.verdict.waived
    rows = (f"- {_place(one.finding.path, one.finding.line)} {_text(words.let_pass(one))}" for one in passed)
    yield _fold("Let pass", rows)
    gates = (
        f"| {one.gate} | {one.status} | {_text(one.reason) or len(one.findings)} |" for one in review.verdict.results
    )
    yield _fold("Gates", ["| gate | result | |", "|---|---|---|", *gates], whole=True)


def _fold(title: str, rows: Iterable[str], *, whole: bool = False) -> str:
    found = list(rows)
    if not found:
        return ""
    body = "\n".join(found if whole else _rows(found))
    return f"<details><summary>{_html(title)}</summary>\n\n{body}\n\n</details>\n"


def _rows(rows: Iterable[str]) -> list[str]:
    found = list(rows)
    return found[:SHOWN] + ([f"- … and {len(found) - SHOWN} more"] if len(found) > SHOWN else [])


def _finding(one: Finding) -> str:
    mark = f"<!-- {one.fingerprint} -->"
    return f"- {_SIGNS[one.severity]} {_place(one.path, one.line)} `{one.rule}` {_text(one.message)} {mark}"


def _symbol(one: SymbolChange) -> str:
    if one.before and one.after and one.before != one.after:
        return f"- {one.status} {_code(one.before)} → {_code(one.after)} {_place(one.path, one.line)}"
    return f"- {one.status} {_code(one.after or one.before)} {_place(one.path, one.line)}"


def _place(path: str, line: int) -> str:
    return _code(f"{path}:{line}")


def _code(text: str) -> str:
    flat = " ".join(text.split())
    ticks = "`" * (1 + max((len(run) for run in re.findall("`+", flat)), default=0))
    pad = " " if "`" in flat else ""
    return f"{ticks}{pad}{flat}{pad}{ticks}"


def _text(text: str) -> str:
    """Words of somebody else's code, without a meaning in Markdown or HTML, and mentioning nobody."""
    return re.sub(r"([\\`*_\[\]<>|#@~])", r"\\\1", " ".join(text.split()))


def _html(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
