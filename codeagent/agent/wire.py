"""Requests as the chat completions of OpenAI have them, which litellm turns into what each provider wants."""

import hashlib
import json
import os
from typing import Any, Final

from codeagent.agent.endpoint import Endpoint
from codeagent.agent.model import Request
from codeagent.agent.prices import known
from codeagent.domain.run import Message, ToolCall
from codeagent.domain.tool import Tool

_MARKS: Final = 4  # the most that Anthropic takes


OLLAMA: Final = "ollama_chat/"
_KEYLESS: Final = "none"  # sent to a server of the user's own that wants no key


def as_call(request: Request, endpoint: Endpoint) -> dict[str, Any]:
    """The arguments of `litellm.completion`; nothing is retried, and nothing that matters dropped in silence."""
    call: dict[str, Any] = {
        "model": endpoint.model,
        "messages": as_messages(request, endpoint),
        "stream": True,
        "stream_options": {"include_usage": True},
        "timeout": min(endpoint.timeout, request.seconds or endpoint.timeout),
        "num_retries": 0,
        "max_retries": 0,
        "drop_params": not request.tools,
    }
    if endpoint.api_base:
        call["api_base"] = endpoint.api_base
    elif endpoint.provider in ("", "openai"):
        call["prompt_cache_key"] = cache_key(request)
    call |= key_of(endpoint)
    if limit := request.max_output_tokens or endpoint.max_output_tokens:
        call["max_tokens"] = limit
    if request.tools:
        call["tools"] = as_tools(request.tools)
        if request.must_call:
            call["tool_choice"] = {"type": "function", "function": {"name": request.must_call}}
    return call | _of_ollama(endpoint)


def key_of(endpoint: Endpoint) -> dict[str, str]:
    """The key, where litellm would not find it by itself, or where a server of the user's own wants none."""
    key = os.environ.get(endpoint.key) if endpoint.key else None
    if key or (endpoint.api_base and not os.environ.get("OPENAI_API_KEY") and endpoint.provider == "openai"):
        return {"api_key": key or _KEYLESS}
    return {}


def _of_ollama(endpoint: Endpoint) -> dict[str, Any]:
    """Ollama calls tools in its chat only, and cuts requests short in silence unless told how long they may be."""
    if not endpoint.provider.startswith("ollama"):
        return {}
    wide = known(endpoint).context_tokens
    return {"model": OLLAMA + endpoint.model.partition("/")[2]} | ({"num_ctx": wide} if wide else {})


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
    return {
        "id": call.id,
        "type": "function",
        "function": {"name": call.name, "arguments": whole_arguments(call.arguments)},
    }


def whole_arguments(arguments: str) -> str:
    """Return arguments as sent back: some providers refuse a whole conversation for one call that was no JSON."""
    try:
        if isinstance(json.loads(arguments), dict):
            return arguments
    except (ValueError, RecursionError):
        pass
    return json.dumps({"unreadable": arguments})
