"""Models without tool calls: what they are told, what is read from their answers, and JSON that is nearly JSON."""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_model_provider import SOURCE, answer, asked

from codeagent.agent.arguments import read_arguments
from codeagent.agent.model import Reply, Request
from codeagent.agent.sloppy import read_sloppy
from codeagent.agent.textual import Hush, in_words, with_calls
from codeagent.domain.errors import UsageError
from codeagent.domain.run import Message, ToolCall, Usage
from codeagent.domain.tool import Effect, Tool, ToolResult

CALLERS = Tool(
    "callers",
    Effect.READ,
    "Who calls it.",
    {
        "type": "object",
        "properties": {
            "symbol": {"type": "string", "description": "a name or id"},
            "depth": {"type": "integer"},
            "order": {"enum": ["near", "far"]},
        },
        "required": ["symbol"],
    },
    lambda _: ToolResult(""),
)
REQUEST = Request("explorer", (Message("user", "go"),), (SOURCE, CALLERS))


def read(text: str, *, finish="stop", native: bool = False) -> tuple[str, list[tuple[str, str]]]:
    """The text and the calls of an answer."""
    reply = with_calls(Reply(Message("assistant", text), Usage(), "m", finish), REQUEST, native=native)
    assert (reply.finish == "calls") == bool(reply.message.calls)
    return reply.message.text, [(call.name, call.arguments) for call in reply.message.calls]


CALL = ("source", '{"symbol": "Cart.total"}')

# Each means: call `source` with the symbol Cart.total.
WRITTEN = {
    "as told": '```tool_call\n{"name": "source", "arguments": {"symbol": "Cart.total"}}\n```',
    "as Hermes does": '<tool_call>\n{"name": "source", "arguments": {"symbol": "Cart.total"}}\n</tool_call>',
    "never closed": '```tool_call\n{"name": "source", "arguments": {"symbol": "Cart.total"}}',
    "element never closed": '<tool_call>{"name": "source", "arguments": {"symbol": "Cart.total"}}',
    "tagged json": '```json\n{"name": "source", "arguments": {"symbol": "Cart.total"}}\n```',
    "nothing but JSON": '{"name": "source", "arguments": {"symbol": "Cart.total"}}',
    "a list": '```tool_call\n[{"name": "source", "arguments": {"symbol": "Cart.total"}}]\n```',
    "as OpenAI nests it": '```tool_call\n{"type": "function", "function": {"name": "source", '
    '"arguments": "{\\"symbol\\": \\"Cart.total\\"}"}}\n```',
    "other keys": '```tool_call\n{"tool": "source", "parameters": {"symbol": "Cart.total"}}\n```',
    "no arguments key": '```tool_call\n{"name": "source", "symbol": "Cart.total"}\n```',
    "named in the fence": '```tool_call source\n{"symbol": "Cart.total"}\n```',
    "like Python": "```tool_call\n{'name': 'source', 'arguments': {'symbol': 'Cart.total',}}\n```",
    "bare keys and remarks": '```tool_call\n{name: "source", // this one\n arguments: {symbol: "Cart.total"}}\n```',
    "closers forgotten": '```tool_call\n{"name": "source", "arguments": {"symbol": "Cart.total"}\n```',
    "as Qwen Coder does": "<tool_call>\n<function=source>\n<parameter=symbol>\nCart.total\n</parameter>\n</function>\n"
    "</tool_call>",
    "as Llama does": '<function=source>{"symbol": "Cart.total"}</function>',
    "after a tag": '<|python_tag|>{"name": "source", "parameters": {"symbol": "Cart.total"}}<|eom_id|>',
    "as Claude does": '<function_calls>\n<invoke name="source">\n<parameter name="symbol">Cart.total</parameter>\n'
    "</invoke>\n</function_calls>",
    "as GLM does": "<tool_call>source\n<arg_key>symbol</arg_key>\n<arg_value>Cart.total</arg_value>\n</tool_call>",
    "as DeepSeek does": "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>source\n```json\n"
    '{"symbol": "Cart.total"}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
    "as DeepSeek does now": "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>source<｜tool▁sep｜>"
    '{"symbol": "Cart.total"}<｜tool▁call▁end｜><｜tool▁calls▁end｜>',
    "as Kimi does": "<|tool_calls_section_begin|><|tool_call_begin|>functions.source:0<|tool_call_argument_begin|>"
    '{"symbol": "Cart.total"}<|tool_call_end|><|tool_calls_section_end|>',
    "as Mistral does": '[TOOL_CALLS][{"name": "source", "arguments": {"symbol": "Cart.total"}}]',
    "as Mistral does now": '[TOOL_CALLS]source[ARGS]{"symbol": "Cart.total"}</s>',
    "as gpt-oss does": "<|channel|>commentary to=functions.source <|constrain|>json<|message|>"
    '{"symbol": "Cart.total"}<|call|>',
    "as Phi does": '<|tool_call|>[{"name": "source", "arguments": {"symbol": "Cart.total"}}]<|/tool_call|>',
    "as Phi did": 'functools[{"name": "source", "arguments": {"symbol": "Cart.total"}}]',
    "as ReAct does": 'Action: source\nAction Input: {"symbol": "Cart.total"}\nObservation: 42',
    "as Gemma does": '```tool_code\nprint(default_api.source(symbol="Cart.total"))\n```',
    "as Python in a list": '[source(symbol="Cart.total")]',
    "in a namespace": '{"name": "functions.source", "arguments": {"symbol": "Cart.total"}}',
    "JSON in JSON": '{"name": "source", "arguments": "{\\"symbol\\": \\"Cart.total\\"}"}',
    "in the midst of words": 'I look: {"name": "source", "arguments": {"symbol": "Cart.total"}}',
    "on a line of its own": 'So:\n{"name": "source", "arguments": {"symbol": "Cart.total"}}\nThis shows it.',
    "longer fence": '~~~~ tool_call\n{"name": "source", "arguments": {"symbol": "Cart.total"}}\n~~~~',
}


@pytest.mark.parametrize("text", WRITTEN.values(), ids=WRITTEN.keys())
def test_calls_are_read_however_they_are_written(text):
    assert [(name, json.loads(arguments)) for name, arguments in read(text)[1]] == [("source", json.loads(CALL[1]))]


def test_words_before_a_call_stay_and_words_after_it_go():
    made_up = "Result: 42 lines.\n```tool_call\n{}\n```"
    assert read(f"Let me look.\n\n{WRITTEN['as told']}\n{made_up}") == ("Let me look.", [CALL])


def test_several_calls():
    second = '```tool_call\n{"name": "callers", "arguments": {"symbol": "a", "depth": 2}}\n```'
    calls = [CALL, ("callers", '{"symbol": "a", "depth": 2}')]
    assert read(f"{WRITTEN['as told']}\n\n{second}")[1] == calls
    both = (
        '[{"name": "source", "arguments": {"symbol": "Cart.total"}}, {"name": "callers", "arguments": {"symbol": "a"}}]'
    )
    assert [name for name, _ in read(f"<tool_call>{both}</tool_call>")[1]] == ["source", "callers"]


@pytest.mark.parametrize(
    "text",
    [
        "Plain words.",
        'Settings are JSON:\n```json\n{"name": "shop", "arguments": []}\n```\nThat is all.',
        '```python\n{"name": "source"}\n```',
        '{"name": "shop"}',
        'Write {"name": "source", "arguments": {"symbol": "a"}} to call it.',
        '{"name": "source"} is how it begins.',
        'These are alike:\n[{"name": "a", "arguments": {}}]',
        "[source(symbol)] and source(1)",
        "source(symbol=Cart.total)",
        "Action: none",
        "",
    ],
)
def test_what_is_no_call_is_text(text):
    assert read(text) == (text, [])


def test_a_call_that_cannot_be_read_reaches_the_one_who_can_say_so():
    text = '```tool_call\n{"name": "source", "arguments": {"symbol": "say "hi""}}\n```'
    assert read(text)[1] == [("source", '{"name": "source", "arguments": {"symbol": "say "hi""}}')]
    assert read("```tool_call\n???\n```")[1] == [("unreadable", "???")]
    assert read("```tool_call\n```")[1] == [("unreadable", "")]
    cut = '```tool_call\n{"name": "source", "arguments": {"symbol": "Cart.total"'
    ((name, arguments),) = read(cut, finish="length")[1]
    assert name == "source" and arguments.endswith("…[cut off here]")
    with pytest.raises(UsageError):
        read_arguments(arguments)


def test_a_model_with_calls_of_its_own_may_quote_them():
    quoted = f"The README shows:\n{WRITTEN['as Hermes does']}\nwhich calls a tool."
    assert read(quoted, native=True) == (quoted, [])
    quoted = f"A call:\n{WRITTEN['tagged json']}"
    assert read(quoted, native=True) == (quoted, [])
    quoted = f"A call:\n{WRITTEN['nothing but JSON']}"
    assert read(quoted, native=True) == (quoted, [])
    assert read(f"Let me see. {WRITTEN['as Hermes does']}", native=True) == ("Let me see.", [CALL])


def test_what_stands_within_lists_is_told_too():
    step = {"type": "object", "properties": {"id": {"type": "string", "description": "a name"}}, "required": ["id"]}
    lists = {"steps": {"type": "array", "items": step}, "paths": {"type": "array", "items": {"type": "string"}}}
    plan = Tool("plan", Effect.READ, "Plan.", {"type": "object", "properties": lists}, lambda _: ToolResult(""))
    told = in_words(Request("planner", (Message("user", "go"),), (plan,))).messages[0].text
    assert "- steps (list of object, optional)\n    - id (string): a name\n  - paths (list of string, optional)" in told


@pytest.mark.parametrize("name", [name for name in WRITTEN if name.startswith(("as ", "nothing", "tagged", "JSON"))])
def test_a_server_may_hand_out_as_text_what_its_model_means_as_a_call(name):
    if name not in ("as told", "as ReAct does", "as Gemma does"):
        assert [name for name, _ in read(WRITTEN[name], native=True)[1]] == ["source"]


def test_values_that_stand_between_tags_are_read_as_the_tool_declares_them():
    rows = "<parameter=symbol>\n12\n</parameter>\n<parameter=depth>\n2\n</parameter>"
    ((name, arguments),) = read(f"<tool_call>\n<function=functions.callers>\n{rows}\n</function>\n</tool_call>")[1]
    assert (name, json.loads(arguments)) == ("callers", {"symbol": "12", "depth": 2})
    text = "<function=source>\n<parameter=symbol>\n  a\n```\nb\n\n</parameter></function>"
    assert json.loads(read(text)[1][0][1]) == {"symbol": "  a\n```\nb\n"}
    both = WRITTEN["as Kimi does"].replace("<|tool_calls_section_end|>", "") + WRITTEN["as Kimi does"]
    assert [name for name, _ in read(both)[1]] == ["source", "source"]
    lines = '{"name": "source", "arguments": {"symbol": "a"}}\n{"name": "callers", "arguments": {"symbol": "b"}}'
    assert [name for name, _ in read(lines)[1]] == ["source", "callers"]


def test_what_the_model_is_told():
    calls = (ToolCall("c1", "source", '{"symbol": "a"}'), ToolCall("c2", "source", "{broken"))
    told = in_words(
        Request(
            "editor",
            (
                Message("system", "be exact", mark=True),
                Message("user", "go"),
                Message("assistant", "I look.", calls),
                Message("tool", "def a(): ...", call_id="c1"),
                Message("tool", "no JSON", call_id="c2"),
            ),
            (SOURCE, CALLERS),
            must_call="callers",
        )
    )
    assert told.tools == () and [message.role for message in told.messages] == ["system", "user", "assistant", "user"]
    system, _, said, results = (message.text for message in told.messages)
    assert system.startswith("be exact\n\nYou have these tools:") and told.messages[0].mark
    assert "- callers: Who calls it.\n  - symbol (string): a name or id\n  - depth (integer, optional)\n" in system
    assert '  - order ("near" or "far", optional)' in system
    assert said.startswith('I look.\n```tool_call\n{"name": "source", "arguments": {"symbol": "a"}}\n```')
    assert "Result of the call c1:\ndef a(): ...\n\nResult of the call c2:\nno JSON" in results
    assert results.endswith("Now call the tool callers.")
    assert in_words(REQUEST).messages[0].role == "system"


# --- through the provider ---------------------------------------------------------------------------


def test_a_model_that_says_it_has_no_calls_gets_them_in_words(server):
    server.play({"status": 400, "message": "scripted does not support tools"})
    server.say(f"<think>```tool_call is it?</think>I look.\n{WRITTEN['as told']}", pieces=30)
    heard: list[str] = []
    reply = answer(server, heard=heard)
    assert reply.message.calls[0].name == "source" and reply.thinking == "```tool_call is it?"
    assert "".join(heard).rstrip() == reply.message.text == "I look."
    first, second = server.requests
    assert "tools" in first and "tools" not in second and "- source: Show source." in server.texts()[1]


def test_a_model_set_to_text_is_never_offered_calls(server):
    server.say("Look:\n```python\nx = 1\n```\nDone.", pieces=12)
    heard: list[str] = []
    reply = answer(server, heard=heard, tool_calls="text")
    assert "".join(heard) == reply.message.text == "Look:\n```python\nx = 1\n```\nDone."
    assert "tools" not in server.requests[0]


def test_calls_that_a_server_hands_out_as_text(server):
    server.say(WRITTEN["as Hermes does"])
    assert answer(server).message.calls[0].arguments == CALL[1]


def test_a_namespace_before_a_native_call_is_taken_off(server):
    server.say(calls=[{"functions.source": {"symbol": "a"}}, {"other.thing": {}}])
    assert [call.name for call in answer(server).message.calls] == ["source", "other.thing"]


def test_a_native_call_that_was_cut_off_says_so(server):
    server.say(calls=[{"source": '{"symbol": "Cart"'}], finish="length")
    reply = answer(server)
    assert reply.finish == "length"
    with pytest.raises(UsageError):
        read_arguments(reply.message.calls[0].arguments)


def test_call_ids_differ_from_turn_to_turn(server):
    server.say(WRITTEN["as told"]).say(WRITTEN["as told"])
    ids = [answer(server, asked(text), tool_calls="text").message.calls[0].id for text in ("one", "two")]
    assert len(set(ids)) == 2


# --- JSON that is nearly JSON -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{a: 1, 'b': [True, None,],}", {"a": 1, "b": [True, None]}),
        ('{"a": "x", # said\n "b": /* or */ "y"} // end', {"a": "x", "b": "y"}),
        ('{"pattern": "\\d+\\.py$"}', {"pattern": "\\d+\\.py$"}),
        ('{"text": "two\nlines"}', {"text": "two\nlines"}),
        ("{'it': 'isn\\'t'}", {"it": "isn't"}),
        ('{"a": {"b": [1, {"c": "d"', {"a": {"b": [1, {"c": "d"}]}}),
        ('{"n": -1.5e3, "z": 0}', {"n": -1500.0, "z": 0}),
        ('{"a": "\\u00e9"};', {"a": "é"}),
        ("{}", {}),
    ],
)
def test_what_can_mean_one_thing_is_read(text, value):
    assert read_sloppy(text) == value


@pytest.mark.parametrize(
    "text",
    [
        '{"a": "cut',
        '{"a": 12',
        '{"a": tru',
        '{"a": true',
        '{"a": "b",',
        '{"a":',
        '{"a": Cart.total}',
        '{"a": "say "hi" now"}',
        '{"a": 1, "a": 2}',
        '{"a": 1} {"b": 2}',
        '{"a": 01}',
        '{"a": 1.2.3}',
        "[" * 100,
        "",
        "nothing",
    ],
)
def test_what_can_mean_several_things_is_not(text):
    assert read_sloppy(text) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(JSON.filter(lambda value: isinstance(value, dict | list)))
def test_sound_json_is_read_as_it_is(value):
    assert read_sloppy(json.dumps(value)) == value
    assert read_sloppy(json.dumps(value, ensure_ascii=False, indent=1)) == value


@pytest.mark.parametrize("piece", ["<|channel|>x to=source ", "<tool_call>", '[["a",', '{"name": "source", ', "a(b "])
def test_no_text_takes_long_to_read(piece):
    text = piece * (100_000 // len(piece))
    before = time.process_time()
    hush = Hush(lambda heard: None)
    for at in range(0, len(text), 20):
        hush.hear(text[at : at + 20])
    with_calls(Reply(Message("assistant", text), Usage(), "m"), REQUEST)
    assert time.process_time() - before < 5


@settings(max_examples=200, deadline=None)
@given(st.text() | st.text("{}[]\"',:/*#tf01a\\ \n"))
def test_any_text_is_read_or_refused(text):
    read_sloppy(text)
    with_calls(Reply(Message("assistant", text), Usage(), "m"), REQUEST)


@settings(max_examples=100, deadline=None)
@given(st.text() | st.text("`~<>|tol_cajsn{}[]()=\"': \n"), st.integers(1, 9))
def test_what_is_heard_is_the_text_of_the_reply(text, size):
    heard: list[str] = []
    hush = Hush(heard.append)
    for at in range(0, len(text), size):
        hush.hear(text[at : at + size])
    reply = with_calls(Reply(Message("assistant", text), Usage(), "m"), REQUEST)
    hush.end(reply.message.text)
    assert "".join(heard).rstrip() == reply.message.text.rstrip()
