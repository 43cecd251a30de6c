"""A model whose answers are written beforehand: an OpenAI-compatible server on loopback.

`fixtures/conversations/README.md` says how a conversation is written."""

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import yaml
from dialects import anthropic, ollama, responses

CONVERSATIONS = Path(__file__).parent.parent / "fixtures/conversations"
KEYS = frozenset("when text thinking calls usage finish times delay slow pieces bytes".split())
KEYS |= frozenset("status message code retry_after location fault".split())
DIALECTS = {
    "/v1/messages": ("text/event-stream", anthropic),
    "/api/chat": ("application/x-ndjson", ollama),
}
FAULTS = frozenset("cut end hang html empty drop stall ping".split())

Step = Mapping[str, Any]


def read_conversation(name: str) -> list[Step]:
    """The steps of `fixtures/conversations/NAME.yaml`."""
    return yaml.safe_load((CONVERSATIONS / f"{name}.yaml").read_text(encoding="utf-8"))


class Scripted:
    """The server; `url` is where it speaks as OpenAI does, `place` the server alone.

    `requests` holds the body of each request that came in, in order, `headers` theirs."""

    model = "openai/scripted"

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._gone = threading.Event()  # set when a test ends: whoever hangs may go
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self._steps: list[dict[str, Any]] = []
        self._http = _Server(("127.0.0.1", 0), _Handler)
        self._http.script = self
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        self.place = f"http://127.0.0.1:{self._http.server_port}"
        self.url = f"{self.place}/v1"

    def play(self, *steps: Step | str) -> "Scripted":
        """Add replies: a text is the name of a conversation, a mapping one reply."""
        for step in steps:
            for one in read_conversation(step) if isinstance(step, str) else [step]:
                wrong = set(one) - KEYS or ({one.get("fault")} - FAULTS - {None})
                assert not wrong, f"a conversation knows no {wrong}"
                self._steps.append({"times": 1, **one})
        return self

    def say(self, text: str = "", **more: Any) -> "Scripted":
        """Add one reply."""
        return self.play({"text": text, **more})

    def reset(self) -> None:
        """Forget everything; let go of whoever hangs."""
        self._gone.set()
        with self._lock:
            self._gone = threading.Event()
            self._steps, self.requests, self.headers = [], [], []

    @property
    def left(self) -> list[Mapping[str, Any]]:
        """The replies that nobody has asked for."""
        return [step for step in self._steps if step["times"] > 0]

    def texts(self) -> list[str]:
        """All that each request said, as one text, in order."""
        return [_said(body) for body in self.requests]

    def close(self) -> None:
        """Stop serving."""
        self._gone.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def take(self, body: dict[str, Any], headers: Mapping[str, str]) -> tuple[Step, threading.Event]:
        """Note a request; return the first reply that fits it and is not used up."""
        said = _said(body)
        with self._lock:
            self.requests.append(body)
            self.headers.append({key.lower(): value for key, value in headers.items()})
            for step in self._steps:
                pieces = step.get("when", [])
                if step["times"] > 0 and all(p in said for p in ([pieces] if isinstance(pieces, str) else pieces)):
                    step["times"] -= 1
                    return step, self._gone
        return {"status": 400, "message": f"the conversation has no reply to: …{said[-300:]}"}, self._gone


def _said(body: Mapping[str, Any]) -> str:
    """The texts, tool calls and tool answers of a request."""
    parts = []
    for message in body.get("messages", body.get("input", [])):
        if message.get("type") in ("function_call", "function_call_output"):
            parts.append(message.get("output") or f"{message['name']} {message['arguments']}")
            continue
        content = message.get("content") or ""
        parts.append(content if isinstance(content, str) else "".join(str(part.get("text", "")) for part in content))
        parts += [
            f"{call['function']['name']} {call['function']['arguments']}" for call in message.get("tool_calls") or []
        ]
    return "\n".join(parts)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    script: Scripted

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is part of the game."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def log_message(self, *arguments: Any) -> None:
        pass

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"{}")
        step, self.gone = self.server.script.take(body, self.headers)
        self.gone.wait(step.get("delay", 0))
        fault = step.get("fault")
        if "status" in step:
            self._refuse(step)
        elif fault == "html":
            self._whole(
                200, "text/html", b"<!doctype html><html><title>Sign in</title><body>Sign in first</body></html>"
            )
        elif fault == "drop":
            self.close_connection = True
        elif fault == "hang":
            self.gone.wait(60)
            self.close_connection = True
        elif self.path in DIALECTS and fault is None:
            kind, speak = DIALECTS[self.path]
            self._whole(200, kind, b"".join(speak(step, body)))
        elif self.path == "/v1/responses":
            self._begin()
            self._events(responses(step, body), fault, step.get("slow", 0))
        else:
            self._begin()
            self._stream(step, body)

    def _refuse(self, step: Step) -> None:
        error = {"message": step.get("message", "no"), "type": "error", "code": step.get("code")}
        if "html" in str(step.get("fault")):
            self._whole(step["status"], "text/html", f"<html><body><h1>{error['message']}</h1></body></html>".encode())
            return
        named = {"Retry-After": "retry_after", "Location": "location"}
        headers = {header: str(step[key]) for header, key in named.items() if key in step}
        self._whole(step["status"], "application/json", json.dumps({"error": error}).encode(), headers)

    def _whole(self, status: int, kind: str, data: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(data)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def _begin(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def _events(self, events: Sequence[bytes], fault: str | None, slow: float) -> None:
        """Send events of `/v1/responses`, or the half of them that a fault lets through."""
        for event in {None: events, "empty": [events[0], events[-1]]}.get(fault, events[: len(events) // 2]):
            self._line(event)
            self.gone.wait(slow)
        if fault == "stall":
            self.gone.wait(60)
        if fault == "cut":
            self.wfile.write(b"40\r\ndata: {")  # half a chunk, half a line
            self.close_connection = True
            return
        self.wfile.write(b"0\r\n\r\n")

    def _stream(self, step: Step, body: Mapping[str, Any]) -> None:
        """Stream the reply in small pieces, with whatever fault it has on the way."""
        fault = step.get("fault")
        pieces = list(_pieces(step))
        if fault in ("cut", "end", "stall", "ping"):
            pieces = pieces[: max(1, len(pieces) // 2)]
        for piece in [] if fault == "empty" else pieces:
            self._event(_chunk({"delta": piece, "finish_reason": None}))
            self.gone.wait(step.get("slow", 0))
        if fault == "cut":
            self.wfile.write(b"40\r\ndata: {")  # half a chunk, half a line
            self.close_connection = True
            return
        if fault == "stall":
            self.gone.wait(60)
        while fault == "ping" and not self.gone.wait(0.05):
            self._line(b": still at it\n\n")
        if fault is None:
            finish = step.get("finish", "tool_calls" if step.get("calls") else "stop")
            self._event(_chunk({"delta": {}, "finish_reason": finish}))
        if fault in (None, "empty") and (body.get("stream_options") or {}).get("include_usage"):
            self._event({**_chunk(None), "usage": _usage(step, body)})
        if fault != "end":
            self._line(b"data: [DONE]\n\n")
        self.wfile.write(b"0\r\n\r\n")

    def _event(self, chunk: Mapping[str, Any]) -> None:
        self._line(b"data: " + json.dumps(chunk).encode() + b"\n\n")

    def _line(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()


def _chunk(choice: Mapping[str, Any] | None) -> dict[str, Any]:
    return {
        "id": "chatcmpl-scripted",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "scripted",
        "choices": [{"index": 0, **choice}] if choice is not None else [],
    }


def _pieces(step: Step) -> Iterator[Mapping[str, Any]]:
    """The deltas of a reply: text in `pieces` (8) parts, arguments of calls interleaved as providers do."""
    yield {"role": "assistant", "content": ""}
    text = step.get("text", "") + "x" * step.get("bytes", 0)
    for thought in _parts(step.get("thinking", ""), 2):
        yield {"reasoning_content": thought}
    for part in _parts(text, step.get("pieces", 8)):
        yield {"content": part}
    for index, call in enumerate(step.get("calls", [])):
        ((name, arguments),) = call.items()
        written = arguments if isinstance(arguments, str) else json.dumps(arguments)
        function = {"name": name, "arguments": ""}
        yield {"tool_calls": [{"index": index, "id": f"call_{index}", "type": "function", "function": function}]}
        for part in _parts(written, 3):
            yield {"tool_calls": [{"index": index, "function": {"arguments": part}}]}


def _parts(text: str, count: int) -> Sequence[str]:
    size = max(1, -(-len(text) // count))
    return [text[at : at + size] for at in range(0, len(text), size)]


def _usage(step: Step, body: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the reply says it took: as written, else four characters a token."""
    said = step.get("usage", {})
    calls = json.dumps(step.get("calls", []))
    prompt = said.get("input", len(json.dumps(body.get("messages", []))) // 4)
    completion = said.get("output", len(step.get("text", "") + step.get("thinking", "") + calls) // 4)
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "prompt_tokens_details": {"cached_tokens": said.get("cached", 0)},
        "completion_tokens_details": {"reasoning_tokens": said.get("reasoning", 0)},
    }
