"""Whether a tool of somebody else's server may run: asked of whoever sits at the terminal, once or for the session."""

import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from codeagent.config import Config
from codeagent.domain.events import Asking, Event
from codeagent.domain.tool import Tool
from codeagent.interfaces.approving import ask_permission
from codeagent.interfaces.mcp.client import external_tools
from codeagent.interfaces.terminal import Terminal
from codeagent.workflows.asking.dialogue import granted
from codeagent.workspace.eventlog import EventLog


class Permissions:
    """What the user lets servers do in one dialogue; each answer is on record in the run that it was given in."""

    def __init__(self, terminal: Terminal, root: Path, session: str, emit: Callable[[Event], None]) -> None:
        self._terminal, self._emit = terminal, emit
        self._log: EventLog | None = None
        self._granted = set(granted(root, session))
        self._lock = threading.Lock()  # explorers ask one after the other

    def hold(self, log: EventLog) -> None:
        """Put what is said from now on in this log."""
        self._log = log

    def ask(self, tool: str, question: str) -> bool:
        """Tell whether a tool, by the name of its server and its own, may be called now."""
        with self._lock:
            if tool in self._granted:
                return True
            self._emit(Asking())
            said = ask_permission(question, self._terminal)
            self._emit(Asking(over=True))
            if said == "a":
                self._granted.add(tool)
            if self._log is not None:
                self._log.append("decision", {"what": "tool", "tool": tool, "said": said, "by": "user"}, sender="user")
            return said != "n"


@contextmanager
def lent_tools(
    terminal: Terminal, root: Path, config: Config, session: str, emit: Callable[[Event], None]
) -> Iterator[tuple[Permissions, Mapping[str, Tool]]]:
    """The tools of the user's servers for one run, and what the user lets them do while it lasts."""
    may = Permissions(terminal, root, session, emit)
    ask_first = may.ask if config.mcp and somebody_there() else None
    with external_tools(config, ask_first, emit) as tools:
        yield may, tools


def somebody_there() -> bool:
    """Whether a question would be seen and could be answered."""
    return sys.stdin.isatty() and sys.stderr.isatty()
