"""Bars of the stages of long work."""

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from codeagent.domain import events


class Bars:
    """One bar a stage, drawn when it is shown: no thread, because the index forks its workers."""

    def __init__(self, console: Console) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self._bar = Progress(*columns, console=console, transient=True, auto_refresh=False)
        self._stages: dict[str, TaskID] = {}
        self._bar.start()

    def show(self, event: events.Progress) -> None:
        """Draw how far a stage has come."""
        if event.stage not in self._stages:
            self._stages[event.stage] = self._bar.add_task(event.stage, total=event.total)
        stage = self._stages[event.stage]
        self._bar.update(stage, description=event.label, completed=event.done, total=event.total)
        self._bar.refresh()

    def end(self) -> None:
        """Take the bars away."""
        self._bar.stop()
