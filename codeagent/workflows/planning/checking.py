"""From a plan that somebody wrote to one that was tried and completed, or to everything that is wrong with it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from codeagent.domain.errors import CodeAgentError
from codeagent.domain.events import Progress
from codeagent.domain.patch import hex_digest
from codeagent.domain.plan import Plan, Step
from codeagent.graph.graph import CodeGraph
from codeagent.plans.problems import InvalidPlan, Problem, located
from codeagent.plans.reading import load_located
from codeagent.project import Project
from codeagent.workflows.planning.arguments import argument_problems
from codeagent.workflows.planning.predicting import Price, predicted, unknown_price
from codeagent.workflows.planning.surroundings import Surroundings
from codeagent.workflows.planning.trying import Say, Trial, in_scope, try_steps


@dataclass(frozen=True, slots=True)
class Checked:
    """A plan with what the engine knows filled in, what is wrong with it, and the graph of what it would come to."""

    plan: Plan
    problems: tuple[Problem, ...]
    refused: bool  # all is in order but for what an operation will not do
    result: CodeGraph

    def proven(self, source: str = "plan", lines: Mapping[str, int] | None = None) -> Plan:
        """Return the plan; InvalidPlan where anything is wrong with it, exit code 4 where an operation refuses."""
        if self.problems:
            hint = "correct the plan; nothing was changed"
            error = InvalidPlan(source, located(self.problems, lines or {}), hint)
            if self.refused:
                error.exit_code = 4
            raise error
        return self.plan


def check(
    base: Surroundings, plan: Plan, *, price: Price = unknown_price, say: Say | None = None, as_read: bool = False
) -> Checked:
    """Try a plan on a graph, in memory, and fill in what the graph knows; `as_read`: see `try_steps`."""
    problems = [problem for step in plan.steps for problem in argument_problems(step)]
    if problems:
        return Checked(plan, tuple(problems), False, base.graph)
    steps, relied, refused, result = dict[str, Step](), set[str](), True, base.graph
    for trial in try_steps(base.graph, plan, say, as_read=as_read):
        step = steps[trial.step.id] = predicted(trial, base, price)
        problems += _problems(trial, step)
        relied |= _relied_on(trial, step)
        refused = refused and (trial.error is None or trial.error.exit_code == 4)
        result = trial.after
    whole = replace(
        plan,
        steps=tuple(steps[step.id] for step in plan.steps),
        base=base.graph.freshness.revision or "",
        files=digests(base.graph, relied),
    )
    return Checked(whole, tuple(problems), bool(problems) and refused, result)


def _problems(trial: Trial, step: Step) -> Iterator[Problem]:
    place = f"steps.{step.id}"
    if trial.error is not None:
        yield Problem(place, _words(trial.error))
    outside = [path for path in step.blast.files if not in_scope(step, path)]
    if outside and step.deterministic:
        yield Problem(f"{place}.scope", f"it touches {', '.join(outside[:5])}, which its scope does not allow")
    elif outside:
        yield Problem(f"{place}.scope", f"it is to edit {', '.join(outside[:5])}, which its scope does not allow")


def _words(error: CodeAgentError) -> str:
    return f"{error.message} ({error.hint})" if error.hint else error.message


def _relied_on(trial: Trial, step: Step) -> set[str]:
    """The paths, by their names in the beginning, of what a step reads in order to write."""
    paths = trial.done.files if trial.done is not None else step.blast.files
    return {trial.renames.once(path) for path in paths}


def digests(graph: CodeGraph, paths: Iterable[str]) -> dict[str, str]:
    """Return the digest of each path that is there, in order."""
    return {path: hex_digest(graph.tree.read(path)) for path in sorted(paths) if path in graph.paths}


def changed_since(graph: CodeGraph, plan: Plan) -> Mapping[str, str]:
    """Return the files that a plan relies on and that are not as they were: path to "changed" or "gone"."""
    now = digests(graph, plan.files)
    return {
        path: "changed" if path in now else "gone" for path, digest in plan.files.items() if now.get(path) != digest
    }


def renewed(project: Project, path: Path) -> tuple[Plan, Mapping[str, str]]:
    """Return the plan of a file, tried anew with what is known now, and the files that changed since it was made.

    Raises InvalidPlan."""
    plan, lines = load_located(path)
    base = Surroundings(project.graph)

    def say(stage: str, done: int, total: int) -> None:
        project.emit(Progress(stage, done, total))

    return check(base, plan, say=say).proven(str(path), lines), changed_since(base.graph, plan)
