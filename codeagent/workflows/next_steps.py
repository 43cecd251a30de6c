"""What to do next in a repository: the few commands that would get somebody further from where they are."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from codeagent.config import Config, load_config
from codeagent.domain.errors import CodeAgentError
from codeagent.workflows.diagnose import Diagnosis, State
from codeagent.workflows.trusting import runnables
from codeagent.workspace.git import enclosing
from codeagent.workspace.trust import untrusted


@dataclass(frozen=True, slots=True)
class NextStep:
    """A command, and what it is for."""

    command: str
    why: str


def next_steps(root: Path, found: Iterable[Diagnosis], flags: dict[str, str] | None = None) -> tuple[NextStep, ...]:
    """Return what to do, the most pressing first: problems, what this repository lacks, what is worth a try."""
    problems = [one for one in found if one.state is State.PROBLEM]
    steps = [NextStep(one.remedy, f"mends {one.name}") for one in problems if one.remedy]
    try:
        config = load_config(root, flags)
    except CodeAgentError:
        return tuple(steps)
    return (*steps, *_of_repository(root, config), *_of_model(config))


def _of_repository(root: Path, config: Config) -> Iterator[NextStep]:
    repository = enclosing(root)
    if repository is None:
        yield NextStep("cd YOUR/REPOSITORY", "codeagent works on the repository that you are in")
        return
    top = repository.top
    if not any((top / name).exists() for name in ("codeagent.toml", ".codeagent")):
        yield NextStep("codeagent init", "settings that fit this repository, and the doors that you want opened")
    try:
        waiting = untrusted(top, runnables(top, config))
    except CodeAgentError:
        waiting = []
    if waiting:
        yield NextStep("codeagent trust", "shows what would run, and lets the gates run this repository's tests")
    yield NextStep("codeagent analyze", "what this repository is, how it hangs together, where it hurts")


def _of_model(config: Config) -> Iterator[NextStep]:
    if not config.model:
        yield NextStep("export CODEAGENT_MODEL=…", "only for ask, plan and fix; everything else works without a model")
