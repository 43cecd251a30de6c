"""Edits of many files become one patch, all of them or none; of each is told how it was found, or why it was not."""

from collections.abc import Sequence
from dataclasses import dataclass

from codeagent.domain.errors import Refused, UsageError
from codeagent.domain.patch import Patch, Safety, edited, hex_digest
from codeagent.edits.checking import new_error
from codeagent.edits.located import Missed
from codeagent.edits.request import EditRequest
from codeagent.edits.rungs import Rung
from codeagent.edits.taking import Taken, Taker
from codeagent.graph.graph import CodeGraph


@dataclass(frozen=True, slots=True)
class Applied:
    """An edit that has its place: the rung on which it was found, its file, its first line (1-based, as the file
    was), and in words what had to be overlooked."""

    edit: EditRequest
    rung: Rung
    path: str
    start_line: int
    note: str


@dataclass(frozen=True, slots=True)
class Failed:
    """An edit that has none, or that something stands in the way of; the hint is meant for who wrote it."""

    edit: EditRequest
    reason: str
    hint: str


@dataclass(frozen=True, slots=True)
class Written:
    """What became of edits, each in the order given. The patch is empty where any failed, unless the others alone
    were asked for; an edit that is already so is applied and changes nothing."""

    patch: Patch
    applied: tuple[Applied, ...]
    failed: tuple[Failed, ...]


def write_edits(graph: CodeGraph, edits: Sequence[EditRequest], *, partial: bool = False, title: str = "") -> Written:
    """Return the patch that edits amount to; with `partial`, that of those which did not fail.

    Every edit is found in the files as they are, before any other. Raises Stale where a file changed since it was
    indexed."""
    taker = Taker(graph)
    outcomes = [_take(taker, edit) for edit in edits]
    problems = _problems(graph, taker.taken)
    outcomes = [_checked(outcome, problems) for outcome in outcomes]
    taken = [outcome for outcome in outcomes if isinstance(outcome, Taken)]
    failed = tuple(outcome for outcome in outcomes if isinstance(outcome, Failed))
    applied = tuple(Applied(one.edit, one.rung, one.path, one.line, one.note) for one in taken)
    return Written(_patch(title, taken) if partial or not failed else Patch(title), applied, failed)


def _take(taker: Taker, edit: EditRequest) -> Taken | Failed:
    try:
        return taker.take(edit)
    except Missed as missed:
        return Failed(edit, missed.reason, missed.hint)
    except (Refused, UsageError) as error:
        return Failed(edit, error.message, error.hint)


def _problems(graph: CodeGraph, taken: Sequence[Taken]) -> dict[str, str]:
    """The files that would no longer parse, and where."""
    found = {}
    for path in dict.fromkeys(one.path for one in taken if not one.gone):
        mine = [one for one in taken if one.path == path]
        edits = sorted(edit for one in mine for edit in one.edits)
        before = mine[0].before
        made = next((one.made for one in mine if one.made is not None), None)
        after = edited(before, edits) if made is None else made
        language = graph.files[path].language if path in graph.files else None
        problem = new_error(path, before, after, edits, language) if before != after else None
        if problem:
            found[path] = problem
    return found


def _checked(outcome: Taken | Failed, problems: dict[str, str]) -> Taken | Failed:
    if isinstance(outcome, Failed) or outcome.path not in problems:
        return outcome
    return Failed(outcome.edit, problems[outcome.path], "write the edits of this file so that all of it parses")


def _patch(title: str, taken: Sequence[Taken]) -> Patch:
    read = {one.path: one.before for one in taken if one.edits or one.gone or one.to}
    return Patch(
        title=title,
        edits=tuple(edit for one in taken for edit in one.edits),
        creates={one.path: one.made for one in taken if one.made is not None},
        deletes=tuple(sorted(one.path for one in taken if one.gone)),
        moves={one.path: one.to for one in taken if one.to},
        base={path: hex_digest(read[path]) for path in sorted(read)},
        safety=Safety.REVIEW,
    )
