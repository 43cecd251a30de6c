"""The facts of a snapshot as they were before some of its files changed, came or went."""

from collections.abc import Iterable, Iterator, Mapping, Set
from functools import cached_property

from codeagent.domain.facts import FileFacts
from codeagent.graph.arranged import arrange
from codeagent.graph.names import defined_names, last_names, mentioned_names
from codeagent.graph.views import FileView
from codeagent.graph.world import Facts


class Earlier:
    """Facts as the resolver reads them: those of now but for files that came since, and the old ones of others."""

    def __init__(self, now: Facts, old: Mapping[str, FileFacts], came: Set[str] = frozenset()) -> None:
        self._now, self._old, self._came = now, old, came

    def __getitem__(self, path: str) -> FileFacts:
        return self._old[path] if path in self._old else self._now[path]

    def __contains__(self, path: object) -> bool:
        return path in self._old or (path in self._now and path not in self._came)

    def __iter__(self) -> Iterator[str]:
        yield from (path for path in self._now if path not in self._came)
        yield from (path for path in self._old if path not in self._now)

    def view(self, path: str) -> FileView:
        """Return the facts of a file arranged for look-up."""
        return arrange(path, self._old[path]) if path in self._old else self._now.view(path)

    def mentioning(self, name: str) -> Iterable[str]:
        """Return the paths of the files in whose facts a name occurs, in path order."""
        return self._those(self._now.mentioning(name), self._mentioned, name)

    def defining(self, name: str) -> Iterable[str]:
        """Return the paths of the files with a definition whose dotted name ends in a name, in path order."""
        return self._those(self._now.defining(name), self._defined, name)

    def _those(self, now: Iterable[str], old: Mapping[str, set[str]], name: str) -> list[str]:
        apart = self._old.keys() | self._came
        return sorted([*(path for path in now if path not in apart), *(path for path in old if name in old[path])])

    @cached_property
    def _mentioned(self) -> dict[str, set[str]]:
        return {path: mentioned_names(facts) for path, facts in self._old.items()}

    @cached_property
    def _defined(self) -> dict[str, set[str]]:
        return {path: last_names(defined_names(facts)) for path, facts in self._old.items()}
