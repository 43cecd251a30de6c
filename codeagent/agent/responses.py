"""The Responses API of OpenAI instead of its chat completions, for the models that the user's settings say so of."""

from typing import Any, Final

from codeagent.agent.assembling import Assembly, Counts
from codeagent.agent.endpoint import Endpoint
from codeagent.agent.model import Request
from codeagent.agent.wire import cache_key, key_of, whole_arguments
from codeagent.domain.run import Message

_INCOMPLETE: Final = {"max_output_tokens": "length", "content_filter": "content_filter"}


def as_response_call(request: Request, endpoint: Endpoint) -> dict[str, Any]:
    """The arguments of `litellm.responses`; the provider is told to keep nothing, so each call says everything."""
    call: dict[str, Any] = {
        "model": endpoint.model,
        "input": [item for message in request.messages for item in _items(message)],
        "stream": True,
        "store": False,
        "timeout": min(endpoint.timeout, request.seconds or endpoint.timeout),
        "num_retries": 0,
        "max_retries": 0,
        **key_of(endpoint),
    }
    if endpoint.api_base:
        call["api_base"] = endpoint.api_base
    else:
        call["extra_body"] = {"prompt_cache_key": cache_key(request)}
    if limit := request.max_output_tokens or endpoint.max_output_tokens:
        call["max_output_tokens"] = limit
    if request.tools:
        call["tools"] = [
            {"type": "function", "name": one.name, "description": one.summary, "parameters": dict(one.parameters)}
            for one in request.tools
        ]
        if request.must_call:
            call["tool_choice"] = {"type": "function", "name": request.must_call}
    return call


def let_stream(litellm: Any, endpoint: Endpoint) -> None:
    """Let litellm stream a model that its list does not know; it would ask for the whole answer at once."""
    name = endpoint.model.removeprefix("openai/")
    if name not in litellm.model_cost:
        litellm.model_cost[name] = {"litellm_provider": "openai", "supports_native_streaming": True}


def feed(assembly: Assembly, event: Any) -> None:
    """Take an event as litellm gives it. Raises CallFailed once the answer is too large."""
    match str(getattr(event.type, "value", event.type)):
        case "response.output_text.delta" | "response.refusal.delta":
            assembly.add(event.delta or "")
        case "response.reasoning_summary_text.delta" | "response.reasoning_text.delta":
            assembly.add("", event.delta or "")
        case "response.output_item.added" if _of(event.item, "type") == "function_call":
            assembly.add_call(event.output_index, _of(event.item, "call_id"), _of(event.item, "name"), "")
        case "response.function_call_arguments.delta":
            assembly.add_call(event.output_index, "", "", event.delta or "")
        case "response.completed" | "response.incomplete":
            _finish(assembly, event.response)


def _finish(assembly: Assembly, response: Any) -> None:
    assembly.id = str(response.id or "")
    why = _of(getattr(response, "incomplete_details", None), "reason")
    assembly.finished = _INCOMPLETE.get(why, "stop")
    usage = getattr(response, "usage", None)
    if usage is not None:
        cached = getattr(usage.input_tokens_details, "cached_tokens", None) or 0
        reasoning = getattr(usage.output_tokens_details, "reasoning_tokens", None) or 0
        assembly.counts = Counts(usage.input_tokens, usage.output_tokens, cached, 0, reasoning)


def _of(item: Any, name: str) -> str:
    """A field of what litellm gives as an object here and as a mapping there."""
    value = item.get(name) if isinstance(item, dict) else getattr(item, name, None)
    return str(value or "")


def _items(message: Message) -> list[dict[str, Any]]:
    if message.role == "tool":
        return [{"type": "function_call_output", "call_id": message.call_id, "output": message.text}]
    said = [{"role": message.role, "content": message.text}] if message.text or not message.calls else []
    calls = (
        {
            "type": "function_call",
            "call_id": call.id,
            "name": call.name,
            "arguments": whole_arguments(call.arguments),
        }
        for call in message.calls
    )
    return [*said, *calls]
