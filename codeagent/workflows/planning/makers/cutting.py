"""break-cycle and mend-layers: what one file needs of another moves, so that it no longer has to import it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from codeagent.domain.plan import Step
from codeagent.graph.graph import CodeGraph
from codeagent.refactorings.python.components import file_name
from codeagent.workflows.planning.makers.making import Made, Making, rewrite_of, step_of
from codeagent.workflows.planning.measuring import in_circles

_MOST_NAMES: Final = 8
_MOST_PAIRS: Final = 3
_ATTEMPTS: Final = 10


def cut_circle(making: Making) -> Made:
    """Cut the edge that the report names, else another of the circle: fewer files are in circles afterwards."""
    source, target = making.chance.targets
    for first, second in _edges(making, source, target):
        found = _cut(making, making.graph, first, second, "cut", opens=True)
        if found is not None:
            return Made((found[1],), making.chance.effect)
    text = (
        f"Change {source} so that it no longer imports {target}, not inside functions either: move what it needs of "
        f"it to a module that both may import, or hand it over as an argument. No behaviour changes."
    )
    step = rewrite_of("cut", making.chance.title, text, {"files": [source, target]}, _why(making))
    return Made((_beside(step, source, target),), making.chance.effect)


def _edges(making: Making, source: str, target: str) -> list[tuple[str, str]]:
    """The edges of a shortest circle, the one that is cheapest to cut first."""
    circle = next(one for one in making.report.cycles if (one.cut_source, one.cut_target) == (source, target))
    around = list(zip(circle.path, (*circle.path[1:], circle.path[0]), strict=True))
    return [(source, target), *(pair for pair in around if pair != (source, target))]


def mend(making: Making) -> Made:
    """Cut what leads from a subsystem to one that stands above it, file by file."""
    graph, steps, left = making.graph, list[Step](), list[tuple[str, str]]()
    pairs = _pairs(making)
    for source, target in pairs:
        found = _cut(making, graph, source, target, f"cut-{len(steps) + 1}") if len(steps) < _MOST_PAIRS else None
        if found is None:
            left.append((source, target))
        else:
            graph = found[0]
            steps.append(found[1])
    if left:
        listed = "; ".join(f"{source} uses {target}" for source, target in left[:10])
        text = (
            f"{making.chance.effect}: turn these around: {listed}. Move what is needed downwards, or hand it over as "
            "an argument or a callback from above. No behaviour changes."
        )
        files = list(dict.fromkeys(path for pair in left[:10] for path in pair))
        step = rewrite_of("mend", making.chance.title, text, {"files": files}, _why(making))
        steps.append(replace(_beside(step, *files), after=tuple(one.id for one in steps)))
    return Made(tuple(steps), making.chance.effect)


@dataclass(frozen=True, slots=True)
class _Option:
    """A move that may make an import needless."""

    names: tuple[str, ...]
    to: str
    title: str
    reexport: bool = False  # others may know the names by where they were


def _cut(
    making: Making, graph: CodeGraph, source: str, target: str, name: str, *, opens: bool = False
) -> tuple[CodeGraph, Step] | None:
    """The first move after which a file no longer imports the other, and no more files are in circles than before.

    `opens`: fewer must be."""
    if graph.files[source].language != "python":
        making.refusals.append(f"move: {graph.files[source].language} has no operation for it")
        return None
    before = in_circles(graph)
    for option in _options(making, graph, source, target):
        if making.tried >= _ATTEMPTS:
            return None
        arguments = {"target": list(option.names), "to": option.to, **({"reexport": True} if option.reexport else {})}
        step = step_of(name, option.title, "move", arguments, _why(making))
        result = making.attempt(graph, step)
        if result is None:
            continue
        if _imports(result, source, target):
            making.refusals.append(f"move to {option.to}: {source} would still import {target}")
        elif in_circles(result) > before - opens:
            making.refusals.append(f"move to {option.to}: as many files would be in circles as before, or more")
        else:
            return result, step
    return None


def _options(making: Making, graph: CodeGraph, source: str, target: str) -> Iterator[_Option]:
    """What nobody else knows may go to whom it concerns; what others know goes where all can import it from."""
    needed, users = _needed(graph, source, target), _users(graph, source, target)
    if not needed:
        making.refusals.append(f"move: {source} uses {target} as a whole, not by names that could move")
        return
    shown = ", ".join(one.rpartition("::")[2] for one in needed[:3])
    if len(needed) <= _MOST_NAMES:
        if _only_between(graph, needed, source, target):
            yield _Option(tuple(needed), source, f"Move {shown} to {source}, which alone needs it")
        new = _new_module(graph, target, needed)
        yield _Option(tuple(needed), new, f"Move {shown} to {new}, which both may import", reexport=True)
    if users and len(users) <= _MOST_NAMES and _only_between(graph, users, source, target):
        names = ", ".join(one.rpartition("::")[2] for one in users[:3])
        yield _Option(tuple(users), target, f"Move {names} to {target}, which it needs")


def _only_between(graph: CodeGraph, symbols: list[str], *paths: str) -> bool:
    """Whether symbols are private, and used in these files alone, tests apart: nobody elsewhere can miss them."""
    if not all(one.rpartition("::")[2].startswith("_") for one in symbols):
        return False
    users = {reference.path for one in symbols for reference in graph.incoming(one)}
    return all(path in paths or graph.files[path].test for path in users)


def _needed(graph: CodeGraph, source: str, target: str) -> list[str]:
    """The top-level symbols of one file that another uses."""
    found = (one.partition("::") for one in graph.links(source).targets if one.startswith(f"{target}::"))
    tops = {f"{path}::{name.partition('.')[0].partition('#')[0]}" for path, _, name in found}
    return [one.id for one in graph.symbols(target) if one.id in tops and one.parent == target]


def _users(graph: CodeGraph, source: str, target: str) -> list[str]:
    """The top-level symbols of a file in which another one is used."""
    tops = [one for one in graph.symbols(source) if one.parent == source]
    edges = [edge for one in graph.symbols(source) for edge in graph.outgoing(one.id)]
    spots = [edge.span.start for edge in edges if (edge.target or "").partition("::")[0] == target]
    inside = {one.id for one in tops for spot in spots if one.span.start <= spot < one.span.end}
    return [one.id for one in tops if one.id in inside]


def _new_module(graph: CodeGraph, target: str, needed: list[str]) -> str:
    """A path beside a module, named after what goes there, that is still free."""
    folder, stem = target.rpartition("/")[0], target.rpartition("/")[2].removesuffix(".py")
    name = file_name([one.rpartition("::")[2] for one in needed]) or "shared"
    plain = (name, f"{stem.strip('_')}_{name}", f"{name}_base")
    for one in (*plain, *(f"{name}_{number}" for number in range(2, 99))):
        path = f"{folder}/{one}.py" if folder else f"{one}.py"
        if path not in graph.paths and f"{path.removesuffix('.py')}/__init__.py" not in graph.paths:
            return path
    return target


def _imports(graph: CodeGraph, source: str, target: str) -> bool:
    return source in graph.files and any(one.partition("::")[0] == target for one in graph.links(source).targets)


def _pairs(making: Making) -> list[tuple[str, str]]:
    """The pairs of files behind a dependency that runs against the layers, the example of the report first."""
    report, chance = making.report, making.chance
    against = next(one for one in report.dependencies.violations if (one.path, one.line) == (chance.path, chance.line))
    home = {file.path: system.name for system in report.subsystems for file in system.files}
    found = [
        pair for pair in making.graph.file_edges()
        if home.get(pair[0]) == against.source and home.get(pair[1]) == against.target
    ]  # fmt: skip
    return sorted(found, key=lambda pair: (pair[0] != chance.path, pair))


def _beside(step: Step, *files: str) -> Step:
    """The step with leave to make modules beside the files that it edits."""
    folders = dict.fromkeys(path.rpartition("/")[0] for path in files)
    return replace(step, scope=tuple(f"{folder}/*" if folder else "/*" for folder in folders))


def _why(making: Making) -> str:
    return "; ".join(making.chance.evidence)
