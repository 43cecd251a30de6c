"""The gate `coverage`: changed lines that no test runs, told by the repository's own tools."""

import json
import shutil
import sys

import pytest

from codeagent.quality.testing.covering_go import read_profile
from codeagent.quality.testing.lines import Lines, read_lcov

SHOP = {
    "pyproject.toml": "[tool.pytest.ini_options]\n[tool.coverage.run]\nomit = ['*']\n",
    "shop.py": """
        def total(items):
            return sum(items)


        def never(items):
            first = items[0]
            return first
    """,
    "lonely.py": "def alone():\n    return 1\n",
    "tests/conftest.py": "import sys, pathlib\nsys.path.insert(0, str(pathlib.Path(__file__).parent.parent))\n",
    "tests/test_shop.py": "import shop\n\n\ndef test_total():\n    assert shop.total([1, 2]) == 3\n",
}
CHANGED = """
    def total(items):
        if not items:
            return None
        return sum(items)


    def moved(items):
        last = items[-1]
        first = items[0]
        return first
"""


@pytest.fixture
def judged(repo, invoke, monkeypatch):
    monkeypatch.setenv("VIRTUAL_ENV", sys.prefix)

    def judge(before, change, *options):
        made = repo(before)
        made.write(change)
        said = invoke("gate", "--only", "coverage", "--trust", "--format", "json", *options, cwd=made.root)
        return said.code, json.loads(said.out)["results"][0]

    return judge


def lines(findings) -> dict[str, str]:
    return {one["symbol"] or one["path"]: one["message"] for one in findings}


def test_what_no_test_runs_is_told_and_what_was_not_run_before_is_old(judged):
    code, told = judged(SHOP, {"shop.py": CHANGED, "lonely.py": "def alone():\n    return 2\n"})
    assert lines(told["findings"]) == {
        "shop.py::total": "no test runs line 3 of total",
        "shop.py::moved": "no test runs line 8 of moved",
        "lonely.py::alone": "no test runs line 2 of alone",
    }, told
    assert (code, told["status"], told["required"]) == (0, "failed", False)
    assert told["facts"]["run"] == 2
    assert told["facts"]["tools"] == ["coverage.py"]
    assert "clean-environment" in told["facts"]["protection"]


def test_a_project_may_require_it_whatever_its_own_coverage_settings_say(judged):
    settings = "[tool.pytest.ini_options]\naddopts = '--cov --cov-fail-under=100 -n 2'\n"
    before = {**SHOP, "pyproject.toml": settings, "codeagent.toml": "gates.coverage.required = true\n"}
    code, told = judged(before, {"shop.py": CHANGED.replace("first = items[0]", "first = items[1]")})
    assert (code, told["status"]) == (1, "failed"), told
    assert lines(told["findings"])["shop.py::moved"] == "no test runs lines 8-9 of moved"


def test_a_remark_that_hides_new_lines_is_tampering(repo, invoke):
    made = repo(SHOP)
    made.write({"shop.py": CHANGED.replace("if not items:", "if not items:  # pragma: no cover")})
    ran = invoke("gate", "--only", "tamper", "--format", "json", cwd=made.root)
    assert [one["rule"] for one in json.loads(ran.out)["results"][0]["findings"]] == ["new-suppression"]


def test_without_a_tool_it_is_skipped_with_the_reason(repo, invoke, monkeypatch):
    monkeypatch.setenv("VIRTUAL_ENV", "")
    made = repo(
        {"Cargo.toml": "[package]\nname = 'shop'\nversion = '1.0.0'\n", "src/lib.rs": "pub fn one() -> u8 { 1 }\n"}
    )
    made.write({"src/lib.rs": "pub fn one() -> u8 { 2 }\n"})
    ran = invoke("gate", "--only", "coverage", "--trust", "--format", "json", cwd=made.root)
    told = json.loads(ran.out)["results"][0]
    assert (ran.code, told["status"], told["reason"]) == (0, "skipped", "cargo tells no coverage")


@pytest.mark.skipif(not shutil.which("node"), reason="no node here")
def test_node_tells_it_for_its_own_runner(judged):
    before = {
        "package.json": '{"scripts": {"test": "node --test"}}',
        "shop.js": "exports.total = function total(items) {\n  return items.length;\n};\n",
        "shop.test.js": """
            const test = require('node:test');
            const assert = require('node:assert');
            const { total } = require('./shop');
            test('total', () => assert.strictEqual(total([]), 0));
        """,
    }
    after = before["shop.js"].replace("{\n", "{\n  if (items.length > 9) {\n    return 9;\n  }\n")
    code, told = judged(before, {"shop.js": after})
    assert (code, told["status"], told["facts"]["tools"]) == (0, "failed", ["node"]), told
    assert told["findings"][0]["symbol"] == "shop.js::total"


def test_lcov_and_go_profiles_are_read():
    text = "TN:\nSF:src/a.js\nDA:1,2\nDA:2,0\nend_of_record\nSF:src/a.js\nDA:2,1\nDA:3,0\nend_of_record\n"
    assert read_lcov(text, lambda name: name) == {"src/a.js": Lines(frozenset({1, 2}), frozenset({3}))}
    profile = (
        "mode: set\nexample.com/shop/cart/cart.go:3.20,5.2 1 1\nexample.com/shop/cart/cart.go:5.2,8.3 2 0\n"
        "example.com/other/b.go:1.1,2.2 1 0\n"
    )
    told = read_profile(profile, "example.com/shop", "go")
    assert told == {"go/cart/cart.go": Lines(frozenset({3, 4, 5}), frozenset({6, 7, 8}))}
