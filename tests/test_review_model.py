"""Remarks of a model in a review: anchored to the change, checked against it, deduplicated, capped, and no evidence."""

import json

import pytest

SHOP = {
    "src/shop/cart.py": "def total(rows):\n    return sum(rows)\n\n\ndef count(rows):\n    return len(rows)\n",
    "src/shop/desk.py": "from shop.cart import total\n\nprint(total([1]))\n",
}
CHANGED = b"def total(rows):\n    return sum(rows) / len(rows)\n\n\ndef count(rows):\n    return len(rows)\n"
GOOD = {"path": "src/shop/cart.py", "line": 2, "severity": "error", "message": "`total` divides by zero for no `rows`."}


@pytest.fixture
def shop(repo):
    made = repo(SHOP)
    made.write({"src/shop/cart.py": CHANGED})
    return made


def reviewed(invoke, server, shop, *options, code=0):
    said = invoke("review", "--model", server.model, "--format", "json", *options, cwd=shop.root)
    assert said.code == code, said.err
    return json.loads(said.out)


def test_what_holds_is_kept_and_the_rest_is_counted(server, shop, invoke):
    server.say(
        "Here they are:\n"
        + json.dumps([
            GOOD,
            {**GOOD, "message": "Another word for the same."},
            {**GOOD, "line": 6, "message": "Not changed."},
            {**GOOD, "path": "src/shop/desk.py"},
            {**GOOD, "path": "nowhere.py"},
            {**GOOD, "message": "`total` calls `frobnicate`."},
            {**GOOD, "symbol": "Basket.total"},
            {"path": "src/shop/cart.py", "line": 2},
            "no remark at all",
        ]),
        usage={"input": 100, "output": 10},
    )  # fmt: skip
    told = reviewed(invoke, server, shop, "--fail-on", "error")
    found = [one for one in told["findings"] if one["rule"] == "remark"]
    assert [(one["severity"], one["line"], one["symbol"]) for one in found] == [
        ("warning", 2, "src/shop/cart.py::total")
    ]
    assert told["remarks"]["dropped"] == {
        "names what is not there": 2,
        "no remark": 2,
        "not in the change": 2,
        "not on a new line": 1,
        "said twice": 1,
    }
    assert told["remarks"]["kept"] == [found[0]["fingerprint"]]
    assert told["usage"]["calls"] == 1
    asked = json.dumps(server.requests[0])
    assert "sum(rows) / len(rows)" in asked
    assert "untrusted-" in asked


def test_remarks_are_capped_and_the_same_place_keeps_its_fingerprint(server, shop, invoke):
    shop.write({"src/shop/cart.py": CHANGED + b"\n\ndef more(rows):\n    return rows[0]\n"})
    both = [{**GOOD, "severity": "info"}, {**GOOD, "line": 10, "message": "Fails for no `rows`."}]
    server.say(json.dumps(both))
    told = reviewed(invoke, server, shop, "--max-comments", "1")
    assert [one["line"] for one in told["findings"] if one["rule"] == "remark"] == [10]
    assert told["remarks"]["dropped"] == {"over the limit": 1}
    mark = told["remarks"]["kept"]
    server.say(json.dumps([{**GOOD, "line": 10, "message": "Said otherwise today."}]))
    assert reviewed(invoke, server, shop)["remarks"]["kept"] == mark


def test_silence_is_a_good_answer_and_what_is_explained_is_not_asked_about(server, shop, invoke):
    server.say("[]")
    assert reviewed(invoke, server, shop)["remarks"]["kept"] == []
    shop.write({"src/shop/cart.py": SHOP["src/shop/cart.py"].replace("(rows)", "(  rows  )").encode()})
    count = len(server.requests)
    assert reviewed(invoke, server, shop)["remarks"]["kept"] == []
    assert len(server.requests) == count


def test_a_model_in_the_settings_is_not_asked_unless_named(server, shop, invoke):
    said = invoke("review", "--format", "json", cwd=shop.root)
    assert (said.code, json.loads(said.out)["remarks"], server.requests) == (0, None, [])


def test_an_answer_that_is_none_and_a_model_that_is_down(server, shop, invoke):
    server.say("I like it.")
    told = reviewed(invoke, server, shop)
    assert told["remarks"]["dropped"] == {"no remark": 1}
    assert told["notes"] == ["of what the model said 0 kept, 1 dropped (no remark: 1)"]
    server.play({"status": 401, "message": "bad key"})
    assert invoke("review", "--model", server.model, cwd=shop.root).code == 6


def test_a_review_whose_budget_is_spent_is_made_again_and_not_resumed(server, shop, invoke):
    server.say(calls=[{"outline": {"path": "src/shop/cart.py"}}])
    said = invoke("review", "--model", server.model, "--max-calls", "1", cwd=shop.root)
    assert (said.code, "leave --model out" in said.err, "resume" in said.err) == (5, True, False), said.err
    again = invoke("resume", cwd=shop.root)
    assert (again.code, "is a review" in again.err) == (2, True), again.err
