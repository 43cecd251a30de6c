"""`review`: a change in, what it means out; with no model and nothing of the repository run, unless asked."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from codeagent.config import Config
from codeagent.domain.finding import Severity
from codeagent.domain.quality import GateResult, Status, Verdict
from codeagent.domain.review import Remarks, Review
from codeagent.quality.gates.change import Change
from codeagent.quality.gates.gate import Gate
from codeagent.quality.reviewing.hunks import Difference
from codeagent.quality.reviewing.recognition import recognised
from codeagent.quality.reviewing.sides import Sides
from codeagent.quality.reviewing.surface import surface, surface_result
from codeagent.quality.reviewing.symbols import Changed
from codeagent.quality.reviewing.turned import fixed
from codeagent.workflows.gate import Request, change_of, gates_for, logged, waivers_for
from codeagent.workflows.reviewing.extraction import explain_extractions
from codeagent.workflows.reviewing.judging import chosen_gates, judged_for_review, without_known
from codeagent.workflows.reviewing.known import known_fingerprints
from codeagent.workflows.reviewing.people import past_of_repository, suggested
from codeagent.workflows.reviewing.reach import Reach
from codeagent.workflows.reviewing.remarks import RULE
from codeagent.workflows.reviewing.risk import Facts, hotspots, risk

Say = Callable[[str, int, int], None]
Remark = Callable[[Change, Difference, Review], Remarks]
_WORD = re.compile(r"[^\W\d]\w*")
_PHASES = ("reading both sides", "symbols and surface", "gates", "refactorings", "reach", "people")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a review is asked to do. `baseline` is an earlier result, whose findings count as existing."""

    request: Request
    baseline: Path | None = None


class _Phases:
    """Tells and times what is going on."""

    def __init__(self, say: Say | None) -> None:
        self._say = say
        self.seconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        if self._say:
            self._say(name, _PHASES.index(name), len(_PHASES))
        started = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - started, 3)

    def over(self) -> None:
        """Tell that all of them are done."""
        if self._say:
            self._say("", len(_PHASES), len(_PHASES))


def review(root: Path, asked: Asked, config: Config, say: Say | None = None, remark: Remark | None = None) -> Review:
    """Say what a change of the repository at `root` means; `remark` asks a model for what it would add.

    Raises UsageError for a change that cannot be read, NotPermitted where tests are asked for and not trusted."""
    return review_of(change_of(root, asked.request, config), asked, config, say, remark)


def review_of(
    change: Change, asked: Asked, config: Config, say: Say | None = None, remark: Remark | None = None
) -> Review:
    """Say what a change means that was read already; errors as `review`."""
    phase = _Phases(say)
    with phase("reading both sides"):
        gates, notes = gates_for(change, asked.request, config)
        sides = Sides(change)
        changed = Changed(sides)
        known = known_fingerprints(change, asked.baseline)
    with phase("symbols and surface"):
        symbols = tuple(changed.changes())
        public = surface(sides, changed, list(symbols))
    with phase("gates"):
        verdict = _verdict(change, asked, chosen_gates(gates, asked.request), config)
        verdict = replace(verdict, results=(*verdict.results, surface_result(public)))
        verdict = logged(change.root, replace(verdict, notes=(*verdict.notes, *config.notes, *notes)))
        verdict = without_known(verdict, known)
        repaired = fixed(change, gates)
    with phase("refactorings"):
        difference = recognised(sides, _said_in_errors(verdict))
        explain_extractions(sides, difference)
        explained = difference.explained()
    with phase("reach"):
        reach = Reach(change)
        impact, untested = reach.impact(symbols, explained), reach.untested(symbols)
    with phase("people"):
        history = past_of_repository(change)
        people = suggested(change, asked.request, history)
    phase.over()
    facts = Facts(symbols, public, impact, untested, explained, verdict, hotspots(history, symbols))
    told = Review(
        base=change.base,
        head=_head(asked.request),
        files=len(change.files),
        added=sum(last - first + 1 for file in change.files for first, last in file.new_lines),
        deleted=sum(last - first + 1 for file in change.files for first, last in file.old_lines),
        symbols=symbols,
        surface=public,
        impact=impact,
        untested=untested,
        explained=explained,
        verdict=verdict,
        fixed=repaired,
        risk=risk(facts),
        reviewers=people,
        seconds=phase.seconds,
    )
    return _with_remarks(told, remark(change, difference, told), known) if remark else told


def _with_remarks(told: Review, remarks: Remarks, known: frozenset[str]) -> Review:
    """The review with what a model added: findings like any other, which a baseline may know."""
    result = GateResult(RULE, Status.PASSED, remarks.kept)
    notes = (*told.verdict.notes, *_dropped(remarks))
    verdict = replace(told.verdict, results=(*told.verdict.results, result), notes=notes)
    return replace(told, verdict=without_known(verdict, known), remarks=remarks)


def _dropped(remarks: Remarks) -> Iterator[str]:
    """How many remarks did not hold, so that silence is told from an answer that nothing could be made of."""
    if remarks.dropped:
        why = ", ".join(f"{reason}: {count}" for reason, count in remarks.dropped.items())
        yield f"of what the model said {len(remarks.kept)} kept, {sum(remarks.dropped.values())} dropped ({why})"


def _said_in_errors(verdict: Verdict) -> frozenset[str]:
    """The words of new errors."""
    errors = (one for result in verdict.results for one in result.findings if one.severity is Severity.ERROR)
    return frozenset(word for one in errors for word in _WORD.findall(one.message))


def _verdict(change: Change, asked: Asked, gates: dict[str, Gate], config: Config) -> Verdict:
    return judged_for_review(change, gates, waivers_for(change, asked.request, config), None)


def _head(request: Request) -> str:
    """What is compared with the base, in words."""
    if request.patch is not None:
        return "the patch"
    if request.staged:
        return "the index"
    if request.base is not None and ".." in request.base:
        return request.base.rpartition("..")[2].lstrip(".") or "HEAD"
    return "the files on disk"
