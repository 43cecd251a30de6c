"""Which files are tests because the settings of their runner say so, and whether a gate runs them then."""

import json
import shlex

import pytest

from codeagent.graph.update import open_graph

PACKAGE = {"package.json": '{"scripts": {"test": "jest"}}'}
VITEST = {"package.json": '{"scripts": {"test": "vitest run"}}'}


def scripted(call: str) -> dict[str, str]:
    return {"package.json": json.dumps({"scripts": {"test": call}})}


CHECKS = "**/*.check.js"
ADDED = (
    "export default defineConfig({ plugins: [react()], test: { coverage: { include: [all] }, include: ['checks/*'] } })"
)
SPREAD = "export default defineConfig(() => ({ test: { include: [...configDefaults.include, `checks/*.mjs`] } }))\n"
MERGED = "import base from './vite.config'\nexport default mergeConfig(base, { test: { include: ['checks/*'] } })\n"
LATER = f"module.exports = async () => {{ return {{ projects: [{{ testMatch: ['{CHECKS}'] }}] }} }}\n"
TYPED = "const config: Config = { testRegex: '\\\\.check\\\\.js$' }\nexport default config\n"
READ = [
    ({"pytest.ini": "[pytest]\npython_files = check_*.py spec_*.py\n"}, {"a/check_a.py", "spec_b.py"}),
    ({"pyproject.toml": "[tool.pytest.ini_options]\npython_files = ['check_*.py']\ntestpaths = ['a']\n"},
     {"a/check_a.py"}),
    ({"tox.ini": "[pytest]\npython_files =\n    checks/*.py\n"}, {"checks/shop.py"}),
    ({"setup.cfg": "[tool:pytest]\naddopts = --doctest-modules\ntestpaths = checks\n"}, {"checks/shop.py"}),
    ({**PACKAGE, "jest.config.js": f"module.exports = {{ testMatch: ['{CHECKS}'] }}\n"}, {"a/calc.check.js"}),
    ({"package.json": '{"jest": {"testMatch": ["<rootDir>/a/*.check.{js,ts}"]}}'}, {"a/calc.check.js"}),
    ({"package.json": '{"jest": {"testRegex": "(/checks/.*|\\\\.check)\\\\.m?js$"}}'},
     {"a/calc.check.js", "checks/shop.mjs"}),
    ({**PACKAGE, "jest.config.ts": TYPED}, {"a/calc.check.js"}),
    ({**PACKAGE, "jest.config.cjs": LATER}, {"a/calc.check.js"}),
    ({**PACKAGE, "jest.config.json": '{"rootDir": "a", "testMatch": ["<rootDir>/*.check.js"]}'}, {"a/calc.check.js"}),
    ({**VITEST, "vitest.config.ts": ADDED}, {"checks/shop.mjs"}),
    ({**VITEST, "vite.config.ts": SPREAD}, {"checks/shop.mjs"}),
    ({**VITEST, "vite.config.ts": "export default defineConfig({ plugins: [] })\n", "vitest.config.ts": MERGED},
     {"checks/shop.mjs"}),
    ({**scripted("mocha"), ".mocharc.yml": "spec:\n  - 'a/**/*.check.js'\n"}, {"a/calc.check.js"}),
    ({**scripted("mocha"), ".mocharc.cjs": "module.exports = { spec: 'a/**/*.check.js' }\n"}, {"a/calc.check.js"}),
    (scripted("mocha --exit 'a/*.check.js' checks"), {"a/calc.check.js", "checks/shop.mjs"}),
    (scripted("node --test checks/shop.mjs"), {"checks/shop.mjs"}),
    (scripted("node --test"), {"a/some-test.js"}),
    (scripted("jest --config settings/jest.json"), {"a/calc.check.js"}),
    ({"Cargo.toml": "[[test]]\nname = 'a'\npath = 'checks/all.rs'\n"}, {"checks/all.rs"}),
]  # fmt: skip
UNREAD = [
    ({"setup.cfg": "[tool:pytest]\npython_files = *.py\n"}, "setup.cfg"),
    ({"tox.ini": "[pytest]\naddopts = --doctest-modules\n"}, "tox.ini"),
    ({**PACKAGE, "jest.config.js": "module.exports = { testMatch: patterns() }\n"}, "jest.config.js"),
    ({**PACKAGE, "jest.config.js": "module.exports = { ...require('../base'), verbose: true }\n"}, "jest.config.js"),
    ({**PACKAGE, "jest.config.js": "module.exports = made({ verbose: true })\n"}, "jest.config.js"),
    ({**VITEST, "vitest.config.ts": "export default defineConfig({ test: shared })\n"}, "vitest.config.ts"),
    ({**VITEST, "vitest.config.ts": "export default defineConfig({ test: { include: ['src/**/*.ts'] } })\n"},
     "vitest.config.ts"),
    (scripted("mocha $FILES"), "package.json"),
]  # fmt: skip
NO_TESTS = {
    "a/check_a.py": "",
    "a/calc.js": "exports.add = (a, b) => a + b\n",
    "a/calc.check.js": "const { add } = require('./calc')\n",
    "a/some-test.js": "",
    "checks/shop.py": "",
    "checks/shop.mjs": "",
    "checks/all.rs": "",
    "spec_b.py": "",
    "settings/jest.json": '{"rootDir": "..", "testMatch": ["**/*.check.js"]}',
}


@pytest.mark.parametrize(("settings", "expected"), READ, ids=lambda one: " ".join(sorted(one))[:60])
def test_patterns_of_runners_are_read(repo, settings, expected) -> None:
    graph = open_graph(repo({**NO_TESTS, **settings}).root)
    assert ({path for path, file in graph.files.items() if file.test}, graph.declared.unread) == (expected, "")


@pytest.mark.parametrize(("settings", "where"), UNREAD, ids=lambda one: " ".join(one)[:60])
def test_settings_that_do_not_tell_are_named(repo, settings, where) -> None:
    assert open_graph(repo({**NO_TESTS, **settings}).root).declared.unread == where


@pytest.mark.parametrize(
    "settings",
    [{"testRegex": "(a+)+b$"}, {"testMatch": ["*(*(a))b"]}, {"testMatch": ["(" * 3000]}, {"testMatch": ["*a" * 40]}],
    ids=("regex", "groups", "depth", "stars"),
)
def test_a_pattern_that_would_take_for_ever_is_not_used(repo, settings) -> None:
    files = {"a" * 60 + "/" + "a" * 80 + ".js": "", "package.json": json.dumps({"jest": settings})}
    graph = open_graph(repo(files).root)
    assert graph.declared.unread == "package.json"
    assert not any(file.test for file in graph.files.values())


def test_a_pattern_that_changes_counts_at_once(repo) -> None:
    made = repo({**NO_TESTS, **PACKAGE})
    assert not open_graph(made.root).files["a/calc.check.js"].test
    made.write({"jest.config.js": "module.exports = { testMatch: ['**/*.check.js'] }\n"})
    assert open_graph(made.root).files["a/calc.check.js"].test
    made.write({"jest.config.js": "module.exports = { testMatch: ['**/*.other.js'] }\n"})
    assert not open_graph(made.root).files["a/calc.check.js"].test


@pytest.mark.parametrize(
    ("config", "why"),
    [
        ("module.exports = { testMatch: ['**/*.check.js'] }\n", "1 test file that the change may concern"),
        ("module.exports = made()\n", "all: jest.config.js does not tell which files are tests"),
    ],
)  # fmt: skip
def test_a_gate_runs_what_the_settings_take_for_tests(repo, invoke, config, why) -> None:
    made = repo({**NO_TESTS, **PACKAGE, "jest.config.js": config})
    made.write({"a/calc.js": "exports.add = (a, b) => a - b\n"})
    told = json.loads(invoke("gate", "--plan", "--only", "tests", "--format", "json", cwd=made.root).out)
    (planned,) = told["gates"]
    assert planned["why"] == why
    assert ("a/calc.check.js" in shlex.split(planned["commands"][0])) == why.startswith("1")


def test_pytest_finds_a_project_whose_tests_go_by_another_name(repo, invoke) -> None:
    files = {
        "shop.py": "def total():\n    return 1\n",
        "check_shop.py": "import shop\n\n\ndef test_total():\n    assert shop.total() == 1\n",
        "pytest.ini": "[pytest]\npython_files = check_*.py\n",
    }
    made = repo(files)
    made.write({"shop.py": "def total():\n    return 2\n"})
    told = json.loads(invoke("gate", "--plan", "--only", "tests", "--format", "json", cwd=made.root).out)
    assert told["gates"][0]["commands"][0].endswith(" check_shop.py")
