"""`codeagent review --model`: the review, with a model's remarks asked for at its end, on record as a run."""

from pathlib import Path
from typing import Final

from codeagent.config import Config
from codeagent.domain.errors import BudgetSpent, Interrupted
from codeagent.domain.events import Progress
from codeagent.domain.review import Review
from codeagent.interfaces.asking import asking
from codeagent.interfaces.terminal import Terminal
from codeagent.interfaces.wishes import Wish
from codeagent.workflows.asking.desk import Desk
from codeagent.workflows.asking.exploring import Party
from codeagent.workflows.asking.running import run_of
from codeagent.workflows.review import Asked, review
from codeagent.workflows.reviewing.asking import remarks

_AGAIN: Final = "review it again, or leave --model out: everything but a model's remarks needs none"


def review_with_model(root: Path, asked: Asked, config: Config, terminal: Terminal, wish: Wish, most: int) -> Review:
    """Review a change, with at most `most` remarks of a model. Raises ModelError, BudgetSpent, and as `review`."""
    try:
        return _reviewed(root, asked, config, terminal, wish, most)
    except (BudgetSpent, Interrupted) as stop:
        raise type(stop)(stop.message, _AGAIN) from stop


def _reviewed(root: Path, asked: Asked, config: Config, terminal: Terminal, wish: Wish, most: int) -> Review:
    with (
        asking(terminal, config, root, wish) as crew,
        Desk(root, config, crew.emit) as desk,
        run_of(root, crew.crew, {"command": "review"}) as log,
    ):
        party = Party(desk, crew.crew.on(log), log, crew.emit)
        return review(
            root,
            asked,
            config,
            lambda name, done, total: crew.emit(Progress("review", done, total, name)),
            lambda change, difference, told: remarks(party, change, difference, told, most),
        )
