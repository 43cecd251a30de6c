"""Budgets: checked before calls, counted after them, shared by threads; and what is asked again."""

import threading
import time
from dataclasses import replace

import pytest
from scripted import CONVERSATIONS
from test_model_provider import asked

from codeagent.agent.budget import Meter
from codeagent.agent.endpoint import Endpoint
from codeagent.agent.metered import Call, Metered
from codeagent.agent.patient import Patience, Patient
from codeagent.agent.prices import Prices
from codeagent.agent.provider import Provider
from codeagent.domain.errors import BudgetSpent, ContextOverflow, Interrupted, ModelError, UsageError
from codeagent.domain.run import Budget, Message, Usage

CHEAP = Prices(1e-6, 2e-6, 1e-7, 1e-6, 2e-6)
QUICK = Patience(tries=3, first=0.01, longest=0.02)


def model(
    server, meter: Meter, *more: Endpoint, calls: list[Call] | None = None, notices: list[str] | None = None, **own
):
    first = Endpoint(**{"model": server.model, "api_base": server.url, "timeout": 20, **own})
    told = (calls if calls is not None else []).append
    metered = [Metered(Provider(endpoint), meter, told) for endpoint in (first, *more)]
    return Patient(metered, meter, (notices if notices is not None else []).append, QUICK)


def ask(model, text="what is this?"):
    return model.answer(asked(text), lambda _: None)


# --- the meter alone --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("budget", "says"),
    [
        (Budget(calls=2), "the run has made its 2 calls of a model"),
        (Budget(tokens=2000), "the run has used 1,200 of 2,000 tokens"),
        (Budget(cost=0.004), "the run has used $0.0030 of $0.0040"),
    ],
)
def test_a_limit_is_checked_before_the_call(budget, says):
    meter = Meter(budget)
    for _ in range(2):
        hold = meter.reserve(100, 1024, CHEAP)
        meter.settle(hold, Usage(200, 400, cost=0.0015, calls=1))
    with pytest.raises(BudgetSpent) as caught:
        meter.reserve(100, 1024, CHEAP)
    assert says in caught.value.message and "raise --max-" in caught.value.hint and caught.value.exit_code == 5
    assert meter.usage.calls == 2


def test_an_answer_may_be_as_long_as_the_budget_allows():
    assert Meter().reserve(100, None, None).output_tokens is None
    assert Meter().reserve(100, 5000, None).output_tokens == 5000
    assert Meter(Budget(tokens=3000)).reserve(1000, 5000, None).output_tokens == 2000
    assert Meter(Budget(cost=0.005)).reserve(1000, 5000, CHEAP).output_tokens == 2000
    assert Meter(Budget(calls=1)).reserve(1000, None, None).output_tokens is None


def test_a_part_is_bound_by_all_above_it():
    run = Meter(Budget(tokens=10_000))
    step = run.child(Budget(tokens=4000), "step 1")
    assert step.reserve(1000, 9000, None).output_tokens == 3000
    with pytest.raises(BudgetSpent, match="the step 1"):
        other = run.child(Budget(calls=0), "step 1")
        other.reserve(1, None, None)
    worker = run.child(name="worker").child(name="inner")
    assert worker.reserve(1000, 9000, None).output_tokens == 5000  # 4,000 are set aside by the step
    worker.spend(Usage(5, 5, calls=1))
    assert run.usage == Usage(5, 5, calls=1)


def test_who_is_in_the_way_is_waited_for():
    """Two threads want all of what is left: the second gets its turn once the first has taken little."""
    meter = Meter(Budget(tokens=5000))
    first = meter.reserve(100, 4900, None)
    got: list[int | None] = []
    second = threading.Thread(target=lambda: got.append(meter.reserve(100, 4900, None).output_tokens))
    second.start()
    time.sleep(0.05)
    assert got == []
    meter.settle(first, Usage(100, 50, calls=1))
    second.join(2)
    assert got == [4750]


def test_many_threads_never_use_more_than_the_budget():
    meter = Meter(Budget(tokens=20_000, calls=30))

    def work() -> None:
        try:
            while True:
                hold = meter.reserve(200, 1100, None)
                meter.settle(hold, Usage(200, hold.output_tokens or 0, calls=1))
        except BudgetSpent:
            pass

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert 20_000 - 1224 < meter.usage.tokens <= 20_000
    assert meter.usage.calls <= 30


def test_time_is_a_budget_and_so_is_waiting():
    meter = Meter(Budget(seconds=0.05)).child(name="step")
    assert 0 < (meter.seconds_left() or 0) <= 0.05
    with pytest.raises(BudgetSpent, match="slow down; 0 s are left"):
        meter.pause(10, "slow down")
    time.sleep(0.06)
    with pytest.raises(BudgetSpent, match="the time of the run is up"):
        meter.check()


def test_stopping_wakes_whoever_waits():
    meter = Meter()
    threading.Timer(0.05, lambda: meter.stop(Interrupted("stopped"))).start()
    began = time.monotonic()
    with pytest.raises(Interrupted):
        meter.child().pause(30, "busy")
    assert time.monotonic() - began < 5
    with pytest.raises(Interrupted):
        meter.reserve(1, None, None)


def test_a_limit_in_dollars_needs_a_price():
    with pytest.raises(UsageError) as caught:
        Meter(Budget(cost=1)).reserve(1, None, None)
    assert "price_in" in caught.value.hint


def test_unknown_cost_stays_unknown_and_known_cost_still_binds():
    meter = Meter(Budget(cost=0.01))
    meter.spend(Usage(1, 1, cost=None, calls=1))
    meter.spend(Usage(1, 1, cost=0.009, calls=1))
    assert meter.usage.cost is None
    with pytest.raises(BudgetSpent):
        meter.reserve(100, 1024, CHEAP)


# --- with a model -----------------------------------------------------------------------------------


def test_no_call_is_made_once_the_budget_is_spent(server):
    server.say("one").say("two").say("three")
    meter = Meter(Budget(calls=2))
    asker = model(server, meter)
    assert [ask(asker).message.text for _ in range(2)] == ["one", "two"]
    with pytest.raises(BudgetSpent):
        ask(asker)
    assert len(server.requests) == 2


def test_the_answer_is_bounded_by_what_is_left(server):
    server.say("x")
    ask(model(server, Meter(Budget(tokens=3000))))
    assert 2500 < server.requests[0]["max_tokens"] < 3000


def test_costs_are_those_of_the_settings_and_heard(server):
    server.say("x", usage={"input": 1000, "output": 10, "cached": 500})
    meter, calls, heard = Meter(Budget(cost=1)), [], []
    meter.listen(heard.append)
    reply = ask(model(server, meter, calls=calls, price_in=2.0, price_out=10.0))
    assert reply.usage.cost == pytest.approx(1000 * 2e-6 + 10 * 1e-5)
    assert heard == [reply.usage] and meter.usage == reply.usage
    assert calls == [Call("openai/scripted", "explorer", reply.usage, "chatcmpl-scripted")]


def test_what_passes_is_waited_out(server):
    server.play({"status": 429, "message": "slow", "retry_after": 0.01}, {"status": 503}).say("done")
    notices: list[str] = []
    meter = Meter()
    assert ask(model(server, meter, notices=notices)).message.text == "done"
    assert [note.split(";")[-1].split(" in ")[0].strip() for note in notices] == ["asking again"] * 2
    assert meter.usage.calls == 3


def test_half_an_answer_is_paid_for_but_not_used(server):
    server.say("half of a long answer " * 20, fault="cut").say("whole")
    meter, calls = Meter(), []
    reply = ask(model(server, meter, calls=calls, price_in=1.0, price_out=1.0))
    assert reply.message.text == "whole"
    assert [call.id for call in calls] == ["", "chatcmpl-scripted"]
    assert calls[0].usage.output_tokens > 20
    assert meter.usage.cost == pytest.approx(sum(call.usage.cost or 0 for call in calls))


def test_an_answer_that_says_nothing_is_paid_for_as_counted(server):
    server.play({"fault": "empty", "usage": {"input": 70, "output": 5}, "times": 2}).say("Yes.")
    meter = Meter()
    ask(model(server, meter))
    assert meter.usage.input_tokens > 140 and meter.usage.calls == 3


def test_tries_end(server):
    server.play({"status": 500, "message": "oops", "times": 99})
    with pytest.raises(ModelError, match="oops"):
        ask(model(server, Meter()))
    assert len(server.requests) == QUICK.tries


def test_what_does_not_pass_is_not_tried_again(server):
    server.play({"status": 401, "message": "no", "times": 9})
    with pytest.raises(ModelError, match="refused the key"):
        ask(model(server, Meter()))
    assert len(server.requests) == 1


def test_the_next_model_is_asked(server):
    server.play({"status": 404, "message": "gone"}).say("I am here")
    other = Endpoint("openai/other", server.url)
    notices: list[str] = []
    reply = ask(model(server, Meter(), other, notices=notices))
    assert reply.model == "openai/other" and "asking openai/other instead" in notices[0]
    assert [body["model"] for body in server.requests] == ["scripted", "other"]


def test_a_long_rate_limit_is_not_waited_out_beyond_the_time(server):
    server.play({"status": 429, "message": "slow", "retry_after": 60})
    with pytest.raises(BudgetSpent, match="asks to slow down"):
        ask(model(server, Meter(Budget(seconds=5))))
    server.play({"status": 429, "message": "slow", "retry_after": 9999})
    with pytest.raises(ModelError, match="asks to slow down"):
        ask(model(server, Meter()))


@pytest.mark.parametrize(
    "step", [{"fault": "hang"}, {"fault": "ping"}, {"text": "drip " * 100, "pieces": 40, "slow": 0.05}], ids=str
)
def test_a_call_ends_when_the_time_is_up(server, step):
    server.play(step).say("never asked for")
    began = time.monotonic()
    with pytest.raises(BudgetSpent, match="the time of the run is up"):
        ask(model(server, Meter(Budget(seconds=0.3)), timeout=60))
    assert time.monotonic() - began < 3
    assert len(server.requests) == 1


def test_a_request_that_leaves_no_room_is_not_sent(server):
    with pytest.raises(ContextOverflow, match="leave no room"):
        ask(model(server, Meter(), context_tokens=2000), "word " * 4000)
    assert server.requests == []
    server.say("x")
    ask(model(server, Meter(), context_tokens=2000))
    assert server.requests[0]["max_tokens"] < 2000


def test_estimates_learn_from_what_was_counted(server):
    server.say("x", usage={"input": 400, "output": 1})
    provider = Provider(Endpoint(server.model, server.url))
    request = asked("word " * 100)
    before = provider.tokens.of(request)
    provider.answer(request, lambda _: None)
    assert before != 400 and provider.tokens.of(request) == 400
    assert (
        abs(provider.tokens.of(replace(request, messages=request.messages * 2)) - 800) < 100
    )  # the tools are there once


# --- conversations from files -----------------------------------------------------------------------


def test_a_conversation_from_a_file(server):
    server.play("look-then-answer")
    asker = model(server, Meter())
    first = ask(asker, "What does Cart.total do?").message
    result = Message("tool", "def total(self): ...", call_id=first.calls[0].id)
    request = asked("What does Cart.total do?")
    reply = asker.answer(replace(request, messages=(*request.messages, first, result)), lambda _: None)
    assert (reply.message.text, reply.thinking) == ("`Cart.total` adds up the prices.\n", "The body is short.")
    assert reply.usage.cached_tokens == 900 and server.left == [] and len(server.requests) == 3


def test_a_request_that_no_reply_fits_is_told_so(server):
    server.say("for others", when="something else")
    with pytest.raises(ModelError, match="the conversation has no reply to: …be exact what is this"):
        ask(model(server, Meter()))
    assert len(server.left) == 1


@pytest.mark.parametrize("path", sorted(CONVERSATIONS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_conversation_can_be_read(server, path):
    assert server.play(path.stem).left
