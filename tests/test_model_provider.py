"""The provider against a scripted server, through the real litellm."""

import os
import sys

import pytest

from codeagent.agent.endpoint import Endpoint
from codeagent.agent.failing import CallFailed, NoToolCalls
from codeagent.agent.model import Reply, Request
from codeagent.agent.provider import Provider
from codeagent.domain.errors import ContextOverflow, ModelError
from codeagent.domain.run import Message, ToolCall
from codeagent.domain.tool import Effect, Tool, ToolResult

SOURCE = Tool(
    "source",
    Effect.READ,
    "Show source.",
    {"type": "object", "properties": {"symbol": {"type": "string"}}},
    lambda _: ToolResult(""),
)


def asked(text: str = "what is this?", **more) -> Request:
    return Request("explorer", (Message("system", "be exact"), Message("user", text)), (SOURCE,), **more)


def answer(server, request: Request | None = None, heard: list[str] | None = None, **endpoint) -> Reply:
    place = {"model": server.model, "api_base": server.url, "timeout": 20, **endpoint}
    return Provider(Endpoint(**place)).answer(request or asked(), (heard if heard is not None else []).append)


def failed(server, **endpoint) -> CallFailed:
    with pytest.raises(ModelError) as caught:
        answer(server, **endpoint)
    assert caught.value.exit_code == 6
    assert caught.value.hint
    return caught.value


def test_text_streams_and_usage_is_counted(server):
    server.say("A shop with a cart.", usage={"input": 100, "output": 7, "cached": 60, "reasoning": 3})
    heard: list[str] = []
    reply = answer(server, heard=heard)
    assert reply.message == Message("assistant", "A shop with a cart.")
    assert (reply.finish, reply.model, reply.id) == ("stop", "openai/scripted", "chatcmpl-scripted")
    assert "".join(heard) == "A shop with a cart." and len(heard) > 3
    used = reply.usage
    assert (used.input_tokens, used.output_tokens, used.cached_tokens, used.reasoning_tokens) == (100, 7, 60, 3)
    assert used.cost is None and used.calls == 1


def test_tool_calls_that_stream_in_pieces_are_put_together(server):
    server.say("Let me look.", calls=[{"source": {"symbol": "Cart.total"}}, {"source": '{"symbol": broken'}])
    reply = answer(server)
    assert reply.finish == "calls"
    assert reply.message.text == "Let me look."
    assert reply.message.calls == (
        ToolCall("call_0", "source", '{"symbol": "Cart.total"}'),
        ToolCall("call_1", "source", '{"symbol": broken'),
    )


def test_the_request_carries_conversation_and_tools_in_order(server):
    server.say("ok")
    calls = (ToolCall("c1", "source", '{"symbol": "a"}'), ToolCall("c2", "source", "{broken"))
    told = (
        Message("system", "be exact", mark=True),
        Message("user", "go"),
        Message("assistant", "", calls),
        Message("tool", "def a(): ...", call_id="c1"),
        Message("tool", "no JSON", call_id="c2"),
    )
    answer(server, Request("planner", told, (SOURCE,), max_output_tokens=99, must_call="source"))
    (body,) = server.requests
    assert [message["role"] for message in body["messages"]] == ["system", "user", "assistant", "tool", "tool"]
    assert body["messages"][0]["content"] == "be exact"  # no marks where a provider has none
    sent = [call["function"]["arguments"] for call in body["messages"][2]["tool_calls"]]
    assert sent == ['{"symbol": "a"}', '{"unreadable": "{broken"}']
    assert body["messages"][3]["tool_call_id"] == "c1"
    assert body["tools"][0]["function"]["name"] == "source"
    assert body["tool_choice"]["function"]["name"] == "source"
    assert body["max_tokens"] == 99
    assert body["stream"] is True


def test_thoughts_are_no_part_of_the_answer(server):
    heard: list[str] = []
    server.say("<think>is it <b>?</think>\n\nYes, and <think> is a tag.", pieces=40)
    reply = answer(server, heard=heard)
    assert (reply.message.text, reply.thinking) == ("Yes, and <think> is a tag.", "is it <b>?")
    assert "".join(heard) == reply.message.text
    server.say("Yes.", thinking="hm, hm")
    assert answer(server).thinking == "hm, hm"
    server.say("it seems so\n</think>\nYes.")
    assert answer(server).message.text == "Yes."


@pytest.mark.parametrize(
    ("step", "says", "remedy"),
    [
        ({"status": 429, "message": "too fast", "retry_after": 7}, "asks to slow down: too fast", "again"),
        ({"status": 500, "message": "oops"}, "failed (500): oops", "again"),
        ({"status": 503, "message": "Busy", "fault": "html"}, "failed (503): Busy", "again"),
        ({"status": 401, "message": "bad key"}, "refused the key: bad key", "next"),
        ({"status": 404, "message": "no model scripted"}, "was not found: no model scripted", "next"),
        ({"status": 400, "message": "seed must be odd"}, "refused the request: seed must be odd", "next"),
        ({"fault": "html"}, "answered with a web page", "next"),
        ({"fault": "empty"}, "gave an empty answer", "again"),
        ({"fault": "drop"}, "broke off", "again"),
        ({"fault": "cut", "text": "half of it is here"}, "broke off", "again"),
        ({"fault": "end", "text": "half of it is here"}, "broke off in the middle", "again"),
        ({"fault": "hang"}, "said nothing for 0.5 seconds", "next"),
        ({"fault": "stall", "text": "half of it is here"}, "said nothing for 0.5 seconds", "next"),
        ({"fault": "ping", "text": "half of it is here"}, "said nothing for 0.5 seconds", "next"),
    ],
    ids=lambda value: str(value.get("fault", value.get("status"))) if isinstance(value, dict) else None,
)
def test_what_goes_wrong_is_said_and_sorted(server, step, says, remedy):
    server.play(step)
    error = failed(server, timeout=0.5 if step.get("fault") in ("hang", "stall", "ping") else 20)
    assert says in error.message
    assert error.remedy == remedy
    assert "litellm" not in error.message and "<" not in error.message
    assert error.wait == step.get("retry_after")
    assert len(server.requests) == 1  # nothing is tried again behind our back


def test_a_half_answer_is_never_a_reply(server):
    for fault in ("cut", "end", "stall"):
        server.play({"calls": [{"source": {"symbol": "everything"}}], "fault": fault})
        failed(server, timeout=0.5 if fault == "stall" else 20)


def test_an_answer_without_end_is_cut_off(server):
    server.say(bytes=5_000_000, pieces=200)
    assert "grew over 1,048,576 characters" in failed(server).message


def test_too_long_a_request_is_its_own_error(server):
    server.play({"status": 400, "code": "context_length_exceeded", "message": "maximum context length is 4096 tokens"})
    assert isinstance(failed(server), ContextOverflow)
    server.play({"status": 400, "message": "the request exceeds the available context size"})
    assert isinstance(failed(server), ContextOverflow)


def test_a_model_without_tool_calls_is_its_own_error(server):
    for said in ("registry.example/phi does not support tools", "`tools` is not supported", "Unsupported: tool_choice"):
        server.play({"status": 400, "message": said})
        assert isinstance(failed(server, tool_calls="native"), NoToolCalls)


def test_no_key_names_the_variable(server, monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY")
    for model, variable in (("gpt-4o", "OPENAI_API_KEY"), ("anthropic/claude-sonnet-4-5", "ANTHROPIC_API_KEY")):
        error = failed(server, model=model, api_base="")
        assert "no key" in error.message and error.hint == f"set {variable}"


def test_a_server_of_ones_own_needs_no_key(server, monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY")
    server.say("hello").say("hello")
    answer(server)
    monkeypatch.setenv("MINE", "sk-mine")
    answer(server, key="MINE")
    assert [sent["authorization"] for sent in server.headers] == ["Bearer none", "Bearer sk-mine"]


def test_an_unknown_provider_and_a_server_that_is_not_there(server):
    assert "PROVIDER/MODEL" in failed(server, model="nosuch", api_base="").hint
    error = failed(server, api_base="http://127.0.0.1:9/v1")
    assert "cannot reach openai/scripted at http://127.0.0.1:9/v1" in error.message
    assert "refused" in error.message and error.remedy == "again"


def test_keys_are_not_repeated(server):
    server.play({"status": 401, "message": f"Incorrect key {os.environ['OPENAI_API_KEY']}"})
    assert "sk-scripted-key" not in failed(server).message


def test_without_litellm_the_extra_is_named(server, monkeypatch):
    monkeypatch.setitem(sys.modules, "litellm", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert failed(server).hint == "pip install 'codeagent[model]'"
