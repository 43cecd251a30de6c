"""Paths and symbols for completion, read in the background: the prompt never waits for them."""

import re
import threading
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Final

from codeagent.config import load_config
from codeagent.domain.errors import CodeAgentError
from codeagent.domain.events import Event, Progress
from codeagent.workspace.git import GitMissing, enclosing

MOST: Final = 40  # names offered at once
_UNNAMED: Final = re.compile(r"[:.]<[a-z]+\d+>")  # what has no name of its own, such as a lambda


class Names:
    """The names of one repository; empty until they are there."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._names: tuple[str, ...] = ()
        self._thread: threading.Thread | None = None
        self.state = ""

    def renew(self) -> None:
        """Read them anew, unless that is going on. A home folder that is no repository is not read by mistake."""
        if enclosing(self._root) is None and self._root in (Path(self._root.anchor), Path.home()):
            self.state = "no repository here"
            return
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._read, name="names", daemon=True)
            self._thread.start()

    def matching(self, text: str) -> Iterator[str]:
        """Yield names that hold a text, the shortest first; else those that hold its letters in order."""
        names, wanted = self._names, text.lower()
        found = [name for name in names if wanted in name.lower()]
        if not found and wanted:
            letters = re.compile(".*?".join(map(re.escape, wanted)), re.IGNORECASE)
            found = [name for name in names if letters.search(name)]
        yield from sorted(found, key=lambda name: (not _last(name).lower().startswith(wanted), len(name), name))[:MOST]

    def _read(self) -> None:
        try:
            update = import_module("codeagent.graph.update")  # here, so that the prompt need not wait for it
            graph = update.open_graph(self._root, None, self._hear, load_config(self._root))
            self._names = tuple(name for name in graph.symbol_ids() if not _UNNAMED.search(name))
            graph.close()
            self.state = ""
        except (CodeAgentError, GitMissing, OSError) as error:
            self.state = f"no completion: {error}"

    def _hear(self, event: Event) -> None:
        if isinstance(event, Progress):
            self.state = f"{event.label} {event.done}/{event.total}"


def _last(name: str) -> str:
    path, _, symbol = name.partition("::")
    return symbol.rpartition(".")[2] or path.rpartition("/")[2]
