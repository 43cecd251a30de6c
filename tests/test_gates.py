"""The gates: each case of `fixtures/gates`, the canaries, and the settings that a project may not loosen."""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from codeagent.config import load_config
from codeagent.domain.quality import GateResult
from codeagent.quality.gates import GATES
from codeagent.quality.gates.change import Change, Claims
from codeagent.quality.gates.comparing import proposed
from codeagent.quality.gates.judge import judge
from codeagent.quality.gates.settings import built_in_gates, load_gates
from codeagent.workflows.selftest import selftest
from codeagent.workspace.letpass import waiver_log
from codeagent.workspace.planted import plant
from tests.cases import FIXTURES, Case, read_cases

CASES = [case for source in sorted((FIXTURES / "gates").glob("*.md")) for case in read_cases(source)]
GIVEN = ("refactor", "allowed", "message", "red_first", "tests", "trust")


def change_of(case: Case, root: Path) -> Change:
    """The change from the files `before/…` to the files `after/…`; `options` holds claims and settings.

    Files `branches/NAME/…` make the tree a repository whose branches have a commit with them."""
    options = tomllib.loads(case.expected.get("options", ""))
    before = {path.removeprefix("before/"): text for path, text in case.files.items() if path.startswith("before/")}
    after = {path.removeprefix("after/"): text for path, text in case.files.items() if path.startswith("after/")}
    root.mkdir()
    replace(case, files=before).write(root)
    (root / "codeagent.toml").write_text(options.get("settings", ""))
    branches: dict[str, dict[str, str]] = {}
    for path, text in case.files.items():
        if path.startswith("branches/"):
            _, name, below = path.split("/", 2)
            branches.setdefault(name, {})[below] = text
    if branches:
        plant(root, before, branches)
    claims = Claims(**{key: tuple(v) if isinstance(v := options[key], list) else v for key in GIVEN if key in options})
    contents: dict[str, bytes | None] = dict.fromkeys(options.get("deleted", ()))
    contents |= {path: text.encode("utf-8", "surrogateescape") for path, text in after.items()}
    return proposed(root, load_config(root), claims, contents, options.get("moves"))


def told(result: GateResult) -> str:
    """The status, then a line for each finding."""
    lines = [f"{result.status}{': ' + result.reason if result.reason else ''}"]
    lines += [f"{one.severity} {one.path}:{one.line} {one.rule}: {one.message}" for one in result.findings]
    lines += [f"existing {one.path}:{one.line} {one.rule}: {one.message}" for one in result.existing]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("linked", [True, False], ids=["linked", "answer by answer"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.source.stem}: {case.title}")
def test_case(case: Case, tmp_path: Path, monkeypatch, linked) -> None:
    """Also where linking the result would take long, and what a gate asks for is looked up by itself."""
    if not linked:
        monkeypatch.setattr("codeagent.graph.deferred._SOON", -1)
    change = change_of(case, tmp_path / "tree")
    gates, _ = load_gates(change.config)
    verdict = judge(change, {case.source.stem: gates[case.source.stem]})
    case.expect("answer", told(verdict.results[0]))


def test_every_gate_has_its_cases_and_its_declaration() -> None:
    assert {case.source.stem for case in CASES} == set(GATES)
    assert set(GATES) <= set(built_in_gates())


def test_every_gate_still_rejects_its_canaries() -> None:
    trials = list(selftest())
    assert {trial.gate for trial in trials} == set(GATES)
    assert [trial for trial in trials if not trial.ok] == []


RUFF = "[tool.ruff]\nlint.select = ['F']\n"


def test_a_linter_counts_only_what_is_new(repo, invoke, monkeypatch) -> None:
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    made = repo({"pyproject.toml": RUFF, "a.py": "import os\n"})
    made.write({"a.py": "# a line more\nimport os\n"})
    told = json.loads(invoke("gate", "--only", "ruff-check", "--format", "json", cwd=made.root).out)
    assert (told["verdict"], len(told["results"][0]["existing"])) == ("ok", 1)
    made.write({"a.py": "import os\nimport sys\n"})
    ran = invoke("gate", "--only", "lint", "--format", "json", cwd=made.root)
    result = next(one for one in json.loads(ran.out)["results"] if one["gate"] == "ruff-check")
    assert ran.code == 1
    assert [one["rule"] for one in result["findings"]] == ["F401"]
    assert result["command"][0] == "ruff"


def test_a_missing_tool_is_broken_never_passed(repo, invoke, monkeypatch) -> None:
    made = repo({"pyproject.toml": RUFF, "a.py": "x = 1\n"})
    made.write({"a.py": "import os\n"})
    monkeypatch.setenv(
        "PATH", str(Path(shutil.which("git")).parent) if not shutil.which("ruff", path="/usr/bin") else ""
    )
    ran = invoke("gate", "--only", "ruff-check", "--format", "json", cwd=made.root)
    assert (ran.code, json.loads(ran.out)["results"][0]["status"]) == (1, "broken")


def test_a_command_of_the_repository_needs_trust(repo, invoke) -> None:
    table = "[gates.mine]\ncommand = ['touch', 'ran']\n"
    made = repo({"codeagent.toml": table, "a.py": "x = 1\n"})
    made.write({"a.py": "x = 2\n"})
    ran = invoke("gate", "--only", "mine", cwd=made.root)
    assert ran.code == 1
    assert "codeagent trust" in ran.out
    assert invoke("gate", "--only", "mine", "--trust", cwd=made.root).code == 0
    assert not (made.root / "ran").exists()


@pytest.mark.parametrize("dies", ["kill -9 $$", "kill $$", "no-such-program-at-all", "exec ./a.py"])
def test_a_command_that_dies_is_broken_before_and_after(repo, invoke, dies) -> None:
    table = f"[gates.mine]\ncommand = ['sh', '-c', '{dies}']\n"
    made = repo({"codeagent.toml": table, "a.py": "x = 1\n"})
    made.write({"a.py": "x = 2\n"})
    ran = invoke("gate", "--only", "mine", "--trust", "--format", "json", cwd=made.root)
    assert (ran.code, json.loads(ran.out)["results"][0]["status"]) == (1, "broken")


@pytest.mark.parametrize("form", ["sarif", "github", "md", "json", "text"])
def test_every_form_tells_the_finding(repo, invoke, form) -> None:
    made = repo({"a,b: 100%.py": "x = 1\n"})
    made.write({"a,b: 100%.py": "def f(:\n"})
    ran = invoke("check", "--format", form, cwd=made.root)
    assert ran.code == 1
    assert "syntax" in ran.out
    if form == "github":
        assert "::error file=a%2Cb%3A 100%25.py,line=1," in ran.out
    if form == "sarif":
        result = json.loads(ran.out)["runs"][0]["results"][0]
        assert result["partialFingerprints"]
        assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "a%2Cb%3A%20100%25.py"


def test_waivers_are_the_users_alone_and_shown(repo, invoke) -> None:
    made = repo(
        {"uv.lock": "1\n", "codeagent.toml": "[[waivers]]\ngate = 'protected'\nreason = 'intended'\nnote = 'x'\n"}
    )
    made.write({"uv.lock": "2\n"})
    refused = invoke("gate", "--only", "protected", cwd=made.root)
    assert refused.code == 1
    assert "waivers only count in your own settings" in " ".join(refused.out.split())
    ran = invoke("gate", "--only", "protected", "--waive", "protected=intended:upgrade", cwd=made.root)
    assert (ran.code, "let pass" in ran.out) == (0, True)
    assert invoke("gate", "--waive", "protected=because:upgrade", cwd=made.root).code == 2


def test_a_waiver_is_logged_and_shown_in_every_report(repo, invoke) -> None:
    made = repo({"uv.lock": "1\n"})
    made.write({"uv.lock": "2\n"})
    given = ("--waive", "protected=intended:upgrade of everything")
    for command in ("gate", "review"):
        for form in ("text", "json", "md", "github", "sarif"):
            told = invoke(command, *given, "--format", form, cwd=made.root)
            assert "upgrade of everything" in " ".join(told.out.split()), (command, form)
    lines = [json.loads(line) for line in waiver_log(made.root).read_text().splitlines()]
    assert len(lines) == 10
    assert {(one["rule"], one["path"], one["reason"], one["note"]) for one in lines} == {
        ("protected-path", "uv.lock", "intended", "upgrade of everything")
    }


@pytest.mark.parametrize(
    ("waiver", "said"),
    [
        ("protectd=intended:x", "did you mean protected?"),
        ("protected=temporary:x", "for this run alone"),
        ("protected=whim:x", "one of: false-positive"),
    ],
)
def test_a_waiver_that_says_nothing_known_is_refused(repo, invoke, waiver, said) -> None:
    made = repo({"uv.lock": "1\n"})
    made.write({"uv.lock": "2\n"})
    ran = invoke("gate", "--waive", waiver, cwd=made.root)
    assert (ran.code, said in ran.err) == (2, True), ran.err


def test_a_remark_that_came_with_the_change_silences_nothing(repo, invoke) -> None:
    unused = "def _f():  # codeagent: ignore[unused] for later\n    return 1\n"
    made = repo({"a.py": unused + "\n\nprint(_f())\n"})
    made.write({"a.py": unused + "\n\nprint(1)\n"})
    assert invoke("gate", "--only", "dead", cwd=made.root).code == 0
    made.commit("old", {"a.py": "def _f():\n    return 1\n\n\nprint(_f())\n"})
    made.write({"a.py": unused + "\n\nprint(1)\n"})
    assert invoke("gate", "--only", "dead", cwd=made.root).code == 1


PATCH = """\
--- a/a.py
+++ b/a.py
@@ -1 +1,2 @@
 x = 1
+def f(:
"""


def test_changes_from_everywhere(repo, invoke, tmp_path) -> None:
    made = repo({"a.py": "x = 1\n"})
    assert invoke("check", cwd=made.root).code == 0
    patch = tmp_path / "p.diff"
    patch.write_text(PATCH)
    assert invoke("gate", "--patch", patch, cwd=made.root).code == 1
    made.write({"a.py": "x = 1\ndef f(:\n"})
    assert invoke("check", cwd=made.root).code == 1
    assert invoke("check", "--staged", cwd=made.root).code == 0
    made.git("add", "a.py")
    assert invoke("check", "--staged", cwd=made.root).code == 1
    assert invoke("check", "b.py", cwd=made.root).code == 0
    made.commit("bad")
    assert invoke("gate", "--base", "HEAD~1", "--only", "parse", cwd=made.root).code == 1
    assert invoke("gate", "--base", "HEAD~1..HEAD", "--only", "parse", cwd=made.root).code == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--base", "nowhere"), "unknown revision"),
        (("--only", "nonsense"), "no gate nonsense"),
        (("--patch", "missing.diff"), "cannot read"),
        (("--staged", "--base", "HEAD"), "name the change once"),
    ],
)
def test_bad_requests(repo, invoke, arguments, said) -> None:
    ran = invoke("gate", *arguments, cwd=repo({"a.py": "x = 1\n"}).root)
    assert ran.code == 2
    assert said in ran.err


@pytest.mark.parametrize(
    ("patch", "said"),
    [
        (PATCH.replace(" x = 1", " y = 1"), "does not apply"),
        ("diff --git a/i.png b/i.png\nGIT binary patch\n", "cut short"),
        ("nothing of the kind\n", "no diff"),
        (PATCH.replace("a/a.py", "a/../../a.py"), "outside the repository"),
    ],
)
def test_patches_that_make_no_change(repo, invoke, tmp_path, patch, said) -> None:
    file = tmp_path / "p.diff"
    file.write_text(patch)
    ran = invoke("gate", "--patch", file, cwd=repo({"a.py": "x = 1\n"}).root)
    assert (ran.code, said in ran.err) == (2, True), ran.err


def test_no_git_bare_and_conflicts(repo, invoke) -> None:
    assert "no git repository" in invoke("check", cwd=repo({"a.py": ""}, name="plain", git=False).root).err
    made = repo({"a.py": "x = 1\n"})
    made.git("clone", "-q", "--bare", ".", "../bare.git")
    assert invoke("check", cwd=made.root.parent / "bare.git").code == 2
    made.git("checkout", "-q", "-b", "other")
    made.commit("o", {"a.py": "x = 2\n"})
    made.git("checkout", "-q", "-")
    made.commit("m", {"a.py": "x = 3\n"})
    with pytest.raises(subprocess.CalledProcessError):
        made.git("merge", "other")
    assert "a merge with conflicts" in invoke("check", cwd=made.root).err


def test_cases_are_not_rewritten_unseen() -> None:
    assert not (os.environ.get("CI") and os.environ.get("UPDATE_CASES"))


def test_two_calls_that_do_not_fit_are_two_findings(repo, invoke):
    long = "a" * 100
    calls = f"    f('{long}', 1)\n    f('{long}', 2)\n    f(1, 2)\n    f(1, 2)\n"
    made = repo({"a.py": "def f(a, b):\n    return a\n", "b.py": f"from a import f\n\n\ndef g():\n{calls}"})
    made.write({"a.py": "def f(a):\n    return a\n"})
    said = invoke("gate", "--only", "bindings", "--format", "json", cwd=made.root)
    found = json.loads(said.out)["results"][0]["findings"]
    assert [one["rule"] for one in found] == ["call-misfit"] * 4
    assert len({one["fingerprint"] for one in found}) == 4 and {one["symbol"] for one in found} == {"b.py::g"}
