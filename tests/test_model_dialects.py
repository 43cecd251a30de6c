"""What only some providers have: marks for the cache, Ollama's ways; and that none of them looks elsewhere."""

import sys
from typing import Any

import pytest
from scripted import Scripted
from test_model_provider import SOURCE

from codeagent.agent.endpoint import Endpoint
from codeagent.agent.model import Reply, Request
from codeagent.agent.provider import Provider
from codeagent.agent.wire import as_call
from codeagent.domain.errors import ModelError, UsageError
from codeagent.domain.run import Message, ToolCall

_seen: list[Any] = []


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect":
        _seen.append(arguments[1])
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        _seen.append(arguments[0])


sys.addaudithook(_watch)  # it stays for the life of the process, and only takes notes

TALK = (
    Message("system", "be exact", mark=True),
    Message("user", "go", mark=True),
    Message("assistant", "I look.", (ToolCall("c1", "source", '{"symbol": "a"}'),)),
    Message("tool", "def a(): ...", call_id="c1", mark=True),
)
REQUEST = Request("explorer", TALK, (SOURCE,), max_output_tokens=50)


def answer(model: str, place: str, **more: Any) -> Reply:
    return Provider(Endpoint(model, place, timeout=20, **more)).answer(REQUEST, lambda _: None)


def test_marks_become_cache_control_and_cached_tokens_are_cheaper(server, monkeypatch):
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-other")
    used = {"input": 1000, "output": 10, "cached": 600, "written": 300}
    server.say("hello", calls=[{"source": {"symbol": "b"}}], usage=used)
    reply = answer("anthropic/claude-sonnet-4-5", server.place)
    (body,) = server.requests
    mark = {"type": "ephemeral"}
    assert body["system"] == [{"type": "text", "text": "be exact", "cache_control": mark}]
    assert body["messages"][0]["content"][0]["cache_control"] == mark
    assert "cache_control" not in body["messages"][1]["content"][0]
    assert body["messages"][2]["content"][0]["content"][0]["cache_control"] == mark
    assert server.headers[0]["x-api-key"] == "sk-other"
    assert (reply.usage.input_tokens, reply.usage.cached_tokens, reply.usage.output_tokens) == (1000, 600, 10)
    assert reply.usage.cost == pytest.approx(100 * 3e-6 + 600 * 0.3e-6 + 300 * 3.75e-6 + 10 * 15e-6)
    assert reply.message.calls == (ToolCall("toolu_0", "source", '{"symbol": "b"}'),)


def test_no_more_marks_than_a_provider_takes():
    many = Request("editor", tuple(Message("user", str(n), mark=True) for n in range(9)))
    sent = as_call(many, Endpoint("anthropic/claude-sonnet-4-5"))["messages"]
    assert [isinstance(message["content"], list) for message in sent] == [False] * 5 + [True] * 4


def test_openai_is_told_what_calls_have_in_common():
    one, two = (as_call(Request("editor", TALK[:n]), Endpoint("openai/gpt-4o"))["prompt_cache_key"] for n in (1, 3))
    assert one == two != as_call(Request("planner", TALK), Endpoint("openai/gpt-4o"))["prompt_cache_key"]
    assert "prompt_cache_key" not in as_call(REQUEST, Endpoint("openai/gpt-4o", "http://127.0.0.1:1/v1"))
    again = as_call(REQUEST, Endpoint("openai/gpt-4o"))
    assert again == as_call(REQUEST, Endpoint("openai/gpt-4o"))


@pytest.mark.parametrize("model", ["ollama/llama3", "ollama/nobody-knows", "ollama_chat/nobody-knows"])
def test_ollama_is_asked_in_its_chat_with_a_context_as_long_as_we_think(server, model):
    server.say("I look.", calls=[{"source": {"symbol": "b"}}], usage={"input": 70, "output": 9})
    reply = answer(model, server.place)
    (body,) = server.requests
    assert body["tools"][0]["function"]["name"] == "source" and body["options"]["num_ctx"] == 8192
    assert reply.message.text == "I look." and reply.message.calls[0].arguments == '{"symbol": "b"}'
    assert (reply.usage.input_tokens, reply.usage.output_tokens) == (70, 9)
    server.say("ok")
    answer(model, server.place, context_tokens=20_000)
    assert server.requests[1]["options"]["num_ctx"] == 20_000


LIKE_OPENAI = "hosted_vllm/x lm_studio/x llamafile/x openai/llama-3-8b groq/llama-3.1-8b-instant azure/gpt-4o"


@pytest.mark.parametrize(
    "model", [*LIKE_OPENAI.split(), "ollama/llama3", "ollama_chat/x", "anthropic/claude-sonnet-4-5"]
)
def test_nothing_is_contacted_but_the_place_that_was_named(server, model, monkeypatch):
    for name in ("GROQ", "AZURE", "ANTHROPIC"):
        monkeypatch.setenv(f"{name}_API_KEY", "sk-other")
    monkeypatch.setenv("AZURE_API_VERSION", "2024-06-01")
    place = server.url if model in LIKE_OPENAI.split() else server.place
    _seen.clear()
    server.say("one").play({"status": 500, "message": "oops"})
    answer(model, place)
    with pytest.raises(Exception, match="oops"):
        answer(model, place)
    port = int(server.place.rpartition(":")[2])
    assert set(_seen) <= {("127.0.0.1", port), "127.0.0.1", b"127.0.0.1"}
    assert len(server.requests) == 2


@pytest.mark.parametrize("model", ["openai/x", "hosted_vllm/x", "ollama_chat/x", "anthropic/claude-sonnet-4-5"])
def test_an_answer_sends_nobody_elsewhere(server, model, monkeypatch):
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-other")
    other = Scripted()
    try:
        server.play({"status": 307, "message": "go there", "location": f"{other.url}/chat/completions"})
        other.say("gotcha")
        with pytest.raises(ModelError):
            answer(model, server.url if "openai" in model else server.place)
        assert len(server.requests) == 1 and other.requests == []
    finally:
        other.close()


def test_a_provider_that_looks_elsewhere_is_not_sent_to_a_place_of_ones_own(tmp_path, home):
    from codeagent.agent.roles import cast
    from codeagent.config import load_config

    with pytest.raises(UsageError, match="cannot be served"):
        cast(load_config(tmp_path), "huggingface/x/y", "http://127.0.0.1:1/v1")
