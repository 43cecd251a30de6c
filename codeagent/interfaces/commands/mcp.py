"""`codeagent mcp`: serve the graph, proposals and checks to agents that speak the Model Context Protocol."""

from pathlib import Path

import typer

from codeagent.domain.errors import UsageError
from codeagent.interfaces.mcp.server import serve
from codeagent.interfaces.options import RepoOption, root_of
from codeagent.interfaces.terminal import terminal_of
from codeagent.project import open_project
from codeagent.workspace.git import enclosing


def command(
    ctx: typer.Context,
    repo: RepoOption = None,
) -> None:
    """Serve the graph, proposals and checks over stdio to agents that speak the Model Context Protocol.

    Every tool only reads or proposes; nothing writes. `codeagent init --mcp` prints what a client needs to start it."""
    root = root_of(repo)
    if repo is None and enclosing(root) is None and root in (Path(root.anchor), Path.home()):
        raise UsageError(f"{root} is no repository", "start it in one, or name one: codeagent mcp --repo DIR")
    serve(open_project(root, terminal_of(ctx).settings))
