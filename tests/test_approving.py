"""A change taken in parts: what a part of it is, and how it is approved in a real terminal by step, file and hunk."""

import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codeagent.domain.pieces import pieces_of, put_together, split
from codeagent.domain.unified import lines_of

HERE = str(Path(__file__).parent.parent)
LINES = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "\n", "ä\r\n", "x"]), max_size=30).map("".join)


# --- parts of a change


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(LINES, LINES, st.data())
def test_blocks_that_are_taken_and_left_make_the_whole(old, new, data):
    before, after = {"f": old.encode()}, {"f": new.encode()}
    for piece in pieces_of(after, {}, before):
        blocks = [block for hunk in piece.hunks for one in split(hunk) for block in one]
        assert piece.taking(blocks) == piece
        assert not piece.taking([])
        taken = data.draw(st.sets(st.sampled_from(blocks)))
        part = lines_of(piece.taking(taken).after)
        at = 0
        for i1, i2, j1, j2 in [*blocks, (len(lines_of(old.encode())),) * 2 + (0, 0)]:
            here = lines_of(new.encode())[j1:j2] if (i1, i2, j1, j2) in taken else lines_of(old.encode())[i1:i2]
            expected = [*lines_of(old.encode())[at:i1], *here]
            assert part[: len(expected)] == expected
            part, at = part[len(expected) :], i2
        assert part == []


def test_what_is_made_deleted_moved_or_binary_is_taken_whole():
    before = {"gone": b"a\n", "old": b"b\n", "picture": b"\0one", "text": b"1\n2\n"}
    after = {"gone": None, "new": b"n\n", "moved": b"b\nc\n", "old": None, "picture": b"\0two", "text": b"1\n3\n"}
    pieces = pieces_of(after, {"old": "moved"}, before)
    assert [(one.path, one.whole) for one in pieces] == [
        ("gone", True),
        ("moved", True),
        ("new", True),
        ("picture", True),
        ("text", False),
    ]
    assert put_together(pieces) == (after, {"old": "moved"})
    assert put_together(one.taking([]) for one in pieces) == ({}, {})


# --- a real terminal

pexpect = pytest.importorskip("pexpect", reason="pexpect is not installed")

FILES = {
    "shop.py": """
        def total(items):
            return sum(items)
    """,
    "app.py": """
        from shop import total

        print(total([1]))
    """,
    "tidy.py": """
        print("one")
        first = 1
        second = 2
        third = 3
        fourth = 4
        fifth = 5
        sixth = 6
        seventh = 7


        def main():
            print("two")
    """,
}
STEP = (
    "  - {{id: {id}, title: {title}, operation: rename, arguments: {{target: '{old}', new: {new}}}, scope: [{scope}]}}"
)


@pytest.fixture
def shop(repo):
    return repo(FILES)


@pytest.fixture
def terminal(shop):
    """Run a command line in a pseudo terminal, and answer what it asks: (what to wait for, what to type) …"""
    started = []

    def run(arguments, *answers, width=100):
        child = pexpect.spawn(
            sys.executable,
            ["-m", "codeagent", *arguments],
            cwd=str(shop.root),
            env={**os.environ, "PYTHONPATH": HERE, "TERM": "xterm-256color", "PROMPT_TOOLKIT_NO_CPR": "1"},
            dimensions=(50, width),
            encoding="utf-8",
            timeout=60,
        )
        started.append(child)
        seen = ""
        for wanted, said in answers:
            child.expect(wanted)
            seen += child.before + child.after
            child.send(said)
        child.expect(pexpect.EOF)
        child.close()
        return child.exitstatus, seen + child.before

    yield run
    for child in started:
        child.close(force=True)


def read(shop, name):
    return (shop.root / name).read_text()


RENAME = ("refactor", "rename", "shop.py::total", "amount")
WHOLE = r"Write this change\? \[y/n/f/h\]: "


def test_a_part_of_a_rename_that_leaves_a_name_behind_is_refused(terminal, shop):
    code, seen = terminal(RENAME, (WHOLE, "f\r"), (r"take app.py\?.*\]: ", "n\r"), (r"take shop.py\?.*\]: ", "y\r"))
    assert code == 1
    assert "bindings: app.py:1 total is no more; it is shop.py::amount" in " ".join(seen.split())
    assert shop.git("status", "--porcelain") == ""


def test_a_user_without_what_it_uses_is_refused_too(terminal, shop):
    code, seen = terminal(RENAME, (WHOLE, "f\r"), (r"take app.py\?.*\]: ", "y\r"), (r"take shop.py\?.*\]: ", "q\r"))
    assert code == 1
    assert "the import of shop: amount finds nothing in this tree" in " ".join(seen.split())
    assert shop.git("status", "--porcelain") == ""


def test_all_that_was_taken_hunk_by_hunk_is_the_whole(terminal, shop):
    answers = [(WHOLE, "h\r"), (r"app.py: take this hunk\? \[y/n/a/q/s\]: ", "?\r"), (r"\]: ", "y\r"), (r"\]: ", "a\r")]
    code, seen = terminal(RENAME, *answers)
    assert code == 0
    assert "s  split it into smaller ones" in seen
    assert "def amount" in read(shop, "shop.py") and "print(amount([1]))" in read(shop, "app.py")


def test_one_hunk_of_many_is_written_and_taken_back(terminal, shop):
    before = read(shop, "tidy.py")
    answers = [(WHOLE, "h\r"), (r"1 more in this file: take this hunk\?.*\]: ", "n\r"), (r"\]: ", "y\r")]
    code, _ = terminal(("refactor", "replace", "--pattern", 'print("$A")', "--with", "print('$A')"), *answers)
    assert code == 0
    assert read(shop, "tidy.py") == before.replace('"two"', "'two'")
    assert terminal(("undo",))[0] == 0
    assert read(shop, "tidy.py") == before


def test_nothing_is_written_where_nothing_is_taken_or_said(terminal, shop):
    assert terminal(RENAME, (WHOLE, "\r"))[0] == 0
    assert terminal(RENAME, (WHOLE, "h\r"), (r"\]: ", "q\r"))[0] == 0
    assert terminal(RENAME, (WHOLE, "h\r"), (r"\]: ", "\x03"))[0] == 130
    assert shop.git("status", "--porcelain") == ""


def plan(shop, *steps):
    rows = [STEP.format(id=name, title=title, old=old, new=new, scope="/*.py") for name, title, old, new in steps]
    shop.write({".git/plan.yaml": "\n".join(["version: 1", "goal: names", "steps:", *rows]) + "\n"})
    return ("apply", ".git/plan.yaml", "--tests", "none")


STEPS = (
    ("one", "Say amount", "shop.py::total", "amount"),
    ("two", "Say prices", "shop.py::amount.items", "prices"),
    ("three", "Say start", "tidy.py::main", "start"),
)


def test_a_plan_is_taken_step_by_step(terminal, shop):
    step = r"Take this step\? \[y/n/a/q/f/h\]: "
    answers = [(r"Write this change\? \[y/n/s/f/h\]: ", "s\r"), (step, "y\r"), (step, "n\r"), (step, "y\r")]
    code, seen = terminal(plan(shop, *STEPS), *answers)
    assert code == 0, seen
    assert "two: left out: you left it" in seen
    assert read(shop, "shop.py") == "def amount(items):\n    return sum(items)\n"
    assert "def start" in read(shop, "tidy.py")
    assert shop.git("log", "--format=%s").splitlines()[:2] == [
        "refactor(tidy): rename main to start",
        "refactor: rename total to amount",
    ]
    assert shop.git("status", "--porcelain") == ""


def test_one_ctrl_c_at_the_question_leaves_everything_as_it_was(terminal, shop):
    code, seen = terminal(plan(shop, *STEPS), (r"Write this change\? \[y/n/s/f/h\]: ", "\x03"))
    assert (code, "interrupted" in seen) == (130, True)
    assert shop.git("status", "--porcelain") == ""


def test_a_step_whose_ground_was_left_is_left_out(terminal, shop):
    step = r"Take this step\?.*\]: "
    answers = [(r"Write this change\?.*\]: ", "s\r"), (step, "n\r"), (step, "a\r")]
    code, seen = terminal(plan(shop, *STEPS), *answers)
    assert code == 0, seen
    assert "two: left out: step two: no symbol" in seen
    assert shop.git("log", "-1", "--format=%s") == "refactor(tidy): rename main to start"
    assert "def total(items)" in read(shop, "shop.py")


def test_part_of_a_step_is_judged_by_itself_and_asked_for_again(terminal, shop):
    answers = [(r"Write this change\?.*\]: ", "f\r"), (r"take app.py\?.*\]: ", "n\r"), (r"take shop.py\?.*\]: ", "y\r")]
    answers += [(r"does not hold without the rest: bindings.*take app.py\?.*\]: ", "a\r")]
    code, seen = terminal(plan(shop, *STEPS), *answers)
    assert code == 0, seen
    assert "def amount(prices)" in read(shop, "shop.py") and "def start" in read(shop, "tidy.py")


def test_in_the_session_too(terminal, shop):
    answers = [
        ("codeagent>", " ".join(("/refactor", *RENAME[1:])) + "\r"),
        (WHOLE, "h\r"),
        (r"take this hunk.*\]: ", "n\r"),
    ]
    answers += [(r"take this hunk.*\]: ", "y\r"), (r"total is no more.*codeagent>", "/quit\r")]
    code, _ = terminal((), *answers)
    assert code == 0
    assert shop.git("status", "--porcelain") == ""
