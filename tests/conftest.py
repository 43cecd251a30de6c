"""Fixtures that every test shares: a home of its own, real git repositories, and the command line."""

import os
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from scripted import Scripted

from codeagent.interfaces.cli import run

Files = Mapping[str, str | bytes]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder of the test's own: no test reads or writes the user's settings, cache or git identity."""
    folder = tmp_path / "home"
    folder.mkdir()
    for name in [n for n in os.environ if n.startswith(("CODEAGENT_", "GIT_", "XDG_"))]:
        monkeypatch.delenv(name)
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "COLUMNS", "GITHUB_ACTIONS"):
        monkeypatch.delenv(name, raising=False)
    values = {
        "HOME": str(folder),
        "USERPROFILE": str(folder),
        "XDG_CONFIG_HOME": str(folder / ".config"),
        "XDG_CACHE_HOME": str(folder / ".cache"),
        "XDG_STATE_HOME": str(folder / ".local/state"),
        "XDG_DATA_HOME": str(folder / ".local/share"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CEILING_DIRECTORIES": str(tmp_path),
    }
    for author in ("AUTHOR", "COMMITTER"):
        values[f"GIT_{author}_NAME"] = "Ada Example"
        values[f"GIT_{author}_EMAIL"] = "ada@example.org"
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return folder


def write_files(root: Path, files: Files) -> None:
    """Write `files` (path to text or bytes) under `root`; text is dedented, bytes are kept as they are."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else textwrap.dedent(content).lstrip("\n").encode())


@dataclass(frozen=True, slots=True)
class Repo:
    """A real git repository (or plain folder) in the test's temporary folder."""

    root: Path

    def write(self, files: Files) -> None:
        """Write or overwrite files; nothing is committed."""
        write_files(self.root, files)

    def git(self, *arguments: str) -> str:
        """Run git here and return its stdout without the final newline."""
        done = subprocess.run(
            ["git", "-c", "init.defaultBranch=main", "-c", "protocol.file.allow=always", *arguments],
            cwd=self.root,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.rstrip("\n")

    def commit(self, message: str = "change", files: Files | None = None, *, author: str = "", date: str = "") -> str:
        """Write `files`, commit everything, return the full id. `author`: "Name <mail>"; `date`: ISO 8601."""
        self.write(files or {})
        self.git("add", "--all")
        options = [*(["--author", author] if author else []), *(["--date", date] if date else [])]
        self.git("commit", "--quiet", "--allow-empty", "--no-gpg-sign", "-m", message, *options)
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def repo(tmp_path: Path, home: Path) -> Callable[..., Repo]:
    """Make repositories: `repo({"a.py": "x = 1"})` has one commit; `git=False` makes a plain folder."""

    def make(files: Files | None = None, *, name: str = "repo", git: bool = True, commit: bool = True) -> Repo:
        made = Repo(tmp_path / name)
        made.root.mkdir(parents=True)
        made.write(files or {})
        if git:
            made.git("init", "--quiet")
            if commit:
                made.commit("start")
        return made

    return make


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command line said and how it ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def cli(home: Path, tmp_path: Path) -> Callable[..., Ran]:
    """Run `codeagent ARGS` as a process of its own, in `cwd` (default: the test's temporary folder)."""

    def start(*arguments: str | Path, cwd: Path = tmp_path, env: Mapping[str, str] | None = None) -> Ran:
        done = subprocess.run(
            [sys.executable, "-m", "codeagent", *map(str, arguments)],
            cwd=cwd,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent), **(env or {})},
            check=False,
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            timeout=300,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    return start


@pytest.fixture
def invoke(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Run `codeagent ARGS` in this process (faster); the working folder is put back afterwards."""

    def call(*arguments: str | Path, cwd: Path | None = None) -> Ran:
        monkeypatch.chdir(cwd or Path.cwd())
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return Ran(code, said.out, said.err)

    return call


@pytest.fixture(scope="session")
def _scripted() -> Iterator[Scripted]:
    served = Scripted()
    yield served
    served.close()


@pytest.fixture
def server(_scripted: Scripted, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scripted]:
    """A model whose answers the test writes beforehand; every command that asks a model asks it."""
    for name in [n for n in os.environ if n.endswith(("_API_KEY", "_API_BASE", "_BASE_URL"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("CODEAGENT_MODEL", _scripted.model)
    monkeypatch.setenv("CODEAGENT_API_BASE", _scripted.url)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-scripted-key")
    yield _scripted
    _scripted.reset()
