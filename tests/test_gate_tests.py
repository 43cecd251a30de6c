"""The gate `tests`: what newly fails blocks, what failed before does not, and a flaky test is named."""

import json
import os
import shutil
import sys

import pytest

from codeagent.quality.testing.installed import installed
from codeagent.quality.testing.runner import TestCommand
from codeagent.workspace import sandbox
from codeagent.workspace.protection import Protection

SHOP = {
    "pyproject.toml": "[tool.pytest.ini_options]\n",
    "shop.py": "def total():\n    return 1\n\n\ndef other():\n    return 1\n",
    "tests/test_shop.py": "import shop\n\n\ndef test_total():\n    assert shop.total() == 1\n",
    "tests/test_old.py": "import shop\n\n\ndef test_old():\n    assert shop.total() == 7\n",
    "tests/test_other.py": "import shop\n\n\ndef test_other():\n    assert shop.other() == 1\n",
    "tests/conftest.py": "import sys, pathlib\nsys.path.insert(0, str(pathlib.Path(__file__).parent.parent))\n",
}


@pytest.fixture
def judged(repo, invoke, monkeypatch):
    monkeypatch.setenv("VIRTUAL_ENV", sys.prefix)

    def judge(change, *options):
        made = repo(SHOP)
        made.write(change)
        said = invoke("gate", "--only", "tests", "--format", "json", *options, cwd=made.root)
        told = json.loads(said.out)["results"][0] if said.out else {}
        return said, told, made

    return judge


def names(findings) -> list[tuple[str, str]]:
    return sorted((one["rule"], one["message"].split(" ")[0]) for one in findings)


def test_nothing_runs_without_trust(judged):
    said, _, made = judged({"shop.py": "def total():\n    return 2\n"})
    assert said.code == 7
    assert "-m pytest" in said.err
    assert "shop.py" in made.git("status", "--porcelain")


def test_a_new_failure_blocks_an_old_one_does_not_and_only_what_is_concerned_runs(judged):
    said, told, made = judged({"shop.py": SHOP["shop.py"].replace("return 1", "return 2", 1)}, "--trust")
    assert said.code == 1, said.err
    assert names(told["findings"]) == [("new-failure", "tests/test_shop.py::test_total")]
    assert names(told["existing"]) == [("old-failure", "tests/test_old.py::test_old")]
    assert told["facts"]["tests"] == 2
    assert told["reason"] == "2 tests run: 2 test files that the change may concern"
    assert "clean-environment" in told["facts"]["protection"]
    assert (made.root / "shop.py").read_text().count("return 2") == 1


def test_what_tests_said_before_counts_as_long_as_nothing_is_installed(tmp_path):
    packages = tmp_path / ".venv/lib/python3.11/site-packages"
    packages.mkdir(parents=True)
    program = tmp_path / ".venv/bin/python"
    program.parent.mkdir()
    program.symlink_to(sys.executable)
    commands = [TestCommand("pytest", (str(program), "-m", "pytest"))]
    before = installed(tmp_path, commands)
    assert len(before) == 1 and before == installed(tmp_path, commands)
    (packages / "shop").mkdir()
    os.utime(packages, ns=(1, 1))
    assert installed(tmp_path, commands) != before
    (tmp_path / "node_modules").mkdir()
    assert len(installed(tmp_path, commands)) == 2


def test_lost_and_newly_skipped_tests_block(judged):
    skipped = 'import pytest\n\n\n@pytest.mark.skip(reason="later")\ndef test_other():\n    pass\n'
    change = {"tests/test_other.py": skipped, "tests/test_shop.py": "x = 1\n"}
    said, told, _ = judged(change, "--trust", "--tests", "all")
    assert said.code == 1, said.err
    assert names(told["findings"]) == [
        ("lost-test", "tests/test_shop.py::test_total"),
        ("new-skip", "tests/test_other.py::test_other"),
    ]


@pytest.mark.skipif(not shutil.which("go"), reason="no go here")
def test_what_does_not_build_is_told_once_and_loses_no_tests(repo, invoke):
    text = "package text\n\nfunc Slug(text string) string {\n\treturn text\n}\n"
    test = 'package text\n\nimport "testing"\n\nfunc TestA(t *testing.T) {\n\tSlug("a")\n}\n'
    files = {"go.mod": "module shop\n\ngo 1.19\n", "text/text.go": text, "text/text_test.go": test}
    made = repo(files)
    made.write({"text/text.go": text.replace("return text", "return missing")})
    said = invoke("gate", "--only", "tests", "--trust", cwd=made.root)
    assert said.code == 1, said.err
    lines = [line for line in said.out.splitlines() if line.startswith("  ") and "error" in line]
    assert lines == [
        "  text/text.go:1: error [new-failure] shop/text::<build> fails: text/text.go:4:9: undefined: missing"
    ]
    made.write({"text/text.go": text, "text/text_test.go": test.replace("TestA", "testA")})
    said = invoke("gate", "--only", "tests", "--trust", cwd=made.root)
    assert "  text/text_test.go:1: error [lost-test] shop/text::TestA was run before" in said.out


def test_a_flaky_test_is_named_and_blocks_nobody(judged):
    body = (
        "import pathlib\n\nSEEN = pathlib.Path(__file__).parent.parent / 'build'\n\n\ndef test_shop():\n"
        "    SEEN.mkdir(exist_ok=True)\n    first = not list(SEEN.iterdir())\n    (SEEN / 'seen').touch()\n"
        "    assert not first\n"
    )
    said, told, _ = judged({"tests/test_shop.py": body.replace("test_shop()", "test_total()")}, "--trust")
    assert told["facts"]["flaky"] == ["tests/test_shop.py::test_total"], told
    assert said.code == 0


def test_tests_that_cannot_be_run_on_either_side_tell_nothing(repo, invoke, monkeypatch):
    """Such as those of files that need what is not installed."""
    monkeypatch.setenv("VIRTUAL_ENV", sys.prefix)
    unrun = "import not_there\n" + SHOP["tests/test_shop.py"]
    made = repo({**SHOP, "tests/test_shop.py": unrun, "tests/test_old.py": unrun})
    made.write({"shop.py": SHOP["shop.py"].replace("return 1", "return 2", 1)})
    ask = ("gate", "--only", "tests", "--trust", "--format", "json")
    told = json.loads(invoke(*ask, cwd=made.root).out)["results"][0]
    assert told["status"] == "broken"
    assert told["reason"].startswith("no test could be run, with the change or without: tests/test_old.py: ")
    assert "No module named 'not_there'" in told["reason"]
    told = json.loads(invoke(*ask, "--tests", "all", cwd=made.root).out)["results"][0]
    assert (told["status"], len(told["existing"])) == ("passed", 2)
    assert told["reason"] == "3 tests run: all; 2 of them cannot be run, with the change or without"


@pytest.mark.skipif(not shutil.which("make"), reason="no make here")
def test_what_tells_no_single_tests_runs_whatever_changed_and_says_so(repo, invoke):
    made = repo({"Makefile": "test:\n\t@grep -q good state\n", "state": "good\n"})
    made.write({"state": "bad\n"})
    said = invoke("gate", "--only", "tests", "--trust", cwd=made.root)
    assert said.code == 1, said
    assert "make test is told as a whole, since no runner of tests is known in it" in " ".join(said.out.split())


@pytest.mark.skipif(not shutil.which("make"), reason="no make here")
def test_a_runner_that_make_calls_is_told_test_by_test(repo, invoke, monkeypatch):
    monkeypatch.setenv("VIRTUAL_ENV", sys.prefix)
    files = {"Makefile": "test: unit\nunit:\n\tPYTHONPATH=lib pytest checks/it.py\n", "lib/shop.py": SHOP["shop.py"]}
    made = repo({**files, "checks/it.py": "import shop\n\n\ndef test_it():\n    assert shop.total() == 1\n"})
    made.write({"lib/shop.py": "def total():\n    return 2\n"})
    told = json.loads(invoke("gate", "--only", "tests", "--trust", "--format", "json", cwd=made.root).out)["results"][0]
    assert names(told["findings"]) == [("new-failure", "checks/it.py::test_it")], told


def test_a_run_that_crashes_is_broken(judged):
    said, told, _ = judged({"tests/test_shop.py": "import os\n\n\ndef test_total():\n    os._exit(0)\n"}, "--trust")
    assert said.code == 1
    assert told["status"] == "broken"
    assert "ended before all tests had run" in told["reason"]


def test_a_required_sandbox_that_is_not_there_runs_nothing(judged, monkeypatch):
    monkeypatch.setattr(sandbox, "offered", lambda: Protection("none", limited=True, reason="none here"))
    change = {"shop.py": "def total():\n    return 2\n"}
    said, _, _ = judged(change, "--trust", "--sandbox", "require")
    assert said.code == 7
    assert "a sandbox is required" in said.err
    assert "install bubblewrap" in said.err


def test_a_change_cannot_take_back_that_a_sandbox_is_required(repo, invoke, monkeypatch):
    monkeypatch.setattr(sandbox, "offered", lambda: Protection("none", limited=True, reason="none here"))
    made = repo({**SHOP, "codeagent.toml": "sandbox = 'require'\n"})
    made.write({"codeagent.toml": "sandbox = 'off'\n", "shop.py": "x = 1\n"})
    assert invoke("gate", "--only", "tests", "--trust", cwd=made.root).code == 7
    assert invoke("gate", "--only", "tests", "--trust", "--sandbox", "off", cwd=made.root).code == 1
