"""A dry run of a plan: each deterministic step proposed and proven on the result of those before, all in memory."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from codeagent.domain.errors import CodeAgentError, UsageError
from codeagent.domain.plan import Plan, Step
from codeagent.graph.graph import CodeGraph
from codeagent.graph.proposed import proposed_graph
from codeagent.plans.order import before, in_order
from codeagent.workflows.planning.arguments import call_of
from codeagent.workflows.planning.renames import Renames
from codeagent.workflows.refactor import Refactored, refactor
from codeagent.workspace.ignoring import Rules

_TARGETS: Final = ("target", "targets", "symbols", "files", "about", "where", "into")

Say = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Trial:
    """One step tried. `step` has its arguments as they hold then; `graph` is what it begins on.

    `done` is the proven change of a deterministic step, `error` why there is none; `waits_for` names the rewrite
    whose outcome nobody knows yet and which it may build on."""

    step: Step
    graph: CodeGraph
    renames: Renames  # of the steps before
    done: Refactored | None = None
    error: CodeAgentError | None = None
    waits_for: str = ""


def try_step(graph: CodeGraph, step: Step) -> Refactored:
    """Propose and prove one deterministic step; errors as `refactor`."""
    arguments, accept = call_of(step)
    return refactor(graph, step.operation, arguments, accept_unresolved=accept)


def try_steps(graph: CodeGraph, plan: Plan, say: Say | None = None) -> Iterator[Trial]:
    """Try the steps of a plan in order; arguments must fit their operations. Nothing is written."""
    renames, unknown = Renames(), dict[str, Step]()
    for number, step in enumerate(in_order(plan)):
        if say:
            say("try the steps", number, len(plan.steps))
        trial = _tried(graph, step, renames, {name: unknown[name] for name in before(plan, step) & unknown.keys()})
        yield replace(trial, waits_for=trial.waits_for or _meets(trial, unknown))
        if not step.deterministic:
            unknown[step.id] = step
        if trial.done is not None:
            patch = trial.done.proposal.patch
            graph = proposed_graph(graph, patch.apply(trial.done.files))
            renames = renames.adding(trial.done.proposal.renamed, patch.moves)


def _tried(graph: CodeGraph, step: Step, renames: Renames, unknown: Mapping[str, Step]) -> Trial:
    try:
        step = replace(step, arguments=_as_of_now(graph, step.arguments, renames))
        if not step.deterministic:
            return Trial(_named(graph, step), graph, renames)
        return Trial(step, graph, renames, try_step(graph, step))
    except CodeAgentError as error:
        if unknown:  # what is not there may yet be written
            return Trial(step, graph, renames, waits_for=next(iter(unknown)))
        return Trial(step, graph, renames, error=error)


def _meets(trial: Trial, unknown: Mapping[str, Step]) -> str:
    """The rewrite before it that may touch the same files."""
    if trial.done is None:
        return ""
    touched = trial.done.proposal.patch.touched
    return next((name for name, step in unknown.items() if any(in_scope(step, path) for path in touched)), "")


def in_scope(step: Step, path: str) -> bool:
    """Tell whether a step may touch a path."""
    return bool(Rules().adding("", "\n".join(step.scope).encode("utf-8", "surrogateescape")).verdict(path))


# --- names as they are when the step begins


def _as_of_now(graph: CodeGraph, arguments: Mapping[str, Any], renames: Renames) -> dict[str, Any]:
    """The arguments with what former steps call otherwise told by its new name."""
    found = dict(arguments)
    for name in _TARGETS:
        value = found.get(name)
        if isinstance(value, str):
            found[name] = _called_now(graph, value, renames)
        elif isinstance(value, list):
            found[name] = [_called_now(graph, one, renames) for one in value]
    return found


def _called_now(graph: CodeGraph, name: str, renames: Renames) -> str:
    now = renames.now(name)
    if now == name or _is_there(graph, name) or not _is_there(graph, now):
        return name
    return now


def _is_there(graph: CodeGraph, name: str) -> bool:
    if name in graph.paths or any(path.startswith(f"{name.rstrip('/')}/") for path in graph.paths):
        return True
    try:
        graph.symbol(name)
    except UsageError:
        return False
    return True


def _named(graph: CodeGraph, step: Step) -> Step:
    """A rewrite with its symbols told by their ids; UsageError where something is not there, or there already."""
    arguments = dict(step.arguments)
    for name in ("symbols", "about"):
        if arguments.get(name):
            arguments[name] = [graph.symbol(one).id for one in arguments[name]]
    for path in arguments.get("files") or ():
        if path not in graph.paths:
            raise UsageError(f"there is no file {path}", 'a file that is to be made goes into "creates"')
    for path in arguments.get("creates") or ():
        if path in graph.paths:
            raise UsageError(f"{path} is there already", 'a file that is to be edited goes into "files"')
    return replace(step, arguments=arguments)
