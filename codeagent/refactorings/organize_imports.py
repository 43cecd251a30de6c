"""organize-imports: unused imports go, duplicates merge, the rest is sorted into sections."""

import tomllib
from collections.abc import Iterator
from typing import Annotated, Any, Final

from codeagent.domain.errors import UsageError
from codeagent.domain.patch import Edit
from codeagent.languages import syntax
from codeagent.refactorings.code import Code
from codeagent.refactorings.python.import_edits import ImportEdits
from codeagent.refactorings.python.imports import TYPING
from codeagent.refactorings.python.modules import PythonModules
from codeagent.refactorings.python.organizing import Style, organized
from codeagent.refactorings.python.unused import Unused, unused_imports
from codeagent.refactorings.refactoring import Proposal, Refusal

_WIDTH: Final = 88  # where a project does not say: that of black and ruff
_TOOLS: Final = (("ruff", "line-length"), ("black", "line-length"), ("isort", "line_length"))


def organize_imports(
    code: Code,
    target: Annotated[list[str] | None, "Files or folders; all Python files where left out."] = None,
) -> Proposal:
    """Put the imports of Python files in order: `__future__`, standard library, others' code, the tree's own.

    Comments, `# noqa`, imports in `try` and those that are there for what they do stay."""
    modules = PythonModules(code)
    style = _style(code)
    edits: list[Edit] = []
    dropped: set[str] = set()
    for path in _chosen(modules, target or []):
        unused = list(unused_imports(modules, path))
        found = list(_edits(modules, path, unused, style))
        edits += found
        if found:
            dropped |= {f"{path}::{s.binds(one)}" for s, one in unused}
    if not edits:
        raise Refusal("the imports are in order already", "there is nothing to do")
    return Proposal(code.patch("organize imports", edits), dropped=frozenset(dropped))


def _chosen(modules: PythonModules, targets: list[str]) -> list[str]:
    if not targets:
        return modules.paths
    chosen = []
    for target in targets:
        wanted = target.removeprefix("./").rstrip("/")
        found = [path for path in modules.paths if path == wanted or path.startswith(f"{wanted}/") or wanted == "."]
        if not found:
            raise UsageError(f"{target} is no Python file or folder of some", "paths are relative to the root")
        chosen += found
    return list(dict.fromkeys(chosen))


def _edits(modules: PythonModules, path: str, unused: list[Unused], style: Style) -> Iterator[Edit]:
    source, root = modules.code.read(path), modules.code.tree(path)
    if syntax.broken(root):
        raise Refusal(f"{path} has a syntax error", "repair it first, or leave the file out")
    guarded = ImportEdits(path, source, root, modules.tops)
    for statement in guarded.statements:
        for one in statement.names:
            if statement.guard == TYPING and any(one.start == other.start for _, other in unused):
                guarded.drop(statement, one)
    yield from guarded.edits()
    starts = {one.start for _, one in unused}
    yield from organized(path, source, root, modules.imports(path), starts, modules.tops, style)


def _style(code: Code) -> Style:
    """How the project's own tools want imports, by pyproject.toml."""
    if "pyproject.toml" not in code.graph.paths:
        return Style(_WIDTH)
    try:
        tools: dict[str, Any] = tomllib.loads(code.read("pyproject.toml").decode()).get("tool", {})
    except ValueError:
        return Style(_WIDTH)
    widths = (tools.get(tool, {}).get(key) for tool, key in _TOOLS)
    width = next((value for value in widths if isinstance(value, int)), _WIDTH)
    ruff = tools.get("ruff", {}).get("lint", {}).get("isort", {}).get("force-single-line")
    return Style(width, bool(ruff or tools.get("isort", {}).get("force_single_line")))
