"""`codeagent mcp`: the toolbox, the resources and the prompts, served over stdio to any client of the protocol."""

import asyncio
from importlib import import_module
from importlib.util import find_spec

from codeagent.domain.errors import UsageError
from codeagent.interfaces.mcp.wire import claimed_stdout
from codeagent.interfaces.mcp.worker import Worker
from codeagent.project import Project


def serve(project: Project) -> None:
    """Serve until the client closes the wire. Raises UsageError where the extra `mcp` is not installed."""
    if find_spec("mcp") is None:
        raise UsageError("serving MCP needs a package that is not installed", "pip install 'codeagent[mcp]'")
    with claimed_stdout() as stdout:
        protocol = import_module("codeagent.interfaces.mcp.protocol")
        worker = Worker(project)
        try:
            asyncio.run(protocol.run(worker, stdout))
        finally:
            worker.close()
