"""Go: structs whose literals fill fields by their place, so that no field can come or go unnoticed."""

from codeagent.domain.code import Symbol
from codeagent.domain.facts import CALL, NONE
from codeagent.graph.values import TYPE
from codeagent.graph.views import FileView
from codeagent.refactorings.code import Code


def filled_by_place(code: Code, field: Symbol) -> list[tuple[str, int]]:
    """Return where literals of the struct of a field name no fields: paths and 1-based lines."""
    if field.kind != "field" or code.language(field.path) != "go" or not field.parent:
        return []
    flow = code.naming.flow
    owner = field.parent.rpartition("::")[2].rpartition(".")[2]
    found: list[tuple[str, int]] = []
    for path in sorted(flow.world.facts.mentioning(owner)):
        if code.language(path) != "go":
            continue
        view = flow.world.view(path)
        for expr in view.facts.exprs:
            if expr[0] != CALL or not expr[2] or expr[1] == NONE:
                continue
            made = (value for value in flow.expr(view, expr[1]) if value[0] == TYPE)
            if any(flow.world.view(value[1]).symbol_id(value[2]) == field.parent for value in made):
                found.append((path, code.graph.place(path, *_span(view, expr)).line))
    return found


def _span(view: FileView, literal: tuple[int, int, tuple[int, ...]]) -> tuple[int, int]:
    """Where a literal is: its type, or the first thing in it that is a name."""
    wanted = (literal[1], *literal[2])
    references = view.facts.references
    spans = {
        expr: (start, end)
        for start, end, expr in zip(references[0::5], references[1::5], references[4::5], strict=True)
        if expr in wanted
    }
    return next((spans[expr] for expr in wanted[1:] if expr in spans), spans.get(literal[1], (0, 0)))
