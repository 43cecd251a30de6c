"""Import circles as the report shows them, with the cheapest edge to cut."""

from collections.abc import Iterable

from codeagent.domain.insight import Cycle
from codeagent.graph.cycles import Circle, FileImports
from codeagent.graph.tables import Tables
from codeagent.survey.sources import aside


def cycles(tables: Tables, imports: FileImports, found: Iterable[Circle]) -> tuple[Cycle, ...]:
    """Turn circles of file numbers into paths and lines."""
    result = []
    for circle in found:
        source, target = circle.cut
        path = tables.paths[source]
        result.append(
            Cycle(
                tuple(tables.paths[f] for f in circle.files),
                tuple(tables.paths[f] for f in circle.path),
                path,
                tables.paths[target],
                circle.weight,
                tables.graph.place(path, imports.places[circle.cut], imports.places[circle.cut]).line,
                circle.left,
                circle.when,
            )
        )
    return tuple(sorted(result, key=lambda cycle: aside(cycle.cut_source)))
