"""`codeagent runs`: what runs there are and what they came to; follow, pause, stop one; export its transcript."""

import json
import time
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from codeagent.domain.errors import UsageError
from codeagent.domain.printable import printable
from codeagent.domain.run import Record
from codeagent.interfaces.options import RepoOption, root_of
from codeagent.interfaces.output import check_target, shape, write_file
from codeagent.interfaces.runs.document import as_json, document_of
from codeagent.interfaces.runs.listing import print_run, print_runs, status_of
from codeagent.interfaces.runs.live import line_of
from codeagent.interfaces.runs.transcript import as_transcript
from codeagent.interfaces.terminal import Terminal, terminal_of, write_result
from codeagent.workflows.applying.telling import RunStory, story_of
from codeagent.workflows.exporting import shareable
from codeagent.workspace.control import Word, ask, is_carried_out
from codeagent.workspace.eventlog import find_log, log_folders, read_run

_POLL: Final = 0.2  # seconds between two looks at a run that is followed


class RunsFormat(StrEnum):
    """The forms of runs; `jsonl` is a run a line, and of one run a record a line."""

    TEXT = "text"
    JSON = "json"
    JSONL = "jsonl"


_FORMS: Final = {".json": RunsFormat.JSON, ".jsonl": RunsFormat.JSONL}


def command(
    ctx: typer.Context,
    run: Annotated[str, typer.Argument(metavar="[RUN]", help="Its id, or how that starts.")] = "",
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="Where --export writes; its name chooses the form.")
    ] = None,
    follow: Annotated[bool, typer.Option("--follow", help="Show what it does until it ends.")] = False,
    pause: Annotated[bool, typer.Option("--pause", help="Let it wait before its next call, gate or step.")] = False,
    go_on: Annotated[bool, typer.Option("--go-on", help="Let it go on after a pause.")] = False,
    stop: Annotated[bool, typer.Option("--stop", help="Stop it before its next call; it can be resumed.")] = False,
    export: Annotated[
        bool, typer.Option("--export", help="Its transcript for others: no keys, no names of you or your machine.")
    ] = False,
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="The same as FILE.")] = None,
    repo: RepoOption = None,
    format: Annotated[RunsFormat, typer.Option("--format", "-f", help="How to print it.")] = RunsFormat.TEXT,
) -> None:
    """List the runs of this repository, newest first, or show one: steps, gates, commits, and what it used.

    A run that is being carried out heeds --pause, --go-on and --stop before its next call of a tool or a model."""
    terminal, root = terminal_of(ctx), root_of(repo)
    words: list[tuple[Word, bool]] = [("pause", pause), ("go-on", go_on), ("stop", stop)]
    asked = [word for word, on in words if on]
    if len(asked) + follow + export > 1:
        raise UsageError("ask one thing of a run", "--follow, --pause, --go-on, --stop or --export")
    run, output = _target(run, file, output, export=export)
    if not (run or asked or follow or export):
        _print_all(root, format, terminal)
        return
    folder = find_log(root, run)
    if asked:
        _control(folder, asked[0], terminal)
    elif follow:
        _follow(folder, format)
    elif export:
        _export(root, folder, output, shape(output, format, RunsFormat.TEXT, _FORMS, 1))
    else:
        _print_one(folder, format, terminal)


def _target(run: str, file: Path | None, output: Path | None, *, export: bool) -> tuple[str, Path | None]:
    """Return the run that is meant and where it is written; of `--export FILE` alone, no id starts like the word."""
    if export and run and file is None and not run[0].isdigit():
        run, file = "", Path(run)
    if file is not None and not export:
        raise UsageError(f"what is {file} for?", f"codeagent runs {run} --export {file} writes a transcript there")
    if file is not None and output is not None:
        raise UsageError("two files are named", "name one: --export FILE, or --export -o FILE")
    return run, file or output


def _print_all(root: Path, format: RunsFormat, terminal: Terminal) -> None:
    stories = [(story_of(folder.name, read_run(folder)), is_carried_out(folder)) for folder in log_folders(root)]
    if format is RunsFormat.JSON:
        rows = [_row(story, running) for story, running in stories]
        write_result(as_json({"schema_version": 1, "runs": rows}))
    elif format is RunsFormat.JSONL:
        for story, running in stories:
            write_result(json.dumps(_row(story, running), ensure_ascii=True))
    elif stories:
        print_runs(stories, terminal.out())
    else:
        terminal.remark("no run of this repository is on record")


def _row(story: RunStory, running: bool) -> dict[str, Any]:
    return {**document_of(story), "state": status_of(story, running)}


def _print_one(folder: Path, format: RunsFormat, terminal: Terminal) -> None:
    records = read_run(folder)
    if format is RunsFormat.JSONL:
        for record in records:
            write_result(_as_line(record))
        return
    story = story_of(folder.name, records)
    if format is RunsFormat.JSON:
        write_result(as_json(_row(story, is_carried_out(folder))))
    else:
        print_run(story, is_carried_out(folder), terminal.out())


def _control(folder: Path, word: Word, terminal: Terminal) -> None:
    if not is_carried_out(folder):
        raise UsageError(
            f"run {folder.name} is not being carried out", f"codeagent resume {folder.name} goes on with it"
        )
    ask(folder, word)
    terminal.remark(f"asked run {folder.name} to {word}")


def _follow(folder: Path, format: RunsFormat) -> None:
    """Print records as they come, until nobody carries the run out any more."""
    told = 0
    while True:
        running = is_carried_out(folder)
        records = read_run(folder)
        for record in records[told:]:
            line = _as_line(record) if format is not RunsFormat.TEXT else line_of(record)
            if line:
                write_result(printable(line))
        told = len(records)
        if not running:
            return
        time.sleep(_POLL)


def _export(root: Path, folder: Path, output: Path | None, format: RunsFormat) -> None:
    records = list(shareable(read_run(folder), root))
    if format is RunsFormat.TEXT:
        text = as_transcript(folder.name, records)
    elif format is RunsFormat.JSONL:
        text = "\n".join(map(_as_line, records)) + "\n"
    else:
        text = as_json({"schema_version": 1, "run": folder.name, "records": [json.loads(_as_line(r)) for r in records]})
    if output is None or str(output) == "-":
        write_result(text)
    else:
        check_target(output)
        write_file(output, text)


def _as_line(record: Record) -> str:
    row = {"id": record.id, "time": record.time, "from": record.sender, "to": record.to}
    return json.dumps({**row, "kind": record.kind, "body": record.body}, ensure_ascii=True, default=list)
