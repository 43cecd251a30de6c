"""Tools in `check` and `gate`: linters in place, what `--plan` shows, and waivers of a repository that is trusted."""

import json
import os
import sys
from pathlib import Path

import pytest

RUFF = "[tool.ruff]\nlint.select = ['F']\n"
WAIVER = "[[waivers]]\ngate = 'secrets'\nreason = 'intended'\nnote = 'a sample'\n"


@pytest.fixture
def with_ruff(monkeypatch):
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")


def results(ran) -> dict[str, dict]:
    return {one["gate"]: one for one in json.loads(ran.out)["results"]}


def rules(result) -> list[tuple[str, str]]:
    return [(one["path"], one["rule"]) for one in result["findings"]]


def test_check_lints_what_has_changed_and_counts_what_is_new(repo, invoke, with_ruff):
    made = repo({"pyproject.toml": RUFF, "a.py": "import os\n", "b.py": "import re\n"})
    made.write({"a.py": "# moved down\nimport os\n", "c.py": "import sys\n"})
    told = results(invoke("check", "--format", "json", cwd=made.root))["ruff-check"]
    assert rules(told) == [("c.py", "F401")]
    assert [one["path"] for one in told["existing"]] == ["a.py"]
    assert told["command"][-2:] == ["a.py", "c.py"]
    assert "clean-environment" in told["facts"]["protection"]


def test_check_lints_what_is_staged_and_not_what_lies_on_disk(repo, invoke, with_ruff):
    made = repo({"pyproject.toml": RUFF, "a.py": "x = 1\n"})
    made.write({"a.py": "import os\n"})
    made.git("add", "a.py")
    made.write({"a.py": "x = 2\n"})
    told = results(invoke("check", "--staged", "--format", "json", cwd=made.root))["ruff-check"]
    assert rules(told) == [("a.py", "F401")]


def test_a_range_is_linted_as_it_was_committed(repo, invoke, with_ruff):
    made = repo({"pyproject.toml": "", "a.py": "x = 1\n"})
    made.commit("lint", {"pyproject.toml": RUFF})
    made.commit("bad", {"a.py": "import os\n"})
    made.commit("good", {"a.py": "x = 3\n", "pyproject.toml": "[tool.ruff]\nlint.select = ['E']\n"})
    ran = invoke("gate", "--base", "HEAD~2..HEAD~1", "--only", "ruff-check", "--format", "json", cwd=made.root)
    assert rules(results(ran)["ruff-check"]) == [("a.py", "F401")]


def test_check_does_without_a_linter_and_gate_does_not(repo, invoke, monkeypatch):
    made = repo({"pyproject.toml": RUFF, "a.py": "x = 1\n"})
    made.write({"a.py": "import os\n"})
    tools = made.root.parent / "tools"
    tools.mkdir()
    for name in ("git", "bwrap", "unshare", "true"):
        found = next(
            (Path(one, name) for one in os.environ["PATH"].split(os.pathsep) if Path(one, name).exists()), None
        )
        if found:
            (tools / name).symlink_to(found)
    monkeypatch.setenv("PATH", str(tools))
    ran = invoke("check", "--format", "json", cwd=made.root)
    assert (ran.code, results(ran)["ruff-check"]["status"]) == (0, "skipped")
    ran = invoke("gate", "--only", "lint", "--format", "json", cwd=made.root)
    assert (ran.code, results(ran)["ruff-check"]["status"]) == (1, "broken")


SHOP = {
    "pyproject.toml": f"{RUFF}[tool.pytest.ini_options]\n",
    "shop.py": "def total():\n    return 1\n",
    "other.py": "x = 1\n",
    "tests/test_shop.py": "import shop\n\n\ndef test_total():\n    assert shop.total() == 1\n",
    "tests/test_other.py": "import other\n\n\ndef test_other():\n    assert other.x\n",
}


def test_the_plan_shows_the_very_commands_and_runs_nothing(repo, invoke, monkeypatch):
    monkeypatch.setenv("VIRTUAL_ENV", sys.prefix)
    made = repo(SHOP)
    made.write({"shop.py": "def total():\n    return 2\n"})
    ran = invoke("gate", "--plan", cwd=made.root)
    assert ran.code == 0
    python = f"{sys.prefix}/bin/python"
    options = "-q -p codeagent_pytest_report -p no:cacheprovider --continue-on-collection-errors"
    assert "tests: " in ran.out, ran.out
    assert f"    $ {python} -m pytest {options} tests/test_shop.py\n" in ran.out
    assert "    $ ruff check --no-cache --no-fix --output-format=json --force-exclude shop.py\n" in ran.out
    told = json.loads(invoke("gate", "--plan", "--tests", "all", "--format", "json", cwd=made.root).out)
    planned = {one["gate"]: one for one in told["gates"]}
    assert planned["tests"]["commands"] == [f"{python} -m pytest {options}"]
    assert planned["red-first"] == {"gate": "red-first", "applies": False, "why": "no test is named", "commands": []}
    assert planned["mypy"]["applies"] is False


def test_waivers_of_the_base_count_once_the_repository_is_trusted(repo, invoke, monkeypatch):
    monkeypatch.setenv("VIRTUAL_ENV", sys.prefix)
    secret = "key = 'ghp_" + "a1B2" * 9 + "'\n"
    made = repo({**SHOP, "codeagent.toml": WAIVER})
    made.write({"other.py": secret})
    assert invoke("gate", "--only", "secrets", cwd=made.root).code == 1
    assert invoke("trust", cwd=made.root).code == 0
    ran = invoke("gate", "--only", "secrets", "--format", "json", cwd=made.root)
    assert ran.code == 0, ran.out
    told = json.loads(ran.out)
    assert told["waived"][0]["origin"] == "codeagent.toml before the change"


def test_a_change_cannot_waive_itself_in_a_trusted_repository(repo, invoke, monkeypatch):
    monkeypatch.setenv("VIRTUAL_ENV", sys.prefix)
    made = repo(SHOP)
    assert invoke("trust", cwd=made.root).code == 0
    made.write({"other.py": "key = 'ghp_" + "a1B2" * 9 + "'\n", "codeagent.toml": WAIVER})
    ran = invoke("gate", "--only", "secrets", cwd=made.root)
    assert ran.code == 1
    assert "waivers only count in your own settings" in " ".join(ran.out.split())
