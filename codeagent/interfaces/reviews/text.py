"""A review for the terminal: the verdict first, then what is new, then what the change means."""

from collections.abc import Iterable, Iterator
from typing import Final

from rich.console import Console
from rich.text import Text

from codeagent.domain.counting import counted
from codeagent.domain.finding import Finding
from codeagent.domain.printable import printable
from codeagent.domain.quality import GateResult, Status
from codeagent.domain.review import FailOn, Review, SurfaceChange, SymbolChange
from codeagent.interfaces.reviews import words

SHOWN: Final = 20  # rows of one part
_STYLES: Final = {"error": "red", "warning": "yellow", "info": "cyan"}
_LEVELS: Final = {"low": "green", "medium": "yellow", "high": "bold red"}
_SIGNS: Final = {"+": "green", "-": "red", "~": "yellow", "→": "cyan"}


def print_review(review: Review, fail_on: FailOn, console: Console) -> None:
    """Print a review; parts that have nothing to say are left out."""
    for line in _lines(review, fail_on):
        console.print(line, soft_wrap=True)


def _lines(review: Review, fail_on: FailOn) -> Iterator[Text]:
    yield Text(printable(words.compared(review)), "bold")
    yield from _risk(review)
    yield from _part("New", map(_finding, review.findings))
    yield from _part("Could not judge", map(_broken, (r for r in review.verdict.results if r.status is Status.BROKEN)))
    yield from _part("Public surface", map(_surface, review.surface))
    shown = [_symbol(one) for one in review.symbols if not one.test]
    yield from _part("Symbols", shown)
    tests = sum(one.test for one in review.symbols)
    if tests:
        last = Text(f"  and {counted(tests, 'symbol')} of tests and examples", "dim")
        yield from [last] if shown else _part("Symbols", [Text(f"  {counted(tests, 'symbol')} of tests and examples")])
    known = review.explained.refactorings
    if known:
        yield from _part(
            f"Explained  {words.explained(review)}", (_row(one.kind, one.message, one.path, one.line) for one in known)
        )
    if review.symbols:
        yield from _reach(review)
    yield from _part(
        "No test reaches", (_row("", one.symbol.partition("::")[2], one.path, one.line) for one in review.untested)
    )
    yield from _part("Who could review", (Text(f"  {printable(words.person(one))}") for one in review.reviewers))
    rows = ((words.let_pass(one), one.finding) for one in review.verdict.waived)
    yield from _part("Let pass", (_row("", said, finding.path, finding.line) for said, finding in rows))
    for note in review.verdict.notes:
        yield Text(printable(note), "dim")
    yield _conclusion(review, fail_on)


def _risk(review: Review) -> Iterator[Text]:
    text = Text("risk ") + Text(review.risk.level, _LEVELS[review.risk.level])
    yield text.append(printable("".join(f" · {reason}" for reason in review.risk.reasons)), "dim")


def _part(title: str, rows: Iterable[Text]) -> Iterator[Text]:
    found = list(rows)
    if found:
        yield Text(f"\n{title}", "bold")
        yield from found[:SHOWN]
        if len(found) > SHOWN:
            yield Text(f"  … {len(found) - SHOWN} more", "dim")


def _finding(one: Finding) -> Text:
    text = Text(printable(f"  {one.path}:{one.line}: " if one.path else "  ")) + Text(
        str(one.severity), _STYLES[one.severity]
    )
    return text.append(printable(f" [{one.rule}] {one.message}")).append(f"  {one.fingerprint}", "dim")


def _broken(one: GateResult) -> Text:
    return Text(printable(f"  {one.gate}: {one.reason}"), "magenta")


def _surface(one: SurfaceChange) -> Text:
    mark = Text("  breaking  ", "bold red") if one.breaking else Text("  ok        ", "dim")
    return _placed(mark.append(printable(f"{one.symbol.partition('::')[2]}: {one.message}")), one.path, one.line)


def _symbol(one: SymbolChange) -> Text:
    mark = words.sign(one)
    text = Text(f"  {mark} ", _SIGNS[mark]) + Text(f"{one.status} {one.kind}  ", "dim")
    return _placed(text.append(printable(words.told(one))), one.path, one.line)


def _row(kind: str, message: str, path: str, line: int) -> Text:
    head = Text(f"  {kind:<9} ", "cyan") if kind else Text("  ")
    return _placed(head.append(printable(message), ""), path, line)


def _placed(text: Text, path: str, line: int) -> Text:
    return text.append(printable(f"  {path}:{line}"), "dim")


def _reach(review: Review) -> Iterator[Text]:
    yield Text("\nReach", "bold") + Text(f"  {words.reached(review)}", "")
    for one in review.impact.symbols[:5]:
        yield _placed(Text(printable(f"  {words.leaning(one)}")), one.path, one.line)
    more = review.impact.symbol_count - 5
    if more > 0:
        yield Text(f"  … {more} more", "dim")


def _conclusion(review: Review, fail_on: FailOn) -> Text:
    said = words.counts(review)
    if review.fails(fail_on):
        return Text(f"\n{said}", "bold red")
    return Text(f"\n{said}", "bold green")
