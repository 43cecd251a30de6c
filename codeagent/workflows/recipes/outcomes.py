"""What runs of plans that follow a recipe come to: kept within its limit, and remembered of it."""

import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from codeagent.domain.counting import counted
from codeagent.domain.errors import CodeAgentError, Refused
from codeagent.domain.plan import Plan
from codeagent.domain.recipe import Track
from codeagent.domain.run import Record
from codeagent.workflows.recipes.store import Kept, note, recipes
from codeagent.workspace.eventlog import EventLog

ORIGIN: Final = "recipe:"  # in the origin of a plan: then the name of the recipe that it follows
_FOLLOWED: Final = re.compile(rf"(?:^|\s){ORIGIN}([a-z0-9-]+)")
_GATES: Final = 1  # the exit code of a gate that says no


def recipe_behind(root: Path, plan: Plan) -> Kept | None:
    """Return the recipe that a plan follows, by its origin; None for none, or one that is gone."""
    said = _FOLLOWED.search(plan.origin)
    if said is None:
        return None
    return next((one for one in recipes(root) if one.name == said[1] and one.recipe is not None), None)


def check_reach(root: Path, plan: Plan, files: Collection[str]) -> None:
    """Raise Refused where a plan that follows a recipe would write more files than the recipe allows."""
    kept = recipe_behind(root, plan)
    most = kept.recipe.most_files if kept is not None and kept.recipe is not None else 0
    if kept is not None and most and len(files) > most:
        raise Refused(
            f"the plan writes {counted(len(files), 'file')}; its recipe {kept.name} allows {most}",
            "split the plan, or take the recipe out of its origin; nothing was written",
        )


def note_outcome(root: Path, plan: Plan, run: str, *, held: bool) -> Track | None:
    """Remember of the recipe that a plan follows how a run of it ended; its track, None where there is nothing to."""
    kept = recipe_behind(root, plan)
    if kept is None or kept.recipe is None:
        return None
    with suppress(Refused):  # the run itself is on record
        return note(kept.recipe, run, held)
    return None


@contextmanager
def watched(root: Path, plan: Plan, log: EventLog) -> Iterator[None]:
    """Count it against the recipe of a plan when a gate says no; one that is broken says nothing of the recipe."""
    try:
        yield
    except CodeAgentError as error:
        if error.exit_code == _GATES and any(_says_no(record) for record in log.records):
            note_outcome(root, plan, log.id, held=False)
        raise


def _says_no(record: Record) -> bool:
    return record.kind == "gate.finished" and record.body["result"]["status"] == "failed"
