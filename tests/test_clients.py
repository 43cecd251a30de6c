"""`codeagent init --mcp`: every snippet is valid where it is to go, and what it starts is our server."""

import json
import os
import subprocess
import tomllib
from pathlib import Path

import pytest

from codeagent.workflows.clients import clients

START = ("codeagent",)
PLAIN = ["codeagent", "mcp"]


def started(name: str, text: str) -> list[str]:
    """The command line that a client makes of its snippet."""
    if name == "codex":
        entry = tomllib.loads(text)["mcp_servers"]["codeagent"]
    else:
        value = json.loads(text)
        table = value.get("mcpServers") or value.get("servers") or value.get("context_servers") or value["mcp"]
        entry = table.get("servers", table)["codeagent"]
    command = entry["command"]
    return command if isinstance(command, list) else [command, *entry["args"]]


@pytest.mark.parametrize("name", list(clients(START)))
def test_snippets_start_the_server(name):
    words = started(name, clients(START)[name].text)
    assert words == PLAIN or words == [*PLAIN, "--repo", "${workspaceFolder}"]


def test_what_is_printed_really_serves(invoke, repo):
    """With the program found as it is found here, whether it is on the path or not."""
    done = invoke("init", "--client", "claude-code")
    command = started("claude-code", done.out)
    hello = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
    message = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello})
    pytest.importorskip("mcp", reason="the extra mcp is not installed")
    answer = subprocess.run(
        command,
        input=message + "\n",
        cwd=repo({"a.py": ""}).root,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert json.loads(answer.stdout)["result"]["serverInfo"]["name"] == "codeagent"


def test_all_clients_are_told_with_their_files(invoke):
    done = invoke("init", "--mcp")
    assert done.code == 0
    for one in clients().values():
        assert f"# {one.title}: {one.file}" in done.out
        assert one.text in done.out
    listed = json.loads(invoke("init", "--mcp", "--format", "json").out)["clients"]
    assert [one["name"] for one in listed] == list(clients())


def test_an_unknown_client_is_told_with_those_known(invoke):
    done = invoke("init", "--client", "ed")
    assert done.code == 2
    assert "claude-code, cursor, vscode" in done.err
