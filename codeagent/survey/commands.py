"""How to install, build, test, lint and run a repository, read from its own manifests, task files and CI."""

from collections.abc import Iterable, Iterator

from codeagent.domain.report import Command
from codeagent.survey import ci, conventions, purpose, tasks
from codeagent.survey.sources import Sources, nearness

PER_PURPOSE = 6
FROM_CI = 2


def commands(sources: Sources) -> tuple[Command, ...]:
    """Return what one can run here, by purpose, the most telling first; no command twice."""
    found = [*tasks.declared(sources), *conventions.conventional(sources), *ci.steps(sources)]
    best: dict[tuple[str, str, str], tuple[int, Command]] = {}
    for rank, command in found:
        best.setdefault((command.purpose, command.command, command.directory), (rank, command))
    ordered = sorted(best.values(), key=_order)
    return tuple(_few(command for _, command in ordered))


def _order(ranked: tuple[int, Command]) -> tuple[object, ...]:
    rank, command = ranked
    place = command.evidence
    return (
        purpose.PURPOSES.index(command.purpose),
        nearness(command.directory + "/x" if command.directory else "x")[:2],
        rank,
        len(command.command),  # `test` comes before `test:coverage:watch`
        nearness(place.path),
        place.line,
    )


def _few(commands: Iterable[Command]) -> Iterator[Command]:
    """Keep the first of each purpose; a long list of variants helps nobody."""
    counts: dict[tuple[str, bool], int] = {}
    for command in commands:
        key = (command.purpose, command.source == "CI")
        counts[key] = counts.get(key, 0) + 1
        if counts[key] <= (FROM_CI if key[1] else PER_PURPOSE) and command.purpose != purpose.OTHER:
            yield command
