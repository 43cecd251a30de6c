"""Requests as the chat completions of OpenAI have them, which litellm turns into what each provider wants."""

import hashlib
import json
from typing import Any, Final

from codeagent.agent.endpoint import Endpoint
from codeagent.agent.model import Request
from codeagent.domain.run import Message, ToolCall
from codeagent.domain.tool import Tool

_MARKS: Final = 4  # the most that Anthropic takes


def as_messages(request: Request, endpoint: Endpoint) -> list[dict[str, Any]]:
    """The conversation; marks for the cache only where a provider has them."""
    marked = [at for at, message in enumerate(request.messages) if message.mark] if _has_marks(endpoint) else []
    kept = set(marked[-_MARKS:])
    return [_as_message(message, marked=at in kept) for at, message in enumerate(request.messages)]


def as_tools(tools: tuple[Tool, ...]) -> list[dict[str, Any]]:
    """The tools, in the order given."""
    return [
        {
            "type": "function",
            "function": {"name": tool.name, "description": tool.summary, "parameters": dict(tool.parameters)},
        }
        for tool in tools
    ]


def cache_key(request: Request) -> str:
    """What calls with the same beginning have in common, so that a provider can send them to the same cache."""
    first = [message.text for message in request.messages[:1]]
    return hashlib.blake2b(json.dumps([request.role, first]).encode(), digest_size=12).hexdigest()


def _has_marks(endpoint: Endpoint) -> bool:
    return "claude" in endpoint.model or endpoint.provider == "anthropic"


def _as_message(message: Message, *, marked: bool) -> dict[str, Any]:
    content: Any = message.text
    if marked and message.text:
        content = [{"type": "text", "text": message.text, "cache_control": {"type": "ephemeral"}}]
    row: dict[str, Any] = {"role": message.role, "content": content}
    if message.calls:
        row["tool_calls"] = [_as_call(call) for call in message.calls]
        row["content"] = content or None
    if message.role == "tool":
        row["tool_call_id"] = message.call_id
    return row


def _as_call(call: ToolCall) -> dict[str, Any]:
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": _object(call.arguments)}}


def _object(arguments: str) -> str:
    """Arguments as sent back: some providers refuse a whole conversation for one call that was no JSON."""
    try:
        if isinstance(json.loads(arguments), dict):
            return arguments
    except (ValueError, RecursionError):
        pass
    return json.dumps({"unreadable": arguments})
