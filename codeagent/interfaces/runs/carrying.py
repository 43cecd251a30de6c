"""What the commands share that carry out a plan: what they do it with, and showing what it came to."""

import math
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from codeagent.agent.budget import Meter
from codeagent.config import Config
from codeagent.domain.errors import CodeAgentError, Refused, UsageError
from codeagent.domain.pieces import Piece
from codeagent.domain.run import Budget
from codeagent.interfaces.approving import Steps, ask_whole
from codeagent.interfaces.asking import asking, stopping
from codeagent.interfaces.diffs import print_diff
from codeagent.interfaces.progress import progress
from codeagent.interfaces.runs.document import as_json, document_of
from codeagent.interfaces.runs.live import live
from codeagent.interfaces.terminal import Format, Terminal, write_result
from codeagent.interfaces.wishes import Wish, seconds
from codeagent.workflows.applying.apply import Answer, Applied, Means
from codeagent.workflows.applying.telling import RunStory, story_of
from codeagent.workspace.eventlog import log_folders, read_run


@contextmanager
def means_of(
    terminal: Terminal,
    config: Config,
    root: Path,
    wish: Wish,
    format: Format,
    *,
    model: bool,
    per_step: Budget | None = None,
    run: str | None = None,
) -> Iterator[Means]:
    """What a run is carried out with; with `model` a crew, without one a meter for the time alone.

    `run`: one that is gone on with."""
    approval = _Approval(terminal, format)
    if model:
        with asking(terminal, config, root, wish, run) as asked:
            hear, meter = live(asked.emit), asked.crew.meter
            yield Means(config, meter, hear, approval.confirm, approval.choose, asked.crew, per_step)
        return
    meter = Meter(wish.budget())
    with progress(terminal) as emit, stopping(meter, terminal, emit):
        yield Means(config, meter, live(emit), approval.confirm, approval.choose)


def limits_of(said: Sequence[str] | None) -> Budget:
    """Return the limits of one step from texts such as calls=6 or time=2m. Raises UsageError."""
    found: dict[str, float | int] = {}
    kinds: dict[str, Callable[[str], float | int]] = {"cost": float, "tokens": int, "calls": int, "time": seconds}
    for text in said or ():
        key, _, value = text.partition("=")
        try:
            found["seconds" if key == "time" else key] = limit = kinds[key](value)
            if not 0 <= limit < math.inf:
                raise ValueError(text)
        except (KeyError, ValueError):
            raise UsageError(f"--per-step wants {', '.join(kinds)} and a number, not {text!r}", "calls=6") from None
    return msgspec.convert(found, Budget)


def carry(terminal: Terminal, format: Format, root: Path, start: Callable[[], Applied], known: str = "") -> None:
    """Begin a run, or go on with a `known` one, and show what it came to; in JSON also where it fails."""
    before = {folder.name for folder in log_folders(root)} - {known}
    try:
        done = start()
    except (CodeAgentError, KeyboardInterrupt):
        ours = [folder for folder in log_folders(root) if folder.name not in before]
        ours = [folder for folder in ours if known in ("", folder.name)]
        if format is Format.JSON and ours:
            write_result(as_json(document_of(story_of(ours[0].name, read_run(ours[0])))))
        raise
    show(done, terminal, format, root)


def show(done: Applied, terminal: Terminal, format: Format, root: Path) -> None:
    """Print what a run came to: the steps that were written, or the change that was not."""
    folder = next(one for one in log_folders(root) if one.name == done.run)
    story = story_of(done.run, read_run(folder))
    if format is Format.JSON:
        write_result(as_json(document_of(story, done.diff)))
    elif done.written:
        write_result("\n".join(_lines(story)))
        _say_where(story, terminal)
    else:
        if not sys.stdout.isatty():
            write_result(done.diff or "nothing changes\n")
        if done.diff and not done.dry:
            terminal.remark(f"nothing was written; codeagent resume {done.run} --yes writes it")


def _lines(story: RunStory) -> Iterator[str]:
    for step in story.steps:
        if step.status == "done":
            commit = f"{step.commit[:10]}  " if step.commit else ""
            yield f"{commit}{step.id}  {step.message.splitlines()[0]}"


def _say_where(story: RunStory, terminal: Terminal) -> None:
    if story.branch:
        terminal.remark(
            f"on the branch {story.branch}; your files are as they were; codeagent undo {story.id} drops it"
        )
    elif story.undo:
        terminal.remark(f"written; codeagent undo {story.undo} takes it back")


class _Approval:
    """Asks what to write, where somebody is there to answer; nobody there means nothing."""

    def __init__(self, terminal: Terminal, format: Format) -> None:
        self._terminal = terminal
        self._there = format is not Format.JSON and sys.stdin.isatty() and sys.stdout.isatty()
        self._steps = Steps("s", terminal)

    def confirm(self, diff: str) -> Answer:
        """Show the whole change and ask."""
        if not self._there:
            return "nothing"
        print_diff(diff, self._terminal.out())
        said = ask_whole("Write this change?", "ynsfh", self._terminal)
        self._steps = Steps(said, self._terminal)
        return "all" if said == "y" else "nothing" if said == "n" else "steps"

    def choose(self, title: str, pieces: list[Piece]) -> list[Piece]:
        """Ask what is taken of a step. Raises Refused where nobody is there: a run may be gone on with elsewhere."""
        if not self._there:
            raise Refused("each step of this run is asked for, and nobody is there to answer", "go on in a terminal")
        return self._steps.taken(title, pieces)
