"""From a run that held to a recipe: what it was about becomes parameters, what it did stays."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import msgspec

from codeagent.domain.errors import Refused, UsageError
from codeagent.domain.plan import Blast, Plan, Step
from codeagent.domain.recipe import Reach, Recipe, Track, Trigger
from codeagent.domain.run import Record
from codeagent.languages import for_path
from codeagent.plans.filling import with_texts
from codeagent.plans.recipes import NAME, digest_of
from codeagent.retrieval.words import words
from codeagent.workflows.recipes.subjects import Subjects

_SPARE: Final = 2  # files that another run may touch beyond those that this one did
_WORDS: Final = 12  # of a trigger
_NO_WORD: Final = re.compile(r"\S*\{[^{}]*\}\S*|\S*[/:]\S*|\S+\.\w\S*")  # open places, paths, dotted names
_KIND: Final = re.compile(r"(.+)-[0-9a-f]{6,}\Z")  # of the id of an opportunity


def learned(run: str, records: Sequence[Record], name: str = "") -> Recipe:
    """Return the recipe of a run. Raises UsageError for a run without a plan, Refused for one that did not hold."""
    last = {record.kind: record for record in records}
    if "steps" not in (last["plan.made"].body if "plan.made" in last else {}):
        raise UsageError(f"run {run} carried out no plan", "codeagent runs lists them")
    plan = msgspec.convert(dict(last["plan.made"].body), Plan)
    steps = {str(one.body.get("step")): one.body for one in records if one.kind == "step.done"}
    _require_held(run, last, plan, steps)
    return recipe_of(plan, steps, run, name)


def _require_held(run: str, last: Mapping[str, Record], plan: Plan, steps: Mapping[str, Any]) -> None:
    why = ""
    finished = last.get("run.finished")
    if finished is None:
        why = "has not ended"
    elif finished.body.get("exit_code"):
        why = f"did not hold: {finished.body.get('exit_reason', '')}"
    elif not {"tree.written", "branch.made"} & last.keys():
        why = "wrote nothing"
    elif missing := [step.id for step in plan.steps if step.id not in steps]:
        why = f"left out the step {missing[0]}"
    if why:
        raise Refused(f"run {run} {why}", "only what passed its gates whole is kept")


def recipe_of(plan: Plan, done: Mapping[str, Mapping[str, Any]], run: str, name: str = "") -> Recipe:
    """Return the recipe of a plan whose steps ended as `done` says. Raises UsageError for a name that cannot be."""
    found = Subjects(plan)
    steps = tuple(_open(step, found) for step in plan.steps)
    written = {path for body in done.values() for path in body.get("files", ())}
    gates = {gate for body in done.values() for gate, status in body.get("gates", {}).items() if status == "passed"}
    goal = found.opened(plan.goal)
    chosen = name or _name(goal, steps)
    if not NAME.match(chosen) or len(chosen) > 64:
        raise UsageError(f"{chosen} is no name of a recipe", "small letters, digits and single hyphens, at most 64")
    recipe = Recipe(
        name=chosen,
        goal=goal,
        steps=steps,
        trigger=_trigger(plan, goal, written),
        parameters=found.told(steps, goal),
        gates=tuple(sorted(gates)),
        most_files=len(written) + _SPARE,
        reach=_reach(plan, written),
        track=Track(successes=1),
        origin=f"run {run}" + (f", planned by {plan.origin}" if plan.origin else ""),
    )
    return replace(recipe, digest=digest_of(recipe))


def _open(step: Step, found: Subjects) -> Step:
    """A step without what only one repository has; what is proven may reach any file, within the recipe's limit."""
    bare = replace(step, blast=Blast(), tests=(), tried=False, guarded=True, expected_cost=None)
    opened = with_texts(bare, found.opened)
    return replace(opened, scope=("**",)) if step.deterministic else opened


def _reach(plan: Plan, written: Iterable[str]) -> Reach:
    blasts = [step.blast for step in plan.steps]
    files, symbols, tests = (
        len({one for blast in blasts for one in getattr(blast, kind)}) for kind in ("files", "symbols", "tests")
    )
    return Reach(files, symbols, tests, len(set(written)))


def _trigger(plan: Plan, goal: str, written: Iterable[str]) -> Trigger:
    plain = _NO_WORD.sub(" ", goal)
    languages = {language.name for path in written if (language := for_path(path)) is not None}
    kind = _KIND.match(plan.origin)
    operations = " ".join(step.operation for step in plan.steps if step.deterministic)
    stems = tuple(dict.fromkeys([*words(plain), *words(operations)]))[:_WORDS]
    return Trigger(stems, kind[1] if kind else "", tuple(sorted(languages)))


def _name(goal: str, steps: Sequence[Step]) -> str:
    """A name of the words of the goal, without its subjects, or of the operations."""
    plain = re.findall(r"[a-z0-9]+", _NO_WORD.sub(" ", goal).lower())
    return "-".join(plain[:6]) or "-".join(dict.fromkeys(step.operation for step in steps))
