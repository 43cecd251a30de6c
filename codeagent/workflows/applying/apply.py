"""Carrying out a plan: begin or go on with a run, do its steps in a tree nobody sees, and write what holds."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal

import msgspec

from codeagent.agent.budget import Meter
from codeagent.agent.crew import Crew
from codeagent.config import Config
from codeagent.domain.errors import GateFailed, UsageError
from codeagent.domain.events import Asking, Event, Notice, Recorded
from codeagent.domain.plan import Plan
from codeagent.domain.run import Budget
from codeagent.graph.graph import CodeGraph
from codeagent.graph.update import open_graph
from codeagent.workflows.applying.judging import judge_whole, remedy, why
from codeagent.workflows.applying.landing import land, prepare
from codeagent.workflows.applying.options import Options, chosen
from codeagent.workflows.applying.run import Asked, Choose, Run
from codeagent.workflows.applying.runlog import SENDER, RunLog, Whole
from codeagent.workflows.applying.starting import check_fresh, check_tools, digests_of, measure, moved_on, refuse_moved
from codeagent.workflows.applying.tree import Tree, as_patch, joined
from codeagent.workflows.applying.waves import waves
from codeagent.workflows.applying.working import work
from codeagent.workflows.ending import ending
from codeagent.workflows.recipes.outcomes import check_reach, note_outcome, watched
from codeagent.workspace.control import Control, Word
from codeagent.workspace.eventlog import EventLog, prune_logs, start_log
from codeagent.workspace.git import enclosing
from codeagent.workspace.refs import head

Emit = Callable[[Event], None]
Answer = Literal["all", "nothing", "steps"]
Confirm = Callable[[str], Answer]  # shown the diff; what is to be written of it


@dataclass(frozen=True, slots=True)
class Applied:
    """How a run ended that did not fail. `diff`: what its steps make together."""

    run: str
    diff: str
    written: bool
    dry: bool = False


@dataclass(frozen=True, slots=True)
class Means:
    """What a run is carried out with. `confirm` is shown the diff and says what to write of it, `choose` is asked of
    each step where that is "steps"; `meter` counts what is used and knows when to stop."""

    config: Config
    meter: Meter
    emit: Emit
    confirm: Confirm
    choose: Choose
    crew: Crew | None = None  # None: no step asks a model
    per_step: Budget | None = None


def apply(root: Path, plan: Plan, options: Options, means: Means) -> Applied:
    """Carry out a plan from its beginning.

    Raises Stale where the plan was made for other files, Refused where a step cannot be done, GateFailed where one
    does not hold: then nothing was written."""
    steps = chosen(plan, options)
    if not options.rebase:
        check_fresh(root, plan, steps)
    graph = open_graph(root, None, means.emit, means.config)
    repository = enclosing(root)
    log = RunLog(start_log(root))
    for old in prune_logs(root):
        means.emit(Notice(f"forgot run {old}, the oldest: it can no longer be resumed"))
    started = {"command": "apply", "goal": plan.goal, "root": str(root), "options": asdict(options)}
    started |= {"models": means.crew.names(), "asked": means.crew.asked} if means.crew else {"models": {}}
    revision = head(repository) if repository else None
    log.begin(plan, {**started, "revision": revision or ""}, digests_of(graph))
    return _carried(graph, log, means)


def resume(root: Path, events: EventLog, means: Means, *, yes: bool) -> Applied:
    """Go on with a run where it was left; as `apply`, and Stale where files changed since it began."""
    graph = open_graph(root, None, means.emit, means.config)
    log = RunLog(events)
    started = log.last("run.started")
    if started is None or "plan" not in started:
        raise UsageError(f"run {events.id} carries out no plan", "codeagent runs lists them")
    whole = log.whole()
    before = msgspec.json.decode(log.kept.get(started["tree"]), type=dict[str, str])
    refuse_moved(moved_on(graph, before, whole.made.contents if whole else {}), events.id)
    log.say("run.resumed", {"yes": yes})
    return _carried(graph, log, means)


def asks_model(events: EventLog) -> bool:
    """Whether a run has a step left that a model writes."""
    log = RunLog(events)
    started = log.last("run.started") or {}
    plan = log.plan()
    if plan is None or log.whole() is not None:
        return False
    options = msgspec.convert(started["options"], Options)
    steps = chosen(plan, options)
    return not options.dry_run and any(not step.deterministic and log.done(step.id) is None for step in steps)


def _carried(graph: CodeGraph, log: RunLog, means: Means) -> Applied:
    started = log.last("run.started") or {}
    options = msgspec.convert(started["options"], Options)
    if any(one.kind == "run.resumed" and one.body["yes"] for one in log.events.records):
        options = replace(options, yes=True)
    plan = log.plan()
    assert plan is not None, "a run begins with its plan"
    log.events.listen(lambda record: means.emit(Recorded(record)))
    control = Control(log.events.folder, partial(_heard, log))
    crew = means.crew.on(log.events) if means.crew else None
    check = partial(control.heed, means.meter.check)
    asked = Asked(crew, means.per_step)
    run = Run(graph.root, means.config, plan, chosen(plan, options), options, log, means.emit, check, asked)
    with ending(log.events, means.meter, SENDER), watched(graph.root, plan, log.events):
        prepare(run)
        whole, write = _decided(run, graph, means)
        check_reach(graph.root, plan, whole.made.contents)
        if write:
            land(run, whole, str(started["revision"]))
            note_outcome(graph.root, plan, log.events.id, held=True)
        return Applied(log.events.id, whole.diff, write, options.dry_run)


def _heard(log: RunLog, word: Word) -> None:
    log.say("control", {"word": word})


def _decided(run: Run, graph: CodeGraph, means: Means) -> tuple[Whole, bool]:
    """Return what the steps make together, and whether to write it: said beforehand, or asked, of all or of each step;
    what was said is on record."""
    choosing = replace(run, choose=means.choose, options=replace(run.options, workers=1))
    whole = run.log.whole() or _all_steps(choosing if run.log.chosen else run, graph)
    if run.options.dry_run or not whole.diff:
        return whole, False
    if run.log.last("decision", what="write") is not None:
        return whole, True
    beforehand = run.options.yes or run.options.branch
    run.emit(Asking())
    answer = "all" if beforehand or run.log.chosen else means.confirm(whole.diff)
    run.emit(Asking(over=True))
    if answer == "steps":
        run.log.say("decision", {"what": "steps", "by": "user"})
        whole = _all_steps(choosing, graph)
    if answer == "nothing" or not whole.diff:
        return whole, False
    run.log.say("decision", {"what": "write", "by": "option" if beforehand else "user"})
    return whole, True


def _all_steps(run: Run, graph: CodeGraph) -> Whole:
    """Carry out every step; return what they make together, on record. Raises Refused, GateFailed."""
    start = tree = Tree(run.root, run.config, graph, {})
    check_tools(run, tree)
    measure(run, tree)
    groups = waves(run.plan, run.steps, graph.paths)
    for wave in groups:
        run.check()
        tree = work(run, tree, wave)
    made = joined(found for step in run.steps if (found := run.log.done(step.id)) is not None)
    verdict = judge_whole(run, start, made, alone=all(len(wave) == 1 for wave in groups))
    if verdict is not None and not verdict.ok:
        raise GateFailed(f"all steps together do not pass: {why(verdict)}", remedy(verdict))
    before = {path: start.read(path) for path in {*made.contents, *made.moves}}
    patch = as_patch(made, before, run.plan.goal)
    diff = patch.diff({path: data for path, data in before.items() if data is not None})
    run.log.conclude(Whole(made, before, diff))
    return Whole(made, before, diff)
