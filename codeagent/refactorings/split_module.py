"""split-module: groups of what a module defines become modules of their own beside it."""

from posixpath import dirname
from typing import Annotated

from codeagent.domain.errors import UsageError
from codeagent.refactorings.code import Code
from codeagent.refactorings.names import check_name
from codeagent.refactorings.python.components import components, file_name, references
from codeagent.refactorings.python.departure import pieces_of
from codeagent.refactorings.python.fixture_moves import check_moves
from codeagent.refactorings.python.modules import PythonModules
from codeagent.refactorings.python.sequence import Step, in_sequence
from codeagent.refactorings.python.symbol_moves import SymbolMove
from codeagent.refactorings.refactoring import Proposal, Refusal

_LEAST = 2  # names that are worth a module of their own


def split_module(
    code: Code,
    target: Annotated[str, "Path of the module."],
    *,
    group: Annotated[list[str] | None, "NAME=SYMBOL,SYMBOL: what goes to NAME.py; found by itself if left out."] = None,
    reexport: Annotated[bool, "Leave `from .name import symbol` in the old module."] = False,
) -> Proposal:
    """Split a module by groups, or by the parts of it that do not use each other; importers follow."""
    path = target.removeprefix("./")
    if code.language(path) != "python":
        raise Refusal(f"modules of {code.language(path)} cannot be split yet", "only those of Python")
    used = uses_within(code, path)
    names = list(used)
    groups = _given(path, group, names) if group else _found(path, used, names)
    folder = dirname(path)
    for name in groups:
        check_name("python", name)
        if (f"{folder}/{name}.py" if folder else f"{name}.py") in code.graph.paths:
            raise Refusal(f"{folder or '.'} has a {name}.py already", "choose another name")
    steps = [_step(path, folder, name, groups[name], reexport) for name in _in_order(groups, used)]
    return in_sequence(code, f"split {path} into {', '.join(groups)}", steps)


def uses_within(code: Code, path: str) -> dict[str, set[str]]:
    """Return the names of a Python module that could leave it, in order, each with those of them that it uses."""
    modules = PythonModules(code)
    names = _definable(code, modules, path)
    pieces = pieces_of(path, code.read(path), code.tree(path), modules.scopes(path), names)
    used = references(modules.scopes(path), pieces)
    return {name: used[name] for name in names}


def _step(path: str, folder: str, name: str, names: list[str], reexport: bool) -> Step:
    goal = f"{folder}/{name}.py" if folder else f"{name}.py"

    def step(code: Code) -> Proposal:
        going = [one for one in code.graph.symbols(path) if one.name in names and one.parent == path]
        check_moves(code, {path: goal}, going)
        return SymbolMove(code, path, names, goal, reexport=reexport).propose()

    return step


def _definable(code: Code, modules: PythonModules, path: str) -> list[str]:
    """The names that statements of their own define; the others stay."""
    found = []
    for symbol in code.graph.symbols(path):
        if symbol.parent == path and symbol.name not in found and not symbol.name.startswith("__"):
            try:
                pieces_of(path, code.read(path), code.tree(path), modules.scopes(path), [symbol.name])
            except Refusal:
                continue
            found.append(symbol.name)
    return found


def _given(path: str, groups: list[str], names: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for text in groups:
        name, mark, listed = text.partition("=")
        wanted = [one.strip() for one in listed.split(",") if one.strip()]
        if not mark or not wanted:
            raise UsageError(f"{text} is no group", "write NAME=SYMBOL,SYMBOL")
        unknown = [one for one in wanted if one not in names]
        if unknown:
            raise Refusal(f"{path} has no {unknown[0]} that could move", f"it has: {', '.join(names)}")
        found.setdefault(name.strip(), []).extend(wanted)
    twice = [one for one in names if sum(one in group for group in found.values()) > 1]
    if twice:
        raise UsageError(f"{twice[0]} is in two groups", "name it once")
    return found


def _found(path: str, used: dict[str, set[str]], names: list[str]) -> dict[str, list[str]]:
    parts = components(used, names)
    leaving = [part for part in parts[1:] if len(part) >= _LEAST]
    if not leaving:
        raise Refusal(f"what {path} defines hangs together", "say what goes where with --group NAME=SYMBOL,SYMBOL")
    return {file_name(part): part for part in leaving}


def _in_order(groups: dict[str, list[str]], used: dict[str, set[str]]) -> list[str]:
    """Groups that others use go first, so that these find them at their new place."""
    home = {name: group for group, names in groups.items() for name in names}
    order: list[str] = []

    def visit(group: str, seen: tuple[str, ...]) -> None:
        if group in order or group in seen:
            return
        for name in groups[group]:
            for other in sorted(used.get(name, ())):
                if home.get(other, group) != group:
                    visit(home[other], (*seen, group))
        order.append(group)

    for group in groups:
        visit(group, ())
    return order
