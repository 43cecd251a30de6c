"""`codeagent apply`: steps one after the other, proven and judged, and the user's files changed at the very end."""

import json

import pytest
import yaml

from codeagent.domain.patch import hex_digest

SHOP = {
    "shop.py": """
        class Cart:
            def __init__(self, items):
                self.items = items

            def total(self):
                return sum(self.items) + tax(self)


        def tax(cart):
            return len(cart.items)
        """,
    "app.py": """
        from shop import Cart, tax


        def main():
            cart = Cart([1, 2])
            return cart.total(), tax(cart)
        """,
}
TESTS = {
    "test_shop.py": """
        from shop import Cart


        def test_total():
            assert Cart([1, 2]).total() == 5


        def test_red():
            assert Cart([]).total() == 1
        """,
    "pytest.ini": "[pytest]\n",
}
RENAME = {"id": "rename", "title": "rename tax", "operation": "rename", "arguments": {"target": "tax", "new": "duty"}}
MOVE = {
    "id": "move",
    "title": "move duty",
    "operation": "move",
    "arguments": {"target": ["shop.py::duty"], "to": "taxes.py"},
    "after": ["rename"],
}
STEPS = [{**RENAME, "scope": ["shop.py", "app.py"]}, {**MOVE, "scope": ["*.py"]}]


@pytest.fixture
def planned(tmp_path):
    def write(*steps, **more):
        path = tmp_path / "plan.yaml"
        path.write_text(yaml.safe_dump({"version": 1, "goal": "Say duty", "steps": list(steps), **more}))
        return path

    return write


def tree(root):
    return {path.name: path.read_text() for path in root.glob("*.py")}


def test_steps_build_on_each_other_and_the_tree_changes_once(repo, invoke, planned):
    made = repo(SHOP)
    before = tree(made.root)
    done = invoke("apply", planned(*STEPS), "--tests", "none", cwd=made.root)
    assert (done.code, tree(made.root)) == (0, before)
    assert "+from taxes import duty" in done.out
    assert "nothing was written" in done.err
    done = invoke("apply", planned(*STEPS), "--tests", "none", "--yes", "--no-commit", cwd=made.root)
    assert done.code == 0, done.err
    assert done.out.splitlines() == [
        "rename  refactor: rename tax to duty",
        "move  refactor: move duty from shop.py to taxes.py",
    ]
    assert tree(made.root)["taxes.py"] == "def duty(cart):\n    return len(cart.items)\n"
    assert "from taxes import duty" in tree(made.root)["app.py"]
    assert invoke("undo", cwd=made.root).code == 0
    assert tree(made.root) == before


def test_the_tests_are_run_before_after_each_step_and_at_the_end(repo, invoke, planned):
    made = repo({**SHOP, **TESTS})
    done = invoke("apply", planned(*STEPS), "--yes", "--trust", "--format", "json", cwd=made.root)
    assert done.code == 0, done.err
    said = json.loads(done.out)
    assert said["beforehand"]["failing"] == ["test_shop.py::test_red"]
    assert "1 fail already and are not held against the plan: test_shop.py::test_red" in done.err
    assert [step["gates"]["tests"] for step in said["steps"]] == ["passed", "passed"]
    assert said["written"] and said["undo"]


def test_a_test_that_is_red_only_now_and_then_is_named_before_anything(repo, invoke, planned):
    flaky = """
        import pathlib

        SEEN = pathlib.Path(__file__).parent / "build"


        def test_now_and_then():
            SEEN.mkdir(exist_ok=True)
            first = not list(SEEN.iterdir())
            (SEEN / "seen").touch()
            assert not first
        """
    made = repo({**SHOP, **TESTS, "test_flaky.py": flaky})
    done = invoke("apply", planned(*STEPS), "--yes", "--trust", "--format", "json", cwd=made.root)
    assert done.code == 0, done.err
    assert json.loads(done.out)["beforehand"]["flaky"] == ["test_flaky.py::test_now_and_then"]
    said = done.err.splitlines()
    told = next(at for at, line in enumerate(said) if "1 flaky: test_flaky.py::test_now_and_then" in line)
    assert told < next(at for at, line in enumerate(said) if line.startswith("rename: "))


def test_a_tool_that_a_gate_needs_is_missed_before_anything(repo, invoke, planned):
    gates = "[gates.wording]\ncommand = ['no-such-tool', '{files}']\nreads = 'exit-code'\nwhen = ['*.py']\n"
    made = repo({**SHOP, **TESTS, "codeagent.toml": gates})
    done = invoke("apply", planned(*STEPS), "--yes", "--trust", "--format", "json", cwd=made.root)
    assert (done.code, "the gate wording needs no-such-tool, which is not installed" in done.err) == (4, True), done.err
    assert "[gates.wording]" in done.err
    said = json.loads(done.out)
    assert said["beforehand"] is None and {step["status"] for step in said["steps"]} == {"waiting"}
    (made.root / "codeagent.toml").write_text(gates.replace("*.py", "*.go"))
    assert invoke("apply", planned(*STEPS), "--tests", "none", "--yes", cwd=made.root).code == 0


def test_a_gate_that_nobody_trusts_stops_it_before_anything(repo, invoke, planned):
    gates = "[gates.wording]\ncommand = ['true']\nreads = 'exit-code'\n"
    made = repo({**SHOP, "codeagent.toml": gates})
    done = invoke("apply", planned(*STEPS), "--tests", "none", "--yes", cwd=made.root)
    assert (done.code, "codeagent trust" in done.err, "rename: " in done.err) == (7, True, False), done.err


def test_tests_that_nobody_trusts_stop_it_before_anything(repo, invoke, planned):
    made = repo({**SHOP, **TESTS})
    done = invoke("apply", planned(*STEPS), "--yes", cwd=made.root)
    assert done.code == 7
    assert "codeagent trust" in done.err
    assert not (made.root / "taxes.py").exists()


def test_a_step_outside_its_scope_fails_and_nothing_is_written(repo, invoke, planned):
    made = repo(SHOP)
    before = tree(made.root)
    steps = [{**RENAME, "scope": ["shop.py"]}, STEPS[1]]
    done = invoke("apply", planned(*steps), "--tests", "none", "--yes", "--format", "json", cwd=made.root)
    assert (done.code, tree(made.root)) == (1, before)
    assert "step rename does not pass its gates: scope: app.py:1 outside the files this change may touch" in done.err
    assert [step["status"] for step in json.loads(done.out)["steps"]] == ["failed", "waiting"]


def test_a_step_that_cannot_be_done_is_refused(repo, invoke, planned):
    made = repo(SHOP)
    before = tree(made.root)
    taken = {**STEPS[0], "arguments": {"target": "tax", "new": "Cart"}}
    done = invoke("apply", planned(taken), "--tests", "none", "--yes", cwd=made.root)
    assert (done.code, tree(made.root)) == (4, before)
    assert "step rename: " in done.err


SIZES = [
    {
        "id": old.replace("_", "-"),
        "title": f"rename {old}",
        "operation": "rename",
        "arguments": {"target": f"shop.py::Cart.{old}", "new": new},
        "scope": ["shop.py", "app.py"],
    }
    for old, new in (("total", "amount"), ("amount", "sum_up"), ("sum_up", "whole"))
]


@pytest.mark.parametrize("landing", [("--yes",), ("--yes", "--no-commit"), ("--branch", "next")])
def test_what_a_plan_did_itself_does_not_make_the_rest_of_it_stale(repo, invoke, planned, landing):
    made = repo(SHOP)
    files = {path: hex_digest((made.root / path).read_bytes()) for path in SHOP}
    plan = planned(*SIZES, files=files)
    run = ("apply", plan, "--tests", "none")
    assert invoke(*run, *landing, "--until", "1", cwd=made.root).code == 0
    if landing[0] == "--branch":
        made.git("switch", "--quiet", "next")
        landing = ("--yes",)
    done = invoke(*run, *landing, cwd=made.root)
    assert (done.code, "done already, by run" in done.err, "--from amount" in done.err) == (2, True, True), done.err
    assert invoke(*run, *landing, "--step", "amount", cwd=made.root).code == 0
    edited = planned(
        SIZES[0], SIZES[1], {**SIZES[2], "arguments": {**SIZES[2]["arguments"], "new": "all_of_it"}}, files=files
    )
    assert invoke("apply", edited, "--tests", "none", *landing, "--from", "3", cwd=made.root).code == 0
    assert "def all_of_it" in tree(made.root)["shop.py"]
    (made.root / "app.py").write_text("x = 1\n")
    done = invoke(*run, *landing, "--step", "3", cwd=made.root)
    assert (done.code, "app.py changed" in done.err) == (4, True)


def test_a_plan_for_other_files_is_refused_with_what_changed_or_proven_anew(repo, invoke, planned):
    made = repo(SHOP)
    plan = planned(*STEPS, files={"shop.py": "0" * 32, "gone.py": "1" * 32})
    done = invoke("apply", plan, "--tests", "none", "--yes", cwd=made.root)
    assert done.code == 4
    assert "the plan was made for other files than these: gone.py is gone; shop.py changed" in done.err
    assert invoke("apply", plan, "--tests", "none", "--yes", "--rebase", cwd=made.root).code == 0


def test_one_step_or_the_first_steps_alone(repo, invoke, planned):
    made = repo(SHOP)
    done = invoke("apply", planned(*STEPS), "--tests", "none", "--yes", "--until", "1", cwd=made.root)
    assert done.out.splitlines() == [f"{made.git('rev-parse', 'HEAD')[:10]}  rename  refactor: rename tax to duty"]
    assert not (made.root / "taxes.py").exists()
    assert invoke("apply", planned(*STEPS), "--tests", "none", "--yes", "--step", "move", cwd=made.root).code == 0
    assert (made.root / "taxes.py").exists()
    done = invoke("apply", planned(*STEPS), "--tests", "none", "--step", "7", cwd=made.root)
    assert (done.code, "the plan has no step 7" in done.err) == (2, True)


def test_a_dry_run_needs_no_trust_and_writes_nothing(repo, invoke, planned):
    made = repo({**SHOP, **TESTS})
    before = tree(made.root)
    done = invoke("apply", planned(*STEPS), "--dry-run", "--yes", cwd=made.root)
    assert (done.code, tree(made.root)) == (0, before)
    assert "rename to taxes.py" in done.out or "+++ b/taxes.py" in done.out
