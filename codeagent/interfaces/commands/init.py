"""`codeagent init`: first steps in a repository: settings that fit it, and the doors that people want opened."""

import difflib
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from codeagent.domain.errors import Refused
from codeagent.domain.patch import Patch
from codeagent.interfaces.hooks import offer_hooks
from codeagent.interfaces.options import FormatOption, RepoOption, YesOption, root_of
from codeagent.interfaces.progress import progress
from codeagent.interfaces.snippets import print_snippets
from codeagent.interfaces.terminal import Format, Terminal, terminal_of, write_result
from codeagent.project import open_project
from codeagent.workflows.hooking import COMMIT, PUSH
from codeagent.workflows.initializing import Draft, Start, look, workflow_draft
from codeagent.workspace.writing import write_patch

NEXT = (
    ("codeagent analyze", "what this repository is, and where it hurts"),
    ("codeagent check", "the fast gates, on what you are working on"),
    ("codeagent init --hook", "run them before every commit"),
    ("codeagent init --push-hook", "run all gates, tests too, before every push"),
    ("codeagent init --workflow", "review pull requests on GitHub"),
    ("codeagent init --mcp", "give the graph to an agent that speaks MCP"),
    ("codeagent trust", "let the tests of this repository run, so that gates can"),
)


def command(
    ctx: typer.Context,
    workflow: Annotated[bool, typer.Option("--workflow", help="Write the GitHub workflow instead.")] = False,
    hook: Annotated[bool, typer.Option("--hook", help="Run codeagent check before each commit.")] = False,
    push: Annotated[bool, typer.Option("--push-hook", help="Run codeagent gate before each push.")] = False,
    remove: Annotated[bool, typer.Option("--remove-hook", help="Take these hooks out again.")] = False,
    mcp: Annotated[bool, typer.Option("--mcp", help="Print what clients of MCP need to start codeagent.")] = False,
    client: Annotated[str | None, typer.Option("--client", metavar="NAME", help="Of this client alone.")] = None,
    yes: YesOption = False,
    repo: RepoOption = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """Look at the repository and write a minimal codeagent.toml: the gates that fit what was found.

    Everything is shown before anything is written; an existing file is never overwritten."""
    terminal = terminal_of(ctx)
    if mcp or client:
        print_snippets(terminal, client, format)
        return
    root = root_of(repo)
    if hook or push or remove:
        kinds = [kind for kind, wanted in ((COMMIT, hook), (PUSH, push)) if wanted]
        offer_hooks(root, terminal, kinds, remove=remove, yes=yes, shape=format)
        return
    if workflow:
        _offer(root, workflow_draft(root), terminal, yes=yes, shape=format)
        return
    with progress(terminal) as emit:
        start = look(open_project(root, terminal.settings), emit)
    if format is Format.TEXT:
        for line in _seen(start):
            terminal.remark(line)
    _offer(root, start.settings, terminal, yes=yes, shape=format, start=start)
    if format is Format.TEXT:
        terminal.remark("next:")
        for call, why in NEXT:
            terminal.remark(f"  {call:<26} {why}")


def _seen(start: Start) -> Iterator[str]:
    for one in start.seen:
        yield f"found {one.what} ({one.where})"
    if not start.seen:
        yield "found no tests and no tool's settings; the built-in gates apply as they are"
    if start.layers:
        yield f"found layers that hold today: {start.layers.partition(': ')[2]}"


def _offer(
    root: Path, draft: Draft, terminal: Terminal, *, yes: bool, shape: Format, start: Start | None = None
) -> None:
    """Show a draft, and write it where it is wanted and nothing is in its way."""
    write = draft.state == "new" and (yes or (shape is Format.TEXT and _asked(draft)))
    if shape is Format.JSON:
        document = {"schema_version": 1, "path": draft.path, "state": draft.state, "written": write, "text": draft.text}
        if start is not None:
            document |= {"seen": [asdict(one) for one in start.seen], "layers": start.layers}
        write_result(msgspec.json.format(msgspec.json.encode(document)).decode())
    elif draft.state == "new" and not write:
        write_result(draft.text)
    elif draft.state == "differs":
        write_result(_difference(draft))
    if draft.state == "differs" and yes:
        raise Refused(f"{draft.path} is there already and differs", "take over by hand what you want of the above")
    if write:
        write_patch(root, Patch(title=f"init {draft.path}", creates={draft.path: draft.text.encode()}))
        terminal.remark(f"wrote {draft.path}; `codeagent undo` takes it back")
    elif draft.state == "same":
        terminal.remark(f"{draft.path} is there and as it would be written")


def _difference(draft: Draft) -> str:
    lines = difflib.unified_diff(
        (draft.present or "").splitlines(), draft.text.splitlines(), draft.path, f"{draft.path} as drafted", lineterm=""
    )
    return "\n".join(lines)


def _asked(draft: Draft) -> bool:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    typer.echo(draft.text, err=True)
    return typer.confirm(f"Write {draft.path}?", err=True)
