"""What a repository would have run, and what it would tell agents and let pass: what its user is asked to
trust."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from codeagent.agent.instructions import is_for_agents, read_words
from codeagent.config import Config, project_layers
from codeagent.quality.gates.installed import own_command, placed
from codeagent.quality.gates.invoking import homes_among
from codeagent.quality.gates.settings import load_gates
from codeagent.quality.testing.runner import Files
from codeagent.quality.testing.running import plan
from codeagent.workspace.commit_hooks import hooks_of
from codeagent.workspace.git import enclosing
from codeagent.workspace.scratch.listing import list_disk
from codeagent.workspace.trust import Pass, Runnable, Words

PROJECT_FILES: Final = ("pyproject.toml", "codeagent.toml")  # where a project's own settings stand


def runnables(root: Path, config: Config) -> list[Runnable]:
    """Return the commands of a repository: its tests, the gates that its own settings declare, its git hooks."""
    sources = list_disk(root).files
    files = Files(root, sources, lambda path: sources[path].read())
    gates, _ = load_gates(config)
    used = [
        (gate, home)
        for gate in gates.values()
        if gate.command
        for home in homes_among(sources, lambda path, words: path in sources and words in files.text(path), gate)
    ]
    declared = [Runnable(placed(root, gate, home).command, home) for gate, home in used if gate.needs_trust]
    declared += [Runnable(own) for gate, _ in used if (own := own_command(root, gate))]
    repository = enclosing(root)
    hooks = hooks_of(repository).runnables if repository and not repository.bare else []
    return [*(command.runnable for command in plan(files)), *declared, *hooks]


def words_for_agents(root: Path) -> list[Words]:
    """Return the files of a repository that tell agents what to do, and its skills, sorted by path."""
    return [
        words for path in sorted(list_disk(root).files) if is_for_agents(path) and (words := read_words(root, path))
    ]


def passes(root: Path) -> list[Pass]:
    """Return the waivers in a repository's own settings."""
    sources = list_disk(root).files
    return [pass_of(table) for table in own_waivers(lambda path: sources[path].read() if path in sources else None)]


def own_waivers(read: Callable[[str], bytes | None]) -> Iterator[Mapping[str, Any]]:
    """Yield the tables of the waivers in a project's settings, each with the file that it stands in."""
    for name in PROJECT_FILES:
        source = read(name)
        tables = project_layers(source, name).values.get("waivers") if source else None
        for one in tables if isinstance(tables, list) else ():
            if isinstance(one, dict):
                yield {**one, "origin": name}


def pass_of(table: Mapping[str, Any]) -> Pass:
    """Return what the user trusts of a waiver: all that it says, whatever order that is in."""
    return Pass(str(table["origin"]), ", ".join(f"{key} = {table[key]!r}" for key in sorted(table) if key != "origin"))
