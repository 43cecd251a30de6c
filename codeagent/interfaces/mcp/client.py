"""Tools of other people's servers as ours: named after their server, asked for, bounded, and never believed."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final

from codeagent.config import Config
from codeagent.domain.errors import CodeAgentError, UsageError
from codeagent.domain.events import Notice
from codeagent.domain.printable import one_line, printable
from codeagent.domain.tool import Effect, Tool, ToolResult
from codeagent.graph.update import Emit, nobody
from codeagent.interfaces.mcp.servers import Server, servers_of
from codeagent.tools.telling import bounded, short

Ask = Callable[[str, str], bool]  # a server and its tool, and a question to the user: may this be done?
_MOST: Final = 100  # tools of one server
_ABOUT: Final = 400  # characters of a description
_NAMED: Final = 5
_LONGEST: Final = 64  # characters of a name, as model providers take them
_ODD: Final = re.compile(r"[^A-Za-z0-9_-]+")


class ServerFailed(CodeAgentError):
    """A server of other people did not answer, or answered with an error."""


@contextmanager
def external_tools(config: Config, ask: Ask | None = None, emit: Emit = nobody) -> Iterator[dict[str, Tool]]:
    """Yield the tools of the servers in the user's settings, by name; the servers run as long as the block.

    A tool that the settings do not allow is asked for by `ask` at each call; where nobody can be asked it is not handed
    out. What a server says of its tools decides nothing. A server that cannot be used is told and left out.
    Raises UsageError for settings that do not fit."""
    servers, notes = servers_of(config.mcp)
    for note in notes:
        emit(Notice(note))
    if not servers:
        yield {}
        return
    if find_spec("mcp") is None:
        raise UsageError("servers of MCP need a package that is not installed", "pip install 'codeagent[mcp]'")
    hub = import_module("codeagent.interfaces.mcp.hub").Hub()
    try:
        tools: dict[str, Tool] = {}
        for name, offered in hub.start(servers).items():
            if isinstance(offered, BaseException):
                emit(Notice(f"the MCP server {name} cannot be used: {_why(offered, hub, servers[name])}"))
                continue
            known = offered[:_MOST]
            for one in known:
                if ask is not None or servers[name].allows(one.name):
                    tool = _tool(hub, servers[name], one, ask)
                    tools.setdefault(tool.name, tool)
            if known and ask is None and not any(servers[name].allows(one.name) for one in known):
                emit(Notice(_left_out(name, [one_line(one.name) for one in known])))
        yield tools
    finally:
        hub.close()


def _tool(hub: Any, server: Server, offered: Any, ask: Ask | None) -> Tool:
    def run(given: Mapping[str, Any]) -> ToolResult:
        if not isinstance(given, Mapping):
            raise UsageError(f"the arguments of {name} must be one JSON object")
        if not server.allows(offered.name) and not (
            ask is not None and ask(f"{server.name} {offered.name}", _question(server, offered.name, given))
        ):
            text = f"refused: the user does not allow {name}; go on without it"
            return ToolResult(text, refused=True, trusted=True)
        return _called(hub, server, offered.name, given)

    name = _ODD.sub("_", f"mcp_{server.name}_{offered.name}")[:_LONGEST]
    about = one_line(offered.description or offered.title or offered.name)[:_ABOUT]
    return Tool(name, Effect.READ, f"(of the server {server.name}) {about}", _schema(offered.input_schema), run)


def _left_out(server: str, tools: list[str]) -> str:
    shown = ", ".join(tools[:_NAMED]) + (f" and {len(tools) - _NAMED} more" if len(tools) > _NAMED else "")
    return (
        f"tools of the MCP server {server} are left out, as nobody can be asked: {shown}; "
        f"allow = [...] in [mcp.{server}] of your settings lets a model call them"
    )


def _question(server: Server, tool: str, given: Mapping[str, Any]) -> str:
    words = one_line(json.dumps(given, ensure_ascii=False, default=str))
    return f"let the MCP server {server.name} run {one_line(tool)} {words if len(words) < 500 else words[:500] + '…'}?"


def _schema(given: Any) -> dict[str, Any]:
    """Their schema, with texts that are short and on one line; whatever is no object takes anything."""
    schema = short(given, _ABOUT) if isinstance(given, Mapping) else {}
    return schema if schema.get("type") == "object" else {"type": "object"}


def _called(hub: Any, server: Server, tool: str, given: Mapping[str, Any]) -> ToolResult:
    try:
        result = hub.call(server, tool, given)
    except Exception as error:
        raise ServerFailed(
            f"{tool} of the MCP server {server.name} failed: {_why(error, hub, server)}", "go on without it"
        ) from error
    text = bounded(printable("\n".join(_words(block) for block in result.content)), "ask it for less")
    if not text.strip() and result.structured_content is not None:
        text = bounded(printable(json.dumps(result.structured_content, ensure_ascii=False)), "ask it for less")
    if result.is_error:
        raise ServerFailed(f"{tool} of the MCP server {server.name} says: {text}", "correct the arguments")
    return ToolResult(text)


def _words(block: Any) -> str:
    if block.type == "text":
        return str(block.text)
    if block.type == "resource" and hasattr(block.resource, "text"):
        return str(block.resource.text)
    kind = getattr(block, "mime_type", None) or block.type
    return f"[{kind}, not shown]"


def _why(error: BaseException, hub: Any, server: Server) -> str:
    """What went wrong, in one line, with the end of what the server said on its stderr."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    reason = "it did not answer in time" if isinstance(error, TimeoutError) else str(error) or type(error).__name__
    said = hub.last_words(server).rpartition("\n")[2]
    return one_line(f"{reason}; it last said: {said}" if said else reason)[:_ABOUT]
