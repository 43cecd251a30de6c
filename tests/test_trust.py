"""Trust: what may run is recorded by what exactly would run, outside of the repository."""

import json
import os

import pytest

from codeagent.domain.errors import NotPermitted
from codeagent.workspace import trust
from codeagent.workspace.storage import state_dir
from codeagent.workspace.trust import Runnable

TESTS = Runnable(("python", "-m", "pytest"))


def test_a_command_runs_only_when_it_is_trusted_as_it_is(tmp_path):
    with pytest.raises(NotPermitted, match="not run: python -m pytest; it is code of this repository") as raised:
        trust.require(tmp_path, [TESTS])
    assert raised.value.exit_code == 7
    trust.require(tmp_path, [TESTS], once=True)
    trust.trust(tmp_path, [TESTS])
    trust.require(tmp_path, [TESTS])
    others = (Runnable(("python", "-m", "pytest", "-x")), Runnable(TESTS.argv, "sub"), Runnable(TESTS.argv, "", "x"))
    for other in others:
        with pytest.raises(NotPermitted, match="has changed since"):
            trust.require(tmp_path, [TESTS, other])
    with pytest.raises(NotPermitted, match="is code of this repository"):
        trust.require(tmp_path / "elsewhere", [TESTS])
    assert trust.revoke(tmp_path)
    assert not trust.revoke(tmp_path)
    with pytest.raises(NotPermitted):
        trust.require(tmp_path, [TESTS])


@pytest.mark.parametrize("text", ["", "{", '{"trusted": [1]}', "[]", '{"trusted": [{"root": "/"}]}'])
def test_a_record_that_cannot_be_read_trusts_nobody(tmp_path, text):
    trust.trust(tmp_path, [TESTS])
    (state_dir() / "trust.json").write_text(text)
    assert trust.untrusted(tmp_path, [TESTS]) == [TESTS]


def test_the_command_shows_what_it_trusts(repo, invoke):
    made = repo({"pyproject.toml": "[tool.pytest.ini_options]\n", "test_a.py": "def test_a(): pass\n"})
    said = invoke("trust", cwd=made.root)
    assert said.code == 0, said.err
    assert said.out.splitlines()[0] == str(made.root)
    assert said.out.splitlines()[1].endswith("-m pytest")
    assert "mypy" not in said.out  # it is configured nowhere, and so it would not run
    listed = json.loads(invoke("trust", "--list", "--format", "json", cwd=made.root).out)
    assert [one["root"] for one in listed["trusted"]] == [str(made.root)]
    if os.name == "posix":
        assert (state_dir() / "trust.json").stat().st_mode & 0o077 == 0
    assert "no more" in invoke("trust", "--revoke", cwd=made.root).err
    assert invoke("trust", "--list", cwd=made.root).out == ""
    assert made.git("status", "--porcelain") == ""


def test_there_must_be_something_to_trust(repo, invoke):
    said = invoke("trust", cwd=repo({"a.txt": "x"}).root)
    assert said.code == 2
    assert "nothing to trust" in said.err
