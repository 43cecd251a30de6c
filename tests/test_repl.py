"""`codeagent` alone: in a real terminal, through a pipe, and with nobody there."""

import io
import os
import re
import shutil
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytest.importorskip("prompt_toolkit", reason="prompt_toolkit is not installed")

from codeagent.domain.errors import UsageError
from codeagent.interfaces.cli import COMMANDS
from codeagent.interfaces.diffs import print_diff
from codeagent.interfaces.repl.index import Names
from codeagent.interfaces.repl.words import OWN, meaning, slashes
from codeagent.tools import TOOLS

FILES = {
    "shop/__init__.py": "",
    "shop/cart.py": """
        class Cart:
            def total(self):
                return 3
    """,
}
HERE = str(Path(__file__).parent.parent)


@pytest.fixture
def shop(repo):
    return repo(FILES)


# --- what a line means


def test_slash_commands_are_those_of_the_command_line_and_the_verbs():
    known = slashes()
    assert {name for name in COMMANDS if name not in ("completion", "mcp")} <= set(known)
    assert set(TOOLS) <= set(known)
    assert set(OWN) <= set(known)
    assert all(known.values())


@pytest.mark.parametrize(
    ("text", "own", "arguments"),
    [
        ("/analyze --top 3", "", ("analyze", "--top", "3")),
        ("/impact Cart.total", "", ("query", "impact", "Cart.total")),
        ('/refactor rename "Cart.total" sum', "", ("refactor", "rename", "Cart.total", "sum")),
        ("/model some/name", "model", ("some/name",)),
        ("/exit", "quit", ()),
        (" exit", "quit", ()),
        ("quit", "quit", ()),
        ("quit what?", "", ("ask", "--", "quit what?")),
        ("/skills", "", ("skills", "list")),
        ("/recipes show one", "", ("recipes", "show", "one")),
        ("/config", "", ("config", "show")),
        ("/refactor", "", ("refactor",)),
        ("how does @shop/cart.py use @Cart.total?", "", ("ask", "--", "how does `shop/cart.py` use `Cart.total`?")),
        ("/ask what's in @Cart.total", "", ("ask", "--", "what's in `Cart.total`")),
        ('/ask --max-cost 3 "what is in it"', "", ("ask", "--max-cost", "3", "--", "what is in it")),
        (
            "/plan don't repeat totals --alternatives 2",
            "",
            ("plan", "--alternatives", "2", "--", "don't repeat totals"),
        ),
        ("/fix 'say the total'", "", ("fix", "--", "say the total")),
        ("/locate the total is wrong", "", ("query", "locate", "--", "the total is wrong")),
        (r"/search \bdef\s+total", "", ("query", "search", "--", r"\bdef\s+total")),
        ("/plan one\ntwo", "", ("plan", "--", "one\ntwo")),
        ("/locate", "", ("query", "locate")),
        ("write to me@example.org", "", ("ask", "--", "write to me@example.org")),
        ("--help me", "", ("ask", "--", "--help me")),
    ],
)
def test_lines(text, own, arguments):
    line = meaning(text)
    assert (line.own, line.arguments) == (own, arguments)


@pytest.mark.parametrize(
    ("text", "hint"), [("/analyse", "/analyze"), ("/nothing-like-it", "/help"), ('/find "a', "quotes")]
)
def test_lines_that_mean_nothing_say_what_would(text, hint):
    with pytest.raises(UsageError) as failed:
        meaning(text)
    assert hint in failed.value.hint


def test_names_are_read_in_the_background_and_found_fuzzily(shop):
    names = Names(shop.root)
    assert list(names.matching("cart")) == []
    names.renew()
    deadline = time.monotonic() + 30
    while not list(names.matching("total")) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert list(names.matching("total")) == ["shop/cart.py::Cart.total"]
    assert "shop/cart.py::Cart.total" in list(names.matching("crttl"))


def test_what_has_no_name_is_not_offered(repo):
    made = repo({"a.ts": "export const each = [1].map((one) => { const two = one; return two; });\n"})
    names = Names(made.root)
    names.renew()
    deadline = time.monotonic() + 30
    while not list(names.matching("each")) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert list(names.matching("each")) and not list(names.matching("<"))


def test_a_home_folder_is_not_read_by_mistake(home):
    (home / "notes.py").write_text("def private(): ...\n")
    names = Names(home)
    names.renew()
    assert names.state == "no repository here"
    assert not (home / ".cache").exists()


def test_the_prompt_waits_for_nothing_heavy():
    code = "import codeagent.interfaces.repl.prompt, codeagent.interfaces.repl.door, sys; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=HERE).stdout
    heavy = {"litellm", "mcp", "tree_sitter", "codeagent.graph.update", "rustworkx"}
    assert heavy & set(loaded.split()) == set()


def test_a_diff_stands_side_by_side_where_there_is_room():
    from rich.console import Console

    diff = "--- a/x\n+++ b/x\n@@ -3,2 +3,2 @@\n same\n-old \x1b[2J\n+new\n"
    told = {}
    for width in (80, 160):
        console = Console(width=width, record=True, file=io.StringIO())
        print_diff(diff, console)
        told[width] = console.export_text()
    assert "-old" in told[80]
    assert re.search(r"4 old \\x1b\[2J +4 new", told[160])


# --- no terminal


def piped(root, text, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "codeagent", *arguments],
        input=text,
        cwd=root,
        env={**os.environ, "PYTHONPATH": HERE},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_piped_lines_are_commands(shop):
    done = piped(shop.root, "# a remark\n/find Cart\nquery outline shop/cart.py\n/nothing-like-it\n/find total\n")
    assert done.returncode == 2
    assert "shop/cart.py::Cart\n" in done.stdout
    assert "method total" in done.stdout
    assert done.stdout.rstrip().endswith("shop/cart.py::Cart.total")
    assert "no command /nothing-like-it" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_diff_says_so_where_there_is_none(shop):
    assert "no file that git tracks differs from HEAD" in piped(shop.root, "/diff\n").stderr


def test_quit_ends_a_pipe(shop):
    done = piped(shop.root, "/quit\n/find Cart\n")
    assert (done.returncode, done.stdout) == (0, "")


def test_nothing_piped_shows_the_help(shop):
    done = piped(shop.root, "")
    assert done.returncode == 2
    assert "Understand" in done.stdout


def test_a_question_without_a_model_says_what_is_missing(shop):
    done = piped(shop.root, "what does the cart do?\n")
    assert done.returncode == 6
    assert "shop/cart.py" in done.stdout
    assert "no model is named" in done.stderr


def test_settings_of_a_session_are_kept_for_the_next(shop):
    assert piped(shop.root, "/model some/name\n/budget 0.5\n").returncode == 0
    done = piped(shop.root, "/model\n/budget\n", "--continue")
    assert "model: some/name" in done.stderr
    assert "budget: 0.5 dollars" in done.stderr
    assert "no session nothing" in piped(shop.root, "/model\n", "--resume", "nothing").stderr


# --- a real terminal


pexpect = pytest.importorskip("pexpect", reason="pexpect is not installed")


@pytest.fixture
def terminal(shop):
    """Start a session in a pseudo terminal."""
    started = []

    def start(*arguments, term="xterm-256color", width=100):
        child = pexpect.spawn(
            sys.executable,
            ["-m", "codeagent", *arguments],
            cwd=str(shop.root),
            env={**os.environ, "PYTHONPATH": HERE, "TERM": term, "PROMPT_TOOLKIT_NO_CPR": "1"},
            dimensions=(40, width),
            encoding="utf-8",
            timeout=60,
        )
        started.append(child)
        child.expect("codeagent>")
        return child

    yield start
    for child in started:
        child.close(force=True)


def test_a_first_session_says_what_works_without_a_model(terminal, shop, home):
    child = terminal()
    assert "No model is configured" in child.before
    assert "ANTHROPIC_API_KEY" in child.before
    child.send("/find total\r")
    child.expect("shop/cart.py::Cart.total")
    child.expect("codeagent>")
    child.sendeof()
    child.expect(r"codeagent --resume ([\w-]+) goes on")
    child.expect(pexpect.EOF)
    folder = next((home / ".local/state/codeagent/sessions").iterdir())
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    again = terminal("--continue")
    assert "going on with session" in again.before
    again.send("\x1b[A\r")  # the last line again
    again.expect("shop/cart.py::Cart.total")


def test_a_narrow_window_breaks_no_word(terminal):
    child = terminal(width=60)
    lines = [re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", line).strip() for line in child.before.splitlines()]
    told = lines[next(at for at, line in enumerate(lines) if line.startswith("No model")) :]
    assert max(map(len, told)) <= 60
    assert "ANTHROPIC_API_KEY" in " ".join(told).split()
    assert "codeagent>" not in told


def test_ctrl_c_gives_up_the_line_and_keeps_the_session(terminal):
    child = terminal()
    child.send("/find tot")
    child.sendintr()
    child.expect("codeagent>")
    child.send("/quit\r")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


def test_ctrl_c_interrupts_the_work_and_keeps_the_session(terminal, server):
    server.play({"text": "too late", "delay": 20})
    child = terminal()
    child.send("what is sold?\r")
    deadline = time.monotonic() + 40
    while not server.requests and time.monotonic() < deadline:
        time.sleep(0.05)
    child.sendintr()
    child.expect("stopping")
    child.sendintr()
    child.expect("codeagent>")
    child.send("/find total\r")
    child.expect("Cart.total")


def test_what_was_said_before_ctrl_c_stays_and_is_in_the_ledger(terminal, server):
    server.play({"text": "Apples and pears are sold. " + "More. " * 4, "fault": "stall"})
    child = terminal()
    child.send("what is sold?\r")
    child.expect("Apples")
    child.sendintr()
    child.expect("stopping")
    child.sendintr()
    child.expect("Apples")  # nothing more comes in, so this is no drawing of what does
    child.expect("codeagent>")
    child.send("/cost\r")
    child.expect("scripted")


def test_a_change_is_shown_side_by_side_and_written_once_allowed(terminal, shop):
    child = terminal(width=160)
    child.send("/refactor rename Cart.total sum\r")
    child.expect(r"def total\(self\):[^\n]*def sum\(self\):")  # on one row
    child.expect("Write this change")
    child.send("y\r")
    child.expect("codeagent>")
    assert "def sum(self)" in (shop.root / "shop/cart.py").read_text()
    child.send("/undo\r")
    child.expect("codeagent>")


def test_completion_of_commands_and_symbols(terminal):
    child = terminal()
    child.send("/find total\r")  # by its end the names are there or nearly
    child.expect("codeagent>")
    child.send("/anal")
    child.send("\t")
    child.expect("/analyze")
    child.sendintr()
    child.expect("codeagent>")


def test_a_dumb_terminal_will_do(terminal):
    child = terminal(term="dumb")
    child.send("/find total\r")
    child.expect("shop/cart.py::Cart.total")


@pytest.mark.skipif(not shutil.which("tmux"), reason="there is no tmux")
def test_it_works_in_tmux(shop, tmp_path):
    tmux = ["tmux", "-S", str(tmp_path / "tmux")]
    command = f"{sys.executable} -m codeagent"
    environment = {**os.environ, "PYTHONPATH": HERE, "TERM": "xterm-256color"}
    start = [*tmux, "-f", os.devnull, "new-session", "-d", "-x", "120", "-y", "40", "-c", str(shop.root), command]
    subprocess.run(start, env=environment, check=True)
    try:
        assert _seen(tmux, "codeagent>")
        subprocess.run([*tmux, "send-keys", "/find total", "Enter"], check=True)
        assert _seen(tmux, "shop/cart.py::Cart.total")
    finally:
        subprocess.run([*tmux, "kill-server"], check=False)


def _seen(tmux, text) -> bool:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        shown = subprocess.run([*tmux, "capture-pane", "-p"], capture_output=True, text=True, check=False).stdout
        if text in shown:
            return True
        time.sleep(0.1)
    return False
