"""What the commands share that carry out a plan: what they do it with, and showing what it came to."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec
import typer

from codeagent.agent.budget import Meter
from codeagent.config import Config
from codeagent.domain.errors import CodeAgentError, UsageError
from codeagent.domain.run import Budget
from codeagent.interfaces.asking import asking, stopping
from codeagent.interfaces.progress import progress
from codeagent.interfaces.runs.document import as_json, document_of
from codeagent.interfaces.runs.live import live
from codeagent.interfaces.terminal import Format, Terminal, write_result
from codeagent.interfaces.wishes import Wish, seconds
from codeagent.workflows.applying.apply import Applied, Means
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
) -> Iterator[Means]:
    """What a run is carried out with; with `model` a crew, without one a meter for the time alone."""
    confirm = _asker(format)
    if model:
        with asking(terminal, config, root, wish) as asked:
            yield Means(config, asked.crew.meter, live(terminal, asked.emit), confirm, asked.crew, per_step)
        return
    meter = Meter(wish.budget())
    with stopping(meter, terminal), progress(terminal) as emit:
        yield Means(config, meter, live(terminal, emit), confirm)


def limits_of(said: Sequence[str] | None) -> Budget:
    """Return the limits of one step from texts such as calls=6 or time=2m. Raises UsageError."""
    found: dict[str, float | int] = {}
    kinds: dict[str, Callable[[str], float | int]] = {"cost": float, "tokens": int, "calls": int, "time": seconds}
    for text in said or ():
        key, _, value = text.partition("=")
        try:
            found["seconds" if key == "time" else key] = kinds[key](value)
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
        terminal.remark(f"on the branch {story.branch}; your files are as they were")
    elif story.undo:
        terminal.remark(f"written; codeagent undo {story.undo} takes it back")


def _asker(format: Format) -> Callable[[str], bool]:
    """What asks whether to write, where somebody is there to answer; nobody there means no."""

    def ask(diff: str) -> bool:
        if format is Format.JSON or not (sys.stdin.isatty() and sys.stdout.isatty()):
            return False
        write_result(diff)
        try:
            return typer.confirm("Write this change?", err=True)
        except typer.Abort as error:
            raise KeyboardInterrupt from error

    return ask
