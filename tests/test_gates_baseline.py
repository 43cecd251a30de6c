"""`codeagent gates baseline`: what is there already is recorded, counts as old, and only ever becomes less."""

import json

import pytest

from codeagent.domain.code import Certainty
from codeagent.domain.finding import Finding, Severity
from codeagent.domain.quality import GateResult, Status
from codeagent.quality.gates.baseline import BASELINE, Known, excused, read_baseline, write_baseline

UNUSED = "def _one():\n    return 1\n"
BROKEN = "def f(:\n"
LONG = "def f(a):\n" + "".join(f"    if a == {n}:\n        return {n}\n" for n in range(16))


@pytest.fixture
def made(repo):
    return repo({"a.py": UNUSED, "b.py": BROKEN, "c.py": LONG})


def told(ran):
    return json.loads(ran.out)


def gate(invoke, made, *names: str):
    options = [word for name in names for word in ("--only", name)]
    ran = invoke("gate", *options, "--format", "json", cwd=made.root)
    return ran.code, {one["gate"]: one for one in told(ran)["results"]}


def test_it_is_shown_then_written_and_only_shrinks(made, invoke):
    shown = invoke("gates", "baseline", "--format", "json", cwd=made.root)
    assert shown.code == 0
    assert not (made.root / BASELINE).exists()
    assert told(shown)["recorded"] is None
    assert {(one["gate"], one["rule"], one["path"], one["count"]) for one in told(shown)["findings"]} == {
        ("dead", "unused", "a.py", 1),
        ("parse", "syntax-error", "b.py", 1),
        ("complexity", "complex-function", "c.py", 1),
    }
    written = invoke("gates", "baseline", "--update", cwd=made.root)
    assert written.code == 0
    known = read_baseline((made.root / BASELINE).read_bytes())
    assert len(known) == 3
    assert invoke("gates", "baseline", cwd=made.root).code == 0

    made.write({"b.py": "x = 1\n", "d.py": BROKEN})
    grew = invoke("gates", "baseline", "--update", "--format", "json", cwd=made.root)
    assert grew.code == 1
    assert [one["path"] for one in told(grew)["new"]] == ["d.py"]
    assert [one["path"] for one in told(grew)["fixed"]] == ["b.py"]
    left = read_baseline((made.root / BASELINE).read_bytes())
    assert sorted(one.path for one in left.values()) == ["a.py", "c.py"]


def test_what_the_base_s_baseline_knows_is_old(made, invoke):
    invoke("gates", "baseline", "--update", cwd=made.root)
    (made.root / "a.py").unlink()
    (made.root / "c.py").unlink()
    made.commit("with a baseline")
    made.write({"a.py": UNUSED, "c.py": LONG})
    code, results = gate(invoke, made, "dead", "complexity")
    assert code == 0
    assert [one["rule"] for one in results["dead"]["existing"]] == ["unused"]
    assert [one["rule"] for one in results["complexity"]["existing"]] == ["complex-function"]
    made.write({"a.py": UNUSED.replace("_one", "_two"), "c.py": LONG + "    if a:\n        return a\n"})
    code, results = gate(invoke, made, "dead", "complexity")
    assert code == 1
    assert [one["value"] for one in results["complexity"]["findings"]] == [18]


def test_a_change_s_own_baseline_excuses_nothing_and_its_growth_is_tampering(made, invoke):
    made.write({"z.py": UNUSED})
    invoke("gates", "baseline", "--update", cwd=made.root)
    code, results = gate(invoke, made, "dead", "tamper", "protected")
    assert code == 1
    assert [one["path"] for one in results["dead"]["findings"]] == ["z.py"]
    assert [one["rule"] for one in results["tamper"]["findings"]] == ["grown-baseline"]
    assert "unused in a.py" in results["tamper"]["findings"][0]["message"]
    assert results["protected"]["status"] == "passed"


def test_a_baseline_that_shrinks_is_no_finding_and_one_that_cannot_be_read_is(made, invoke):
    invoke("gates", "baseline", "--update", cwd=made.root)
    made.commit("with a baseline")
    made.write({"b.py": "x = 1\n"})
    invoke("gates", "baseline", "--update", cwd=made.root)
    assert "b.py" not in (made.root / BASELINE).read_text()
    assert gate(invoke, made, "tamper", "protected")[0] == 0
    made.write({BASELINE: "{"})
    code, results = gate(invoke, made, "tamper")
    assert (code, results["tamper"]["status"]) == (1, "broken")
    made.commit("a broken one")
    made.write({"b.py": "x = 2\n"})
    ran = invoke("gate", "--only", "parse", cwd=made.root)
    assert ran.code == 2
    assert "cannot be read" in ran.err


def test_a_broken_tool_keeps_what_is_recorded_of_it(made, invoke):
    settings = "[gates.mine]\ncommand = ['cat', 'said']\nreads = 'lines'\nsummary = 'what a file says'\n"
    made.write({"codeagent.toml": settings, "said": "a.py:1: M1 something\n"})
    made.commit("a tool")
    assert invoke("gates", "baseline", "--update", "--trust", "--only", "mine", cwd=made.root).code == 0
    assert "M1" in (made.root / BASELINE).read_text()
    ran = invoke("gates", "baseline", "--update", "--only", "mine", cwd=made.root)  # nobody trusts it now
    assert ran.code == 0
    assert "mine is broken" in ran.err
    assert "M1" in (made.root / BASELINE).read_text()


def finding(value: float | None = None) -> Finding:
    return Finding("r", Severity.ERROR, "m", "a.py", 1, None, "f" * 16, Certainty.EXACT, value=value)


@pytest.mark.parametrize(
    ("new", "existing", "count", "left"), [(1, 0, 1, 0), (2, 0, 1, 1), (1, 1, 1, 1), (1, 1, 2, 0), (1, 0, 0, 1)]
)
def test_each_is_excused_as_often_as_it_is_recorded(new, existing, count, left):
    known = {("g", "f" * 16): Known("g", "r", "a.py", "f" * 16, count)}
    result = GateResult("g", Status.FAILED, (finding(),) * new, (finding(),) * existing)
    judged = excused(result, known)
    assert (len(judged.findings), judged.status) == (left, Status.FAILED if left else Status.PASSED)
    assert len(judged.existing) == new + existing - left


def test_the_file_is_read_as_it_was_written():
    known = [Known("g", "r", "b.py", "1", 1), Known("g", "r", "a.py", "2", 3, 17.0)]
    text = write_baseline(known)
    assert list(read_baseline(text).values()) == [known[1], known[0]]
    assert read_baseline(write_baseline([])) == {}
