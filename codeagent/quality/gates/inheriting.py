"""Whether a member answers to somebody whose code is not in the tree: then no reference proves nothing."""

from codeagent.domain.code import Symbol
from codeagent.domain.facts import INHERITS
from codeagent.domain.links import INHERIT_EDGE
from codeagent.graph.graph import CodeGraph
from codeagent.graph.linked import Wanted

_KINDS = ("class", "interface", "enum", "struct", "trait", "object", "type")
_EVERYBODY = ("object",)


def answers_to_others(graph: CodeGraph, symbol: Symbol) -> bool:
    """Tell whether the type that a symbol is a member of has a base from outside the tree, at any distance."""
    seen, waiting = {symbol.parent}, [symbol.parent]
    while waiting:
        owner = waiting.pop()
        if owner is None or owner.partition("::")[0] not in graph.files:
            return True
        for base in _bases(graph, owner):
            if base not in seen:
                seen.add(base)
                waiting.append(base)
    return False


def _bases(graph: CodeGraph, owner: str) -> list[str | None]:
    """The ids of the bases of a type; None for one that nobody here knows."""
    path = owner.partition("::")[0]
    facts, ids = graph.facts(path), [one.id for one in graph.symbols(path)]
    number = ids.index(owner) if owner in ids else 0
    if graph.symbols(path)[number].kind not in _KINDS:
        return []
    fact = next((one for one in facts.classes if one.symbol == number), None)
    declared = [base for base in (fact.bases if fact else ()) if base >= 0 and facts.exprs[base][2:] != _EVERYBODY]
    links = graph.asked(path, _INHERITS)
    edges = links.edges
    known: list[str | None] = [
        links.targets[edges[at + 3]]
        for at in range(0, len(edges), 5)
        if edges[at + 1] == INHERIT_EDGE and edges[at + 2] == number and "::" in links.targets[edges[at + 3]]
    ]
    return [*known, None] if len(set(known)) < len(declared) else known


def _inherits(start: int, role: int, expr: int) -> bool:
    return role == INHERITS


_INHERITS: Wanted = _inherits
