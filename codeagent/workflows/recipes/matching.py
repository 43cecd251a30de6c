"""Which recipes fit a goal, and how they are told to whoever plans."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from codeagent.domain.errors import UsageError
from codeagent.domain.plan import Plan
from codeagent.domain.recipe import Recipe, Track
from codeagent.graph.graph import CodeGraph
from codeagent.plans.recipes import recipe_tables
from codeagent.plans.writing import as_text
from codeagent.retrieval.words import words
from codeagent.workflows.recipes.store import Kept, note, recipes

ORIGIN: Final = "recipe:"  # of a plan: then the name of the recipe
LEAST: Final = 0.5  # of the words of a trigger that a goal must have
OFFERED: Final = 3
_FOLLOWED: Final = re.compile(rf"(?:^|\s){ORIGIN}([a-z0-9-]+)")
_LEAD: Final = (
    "Recipes that held before. Where one fits, follow its steps with your own values for its places, and give "
    f"{ORIGIN}NAME as the origin of the plan."
)


@dataclass(frozen=True, slots=True)
class Match:
    """A recipe that fits a goal; `share` is the part of its trigger's words that the goal has, 0 to 1."""

    kept: Kept
    recipe: Recipe
    share: float


def matching(root: Path, goal: str, *, opportunity: str = "", languages: Collection[str] = ()) -> tuple[Match, ...]:
    """Return the recipes that may be offered for a goal, or for a kind of opportunity, the best first.

    `languages` are those of the files at hand, none: any. Quarantined, demoted and broken ones are left out."""
    said = set(words(goal))
    found = []
    for kept in recipes(root):
        if kept.status == "ready" and kept.recipe is not None:
            share = _share(kept.recipe, said, opportunity, languages)
            if share >= LEAST:
                found.append(Match(kept, kept.recipe, share))
    found.sort(key=lambda one: (-one.share, one.kept.track.failures - one.kept.track.successes, one.recipe.name))
    return tuple(found[:OFFERED])


def _share(recipe: Recipe, said: set[str], opportunity: str, languages: Collection[str]) -> float:
    trigger = recipe.trigger
    if languages and trigger.languages and not set(languages) & set(trigger.languages):
        return 0.0
    if opportunity and trigger.opportunity == opportunity:
        return 1.0
    met = sum(any(_alike(word, one) for one in said) for word in trigger.words)
    return met / len(trigger.words) if trigger.words else 0.0


def _alike(first: str, second: str) -> bool:
    """Whether two stems are of one word: `move` and `mov`."""
    short, long = sorted((first, second), key=len)
    return first == second or (len(short) > 2 and long.startswith(short) and len(long) - len(short) <= 2)


def offered(matches: Sequence[Match]) -> str:
    """Return what a planner is told of recipes; "" for none."""
    if not matches:
        return ""
    told = [_LEAD]
    for match in matches:
        tables = recipe_tables(match.recipe)
        shown = {key: tables[key] for key in ("name", "goal", "parameters", "steps", "gates", "most_files")}
        told.append(f"{as_text(shown)}held: {match.kept.track.successes} times, not: {match.kept.track.failures}")
    return "\n\n".join(told)


def recipe_behind(root: Path, plan: Plan) -> Kept | None:
    """Return the recipe that a plan follows, by its origin; None for none, or one that is gone."""
    said = _FOLLOWED.search(plan.origin)
    return next((one for one in recipes(root) if said and one.name == said[1] and one.recipe is not None), None)


def note_outcome(root: Path, plan: Plan, held: bool) -> Track | None:
    """Remember of the recipe that a plan follows whether a run of it passed its gates; its track, None for none."""
    kept = recipe_behind(root, plan)
    return None if kept is None or kept.recipe is None else note(kept.recipe, held)


def check_reach(root: Path, plan: Plan, files: Collection[str]) -> None:
    """Raise UsageError where a plan that follows a recipe would write more files than the recipe allows."""
    kept = recipe_behind(root, plan)
    most = kept.recipe.most_files if kept is not None and kept.recipe is not None else 0
    if kept is not None and most and len(files) > most:
        raise UsageError(
            f"the plan writes {len(files)} files; its recipe {kept.name} allows {most}",
            "split the plan, or let it follow no recipe",
        )


def words_on_recipes(graph: CodeGraph, goal: str) -> str:
    """Return what a planner is told of the recipes that fit a goal in the languages of a tree; "" for none."""
    languages = {record.language for record in graph.files.values()}
    return offered(matching(graph.root, goal, languages=languages))
