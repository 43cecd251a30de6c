"""A session: each line is carried out as the command line would, and nothing that fails ends it."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from rich.table import Table

from codeagent.agent.ledger import Sum, read
from codeagent.config import Config, load_config
from codeagent.domain.errors import CodeAgentError, UsageError
from codeagent.interfaces.amounts import amount
from codeagent.interfaces.cli import run
from codeagent.interfaces.diffs import print_diff
from codeagent.interfaces.failures import report
from codeagent.interfaces.repl.apart import apart
from codeagent.interfaces.repl.record import Session
from codeagent.interfaces.repl.words import OWN, Line, meaning, slashes, takes
from codeagent.interfaces.terminal import Terminal
from codeagent.workspace.git import NotARepository, enclosing

NO_MODEL: Final = """\
No model is configured, so questions are answered with what the code graph finds.
What works without one: /analyze /map /find /impact /refactor /gate /review and every other /command.
To have one: /model NAME, or `model = "NAME"` in your settings, with the key where its provider looks for it, \
such as ANTHROPIC_API_KEY or OPENAI_API_KEY; one on your machine needs none: /model ollama/NAME."""


class Runner:
    """Carries out lines. `done` is called after each, with the exit code."""

    def __init__(self, root: Path, terminal: Terminal, session: Session) -> None:
        self.root, self.terminal, self.session = root, terminal, session
        self.left = False
        self._began = time.time()

    @property
    def config(self) -> Config:
        """The settings in force; of the session, too."""
        return load_config(self.root, dict(self.terminal.settings))

    @property
    def model(self) -> str:
        """The model that answers, "" for none."""
        return self.session.model or self.config.model

    def used(self) -> str:
        """What models took since the session began, "" where none was asked."""
        day = time.strftime("%Y-%m-%d", time.gmtime(self._began))
        total = Sum()
        for one in read(day):
            total = total.plus(one) if one.time >= self._began else total
        return amount(total.usage) if total.usage.calls else ""

    def carry_out(self, text: str, *, bare: bool = False) -> int:
        """Carry out one line and return its exit code; what goes wrong is told."""
        try:
            line = meaning(text, bare=bare)
            self.session.note(line=text)
            if line.own:
                return self._own(line)
            whole = self._whole(line.arguments)
            asks = takes(line.arguments, "--model")
            return apart(lambda: run(whole)) if asks else run(whole)
        except (CodeAgentError, OSError, KeyboardInterrupt) as error:
            return report(error, self.terminal)

    def _whole(self, arguments: tuple[str, ...]) -> list[str]:
        """A command line with the options that hold for the session."""
        before = [f"--color={self.terminal.color}"]
        before += ["--quiet"] * self.terminal.quiet + ["--verbose"] * self.terminal.verbose
        before += [part for key, value in self.terminal.settings.items() for part in ("--set", f"{key}={value}")]
        if self.session.model:
            before += ["--set", f"model={self.session.model}"]
        first, rest = arguments[0], list(arguments[1:])
        if self.session.budget and "--max-cost" not in rest and takes(arguments, "--max-cost"):
            rest = ["--max-cost", self.session.budget, *rest]
        if "--session" not in rest and takes(arguments, "--session"):
            rest = ["--session", self.session.id, *rest]
        return [*before, first, *rest]

    # --- our own commands

    def _own(self, line: Line) -> int:
        does: dict[str, Callable[[tuple[str, ...]], int]] = {
            "model": self._model,
            "budget": self._budget,
            "diff": self._diff,
            "help": self._help,
            "quit": self._quit,
        }
        return does[line.own](line.arguments)

    def _model(self, words: tuple[str, ...]) -> int:
        if words:
            self.session.note(model=words[0])
        self.terminal.remark(f"model: {self.model}" if self.model else NO_MODEL)
        return 0

    def _budget(self, words: tuple[str, ...]) -> int:
        if words:
            try:
                most = float(words[0].removeprefix("$"))
            except ValueError:
                most = -1.0
            if most < 0:
                raise UsageError(f"{words[0]} is no amount", "/budget 0.50 lets each question cost half a dollar")
            self.session.note(budget=f"{most:g}")
        budget = self.session.budget
        self.terminal.remark(f"budget: {budget} dollars for each question" if budget else "no budget is set")
        return 0

    def _diff(self, words: tuple[str, ...]) -> int:
        repository = enclosing(self.root)
        if repository is None:
            raise NotARepository(f"{self.root} is in no git repository")
        reference = words[0] if words else "HEAD"
        if reference.startswith("-"):
            raise UsageError(f"{reference} is no revision", "/diff HEAD~1")
        diff = repository.run("diff", "--no-ext-diff", "--no-textconv", reference, "--")
        print_diff(diff.decode("utf-8", "replace"), self.terminal.out())
        if not diff:
            self.terminal.remark(f"no file that git tracks differs from {reference}")
        return 0

    def _help(self, words: tuple[str, ...]) -> int:
        if words and words[0].removeprefix("/") not in OWN:
            return run(self._whole((*meaning("/" + words[0].removeprefix("/")).arguments, "--help")))
        table = Table.grid(padding=(0, 2))
        for name, about in slashes().items():
            table.add_row(f"[bold]/{name}[/]", about)
        self.terminal.out().print(table)
        self.terminal.remark("anything else is a question; @path and @symbol name code; Alt-Enter begins a new line")
        return 0

    def _quit(self, words: tuple[str, ...]) -> int:
        self.left = True
        return 0
