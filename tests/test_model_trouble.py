"""Every way in which a model can be of no use, through a command: a clear message, the exit code, nothing lost."""

import json

import pytest

from codeagent.agent import patient
from codeagent.config import user_file
from codeagent.workspace.eventlog import log_folders, read_records


@pytest.fixture
def asked(server, repo, invoke, monkeypatch):
    """`codeagent ask` in a small repository, with a model that is called quick and waits that are short."""
    monkeypatch.setattr(patient.random, "uniform", lambda low, high: 0.01)
    user_file().parent.mkdir(parents=True, exist_ok=True)
    user_file().write_text(f'[models.quick]\nmodel = "openai/scripted"\napi_base = "{server.url}"\ntimeout = 20\n')
    monkeypatch.setenv("CODEAGENT_MODEL", "quick")
    root = repo({"shop.py": "def total(prices):\n    return sum(prices)\n"}).root

    def ask(*options: str):
        return invoke("ask", "What does total do?", *options, cwd=root)

    ask.root = root
    return ask


SERVED = {
    "wrong key": ({"status": 401, "message": "Incorrect API key"}, "refused the key: Incorrect API key"),
    "unknown model": ({"status": 404, "message": "The model `x` does not exist"}, "was not found"),
    "hangs": ({"fault": "hang"}, "said nothing for 0.4 seconds"),
    "hangs half way": ({"text": "half " * 20, "fault": "stall"}, "said nothing for 0.4 seconds"),
    "HTML": ({"fault": "html"}, "answered with a web page"),
    "HTML with an error": ({"status": 502, "message": "Bad gateway", "fault": "html"}, "failed (502): Bad gateway"),
    "half a stream": ({"text": "half " * 20, "fault": "cut"}, "broke off"),
    "a stream that just ends": ({"text": "half " * 20, "fault": "end"}, "broke off in the middle"),
    "an empty answer": ({"fault": "empty"}, "gave an empty answer"),
    "5 MB": ({"bytes": 5_000_000, "pieces": 50}, "grew over 1,048,576 characters"),
    "a model that loops": ({"bytes": 5_000, "pieces": 500}, "said the same over and over"),
    "a rate limit of hours": ({"status": 429, "message": "slow down", "retry_after": 9999}, "asks to slow down"),
    "a server in trouble": ({"status": 500, "message": "oops"}, "failed (500): oops"),
}


@pytest.mark.parametrize(("step", "says"), SERVED.values(), ids=SERVED.keys())
def test_a_model_that_is_of_no_use(server, asked, step, says):
    server.play({**step, "times": 9})
    if step.get("fault") in ("hang", "stall"):
        user_file().write_text(user_file().read_text().replace("timeout = 20", "timeout = 0.4"))
    ran = asked()
    assert (ran.code, ran.out) == (6, "")
    assert says in ran.err and "hint: " in ran.err and "Traceback" not in ran.err and "litellm." not in ran.err
    (folder,) = log_folders(asked.root)
    kinds = [record.kind for record in read_records(folder / "events.jsonl")]
    assert kinds[0] == "run.started" and "model.failed" in kinds and kinds[-1] == "run.finished"


def test_an_answer_that_a_filter_withholds(server, asked):
    server.say("", finish="content_filter", times=9)
    ran = asked()
    assert (ran.code, len(server.requests)) == (6, 1)
    assert "the provider withheld the answer" in ran.err


def test_no_key(asked, monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY")
    monkeypatch.delenv("CODEAGENT_API_BASE")
    ran = asked("--model", "openai/gpt-4o")
    assert (ran.code, ran.out) == (6, "") and "set OPENAI_API_KEY" in ran.err


def test_no_network_and_a_name_that_nobody_knows(asked):
    ran = asked("--model", "openai/x", "--api-base", "http://127.0.0.1:9/v1")
    assert ran.code == 6 and "cannot reach openai/x at http://127.0.0.1:9/v1" in ran.err
    ran = asked("--model", "openai/x", "--api-base", "http://no.such.host.invalid/v1")
    assert ran.code == 6 and "cannot reach" in ran.err
    ran = asked("--model", "nosuch")
    assert ran.code == 6 and "PROVIDER/MODEL" in ran.err


def test_trouble_that_passes_is_no_failure(server, asked):
    """A transient error that was recovered from ends with 0."""
    server.play({"status": 503}, {"text": "half", "fault": "cut"}, {"status": 429, "retry_after": 0})
    server.say("`total` adds up prices.", times=9)
    ran = asked()
    assert ran.code == 0 and "adds up prices" in ran.out
    assert "asking again" in ran.err


def test_arguments_that_are_no_json_and_tools_that_are_not_there(server, asked):
    server.say(calls=[{"source": "{oh no"}, {"rm": {"path": "/"}}])
    server.say("`total` adds up prices.", times=9)
    ran = asked()
    assert ran.code == 0 and "adds up prices" in ran.out
    told = server.texts()[1]
    assert "no JSON" in told and "rm" in told


def test_a_budget_that_is_spent_ends_with_5_and_the_run_goes_on(server, asked):
    server.say(calls=[{"source": {"symbol": "total"}}], times=1)
    ran = asked("--max-calls", "1")
    assert ran.code == 5 and "has made its 1 call" in ran.err and "--max-calls" in ran.err
    (folder,) = log_folders(asked.root)
    assert json.loads((folder / "events.jsonl").read_bytes().splitlines()[-1])["body"]["exit_code"] == 5
    server.say("`total` adds up prices.")
    ran = asked("--max-cost", "1")
    assert ran.code == 2 and "price_in" in ran.err


def test_every_call_is_in_the_ledger(server, asked, invoke):
    server.say(calls=[{"source": {"symbol": "total"}}], usage={"input": 100, "output": 10})
    server.say("`total` adds up prices.", usage={"input": 200, "output": 20, "cached": 100})
    assert asked().code == 0
    answer = json.loads(invoke("cost", "--by", "run", "--format", "json").out)
    (folder,) = log_folders(asked.root)
    (row,) = answer["rows"]
    assert row["run"] == folder.name and row["cost"] == "unknown"
    assert (row["calls"], row["input_tokens"], row["cached_tokens"], row["output_tokens"]) == (2, 300, 100, 30)
