"""A dialogue: what was said before counts, in the session and by name; and an answer is seen while it comes in."""

import os
import re
import sys
from pathlib import Path

import pytest
from test_ask import SHOP

from codeagent.interfaces.preview import Preview, open_from
from codeagent.workflows.asking.dialogue import turns_before
from codeagent.workspace.eventlog import log_folders, start_log

HERE = str(Path(__file__).parent.parent)


@pytest.fixture
def shop(repo):
    return repo(SHOP)


# --- what was said before


def roles(body):
    return [(one["role"], one["content"]) for one in body["messages"] if one["role"] != "system"]


def test_questions_of_one_name_are_a_dialogue(server, shop, invoke):
    for answer in ("Tea, says `Nobody`.", "At shop/prices.py:1.", "Elsewhere."):
        server.say(answer)
    assert invoke("ask", "--session", "one", "what is sold?", cwd=shop.root).code == 0
    assert invoke("ask", "--session", "one", "and where?", cwd=shop.root).code == 0
    assert invoke("ask", "--session", "two", "and then?", cwd=shop.root).code == 0
    first, second, other = map(roles, server.requests)
    assert [role for role, _ in first] == ["user"] and [role for role, _ in other] == ["user"]
    assert second[:2] == [("user", "what is sold?"), ("assistant", "Tea, says [unverified: Nobody].")]
    assert "and where?" in second[2][1]


def test_what_is_planned_is_a_turn_of_a_dialogue(server, shop, invoke, tmp_path):
    step = {"id": "name", "title": "Say what it holds", "operation": "rename", "why": "clearer"}
    step |= {"arguments": {"target": "shop/prices.py::PRICES", "new": "CENTS"}}
    server.say("`PRICES` holds cents.")
    server.say(calls=[{"submit_plan": {"summary": "One name.", "steps": [step]}}])
    server.say("Because it holds cents.")
    assert invoke("ask", "--session", "one", "what is in PRICES?", cwd=shop.root).code == 0
    assert invoke("plan", "--session", "one", "say so in the name", "-o", tmp_path / "p.yaml", cwd=shop.root).code == 0
    assert invoke("ask", "--session", "one", "why?", cwd=shop.root).code == 0
    _, planned, after = map(roles, server.requests)
    assert planned[:2] == [("user", "what is in PRICES?"), ("assistant", "`PRICES` holds cents.")]
    assert after[2][1] == "say so in the name"
    assert "One name." in after[3][1] and "rename" in after[3][1] and "CENTS" in after[3][1]


def test_what_came_to_no_answer_is_no_turn(server, shop, invoke):
    server.play({"status": 400, "message": "no"})
    server.say("Here.")
    assert invoke("ask", "--session", "one", "what is sold?", cwd=shop.root).code == 6
    assert invoke("ask", "--session", "one", "where?", cwd=shop.root).code == 0
    assert [role for role, _ in roles(server.requests[-1])] == ["user"]


def test_a_dialogue_keeps_to_the_room_that_there_is(shop):
    for number in range(6):
        log = start_log(shop.root)
        log.append("run.started", {"command": "ask", "question": "q", "session": "one"})
        log.append("answer.given", {"question": f"question {number}", "answer": "word " * 200})
        log.close()
    newest = log_folders(shop.root)[0].name
    assert [one.question for one in turns_before(shop.root, "one", newest, 100_000)] == [
        f"question {number}" for number in range(5)
    ]
    some = turns_before(shop.root, "one", newest, 2_000)
    assert 0 < len(some) < 5 and some[-1].question == "question 4"
    assert sum(one.tokens for one in some) <= 500
    (cut,) = turns_before(shop.root, "one", newest, 400)
    assert cut.tokens <= 110 and cut.answer.endswith("…")
    assert turns_before(shop.root, "", newest, 100_000) == ()


# --- Markdown while it comes in


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("one\n\ntwo", "two"),
        ("one\ntwo", "one\ntwo"),
        ("```py\na\n\nb", "```py\na\n\nb"),
        ("```py\na\n\nb\n```\n\nc", "c"),
        ("~~~\n```\n\n", "~~~\n```\n\n"),
        ("", ""),
    ],
)
def test_the_block_that_may_still_grow(text, rest):
    assert text[open_from(text) :] == rest


def test_what_is_drawn_piece_by_piece_is_what_is_drawn_at_once():
    from rich.console import Console

    console = Console(width=60, force_terminal=True)
    text = "# Head\n\nIt **sells** `tea`.\n\n- a\n- b\n\n```python\nx = 1\n\ny = 2\n```\n\nThe end.\x1b[2J"
    by_piece, at_once = Preview(console), Preview(console)
    for letter in text:
        by_piece.add(letter)
    at_once.add(text)
    assert [line for line in by_piece.lines(99) if line] == [line for line in at_once.lines(99) if line]
    drawn = "\n".join("".join(segment.text for segment in line) for line in at_once.lines(99))
    assert "It sells tea." in drawn and "\x1b" not in drawn
    assert len(at_once.lines(3)) == 3
    at_once.clear()
    assert at_once.lines(99) == []


# --- a real terminal

pexpect = pytest.importorskip("pexpect", reason="pexpect is not installed")


@pytest.fixture
def terminal(shop):
    """Start codeagent in a pseudo terminal."""
    started = []

    def start(*arguments, term="xterm-256color"):
        child = pexpect.spawn(
            sys.executable,
            ["-m", "codeagent", *arguments],
            cwd=str(shop.root),
            env={**os.environ, "PYTHONPATH": HERE, "TERM": term, "PROMPT_TOOLKIT_NO_CPR": "1"},
            dimensions=(40, 100),
            encoding="utf-8",
            timeout=60,
        )
        started.append(child)
        return child

    yield start
    for child in started:
        child.close(force=True)


LONG = (
    "It **sells** things.\n\n" + "\n\n".join(f"Paragraph {number} of it." for number in range(12)) + "\n\nLast words."
)
BOLD = r"\x1b\[1msells"


def test_an_answer_is_drawn_while_it_comes_in(terminal, server):
    server.say(LONG, pieces=12, slow=0.1)
    child = terminal("ask", "what is sold?")
    child.expect(BOLD)
    assert "Paragraph 11" not in child.before
    child.expect(pexpect.EOF)
    answer = re.split(BOLD, child.before)[1:][-1]  # drawn once more, when its places are looked up
    assert answer.index("Last words.") < answer.index("no citations to check")


def test_a_dumb_terminal_gets_the_words_as_they_come_and_once(terminal, server):
    server.say(LONG, pieces=12, slow=0.1)
    child = terminal("ask", "what is sold?", term="dumb")
    child.expect(re.escape("It **sells** things."))
    assert "Paragraph 11" not in child.before
    child.expect(pexpect.EOF)
    assert child.before.count("Last words.") == 1 and "\x1b" not in child.before


def test_a_dumb_terminal_is_told_what_is_not_there(terminal, server):
    server.say("See `Nobody`.")
    child = terminal("ask", "who?", term="dumb")
    child.expect(re.escape("See `Nobody`."))
    child.expect(re.escape("See [unverified: Nobody]."))


def test_a_session_that_is_gone_on_with_remembers_what_was_said(terminal, server):
    for answer in ("Tea is sold.", "For three.", "By Nobody at all."):
        server.say(answer)
    child = terminal()
    for question, answer in (("what is sold?", "Tea is sold"), ("for how much?", "For three")):
        child.expect("codeagent>")
        child.send(f"{question}\r")
        child.expect(answer)
        child.expect("citation")
    child.expect("codeagent>")
    child.send("/quit\r")
    child.expect(r"codeagent --resume ([\w-]+) goes on")
    again = terminal("--resume", child.match[1])
    again.expect("codeagent>")
    again.send("by whom?\r")
    again.expect("By Nobody")
    said = roles(server.requests[-1])
    assert said[:4] == [
        ("user", "what is sold?"),
        ("assistant", "Tea is sold."),
        ("user", "for how much?"),
        ("assistant", "For three."),
    ]
