"""Packages from outside the tree that the product imports; what comes with a language is none."""

import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files as resources
from itertools import takewhile
from typing import Final

from codeagent.domain.facts import ImportFact
from codeagent.domain.insight import External
from codeagent.domain.links import IMPORT_EDGE
from codeagent.graph.tables import Tables
from codeagent.survey.sources import aside, nearness

MOST: Final = 60
_KIN: Final = {"cpp": ("c", "cpp"), "kotlin": ("java",), "scala": ("java",)}
_NAME: Final = re.compile(r"[@\w]")
_HEADERS: Final = frozenset(("c", "cpp"))
_SCRIPTS: Final = frozenset(("javascript", "typescript", "tsx"))


def externals(tables: Tables) -> tuple[External, ...]:
    """Return the packages from outside the tree that product files import, the most used first."""
    outside, inside = _outside(tables), _inside(tables)
    own = _own(tables)
    files: dict[str, dict[str, int]] = {}
    found: Counter[str] = Counter()
    whole: set[str] = set()
    for path, fact, package in _asked(tables):
        if (path, fact.start) in inside:
            found[package] += 1
        elif package in outside and package not in own:
            found[package] -= 1
            files.setdefault(package, {}).setdefault(path, fact.start)
            if fact.spec == package and fact.name in (None, "*"):
                whole.add(package)
    # one whose parts are mostly in the tree is the tree's own, unless it is asked for whole, as `rack` where
    # `rack/protection` is here
    theirs = [name for name in files if found[name] < 0 or name in whole]
    ordered = sorted(theirs, key=lambda name: (-len(files[name]), name))[:MOST]
    return tuple(_external(tables, name, files[name]) for name in ordered)


def _asked(tables: Tables) -> Iterator[tuple[str, ImportFact, str]]:
    """Yield the imports of product files with the package that each asks for, those of the language left out."""
    for path in tables.paths:
        record = tables.graph.files[path]
        if record.test or aside(path):
            continue
        for fact in tables.graph.facts(path).imports:
            package = package_of(fact.spec, record.language)
            if _NAME.match(package) and not _comes_with(package, fact, record.language):
                yield path, fact, package


def _own(tables: Tables) -> frozenset[str]:
    """Return the packages that files say they are of, and the folders that headers are asked for by."""
    files = tables.graph.files
    said = {package_of(tables.graph.facts(path).package, files[path].language) for path in tables.paths}
    folders = {path.partition("/")[0] for path in tables.paths if "/" in path and files[path].language in _HEADERS}
    return frozenset(said | folders)


def _inside(tables: Tables) -> frozenset[tuple[str, int]]:
    """Return (path, byte offset) of every import that leads to the tree."""
    owner, edges = tables.owners(), tables.edges
    places = zip(edges.sources, edges.kinds, edges.starts, strict=True)
    return frozenset((tables.paths[owner[source]], start) for source, kind, start in places if kind == IMPORT_EDGE)


def _outside(tables: Tables) -> frozenset[str]:
    """Return every beginning of every name that the graph places outside the tree."""
    found: set[str] = set()
    for name in tables.external:
        parts = re.split(r"([./\\]|::)", name)
        found.update("".join(parts[: n + 1]) for n in range(0, len(parts), 2))
    return frozenset(found)


def _external(tables: Tables, name: str, uses: Mapping[str, int]) -> External:
    path = min(uses, key=nearness)
    return External(name, len(uses), path, tables.graph.place(path, uses[path], uses[path]).line)


@cache
def _standard() -> dict[str, frozenset[str]]:
    """Return the shipped table: language to what comes with it."""
    text = resources("codeagent.survey").joinpath("standard_libraries.toml").read_text(encoding="utf-8")
    return {language: frozenset(names) for language, names in tomllib.loads(text).items()}


def _comes_with(package: str, fact: ImportFact, language: str) -> bool:
    """Tell whether a package comes with its language."""
    if language == "python":
        return package in sys.stdlib_module_names or package in _standard()["python"]
    if language == "go":
        return "." not in package.partition("/")[0]
    if language == "php":  # classes of the global namespace are the interpreter's and its extensions'
        return "\\" not in fact.spec and not fact.name
    if language in _SCRIPTS and package.startswith("node:"):
        return True
    kin = ("javascript",) if language in _SCRIPTS else _KIN.get(language, (language,))
    names = package, package.partition(".")[0]
    return any(name in _standard().get(one, ()) for name in names for one in kin)


def package_of(spec: str, language: str) -> str:
    """Return the package that an import asks for; empty for relative ones."""
    if spec.startswith((".", "/", "<", "#")) or not spec:
        return ""
    if language == "python":
        return spec.partition(".")[0]
    if language == "rust":
        return spec.partition("::")[0]
    if language == "php":
        return spec.partition("\\")[0]
    if language == "go":
        return "/".join(spec.split("/")[:3]) if "." in spec.partition("/")[0] else spec
    if language in ("java", "kotlin", "scala"):
        return ".".join(takewhile(lambda part: not part[:1].isupper(), spec.split(".")[:3]))
    if language == "csharp":
        return ".".join(spec.split(".")[:2])
    if language in _HEADERS:
        return spec.partition("/")[0].partition(".")[0]
    parts = spec.split("/")
    return "/".join(parts[: 2 if spec.startswith("@") else 1])
