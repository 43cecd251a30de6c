"""Steps that a model writes: edits by tool or in words, corrected by the gates' words, budgets, and going round."""

import json
import re

import pytest
import yaml

SHOP = {
    "shop.py": """
        def price(cart):
            return sum(cart) + tax(cart)


        def tax(cart):
            return len(cart)
        """,
    "app.py": """
        from shop import price, tax

        print(price([1]), tax([]))
        """,
}
STEP = {
    "id": "simpler",
    "title": "make tax a constant rate",
    "operation": "rewrite",
    "arguments": {"instructions": "Let tax return twice the length.", "symbols": ["shop.py::tax"]},
    "scope": ["shop.py"],
}
GOOD = {
    "edits": [
        {"action": "replace_symbol", "symbol": "shop.py::tax", "text": "def tax(cart):\n    return 2 * len(cart)\n"}
    ]
}
BAD = {
    "edits": [
        {"action": "replace_symbol", "symbol": "shop.py::tax", "text": "def duty(cart):\n    return 2 * len(cart)\n"}
    ]
}


@pytest.fixture
def carry(repo, invoke, tmp_path, server):
    made = repo(SHOP)

    def run(step, *options):
        path = tmp_path / "plan.yaml"
        path.write_text(yaml.safe_dump({"version": 1, "goal": "Twice", "steps": [step]}))
        done = invoke("apply", path, "--tests", "none", "--yes", "--format", "json", *options, cwd=made.root)
        return done, made

    return run


def test_a_model_writes_a_step_and_the_commit_says_so(carry, server):
    server.play({"calls": [{"edit": GOOD}]})
    done, made = carry(STEP)
    assert done.code == 0, done.err
    assert "return 2 * len(cart)" in made.git("show", "HEAD:shop.py")
    message = made.git("log", "-1", "--format=%B")
    assert message.startswith("chore(shop): change tax\n") and "(openai/scripted)" in message
    assert json.loads(done.out)["steps"][0]["usage"]["calls"] == 1
    asked = server.texts()[0]
    assert "5  def tax(cart):\n6      return len(cart)" in asked and "shop.py::price" in asked


def test_edits_may_come_as_blocks_in_words(carry, server):
    server.say("shop.py\n<<<<<<< SEARCH\n    return len(cart)\n=======\n    return 2 * len(cart)\n>>>>>>> REPLACE\n")
    done, made = carry(STEP)
    assert done.code == 0, done.err
    assert len(server.requests) == 1 and "2 * len" in made.git("show", "HEAD:shop.py")


def test_edits_that_do_not_fit_are_told_and_written_again(carry, server):
    missing = {"edits": [{"action": "replace_text", "path": "shop.py", "search": "return 7", "text": "return 8"}]}
    outside = {"edits": [{"action": "replace_text", "path": "app.py", "search": "print", "text": "repr"}]}
    server.play({"calls": [{"edit": missing}]}, {"calls": [{"edit": outside}]}, {"calls": [{"edit": GOOD}]})
    done, _ = carry(STEP)
    assert done.code == 0, done.err
    assert "these edits do not fit" in server.texts()[1]
    assert "app.py is outside what you may touch" in server.texts()[2]


def test_the_words_of_the_gates_correct_it_twice_at_most(carry, server):
    server.play({"calls": [{"edit": BAD}]})
    again = {"edits": [{"action": "replace_text", "path": "shop.py", "search": "def duty", "text": "def tax"}]}
    server.play({"calls": [{"edit": again}]})
    done, made = carry(STEP)
    assert done.code == 0, done.err
    assert re.search(r'from="gates">\n\w+: \S+:\d+ .*tax', server.texts()[1])
    assert "+def duty(cart):" in server.texts()[1]
    assert json.loads(done.out)["steps"][0]["attempts"] == 2
    assert "def tax" in made.git("show", "HEAD:shop.py")


def test_a_step_that_never_holds_is_rolled_back_or_left_out(carry, server):
    worse = {"edits": [{"action": "replace_text", "path": "shop.py", "search": "2 *", "text": "3 *"}]}
    same = {"edits": [{"action": "replace_text", "path": "shop.py", "search": "3 *", "text": "4 *"}]}
    server.play(*({"calls": [{"edit": one}]} for one in (BAD, worse, same)))
    done, made = carry(STEP)
    assert (done.code, made.git("rev-list", "--count", "HEAD")) == (1, "1")
    assert "step simpler does not hold" in done.err
    server.reset()
    server.play(*({"calls": [{"edit": one}]} for one in (BAD, worse, same)))
    done, made = carry({**STEP, "otherwise": "skip"})
    assert (done.code, json.loads(done.out)["steps"][0]["status"]) == (0, "skipped")


def test_a_model_that_says_that_all_is_well_is_answered_by_the_gates(carry, server):
    server.play({"calls": [{"edit": BAD}]}, {"text": "All tests pass, done.", "times": 9})
    done, made = carry(STEP)
    assert (done.code, made.git("rev-list", "--count", "HEAD")) == (1, "1")
    assert "step simpler does not hold: bindings: app.py:1" in done.err and "the model wrote no edit" in done.err


def test_a_smaller_step_is_tried_where_the_plan_says_so(carry, server):
    worse = {"edits": [{"action": "replace_text", "path": "shop.py", "search": "2 *", "text": "3 *"}]}
    same = {"edits": [{"action": "replace_text", "path": "shop.py", "search": "3 *", "text": "4 *"}]}
    server.play(*({"calls": [{"edit": one}]} for one in (BAD, worse, same)))
    server.play({"when": "a smaller part of it", "calls": [{"edit": GOOD}]})
    done, made = carry({**STEP, "otherwise": "smaller"})
    assert done.code == 0, done.err
    assert "2 * len" in made.git("show", "HEAD:shop.py")


def never_holding():
    worse = {"edits": [{"action": "replace_text", "path": "shop.py", "search": "2 *", "text": "3 *"}]}
    same = {"edits": [{"action": "replace_text", "path": "shop.py", "search": "3 *", "text": "4 *"}]}
    return [{"calls": [{"edit": one}]} for one in (BAD, worse, same)]


def name_two_models(server, home, monkeypatch, named):
    for name in ("CODEAGENT_MODEL", "CODEAGENT_API_BASE"):
        monkeypatch.delenv(name)
    small, large = ({"model": f"openai/{name}", "api_base": server.url} for name in ("small", "large"))
    if named == "fallbacks":
        small["fallbacks"] = ["large"]
    tables = "".join(
        f"[models.{name}]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in table.items())
        for name, table in (("small", small), ("large", large))
    )
    roles = '[roles]\nplanner = "large"\n' if named == "roles" else ""
    (home / ".config" / "codeagent").mkdir(parents=True)
    (home / ".config" / "codeagent" / "config.toml").write_text(f'model = "small"\n{tables}{roles}')


@pytest.mark.parametrize("named", ["fallbacks", "roles"])
def test_another_model_is_asked_where_the_plan_says_so(carry, server, home, monkeypatch, named):
    name_two_models(server, home, monkeypatch, named)
    server.play(*never_holding(), {"when": "Do it better", "calls": [{"edit": GOOD}]})
    done, made = carry({**STEP, "otherwise": "other-model"})
    assert done.code == 0, done.err
    assert [body["model"] for body in server.requests] == ["small", "small", "small", "large"]
    assert "An attempt at this step failed" in server.texts()[3] and 'from="gates">' in server.texts()[3]
    assert "(openai/large)" in made.git("log", "-1", "--format=%B")
    step = json.loads(done.out)["steps"][0]
    assert (step["usage"]["calls"], step["attempts"]) == (4, 4)


@pytest.mark.parametrize("otherwise", ["smaller", "other-model"])
def test_a_step_is_corrected_twice_whatever_ways_it_is_gone_about(carry, server, home, monkeypatch, otherwise):
    name_two_models(server, home, monkeypatch, "roles")
    server.play(*never_holding(), *never_holding())
    done, made = carry({**STEP, "otherwise": otherwise})
    assert (done.code, made.git("rev-list", "--count", "HEAD")) == (1, "1")
    assert sum("did not pass" in said for said in server.texts()) == 2
    assert json.loads(done.out)["steps"][0]["attempts"] == len(server.requests)


def test_where_no_other_model_is_named_the_failure_says_so(carry, server):
    server.play(*never_holding())
    done, made = carry({**STEP, "otherwise": "other-model"})
    assert (done.code, made.git("rev-list", "--count", "HEAD")) == (1, "1")
    assert "name another model" in done.err and len(server.requests) == 3


def test_a_budget_that_is_spent_ends_it_and_more_goes_on_without_asking_again(carry, server, invoke):
    server.play({"calls": [{"edit": BAD}]})
    done, made = carry(STEP, "--max-calls", "1")
    assert done.code == 5, done.err
    assert len(server.requests) == 1
    again = {"edits": [{"action": "replace_text", "path": "shop.py", "search": "def duty", "text": "def tax"}]}
    server.play({"calls": [{"edit": again}]})
    done = invoke("resume", "--max-calls", "2", cwd=made.root)
    assert done.code == 0, done.err
    assert len(server.requests) == 2
    assert "2 * len" in made.git("show", "HEAD:shop.py")


def test_a_step_has_limits_of_its_own(carry, server):
    server.play({"calls": [{"edit": BAD}]})
    done, _ = carry(STEP, "--per-step", "calls=1")
    assert (done.code, "the step simpler has made its 1 call" in done.err) == (5, True), done.err
    assert carry(STEP, "--per-step", "pages=1")[0].code == 2


def test_a_file_that_a_model_moves_is_moved_and_proven_like_all_it_writes(carry, server):
    step = {**STEP, "arguments": {"instructions": "Move it.", "files": ["shop.py"]}, "scope": ["*.py"]}
    alone = "*** Begin Patch\n*** Update File: shop.py\n*** Move to: store.py\n*** End Patch\n"
    rest = {"edits": [{"action": "replace_text", "path": "app.py", "search": "from shop", "text": "from store"}]}
    server.say(alone).play({"calls": [{"edit": rest}]})
    done, made = carry(step)
    assert done.code == 0, done.err
    assert "app.py:1" in server.texts()[1] and "shop" in server.texts()[1]  # the gates say who still wants it there
    assert "R100\tshop.py\tstore.py" in made.git("show", "--name-status", "-M", "--format=", "HEAD")
    assert not (made.root / "shop.py").exists() and made.git("status", "--porcelain") == ""
    assert json.loads(done.out)["steps"][0]["attempts"] == 2


def test_a_dry_run_asks_no_model(carry, server):
    done, _ = carry(STEP, "--dry-run")
    assert (done.code, server.requests) == (0, [])
    assert json.loads(done.out)["steps"][0]["status"] == "skipped"


@pytest.mark.parametrize("options", [(), ("--dry-run",)])
def test_what_is_not_there_is_told_before_a_model_is_asked(carry, server, options):
    about = {"instructions": "Let tax return twice the length.", "symbols": ["shop.py::toll"]}
    done, _ = carry({**STEP, "arguments": about}, *options)
    assert (done.code, server.requests) == (4, [])
    assert "step simpler: " in done.err and "toll" in done.err


def test_a_fix_that_was_carried_out_is_not_carried_out_again(repo, invoke, server):
    made = repo(SHOP)
    step = {"id": "duty", "title": "Call it duty", "operation": "rename", "why": "It is one."}
    step |= {"arguments": {"target": "shop.py::tax", "new": "duty"}}
    server.play({"calls": [{"submit_plan": {"summary": "Say duty.", "steps": [step]}}]})
    assert invoke("fix", "say duty", "--branch", "duty", "--tests", "none", cwd=made.root).code == 0
    asked = len(server.requests)
    runs = json.loads(invoke("runs", "--format", "json", cwd=made.root).out)["runs"]
    again = invoke("resume", next(one["run"] for one in runs if one["command"] == "plan"), cwd=made.root)
    assert again.code == 0, again.err
    assert len(server.requests) == asked
    assert len(json.loads(invoke("runs", "--format", "json", cwd=made.root).out)["runs"]) == len(runs)


def test_fix_plans_and_applies_in_one_go(repo, invoke, server):
    made = repo(SHOP)
    rename = {"target": "shop.py::tax", "new": "duty"}
    step = {"id": "duty", "title": "Call it duty", "operation": "rename", "arguments": rename, "why": "It is one."}
    server.play({"calls": [{"submit_plan": {"summary": "Say duty.", "steps": [step]}}]})
    done = invoke("fix", "tax is called duty here", "--yes", "--tests", "none", cwd=made.root)
    assert done.code == 0, done.err
    assert "duty(cart)" in made.git("show", "HEAD:shop.py")
    listed = invoke("runs", "--format", "json", cwd=made.root)
    assert {row["command"] for row in json.loads(listed.out)["runs"]} == {"plan", "apply"}


def test_a_fix_that_was_stopped_while_it_planned_is_carried_out_by_resume(repo, invoke, server):
    made = repo(SHOP)
    server.play({"calls": [{"outline": {"path": "shop.py"}}]})
    stopped = invoke("fix", "say duty", "--tests", "none", "--no-trailer", "--max-calls", "1", cwd=made.root)
    assert stopped.code == 5, stopped.err
    rename = {"target": "shop.py::tax", "new": "duty"}
    step = {"id": "duty", "title": "Call it duty", "operation": "rename", "arguments": rename, "why": "It is one."}
    server.play({"calls": [{"submit_plan": {"summary": "Say duty.", "steps": [step]}}]})
    done = invoke("resume", "--yes", cwd=made.root)
    assert (done.code, len(server.requests)) == (0, 2), done.err
    assert "duty(cart)" in made.git("show", "HEAD:shop.py")
    assert "Assisted-by" not in made.git("log", "-1", "--format=%B")


def test_what_is_large_is_not_fixed_in_one_go(repo, invoke, server):
    made = repo(SHOP)
    steps = [
        {"id": f"s{n}", "title": "t", "operation": "rename", "arguments": {"target": old, "new": new}, "why": "w"}
        for n, (old, new) in enumerate(
            [("tax", "a"), ("price", "b"), ("shop.py::a", "c"), ("shop.py::b", "d"), ("shop.py::c", "e")]
        )
    ]
    server.play({"calls": [{"submit_plan": {"summary": "Names.", "steps": steps}}]})
    done = invoke("fix", "other names", "--yes", "--tests", "none", cwd=made.root)
    assert (done.code, "this is no small thing: 5 steps" in done.err) == (4, True), done.err
    assert "def tax" in (made.root / "shop.py").read_text()
