"""`codeagent trust`: let the commands of this repository run, list what may, take it back."""

from typing import Annotated

import msgspec
import typer

from codeagent.config import load_config
from codeagent.domain.errors import UsageError
from codeagent.interfaces.options import FormatOption, RepoOption, root_of
from codeagent.interfaces.terminal import Format, Terminal, terminal_of, write_result
from codeagent.workflows.trusting import passes, runnables, words_for_agents
from codeagent.workspace import trust


def command(
    ctx: typer.Context,
    show: Annotated[bool, typer.Option("--list", help="List what you trust, in all repositories.")] = False,
    revoke: Annotated[bool, typer.Option("--revoke", help="Do not trust this repository any more.")] = False,
    repo: RepoOption = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """Let the commands of this repository run, and models heed what it tells agents.

    Its tests, gates, waivers, AGENTS.md and skills are somebody else's words. Exactly what is shown is trusted;
    when it changes, you are asked anew."""
    if show and revoke:
        raise UsageError("--list and --revoke exclude each other", "ask for one at a time")
    terminal, root = terminal_of(ctx), root_of(repo)
    if show:
        records = trust.listed()
    elif revoke:
        found = trust.revoke(root)
        terminal.remark(f"{root} is trusted no more" if found else f"{root} was not trusted")
        return
    else:
        commands: list[trust.Runnable | trust.Words | trust.Pass] = [
            *runnables(root, load_config(root, terminal.settings))
        ]
        commands += [*words_for_agents(root), *passes(root)]
        if not commands:
            said = "has no tests, no commands that would be run, nothing to tell agents, and no waivers"
            raise UsageError(f"{root} {said}", "there is nothing to trust")
        records = [trust.trust(root, commands)]
    _print(records, format, terminal)


def _print(records: list[trust.Record], format: Format, terminal: Terminal) -> None:
    if format is Format.JSON:
        document = {"schema_version": 1, "trusted": records}
        write_result(msgspec.json.format(msgspec.json.encode(document), indent=2).decode())
        return
    lines = [line for one in records for line in (one.root, *(f"  {text}" for text in one.commands.values()))]
    if lines:
        write_result("\n".join(lines))
    else:
        terminal.remark("no repository is trusted")
