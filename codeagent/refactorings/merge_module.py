"""merge-module: all of a module goes into another one, and the emptied file is deleted."""

from typing import Annotated

from codeagent.refactorings.code import Code
from codeagent.refactorings.move import destination
from codeagent.refactorings.python.fixture_moves import check_moves
from codeagent.refactorings.python.symbol_moves import ModuleMerge
from codeagent.refactorings.refactoring import Proposal, Refusal


def merge_module(
    code: Code,
    target: Annotated[str, "Path of the module that goes."],
    *,
    into: Annotated[str, "The module that takes what is in it, as a path or dotted name."],
) -> Proposal:
    """Move everything a module defines into another one, follow it in every import, and delete the module."""
    path = target.removeprefix("./")
    if code.language(path) != "python":
        raise Refusal(f"modules of {code.language(path)} cannot be merged yet", "only those of Python")
    goal = destination(code, path, into)
    if goal == path:
        raise Refusal(f"{path} cannot be merged into itself", "choose another module")
    if goal not in code.graph.files:
        raise Refusal(f"there is no module {into}", "to give the module another name, rename it")
    check_moves(code, {path: goal}, code.graph.symbols(path)[:1])
    return ModuleMerge(code, path, goal).propose()
