"""`plan --from-opportunity`: what `analyze` finds worth doing becomes a plan that is proven as far as it can be."""

import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import pytest
import yaml
from conftest import Repo

from codeagent.domain.plan import REWRITE, Plan
from codeagent.plans.reading import read_plan
from codeagent.project import open_project
from codeagent.workflows.analyze import analyze
from codeagent.workflows.planning.chances import plan_from

STRICT = """
    [tool.codeagent.checks.god-module]
    code-lines = 60
    symbols = 4
    users = 2

    [tool.codeagent.checks.complex-function]
    complexity = 8

    [tool.codeagent.checks.duplicate-code]
    lines = 6
"""

COPIED = """\
    found = []
    for one in values:
        if one > 3:
            found.append(one * 2)
            found.append(one + 1)
        else:
            found.append(one - 1)
    total = sum(found)
    total = total * 7
"""

MAIN = """
    from os import sep
    from shop import one, two
    from shop.bell import strike
    from shop.copies import first, second
    from shop.dead import used
    from shop.hard import choose

    print(choose([1]), first([1]), second([2]), used(), strike(), one.X, two.Y)
"""


def chances(root: Path) -> dict[str, str]:
    """Kind to the id of the first opportunity of that kind."""
    found: dict[str, str] = {}
    for one in analyze(root).opportunities:
        found.setdefault(one.kind, one.id)
    return found


def planned(folder: Repo, kind: str) -> Plan:
    return plan_from(open_project(folder.root), chances(folder.root)[kind])


def long_class(name: str, uses: str = "") -> str:
    methods = "".join(f"    def m{n}(self):\n        return {uses or n}, self.m{(n + 1) % 15}\n\n" for n in range(15))
    return f"class {name}:\n{methods}\n"


@pytest.fixture
def whole(repo) -> Repo:
    """A repository with one opportunity of most kinds."""
    branches = "".join(f"        if value == {n}:\n            out.append({n})\n" for n in range(6))
    return repo(
        {
            "pyproject.toml": STRICT,
            "shop/__init__.py": "",
            "shop/big.py": long_class("Base") + long_class("Cart", "Base()") + long_class("Order", "Cart()"),
            "shop/one.py": "from shop.big import Cart, Order\n\nX = [Cart(), Order()]\n",
            "shop/two.py": "from shop.big import Base\n\nY = Base()\n",
            "shop/hard.py": f"def choose(values):\n    out = []\n    for value in values:\n{branches}    return out\n",
            "shop/copies.py": f"def first(values):\n{COPIED}    return total\n\n\ndef second(values):\n{COPIED}"
            "    return total + 1\n",
            "shop/ring.py": "from shop.bell import _loud, sound\n\n\ndef ring():\n    return sound() + _loud()\n",
            "shop/bell.py": "def _loud():\n    return 3\n\n\ndef sound():\n    return 2\n\n\ndef strike():\n"
            "    from shop.ring import ring\n    return ring()\n",
            "shop/dead.py": "def _gone():\n    return 1\n\n\ndef used():\n    return 2\n",
            "main.py": MAIN,
            "tests/test_shop.py": "from shop.hard import choose\n\n\ndef test_it():\n    assert choose([1]) == [1]\n",
        }
    )


def steps(plan: Plan) -> list[tuple[str, bool]]:
    return [(step.operation, step.tried) for step in plan.steps]


def test_ids_stay_when_code_around_them_changes(whole):
    before = chances(whole.root)
    whole.commit("more", {"shop/hard.py": "# a remark\n\n\n" + (whole.root / "shop/hard.py").read_text()})
    after = chances(whole.root)
    assert before.keys() >= {"split-module", "simplify", "share-copies", "delete-dead", "tidy-imports", "break-cycle"}
    assert after == before


def test_ids_are_told(whole, invoke):
    report = json.loads(invoke("analyze", "--format", "json", cwd=whole.root).out)
    ids = [one["id"] for one in report["opportunities"]]
    assert len(set(ids)) == len(ids) >= 6
    for form in ("text", "md", "html"):
        assert f"{ids[0]}" in invoke("analyze", "--format", form, cwd=whole.root).out


def test_a_god_module_is_split_by_what_is_needed_together(whole):
    plan = planned(whole, "split-module")
    assert steps(plan) == [("split-module", True)]
    step = plan.steps[0]
    assert step.arguments["reexport"] is True
    moved = {name for group in step.arguments["group"] for name in group.partition("=")[2].split(",")}
    assert moved >= {"Base"}
    assert "Order" not in moved
    assert plan.notes[0].startswith("refused: split-module: what shop/big.py defines hangs together")


def test_a_hard_function_loses_parts(whole):
    plan = planned(whole, "simplify")
    assert steps(plan)[0] == ("extract-function", True)
    assert plan.steps[0].guarded
    assert plan.steps[0].tests == ("tests/test_shop.py",)
    assert "complexity of choose 8 → " in plan.summary


def test_copies_in_one_file_become_a_function(whole):
    plan = planned(whole, "share-copies")
    assert steps(plan) == [("extract-function", True)]
    assert plan.steps[0].arguments["similar"] is True
    assert not plan.steps[0].guarded
    assert plan.steps[0].autonomy == "ask"


def test_what_nothing_uses_goes(whole):
    assert steps(planned(whole, "delete-dead")) == [("safe-delete", True)]
    assert steps(planned(whole, "tidy-imports")) == [("organize-imports", True)]


def test_a_circle_is_opened(whole):
    plan = planned(whole, "break-cycle")
    assert steps(plan) == [("move", True)]
    assert analyze(whole.root).cycles


def test_a_circle_that_nothing_opens_is_for_a_model_behind_a_guard(repo):
    ring = {"a.py": "import b\n\n\ndef f(): return b.g()\n", "b.py": "import a\n\n\ndef g(): return a.__name__\n"}
    plan = planned(repo({**ring, "tests/test_c.py": "def test(): pass\n"}), "break-cycle")
    assert [step.operation for step in plan.steps] == [REWRITE, REWRITE]
    guard, cut = plan.steps
    assert cut.after == (guard.id,)
    assert guard.arguments["creates"] == ["tests/test_b_as_it_is.py"]
    assert guard.scope == ("tests/test_b_as_it_is.py",)
    assert "a.py::f" in guard.arguments["about"]
    assert any("as a whole" in note for note in plan.notes)
    assert not cut.guarded


def test_other_languages_get_a_step_for_a_model(repo):
    body = "".join(f"  if (x == {n}) {{ y = {n}; }}\n" for n in range(20))
    folder = repo({"a.js": f"export function pick(x) {{\n  let y = 0;\n{body}  return y;\n}}\n"})
    plan = planned(folder, "simplify")
    assert [step.operation for step in plan.steps] == [REWRITE]
    assert not plan.steps[0].guarded


def test_files_that_change_together(repo):
    folder = repo({"a.py": "A = 0\n", "b.py": "B = 0\n", "c.py": "C = 0\n"})
    for n in range(1, 8):
        folder.commit(f"{n}", {"a.py": f"A = {n}\n", "b.py": f"B = {n}\n"})
    plan = planned(folder, "bring-together")
    assert plan.steps[-1].arguments["files"] == ["a.py", "b.py"]


def layered() -> Mapping[str, str]:
    """A lower package that reaches up into the higher one for one private function."""
    files = {"core/__init__.py": "", "ui/__init__.py": ""}
    for n in range(5):
        files[f"core/m{n}.py"] = f"from core.m{n + 1} import f{n + 1}\n\n\ndef f{n}(x):\n    return f{n + 1}(x)\n"
        uses = "\n".join(f"from core.m{k} import f{k}" for k in range(5))
        files[f"ui/p{n}.py"] = (
            f"{uses}\nfrom ui.p{n + 1} import g{n + 1}\n\n\ndef g{n}(x):\n    return f0(f1(f2(f3(f4(g{n + 1}(x))))))\n"
        )
    files["core/m5.py"] = "from ui.p5 import _even\n\n\ndef f5(x):\n    return _even(x)\n"
    files["ui/p5.py"] = "def _even(x):\n    return x % 2 == 0\n\n\ndef g5(x):\n    return x\n"
    return files


def test_what_leads_upwards_is_turned_around(repo):
    plan = planned(repo(layered()), "mend-layers")
    assert steps(plan)[0] == ("move", True)
    assert plan.steps[0].arguments["target"] == ["ui/p5.py::_even"]
    assert plan.steps[0].arguments["to"].startswith("core/")


def test_the_command_writes_a_plan_that_can_be_checked(whole, invoke, tmp_path):
    name = chances(whole.root)["delete-dead"]
    done = invoke("plan", "--from-opportunity", name[:-2], "-o", tmp_path / "plan.yaml", cwd=whole.root)
    assert (done.code, done.out) == (0, "")
    text = (tmp_path / "plan.yaml").read_bytes()
    assert read_plan(text).origin == name
    assert yaml.safe_load(text)["base"] == whole.git("rev-parse", "HEAD")
    again = invoke("plan", "--check", tmp_path / "plan.yaml", "-o", "-", cwd=whole.root)
    assert again.out.encode() == text
    piped = invoke("plan", "--from-opportunity", name, "-o", "-", cwd=whole.root)
    assert piped.out.encode() == text


def test_an_opportunity_that_is_not_there(whole, invoke):
    run = partial(invoke, cwd=whole.root)
    for name in ("none", "", "share-copies-00000000"):
        done = run("plan", "--from-opportunity", name)
        assert (done.code, done.out) == (2, "")
        assert "there is no opportunity" in done.err
        assert "codeagent analyze lists them" in done.err
    assert run("plan", "--from-opportunity", "x", "--check", "y").code == 2
    done = run("plan", "--from-opportunity", chances(whole.root)["simplify"], "-o", whole.root / "no/such/plan.yaml")
    assert done.code == 2
    assert "no folder" in done.err
