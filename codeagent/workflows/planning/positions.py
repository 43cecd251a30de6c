"""Lines and columns of a file as it was when the plan began, told as they are once steps have been done."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from codeagent.domain.errors import UsageError
from codeagent.domain.patch import Shift
from codeagent.graph.spots import offset_of, place_of
from codeagent.workflows.refactor import Refactored
from codeagent.workspace.patched import AnyTree

_PLACE: Final = re.compile(
    r"(?P<path>.+?):(?P<line>\d+)(?::(?P<col>\d+))?(?:-(?P<end>\d+)(?::(?P<endcol>\d+))?)?\Z", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Done:
    """A step that was tried: its id, what it did, and the trees before and after it."""

    id: str
    change: Refactored
    before: AnyTree
    after: AnyTree


def is_place(text: str) -> bool:
    """Tell whether a text names lines or columns of a file rather than a symbol."""
    return _PLACE.match(text) is not None


def as_of_now(place: str, steps: Sequence[Done]) -> str:
    """Return a position or range of the beginning as it is after these steps; any other text as it is.

    Raises UsageError where a step has changed the text that stands there."""
    found = _PLACE.match(place)
    if found is None or not steps or found["path"] not in steps[0].before.paths:
        return place
    path = found["path"]
    for step in steps:
        if path in step.change.proposal.patch.touched:
            place = _carried(place, step)
            path = place.partition(":")[0]
    return place


def _carried(place: str, step: Done) -> str:
    found = _PLACE.match(place)
    assert found is not None
    path, lines, point = found["path"], found["col"] is None, found["end"] is None
    source = step.before.read(path)
    start = offset_of(source, int(found["line"]), int(found["col"] or 1))
    last, column = int(found["end"] or found["line"]), int(found["endcol"] or 1)
    end = (offset_of(source, last + 1, 1) or len(source)) if lines else offset_of(source, last, column)
    if start is None or end is None or (lines and point):
        return place  # the operation says what is wrong with it
    home, begin = _new(path, start, start + 1 if point else end, step)
    written = step.after.read(home)
    if not point and written[begin : begin + end - start] != source[start:end]:
        raise _changed(place, step)
    first = place_of(home, written, begin, begin)
    if point:
        return f"{home}:{first.line}:{first.column}"
    close = place_of(home, written, begin + end - start, begin + end - start)
    if lines:
        return f"{home}:{first.line}-{first.line + last - int(found['line'])}"
    return f"{home}:{first.line}:{first.column}-{close.line}:{close.column}"


def _new(path: str, start: int, end: int, step: Done) -> tuple[str, int]:
    proposal = step.change.proposal
    for one in proposal.carried:
        if one.path == path and one.start <= start and end <= one.end:
            return one.new_path, one.new_start + start - one.start
    shift = Shift(proposal.patch.edits_of(path))
    begin = shift.new(start)
    if begin is None:
        begin = shift.start_of(start)
    if begin is None or path in proposal.patch.deletes:
        raise _changed(f"{path}", step)
    return proposal.patch.moves.get(path, path), begin


def _changed(place: str, step: Done) -> UsageError:
    return UsageError(
        f"the step {step.id} changes the text at {place}",
        "name a symbol instead, or put this step before that one",
    )
