"""Overrides that a refactoring breaks: one of a family renamed alone, a name that now overrides by accident."""

from collections.abc import Iterator

from codeagent.domain.finding import Finding
from codeagent.domain.links import EXACT, INHERIT_EDGE
from codeagent.graph.graph import CodeGraph
from codeagent.graph.naming import key_of
from codeagent.quality.gates.change import Change
from codeagent.quality.gates.fitting import Side
from codeagent.quality.gates.gate import found
from codeagent.quality.gates.signatures import Parameter


def wrong_overrides(change: Change, before: Side, after: Side) -> Iterator[Finding]:
    """Compare the methods of each class family that the change touches."""
    touched = {new for new in change.matching.after if change.matching.after[new].symbol.kind == "method"}
    if not touched:
        return
    families = [_Family(change.before_graph), _Family(change.after_graph)]
    back = {new: old for old, new in change.matching.pairs.items()}
    for new in sorted(touched):
        old = back.get(new)
        if old is not None and change.matching.before[old].text == change.matching.after[new].text:
            continue
        name = new.rpartition(".")[2]
        if name.startswith("__"):
            continue
        symbol = change.matching.after[new].symbol
        was = families[0].relatives(old) if old else set()
        now = families[1].relatives(new)
        old_name = old.rpartition(".")[2] if old else name
        renamed = old_name != name
        if renamed and any(families[1].has(one) for one in was):
            message = f"{old_name} became {name}, and what it overrides or is overridden by did not"
            yield found("broken-override", message, symbol.path, symbol.line, symbol=new)
        elif renamed:
            strangers = {one for one in now if back.get(one, one) not in was}
            if strangers:
                message = f"{name} now overrides or is overridden by {min(strangers)}"
                yield found("accidental-override", message, symbol.path, symbol.line, symbol=new)
        if old is not None:
            yield from _misfits(change, before, after, old, new, now)


def _misfits(change: Change, before: Side, after: Side, old: str, new: str, relatives: set[str]) -> Iterator[Finding]:
    """Methods of one family that took the same parameters and do not any more."""
    mine, then = after.parameters(new), before.parameters(old)
    if mine is None or then is None or _shape(mine) == _shape(then):
        return
    back = {fresh: stale for stale, fresh in change.matching.pairs.items()}
    for one in sorted(relatives):
        theirs, once = after.parameters(one), before.parameters(back.get(one, one))
        if theirs is not None and once is not None and _shape(once) == _shape(then) and _shape(theirs) != _shape(mine):
            symbol = change.matching.after[new].symbol
            message = f"its parameters do not fit those of {one} any more"
            yield found("override-misfit", message, symbol.path, symbol.line, symbol=new)
            return


def _shape(parameters: tuple[Parameter, ...]) -> tuple[tuple[str, str, bool], ...]:
    return tuple((one.name, one.kind, bool(one.default)) for one in parameters)


class _Family:
    """Who inherits from whom, in one graph, as far as it is certain."""

    def __init__(self, graph: CodeGraph) -> None:
        self._graph = graph
        self._near: dict[str, set[str]] = {}
        self._far: dict[str, set[str]] = {}
        for path, links in graph.all_links():
            edges = links.edges
            ids: list[str] = []
            for at in range(0, len(edges), 5):
                _, kind, within, target, certainty = edges[at : at + 5]
                if kind == INHERIT_EDGE and certainty == EXACT:
                    ids = ids or [symbol.id for symbol in graph.symbols(path)]
                    self._near.setdefault(key_of(ids[within]), set()).add(key_of(links.targets[target]))
                    self._far.setdefault(key_of(links.targets[target]), set()).add(key_of(ids[within]))

    def relatives(self, method: str) -> set[str]:
        """The methods of that name in classes above and below."""
        owner, _, name = method.rpartition(".")
        classes = self._closure(owner, self._near) | self._closure(owner, self._far)
        return {f"{one}.{name}" for one in classes if self.has(f"{one}.{name}")}

    def _closure(self, start: str, ways: dict[str, set[str]]) -> set[str]:
        seen: set[str] = set()
        waiting = [start]
        while waiting:
            for one in ways.get(waiting.pop(), ()):
                if one not in seen:
                    seen.add(one)
                    waiting.append(one)
        return seen

    def has(self, method: str) -> bool:
        """Tell whether there is a method of that id."""
        path = method.partition("::")[0]
        return path in self._graph.files and any(one.id == method for one in self._graph.symbols(path))
