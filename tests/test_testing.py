"""Running tests of other projects: found from their manifests, run in a scratch, read test by test."""

import json
import shutil
import sys
import venv
from pathlib import Path

import pytest

from codeagent.graph.runners.calls import call_of
from codeagent.quality.gates.trying import telling_line
from codeagent.quality.testing import gradle_home
from codeagent.quality.testing.calling import parted, with_files
from codeagent.quality.testing.compiled import CARGO, GO, GRADLE, MAVEN
from codeagent.quality.testing.javascript import JEST, MOCHA
from codeagent.quality.testing.python import interpreter
from codeagent.quality.testing.report import BUILD, Outcome
from codeagent.quality.testing.runner import Files, Place, TestCommand
from codeagent.quality.testing.running import ALL, Choice, files_of, plan, run_tests
from codeagent.workspace.process import Completed
from codeagent.workspace.protection import Mode
from codeagent.workspace.sandbox import Limits
from codeagent.workspace.scratch import open_scratch

PYTHON = {
    "pyproject.toml": "[tool.pytest.ini_options]\n",
    "shop.py": "def total():\n    return 1\n",
    "tests/test_shop.py": """
        import pytest
        import shop

        def test_good(): assert shop.total() == 1
        def test_bad(): assert shop.total() == 2
        def test_wrong(): shop.missing()
        @pytest.mark.skip(reason="later")
        def test_skipped(): pass
        @pytest.mark.xfail
        def test_expected(): assert False
        @pytest.fixture
        def broken(): raise ValueError("no")
        def test_fixture(broken): pass
        @pytest.mark.parametrize("n", [1, 2])
        def test_each(n): pass
    """,
    "tests/test_gone.py": "import not_there\n",
}


def ran(root: Path, cache: Path, choice: Choice = ALL, **options: object):
    with open_scratch(root, cache) as scratch:
        return run_tests(scratch, plan(files_of(scratch)), choice, **options)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def active(monkeypatch):
    """The environment of these tests is the one that is active."""
    monkeypatch.setenv("VIRTUAL_ENV", sys.prefix)


def test_pytest_is_read_test_by_test(repo, tmp_path):
    report = ran(repo(PYTHON).root, tmp_path / "cache")
    assert report.broken == ""
    told = {name.partition("::")[2]: str(case.outcome) for name, case in report.cases.items()}
    assert told == {
        "": "error",  # tests/test_gone.py
        "test_good": "passed",
        "test_bad": "failed",
        "test_wrong": "failed",
        "test_skipped": "skipped",
        "test_expected": "xfailed",
        "test_fixture": "error",
        "test_each[1]": "passed",
        "test_each[2]": "passed",
    }
    cases = {name.rpartition("::")[2]: case for name, case in report.cases.items()}
    assert [cases[name].raised for name in ("test_bad", "test_wrong")] == ["AssertionError", "AttributeError"]
    assert "assert 1 == 2" in cases["test_bad"].message
    assert cases["test_bad"].path == "tests/test_shop.py"
    assert "clean-environment" in report.protection


def test_chosen_files_alone_run(repo, tmp_path):
    made = repo({**PYTHON, "tests/test_other.py": "def test_other(): pass\n"})
    report = ran(made.root, tmp_path / "cache", Choice(frozenset({"tests/test_other.py", "gone.py", "shop.ts"})))
    assert list(report.cases) == ["tests/test_other.py::test_other"]


@pytest.mark.parametrize(
    ("settings", "taken"),
    [
        ({}, "test_a.py tests/b_test.py"),
        ({"pytest.ini": "[pytest]\npython_files = check_*.py deep/*.py\n"}, "check_it.py tests/deep/one.py"),
        ({"pyproject.toml": '[tool.pytest.ini_options]\npython_files = ["test_*.py",\n  "check_*.py"]\n'},
         "check_it.py test_a.py"),
        ({"pytest.ini": "[pytest]\ntestpaths = tests\n"}, "tests/b_test.py"),
        ({"pytest.ini": "[pytest]\naddopts = -ra --doctest-modules\n"},
         "check_it.py conftest.py test_a.py tests/app.py tests/b_test.py tests/deep/one.py"),
    ],
)  # fmt: skip
def test_only_files_that_pytest_collects_are_chosen(tmp_path, settings, taken):
    tests = ["conftest.py", "test_a.py", "check_it.py", "tests/b_test.py", "tests/app.py", "tests/deep/one.py"]
    files = {**dict.fromkeys(tests, "import pytest\n"), **settings}
    (command,) = plan(Files(tmp_path, files, lambda path: files[path].encode()))
    assert Choice(frozenset(tests)).of(command, files) == tuple(taken.split())


@pytest.mark.parametrize(
    ("body", "why", "seconds"),
    [
        ("import os\ndef test_a(): os._exit(3)\n", "ended before all tests had run", 60),
        ("import time\ndef test_a(): time.sleep(60)\n", "timed out", 3),
        ("import pytest\ndef test_a(): pytest.exit('enough', 1)\ndef test_b(): pass\n", "never run", 60),
    ],
)
def test_a_run_that_ends_early_is_broken(repo, tmp_path, body, why, seconds):
    made = repo({"pytest.ini": "[pytest]\n", "test_a.py": body})
    assert why in ran(made.root, tmp_path / "cache", limits=Limits(seconds=seconds)).broken


def test_a_missing_pytest_is_broken(repo, tmp_path):
    made = repo({"pytest.ini": "[pytest]\n", "test_a.py": "def test_a(): pass\n", ".gitignore": ".venv\n"})
    venv.create(made.root / ".venv", with_pip=False)
    assert "No module named pytest" in ran(made.root, tmp_path / "cache").broken


def test_unittest_is_read_test_by_test(repo, tmp_path):
    made = repo(
        {
            "setup.py": "",
            "tests/__init__.py": "",
            "tests/test_a.py": """
                import unittest

                class A(unittest.TestCase):
                    def test_good(self): pass
                    def test_bad(self): self.assertEqual(1, 2)
                    @unittest.skip("later")
                    def test_skipped(self): pass
                    @unittest.expectedFailure
                    def test_expected(self): self.fail()
            """,
            "tests/test_b.py": "import unittest, not_there\n",
        }
    )
    report = ran(made.root, tmp_path / "cache")
    assert report.broken == ""
    assert {name: str(case.outcome) for name, case in report.cases.items()} == {
        "tests.test_a.A.test_good": "passed",
        "tests.test_a.A.test_bad": "failed",
        "tests.test_a.A.test_skipped": "skipped",
        "tests.test_a.A.test_expected": "xfailed",
        "tests/test_b.py": "error",
    }
    assert report.cases["tests.test_a.A.test_bad"].path == "tests/test_a.py"


def test_unittest_looks_into_folders_that_are_no_packages(repo, tmp_path):
    test = "import unittest, beside\nclass A(unittest.TestCase):\n    def test_a(self): beside.good()\n"
    made = repo({"setup.py": "", "checks/in/test_it.py": test, "checks/in/beside.py": "def good(): pass\n"})
    for choice in (ALL, Choice(frozenset({"checks/in/test_it.py"}))):
        report = ran(made.root, tmp_path / "cache", choice)
        told = {name: (str(case.outcome), case.path) for name, case in report.cases.items()}
        assert told == {"checks.in.test_it.A.test_a": ("passed", "checks/in/test_it.py")}, report


RUNTESTS = """
    import os, sys, unittest

    os.environ["SHOP"] = "open"  # what the tests need and unittest alone does not have
    suite = unittest.TestLoader().loadTestsFromNames(sys.argv[1:] or ["shop.test_a", "shop.test_b"])
    sys.exit(not unittest.TextTestRunner().run(suite).wasSuccessful())
"""
SCRIPTED = """
    import os, unittest

    class A(unittest.TestCase):
        def test_good(self): self.assertEqual(os.environ["SHOP"], "open")
        def test_bad(self):
            with self.subTest(1): self.fail()
"""


def test_a_script_of_the_project_runs_its_tests(repo, tmp_path):
    files = {"tox.ini": "[testenv]\ncommands = python tests/runtests.py\n", "docs/pytest.txt": "pytest\n"}
    files |= {"tests/runtests.py": RUNTESTS, "tests/shop/__init__.py": "", "tests/shop/test_a.py": SCRIPTED}
    made = repo({**files, "tests/shop/test_b.py": "import unittest, not_there\n", "tests/shop/models.py": ""})
    report = ran(made.root, tmp_path / "cache")
    assert {name: str(case.outcome) for name, case in report.cases.items()} == {
        "shop.test_a.A.test_good": "passed",
        "shop.test_a.A.test_bad": "failed",
        "test_b": "error",  # so unittest calls it
    }, report.broken
    assert report.cases["shop.test_a.A.test_bad"].path == "tests/shop/test_a.py"
    some = Choice(frozenset({"tests/shop/test_a.py", "tests/shop/models.py"}))
    assert set(ran(made.root, tmp_path / "cache", some).cases) == {"shop.test_a.A.test_good", "shop.test_a.A.test_bad"}


def test_a_script_that_ends_early_is_broken(repo, tmp_path):
    files = {"setup.py": "", "runtests.py": "import unittest, sys\nsys.exit(1)\n", "test_a.py": ""}
    assert "exit code 1 though no test failed" in ran(repo(files).root, tmp_path / "cache").broken


@pytest.mark.skipif(not shutil.which("node"), reason="no node here")
def test_node_s_own_runner(repo, tmp_path):
    made = repo(
        {
            "package.json": '{"scripts": {"test": "node --test"}}',
            "a.test.js": """
                const test = require('node:test');
                const assert = require('node:assert');
                test('good', () => {});
                test('bad', () => assert.strictEqual(1, 2));
                test('later', { skip: true }, () => {});
            """,
        }
    )
    report = ran(made.root, tmp_path / "cache")
    told = {name.rpartition("::")[2]: case.outcome for name, case in report.cases.items()}
    assert told == {"good": Outcome.PASSED, "bad": Outcome.FAILED, "later": Outcome.SKIPPED}, report.broken


@pytest.mark.skipif(not shutil.which("node"), reason="no node here")
def test_node_s_tests_go_by_file_suite_and_name(repo, tmp_path):
    """Where the script says in which files they are, and what is loaded before."""
    head = "const { describe, it } = require('node:test');\nconst assert = require('node:assert');\n"
    made = repo(
        {
            "package.json": '{"scripts": {"test": "WORD=said node --require ./setup.js --test checks/*.check.js"}}',
            "setup.js": "globalThis.ready = process.env.WORD;",
            "checks/a.check.js": head
            + "describe('add', () => it('works', () => assert.strictEqual(globalThis.ready, 'said')));"
            + "describe('mul', () => { it('works', () => assert.ok(false));"
            + "  describe('in', () => it('works', () => {})); });"
            + "describe.skip('later', () => it('works', () => {}));",
            "checks/b.check.js": head + "it('works', () => {});",
            "checks/c.check.js": "require('./nothing');",
            "checks/helper.js": "throw new Error('no test');",
        }
    )
    report = ran(made.root, tmp_path / "cache")
    assert report.broken == ""
    assert outcomes(report) == {
        "checks/a.check.js::add > works": "passed",
        "checks/a.check.js::mul > works": "failed",
        "checks/a.check.js::mul > in > works": "passed",
        "checks/a.check.js::later": "skipped",
        "checks/b.check.js::works": "passed",
        "checks/c.check.js": "error",
    }
    assert report.cases["checks/a.check.js::mul > works"].by_assertion
    one = ran(made.root, tmp_path / "cache", Choice(frozenset(("checks/b.check.js", "other/d.check.js"))))
    assert set(one.cases) == {"checks/b.check.js::works"}


@pytest.mark.parametrize(
    ("runner", "script", "expected"),
    [
        ("mocha", "mocha", ((), (), ())),
        (
            "mocha",
            "tsc -p . && NODE_ENV=test npx mocha -r x 'spec/**/*.js'",
            ((), ("-r", "x", "spec/**/*.js"), "NODE_ENV=test"),
        ),
        ("mocha", "nyc --all mocha --reporter dot -R=nyan --bail --watch spec", ((), ("spec",), ())),
        ("mocha", "eslint --plugin mocha.rules . ; mocha t", ((), ("t",), ())),
        (
            "jest",
            "cross-env A=1 B='2 3' jest --config conf/jest.json --coverage",
            ((), ("--config", "conf/jest.json"), "A=1 B=2 3"),
        ),
        (
            "jest",
            "node --experimental-vm-modules node_modules/jest/bin/jest.js --bail 1 src",
            (("node", "--experimental-vm-modules", "node_modules/jest/bin/jest.js"), ("src",), ()),
        ),
        ("node", "node build.js && c8 node --import tsx --test src", ((), ("--import", "tsx", "--test", "src"), ())),
        ("jest", "jest --config $CONFIG", None),
        ("jest", "make test", None),
    ],
)
def test_the_call_of_a_runner_is_read_from_the_script(runner, script, expected):
    call = call_of(script, runner)
    told = call and (call.before, call.words, " ".join(f"{k}={v}" for k, v in call.environment) or ())
    assert told == expected


CHAINS = {
    "an npm script that calls another": (
        {"package.json": {"test": "npm run unit -- --bail", "unit": "A=1 jest 'src'"}},
        ["jest jest src A=1"],
    ),
    "two of them": (
        {"package.json": {"test": "run-s 'test:*'", "test:unit": "jest", "test:more": "mocha spec", "test:a:b": "no"}},
        ["jest jest", "mocha mocha spec"],
    ),
    "one runner, twice": (
        {"package.json": {"test": "yarn a && yarn b", "a": "jest -c a.json", "b": "jest -c b.json"}},
        ["jest jest -c a.json", "jest jest -c b.json"],
    ),
    "a shell file": (
        {
            "package.json": {"test": "bash scripts/test.sh spec/*.js"},
            "scripts/test.sh": "#!/bin/bash\nset -e  # stop\ncd \"$(dirname \"$0\")/..\"\nexport A=1\n"
            'mocha \\\n  "$@"\n',
        },
        ["mocha mocha spec/*.js A=1"],
    ),
    "a circle": ({"package.json": {"test": "npm run unit", "unit": "npm test"}}, ["plain npm test"]),
    "targets of make": (
        {
            "Makefile": "RUN = python -m pytest\ntest: lib unit ## all\nlib:\n\t@mkdir -p x\nunit:\n\t$(MAKE) inner\n"
            "inner:\n\tX=1 $(RUN) -x checks/it.py\n",
            "checks/it.py": "",
        },
        ["pytest PYTHON -m pytest checks/it.py X=1"],
    ),
    "what does more than run tests": ({"Makefile": "test:\n\tpytest checks\n\tdiff a b\n"}, ["plain make test"]),
    "a shell file that hangs on something": (
        {"package.json": {"test": "sh t.sh"}, "t.sh": "if true; then\nmocha\nfi\n"},
        ["plain npm test"],
    ),
    "another folder": ({"package.json": {"test": "npm --prefix lib test"}}, ["plain npm test"]),
}  # fmt: skip


@pytest.mark.parametrize("chain", CHAINS)
def test_scripts_that_call_others_are_followed_to_the_runner(tmp_path, chain):
    given, expected = CHAINS[chain]
    files = {path: text if isinstance(text, str) else json.dumps({"scripts": text}) for path, text in given.items()}
    for path in files:
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text("")
    commands = plan(Files(tmp_path, files, lambda path: files[path].encode()))
    told = [
        " ".join([one.runner, *one.argv, *("=".join(pair) for pair in one.environment)]).replace(
            interpreter(tmp_path), "PYTHON"
        )
        for one in commands
    ]
    assert told == expected


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (
            (
                b"Downloading https://services.gradle.org/distributions/gradle-8.5-bin.zip\n\n"
                b'Exception in thread "main" java.net.UnknownHostException: services.gradle.org\n'
                b"\tat org.gradle.wrapper.Install.call(SourceFile:8)\n"
            ),
            (
                "gradle-8.5-bin is not downloaded yet: run ./gradlew --version once by yourself, then try again: "
                "java.net.UnknownHostException: services.gradle.org"
            ),
        ),
        (
            (
                b"[ERROR] Plugin a:b:3 or one of its dependencies could not be resolved: Cannot access central "
                b"(https://repo) in offline mode and the artifact a:b:jar:3 has not been downloaded from it before.\n"
            ),
            "something is not downloaded yet: run your build once by yourself, then try again: Plugin a:b:3 or",
        ),
        (
            b"Error: Unable to access jarfile gradle-wrapper.jar\n",
            "exit code 1 though no test failed: Error: Unable to",
        ),
    ],
)
def test_a_build_that_needs_the_network_says_what_to_do(tmp_path, said, why):
    report = GRADLE.read(Place(tmp_path, "", tmp_path / "report"), Completed(("gradle",), 1, b"", said, 1.0))
    assert report.broken.startswith(why)


def test_a_program_that_may_not_be_run_is_no_missing_one(repo, tmp_path):
    made = repo({"build.gradle": "", "gradlew": "#!/bin/sh\n"})
    assert ran(made.root, tmp_path / "cache").broken == "./gradlew may not be run: chmod +x ./gradlew"


def test_chosen_files_take_the_place_of_those_that_a_script_names(tmp_path):
    (tmp_path / "spec/in").mkdir(parents=True)
    for name in ("a.js", "setup.js", "in/b.js"):
        (tmp_path / "spec" / name).write_text("")
    words = ("--require", "spec/setup.js", "--recursive", "spec/**/?.js", "--timeout", "5")
    kept = ("--require", "spec/setup.js", "--recursive", "--timeout", "5")
    assert with_files(words, tmp_path, ("spec/a.js",)) == (*kept, "spec/a.js")
    assert with_files(words, tmp_path, None) == (*words[:3], "spec/a.js", "spec/in/b.js", *words[4:])
    assert parted(("node", "-r", "x", "bin/jest.js", "src"), "jest") == (("node", "-r", "x", "bin/jest.js"), ("src",))


@pytest.mark.parametrize(
    ("runner", "script", "files", "file"),
    [
        ("mocha", "X=1 mocha --reporter dot --recursive 'spec/**/*.check.js'", {}, "spec/in/a.check.js"),
        ("jest", "X=1 jest --config conf.json", {"conf.json": '{"testMatch": ["**/*.check.js"]}'}, "a.check.js"),
    ],
)
def test_mocha_and_jest_are_called_as_the_script_does(repo, tmp_path, runner, script, files, file):
    if not shutil.which(runner):
        pytest.skip(f"no {runner} here")
    good, bad = "if (process.env.X !== '1') throw 1;", "throw 1;"
    text = f"describe('x', () => {{ it('good', () => {{ {good} }}); it('bad', () => {{ {bad} }}); }});"
    made = repo({"package.json": json.dumps({"scripts": {"test": script}}), file: text, **files})
    report = ran(made.root, tmp_path / "cache", mode=Mode.OFF)  # it may be installed where the sandbox hides it
    told = {name.replace("x > ", "x "): str(case.outcome) for name, case in report.cases.items()}
    assert told == {f"{file}::x good": "passed", f"{file}::x bad": "failed"}, report.broken


@pytest.mark.skipif(not shutil.which("make"), reason="no make here")
def test_make_that_misses_a_program_is_broken(repo, tmp_path):
    made = repo({"Makefile": "test:\n\tno-such-program\n"})
    assert "a program that it starts is missing" in ran(made.root, tmp_path / "cache").broken


@pytest.mark.skipif(not shutil.which("make"), reason="no make here")
def test_make_says_yes_or_no(repo, tmp_path):
    made = repo({"Makefile": "test:\n\t@grep -q good state\n", "state": "good\n"})
    assert ran(made.root, tmp_path / "cache").cases["."].outcome is Outcome.PASSED
    made.write({"state": "bad\n"})
    assert ran(made.root, tmp_path / "cache").cases["."].outcome is Outcome.FAILED


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"package.json": '{"scripts": {"test": "vitest run"}}'}, [("vitest", "")]),
        ({"package.json": "{}", "jest.config.js": ""}, [("jest", "")]),
        ({"package.json": '{"jest": {}}'}, [("jest", "")]),
        ({"package.json": '{"scripts": {"test": "mocha test"}}'}, [("mocha", "")]),
        ({"package.json": '{"scripts": {"test": "sh t.sh"}}'}, [("plain", "")]),
        ({"package.json": '{"scripts": {"test": "echo Error: no test specified && exit 1"}}'}, []),
        ({"package.json": "not json"}, []),
        ({"a/go.mod": "module a\n", "b/go.mod": "module b\n"}, [("go", "a"), ("go", "b")]),
        ({"Cargo.toml": "[workspace]\n", "one/Cargo.toml": ""}, [("cargo", "")]),
        ({"pom.xml": "", "part/pom.xml": ""}, [("maven", "")]),
        ({"build.gradle.kts": "", "gradlew": ""}, [("gradle", "")]),
        ({"Makefile": "check: all\n\t./run\n"}, [("plain", "")]),
        ({"tests/test_a.py": "import pytest\n", "examples/e/setup.py": ""}, [("pytest", "")]),
        ({"manage.py": "execute_from_command_line(sys.argv)", "shop/tests.py": ""}, [("script", "")]),
        ({"manage.py": "execute_from_command_line(sys.argv)", "a/tests.py": "", "tox.ini": "pytest"}, [("pytest", "")]),
        ({"runtests.py": "call_command('test')", "a/tests.py": ""}, [("whole-script", "")]),
        ({"runtests.py": "import pytest, unittest", "a/tests.py": "import pytest"}, [("pytest", "")]),
        ({"readme.md": ""}, []),
    ],
)
def test_runners_are_found_from_manifests(tmp_path, files, expected):
    tree = Files(tmp_path, files, lambda path: files[path].encode())
    assert [(command.runner, command.folder) for command in plan(tree)] == expected


def place(tmp_path: Path, text: str = "") -> Place:
    (tmp_path / "report").write_text(text)
    return Place(tmp_path, "", tmp_path / "report")


def done(code: int, out: str = "", err: str = "") -> Completed:
    return Completed(("x",), code, out.encode(), err.encode(), 1.0)


def plant(folder, files) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def outcomes(report) -> dict[str, str]:
    return {name: str(case.outcome) for name, case in report.cases.items()}


def test_go_is_read(tmp_path):
    out = """
{"Action":"run","Package":"shop","Test":"TestGood"}
{"Action":"pass","Package":"shop","Test":"TestGood","Elapsed":0.1}
{"Action":"output","Package":"shop","Test":"TestBad","Output":"want 2\\n"}
{"Action":"fail","Package":"shop","Test":"TestBad","Elapsed":0}
{"Action":"skip","Package":"shop","Test":"TestLater","Elapsed":0}
{"Action":"fail","Package":"shop","Elapsed":0.1}
{"Action":"output","Package":"shop/torn","Output":"FAIL\\tshop/torn [build failed]\\n"}
{"Action":"fail","Package":"shop/torn","Elapsed":0}
"""
    report = GO.read(place(tmp_path), done(1, out))
    assert outcomes(report) == {
        "shop::TestGood": "passed",
        "shop::TestBad": "failed",
        "shop::TestLater": "skipped",
        f"shop/torn::{BUILD}": "error",
    }
    plain = '{"Action":"pass","Package":"shop","Test":"TestGood"}\nFAIL\tshop/torn [build failed]\n'  # before Go 1.24
    report = GO.read(place(tmp_path), done(2, plain, "# shop/torn\n./torn.go:3: cannot use x\n"))
    assert outcomes(report) == {"shop::TestGood": "passed", f"shop/torn::{BUILD}": "error"}
    assert "cannot use x" in report.cases[f"shop/torn::{BUILD}"].message
    assert GO.read(place(tmp_path), done(1, "", "go: no such module")).broken
    chosen = GO.start(TestCommand("go", ("go",)), ("a/x_test.go", "y_test.go"), place(tmp_path))
    assert chosen.argv == ("go", ".", "./a")


def test_tests_of_go_are_told_with_their_files_and_what_they_said(tmp_path):
    plant(tmp_path, {"go.mod": "module example.org/shop\n", "cart/cart_test.go": "func TestAdd(t *testing.T) {}\n"})
    out = """
{"Action":"output","Package":"example.org/shop/cart","Test":"TestAdd/one","Output":"=== RUN   TestAdd/one\\n"}
{"Action":"output","Package":"example.org/shop/cart","Test":"TestAdd/one","Output":"    cart_test.go:9: wrong\\n"}
{"Action":"output","Package":"example.org/shop/cart","Test":"TestAdd/one","Output":"    --- FAIL: TestAdd/one\\n"}
{"Action":"fail","Package":"example.org/shop/cart","Test":"TestAdd/one"}
{"Action":"output","Package":"example.org/shop/cart","Test":"TestAdd","Output":"panic: no cart\\n"}
{"Action":"fail","Package":"example.org/shop/cart","Test":"TestAdd"}
FAIL\texample.org/shop/text [build failed]
"""
    report = GO.read(place(tmp_path), done(1, out, "# example.org/shop/text\ntext/text.go:7:2: undefined: x\n"))
    told = {name: (case.path, telling_line(case)) for name, case in report.cases.items()}
    assert told == {
        "example.org/shop/cart::TestAdd/one": ("cart/cart_test.go", "cart_test.go:9: wrong"),
        "example.org/shop/cart::TestAdd": ("cart/cart_test.go", "panic: no cart"),
        f"example.org/shop/text::{BUILD}": ("", "text/text.go:7:2: undefined: x"),
    }
    assert report.torn == ("example.org/shop/cart::", "example.org/shop/text::")


def test_tests_of_cargo_are_told_with_their_files(tmp_path):
    files = {"Cargo.toml": "[workspace]\n", "core/Cargo.toml": '[package]\nname = "shop-core"\n'}
    plant(tmp_path, {**files, "core/src/lib.rs": "", "core/src/cart.rs": "", "core/tests/all.rs": ""})
    err = "     Running unittests src/lib.rs (target/debug/deps/shop_core-0123456789abcdef)\n"
    err += "     Running tests/all.rs (target/debug/deps/all-0123456789abcdef)\n"
    out = "running 2 tests\ntest cart::tests::good ... ok\ntest tests::bad ... FAILED\n---- tests::bad stdout ----\n"
    out += "thread 'tests::bad' (3) panicked at core/src/lib.rs:2:1:\nleft is not right\n\nfailures:\n"
    report = CARGO.read(place(tmp_path), done(101, f"{out}running 1 test\ntest whole ... ok\n", err))
    assert {name: case.path for name, case in report.cases.items()} == {
        "shop_core src/lib.rs::cart::tests::good": "core/src/cart.rs",
        "shop_core src/lib.rs::tests::bad": "core/src/lib.rs",
        "all tests/all.rs::whole": "core/tests/all.rs",
    }
    assert telling_line(report.cases["shop_core src/lib.rs::tests::bad"]) == "left is not right"
    torn = CARGO.read(
        place(tmp_path),
        done(101, "", "   Compiling shop\nerror[E0599]: no method\n --> core/src/lib.rs:2:1\nerror: could not compile"),
    )
    assert (torn.torn, torn.cases[BUILD].path, telling_line(torn.cases[BUILD])) == (
        ("",),
        "core/src/lib.rs",
        "error[E0599]: no method",
    )


def test_cargo_is_read(tmp_path):
    err = "     Running unittests src/lib.rs (target/debug/deps/shop-0123456789abcdef)\n   Doc-tests shop\n"
    out = """
running 2 tests
test tests::good ... ok
test tests::bad ... FAILED

failures:

---- tests::bad stdout ----
assertion `left == right` failed

failures:
    tests::bad

running 1 test
test src/lib.rs - add (line 2) ... ok
"""
    report = CARGO.read(place(tmp_path), done(101, out, err))
    assert outcomes(report) == {
        "shop src/lib.rs::tests::good": "passed",
        "shop src/lib.rs::tests::bad": "failed",
        "shop (doc)::src/lib.rs - add (line 2)": "passed",
    }
    assert report.cases["shop src/lib.rs::tests::bad"].message == "assertion `left == right` failed"
    torn = CARGO.read(place(tmp_path), done(101, "", "error: could not compile `shop`"))
    assert outcomes(torn) == {BUILD: "error"}
    assert CARGO.read(place(tmp_path), done(101, "", "error: no network")).broken


def test_surefire_is_read(tmp_path):
    folder = tmp_path / "target/surefire-reports"
    folder.mkdir(parents=True)
    (folder / "TEST-shop.CartTest.xml").write_text(
        '<testsuite><testcase classname="shop.CartTest" name="good" time="0.1"/>'
        '<testcase classname="shop.CartTest" name="bad">'
        '<failure type="java.lang.AssertionError" message="no"/></testcase>'
        '<testcase classname="shop.CartTest" name="later"><skipped/></testcase></testsuite>'
    )
    plant(tmp_path, {"src/test/java/shop/CartTest.java": "", "src/test/java/other/CartTest.java": ""})
    report = MAVEN.read(place(tmp_path), done(0))
    assert {case.path for case in report.cases.values()} == {"src/test/java/shop/CartTest.java"}
    assert outcomes(report) == {
        "shop.CartTest::good": "passed",
        "shop.CartTest::bad": "failed",
        "shop.CartTest::later": "skipped",
    }
    assert report.cases["shop.CartTest::bad"].raised == "AssertionError"
    MAVEN.start(TestCommand("maven", ("mvn",)), None, place(tmp_path))
    advice = "\x1b[1m[ERROR]\x1b[m no such plugin\n[ERROR] [Help 1] see the manual\n\x1b[0m"
    assert MAVEN.read(place(tmp_path), done(1, advice)).broken.endswith("no test failed: no such plugin")
    headed = "[ERROR] [ERROR] Some problems were encountered:\n[ERROR] no such extension\n[ERROR] 1 project\n"
    assert MAVEN.read(place(tmp_path), done(1, headed)).broken.endswith("encountered: | no such extension")
    assert outcomes(MAVEN.read(place(tmp_path), done(1, "COMPILATION ERROR"))) == {BUILD: "error"}


def test_gradle_has_a_home_that_it_can_write(tmp_path, monkeypatch):
    theirs, caches = tmp_path / "theirs", tmp_path / "caches"
    (theirs / "caches/modules-2").mkdir(parents=True)
    (theirs / "wrapper/dists/gradle-8/abc/gradle-8").mkdir(parents=True)
    (theirs / "wrapper/dists/gradle-8/abc/gradle-8.zip.lck").write_text("")
    caches.mkdir()
    monkeypatch.setenv("GRADLE_USER_HOME", str(theirs))
    for _ in range(2):
        told = gradle_home.told(caches / "gradle")
        assert told == {
            "GRADLE_USER_HOME": str(caches / "gradle"),
            "GRADLE_RO_DEP_CACHE": str(theirs / "caches"),
        }
    assert [one.name for one in (caches / "gradle/wrapper/dists/gradle-8/abc").iterdir()] == ["gradle-8"]


@pytest.mark.skipif(not shutil.which("gradle"), reason="no gradle here")
def test_gradle_runs_in_the_sandbox(repo, tmp_path):
    files = {"build.gradle": "apply plugin: 'java'\n", "src/main/java/A.java": "class A {}\n"}
    assert ran(repo(files).root, tmp_path / "cache").broken == ""


def test_jest_and_mocha_are_read(tmp_path):
    assertions = [
        {"ancestorTitles": ["cart"], "title": "good", "status": "passed", "duration": 5},
        {"ancestorTitles": [], "title": "bad", "status": "failed", "failureMessages": ["expect(1).toBe(2)"]},
    ]
    suites = [
        {"name": f"{tmp_path}/a.test.js", "status": "failed", "assertionResults": assertions},
        {"name": f"{tmp_path}/b.test.js", "status": "failed", "message": "SyntaxError", "assertionResults": []},
    ]
    report = JEST.read(place(tmp_path, json.dumps({"testResults": suites})), done(1))
    told = outcomes(report)
    assert told == {"a.test.js::cart > good": "passed", "a.test.js::bad": "failed", "b.test.js": "error"}
    assert JEST.read(place(tmp_path, "{}"), done(1)).broken
    tests = [{"fullTitle": "good", "file": "a.js", "err": {}}, {"fullTitle": "bad", "err": {"message": "x"}}]
    mocha = MOCHA.read(place(tmp_path, json.dumps({"tests": tests})), done(1))
    assert outcomes(mocha) == {"a.js::good": "passed", "::bad": "failed"}
