"""The report put together: the survey's questions and the checks, asked in order, timed and narrated."""

from codeagent.domain.counting import counted
from codeagent.domain.finding import Finding
from codeagent.domain.insight import Coverage
from codeagent.domain.report import EntryPoint, Report, Repository
from codeagent.graph.tables import Tables, is_code, tables
from codeagent.quality.checks import run_checks
from codeagent.quality.checks.subject import Subject
from codeagent.refactorings import works_on
from codeagent.survey.chronicle import past_of
from codeagent.survey.coupling import coupling
from codeagent.survey.hotspots import hotspots
from codeagent.survey.identity import identity
from codeagent.survey.languages import languages, skipped
from codeagent.survey.opportunities import Ground, opportunities
from codeagent.survey.ownership import ownership
from codeagent.survey.past import Past
from codeagent.survey.sources import Sources, aside, folder
from codeagent.workflows.material import GraphFiles, Material
from codeagent.workflows.parts import Standing, Structure, Surface, standing, structure, surface


def assemble(material: Material) -> Report:
    """Ask every question of the material and return the report, timings left empty."""
    graph = material.graph
    sources = Sources(GraphFiles(graph))
    with material.stage("layout", 0):
        table = tables(graph)
        past = past_of(material.history, graph.files) if material.history else Past()
    with material.stage("surface", 1):
        shown = surface(table, sources)
    with material.stage("structure", 2):
        built = structure(table, past)
    with material.stage("ranking", 3):
        stands = standing(table, sources, shown, built)
    with material.stage("checks", 4):
        found = _findings(material, table, shown, built)
    with material.stage("judgement", 5):
        ground = _ground(table, past, built, stands, found)
        return Report(
            repository=_repository(material, sources, past),
            languages=languages(graph.files),
            skipped=skipped(graph.skipped),
            stack=shown.stack,
            commands=shown.commands,
            entry_points=shown.entries,
            subsystems=built.systems,
            dependencies=built.dependencies,
            cycles=built.cycles,
            key_symbols=stands.keys,
            reading_order=stands.tour,
            hotspots=ground.hotspots,
            coupling=ground.coupling,
            ownership=ownership(past, built.groups),
            tests=stands.tests,
            findings=found,
            opportunities=opportunities(ground),
            coverage=_coverage(material, past),
        )


def _findings(material: Material, table: Tables, shown: Surface, built: Structure) -> tuple[Finding, ...]:
    subject = Subject(
        table,
        material.settings.checks,
        built.imports,
        built.circles,
        frozenset(entry.target for entry in shown.entries if entry.target),
        _published(shown.entries),
        frozenset(path for path in table.graph.files if aside(path)),
    )
    return run_checks(subject)


def _ground(table: Tables, past: Past, built: Structure, stands: Standing, found: tuple[Finding, ...]) -> Ground:
    """Bring together what opportunities are read from."""
    trials = frozenset(path for path, record in table.graph.files.items() if record.test)
    uses = [(table.paths[a], table.paths[b]) for a, b in built.files.references]
    importers: dict[str, int] = {}
    for _, target in built.files.references:
        importers[table.paths[target]] = importers.get(table.paths[target], 0) + 1
    return Ground(
        table,
        stands.ranks,
        stands.reached,
        found,
        built.cycles,
        hotspots(table, past),
        built.dependencies.violations,
        coupling(past, frozenset(table.paths), trials, uses),
        importers,
        works_on,
    )


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


def _published(entries: tuple[EntryPoint, ...]) -> frozenset[str]:
    """Return the folders whose public names belong to whoever installs the package."""
    return frozenset(folder(e.evidence.path) for e in entries if e.kind == "package")


def _coverage(material: Material, past: Past) -> Coverage:
    fresh = material.graph.freshness
    resolved = 1 - fresh.unknown_calls / fresh.calls if fresh.calls else 1.0
    state = f"commit {fresh.revision[:12]}" if fresh.revision else "no commit"
    notes = []
    if fresh.parse_errors:
        notes.append(
            f"{counted(fresh.parse_errors, 'file')} did not parse completely; what is used there may be missing"
        )
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
