"""Frameworks and tools that a repository's own files name, each with the places that say so."""

import re
import tomllib
from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files as resources
from typing import Final

from codeagent.domain.report import Evidence, Technology
from codeagent.survey.manifests import Requirement, own_packages
from codeagent.survey.sources import Sources, aside, nearness, numbered

EVERYWHERE: Final = ("tests", "documentation", "continuous integration", "dependency updates")
PLACES: Final = 5  # pieces of evidence kept per technology
IMPORTERS: Final = 3  # files that must import a standard library's framework before it counts
CATEGORIES: Final = (
    "web framework", "web server", "command line", "state and data", "realtime", "database", "background work",
    "data and machine learning", "http client", "remote calls", "data modelling", "serialisation", "templates",
    "text and markup", "text search", "async runtime", "styles", "configuration", "cloud", "libraries", "bindings",
    "errors and logs", "monitoring", "build", "package manager", "tests", "lint, format, types", "documentation",
    "continuous integration", "containers", "deployment", "dependency updates",
)  # fmt: skip


@cache
def technologies() -> dict[str, dict[str, dict[str, str]]]:
    """Return the shipped table: ecosystem to category to package to shown name."""
    text = resources("codeagent.survey").joinpath("technologies.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def stack(
    sources: Sources, declared: Iterable[Requirement], imported: Iterable[tuple[str, str, int]]
) -> tuple[Technology, ...]:
    """Return the technologies in use, by category; `imported` holds (module, path, line) of imports."""
    own = own_packages(sources)
    found: dict[tuple[str, str], dict[Evidence, str]] = {}

    def note(category: str, name: str, version: str, path: str, line: int) -> None:
        found.setdefault((category, name), {}).setdefault(Evidence(path, line), version)

    for need in declared:
        if need.name not in own:
            for category, name in _named(technologies().get(need.ecosystem, {}), need.name):
                note(category, name, need.version, need.path, need.line)
    for path in sources.files.paths:
        for category, name in _present(path):
            if _has_work(name, path, sources.files.paths):
                note(category, name, "", path, 1)
    for category, name, path, line in _sections(sources):
        note(category, name, "", path, line)
    for category, name, places in _imports(imported):
        for path, line in places:
            note(category, name, "", path, line)
    ordered = sorted(found, key=lambda k: (CATEGORIES.index(k[0]) if k[0] in CATEGORIES else 99, k[1].lower()))
    return tuple(_technology(key, found[key]) for key in ordered if not _only_aside(key, found[key]))


def _only_aside(key: tuple[str, str], places: dict[Evidence, str]) -> bool:
    """A package that only examples or documentation ask for is not what the product is made of."""
    return key[0] not in EVERYWHERE and all(aside(place.path) for place in places)


def _technology(key: tuple[str, str], places: dict[Evidence, str]) -> Technology:
    ordered = sorted(places, key=lambda place: (not places[place], nearness(place.path), place.line))
    return Technology(key[1], key[0], places[ordered[0]], tuple(ordered[:PLACES]))


def _named(categories: dict[str, dict[str, str]], package: str) -> list[tuple[str, str]]:
    hits = []
    for category, packages in categories.items():
        exact = packages.get(package)
        if exact:
            return [(category, exact)]
        hits += [(category, n) for p, n in packages.items() if p.endswith("*") and package.startswith(p[:-1])]
    return hits[:1]


@cache
def _globs() -> tuple[tuple[str, str, str, bool], ...]:
    table = technologies()["files"]
    return tuple((c, name, glob, "/" in glob) for c, globs in table.items() for glob, name in globs.items())


@cache
def _by_name(filename: str) -> tuple[tuple[str, str], ...]:
    return tuple((c, n) for c, n, glob, deep in _globs() if not deep and fnmatchcase(filename, glob))


def _present(path: str) -> list[tuple[str, str]]:
    found = list(_by_name(path.rpartition("/")[2])) if not aside(path) else []
    if path.startswith((".", "doc")) or path.endswith("Chart.yaml"):
        found += [(c, name) for c, name, glob, deep in _globs() if deep and fnmatchcase(path, glob)]
    return found


def _has_work(name: str, path: str, paths: Iterable[str]) -> bool:
    """Whether files that a tool works on lie beside or below its settings: else those are data that is called so."""
    suffixes = tuple(technologies()["works_on"]["suffixes"].get(name, "").split())
    folder = path[: path.rfind("/") + 1]
    return not suffixes or any(one.startswith(folder) and one.endswith(suffixes) for one in paths if one != path)


def _sections(sources: Sources) -> Iterable[tuple[str, str, str, int]]:
    table = [(c, s, name) for c, sections in technologies()["sections"].items() for s, name in sections.items()]
    for path in sources.named("pyproject.toml", "setup.cfg", "tox.ini"):
        if aside(path):
            continue
        for number, line in numbered(sources.text(path)):
            if line.startswith("["):
                header = line.strip().strip("[]")
                for category, section, name in table:
                    if header == section or header.startswith(section + "."):
                        yield category, name, path, number
    hooks = {n: (c, shown) for e in ("python", "npm") for c, t in technologies()[e].items() for n, shown in t.items()}
    for path in sources.named(".pre-commit-config.yaml"):
        for number, line in numbered(sources.text(path)):
            hook = re.match(r"\s*-\s*id:\s*[\"']?([\w-]+)", line)
            name = re.sub(r"-(check|format|pre-commit|mirror)$", "", hook[1]) if hook else ""
            if name in hooks and hooks[name][0].startswith("lint"):
                yield (*hooks[name], path, number)


def _imports(imported: Iterable[tuple[str, str, int]]) -> Iterable[tuple[str, str, list[tuple[str, int]]]]:
    wanted = {module: (c, n) for c, modules in technologies()["imports"].items() for module, n in modules.items()}
    places: dict[str, list[tuple[str, int]]] = {}
    for module, path, line in imported:
        if module in wanted and (wanted[module][0] == "tests" or not aside(path)):
            places.setdefault(module, []).append((path, line))
    for module, found in sorted(places.items()):
        if len({path for path, _ in found}) >= IMPORTERS:
            yield (*wanted[module], sorted(found, key=lambda p: (nearness(p[0]), p[1])))
