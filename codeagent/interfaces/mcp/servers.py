"""Servers of other people that the user's settings name; a project may switch one off, and nothing else."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Final

from codeagent.config import Layer
from codeagent.domain.errors import UsageError
from codeagent.domain.typed import typed, unknown

SECONDS: Final = 60.0
_KINDS: Final = {"command": list, "env": dict, "keep": list, "allow": list, "timeout": float, "disabled": bool}


@dataclass(frozen=True, slots=True)
class Server:
    """How a server is started, and which of its tools may be called without asking (globs).

    `env` is added to a clean environment, into which `keep` lets variables of the user's own by name."""

    name: str
    command: tuple[str, ...]
    env: Mapping[str, str]
    keep: tuple[str, ...]
    allow: tuple[str, ...]
    timeout: float  # seconds that one call may take

    def allows(self, tool: str) -> bool:
        """Tell whether the user has allowed a tool for good."""
        return any(fnmatchcase(tool, pattern) for pattern in self.allow)


def servers_of(layers: Iterable[Layer]) -> tuple[dict[str, Server], list[str]]:
    """Return the servers that are to be started, by name, and notes on what a project asked for in vain.

    Raises UsageError for a table that does not fit."""
    tables: dict[str, dict[str, Any]] = {}
    off: set[str] = set()
    notes = []
    for layer in layers:
        for name, table in layer.values.items():
            entry = typed(f"mcp.{name}", dict, table, layer.origin)
            if layer.trusted:
                tables.setdefault(name, {}).update(_checked(name, entry, layer.origin))
            elif entry.get("disabled") is True:
                off.add(name)
            else:
                notes.append(f"{layer.origin}: mcp.{name} is ignored: a project may only disable servers")
    wanted = {name: one for name, one in tables.items() if name not in off and not one.get("disabled")}
    return {name: _server(name, one) for name, one in sorted(wanted.items())}, notes


def _checked(name: str, entry: Mapping[str, Any], origin: str) -> Mapping[str, Any]:
    for key, value in entry.items():
        if key not in _KINDS:
            raise unknown(key, _KINDS, f"{origin}, table mcp.{name}")
        if _KINDS[key] is bool and not isinstance(value, bool):
            raise UsageError(f"mcp.{name}.{key} must be true or false, not {value!r} ({origin})")
        if _KINDS[key] is not bool:
            typed(f"mcp.{name}.{key}", _KINDS[key], value, origin)
    return entry


def _server(name: str, entry: Mapping[str, Any]) -> Server:
    command = tuple(entry.get("command", ()))
    if not command:
        raise UsageError(f"mcp.{name} names no command", f'[mcp.{name}] command = ["program", "argument"]')
    env = {str(key): value for key, value in entry.get("env", {}).items()}
    wrong = next((key for key, value in env.items() if not isinstance(value, str)), None)
    if wrong is not None:
        raise UsageError(f"mcp.{name}.env.{wrong} must be text, not {env[wrong]!r}")
    allow, keep = tuple(entry.get("allow", ())), tuple(entry.get("keep", ()))
    return Server(name, command, env, keep, allow, float(entry.get("timeout", SECONDS)))
