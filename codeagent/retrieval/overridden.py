"""The members of bases that a method stands in for: whoever calls those may run it."""

from codeagent.domain.code import Symbol
from codeagent.graph.graph import CodeGraph


def overridden(graph: CodeGraph, method: Symbol) -> list[str]:
    """Return the ids of the same member of all bases in the tree, the nearest first; constructors have none."""
    if not method.parent or "::" not in method.parent or method.kind == "constructor" or method.name.startswith("__"):
        return []
    found: list[str] = []
    waiting, seen = [method.parent], {method.parent}
    while waiting:
        for reference in graph.outgoing(waiting.pop(0), ("inherits",)):
            base = reference.target or ""
            if "::" in base and base not in seen:
                seen.add(base)
                waiting.append(base)
                member = f"{base}.{method.name}"
                if any(one.id == member for one in graph.symbols(base.partition("::")[0])):
                    found.append(member)
    return found
