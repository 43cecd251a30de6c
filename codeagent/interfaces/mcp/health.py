"""What `codeagent doctor` says of the servers that the user's settings name: whether they could be started."""

import os
import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Final

from codeagent.config import Config
from codeagent.domain.errors import UsageError
from codeagent.interfaces.mcp.servers import Server, servers_of
from codeagent.workflows.diagnose import Diagnosis, State

_SDK: Final = 'pip install "codeagent[mcp]"'


def server_diagnoses(config: Config) -> Iterator[Diagnosis]:
    """Yield a line for each server, and for what stands against all of them; none is started."""
    try:
        servers, notes = servers_of(config.mcp)
    except UsageError as error:
        yield Diagnosis("mcp", State.PROBLEM, error.message, error.hint)
        return
    for note in notes:
        yield Diagnosis("mcp", State.NOTE, note, "codeagent config show --origin")
    if servers and find_spec("mcp") is None:
        yield Diagnosis("mcp", State.PROBLEM, "servers are configured, the SDK of MCP is not installed", _SDK)
    for server in servers.values():
        yield _of(server)


def _of(server: Server) -> Diagnosis:
    name, program = f"mcp {server.name}", server.command[0]
    path = {**os.environ, **server.env}.get("PATH")
    if shutil.which(program, path=path) is None:
        return Diagnosis(
            name, State.PROBLEM, f"{program} is not installed", f"install {program}, or disable the server"
        )
    missing = [variable for variable in server.keep if variable not in os.environ]
    allowed = f"; without asking: {', '.join(server.allow)}" if server.allow else "; asks before each call"
    said = f"{program}{allowed}"  # its arguments may hold a key
    if missing:
        return Diagnosis(name, State.NOTE, f"{said}; {', '.join(missing)} is not set", f"export {missing[0]}=…")
    return Diagnosis(name, State.OK, said)
