"""Where execution enters a repository, from manifests and from code, each with the line that proves it."""

import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Final

from codeagent.domain.report import EntryPoint
from codeagent.graph.graph import CodeGraph
from codeagent.survey.cargo import is_build_script
from codeagent.survey.code_starts import CodeFile, code_starts, worth_reading
from codeagent.survey.declared_starts import declared_starts
from codeagent.survey.sources import Sources, aside, folder, nearness

KINDS: Final = ("console-script", "service", "main", "cli-command", "route", "plugin", "package", "script")


def entry_points(graph: CodeGraph, sources: Sources) -> tuple[EntryPoint, ...]:
    """Return the entry points by kind, those nearest to the root first; tests and examples have none."""
    declared = list(_declared(graph, sources))
    named = {entry.target for entry in declared}
    found = [*declared, *(one for one in _coded(graph, sources) if not _told(one, named))]
    unique = {(e.kind, e.name, e.evidence.path, e.evidence.line): e for e in found}
    return tuple(sorted(unique.values(), key=_order))


def _order(entry: EntryPoint) -> tuple[object, ...]:
    return KINDS.index(entry.kind), nearness(entry.evidence.path), entry.evidence.line, entry.name


def _told(entry: EntryPoint, named: Collection[str | None]) -> bool:
    """Tell whether a program is the file of a command that a manifest names."""
    return entry.kind == "main" and entry.evidence.path in named


def _coded(graph: CodeGraph, sources: Sources) -> Iterator[EntryPoint]:
    for path, record in graph.files.items():
        if record.test or aside(path):
            continue
        facts = graph.facts(path)
        if len(facts.symbols) and worth_reading(path, facts) and not is_build_script(path, sources):
            yield from code_starts(CodeFile(path, facts, graph.symbols(path), graph.read(path)))


def _declared(graph: CodeGraph, sources: Sources) -> Iterator[EntryPoint]:
    modules: dict[str, list[str]] | None = None
    for entry, target in declared_starts(sources):
        symbol = None
        if ">" in target:
            manifest, _, relative = target.partition(">")
            symbol = _file(graph, f"{folder(manifest)}/{relative.removeprefix('./')}".lstrip("/"))
        elif re.fullmatch(r"[\w.]+:[\w.]+(\s*\[.*\])?", target):
            modules = modules if modules is not None else _python_modules(graph)
            symbol = _python(graph, modules, target.partition("[")[0].strip())
        yield replace(entry, target=symbol)


def _file(graph: CodeGraph, path: str) -> str | None:
    for candidate in (path, f"{path}.js", f"{path}.ts"):
        if candidate in graph.files:
            return candidate
    return None


def _python_modules(graph: CodeGraph) -> dict[str, list[str]]:
    """Return Python files by the last part of their module path, nearest to the root first."""
    modules: dict[str, list[str]] = {}
    for path in sorted((p for p, r in graph.files.items() if r.language == "python"), key=nearness):
        parts = path.removesuffix(".py").removesuffix("/__init__").split("/")
        modules.setdefault(parts[-1], []).append(path)
    return modules


def _python(graph: CodeGraph, modules: dict[str, list[str]], target: str) -> str | None:
    module, _, name = target.partition(":")
    tail = module.replace(".", "/")
    for path in modules.get(module.rpartition(".")[2], ()):
        stem = path.removesuffix(".py").removesuffix("/__init__")
        if stem == tail or stem.endswith(f"/{tail}"):
            wanted = f"{path}::{name}"
            return wanted if any(symbol.id == wanted for symbol in graph.symbols(path)) else path
    return None
