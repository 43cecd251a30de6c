"""Patches that hold binary files: what git writes of them is applied, and what it leaves out is named."""

import json
import random
import subprocess

import pytest

from codeagent.domain.diff import apply_diff, read_diff
from codeagent.domain.errors import UsageError

PICTURE = b"\x89PNG\r\n\x1a\n\0" + bytes(range(256)) * 8


def diff(made, *words: str) -> bytes:
    made.git("add", "--all")
    command = ["git", "diff", "--cached", *words]
    return subprocess.run(command, cwd=made.root, check=True, capture_output=True).stdout


@pytest.mark.parametrize("seed", range(6))
def test_what_git_writes_is_made_again(repo, seed) -> None:
    """Whole contents and differences, of files that come, change, move and go."""
    chance = random.Random(seed)
    old = {f"{n}.bin": b"\0" + chance.randbytes(chance.choice((0, 3, 70_000, 200_000))) for n in range(4)}
    made = repo(dict(old))
    cut = chance.randrange(len(old["1.bin"]) + 1)
    new = {
        "0.bin": old["0.bin"] + b"\0more",
        "1.bin": old["1.bin"][:cut] + chance.randbytes(40) + old["1.bin"][cut:] + b"\0",
        "moved.bin": old["2.bin"],
        "new.bin": b"\0" + chance.randbytes(500),
    }
    made.git("rm", "-q", "2.bin", "3.bin")
    made.write(new)
    after, _ = apply_diff(read_diff(diff(made, "--binary")), old.get)
    assert {path: data for path, data in after.items() if data is not None} == new
    assert {path for path, data in after.items() if data is None} == {"2.bin", "3.bin"}


def test_a_difference_from_another_content_does_not_fit(repo) -> None:
    made = repo({"a.bin": b"\0" + random.Random(1).randbytes(9000)})
    made.write({"a.bin": (made.root / "a.bin").read_bytes() + b"\0"})
    patch = diff(made, "--binary")
    assert b"\ndelta " in patch
    with pytest.raises(UsageError, match="does not apply to a"):
        apply_diff(read_diff(patch), lambda path: b"\0other")


@pytest.mark.parametrize("words", [(), ("--binary",)])
@pytest.mark.parametrize("command", ["gate", "review"])
def test_the_rest_of_a_patch_is_judged(repo, invoke, tmp_path, command, words) -> None:
    made = repo({"a.py": "def f():\n    return 1\n\n\ndef g():\n    return f()\n", "logo.png": PICTURE})
    made.write({"a.py": "def h():\n    return 1\n\n\ndef g():\n    return f()\n", "logo.png": PICTURE[:-9] + b"\0"})
    (tmp_path / "p.diff").write_bytes(diff(made, *words))
    made.git("reset", "-q", "--hard")
    ran = invoke(command, "--patch", tmp_path / "p.diff", "--format", "json", cwd=made.root)
    assert (ran.code, "f stands for nothing" in ran.out) == (1, True), ran.err
    assert ("logo.png was judged by its name alone" in ran.out) == (not words)


def test_what_a_gate_would_read_is_not_judged_unread(repo, invoke, tmp_path) -> None:
    made = repo({"a.py": "x = 1\n", ".gitattributes": "*.py -diff\n"})
    made.write({"a.py": "x = 2\n"})
    (tmp_path / "p.diff").write_bytes(diff(made))
    made.git("reset", "-q", "--hard")
    ran = invoke("gate", "--patch", tmp_path / "p.diff", cwd=made.root)
    assert (ran.code, "the patch says that a.py differs" in ran.err, "--binary" in ran.err) == (2, True, True)


def test_a_picture_is_told_by_its_path(repo, invoke, tmp_path) -> None:
    made = repo({"a.py": "x = 1\n"})
    made.write({"logo.png": PICTURE})
    (tmp_path / "p.diff").write_bytes(diff(made))
    made.git("reset", "-q", "--hard")
    ran = invoke("gate", "--patch", tmp_path / "p.diff", "--allow", "*.py", "--format", "json", cwd=made.root)
    scope = next(one for one in json.loads(ran.out)["results"] if one["gate"] == "scope")
    assert [one["path"] for one in scope["findings"]] == ["logo.png"]
