"""How much of a model's turn is ours, how much litellm's, and how much the server's.

Usage: python benchmarks/model_turn.py [--turns 40] [--words 20000] [--transport chat|responses]

A server on loopback answers at once; a conversation grows turn by turn to about --words words, with tool calls and
results, recorded in a log on disk and entered in the ledger, as a run does it. What litellm takes with the server is
measured by the same requests without us, and what the server takes by the same bytes over a bare connection."""

import argparse
import http.client
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from scripted import Scripted

from codeagent.agent.budget import Meter
from codeagent.agent.crew import Crew, Origin
from codeagent.agent.endpoint import Endpoint
from codeagent.agent.loading import load_litellm
from codeagent.agent.model import Request
from codeagent.agent.responses import as_response_call
from codeagent.agent.roles import ROLES
from codeagent.agent.wire import as_call
from codeagent.domain.run import Budget, Message
from codeagent.domain.tool import Effect, Tool, ToolResult
from codeagent.workspace.eventlog import start_log

PATHS = {"chat": "/v1/chat/completions", "responses": "/v1/responses"}
TOOLS = tuple(
    Tool(
        f"tool_{number}",
        Effect.READ,
        f"The tool of number {number}, which answers questions about symbols.",
        {"type": "object", "properties": {key: {"type": "string"} for key in ("symbol", "path", "query")}},
        lambda _: ToolResult(""),
    )
    for number in range(20)
)


def main() -> None:
    """Hold the conversation and print what each part took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=40)
    parser.add_argument("--words", type=int, default=20_000)
    parser.add_argument("--transport", choices=("chat", "responses"), default="chat")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CODEAGENT_STATE_DIR"] = folder
        began = time.perf_counter()
        load_litellm()
        print(f"importing litellm            {time.perf_counter() - began:8.2f} s, once a process")
        server = Scripted()
        endpoint = Endpoint(server.model, server.url, price_in=1.0, price_out=2.0, transport=chosen.transport)
        turns, requests = converse(server, endpoint, Path(folder), chosen.turns, chosen.words // chosen.turns)
        bare = [post(server, body, PATHS[chosen.transport]) for body in list(server.requests)]
        alone = [litellm_alone(server, request, endpoint) for request in requests]
        server.close()
    print(f"first turn                   {turns[0] * 1000:8.1f} ms, which makes the client")
    parts = {
        "a turn": turns,
        "of it ours": [whole - most for whole, most in zip(turns, alone, strict=True)],
        "litellm's": [whole - least for whole, least in zip(alone, bare, strict=True)],
        "the server's": bare,
    }
    for name, times in parts.items():
        print(f"{name:<28} {statistics.median(times[1:]) * 1000:8.1f} ms median {max(times[1:]) * 1000:8.1f} ms most")


def converse(
    server: Scripted, endpoint: Endpoint, folder: Path, turns: int, words: int
) -> tuple[list[float], list[Request]]:
    """Seconds of each turn, and what was asked."""
    crew = Crew(dict.fromkeys(ROLES, (endpoint,)), Meter(Budget(cost=1000.0)), Origin("bench")).on(start_log(folder))
    model = crew.model("explorer", step="bench")
    messages = [Message("system", "You are exact. " * 200, mark=True), Message("user", "What is this?")]
    times: list[float] = []
    requests: list[Request] = []
    for number in range(turns):
        server.say(f"Turn {number}. " * 20, calls=[{"tool_1": {"symbol": f"s{number}"}}])
        requests.append(Request("explorer", tuple(messages), TOOLS, max_output_tokens=1000))
        began = time.perf_counter()
        reply = model.answer(requests[-1], lambda text: None)
        times.append(time.perf_counter() - began)
        messages.append(reply.message)
        result = " ".join(f"word{number}_{n}" for n in range(words))
        messages.append(Message("tool", result, call_id=reply.message.calls[0].id))
    return times, requests


def litellm_alone(server: Scripted, request: Request, endpoint: Endpoint) -> float:
    """Seconds that litellm takes for the same request, drained and thrown away."""
    prepare(server)
    litellm, began = load_litellm(), time.perf_counter()
    if endpoint.transport == "responses":
        stream = litellm.responses(**as_response_call(request, endpoint))
    else:
        stream = litellm.completion(**as_call(request, endpoint))
    for _ in stream:
        pass
    return time.perf_counter() - began


def post(server: Scripted, body: dict, path: str) -> float:
    """Seconds that the server takes for the same request, asked over a bare connection."""
    prepare(server)
    data = json.dumps(body).encode()
    host, port = server.place.removeprefix("http://").split(":")
    began = time.perf_counter()
    connection = http.client.HTTPConnection(host, int(port))
    connection.request("POST", path, data, {"Content-Type": "application/json"})
    connection.getresponse().read()
    return time.perf_counter() - began


def prepare(server: Scripted) -> None:
    """Let it answer as in the conversation."""
    server.reset()
    server.say("Turn 12. " * 20, calls=[{"tool_1": {"symbol": "s12"}}])


if __name__ == "__main__":
    main()
