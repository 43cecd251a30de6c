"""Which recipes fit a goal, and how they are told to whoever plans."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from codeagent.domain.recipe import Recipe
from codeagent.graph.graph import CodeGraph
from codeagent.plans.recipes import recipe_tables
from codeagent.plans.writing import as_text
from codeagent.retrieval.words import words
from codeagent.workflows.recipes.store import Kept, recipes

LEAST: Final = 0.5  # of the words of a trigger that a goal must have
OFFERED: Final = 3
_LEAD: Final = (
    "Recipes that held before. Where one fits, follow its steps with your own values for its places in braces, and "
    "name it as the `recipe` of the plan."
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


@dataclass(frozen=True, slots=True)
class Offer:
    """What a planner is told of recipes, and the names of those; empty for none."""

    words: str = ""
    names: tuple[str, ...] = ()


def offer(graph: CodeGraph, goal: str) -> Offer:
    """Return the recipes that fit a goal in the languages of a tree."""
    languages = {record.language for record in graph.files.values()}
    found = matching(graph.root, goal, languages=languages)
    return Offer(offered(found), tuple(one.recipe.name for one in found))
