"""A dry run of a plan: each deterministic step proposed and proven on the result of those before, all in memory."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from codeagent.domain.errors import CodeAgentError, UsageError
from codeagent.domain.plan import Plan, Step
from codeagent.graph.deferred import deferred_graph
from codeagent.graph.graph import CodeGraph
from codeagent.plans.order import before, in_order
from codeagent.workflows.planning.arguments import call_of
from codeagent.workflows.planning.positions import Done, as_of_now, is_place
from codeagent.workflows.planning.renames import Renames
from codeagent.workflows.refactor import Refactored, refactor
from codeagent.workspace.ignoring import Rules

_SYMBOLS: Final = ("target", "targets", "symbols", "about")
_TARGETS: Final = (*_SYMBOLS, "files", "where", "into")

Say = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Trial:
    """One step tried. `step` has its arguments as they hold then; `graph` is what it begins on.

    `done` is the proven change of a deterministic step, `error` why there is none, `after` what it ends on;
    `waits_for` names the rewrite whose outcome nobody knows yet and which it may build on."""

    step: Step
    graph: CodeGraph
    after: CodeGraph
    renames: Renames  # of the steps before
    done: Refactored | None = None
    error: CodeAgentError | None = None
    waits_for: str = ""


def try_step(graph: CodeGraph, step: Step) -> Refactored:
    """Propose and prove one deterministic step; errors as `refactor`."""
    arguments, accept = call_of(step)
    return refactor(graph, step.operation, arguments, accept_unresolved=accept)


def try_steps(graph: CodeGraph, plan: Plan, say: Say | None = None, *, as_read: bool = False) -> Iterator[Trial]:
    """Try the steps of a plan in order; arguments must fit their operations. Nothing is written.

    `as_read`: lines and columns in arguments are those of the files as they are, not as they will be then."""
    run = _Run(graph)
    for number, step in enumerate(in_order(plan)):
        if say:
            say("try the steps", number, len(plan.steps))
        yield run.tried(step, before(plan, step), as_read)
    if say:
        say("try the steps", len(plan.steps), len(plan.steps))


class _Run:
    """What the steps so far have come to."""

    def __init__(self, graph: CodeGraph) -> None:
        self._graph, self._renames = graph, Renames()
        self._unknown: dict[str, Step] = {}  # rewrites, by id
        self._done: list[Done] = []

    def tried(self, step: Step, waits: frozenset[str], as_read: bool) -> Trial:
        """Try one step, which waits for these others, and go on from its result."""
        trial = self._try(step, as_read)
        unknown = {name: one for name, one in self._unknown.items() if name in waits}
        if trial.error is not None and unknown:  # what is not there may yet be written
            trial = replace(trial, error=None, waits_for=next(iter(unknown)))
        if not step.deterministic:
            self._unknown[step.id] = step
        done = trial.done
        if done is None:
            return trial
        proposal = done.proposal
        after = deferred_graph(self._graph, proposal.patch.apply(done.files))
        trial = replace(trial, after=after, waits_for=_meets(trial, self._unknown))
        self._done.append(Done(step.id, done, self._graph.tree, after.tree))
        self._graph, self._renames = after, self._renames.adding(proposal.renamed, proposal.patch.moves)
        return trial

    def _try(self, step: Step, as_read: bool) -> Trial:
        bare = Trial(step, self._graph, self._graph, self._renames)
        try:
            if as_read:
                step = replace(step, arguments=_each(step.arguments, lambda one: as_of_now(one, self._done)))
            now = _each(step.arguments, lambda one: _called_now(self._graph, one, self._renames))
            step = replace(step, arguments=_each(now, lambda one: _id_of(self._graph, one), _SYMBOLS))
            if not step.deterministic:
                return replace(bare, step=_named(self._graph, step))
            return replace(bare, step=step, done=try_step(self._graph, step))
        except CodeAgentError as error:
            return replace(bare, step=step, error=error)


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


def _each(
    arguments: Mapping[str, Any], change: Callable[[str], str], names: Iterable[str] = _TARGETS
) -> dict[str, Any]:
    """The arguments with what names places and symbols changed."""
    found = dict(arguments)
    for name in names:
        value = found.get(name)
        if isinstance(value, str):
            found[name] = change(value)
        elif isinstance(value, list):
            found[name] = [change(one) for one in value]
    return found


def _called_now(graph: CodeGraph, name: str, renames: Renames) -> str:
    now = renames.now(name)
    if now == name or _is_there(graph, name) or not _is_there(graph, now):
        return name
    return now


def _id_of(graph: CodeGraph, name: str) -> str:
    """The id of what is named by less than that; paths, places and what is not there stay as they are."""
    if is_place(name) or name in graph.paths or any(path.startswith(f"{name.rstrip('/')}/") for path in graph.paths):
        return name
    try:
        return graph.symbol(name).id
    except UsageError:
        return name


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
