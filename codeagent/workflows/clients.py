"""What other people's agents need to be told so that they start `codeagent mcp`: one snippet for each client."""

import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from codeagent.domain.errors import UsageError

_HERE: Final = "${workspaceFolder}"  # what Cursor and VS Code put the opened folder for


@dataclass(frozen=True, slots=True)
class Client:
    """A client of the protocol: where it is told of servers, in the project or by the user, and what is put there."""

    name: str  # as it is asked for
    title: str
    file: str  # below the root of the project
    text: str
    remark: str = ""


def launcher() -> tuple[str, ...]:
    """Return the words that start codeagent from anywhere: the program's name where it is on the path."""
    return ("codeagent",) if shutil.which("codeagent") else (sys.executable, "-m", "codeagent")


def clients(start: Sequence[str] | None = None) -> dict[str, Client]:
    """Return what each client is to be told, by its name; `start` are the words that start codeagent."""
    program, *rest = [*(start or launcher()), "mcp"]
    plain = {"command": program, "args": rest}
    opened = {"command": program, "args": [*rest, "--repo", _HERE]}
    listed = {"type": "local", "command": [program, *rest]}
    found = (
        Client("claude-code", "Claude Code", ".mcp.json", _json(mcpServers=plain), _claude(program, rest)),
        Client("cursor", "Cursor", ".cursor/mcp.json", _json(mcpServers=opened)),
        Client("vscode", "VS Code", ".vscode/mcp.json", _json(servers={"type": "stdio", **opened})),
        Client("codex", "Codex", ".codex/config.toml", _toml(program, rest), "~/.codex/config.toml: for every project"),
        Client("gemini", "Gemini CLI", ".gemini/settings.json", _json(mcpServers=plain)),
        Client("opencode", "opencode 1", "opencode.json", _json(mcp={**listed, "enabled": True})),
        Client("opencode-2", "opencode 2", "opencode.json", _document({"mcp": {"servers": {"codeagent": listed}}})),
        Client("zed", "Zed", ".zed/settings.json", _json(context_servers={"source": "custom", **plain, "env": {}})),
    )
    return {one.name: one for one in found}


def client(name: str) -> Client:
    """Return one client. Raises UsageError: nothing is known of one of that name."""
    known = clients()
    if name not in known:
        raise UsageError(f"nothing is known of the client {name}", f"one of: {', '.join(known)}")
    return known[name]


def _claude(program: str, rest: Sequence[str]) -> str:
    return f"or: claude mcp add codeagent -- {program} {' '.join(rest)}"


def _json(**table: Mapping[str, Any]) -> str:
    """A document with our entry in the one table that is named."""
    return _document({name: {"codeagent": entry} for name, entry in table.items()})


def _document(value: Mapping[str, Any]) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _toml(program: str, rest: Sequence[str]) -> str:
    words = ", ".join(json.dumps(word) for word in rest)
    return f"[mcp_servers.codeagent]\ncommand = {json.dumps(program)}\nargs = [{words}]"
