"""The symbols that an expression names."""

from codeagent.domain.facts import (
    ATTR,
    GIVEN,
    IMPORT,
    LITERAL,
    LIVE,
    NAME,
    TAKES,
    TYPED,
    WITHIN,
)
from codeagent.graph import alike, definitions, fixtures, implied, lookup, members
from codeagent.graph.flow import Flow
from codeagent.graph.values import (
    MANY_MARK,
    Denoted,
)
from codeagent.graph.views import FileView


def denote(flow: Flow, view: FileView, index: int) -> list[Denoted | str]:
    """The symbols that an expression names, or dotted names of outside things; [] for anything else."""
    expr = view.facts.exprs[index]
    op = expr[0]
    if op in (NAME, LIVE):
        types, others = alike.meant(flow, view, index)
        return [*(definitions.of_name(flow, view, expr[1], expr[2]) if others else ()), *types]
    if op == ATTR:
        found: list[Denoted | str] = []
        values = flow.expr(view, expr[1])
        for value in () if MANY_MARK in values else values:
            found += members.denoted(flow, view, value, expr[2])
        if not found and view.language.scoping.wide_stars:
            for value in lookup.package(flow, view, lookup.path_of(view, expr[1])) - values:
                found += members.denoted(flow, view, value, expr[2])
        return found if len(found) < 2 else sorted(set(found), key=str)
    if op == IMPORT:
        return definitions.imported(flow, view, expr[1], expr[2])
    if op == GIVEN:
        return list(fixtures.of_name(flow, view, expr[1], expr[2]))
    if op == WITHIN:
        return denote(flow, view, expr[1] if implied.is_member(flow, view, expr) else expr[2])
    if op in (TYPED, TAKES):
        return denote(flow, view, expr[1])
    if op == LITERAL:
        return [f"<builtin>.{expr[1]}"]
    return []
