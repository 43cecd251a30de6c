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


def responses(step: Step, body: Mapping[str, Any]) -> list[bytes]:
    """A reply as events of `/v1/responses`."""
    used, events = step.get("usage", {}), list[bytes]()
    known = {"id": "resp_scripted", "object": "response", "created_at": 1, "model": body["model"]}
    plain = {**known, "output": [], "parallel_tool_calls": True, "tool_choice": "auto", "tools": []}

    def say(kind: str, **more: Any) -> None:
        told = {"type": kind, "sequence_number": len(events), **more}
        events.append(f"event: {kind}\ndata: {json.dumps(told)}\n\n".encode())

    say("response.created", response={**plain, "status": "in_progress"})
    output: list[dict[str, Any]] = []
    if step.get("thinking"):
        say(
            "response.reasoning_summary_text.delta",
            item_id="rs",
            output_index=0,
            summary_index=0,
            delta=step["thinking"],
        )
    text = step.get("text", "") + "x" * step.get("bytes", 0)
    if text:
        at = {"item_id": "msg", "output_index": 0, "content_index": 0}
        item = {"type": "message", "id": "msg", "role": "assistant", "status": "in_progress", "content": []}
        say("response.output_item.added", output_index=0, item=item)
        size = max(1, -(-len(text) // step.get("pieces", 8)))
        for begin in range(0, len(text), size):
            say("response.output_text.delta", **at, delta=text[begin : begin + size], logprobs=[])
        content = [{"type": "output_text", "text": text, "annotations": []}]
        output.append({**item, "status": "completed", "content": content})
        say("response.output_item.done", output_index=0, item=output[-1])
    for number, call in enumerate(step.get("calls", [])):
        ((name, arguments),) = call.items()
        written, at = arguments if isinstance(arguments, str) else json.dumps(arguments), len(output)
        item = {"type": "function_call", "id": f"fc_{number}", "call_id": f"call_{number}", "name": name}
        say("response.output_item.added", output_index=at, item={**item, "arguments": "", "status": "in_progress"})
        for half in (written[: len(written) // 2], written[len(written) // 2 :]):
            say("response.function_call_arguments.delta", item_id=item["id"], output_index=at, delta=half)
        output.append({**item, "arguments": written, "status": "completed"})
        say("response.output_item.done", output_index=at, item=output[-1])
    counts = {
        "input_tokens": used.get("input", 10),
        "input_tokens_details": {"cached_tokens": used.get("cached", 0)},
        "output_tokens": used.get("output", 5),
        "output_tokens_details": {"reasoning_tokens": used.get("reasoning", 0)},
        "total_tokens": used.get("input", 10) + used.get("output", 5),
    }
    cut = step.get("finish") == "length"
    why = {"incomplete_details": {"reason": "max_output_tokens"}} if cut else {}
    status = "incomplete" if cut else "completed"
    say(f"response.{status}", response={**plain, "status": status, "output": output, "usage": counts, **why})
    return events
