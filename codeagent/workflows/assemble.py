"""The report put together: the survey's questions and the checks, asked in order, timed and narrated."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from codeagent.config import Config
from codeagent.domain.errors import CodeAgentError
from codeagent.domain.events import Event, Progress
from codeagent.domain.insight import Coverage, FileStat, Subsystem
from codeagent.domain.report import EntryPoint, Report, Repository
from codeagent.graph.cycles import circles, file_imports
from codeagent.graph.graph import CodeGraph
from codeagent.graph.tables import Tables, is_code, tables
from codeagent.quality.checks import run_checks
from codeagent.quality.checks.subject import Subject
from codeagent.survey.chronicle import past_of
from codeagent.survey.commands import commands
from codeagent.survey.coupling import coupling
from codeagent.survey.cycles import cycles
from codeagent.survey.dependencies import dependencies
from codeagent.survey.entry_points import entry_points
from codeagent.survey.filegraph import file_graph
from codeagent.survey.hotspots import complexities, hotspots
from codeagent.survey.languages import identity, languages, skipped
from codeagent.survey.manifests import requirements
from codeagent.survey.opportunities import Ground, opportunities
from codeagent.survey.ownership import ownership
from codeagent.survey.past import Past
from codeagent.survey.ranking import key_symbols, ranks, reading_order
from codeagent.survey.sources import Sources, aside, folder
from codeagent.survey.stack import stack
from codeagent.survey.subsystems import Community, communities
from codeagent.survey.test_reach import reached_by_tests, tests
from codeagent.workspace.history import History

STAGES = 6
UNINDEXED = ("unknown-language", "generated")
LONGEST = 1_000_000  # bytes
ROLES = ("product", "aside", "tests")


@dataclass(frozen=True, slots=True)
class Material:
    """What a report is made from."""

    graph: CodeGraph
    history: History | None
    settings: Config
    notes: tuple[str, ...]
    time: Callable[[str], AbstractContextManager[None]]
    emit: Callable[[Event], None]

    @contextmanager
    def stage(self, name: str, number: int) -> Iterator[None]:
        """Time a stage and say that it began."""
        self.emit(Progress(name, number, STAGES))
        with self.time(name):
            yield
        if number == STAGES - 1:
            self.emit(Progress(name, STAGES, STAGES))


class GraphFiles:
    """A graph's files as manifests are read from them, with lock files, licences and the like that are not indexed."""

    def __init__(self, graph: CodeGraph) -> None:
        self.graph = graph
        others = (path for reason in UNINDEXED for path in graph.skipped.get(reason, ()))
        self.paths = sorted({*graph.files, *(path for path in others if not path.endswith("/"))})

    def read(self, path: str) -> bytes:
        """Return a file's bytes, of large ones that are not indexed the beginning; empty where it cannot be read."""
        if path in self.graph.files:
            return self.graph.read(path)
        try:
            return self.graph.tree.read(path)[:LONGEST]
        except (OSError, CodeAgentError):
            return b""


def assemble(material: Material) -> Report:
    """Ask every question of the material and return the report, timings left empty."""
    graph = material.graph
    sources = Sources(GraphFiles(graph))
    with material.stage("layout", 0):
        table = tables(graph)
        trials = frozenset(path for path, record in graph.files.items() if record.test)
        past = past_of(material.history, graph.files) if material.history else Past()
    with material.stage("surface", 1):
        imported = _imported(graph, table)
        technologies = stack(sources, requirements(sources), imported)
        entries = entry_points(graph, sources)
        runs = commands(sources)
    with material.stage("structure", 2):
        files = file_graph(table)
        groups = communities(table.paths, files, trials)
        depends, levels = dependencies(table, files, groups, trials)
        systems = _subsystems(table, past, groups, files.references, levels)
        imports = file_imports(table)
        rings = circles(imports)
        loops = cycles(table, imports, rings)
    with material.stage("ranking", 3):
        ranked = ranks(table)
        home = {path: group.name for group in groups for path in group.paths}
        keys = key_symbols(table, ranked, home)
        central: dict[str, float] = dict.fromkeys(table.paths, 0.0)
        for symbol, score in zip(table.symbols, ranked.scores, strict=True):
            central[symbol.path] += score
        tour = reading_order(sources, entries, systems, keys, central)
        reached = reached_by_tests(table)
        reach = tests(table, reached, groups, ranked.users)
    with material.stage("checks", 4):
        subject = Subject(
            table,
            material.settings.checks,
            imports,
            rings,
            frozenset(entry.target for entry in entries if entry.target),
            _published(graph, entries),
            frozenset(path for path in graph.files if aside(path)),
        )
        found = run_checks(subject)
    with material.stage("judgement", 5):
        spots = hotspots(table, past)
        uses = {(table.paths[a], table.paths[b]): True for a, b in files.references}
        pairs = coupling(past, frozenset(table.paths), trials, uses)
        owned = ownership(past, groups)
        importers: dict[str, int] = {}
        for _, target in files.references:
            importers[table.paths[target]] = importers.get(table.paths[target], 0) + 1
        chances = opportunities(
            Ground(table, ranked, reached, found, loops, spots, depends.violations, pairs, importers)
        )
    return Report(
        repository=_repository(material, sources, past),
        languages=languages(graph.files),
        skipped=skipped(graph.skipped),
        stack=technologies,
        commands=runs,
        entry_points=entries,
        subsystems=systems,
        dependencies=depends,
        cycles=loops,
        key_symbols=keys,
        reading_order=tour,
        hotspots=spots,
        coupling=pairs,
        ownership=owned,
        tests=reach,
        findings=found,
        opportunities=chances,
        coverage=_coverage(material, past),
    )


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


def _repository(material: Material, sources: Sources, past: Past) -> Repository:
    graph = material.graph
    name, description, licence = identity(sources, graph.root.name)
    records = graph.files.values()
    code = [record for record in records if is_code(record.language)]
    notes = list(material.notes)
    if not graph.files:
        notes.append("no files: the folder is empty, or everything in it is ignored")
    elif not code:
        notes.append("no code: only data, markup and text")
    return Repository(
        name,
        str(graph.root),
        description,
        licence,
        graph.freshness.revision,
        graph.freshness.dirty,
        past.commits,
        past.first,
        past.last,
        len(graph.files),
        len(code),
        sum(record.lines for record in records),
        sum(record.code_lines for record in code),
        tuple(notes),
    )


def _subsystems(
    table: Tables,
    past: Past,
    groups: tuple[Community, ...],
    references: Mapping[tuple[int, int], int],
    levels: Mapping[str, int],
) -> tuple[Subsystem, ...]:
    """Return the communities with their sizes, cohesion and level, product before tests, the biggest first."""
    totals = complexities(table)
    home = {path: group.name for group in groups for path in group.paths}
    inside: dict[str, int] = {}
    every: dict[str, int] = {}
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


def _published(graph: CodeGraph, entries: tuple[EntryPoint, ...]) -> frozenset[str]:
    """Return the folders whose public names belong to whoever installs the package."""
    return frozenset(folder(e.evidence.path) for e in entries if e.kind == "package")


def _coverage(material: Material, past: Past) -> Coverage:
    fresh = material.graph.freshness
    resolved = 1 - fresh.unknown_calls / fresh.calls if fresh.calls else 1.0
    state = f"commit {fresh.revision[:12]}" if fresh.revision else "no commit"
    notes = []
    if fresh.parse_errors:
        notes.append(f"{fresh.parse_errors} files did not parse completely; what they use may be missing")
    if fresh.calls:
        notes.append(f"{fresh.unknown_calls} of {fresh.calls} calls lead to a place that reading alone cannot tell")
    return Coverage(
        fresh.files,
        fresh.parsed,
        fresh.parse_errors,
        fresh.calls,
        fresh.unknown_calls,
        round(resolved, 4),
        past.commits,
        state + (" with uncommitted changes" if fresh.dirty else ""),
        tuple(notes),
    )
