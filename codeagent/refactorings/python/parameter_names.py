"""Python: the parameter that a name stands for, of the function around it or of one around that."""

from codeagent.domain.facts import LIVE, NAME, NONE
from codeagent.graph.views import FileView


def parameter_of(view: FileView, index: int) -> tuple[int, int] | None:
    """Return (symbol of the function, position) of the parameter that an expression is the name of; None for others,
    and for what a function in between binds itself."""
    expr = view.facts.exprs[index] if index != NONE else (NONE,)
    if expr[0] not in (NAME, LIVE):
        return None
    scope, name = expr[1], expr[2]
    while scope > 0:
        fact = view.functions.get(scope)
        if fact is not None:
            for position, param in enumerate(fact.params):
                if param.name == name:
                    return scope, position
            if (scope, name) in view.slots:
                return None
        scope = view.facts.symbols[scope].parent
    return None
