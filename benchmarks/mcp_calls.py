"""How long each tool of `codeagent mcp` takes on the wire, in a repository that is indexed already.

Usage: python benchmarks/mcp_calls.py REPO [--rounds 9] [--only TOOL …]

The server is a process of its own and is asked over stdio by the SDK's client; each call is made once to warm up, then
--rounds times. Milliseconds are from the request to the parsed answer; those of the processor are the server's own.
The calls are made for Django; in another repository those whose names are not there are answered by an error, which
is told."""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import anyio
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters

METHOD = "django/core/handlers/base.py::BaseHandler.get_response"
POPULAR = "django/db/models/query.py::QuerySet.filter"
FUNCTION = "django/utils/text.py::slugify"
CALLS: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("definition", {"place": "django/core/handlers/base.py:137:20"}),
    ("find", {"text": "get_response"}),
    ("source", {"symbol": METHOD}),
    ("outline", {"path": "django/db/models/query.py"}),
    ("references", {"symbol": METHOD}),
    ("references", {"symbol": POPULAR}),
    ("callers", {"symbol": METHOD}),
    ("callers", {"symbol": METHOD, "depth": 2}),
    ("callers", {"symbol": POPULAR, "depth": 2}),
    ("callees", {"symbol": METHOD, "depth": 2}),
    ("imports", {"path": "django/db/models/query.py"}),
    ("path", {"start": METHOD, "end": "django/urls/resolvers.py::URLResolver.resolve"}),
    ("cycles", {}),
    ("search", {"pattern": "get_response"}),
    ("map", {}),
    ("locate", {"text": "slugify strips dashes at the end of a title"}),
    ("impact", {"symbols": [FUNCTION]}),
    ("impact", {"symbols": [METHOD]}),
    ("edges", {}),
    ("propose_rename", {"target": FUNCTION, "new": "as_slug"}),
    ("propose_rename", {"target": f"{FUNCTION}.allow_unicode", "new": "unicode_too"}),
    ("propose_rename", {"target": METHOD, "new": "response_to"}),
    ("propose_change_signature", {"target": FUNCTION, "add": ["most=None"]}),
    ("propose_organize_imports", {"target": ["django/utils/text.py"]}),
    ("propose_safe_delete", {"targets": ["django/utils/text.py::camel_case_to_spaces"]}),
    ("propose_move", {"target": ["django/utils/text.py::camel_case_to_spaces"], "to": "django/utils/words.py"}),
    ("propose_inline", {"target": "django/utils/text.py::camel_case_to_spaces"}),
    ("check", {}),
)


async def main() -> None:
    """Ask, and print a table, the slowest first."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("repo", type=Path)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--only", nargs="*", default=())
    chosen = parser.parse_args()
    rows = []
    server = StdioServerParameters(
        command=sys.executable, args=["-m", "codeagent", "mcp"], cwd=chosen.repo, env=dict(os.environ)
    )
    async with Client(server) as client:
        await client.call_tool("find", {"text": "x"}, read_timeout_seconds=600)
        for tool, given in CALLS:
            if not chosen.only or tool in chosen.only:
                rows.append(await measured(client, tool, given, chosen.rounds))
    print("| tool | median | slowest | processor | answer |\n|---|---|---|---|---|")
    for row in sorted(rows, key=lambda row: -row[1]):
        name, middle, worst, own, said = row
        print(f"| {name} | {middle:.0f} ms | {worst:.0f} ms | {own:.0f} ms | {said} |")
    over = [row for row in rows if row[1] > 100]
    print(f"\n{len(rows) - len(over)} of {len(rows)} at most 100 ms; the largest {max(row[1] for row in rows):.0f} ms")


async def measured(
    client: Client, tool: str, given: Mapping[str, Any], rounds: int
) -> tuple[str, float, float, float, str]:
    """What one call takes: median, slowest, the server's processor time, and the size of its answer."""
    first = await client.call_tool(tool, dict(given), read_timeout_seconds=600)
    text = "".join(getattr(block, "text", "") for block in first.content)
    taken, before = [], own_seconds()
    for _ in range(rounds):
        began = time.perf_counter()
        await client.call_tool(tool, dict(given), read_timeout_seconds=600)
        taken.append((time.perf_counter() - began) * 1000)
    own = (own_seconds() - before) * 1000 / rounds
    said = f"error: {text.splitlines()[0][:60]}" if first.is_error else f"{len(text):,} letters"
    words = ", ".join(str(value).rpartition("::")[2].strip("[]'") for value in given.values())
    return f"`{tool}` {words}".rstrip(), statistics.median(taken), max(taken), own, said


def own_seconds() -> float:
    """Processor seconds of the processes that we started, and of those that they have waited for."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == os.getpid():
            ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    anyio.run(main)
