"""Plans as a model hands them in: read leniently, tried strictly; what is wrong goes back to it, all at once."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from codeagent.agent.sloppy import values_in
from codeagent.domain.errors import CodeAgentError, UsageError
from codeagent.domain.plan import PLAN_VERSION, REWRITE, Plan, Step
from codeagent.domain.tokens import tokens_of
from codeagent.domain.tool import Effect, Tool, ToolResult
from codeagent.graph.graph import CodeGraph
from codeagent.plans.problems import InvalidPlan, Problem
from codeagent.plans.reading import read_plan
from codeagent.refactorings import OPERATIONS
from codeagent.tools.declaring import REQUIRED
from codeagent.workflows.planning.arguments import ACCEPT, argument_problems, fitted, takes
from codeagent.workflows.planning.checking import Checked, check
from codeagent.workflows.planning.guarding import with_guards
from codeagent.workflows.planning.predicting import Price
from codeagent.workflows.planning.ranking import signature
from codeagent.workflows.planning.surroundings import Surroundings
from codeagent.workflows.planning.trying import Say, try_step
from codeagent.workflows.recipes.outcomes import ORIGIN

SUBMIT: Final = "submit_plan"
Run = Callable[[Mapping[str, Any]], ToolResult]


@dataclass(slots=True)
class Inbox:
    """Where a model hands in `wanted` plans for a goal; those that hold are kept in `accepted`, in order.

    `ask` runs what needs the graph, wherever that may be asked."""

    goal: str
    origin: str
    ask: Callable[[Callable[[CodeGraph], ToolResult]], ToolResult]
    price: Price
    say: Say
    wanted: int = 1
    recipes: tuple[str, ...] = ()  # the names of those that were offered
    accepted: list[Checked] = field(default_factory=list)
    _known: Surroundings | None = None

    def tools(self) -> dict[str, Tool]:
        """The tools by which a model tries a step and hands in plans."""
        return {"try_step": self._trying(), SUBMIT: self._submitting()}

    def _trying(self) -> Tool:
        about = "Try a deterministic step on the tree as it is: what it would change, or why it is refused."
        step = {"operation": _OPERATION, "arguments": _ARGUMENTS}
        run = self._asking(lambda graph, given: _tried(graph, {**given, "scope": []}, self.goal))
        return Tool("try_step", Effect.READ, about, _object(step, ("operation", "arguments")), run)

    def _asking(self, answer: Callable[[CodeGraph, Mapping[str, Any]], ToolResult]) -> Run:
        return lambda given: self.ask(lambda graph: answer(graph, given))

    def _submitting(self) -> Tool:
        if self.wanted == 1:
            about = "Hand in the plan. It is tried; what is wrong with it comes back as an error to correct."
            return Tool(
                SUBMIT, Effect.READ, about, _PLAN, self._asking(lambda graph, given: self._take(graph, [given]))
            )
        about = (
            f"Hand in {self.wanted} plans that differ in operations or in what these are done to. Each is tried; what "
            "is wrong comes back as an error. Plans that were accepted are kept: hand in only those that are missing."
        )
        many = _object({"plans": {"type": "array", "items": _PLAN, "minItems": 1}}, ("plans",))
        run = self._asking(lambda graph, given: self._take(graph, _listed(given.get("plans"))))
        return Tool(SUBMIT, Effect.READ, about, many, run)

    def _take(self, graph: CodeGraph, plans: Sequence[Any]) -> ToolResult:
        """Keep what holds. Raises UsageError that tells what is wrong, and what is missing."""
        wrong = []
        for number, given in enumerate(plans, 1):
            head = f"plan {number}: " if self.wanted > 1 else ""
            try:
                self._accept(graph, given)
            except InvalidPlan as error:
                wrong += [f"{head}{problem}" for problem in error.problems]
            except UsageError as error:
                wrong.append(f"{head}{error.message}")
        missing = self.wanted - len(self.accepted)
        if missing <= 0:
            return ToolResult(f"{len(self.accepted)} accepted", {"plans": len(self.accepted)})
        kept = f"accepted so far: {len(self.accepted)} of {self.wanted}; " if self.wanted > 1 else ""
        listed = "\n".join(f"- {one}" for one in wrong) or "- there is no plan in it"
        again = (
            f"hand in the {missing} that are missing" if self.wanted > 1 else "correct all of it and hand it in again"
        )
        raise UsageError(f"{kept}not accepted:\n{listed}", again)

    def _accept(self, graph: CodeGraph, given: Any) -> None:
        plan = _plan_of(given, self.goal, self._origin(given))
        base = self._known = self._known if self._known and self._known.graph is graph else Surroundings(graph)
        if not any(problem for step in plan.steps for problem in argument_problems(step)):
            plan = with_guards(plan, base)
        found = check(base, plan, price=self.price, say=self.say, as_read=True)
        found.proven()
        if any(signature(found.plan) == signature(one.plan) for one in self.accepted):
            raise UsageError("the same operations on the same targets as a plan that was accepted: take another way")
        if len(self.accepted) < self.wanted:
            self.accepted.append(found)

    def _origin(self, given: Any) -> str:
        """Who made a plan, and the recipe that it follows, if that was offered."""
        found = _decoded(given)
        name = found.get("recipe") if isinstance(found, dict) else None
        return f"{self.origin} {ORIGIN}{name}" if name in self.recipes else self.origin


def spoken(text: str) -> str:
    """Return the arguments of `SUBMIT` where a text holds a plan, or several, as JSON; empty where it is words."""
    for _, _, value in values_in(text):
        if isinstance(value, dict) and any(isinstance(value.get(key), list) for key in ("steps", "plans")):
            return json.dumps(value)
    return ""


def _tried(graph: CodeGraph, given: Mapping[str, Any], goal: str) -> ToolResult:
    step = _plan_of({"steps": [given]}, goal, "").steps[0]
    if problems := list(argument_problems(step)):
        raise UsageError("; ".join(one.text for one in problems))
    if not step.deterministic:
        raise UsageError("a rewrite cannot be tried: a model writes it later", "try an operation")
    try:
        done = try_step(graph, step)
    except CodeAgentError as error:
        return ToolResult(f"refused: {error.message}\nhint: {error.hint}", refused=True)
    return ToolResult(f"proven; it would write {', '.join(done.proposal.patch.touched)}\n{done.diff}")


def _plan_of(given: Any, goal: str, origin: str) -> Plan:
    """Read what a model wrote; ids and titles that are missing are made up. Raises InvalidPlan or UsageError."""
    given = _decoded(given)
    if not isinstance(given, dict):
        raise UsageError(f"a plan is an object with steps, not {type(given).__name__}")
    steps = _listed(given.get("steps"))
    tables = [_step_of(one, number) for number, one in enumerate(steps, 1)]
    known = {"summary": str(given.get("summary") or "")}
    text = json.dumps({"version": PLAN_VERSION, "goal": goal, **known, "steps": tables})
    try:
        return replace(read_plan(text.encode()), origin=origin)
    except InvalidPlan as error:  # what is wrong with arguments is told in the same breath
        raise InvalidPlan("plan", [*error.problems, *_more_problems(tables)]) from error


def _more_problems(tables: Sequence[Any]) -> Iterator[Problem]:
    for one in tables:
        if isinstance(one, dict) and isinstance(one["arguments"], dict):
            yield from argument_problems(Step(str(one["id"]), "", str(one.get("operation")), one["arguments"]))


def _step_of(given: Any, number: int) -> Any:
    given = _decoded(given)
    if not isinstance(given, dict):
        return given
    found = {name: value for name, value in given.items() if value is not None}
    arguments = _decoded(found.get("arguments") or {})
    if isinstance(arguments, dict):
        arguments = fitted(str(found.get("operation")), {name: _decoded(value) for name, value in arguments.items()})
    found["arguments"] = arguments
    found.setdefault("id", f"step-{number}")
    found.setdefault("title", str(found.get("operation", "")) or "step")
    found.setdefault("scope", [])
    return found


def _listed(value: Any) -> list[Any]:
    value = _decoded(value)
    return value if isinstance(value, list) else [] if value is None else [value]


def _decoded(value: Any) -> Any:
    """JSON within JSON, as some models write it."""
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


# --- what the tools take


def _object(properties: Mapping[str, Any], required: Sequence[str]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(required),
        "additionalProperties": False,
    }


_TEXT: Final = {"type": "string"}
_TEXTS: Final = {"type": "array", "items": _TEXT}
_OPERATION: Final = {"type": "string", "enum": [*OPERATIONS, REWRITE]}
_ARGUMENTS: Final = {"type": "object", "description": "What the operation takes, as listed."}
_STEP: Final = _object(
    {
        "id": {**_TEXT, "description": "A short name: small letters, digits, dashes."},
        "title": {**_TEXT, "description": "What it does, in one line."},
        "operation": _OPERATION,
        "arguments": _ARGUMENTS,
        "why": {**_TEXT, "description": "What it is good for."},
        "after": {**_TEXTS, "description": "Ids of steps that must hold first."},
        "preconditions": {**_TEXTS, "description": "What must be so before it, in words."},
        "scope": {**_TEXTS, "description": "The only paths it may touch; left out: those that it is found to touch."},
        "otherwise": {
            "type": "string",
            "enum": ["stop", "smaller", "other-model", "skip"],
            "description": "What to do where the gates do not let it through; stop if left out.",
        },
    },
    ("id", "title", "operation", "arguments", "why"),
)
_PLAN: Final = _object(
    {
        "summary": {**_TEXT, "description": "How the steps reach the goal."},
        "recipe": {**_TEXT, "description": "The name of the recipe that it follows, if one was offered and fits."},
        "steps": {"type": "array", "items": _STEP, "minItems": 1},
    },
    ("summary", "steps"),
)


def operation_words(tokens: int) -> str:
    """Return, for each operation, what it takes and what it is for; only what it is for and must have, where the rest
    takes more than so many tokens."""
    about = {name: entry.summary for name, entry in OPERATIONS.items()}
    about[REWRITE] = "A model writes the edit. Only where no operation does it."
    whole = "\n".join(line for name, summary in about.items() for line in _told(name, summary))
    return whole if tokens_of(whole) <= tokens else "\n".join(map(_in_brief, about, about.values()))


def _in_brief(name: str, summary: str) -> str:
    known = (one for one in takes(name) if one.name != ACCEPT)
    return f"- {name}({', '.join(one.name if one.default is REQUIRED else f'{one.name}?' for one in known)}): {summary}"


def _told(name: str, summary: str) -> Iterator[str]:
    yield f"- {name}: {summary}"
    for one in takes(name):
        kind = {bool: "true or false", str: "text"}.get(one.kind, "list")
        must = kind if one.default is REQUIRED else f"{kind}, optional"
        if one.name != ACCEPT:
            yield f"    {one.name} ({must}): {one.about}"
