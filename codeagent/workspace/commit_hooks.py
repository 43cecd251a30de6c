"""The user's git hooks around a commit, run by git itself in a scratch tree, where they can spoil nothing."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from codeagent.domain.errors import Refused
from codeagent.workspace import process
from codeagent.workspace.committing import Author
from codeagent.workspace.git import GitMissing, Repository
from codeagent.workspace.hooks import hook_of
from codeagent.workspace.scratch import Scratch
from codeagent.workspace.trust import Runnable

NAMES: Final = ("pre-commit", "prepare-commit-msg", "commit-msg", "post-commit")
_SECONDS: Final = 900.0
_SHOWN: Final = 20  # lines of what a hook said
_KEPT: Final = ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM")


@dataclass(frozen=True, slots=True)
class Hooks:
    """The folder of a repository's hooks, and those of `NAMES` that are there."""

    folder: Path
    found: tuple[Path, ...]

    @property
    def runnables(self) -> list[Runnable]:
        """What the user is asked to trust: each hook, and its text."""
        return [Runnable((f"git hook {one.name}",), "", one.read_text("utf-8", "replace")) for one in self.found]


def hooks_of(repository: Repository) -> Hooks:
    """Return the hooks that git would run for a commit here; without git nothing runs them."""
    try:
        folder = hook_of(repository, NAMES[0]).path.parent
    except GitMissing:
        return Hooks(repository.top, ())
    places = [folder / name for name in NAMES]
    return Hooks(folder, tuple(one for one in places if one.is_file() and os.access(one, os.X_OK)))


def commit_with(
    hooks: Hooks, scratch: Scratch, tree: str, parent: str, message: str, author: Author, moment: int
) -> str:
    """Let git commit in a scratch tree, whose files are those of the step, with the hooks; return the message.

    Raises Refused, with what the hook said, where one fails, and where one changes what is committed."""
    git = Repository(scratch.path, scratch.path)
    own = scratch.path / ".git"
    if not own.is_dir():
        raise Refused("hooks cannot be run for a part of a repository", "apply the plan at the top of the repository")
    (own / "HEAD").write_text(f"{parent}\n", encoding="ascii")
    git.run("read-tree", tree)
    file = own / "codeagent-message"
    file.write_text(message, encoding="utf-8", errors="surrogateescape")
    settings = (f"core.hooksPath={hooks.folder}", "commit.gpgSign=false", "gc.auto=0", "core.fsmonitor=false")
    options = [part for one in settings for part in ("-c", one)]
    argv = ["git", *options, "commit", "--quiet", "--allow-empty", "--cleanup=verbatim", "--file", os.fspath(file)]
    extra = {**author.environment(moment), "GIT_TERMINAL_PROMPT": "0", "GIT_EDITOR": "false"}
    done = process.run(argv, cwd=scratch.path, timeout=_SECONDS, extra=extra, keep=_KEPT)
    if not done.ok:
        raise Refused(f"a git hook refuses the commit: {_said(done)}", "mend what it says; nothing was written")
    if git.run("rev-parse", "HEAD^{tree}").decode().strip() != tree:
        raise Refused(f"a git hook changed what is committed: {_said(done)}", "nothing was written")
    return (
        git.run("log", "-1", "--format=%B", "--encoding=UTF-8").decode("utf-8", "surrogateescape").rstrip("\n") + "\n"
    )


def _said(done: process.Completed) -> str:
    if done.timed_out:
        return done.complaint()
    text = (done.stdout + done.stderr).decode("utf-8", "replace")
    return "\n".join([line for line in text.splitlines() if line.strip()][-_SHOWN:]) or f"exit code {done.code}"
