"""What every maker of steps is given: an opportunity, the graph, and a way to try a step and note why it fails."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from codeagent.domain.errors import CodeAgentError
from codeagent.domain.insight import Opportunity
from codeagent.domain.plan import REWRITE, Step
from codeagent.domain.report import Report
from codeagent.graph.deferred import deferred_graph
from codeagent.graph.graph import CodeGraph
from codeagent.workflows.planning.surroundings import Surroundings
from codeagent.workflows.planning.trying import Say, try_step

_LOOKING: Final = "look for what can be proven"


@dataclass(frozen=True, slots=True)
class Made:
    """Steps towards an opportunity; `summary` says what they bring. Without any, nothing can be done here."""

    steps: tuple[Step, ...]
    summary: str = ""


@dataclass(slots=True)
class Making:
    """One opportunity being turned into steps; `refusals` are what operations said, in order."""

    chance: Opportunity
    report: Report
    base: Surroundings
    say: Say
    refusals: list[str] = field(default_factory=list)
    tried: int = 0

    @property
    def graph(self) -> CodeGraph:
        """The graph that the plan begins on."""
        return self.base.graph

    def attempt(self, graph: CodeGraph, step: Step) -> CodeGraph | None:
        """Return the graph of what a step would make of `graph`; None where it is refused, which is noted."""
        self.say(_LOOKING, self.tried, self.tried + 1)
        self.tried += 1
        try:
            done = try_step(graph, step)
        except CodeAgentError as error:
            self.refusals.append(f"{step.operation}: {error.message}")
            return None
        finally:
            self.say(_LOOKING, self.tried, self.tried)
        return deferred_graph(graph, done.proposal.patch.apply(done.files))


def step_of(
    name: str, title: str, operation: str, arguments: Mapping[str, Any], why: str = "", after: tuple[str, ...] = ()
) -> Step:
    """Return a step whose reach, scope and risk are still to be found out."""
    return Step(name, title, operation, dict(arguments), after=after, why=why)


def rewrite_of(
    name: str, title: str, instructions: str, where: Mapping[str, list[str]], why: str = "", after: tuple[str, ...] = ()
) -> Step:
    """Return a step that a model writes; `where` holds symbols, files, creates, about."""
    arguments = {"instructions": instructions, **{key: value for key, value in where.items() if value}}
    return Step(name, title, REWRITE, arguments, after=after, why=why)
