"""What is known of the terminal: colour, how much to say, and where results and remarks go."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import typer
from rich.console import Console
from rich.text import Text


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Let the reader who has seen enough be dealt with where all commands are; Rich would exit 1: findings."""
        raise BrokenPipeError


class Color(StrEnum):
    """When to colour output; `auto`: on a terminal, and as NO_COLOR, FORCE_COLOR and TERM say."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


class Format(StrEnum):
    """How a small answer is printed: for people, or one JSON document."""

    TEXT = "text"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Terminal:
    """The global options of one run; stdout carries the result alone, stderr everything else."""

    color: Color = Color.AUTO
    quiet: bool = False
    verbose: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)  # of --set KEY=VALUE

    def out(self, width: int | None = None) -> Console:
        """A console on stdout, for the result."""
        return self._console(stderr=False, width=width)

    def err(self) -> Console:
        """A console on stderr, for progress, remarks and errors."""
        return self._console(stderr=True, width=None)

    def remark(self, text: str) -> None:
        """Say something on stderr that is no part of the result; silent with --quiet."""
        if not self.quiet:
            self.say(text, style="dim")

    def say(self, text: str | Text, style: str = "") -> None:
        """Print words on stderr: in a terminal lines break between them, elsewhere they stay as they are."""
        self.err().print(text, style=style, markup=False, highlight=False, soft_wrap=not sys.stderr.isatty())

    def _console(self, *, stderr: bool, width: int | None) -> Console:
        colored = self.colored()
        stream = sys.stderr if stderr else sys.stdout
        dumb = os.environ.get("TERM", "").lower() in ("dumb", "unknown")
        return _Console(
            stderr=stderr,
            width=width,
            force_terminal=colored or stream.isatty(),
            no_color=colored is False,
            color_system=None if colored is False else "standard" if colored and dumb else "auto",
            highlight=False,
            emoji=False,  # `:a:` in a path is no picture
        )

    def colored(self) -> bool | None:
        """Whether to colour: by the option, else as the environment asks; None: as the terminal can."""
        if self.color is not Color.AUTO:
            return self.color is Color.ALWAYS
        if os.environ.get("NO_COLOR"):
            return False
        forced = any(os.environ.get(name, "0") not in ("", "0") for name in ("FORCE_COLOR", "CLICOLOR_FORCE"))
        return True if forced else None


def terminal_of(ctx: typer.Context) -> Terminal:
    """The terminal that the global options described, or the default one."""
    return ctx.obj if isinstance(ctx.obj, Terminal) else Terminal()


def write_result(text: str) -> None:
    """Write a finished document to stdout as it is, in UTF-8, with a final newline."""
    whole = text if text.endswith("\n") else f"{text}\n"
    sys.stdout.flush()
    sys.stdout.buffer.write(whole.encode("utf-8", "surrogateescape"))
