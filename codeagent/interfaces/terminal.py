"""What is known of the terminal: colour, how much to say, and where results and remarks go."""

import os
import sys
from dataclasses import dataclass
from enum import StrEnum

import typer
from rich.console import Console


class Color(StrEnum):
    """When to colour output; `auto`: on a terminal, and as NO_COLOR, FORCE_COLOR and TERM say."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Terminal:
    """The global options of one run; stdout carries the result alone, stderr everything else."""

    color: Color = Color.AUTO
    quiet: bool = False
    verbose: bool = False

    def out(self, width: int | None = None) -> Console:
        """A console on stdout, for the result."""
        return self._console(stderr=False, width=width)

    def err(self) -> Console:
        """A console on stderr, for progress, remarks and errors."""
        return self._console(stderr=True, width=None)

    def remark(self, text: str) -> None:
        """Say something on stderr that is no part of the result; silent with --quiet."""
        if not self.quiet:
            self.err().print(text, style="dim", markup=False, highlight=False, soft_wrap=True)

    def _console(self, *, stderr: bool, width: int | None) -> Console:
        color = self.color
        if color is Color.AUTO and forced_color():
            color = Color.ALWAYS
        return Console(
            stderr=stderr,
            width=width,
            force_terminal=True if color is Color.ALWAYS else None,
            no_color=True if color is Color.NEVER else False if color is Color.ALWAYS else None,
            color_system=None if color is Color.NEVER else "auto",
            highlight=False,
        )


def forced_color() -> bool:
    """Whether the environment asks for colour even where the output is no terminal."""
    if os.environ.get("NO_COLOR"):
        return False
    return any(os.environ.get(name, "0") not in ("", "0") for name in ("FORCE_COLOR", "CLICOLOR_FORCE"))


def terminal_of(ctx: typer.Context) -> Terminal:
    """The terminal that the global options described, or the default one."""
    return ctx.obj if isinstance(ctx.obj, Terminal) else Terminal()


def write_result(text: str) -> None:
    """Write a finished document to stdout as it is, in UTF-8, with a final newline."""
    whole = text if text.endswith("\n") else f"{text}\n"
    sys.stdout.flush()
    sys.stdout.buffer.write(whole.encode("utf-8", "surrogateescape"))
