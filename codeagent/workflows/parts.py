"""The parts of the report: what the repository shows, how it is built, what leans on what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from codeagent.domain.insight import Cycle, Dependencies, FileStat, KeySymbol, ReadingStep, Subsystem, Tests
from codeagent.domain.report import Command, EntryPoint, Technology
from codeagent.graph.cycles import Circle, FileImports, circles, file_imports
from codeagent.graph.graph import CodeGraph
from codeagent.graph.tables import Tables
from codeagent.survey.commands import commands
from codeagent.survey.cycles import cycles
from codeagent.survey.dependencies import dependencies
from codeagent.survey.entry_points import entry_points
from codeagent.survey.filegraph import FileGraph, file_graph
from codeagent.survey.hotspots import complexities
from codeagent.survey.manifests import requirements
from codeagent.survey.past import Past
from codeagent.survey.ranking import Ranks, key_symbols, ranks, reading_order
from codeagent.survey.sources import Sources, aside, package_folders
from codeagent.survey.stack import stack
from codeagent.survey.subsystems import Community, communities
from codeagent.survey.test_reach import reached_by_tests, tests

ROLES = ("product", "aside", "tests")


@dataclass(frozen=True, slots=True)
class Surface:
    """What manifests, task files and code show at first sight."""

    stack: tuple[Technology, ...]
    commands: tuple[Command, ...]
    entries: tuple[EntryPoint, ...]


@dataclass(frozen=True, slots=True)
class Structure:
    """Subsystems and what holds them together."""

    files: FileGraph
    groups: tuple[Community, ...]
    systems: tuple[Subsystem, ...]
    dependencies: Dependencies
    imports: FileImports
    circles: Sequence[Circle]
    cycles: tuple[Cycle, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """What leans on what, and what tests reach."""

    ranks: Ranks
    keys: tuple[KeySymbol, ...]
    tour: tuple[ReadingStep, ...]
    reached: bytearray
    tests: Tests


def surface(table: Tables, sources: Sources) -> Surface:
    """Read manifests, CI files and entry points."""
    imported = _imported(table.graph, table)
    return Surface(
        stack(sources, requirements(sources), imported), commands(sources), entry_points(table.graph, sources)
    )


def structure(table: Tables, past: Past) -> Structure:
    """Find subsystems, their layering and the circles."""
    trials = frozenset(path for path, record in table.graph.files.items() if record.test)
    files = file_graph(table)
    sizes = {path: table.graph.files[path].code_lines for path in table.paths}
    groups = communities(sizes, files, trials, package_folders(table.graph.files))
    depends, levels = dependencies(table, files, groups, trials)
    systems = _subsystems(table, past, groups, files.references, levels)
    imports = file_imports(table)
    rings = circles(imports)
    return Structure(files, groups, systems, depends, imports, rings, cycles(table, imports, rings))


def standing(table: Tables, sources: Sources, shown: Surface, built: Structure) -> Standing:
    """Rank symbols, lay out the tour, and follow the tests."""
    ranked = ranks(table)
    home = {path: group.name for group in built.groups for path in group.paths}
    keys = key_symbols(table, ranked, home)
    central: dict[str, float] = dict.fromkeys(table.paths, 0.0)
    for number, symbol in enumerate(table.symbols):
        central[symbol.path] += ranked.weight(number) + 0.01 * ranked.scores[number]
    links = {(link.source, link.target) for link in built.dependencies.files}
    tour = reading_order(sources, shown.entries, built.systems, keys, central, links)
    reached = reached_by_tests(table)
    return Standing(ranked, keys, tour, reached, tests(table, reached, built.groups, ranked.users))


def _imported(graph: CodeGraph, table: Tables) -> list[tuple[str, str, int]]:
    """Return (module, path, line) of every import written in the tree."""
    found = []
    for path in table.paths:
        seen = set()
        for fact in graph.facts(path).imports:
            if fact.spec not in seen:
                seen.add(fact.spec)
                found.append((fact.spec, path, graph.place(path, fact.start, fact.start).line))
    return found


def _subsystems(
    table: Tables,
    past: Past,
    groups: tuple[Community, ...],
    references: Mapping[tuple[int, int], float],
    levels: Mapping[str, int],
) -> tuple[Subsystem, ...]:
    """Return the communities with their sizes, cohesion and level, product before tests, the biggest first."""
    totals = complexities(table)
    home = {path: group.name for group in groups for path in group.paths}
    inside: dict[str, float] = {}
    every: dict[str, float] = {}
    for (a, b), count in references.items():
        first, second = home[table.paths[a]], home[table.paths[b]]
        for name in {first, second}:
            every[name] = every.get(name, 0) + count
        if first == second:
            inside[first] = inside.get(first, 0) + count
    found = []
    for group in groups:
        files = tuple(_stat(table, past, path, totals) for path in group.paths)
        spoken: dict[str, int] = {}
        for file in files:
            spoken[file.language] = spoken.get(file.language, 0) + file.code_lines
        found.append(
            Subsystem(
                group.name,
                group.folders,
                files,
                sum(file.code_lines for file in files),
                tuple(sorted(spoken, key=lambda name: (-spoken[name], name))),
                round(inside.get(group.name, 0) / max(1, every.get(group.name, 0)), 3),
                levels.get(group.name, 0),
                "tests" if all(f.test for f in files) else "aside" if all(aside(f.path) for f in files) else "product",
            )
        )
    return tuple(sorted(found, key=lambda s: (ROLES.index(s.role), -s.code_lines, s.name)))


def _stat(table: Tables, past: Past, path: str, totals: Mapping[str, int]) -> FileStat:
    record = table.graph.files[path]
    commits = past.files[path].commits if path in past.files else 0
    return FileStat(path, record.language, record.code_lines, totals[path], commits, record.test)
