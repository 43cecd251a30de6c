"""What a person takes of a step that holds: all of it, nothing, or parts of it that are judged again by themselves."""

from collections.abc import Callable

from codeagent.domain.events import Asking, Notice
from codeagent.domain.pieces import pieces_of, put_together
from codeagent.domain.plan import Step
from codeagent.domain.quality import Verdict
from codeagent.quality.gates.change import Change
from codeagent.workflows.applying.judging import why
from codeagent.workflows.applying.run import Run
from codeagent.workflows.applying.tree import Made, Tree

Judged = tuple[Change, str, Verdict]  # a change, its message, and what the gates say
Judge = Callable[[Made], Judged]


def taken(run: Run, tree: Tree, step: Step, made: Made, judged: Judged, judge: Judge) -> tuple[Made, Judged]:
    """Return what is taken of a step; nothing of it: an empty `Made`. What does not hold in part is asked for again."""
    if run.choose is None or run.options.yes:
        return made, judged
    before = {path: tree.read(path) for path in {*made.contents, *made.moves}}
    whole = pieces_of(made.contents, made.moves, before)
    while True:
        run.check()
        run.emit(Asking())
        pieces = run.choose(f"{step.id}: {step.title}", whole)
        run.emit(Asking(over=True))
        if pieces == whole:
            return made, judged
        part = Made(*put_together(pieces))
        if not part.contents:
            return part, judged
        again = judge(part)
        if again[2].ok:
            return part, again
        run.emit(Notice(f"what you took of {step.id} does not hold without the rest: {why(again[2])}"))
