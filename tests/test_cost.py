"""The ledger of calls and `codeagent cost`."""

import json
import threading
import time
from collections.abc import Callable

import pytest
from test_model_provider import asked

from codeagent.agent import ledger
from codeagent.agent.budget import Meter
from codeagent.agent.crew import Crew, Origin
from codeagent.agent.endpoint import Endpoint
from codeagent.agent.patient import Patience
from codeagent.agent.roles import ROLES
from codeagent.domain.run import Usage


def enter(usage: Usage, **more: str) -> ledger.Entry:
    about = {"model": "a", "role": "editor", "repository": "shop", "run": "r1", "step": "", "request_id": "x"} | more
    line = ledger.entry(usage, **about)
    assert ledger.append(line) == ""
    return line


def test_totals_are_the_sums_of_the_replies(server, invoke):
    """K replies of a model with a price and of one without; cached and reasoning tokens apart."""
    used = [{"input": 1000 * k, "output": 10 * k, "cached": 100 * k, "reasoning": k} for k in (1, 2, 3)]
    for usage in used:
        server.say("x", usage=usage)
    priced = Endpoint(server.model, server.url, price_in=1.0, price_out=2.0)
    cast = dict.fromkeys(ROLES, (priced,)) | {"planner": (Endpoint("openai/other", server.url),)}
    crew = Crew(cast, Meter(), Origin("shop", "r7"), patience=Patience(tries=1))
    total = Usage()
    for role in ("explorer", "editor", "planner"):
        total += crew.model(role, step="s1").answer(asked(), lambda _: None).usage
    answer = json.loads(invoke("cost", "--format", "json").out)
    assert answer["total"] == {
        "calls": 3,
        "input_tokens": total.input_tokens,
        "output_tokens": total.output_tokens,
        "cached_tokens": total.cached_tokens,
        "reasoning_tokens": total.reasoning_tokens,
        "cost": "unknown",
        "known_cost": pytest.approx(3000 * 1e-6 + 30 * 2e-6),
        "unpriced_calls": 1,
    }
    assert total == crew.meter.usage and (total.input_tokens, total.reasoning_tokens) == (6000, 6)
    assert [(row["model"], row["cost"]) for row in answer["rows"]] == [
        ("openai/scripted", pytest.approx(0.00306)),
        ("openai/other", "unknown"),
    ]
    (line, *_) = ledger.read()
    assert (line.role, line.run, line.step, line.repository, line.request_id) == (
        "explorer", "r7", "s1", "shop", "chatcmpl-scripted",
    )  # fmt: skip


def test_sums_by_everything_and_since(invoke, monkeypatch):
    now = time.time()
    monkeypatch.setattr(ledger.time, "time", lambda: now - 40 * 86_400)
    enter(Usage(10, 1, cost=0.5, calls=1), run="old", repository="bank")
    monkeypatch.setattr(ledger.time, "time", lambda: now - 86_400)
    enter(Usage(20, 2, cost=None, calls=1), model="b")
    monkeypatch.setattr(ledger.time, "time", lambda: now)
    enter(Usage(30, 3, cost=0.25, calls=1))

    def rows(*arguments: str) -> dict[str, int]:
        answer = json.loads(invoke("cost", "--format", "json", *arguments).out)
        return {row[answer["by"]]: row["input_tokens"] for row in answer["rows"]}

    day = lambda back: time.strftime("%Y-%m-%d", time.gmtime(now - back * 86_400))  # noqa: E731
    assert rows() == {"a": 40, "b": 20}
    assert rows("--by", "run") == {"old": 10, "r1": 50}
    assert rows("--by", "repository") == {"bank": 10, "shop": 50}
    assert rows("--by", "day") == {day(40): 10, day(1): 20, day(0): 30}
    assert rows("--since", "7d") == {"b": 20, "a": 30}
    assert rows("--since", "1d") == {"a": 30}
    assert rows("--since", day(1), "--by", "day") == {day(1): 20, day(0): 30}
    text = invoke("cost").out
    assert "$0.7500 + unknown" in text and "unknown" in text.splitlines()[2]


def test_a_line_counts_once_and_a_broken_one_not_at_all(home):
    line = enter(Usage(10, 1, cost=0.5, calls=1))
    ledger.append(line)
    path = next(ledger.folder().glob("*.jsonl"))
    path.write_bytes(path.read_bytes() + b'{"id": "half\n\xff\n')
    assert list(ledger.read()) == [line]
    assert path.stat().st_mode & 0o077 == 0


def test_lines_of_many_threads_stay_whole(home):
    threads = [threading.Thread(target=lambda: [enter(Usage(1, 1, calls=1)) for _ in range(50)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sum(one.usage.tokens for one in ledger.read()) == 800


def test_nothing_on_record_and_a_bad_day(invoke: Callable[..., object]):
    assert "no calls of models on record" in invoke("cost").err
    assert json.loads(invoke("cost", "--format", "json").out)["rows"] == []
    refused = invoke("cost", "--since", "yesterday")
    assert refused.code == 2 and "2026-11-26" in refused.err


def test_a_ledger_that_cannot_be_written_stops_no_run(server, home, monkeypatch):
    (home / "state").write_text("a file")
    monkeypatch.setenv("CODEAGENT_STATE_DIR", str(home / "state"))
    server.say("fine")
    notices: list[str] = []
    line = (Endpoint(server.model, server.url),)
    crew = Crew(dict.fromkeys(ROLES, line), Meter(), Origin("shop"), notices.append)
    assert crew.model("editor").answer(asked(), lambda _: None).message.text == "fine"
    assert "missing from codeagent cost" in notices[0]
