"""References that a change can have turned by the names that it binds otherwise, told without linking anything."""

from collections.abc import Collection
from functools import cached_property

from codeagent.graph.flow import Flow
from codeagent.graph.graph import CodeGraph
from codeagent.graph.naming import key_of
from codeagent.graph.rebound import Rebound
from codeagent.graph.spelling import is_bare, spelled
from codeagent.graph.targets import Targets
from codeagent.graph.world import World
from codeagent.languages import BY_NAME


class Turning:
    """Compares what bare names denote on two sides, where they are spelled like what is bound otherwise."""

    def __init__(self, before: CodeGraph, after: CodeGraph, names: Rebound) -> None:
        self._after, self._names = after, names
        self._sides = _Static(before), _Static(after)

    def starts(self, path: str, *, gone: bool) -> set[int]:
        """Return where a bare name starts that is bound otherwise now; with `gone` members of such a name, too."""
        facts = self._after.facts(path)
        around = BY_NAME[facts.language].scoping.members_in_scope
        bare = self._names.every if around else self._names.outer
        members: Collection[str] = self._names.every if gone else ()
        refs = facts.references
        return {
            start
            for start, expr in zip(refs[::5], refs[4::5], strict=True)
            if ((name := spelled(facts, expr)) in members and not is_bare(facts, expr))
            or (name in bare and is_bare(facts, expr) and self._is_bound_otherwise(path, expr))
        }

    def _is_bound_otherwise(self, path: str, expr: int) -> bool:
        before, after = self._sides
        return before.denoted(path, expr) != after.denoted(path, expr)


class _Static:
    """What bare names of files denote on one side: told by bindings alone, so few files have to be looked into."""

    def __init__(self, graph: CodeGraph) -> None:
        self._graph = graph
        self._files: dict[str, Targets] = {}

    @cached_property
    def _flow(self) -> Flow:
        return Flow(World(*self._graph.sources()))

    def denoted(self, path: str, expr: int) -> frozenset[str]:
        if path not in self._files:
            self._files[path] = Targets(self._flow, self._flow.world.view(path))
        return frozenset(map(key_of, self._files[path].denoted(expr)))
