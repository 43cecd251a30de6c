"""Replies in the log: none is asked for twice, and a transcript plays without a model."""

import threading

import pytest
from test_model_provider import SOURCE, asked

from codeagent.agent.budget import Meter
from codeagent.agent.crew import Crew, Origin
from codeagent.agent.endpoint import Endpoint
from codeagent.agent.model import Request
from codeagent.agent.patient import Patience
from codeagent.agent.recorded import Replay, Tape, digest_of
from codeagent.agent.roles import ROLES
from codeagent.domain.errors import ContextOverflow, ModelError, UsageError
from codeagent.domain.run import Budget, Message, ToolCall, Usage
from codeagent.workspace.eventlog import EventLog, start_log

QUIET = Patience(tries=1)


def crew(server, meter: Meter | None = None) -> Crew:
    line = (Endpoint(server.model, server.url, timeout=20),)
    return Crew(dict.fromkeys(ROLES, line), meter or Meter(), Origin("here", "run-1"), patience=QUIET)


def silent(text: str) -> None:
    """Hear nothing."""


@pytest.fixture
def log(tmp_path, home):
    return start_log(tmp_path)


def again(log):
    """The same log, as another process finds it."""
    log.close()
    return EventLog(log.folder)


def test_a_run_that_goes_on_asks_for_nothing_twice(server, log):
    server.say("first", calls=[{"source": {"symbol": "é\x00"}}], usage={"input": 9, "output": 1}).say("second")
    model = crew(server).on(log).model("explorer")
    replies = [model.answer(asked(text), silent) for text in ("one", "two")]
    meter = Meter()
    heard: list[str] = []
    resumed = crew(server, meter).on(again(log)).model("explorer")
    assert [resumed.answer(asked(text), heard.append) for text in ("one", "two")] == replies
    assert len(server.requests) == 2 and heard == ["first", "second"]
    assert meter.usage == replies[0].usage + replies[1].usage  # a budget counts the whole run
    server.say("third")
    assert resumed.answer(asked("three"), silent).message.text == "third"


def test_the_same_question_twice_has_two_answers_in_order(server, log):
    server.say("a").say("b").say("c")
    model = crew(server).on(log).model("explorer")
    assert [model.answer(asked(), silent).message.text for _ in range(2)] == ["a", "b"]
    resumed = crew(server).on(again(log)).model("explorer")
    assert [resumed.answer(asked(), silent).message.text for _ in range(3)] == ["a", "b", "c"]


def test_threads_share_what_is_recorded(server, log):
    for number in range(8):
        server.say(f"answer {number}", when=f"question {number}")
    questions = [asked(f"question {number}") for number in range(8)]

    def all_of(log: EventLog) -> dict[int, str]:
        model, said = crew(server).on(log).model("explorer"), {}
        threads = [
            threading.Thread(target=lambda n=n: said.update({n: model.answer(questions[n], silent).message.text}))
            for n in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        return said

    first = all_of(log)
    assert first == {number: f"answer {number}" for number in range(8)}
    assert all_of(again(log)) == first
    assert len(server.requests) == 8


def test_what_makes_a_request_the_same():
    one = asked()
    assert digest_of(one) == digest_of(asked(max_output_tokens=5, seconds=3.0))
    marked = Request("explorer", (Message("system", "be exact", mark=True), *one.messages[1:]), one.tools)
    assert digest_of(marked) == digest_of(one)
    others = [
        asked("something else"),
        Request("editor", one.messages, one.tools),
        Request("explorer", one.messages),
        asked(must_call="source"),
        Request("explorer", (*one.messages, Message("assistant", "", (ToolCall("1", "source", "{}"),))), (SOURCE,)),
    ]
    assert len({digest_of(one), *map(digest_of, others)}) == 6


def test_a_request_that_was_too_long_stays_so(server, log):
    server.play({"status": 400, "code": "context_length_exceeded", "message": "maximum context length"}).say("short")
    model = crew(server).on(log).model("editor")
    with pytest.raises(ContextOverflow):
        model.answer(asked("long"), silent)
    resumed = crew(server).on(again(log)).model("editor")
    with pytest.raises(ContextOverflow):
        resumed.answer(asked("long"), silent)
    assert len(server.requests) == 1


def test_other_failures_are_kept_and_asked_again(server, log):
    server.play({"status": 401, "message": "no"}).say("yes")
    with pytest.raises(ModelError):
        crew(server).on(log).model("editor").answer(asked(), silent)
    assert log.records[-1].kind == "model.failed" and "refused the key" in log.records[-1].body["why"]
    assert crew(server).on(again(log)).model("editor").answer(asked(), silent).message.text == "yes"


def test_a_transcript_holds_the_prompts_once_and_plays_without_a_model(server, log):
    server.say("one").say("two")
    model = crew(server).on(log).model("explorer")
    first = asked("a question that is asked in both")
    longer = Request("explorer", (*first.messages, Message("assistant", "one"), Message("user", "more")), first.tools)
    for request in (first, longer):
        model.answer(request, silent)
    texts = [list(record.body["texts"].values()) for record in log.records]
    assert [[row[1] for row in rows] for rows in texts] == [
        ["be exact", "a question that is asked in both"],
        ["one", "more"],
    ]
    kept = {name: row for record in log.records for name, row in record.body["texts"].items()}
    assert [kept[name][1] for name in log.records[1].body["messages"]] == [one.text for one in longer.messages]
    replay = Replay(Tape(again(log)))
    assert [replay.answer(request, silent).message.text for request in (first, longer)] == ["one", "two"]
    with pytest.raises(ModelError, match="no reply to what the explorer asks"):
        replay.answer(first, silent)
    assert len(server.requests) == 2


def test_a_price_is_needed_before_the_first_call(server):
    with pytest.raises(UsageError, match="the price of openai/scripted is unknown"):
        crew(server, Meter(Budget(cost=1.0)))
    assert Usage().cost == 0.0
