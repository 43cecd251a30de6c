"""imports: imports of the tree's own files that lead nowhere, and new circles of files that load each other."""

import posixpath
import sys
from collections.abc import Callable, Iterator
from functools import cache, partial

from codeagent.domain.facts import NOT_LOADED, ImportFact
from codeagent.domain.finding import Finding
from codeagent.domain.links import IMPORT_EDGE
from codeagent.domain.quality import GateResult
from codeagent.graph.graph import CodeGraph
from codeagent.graph.spelling import is_import
from codeagent.graph.spots import line_at
from codeagent.languages import syntax
from codeagent.quality.gates.change import Change
from codeagent.quality.gates.gate import found, judged, new_ones
from codeagent.quality.gates.stray_imports import is_stray

DEFERRED = 4  # flag of an import that is conditional or dynamic
_RELATIVE = ("./", "../")
_ROOTS = ("", "src/", "lib/")  # of packages


def imports(change: Change) -> GateResult:
    """Look at the imports of written files, and at the circles that new ones close."""
    after = [one for path in change.written() for one in _lost(change.after_graph, path)]
    before = [one for path in change.written() for one in _lost(change.before_graph, change.old_path(path))]
    new, existing = new_ones(before, after)
    return judged("imports", [*new, *_circles(change)], existing)


def _lost(graph: CodeGraph, path: str) -> Iterator[Finding]:
    """Imports that name a file or package of the tree and find none."""
    if path not in graph.files:
        return
    language, facts, links = graph.files[path].language, graph.facts(path), graph.asked(path, is_import)
    inside = [target.partition("::")[0] in graph.files for target in links.targets]
    rows = zip(links.edges[0::5], links.edges[1::5], links.edges[3::5], strict=True)
    resolved = {start for start, kind, target in rows if kind == IMPORT_EDGE and inside[target]}
    for one in facts.imports:
        if one.start in resolved or one.flags & DEFERRED or one.name == "*":
            continue
        lost = _is_own(graph, one.spec, language) and not _is_there(graph, path, one, language)
        if (lost or is_stray(graph, path, one, language)) and not is_optional(graph, path, one.start):
            what = f"{one.spec}: {one.name}" if one.name else one.spec
            message = f"the import of {what} finds nothing in this tree"
            yield found("unresolved-import", message, path, line_at(graph.read(path), one.start), anchor=what)


def _is_own(graph: CodeGraph, spec: str, language: str) -> bool:
    """Whether an import means the tree's own files: by its first word, or because it is relative."""
    if language != "python":
        return language in ("javascript", "typescript", "tsx", "jsx") and spec.startswith(_RELATIVE)
    if spec.startswith("."):
        return True
    first = spec.partition(".")[0]
    if any(f"{root}{first}/__init__.py" in graph.files for root in _ROOTS):
        return True
    return first not in sys.stdlib_module_names and any(f"{root}{first}.py" in graph.files for root in _ROOTS)


def _is_there(graph: CodeGraph, path: str, one: ImportFact, language: str) -> bool:
    """Whether a file of another kind is meant: a style sheet, an extension module, a component."""
    spec = one.spec
    if language == "python":
        places = _places(path, spec)
        modules = [f"{place}{end}" for place in places for end in (".py", "/__init__.py")]
        known = [module for module in modules if module in graph.files]
        if one.name and known:
            places = [f"{place}/{one.name}" for place in places]
            if any(_binds(graph, module, one.name) for module in known):
                return True
        starts = tuple(f"{place}{end}" for place in places for end in (".", "/"))
        return any(each.startswith(starts) for each in graph.paths)
    place = posixpath.normpath(posixpath.join(posixpath.dirname(path), spec.partition("?")[0]))
    return any(one == place or one.startswith((f"{place}.", f"{place}/")) for one in graph.paths)


def _places(path: str, spec: str) -> list[str]:
    """Where a Python module may lie, without its suffix."""
    name = spec.lstrip(".")
    if name == spec:
        return [f"{root}{name.replace('.', '/')}" for root in _ROOTS]
    folder = "/".join(path.split("/")[: -(len(spec) - len(name))])
    return [posixpath.normpath(posixpath.join(folder, name.replace(".", "/")))]


def _binds(graph: CodeGraph, module: str, name: str) -> bool:
    """Whether a Python module has a name, from wherever, or may come by it as it runs."""
    facts = graph.facts(module)
    own = {one.name for one in facts.bindings if one.scope == 0}
    own.update(one.name for one in facts.symbols if one.parent == 0)
    if name in own or "__getattr__" in own or any(one.name == "*" for one in facts.imports):
        return True
    return any(word in graph.read(module) for word in (b"globals()", b"sys.modules"))


def is_optional(graph: CodeGraph, path: str, start: int) -> bool:
    """Tell whether the code is ready for the import to fail."""
    if graph.files[path].language != "python":
        return False
    source = graph.read(path)
    tried = syntax.enclosing(syntax.around(syntax.parse("python", source), start, start + 1), "try_statement")
    return tried is not None and b"Error" in syntax.text(tried, source)


def _circles(change: Change) -> Iterator[Finding]:
    """New imports at the top of a file through which that file is reached again."""
    closing: list[tuple[str, str]] = []
    for path in change.written():
        known_targets = _loads(change.before_graph, change.old_path(path))
        closing += [(path, target) for target in sorted(_loads(change.after_graph, path) - known_targets)]
    if not closing:
        return
    before, after = (cache(partial(_loads, graph)) for graph in (change.before_graph, change.after_graph))
    for path, target in closing:
        way = _way(after, target, path)
        old, its_old = change.old_path(path), change.old_path(target)
        known = bool(_way(before, old, its_old) and _way(before, its_old, old))
        if way and not known:
            message = f"a new circle of imports: {' -> '.join([path, *way])}"
            yield found("import-circle", message, path, anchor=" ".join(sorted({path, *way})))


def _loads(graph: CodeGraph, path: str) -> set[str]:
    if path not in graph.files or graph.files[path].language != "python":
        return set()
    links = graph.asked(path, is_import)
    edges, targets = links.edges, links.targets
    homes: list[tuple[int, str]] = []
    for at in range(0, len(edges), 5):
        home = targets[edges[at + 3]].partition("::")[0]
        if edges[at + 1] == IMPORT_EDGE and edges[at + 2] == 0 and home != path and home in graph.files:
            homes.append((edges[at], home))
    idle = {one.start for one in graph.facts(path).imports if one.flags & NOT_LOADED} if homes else set()
    return {home for start, home in homes if start not in idle}


def _way(loads: Callable[[str], set[str]], start: str, end: str) -> list[str]:
    """The shortest way from one file to another, both included; empty where there is none."""
    came: dict[str, str] = {start: ""}
    waiting = [start]
    for path in waiting:
        if path == end:
            way = [path]
            while came[way[0]]:
                way.insert(0, came[way[0]])
            return way
        for target in sorted(loads(path)):
            if target not in came:
                came[target] = path
                waiting.append(target)
    return []
