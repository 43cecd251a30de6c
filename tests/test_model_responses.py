"""The Responses API as a transport, off unless the user's settings say so: through the real litellm, as chat is."""

import pytest
from test_model_provider import SOURCE, answer, asked

from codeagent.agent.failing import CallFailed
from codeagent.agent.model import Request
from codeagent.agent.roles import cast
from codeagent.config import load_config
from codeagent.domain.errors import ContextOverflow, ModelError, UsageError
from codeagent.domain.run import Message, ToolCall


def said(server, request=None, heard=None, **endpoint):
    return answer(server, request, heard, transport="responses", **endpoint)


def test_text_streams_and_usage_is_counted(server):
    server.say("A shop with a cart.", usage={"input": 100, "output": 7, "cached": 60, "reasoning": 3}, thinking="Hm.")
    heard: list[str] = []
    reply = said(server, heard=heard, price_in=1.0, price_out=2.0)
    assert (reply.message, reply.thinking) == (Message("assistant", "A shop with a cart."), "Hm.")
    assert (reply.finish, reply.model, reply.id[:5]) == ("stop", "openai/scripted", "resp_")
    assert "".join(heard) == "A shop with a cart." and len(heard) > 3
    used = reply.usage
    assert (used.input_tokens, used.output_tokens, used.cached_tokens, used.reasoning_tokens) == (100, 7, 60, 3)
    assert used.cost == pytest.approx((100 + 14) / 1e6) and used.calls == 1


def test_a_loop_of_tool_calls_says_everything_each_time_and_nothing_is_kept(server):
    server.say("Let me look.", calls=[{"source": {"symbol": "Cart.total"}}, {"source": '{"symbol": broken'}])
    reply = said(server)
    assert (reply.finish, reply.message.text) == ("calls", "Let me look.")
    assert reply.message.calls == (
        ToolCall("call_0", "source", '{"symbol": "Cart.total"}'),
        ToolCall("call_1", "source", '{"symbol": broken'),
    )
    results = tuple(Message("tool", "def total(): …", call_id=call.id) for call in reply.message.calls)
    server.say("Done.")
    messages = (*asked().messages, reply.message, *results)
    assert said(server, Request("explorer", messages, (SOURCE,), must_call="source")).message.text == "Done."
    first, second = server.requests
    assert (first["store"], first["stream"], "previous_response_id" in second) == (False, True, False)
    assert second["input"][:2] == first["input"]
    kinds = [item.get("type", item.get("role")) for item in second["input"][2:]]
    assert kinds == ["assistant", *["function_call"] * 2, *["function_call_output"] * 2]
    assert second["input"][4]["arguments"].startswith('{"unreadable"')
    assert second["tool_choice"] == {"type": "function", "name": "source"}
    assert second["tools"][0]["name"] == "source"


def test_an_answer_that_was_cut_says_so(server):
    server.say("A sh", finish="length")
    assert said(server).finish == "length"


@pytest.mark.parametrize(
    ("reply", "told", "remedy"),
    [
        ({"status": 401, "message": "bad key"}, "refused the key", "next"),
        ({"status": 429, "message": "slow", "retry_after": 7}, "slow down", "again"),
        ({"status": 500, "message": "oops"}, "failed (500)", "again"),
        ({"status": 302, "location": "http://127.0.0.1:9/"}, "", "next"),
        ({"text": "half an answer", "fault": "cut"}, "", "again"),
        ({"text": "half an answer", "fault": "end"}, "broke off", "again"),
        ({"fault": "drop"}, "broke off", "again"),
        ({"fault": "html"}, "web page", "next"),
        ({"fault": "empty"}, "empty answer", "again"),
        ({"bytes": 5_000_000}, "cut off", "none"),
    ],
)
def test_what_goes_wrong_is_said_as_for_chat(server, reply, told, remedy):
    server.play(reply)
    with pytest.raises(ModelError) as caught:
        said(server)
    assert isinstance(caught.value, CallFailed), caught.value
    assert told in caught.value.message and caught.value.remedy == remedy, caught.value
    assert len(server.requests) == 1
    if "retry_after" in reply:
        assert caught.value.wait == 7


def test_silence_is_given_up_and_a_request_that_is_too_long_is_told(server):
    server.play({"text": "half an answer", "fault": "stall"})
    with pytest.raises(CallFailed, match=r"said nothing for 0\.3 seconds"):
        said(server, timeout=0.3)
    server.play({"status": 400, "message": "Your input exceeds the context window of this model."})
    with pytest.raises(ContextOverflow):
        said(server)


def test_settings_turn_it_on_for_models_that_have_it(home, tmp_path):
    file = home / ".config" / "codeagent" / "config.toml"
    file.parent.mkdir(parents=True)
    table = '[models.fast]\nmodel = "{}"\ntransport = "{}"\n'
    for model, transport, problem in (
        ("openai/x", "responses", ""),
        ("ollama/x", "responses", "only models openai/NAME"),
        ("openai/x", "pigeon", "must be one of chat, responses"),
    ):
        file.write_text(table.format(model, transport))
        if problem:
            with pytest.raises(UsageError, match=problem):
                cast(load_config(tmp_path), "fast")
        else:
            assert cast(load_config(tmp_path), "fast")["planner"][0].transport == "responses"
            assert cast(load_config(tmp_path), "openai/y")["planner"][0].transport == "chat"
