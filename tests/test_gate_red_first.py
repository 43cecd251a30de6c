"""The gate `red-first`: only a named test that fails by an assertion without the change shows what changed."""

import json
import sys

import pytest

SHOP = {
    "pyproject.toml": "[tool.pytest.ini_options]\n",
    "shop.py": "def total(items):\n    return len(items)\n",
    "tests/conftest.py": "import sys, pathlib\nsys.path.insert(0, str(pathlib.Path(__file__).parent.parent))\n",
    "tests/test_old.py": "def test_old():\n    assert 1 == 2\n",
}
FIXED = "def total(items):\n    return sum(items)\n"
NEW_TESTS = """
    import os
    import pathlib
    import pytest
    import shop

    def test_red():
        assert shop.total([1, 2]) == 3

    @pytest.mark.parametrize("n", [1, 2])
    def test_one_of_two(n):
        assert shop.total([n]) == n

    def test_wanted_error():
        with pytest.raises(TypeError):
            shop.total(["a"])

    def test_green():
        assert shop.total([1]) == 1

    def test_raises():
        assert shop.total([1, 2]) / (shop.total([2, 3]) - 2)

    @pytest.fixture
    def broken():
        assert shop.total([1, 2]) == 3

    def test_broken_fixture(broken):
        pass

    def test_skipped():
        if shop.total([1, 2]) == 3:
            pytest.skip("later")
        assert False

    def test_sometimes():
        seen = pathlib.Path(os.environ["CODEAGENT_REPORT"]).parent / "seen"
        first = not seen.exists() and shop.total([1, 2]) == 2
        if first:
            seen.touch()
        assert not first
"""


@pytest.fixture
def judged(repo, invoke, monkeypatch):
    monkeypatch.setenv("VIRTUAL_ENV", sys.prefix)

    def judge(*names: str, files: dict[str, str] | None = None):
        made = repo({**SHOP, **(files or {})})
        made.write({"shop.py": FIXED, "tests/test_shop.py": NEW_TESTS})
        options = [word for name in names for word in ("--red-first", name)]
        said = invoke("gate", "--only", "red-first", "--trust", "--format", "json", *options, cwd=made.root)
        return said.code, json.loads(said.out)["results"][0]

    return judge


def test_what_asserts_the_change_is_red(judged):
    code, told = judged("tests/test_shop.py::test_red", "test_one_of_two", "test_wanted_error")
    assert (code, told["status"]) == (0, "passed"), told
    assert told["facts"]["red"]["tests/test_shop.py::test_red"] == "assert 2 == 3"
    assert "clean-environment" in told["facts"]["protection"]


def test_what_fails_otherwise_or_not_at_all_is_not_red(judged):
    wanted = {
        "test_green": ("not-red", "does not fail without the change"),
        "test_raises": ("not-red", "by ZeroDivisionError, not by an assertion"),
        "test_broken_fixture": ("not-red", "not by an assertion"),
        "test_skipped": ("not-green", "is skipped"),
        "test_sometimes": ("not-red", "only sometimes"),
        "test_old": ("not-green", "is failed"),  # though it fails first, too
        "test_nowhere": ("no-such-test", "no test of that name"),
    }
    code, told = judged(*wanted)
    assert code == 1
    found = {one["message"].split(" ")[0].rpartition("::")[2]: one for one in told["findings"]}
    assert found.keys() == wanted.keys()
    for name, (rule, words) in wanted.items():
        assert (found[name]["rule"], words in found[name]["message"]) == (rule, True), found[name]


def test_a_command_that_fails_for_another_reason_is_broken_not_red(judged):
    files = {"pyproject.toml": "[tool.pytest.ini_options]\naddopts = '--bogusflag'\n"}
    code, told = judged("test_red", files=files)
    assert (code, told["status"]) == (1, "broken")


def test_a_test_that_cannot_be_loaded_without_the_change_is_not_red(repo, invoke, monkeypatch):
    monkeypatch.setenv("VIRTUAL_ENV", sys.prefix)
    made = repo(SHOP)
    test = "from shop import fresh\n\n\ndef test_fresh():\n    assert fresh() == 1\n"
    made.write({"shop.py": FIXED + "\n\ndef fresh():\n    return 1\n", "tests/test_fresh.py": test})
    ran = invoke("gate", "--only", "red-first", "--trust", "--red-first", "tests/test_fresh.py", cwd=made.root)
    assert ran.code == 1
    assert "it does not run: ImportError: cannot import name 'fresh'" in " ".join(ran.out.split())


def test_the_excuse_of_a_refactoring_is_judged_by_purity(repo, invoke):
    made = repo({**SHOP, "codeagent.toml": "gates.red-first.paths = ['*.py']\n"})
    made.write({"shop.py": "def total(items):\n    return None\n"})
    assert invoke("gate", "--only", "red-first", cwd=made.root).code == 1
    ran = invoke("gate", "--only", "red-first", "--only", "purity", "--refactor", "--format", "json", cwd=made.root)
    told = {one["gate"]: one["status"] for one in json.loads(ran.out)["results"]}
    assert (ran.code, told) == (1, {"purity": "failed", "red-first": "skipped"})
