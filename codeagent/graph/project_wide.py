"""Imports that hold in a file because another of its project says them for all: C#'s `global using`."""

from dataclasses import replace

from codeagent.domain.code import Reference
from codeagent.domain.facts import PROJECT_WIDE
from codeagent.graph.graph import CodeGraph
from codeagent.graph.names import EVERYWHERE
from codeagent.graph.world import World
from codeagent.languages import BY_NAME


def project_wide(graph: CodeGraph, path: str) -> list[Reference]:
    """Return those of the imports that another file says for all of a project which bring what a file refers to, as
    imports of that file: they stand elsewhere."""
    graph.facts(path)
    if not BY_NAME[graph.files[path].language].scoping.project_files:
        return []
    world = World(*graph.sources())
    project = world.project(world.view(path))
    reached = {_file(one) for one in graph.outgoing_of_file(path)}
    found = []
    for other in sorted(graph.mentioning((EVERYWHERE,))):
        view = world.view(other)
        if other != path and world.project(view) == project:
            wide = {one.start for one in view.facts.imports if one.flags & PROJECT_WIDE}
            said = (one for one in graph.outgoing_of_file(other, ("imports",)) if one.span.start in wide)
            found += [replace(one, within=path) for one in said if _file(one) in reached]
    return found


def _file(reference: Reference) -> str:
    return (reference.target or "").partition("::")[0]
