"""`codeagent plan GOAL`: a model chooses, the engine tries; what is wrong goes back to it, all of it on record."""

import json
from pathlib import Path

import pytest
import yaml

from codeagent.plans.reading import load_plan
from codeagent.workspace.eventlog import log_folders, open_log

SHOP = {
    "shop/__init__.py": "",
    "shop/cart.py": """
        class Cart:
            def __init__(self):
                self.items = []

            def add(self, price):
                self.items.append(price)

            def total(self):
                return sum(self.items)


        def discount(kind, items):
            rate = 0
            for item in items:
                if kind == "old":
                    rate += item
                elif kind == "new":
                    rate += 2 * item
                elif kind == "rich" or item > 9:
                    rate -= 1 if item > 20 and kind else 2 if item < 3 or not kind else 3
                elif kind in ("a", "b") and item and rate:
                    rate = rate + 1 if item else rate
            return rate
    """,
    "shop/desk.py": """
        from shop.cart import Cart, discount


        def sell():
            return Cart().total() + discount("a", [])
    """,
    "tests/test_cart.py": """
        from shop.cart import Cart


        def test_total():
            assert Cart().total() == 0
    """,
}


@pytest.fixture
def shop(repo):
    return repo(SHOP)


def test_a_plan_is_corrected_until_it_holds(server, shop, invoke, tmp_path):
    server.play("plan-corrected")
    done = invoke("plan", "better names in the cart", "-o", tmp_path / "plan.yaml", cwd=shop.root)
    assert (done.code, done.out) == (0, ""), done.err
    assert server.left == []
    plan = load_plan(tmp_path / "plan.yaml")
    assert [step.id for step in plan.steps] == ["price", "basket", "record-discount", "discount"]
    price, basket, record, discount = plan.steps
    assert (plan.goal, plan.origin) == ("better names in the cart", server.model)
    assert price.tried and basket.tried and price.guarded
    assert basket.arguments == {"target": ["shop/cart.py::Cart"], "to": "shop/basket.py"}
    assert price.tests == basket.tests == ("tests/test_cart.py",)
    assert price.blast.files == ("shop/cart.py", "shop/desk.py", "tests/test_cart.py")
    assert price.expected_cost == 0
    assert discount.arguments["symbols"] == ["shop/cart.py::discount"]
    assert discount.after == ("basket", "record-discount")
    assert record.arguments["about"] == ["shop/cart.py::discount"]
    assert discount.expected_cost is None
    assert set(plan.files) == {"shop/cart.py", "shop/desk.py", "tests/test_cart.py"}
    assert shop.git("status", "--porcelain") == ""


def test_what_the_planner_is_told_and_may_do(server, shop, invoke):
    server.play("plan-corrected")
    invoke("plan", "better names in the cart", cwd=shop.root)
    held = {tool["function"]["name"] for tool in server.requests[0]["tools"]}
    assert held >= {"source", "callers", "impact", "try_step", "submit_plan"}
    assert not any(name.startswith("propose_") for name in held)
    first, second = server.texts()[:2]
    assert "better names in the cart" in first
    assert "split-module" in first
    assert "shop/cart.py" in first
    assert "proven; it would write shop/cart.py, shop/desk.py, tests/test_cart.py" in second
    assert "refused: shop/cart.py::Cart already has an add" in second or "refused: " in second


def test_what_the_planner_is_told_first_is_the_same_for_every_goal(server, shop, invoke):
    for goal in ("names of carts", "order of carts"):
        server.play("plan-corrected")
        invoke("plan", goal, cwd=shop.root)
    starts = [one["messages"] for one in server.requests if len(one["messages"]) == 2]
    assert len(starts) == 2 and starts[0][0] == starts[1][0]
    first, second = (one[1]["content"] for one in starts)
    same = first[: first.index("names of carts")]
    assert second.startswith(same) and "How to plan" in same


def test_a_plan_that_is_written_into_the_answer_is_one_handed_in(server, shop, invoke):
    step = {"id": "a", "title": "t", "operation": "rename", "why": "w"}
    step |= {"arguments": {"target": "shop/cart.py::Cart.total", "new": "price"}}
    written = json.dumps({"summary": "One name.", "steps": [step]}, indent=1)
    server.say(f"Here is [my] plan:\n```json\n{written}\n```\nIt is {{small}}.")
    done = invoke("plan", "a better name for total", "--format", "json", cwd=shop.root)
    assert done.code == 0, done.err
    assert len(server.requests) == 1 and "One name." in done.out


@pytest.mark.parametrize("tool_calls", ["native", "text"])
@pytest.mark.parametrize(("command", "room"), [("ask", 4096), ("plan", 8192)])
def test_a_model_that_reads_little_is_told_less(server, shop, invoke, home, monkeypatch, command, room, tool_calls):
    for name in ("CODEAGENT_MODEL", "CODEAGENT_API_BASE"):
        monkeypatch.delenv(name)
    (home / ".config/codeagent").mkdir(parents=True)
    place = f'model = "openai/small"\napi_base = "{server.url}"\ncontext_tokens = {room}\ntool_calls = "{tool_calls}"\n'
    (home / ".config/codeagent/config.toml").write_text(f'model = "small"\n[models.small]\n{place}')
    step = {"id": "a", "title": "t", "operation": "rename", "why": "w"}
    step |= {"arguments": {"target": "shop/cart.py::Cart.total", "new": "price"}}
    last = {"submit_plan": {"summary": "One name.", "steps": [step]}} if command == "plan" else {}
    for call in ({"source": {"symbol": "Cart.total"}}, {"references": {"symbol": "Cart.total"}}, last):
        ((name, arguments),) = call.items() or [("", {})]
        written = "```tool_call\n" + json.dumps({"name": name, "arguments": arguments}) + "\n```"
        server.play({"calls": [call]} if call and tool_calls == "native" else {"text": written if call else "`Cart`."})
    done = invoke(command, "a better name for total", cwd=shop.root)
    assert done.code == 0, done.err
    sizes = [len(json.dumps(body)) for body in server.requests]
    assert len(sizes) == 3 and max(sizes) < 3 * room
    assert "shop/cart.py" in server.texts()[0] and "def total" in server.texts()[1]


def test_a_run_is_on_record_and_is_not_paid_twice(server, shop, invoke, tmp_path):
    server.play("plan-corrected")
    first = invoke("plan", "better names in the cart", "-o", tmp_path / "a.yaml", cwd=shop.root)
    log = open_log(shop.root)
    kinds = [one.kind for one in log.records]
    assert (kinds[0], kinds[-3:]) == ("run.started", ["plan.made", "answer.given", "run.finished"])
    made = next(one.body for one in log.records if one.kind == "plan.made")
    assert made["plan"] == yaml.safe_load((tmp_path / "a.yaml").read_text())
    asked = len(server.requests)
    lines = (log.folder / "events.jsonl").read_bytes().splitlines(keepends=True)
    for kept in range(1, len(lines)):  # killed after each record, and in the middle of the next
        (log.folder / "events.jsonl").write_bytes(b"".join(lines[:kept]) + b'{"id": 9')
        server.reset()
        server.play("plan-corrected")
        answered = kinds[:kept].count("model.answered")
        for step in server.left[:answered]:
            step["times"] = 0
        done = invoke("plan", "--resume", log.id, "-o", tmp_path / "b.yaml", cwd=shop.root)
        assert done.code == 0, done.err
        assert len(server.requests) == asked - answered
        assert (tmp_path / "b.yaml").read_bytes() == (tmp_path / "a.yaml").read_bytes()
    assert first.code == 0
    whole = invoke("resume", log.id, "--format", "json", cwd=shop.root)
    assert (whole.code, len(server.requests)) == (0, asked - answered), whole.err
    assert json.loads(whole.out) == yaml.safe_load((tmp_path / "a.yaml").read_text())


def test_alternatives_differ_and_are_ranked(server, shop, invoke, tmp_path):
    server.play("plan-alternatives")
    done = invoke("plan", "make it better", "--alternatives", "3", "-o", tmp_path / "plan.yaml", cwd=shop.root)
    assert (done.code, done.out) == (0, ""), done.err
    assert server.left == []
    plans = [load_plan(tmp_path / f"plan-{number}.yaml") for number in (1, 2, 3)]
    assert [plan.steps[-1].operation for plan in plans] == ["extract-function", "rename", "rewrite"]
    assert not (tmp_path / "plan.yaml").exists()
    assert "plan-1.yaml" in done.err


def test_alternatives_as_text_and_json(server, shop, invoke):
    for form in ("text", "json", "md", "yaml"):
        server.reset()
        server.play("plan-alternatives")
        done = invoke("plan", "make it better", "--alternatives", "3", "--format", form, cwd=shop.root)
        assert done.code == 0, done.err
        if form == "json":
            document = json.loads(done.out)
            assert list(document) == ["schema_version", "goal", "run", "usage", "alternatives"]
            assert [one["rank"] for one in document["alternatives"]] == [1, 2, 3]
            assert document["run"] == log_folders(shop.root)[0].name
        else:
            assert "Make a function of the loop" in done.out
    assert invoke("plan", "x", "--alternatives", "2", cwd=shop.root).code == 2


@pytest.mark.parametrize(
    ("replies", "options", "code", "told"),
    [
        ([{"text": "I would rename it."}, {"text": "Truly."}, {"text": "Yes."}], [], 6, "call submit_plan"),
        ([{"calls": [{"submit_plan": {"steps": []}}], "times": 9}], [], 6, "no plan"),
        ([{"calls": [{"submit_plan": "{{{"}], "times": 9}], [], 6, "no plan"),
        ([{"calls": [{"submit_plan": {"steps": "nonsense", "summary": 3}}], "times": 9}], [], 6, "no plan"),
        ([{"calls": [{"submit_plan": {"steps": [1, None, {}]}}], "times": 9}], [], 6, "no plan"),
        ([{"calls": [{"propose_rename": {"target": "Cart", "new": "B"}}], "times": 9}], [], 6, "no plan"),
        ([{"calls": [{"cycles": {}}], "times": 9}], ["--max-calls", "2"], 5, "made its 2 calls"),
        ([{"status": 401, "message": "bad key"}], [], 6, "key"),
    ],
)
def test_no_plan_has_its_reason(server, shop, invoke, replies, options, code, told):
    server.play(*replies)
    done = invoke("plan", "better names", *options, cwd=shop.root)
    assert (done.code, done.out) == (code, ""), done.err
    assert told in done.err
    assert "Traceback" not in done.err
    assert open_log(shop.root).records[-1].body["exit_code"] == code


def test_what_is_asked_for_badly(server, shop, invoke, tmp_path):
    for arguments, told in (
        ((), "there is no goal"),
        (("  ",), "there is no goal"),
        (("x", "--check", "y"), "say one thing"),
        (("x" * 20_001,), "more than"),
        (("x", "-o", tmp_path), "is a folder"),
        (("--resume", "none"), "no run"),
    ):
        done = invoke("plan", *arguments, cwd=shop.root)
        assert (done.code, done.out) == (2, ""), done.err
        assert told in done.err
    assert server.requests == []


def test_without_a_model_it_says_what_works_without(shop, invoke):
    done = invoke("plan", "better names", cwd=shop.root)
    assert (done.code, done.out) == (6, "")
    assert "codeagent plan --from-opportunity" in done.err


def test_a_folder_without_git_is_planned_for(server, repo, invoke, tmp_path):
    folder = repo(SHOP, git=False)
    server.play("plan-alternatives")
    done = invoke("plan", "x", "--alternatives", "3", "-o", tmp_path / "p.yaml", cwd=folder.root)
    assert done.code == 0, done.err
    assert load_plan(tmp_path / "p-1.yaml").base == ""


def test_lines_are_those_that_the_model_has_read(server, shop, invoke, tmp_path: Path):
    """A step before adds lines above those that a later one speaks of; one that is in them is told."""
    top = {
        "id": "top",
        "title": "Rename",
        "operation": "change-signature",
        "arguments": {"target": "Cart.add", "add": ["note: str = ''"]},
        "why": "x",
    }
    lower = {
        "id": "low",
        "title": "Extract",
        "operation": "extract-function",
        "arguments": {"target": "shop/cart.py:15-22", "name": "_rate"},
        "why": "x",
    }
    first = {
        "id": "first",
        "title": "Extract",
        "operation": "extract-variable",
        "arguments": {"target": "shop/cart.py:9:16-9:31", "name": "whole"},
        "why": "x",
    }
    server.say(calls=[{"submit_plan": {"summary": "s", "steps": [top, first, lower]}}])
    done = invoke("plan", "x", "-o", tmp_path / "p.yaml", cwd=shop.root)
    assert done.code == 0, done.err
    plan = load_plan(tmp_path / "p.yaml")
    assert plan.steps[2].arguments["target"] == "shop/cart.py:16-23"
    again = invoke("plan", "--check", tmp_path / "p.yaml", "-o", "-", cwd=shop.root)
    assert again.out == (tmp_path / "p.yaml").read_text()
    inside = {**first, "arguments": {"target": "shop/cart.py:18:21-18:29", "name": "twice"}}
    server.say(calls=[{"submit_plan": {"summary": "s", "steps": [inside, lower]}}])
    server.say("I give up.", times=9)
    assert invoke("plan", "x", cwd=shop.root).code == 6
    assert "the step first changes the text at shop/cart.py:15-22" in server.texts()[-1]
