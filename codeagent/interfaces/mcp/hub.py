"""Connections to servers of other people, held open in a thread of their own; loaded only where there are any."""

import asyncio
import os
import threading
from collections.abc import Coroutine, Mapping
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, TypeVar

from mcp import types
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

from codeagent import __version__
from codeagent.interfaces.mcp.servers import Server
from codeagent.workspace.process import clean_environment

T = TypeVar("T")
_STARTING: Final = 20.0  # seconds until a server must have said what it has
_ENDING: Final = 5.0
_WORDS: Final = 0.5  # seconds that are waited for what a server that failed may still say
_TAIL: Final = 2000  # bytes of what a server said on stderr


class Hub:
    """Starts servers, asks them, and ends them; every method may be called from any thread."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="mcp", daemon=True)
        self._held: dict[str, _Held] = {}
        self._thread.start()

    def start(self, servers: Mapping[str, Server]) -> dict[str, list[types.Tool] | BaseException]:
        """Start servers side by side; return what each offers, or why it cannot be used."""
        self._held = {name: _Held(server) for name, server in servers.items()}
        waiting = {name: self._soon(held.open()) for name, held in self._held.items()}
        return {name: one.exception() or one.result() for name, one in waiting.items()}

    def call(self, server: Server, tool: str, arguments: Mapping[str, Any]) -> types.CallToolResult:
        """Return the answer of a tool. Raises TimeoutError, and whatever the SDK raises for a server that is gone."""
        held = self._held[server.name]
        asked = self._soon(held.client.call_tool(tool, dict(arguments), read_timeout_seconds=server.timeout))
        try:
            return asked.result(server.timeout + _ENDING)
        except TimeoutError:
            asked.cancel()
            raise

    def last_words(self, server: Server) -> str:
        """Return the end of what a server said on stderr."""
        return self._held[server.name].last_words()

    def close(self) -> None:
        """End every server, and the thread."""
        for one in [self._soon(held.close()) for held in self._held.values()]:
            with suppress(Exception):
                one.result(_ENDING)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_ENDING)

    def _soon(self, work: Coroutine[Any, Any, T]) -> "Future[T]":
        return asyncio.run_coroutine_threadsafe(work, self._loop)


class _Held:
    """One connection: opened and closed by the same task, as the SDK wants it."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._end = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._said = bytearray()
        self._hearing: threading.Thread | None = None
        self.client: Client

    async def open(self) -> list[types.Tool]:
        opened: asyncio.Future[list[types.Tool]] = asyncio.get_running_loop().create_future()
        self._task = asyncio.create_task(self._hold(opened))
        return await opened

    async def close(self) -> None:
        self._end.set()
        if self._task is not None:
            await self._task

    def last_words(self) -> str:
        if self._hearing is not None:
            self._hearing.join(_WORDS)  # it ends with the server
        return self._said[-_TAIL:].decode("utf-8", "replace").strip()

    async def _hold(self, opened: "asyncio.Future[list[types.Tool]]") -> None:
        program, *arguments = self._server.command
        started = StdioServerParameters(
            command=program,
            args=arguments,
            env=clean_environment(self._server.env, self._server.keep),
            cwd=Path.home(),  # never the repository: what lies there must not decide what is started
            encoding_error_handler="replace",
        )
        reading, writing = os.pipe()
        self._hearing = threading.Thread(target=self._hear, args=(reading,), daemon=True)
        self._hearing.start()
        try:
            about = types.Implementation(name="codeagent", version=__version__)
            with os.fdopen(writing, "w") as errors:  # ours is closed once the server has its own
                client = Client(stdio_client(started, errlog=errors), client_info=about)
                async with asyncio.timeout(_STARTING):
                    await client.__aenter__()
            try:
                self.client = client
                async with asyncio.timeout(_STARTING):
                    tools = await _listed(client)
                opened.set_result(tools)
                await self._end.wait()
            finally:
                await client.__aexit__(None, None, None)
        except BaseException as error:
            if opened.done():
                return
            opened.set_exception(error if isinstance(error, Exception) else RuntimeError("stopped"))

    def _hear(self, reading: int) -> None:
        with os.fdopen(reading, "rb", buffering=0) as stream:
            while block := stream.read(4096):
                self._said = (self._said + block)[-2 * _TAIL :]


async def _listed(client: Client) -> list[types.Tool]:
    found: list[types.Tool] = []
    cursor: str | None = None
    while len(found) < 500:
        page = await client.list_tools(cursor=cursor)
        found += page.tools
        cursor = page.next_cursor
        if not cursor:
            break
    return found
