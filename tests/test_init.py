"""`codeagent init`: what it sees, what it drafts, and that nothing is written unasked or over something else."""

import json
import tomllib

import pytest

from codeagent.config import load_config
from codeagent.quality.gates.settings import load_gates

PROJECT = {
    "pyproject.toml": '[project]\nname = "shop"\n[tool.pytest.ini_options]\n[tool.mypy]\nstrict = true\n',
    "service/cart.py": "def total(rows):\n    return sum(rows)\n",
    "tests/test_cart.py": "from service.cart import total\n\n\ndef test_total():\n    assert total([1]) == 1\n",
}


def part(folder, number, below):
    """A file that uses all others of its folder before it, and one of the folder below."""
    used = [f"from {folder}.part{n} import f{n}" for n in range(number)]
    used += [f"from {below}.part{number} import f{number} as low"] if below else []
    body = " + ".join([*(f"f{n}()" for n in range(number)), "low()" if below else "1"])
    return "\n".join([*used, "", "", f"def f{number}():", f"    return {body}", ""])


LAYERED = {
    f"{folder}/part{n}.py": part(folder, n, below)
    for folder, below in (("api", "service"), ("service", "store"), ("store", ""))
    for n in range(6)
}


def test_it_shows_what_fits_and_writes_nothing_unasked(repo, invoke):
    made = repo(PROJECT)
    done = invoke("init", "--repo", made.root)
    assert done.code == 0
    assert "[gates.tests]" in done.out and "[gates.mypy]" in done.out
    assert "found pytest" in done.err and "codeagent init --hook" in done.err
    assert not (made.root / "codeagent.toml").exists()


def test_tools_that_projects_below_the_root_configure_are_found(repo, invoke):
    below = {f"packages/{name}/pyproject.toml": "[tool.ruff]\n[tool.mypy]\n" for name in ("one", "two")}
    made = repo({**below, "packages/one/a.py": "x = 1\n", "packages/two/b.py": "x = 1\n"})
    told = json.loads(invoke("init", "--format", "json", "--repo", made.root).out)
    seen = {one["gate"]: one["where"] for one in told["seen"]}
    both = "packages/one/pyproject.toml, packages/two/pyproject.toml"
    assert (seen["ruff-check"], seen["mypy"]) == (both, both)


def test_what_it_writes_is_valid_and_names_no_machine(repo, invoke):
    made = repo(PROJECT)
    assert invoke("init", "--yes", "--repo", made.root).code == 0
    text = (made.root / "codeagent.toml").read_text()
    assert set(tomllib.loads(text)["gates"]) >= {"tests", "mypy"}
    assert "/bin/" not in text and str(made.root) not in text
    gates, notes = load_gates(load_config(made.root))
    assert notes == () and gates["tests"].required
    again = invoke("init", "--yes", "--repo", made.root)
    assert again.code == 0 and "as it would be written" in again.err
    assert invoke("undo", cwd=made.root).code == 0
    assert not (made.root / "codeagent.toml").exists()


def test_a_file_that_is_there_is_never_overwritten(repo, invoke):
    made = repo({**PROJECT, "codeagent.toml": 'exclude = ["old"]\n'})
    done = invoke("init", "--yes", "--repo", made.root)
    assert done.code == 4 and '-exclude = ["old"]' in done.out
    assert (made.root / "codeagent.toml").read_text() == 'exclude = ["old"]\n'


def test_layers_are_offered_only_where_they_hold(repo, invoke):
    layered = json.loads(invoke("init", "--format", "json", "--repo", repo(LAYERED).root).out)
    assert layered["state"] == "new" and not layered["written"]
    assert layered["layers"] == "architecture: api > service > store"
    against = {**LAYERED, "store/part0.py": "from api.part0 import f0 as up\n" + LAYERED["store/part0.py"]}
    broken = json.loads(invoke("init", "--format", "json", "--repo", repo(against, name="other").root).out)
    assert broken["layers"] == ""


@pytest.mark.parametrize("twice", [False, True])
def test_the_workflow_is_written_once(repo, invoke, twice):
    made = repo(PROJECT)
    assert invoke("init", "--workflow", "--yes", "--repo", made.root).code == 0
    path = made.root / ".github/workflows/codeagent.yml"
    assert "pull_request:" in path.read_text() and "pull_request_target" not in path.read_text()
    if twice:
        path.write_text("name: mine\n")
        assert invoke("init", "--workflow", "--yes", "--repo", made.root).code == 4
        assert path.read_text() == "name: mine\n"
