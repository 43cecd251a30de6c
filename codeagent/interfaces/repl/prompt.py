"""The prompt: history, several lines, completion, and a toolbar that says what is going on."""

from pathlib import Path
from typing import Final

from prompt_toolkit import PromptSession
from prompt_toolkit.history import FileHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

from codeagent.domain.printable import one_line
from codeagent.interfaces.repl.completing import Words
from codeagent.interfaces.repl.index import Names
from codeagent.interfaces.repl.record import history_of
from codeagent.interfaces.repl.session import Runner

PROMPT: Final = "codeagent> "


def talk(runner: Runner) -> int:
    """Ask for lines until the user leaves."""
    names = Names(runner.root)
    names.renew()
    session = _session(runner, names, history_of(runner.root))
    while not runner.left:
        try:
            text = session.prompt(PROMPT)
        except KeyboardInterrupt:
            continue  # the line is given up, the session is not
        except EOFError:
            break
        if text.strip():
            runner.carry_out(text)
            names.renew()
            used.refresh(runner)
    return 0


class _Used:
    """What the session has used, read after each command and not at each drawing."""

    text = ""

    def refresh(self, runner: Runner) -> None:
        self.text = runner.used()


used: Final = _Used()


def _session(runner: Runner, names: Names, history: Path) -> "PromptSession[str]":
    def toolbar() -> str:
        parts = [runner.root.name, runner.model or "no model: /model NAME", used.text, names.state]
        budget = f"budget {runner.session.budget}" if runner.session.budget else ""
        return " · ".join(one_line(part) for part in (*parts, budget) if part)

    return PromptSession(
        history=FileHistory(str(history)),
        completer=Words(names),
        complete_in_thread=True,
        complete_while_typing=True,
        multiline=True,
        prompt_continuation="... ",
        key_bindings=_keys(),
        bottom_toolbar=toolbar,
        refresh_interval=0.5,
    )


def _keys() -> KeyBindings:
    keys = KeyBindings()

    @keys.add("enter")
    def _send(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if buffer.document.text_before_cursor.endswith("\\"):
            buffer.delete_before_cursor()
            buffer.insert_text("\n")
        else:
            buffer.validate_and_handle()

    @keys.add("escape", "enter")
    def _break(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    return keys
