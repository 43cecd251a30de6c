"""Tools in `check` and `gate`: linters in place, what `--plan` shows, and waivers of a repository that is trusted."""

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from codeagent.quality.gates.reading import read_findings
from codeagent.quality.gates.settings import built_in_gates
from codeagent.workspace.process import Completed

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


def test_a_waiver_that_came_after_the_trust_is_asked_for_anew(repo, invoke):
    """Also where there is nothing else to trust: what a pull brings in lets nothing pass by itself."""
    made = repo({"a.py": "", "codeagent.toml": WAIVER})
    shown = invoke("trust", cwd=made.root)
    assert (shown.code, "what gates let pass" in shown.out, "a sample" in shown.out) == (0, True, True)
    made.write({"other.py": "key = 'ghp_" + "a1B2" * 9 + "'\n"})
    assert invoke("gate", "--only", "secrets", cwd=made.root).code == 0
    made.git("stash", "-qu")
    made.commit("more", {"codeagent.toml": WAIVER.replace("a sample", "another")})
    made.git("stash", "pop", "-q")
    assert invoke("gate", "--only", "secrets", cwd=made.root).code == 1
    assert invoke("trust", cwd=made.root).code == 0
    assert invoke("gate", "--only", "secrets", cwd=made.root).code == 0


def test_a_change_cannot_waive_itself_in_a_trusted_repository(repo, invoke, monkeypatch):
    monkeypatch.setenv("VIRTUAL_ENV", sys.prefix)
    made = repo(SHOP)
    assert invoke("trust", cwd=made.root).code == 0
    made.write({"other.py": "key = 'ghp_" + "a1B2" * 9 + "'\n", "codeagent.toml": WAIVER})
    ran = invoke("gate", "--only", "secrets", cwd=made.root)
    assert ran.code == 1
    assert "waivers only count in your own settings" in " ".join(ran.out.split())


VET = 'package shop\n\nimport "fmt"\n\nfunc {name}() {{ fmt.Printf("%d", "x") }}\n'


@pytest.mark.skipif(not shutil.which("go"), reason="no go here")
def test_what_go_vet_finds_is_told_and_old_findings_block_nobody(repo, invoke):
    made = repo({"go.mod": "module shop\n\ngo 1.19\n", "old.go": VET.format(name="old"), "new.go": "package shop\n"})
    made.write({"old.go": f"{VET.format(name='old')}\n// more\n"})
    ask = ("gate", "--only", "go-vet", "--trust", "--format", "json")
    told = results(invoke(*ask, cwd=made.root))["go-vet"]
    assert (told["status"], [one["path"] for one in told["existing"]]) == ("passed", ["old.go"]), told
    made.write({"new.go": VET.format(name="fresh")})
    told = results(invoke(*ask, cwd=made.root))["go-vet"]
    assert (told["status"], rules(told)) == ("failed", [("new.go", "go-vet")]), told


CLIPPY = b"""\
    Checking shop v0.1.0 (/tree)
src/lib.rs:2:5: warning: unneeded `return` statement
/elsewhere/x.rs:1:1: warning: not of this tree
warning: `shop` (lib) generated 1 warning (run `cargo clippy --fix --lib -p shop` to apply 1 suggestion)
"""


def test_what_clippy_tells_beside_its_output_is_read():
    done = Completed((), 0, b"", CLIPPY, 0.1)
    found = read_findings(
        built_in_gates()["clippy"], done, [Path("/tree")], {"src/lib.rs": "\nreturn 1;"}.get, "src/lib.rs"
    )
    assert [(one.path, one.line) for one in found] == [("src/lib.rs", 2)]


ESLINT = [
    {"filePath": "/tree/a.js", "messages": [{"ruleId": "no-undef", "line": 3, "message": "'x' is not defined."}]},
    {"filePath": "/tree/b.js", "messages": [{"ruleId": None, "message": "File ignored by default."}]},
]


def test_eslint_s_own_json_is_read():
    gate = built_in_gates()["eslint"]
    done = Completed((), 1, json.dumps(ESLINT).encode(), b"", 0.1)
    found = list(read_findings(gate, done, [Path("/tree")], lambda path: "", "a.js"))
    assert [(one.path, one.line, one.rule, one.message) for one in found] == [
        ("a.js", 3, "no-undef", "'x' is not defined.")
    ]


PROJECTS = {
    "services/pay/pyproject.toml": "[tool.ruff.lint]\nselect = ['ANN']\n\n[tool.mypy]\nstrict = true\nfiles = ['.']\n",
    "services/pay/pay.py": "def pay() -> int:\n    return 1\n",
    "services/ship/ship.py": "def ship():\n    return 1\n",
}


@pytest.mark.parametrize("command", [("check",), ("gate", "--trust")])
def test_a_tool_that_a_project_below_the_root_configures_runs_there(repo, invoke, command, with_ruff):
    made = repo(PROJECTS)
    made.write({"services/pay/pay.py": "def pay():\n    return 1\n", "services/ship/ship.py": "def ship(): return 2\n"})
    told = results(invoke(*command, "--only", "lint", "--only", "types", "--format", "json", cwd=made.root))
    assert rules(told["ruff-check"]) == [("services/pay/pay.py", "ANN201")], told
    if command[0] == "gate":
        assert rules(told["mypy"]) == [("services/pay/pay.py", "no-untyped-def")], told
    planned = json.loads(invoke("gate", "--plan", "--only", "mypy", "--format", "json", cwd=made.root).out)
    assert planned["gates"][0]["commands"][0].endswith("(in services/pay)")
    assert "(in services/pay)" in invoke("trust", cwd=made.root).out


def test_a_tool_that_the_root_configures_runs_at_the_root(repo, invoke):
    made = repo({**PROJECTS, "ruff.toml": "", "services/pay/pay.py": "x = 1\n"})
    made.write({"services/pay/pay.py": "x = 2\n"})
    planned = json.loads(invoke("gate", "--plan", "--only", "ruff-check", "--format", "json", cwd=made.root).out)
    assert planned["gates"][0]["commands"][0].endswith(" services/pay/pay.py")


PYRIGHT = {
    "generalDiagnostics": [
        {
            "file": "/tree/a.py",
            "severity": "error",
            "message": 'Operator "+" not supported\n  for these types',
            "range": {"start": {"line": 2, "character": 4}, "end": {"line": 2, "character": 9}},
            "rule": "reportOperatorIssue",
        },
        {"file": "/tree/b.py", "severity": "warning", "message": "Import cycles not allowed"},
    ],
    "summary": {"errorCount": 1},
}


def test_pyright_s_own_json_is_read_and_its_warnings_stop_nobody():
    gate = built_in_gates()["pyright"]
    done = Completed((), 1, json.dumps(PYRIGHT).encode(), b"", 0.1)
    found = read_findings(gate, done, [Path("/tree")], lambda path: "", "a.py")
    assert gate.command == ("pyright", "--outputjson")
    assert [(one.path, one.line, str(one.severity), one.rule, one.message) for one in found] == [
        ("a.py", 3, "error", "reportOperatorIssue", 'Operator "+" not supported for these types'),
        ("b.py", 1, "warning", "pyright", "Import cycles not allowed"),
    ]


def test_a_repository_cannot_say_of_its_own_code_that_it_is_none(repo, invoke, with_ruff):
    """A plug-in of mypy is a program: with `runs_code` off it would run without its user's trust."""
    settings = "[gates.mypy]\nruns_code = false\n[gates.ruff-check]\nstdin = ['--exit-zero']\n"
    made = repo({"pyproject.toml": f"{RUFF}[tool.mypy]\n", "codeagent.toml": settings, "a.py": "x = 1\n"})
    made.write({"a.py": "x = 2\n"})
    ran = invoke("gate", "--only", "types", "--format", "json", cwd=made.root)
    told = json.loads(ran.out)
    mypy = results(ran)["mypy"]
    assert (ran.code, mypy["status"], "codeagent trust" in mypy["reason"]) == (1, "broken", True)
    assert [note.partition(" is ignored")[0] for note in told["notes"]] == [
        "codeagent.toml: gates.mypy.runs_code",
        "codeagent.toml: gates.ruff-check.stdin",
    ]


@pytest.mark.parametrize("table, options", [("[tool.bandit]\n", ["-c", "pyproject.toml"]), ("", [])])
def test_bandit_is_told_where_its_settings_stand(repo, invoke, tmp_path, monkeypatch, table, options):
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "bandit").write_text('#!/bin/sh\necho "$@" > said\n')
    (tools / "bandit").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")
    made = repo({"pyproject.toml": table, ".pre-commit-config.yaml": "- id: bandit\n", "a.py": "x = 1\n"})
    made.write({"a.py": "x = 2\n"})
    told = results(invoke("gate", "--only", "security", "--format", "json", cwd=made.root))["bandit"]
    assert (told["status"], told["command"][1:-6]) == ("passed", options)


def test_what_tsc_prints_is_read():
    """Its lines end the path with `(line,column)`; folders of some frameworks have brackets in their names."""
    said = b"src/(shop)/a.ts(3,14): error TS2322: Type 'number' is not assignable.\n  The expected type is string.\n"
    found = read_findings(
        built_in_gates()["tsc"], Completed((), 2, said, b"", 0.1), [Path("/tree")], lambda path: "", "a.ts"
    )
    assert [(one.path, one.line, one.rule) for one in found] == [("src/(shop)/a.ts", 3, "TS2322")]


@pytest.mark.parametrize("files, named", [("files = ['a.py']\n", []), ("", ["a.py"])])
def test_mypy_is_run_on_what_changed_where_nothing_says_on_what(repo, invoke, with_ruff, files, named):
    made = repo({"pyproject.toml": f"[tool.mypy]\nstrict = true\n{files}", "a.py": "x = 1\n"})
    made.write({"a.py": "x: str = 1\n"})
    told = results(invoke("gate", "--only", "types", "--trust", "--format", "json", cwd=made.root))["mypy"]
    assert (told["status"], rules(told)) == ("failed", [("a.py", "assignment")]), told
    assert told["command"][5:] == named
