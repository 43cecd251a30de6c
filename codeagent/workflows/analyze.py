"""`analyze`: a repository in, the onboarding report out; made from facts, kept until a fact changes."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from codeagent.config import Config, load_config
from codeagent.domain.errors import UsageError
from codeagent.domain.events import Event, Progress
from codeagent.domain.report import Report
from codeagent.graph.graph import CodeGraph
from codeagent.graph.update import open_graph
from codeagent.survey.chronicle import history_of
from codeagent.workflows.assemble import assemble
from codeagent.workflows.kept import Kept, keep_report, kept_report, report_key
from codeagent.workflows.material import Material
from codeagent.workspace.git import GitMissing, Repository, enclosing, trouble
from codeagent.workspace.history import History

Emit = Callable[[Event], None]


@dataclass(slots=True)
class Clock:
    """Seconds per phase."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def time(self, phase: str) -> Iterator[None]:
        """Measure one phase."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[phase] = round(time.perf_counter() - start, 3)


def analyze(root: Path, rev: str | None = None, *, emit: Emit | None = None, config: Config | None = None) -> Report:
    """Return the report of the folder `root`, as it is on disk or at revision `rev`.

    Raises UsageError for an unknown revision; a folder without git, commits or code gives a report that says so."""
    settings = config or load_config(root)
    clock = Clock()
    with clock.time("total"):
        with clock.time("index"):
            graph = open_graph(root, rev, emit, settings)
        with clock.time("history"):
            history, notes = _history(root, graph, settings, emit)
        key = report_key(graph, history, settings)
        report = kept_report(settings.cache_dir, root, key)
        if report is None:
            material = Material(graph, history, settings, notes, clock.time, emit or _nobody)
            report = assemble(material)
            keep_report(settings.cache_dir, root, Kept(key, report))
    return replace(report, timings=clock.seconds)


def _history(
    root: Path, graph: CodeGraph, settings: Config, emit: Emit | None
) -> tuple[History | None, tuple[str, ...]]:
    """Return the past of the revision looked at, and why there is none."""
    repository = enclosing(root)
    if repository is None:
        return None, ("no git repository: nothing is known of churn, coupling and ownership",)
    if graph.freshness.revision is None:
        said = trouble(repository)
        why = f"git cannot read the repository ({said})" if said else "no commits yet"
        return None, (f"{why}: nothing is known of churn, coupling and ownership",)
    if emit:
        emit(Progress("history", 0, 1))
    try:
        history = history_of(
            Repository(root, repository.top, repository.bare), graph.freshness.revision, settings.cache_dir
        )
    except (GitMissing, UsageError) as error:
        return None, (f"history could not be read: {error}",)
    finally:
        if emit:
            emit(Progress("history", 1, 1))
    notes = () if history.complete else ("history is cut short (a shallow clone or a very long one)",)
    return history, notes


def _nobody(event: Event) -> None:
    """Say nothing."""
