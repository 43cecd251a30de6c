"""Tools from a repository's own environment: run once the user trusts them, never before."""

import json
import os


def environment(made, program, text):
    """Give the repository an environment with a Python and a program in it."""
    made.write({".venv/pyvenv.cfg": "home = /usr\n", f".venv/bin/{program}": text, ".venv/bin/python": "#!/bin/sh\n"})
    for name in (program, "python"):
        os.chmod(made.root / ".venv/bin" / name, 0o755)


def ruff_of(ran):
    return next(one for one in json.loads(ran.out)["results"] if one["gate"] == "ruff-check")


def test_a_tool_of_the_repository_runs_only_when_it_is_trusted(repo, invoke):
    made = repo({"ruff.toml": "", "a.py": "x = 1\n", ".gitignore": ".venv/\n"})
    environment(made, "ruff", "#!/bin/sh\necho '[]'\n")
    own = str(made.root / ".venv/bin/ruff")
    made.write({"a.py": "x = 2\n"})
    ask = ("gate", "--only", "ruff-check", "--format", "json")
    assert ruff_of(invoke(*ask, cwd=made.root))["command"][:1] != [own]
    assert ruff_of(invoke(*ask, "--trust", cwd=made.root))["command"][0] == own
    assert own in invoke("trust", cwd=made.root).out
    told = ruff_of(invoke(*ask, cwd=made.root))
    assert (told["status"], told["command"][0]) == ("passed", own)


def test_a_program_of_the_same_name_beside_another_python_is_not_the_repositorys(repo, invoke, tmp_path, monkeypatch):
    made = repo({"ruff.toml": "", "a.py": "x = 1\n"})
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "bin").mkdir(parents=True)
    for name in ("python", "ruff"):
        (elsewhere / "bin" / name).write_text("#!/bin/sh\necho '[]'\n")
        (elsewhere / "bin" / name).chmod(0o755)
    monkeypatch.setenv("VIRTUAL_ENV", str(elsewhere))
    made.write({"a.py": "x = 2\n"})
    ran = invoke("gate", "--only", "ruff-check", "--trust", "--format", "json", cwd=made.root)
    assert not ruff_of(ran)["command"][0].startswith(str(elsewhere))
