"""The scripted model in the words of Anthropic and of Ollama, for what only these have."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

Step = Mapping[str, Any]


def anthropic(step: Step, body: Mapping[str, Any]) -> Iterator[bytes]:
    """A reply as events of `/v1/messages`."""
    used = step.get("usage", {})
    given = {
        "input_tokens": used.get("input", 10) - used.get("cached", 0) - used.get("written", 0),
        "cache_read_input_tokens": used.get("cached", 0),
        "cache_creation_input_tokens": used.get("written", 0),
        "output_tokens": 1,
    }
    message = {"id": "msg_scripted", "type": "message", "role": "assistant", "model": body["model"], "content": []}
    yield _event("message_start", message={**message, "stop_reason": None, "usage": given})
    blocks: list[tuple[dict[str, Any], dict[str, Any]]] = []
    if step.get("text"):
        blocks.append(({"type": "text", "text": ""}, {"type": "text_delta", "text": step["text"]}))
    for at, call in enumerate(step.get("calls", [])):
        ((name, arguments),) = call.items()
        begin = {"type": "tool_use", "id": f"toolu_{at}", "name": name, "input": {}}
        blocks.append((begin, {"type": "input_json_delta", "partial_json": json.dumps(arguments)}))
    for index, (begin, delta) in enumerate(blocks):
        yield _event("content_block_start", index=index, content_block=begin)
        yield _event("content_block_delta", index=index, delta=delta)
        yield _event("content_block_stop", index=index)
    reason = "tool_use" if step.get("calls") else "end_turn"
    yield _event("message_delta", delta={"stop_reason": reason}, usage={"output_tokens": used.get("output", 5)})
    yield _event("message_stop")


def ollama(step: Step, body: Mapping[str, Any]) -> Iterator[bytes]:
    """A reply as lines of `/api/chat`."""
    used = step.get("usage", {})
    calls = [{"function": {"name": n, "arguments": a}} for call in step.get("calls", []) for n, a in call.items()]
    frame = {"model": body["model"], "created_at": "2026-01-01T00:00:00Z"}
    text = step.get("text", "")
    for part in (text[: len(text) // 2], text[len(text) // 2 :]):
        yield _line({**frame, "message": {"role": "assistant", "content": part}, "done": False})
    if calls:
        yield _line({**frame, "message": {"role": "assistant", "content": "", "tool_calls": calls}, "done": False})
    counts = {"prompt_eval_count": used.get("input", 10), "eval_count": used.get("output", 5)}
    last = {"role": "assistant", "content": ""}
    yield _line({**frame, "message": last, "done": True, "done_reason": "stop", **counts})


def _event(kind: str, **fields: Any) -> bytes:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **fields})}\n\n".encode()


def _line(row: Mapping[str, Any]) -> bytes:
    return json.dumps(row).encode() + b"\n"
