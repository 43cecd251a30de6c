"""What cannot be read, is no repository, or has nothing in it: one clear line, or a right answer; never a traceback."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from codeagent.tools import TOOLS

CODE = {
    "a.py": "def f():\n    g()\n\n\ndef g(): ...\n",
    "b.py": "import a\n\na.f()\n",
    "sub/s.py": "def serve(): ...\n\n\nserve()\n",
    "closed/c.py": "def c(): ...\n",
}
ASKED = {
    "definition": ("sub/s.py:4:1",),
    "find": ("serve",),
    "source": ("serve",),
    "outline": ("sub/s.py",),
    "references": ("serve",),
    "callers": ("serve",),
    "callees": ("sub/s.py",),
    "imports": ("sub/s.py",),
    "path": ("sub/s.py", "serve"),
    "cycles": (),
    "search": ("def",),
    "map": (),
    "locate": ("serve",),
    "impact": ("serve",),
    "edges": (),
}


def powerless(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run codeagent as somebody for whom permissions count: root as well, once it may not override them."""
    command = [sys.executable, "-m", "codeagent", *arguments]
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            pytest.skip("root may read everything, and setpriv is not there to take that away")
        drop = "-dac_override,-dac_read_search"
        command = ["setpriv", f"--bounding-set={drop}", f"--inh-caps={drop}", *command]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "COLUMNS": "200"}
    done = subprocess.run(command, check=False, cwd=root, env=environment, capture_output=True, text=True, timeout=120)
    assert "Traceback" not in done.stderr + done.stdout
    return done


@pytest.fixture
def closed(repo):
    """A repository with a file and a folder that may not be read."""
    made = repo(CODE)
    shut = [made.root / "b.py", made.root / "closed"]
    for path in shut:
        path.chmod(0)
    yield made.root
    for path in shut:
        path.chmod(0o755)


def test_what_may_not_be_read_is_said(closed) -> None:
    told = powerless(closed, "query", "callers", "f")
    assert told.returncode == 0
    assert "no caller of a.py::f was found in 2 files" in told.stdout
    assert "3 paths that may not be read" in told.stdout  # the folder may hold more than the file that is known
    for path in ("b.py", "closed/c.py"):
        told = powerless(closed, "query", "outline", path)
        assert (told.returncode, told.stdout) == (2, "")
        assert "it was left out as: unreadable" in told.stderr
    assert "unreadable" in powerless(closed, "analyze", "--format", "json").stdout
    kept = powerless(closed, "query", "callers", "f", "--rev", "HEAD")  # git's objects may be read
    assert "b.py:3:3" in kept.stdout


def test_nothing_is_changed_where_a_use_may_lie_in_what_cannot_be_read(closed) -> None:
    told = powerless(closed, "refactor", "rename", "f", "fresh")
    assert told.returncode == 4
    assert "b.py may not be read, so nobody knows whether f is used there" in told.stderr
    (closed / ".codeagentignore").write_text("b.py\nclosed/\n")
    assert powerless(closed, "refactor", "rename", "f", "fresh").returncode == 0


@pytest.mark.parametrize("command", ["check", "gate"])
def test_a_change_cannot_be_told_where_git_may_not_read(closed, command) -> None:
    told = powerless(closed, command)
    assert told.returncode == 2
    assert "b.py may not be read, so git cannot say what changed in it" in told.stderr
    assert "hint: make it readable" in told.stderr


@pytest.mark.parametrize("kind", ["empty", "plain", "no commits", "bare"])
@pytest.mark.parametrize(
    "words",
    [
        ("analyze",),
        ("analyze", "--format", "html"),
        ("index",),
        ("query", "find", "f"),
        ("query", "map"),
        ("query", "edges"),
        ("query", "impact", "--staged"),
        ("query", "impact", "--diff", "HEAD~1..HEAD"),
        ("query", "find", "f", "--rev", "HEAD"),
    ],
    ids=" ".join,
)
def test_repositories_with_nothing_in_them(repo, invoke, kind, words) -> None:
    """Nothing is found, or one line says why; and nothing is written."""
    made = repo(CODE if kind == "no commits" else {}, git=kind != "plain", commit=False)
    root = made.root
    if kind == "bare":
        root = root.parent / "bare.git"
        made.git("clone", "--quiet", "--bare", str(made.root), str(root))
    before = sorted(path for path in root.rglob("*") if ".git" not in path.parts)
    done = invoke(*words, cwd=root)
    assert sorted(path for path in root.rglob("*") if ".git" not in path.parts) == before
    needs_commit = kind == "bare" or "--rev" in words or "--diff" in words or (kind == "plain" and "--staged" in words)
    assert done.code == (2 if needs_commit else 0), done.err
    if needs_commit:
        assert done.out == ""
        assert done.err.startswith("error: ")
        assert len(done.err.splitlines()) <= 2


def test_a_bare_repository_is_read_at_its_head(repo, invoke, tmp_path) -> None:
    made = repo(CODE)
    bare = tmp_path / "bare.git"
    made.git("clone", "--quiet", "--bare", str(made.root), str(bare))
    done = invoke("query", "callers", "f", "--format", "jsonl", cwd=bare)
    assert [json.loads(line)["path"] for line in done.out.splitlines()] == ["b.py"]


@pytest.mark.parametrize(
    "words", [("analyze", "a.py"), ("query", "find", "f", "--repo", "a.py"), ("index", "--repo", "a.py")]
)
def test_a_file_is_no_folder(repo, invoke, words) -> None:
    done = invoke(*words, cwd=repo(CODE).root)
    assert (done.code, done.out) == (2, "")
    assert "a.py is a file, not a folder" in done.err


@pytest.mark.parametrize("revision", ["nope", "HEAD~99", "--output=x", "HEAD:sub", ""])
def test_an_unknown_revision(repo, invoke, revision) -> None:
    root = repo(CODE).root
    for words in (("analyze", f"--rev={revision}"), ("query", "find", "f", f"--rev={revision}")):
        done = invoke(*words, cwd=root)
        assert (done.code, done.out) == (2, "")
        assert f"unknown revision '{revision}'" in done.err
    assert not (root / "x").exists()


@pytest.mark.parametrize("verb", TOOLS)
def test_a_folder_of_a_repository_is_a_root_for_every_verb(repo, invoke, verb) -> None:
    """Its paths start there, what lies outside it is not seen, and nothing is said of it."""
    made = repo(CODE)
    given = [one.removeprefix("sub/") for one in ASKED[verb]]
    done = invoke("query", verb, *given, "--format", "json", "--repo", "sub", cwd=made.root)
    assert done.code == 0, done.err
    answer = json.loads(done.out)
    assert answer["freshness"]["files"] == 1
    assert answer["results"] or verb in ("cycles", "imports")
    assert {hit["path"] for hit in answer["results"]} <= {"s.py"}


def test_changes_in_a_folder_are_told_with_its_paths(repo, invoke) -> None:
    made = repo(CODE)
    made.commit("more", {"sub/s.py": "def serve():\n    return 1\n\n\nserve()\n", "a.py": "def f(): ...\n"})
    done = invoke("query", "impact", "--diff", "HEAD~1..HEAD", "--repo", "sub", "--format", "json", cwd=made.root)
    assert {hit["symbol"] for hit in json.loads(done.out)["results"]} == {"s.py::serve", "s.py"}
    made.write({"sub/s.py": "def serve(): ...\n\n\nserve()\n"})
    made.git("add", "--all")
    done = invoke("query", "impact", "--staged", "--repo", "sub", "--format", "json", cwd=made.root)
    assert {hit["symbol"] for hit in json.loads(done.out)["results"]} == {"s.py::serve", "s.py"}
