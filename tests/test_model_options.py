"""What commands share that ask a model: options, the live meter, Ctrl-C; and that only one place is contacted."""

import os
import pty
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import typer
from test_model_provider import asked

from codeagent.config import load_config
from codeagent.domain.errors import BudgetSpent, UsageError
from codeagent.domain.events import Metered, Notice, Progress, Streamed
from codeagent.domain.run import Budget, Usage
from codeagent.interfaces.asking import asking
from codeagent.interfaces.meterline import MeterLine
from codeagent.interfaces.runs.carrying import limits_of
from codeagent.interfaces.terminal import Terminal
from codeagent.interfaces.wishes import Wish, seconds

ROOT = Path(__file__).parent.parent

DRIVER = """
import sys
from pathlib import Path
sys.path[:0] = ["tests"]
from codeagent.config import load_config
from codeagent.interfaces.asking import asking
from codeagent.interfaces.wishes import Wish
from codeagent.interfaces.failures import report
from codeagent.interfaces.terminal import Terminal
from test_model_provider import asked
terminal = Terminal()
try:
    with asking(terminal, load_config(Path()), Path(), Wish()) as ask:
        for text in sys.argv[1:]:
            model = ask.crew.model("explorer")
            print(model.answer(asked(text), ask.hear("explorer")).message.text, flush=True)
except BaseException as error:
    sys.exit(report(error, terminal))
"""


def started(*questions: str, **streams) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", DRIVER, *questions]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | streams
    return subprocess.Popen(command, cwd=ROOT, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, **pipes)


def test_options_become_a_budget_and_a_crew(server, tmp_path, capsys):
    server.say("hello", usage={"input": 12, "output": 3})
    wish = Wish("openai/mine", None, None, 5000, 1, "1m")
    assert wish.budget() == Budget(None, 5000, 1, 60.0)
    with asking(Terminal(), load_config(tmp_path), tmp_path, wish) as ask:
        model = ask.crew.model("editor")
        assert model.answer(asked(), ask.hear("editor")).message.text == "hello"
        with pytest.raises(BudgetSpent, match="1 call"):
            model.answer(asked(), ask.hear("editor"))
    assert server.requests[0]["model"] == "mine"
    said = capsys.readouterr()
    assert said.out == "" and "1 call · 12 tokens in · 3 out · cost unknown" in said.err


def test_no_model_is_a_matter_of_usage(home, tmp_path):
    with (
        pytest.raises(UsageError, match="no model is named") as caught,
        asking(Terminal(), load_config(tmp_path), tmp_path, Wish()),
    ):
        pass
    assert "CODEAGENT_MODEL" in caught.value.hint


@pytest.mark.parametrize(("text", "means"), [("90", 90), ("1.5m", 90), ("2h", 7200), ("5 s", 5)])
def test_times(text, means):
    assert seconds(text) == means


@pytest.mark.parametrize("text", ["", "0", "soon", "-5", "5d"])
def test_what_is_no_time(text):
    with pytest.raises(UsageError, match="--timeout"):
        seconds(text)


@pytest.mark.parametrize("cost", [float("nan"), float("inf")])
def test_what_is_no_amount(cost):
    with pytest.raises(UsageError, match="--max-cost"):
        Wish(max_cost=cost).budget()


def test_a_time_without_end_can_be_waited_for():
    assert 1e8 < seconds("9" * 400) < threading.TIMEOUT_MAX


@pytest.mark.parametrize("text", ["pages=1", "calls", "calls=-1", "cost=nan", "cost=inf", "tokens=1.5", "time=0"])
def test_what_is_no_limit_of_a_step(text):
    with pytest.raises(UsageError, match=r"--per-step|--timeout"):
        limits_of([text])


def test_the_options_are_understood_by_typer():
    from codeagent.interfaces import options

    def command(
        model: options.ModelOption = None,
        api_base: options.ApiBaseOption = None,
        max_cost: options.MaxCostOption = None,
        max_tokens: options.MaxTokensOption = None,
        max_calls: options.MaxCallsOption = None,
        timeout: options.TimeoutOption = None,
    ) -> None:
        seen.append(Wish(model, api_base, max_cost, max_tokens, max_calls, timeout))

    seen: list[Wish] = []
    app = typer.Typer()
    app.command()(command)
    app(["-m", "x", "--api-base", "u", "--max-cost", "0.5", "--max-tokens", "9", "--max-calls", "2", "--timeout", "1m"],
        standalone_mode=False)  # fmt: skip
    assert seen == [Wish("x", "u", 0.5, 9, 2, "1m")]


# --- the live meter ---------------------------------------------------------------------------------


def test_the_meter_redraws_one_line_on_a_terminal_and_none_elsewhere(monkeypatch, capsys):
    line = MeterLine(Terminal())
    for event in (Progress("explore", 1, 3), Streamed("so"), Metered(Usage(1200, 30, 800, 0, 0.01, 2))):
        line.hear(event)
    assert capsys.readouterr().err == ""
    line.end()
    assert capsys.readouterr().err == "2 calls · 1,200 tokens in (800 cached) · 30 out · $0.0100\n"


def test_a_stage_whose_parts_are_done_is_not_shown_any_more():
    line = MeterLine(Terminal())
    for number, gate in enumerate(("parse", "tests")):
        line.hear(Progress("step", number, 2, gate))
        assert list(line._stages.values()) == [f"step: {gate} {number}/2"]
    line.hear(Progress("step", 2, 2))
    assert line._stages == {}


@pytest.mark.parametrize("term", ["xterm", "dumb"])
def test_the_meter_on_a_real_terminal(monkeypatch, term):
    script = (
        "from codeagent.interfaces.meterline import MeterLine\n"
        "from codeagent.interfaces.terminal import Terminal\n"
        "from codeagent.domain.events import *\n"
        "from codeagent.domain.run import Usage\n"
        "line = MeterLine(Terminal())\n"
        "line.hear(Progress('explore', 1, 3))\n"
        "import time; time.sleep(0.15)\n"
        "line.hear(Streamed('wörds 世界 ' * 40 + '\\x1b[2J' + 'end'))\n"
        "line.hear(Notice('a remark'))\n"
        "line.hear(Metered(Usage(5, 5, calls=1)))\n"
        "line.end()\n"
    )
    master, slave = pty.openpty()
    env = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": term, "COLUMNS": "60"}
    subprocess.run([sys.executable, "-c", script], stderr=slave, env=env, check=True, timeout=60)
    os.close(slave)
    seen = b""
    while True:
        try:
            more = os.read(master, 65536)
        except OSError:
            break
        if not more:
            break
        seen += more
    os.close(master)
    text = seen.decode()
    assert "a remark" in text and "1 call · 5 tokens in · 5 out" in text
    assert "\x1b[2J[" not in text and "\x1b[2Jend" not in text  # what a model says moves no cursor
    assert ("explore 1/3" in text) == (term == "xterm")


def test_quiet_says_nothing(capsys):
    line = MeterLine(Terminal(quiet=True))
    line.hear(Notice("hm"))
    line.hear(Metered(Usage(1, 1, calls=1)))
    line.end()
    assert capsys.readouterr().err == ""


# --- Ctrl-C -----------------------------------------------------------------------------------------


def wait_for(server, requests: int) -> None:
    until = time.monotonic() + 60
    while len(server.requests) < requests:
        assert time.monotonic() < until
        time.sleep(0.02)


def test_the_first_ctrl_c_lets_the_call_end_and_begins_no_other(server):
    server.say("one", delay=0.7).say("two")
    run = started("first", "second")
    wait_for(server, 1)
    run.send_signal(signal.SIGINT)
    out, err = run.communicate(timeout=60)
    assert (run.returncode, out) == (130, "one\n"), err
    assert len(server.requests) == 1
    assert "Ctrl-C again stops at once" in err and "codeagent resume goes on" in err and "Traceback" not in err


def test_the_second_ctrl_c_stops_at_once(server):
    server.play({"fault": "hang"})
    run = started("first", "second")
    wait_for(server, 1)
    began = time.monotonic()
    for _ in range(2):
        run.send_signal(signal.SIGINT)
        time.sleep(0.2)
    out, err = run.communicate(timeout=60)
    assert (run.returncode, out) == (130, ""), err
    assert time.monotonic() - began < 10
    assert "interrupted" in err and "Traceback" not in err


# --- nothing but the configured place ---------------------------------------------------------------

WATCHER = """
import sys
def watch(event, arguments):
    if event == "socket.connect":
        sys.stderr.write(f"CONNECT {arguments[1]!r}\\n")
    if event == "open" and str(arguments[0]).endswith(".env"):
        sys.stderr.write(f"CONNECT {arguments[0]!r}\\n")
    if event in ("socket.getaddrinfo", "socket.gethostbyname"):
        sys.stderr.write(f"LOOKUP {arguments[0]!r}\\n")
sys.addaudithook(watch)
"""


def test_only_the_configured_place_is_contacted(server, repo):
    """Even with an .env above the interpreter's working folder that names another one, and a failing call."""
    server.play({"status": 500, "message": "x"}).say("fine", usage={"input": 0, "output": 0})
    project = repo({".env": "OPENAI_API_BASE=http://evil.example/v1\nLITELLM_MODE=DEV\n"}).root
    code = WATCHER + DRIVER.replace('sys.path[:0] = ["tests"]', f"sys.path[:0] = [{str(ROOT / 'tests')!r}]")
    done = subprocess.run(
        [sys.executable, "-c", code, "what?"],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(ROOT), "CODEAGENT_MODEL": "openai/llama-3-8b"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "fine\n"), done.stderr
    seen = {line for line in done.stderr.splitlines() if line.startswith(("CONNECT", "LOOKUP"))}
    port = server.url.removesuffix("/v1").rpartition(":")[2]
    assert seen <= {f"CONNECT ('127.0.0.1', {port})", "LOOKUP '127.0.0.1'", "LOOKUP b'127.0.0.1'"}
    assert f"CONNECT ('127.0.0.1', {port})" in seen
    assert "Warning" not in done.stderr and "litellm" not in done.stderr.lower()
