"""move: functions, classes and variables of a module go to another module, new or existing."""

from posixpath import basename, dirname, splitext
from typing import Annotated

from codeagent.domain.errors import UsageError
from codeagent.refactorings.code import Code
from codeagent.refactorings.names import check_name
from codeagent.refactorings.python.conventions import check_unread
from codeagent.refactorings.python.fixture_moves import check_moves, check_stays
from codeagent.refactorings.python.symbol_moves import SymbolMove
from codeagent.refactorings.refactoring import Proposal, Refusal


def move(
    code: Code,
    target: Annotated[list[str], "Symbols of one module: ids, or positions."],
    *,
    to: Annotated[str, "The module they go to, as a path or dotted name; it may be new."],
    reexport: Annotated[bool, "Leave `from new import name` in the old module."] = False,
) -> Proposal:
    """Move symbols to another module with the imports they need; everything that imports them follows."""
    symbols = [code.symbol(one) for one in target]
    if not symbols:
        raise UsageError("nothing to move", "name at least one symbol")
    path = symbols[0].path
    if any(symbol.path != path for symbol in symbols):
        raise UsageError("the symbols are of different modules", "move those of one module at a time")
    if code.language(path) != "python":
        raise Refusal(f"symbols of {code.language(path)} cannot be moved yet", "only those of Python; whole files move")
    for symbol in symbols:
        if symbol.parent != path:
            raise Refusal(
                f"{symbol.id} is not at the top level of its module",
                "only functions, classes and variables of a module move; move-method moves a method",
            )
        if symbol.name.startswith("__") and symbol.name.endswith("__"):
            raise Refusal(f"{symbol.name} is what Python asks {path} for", "it means something else in another module")
        check_unread(code, path, symbol.name)
    goal = destination(code, path, to)
    if goal == path:
        raise Refusal(f"{symbols[0].name} is in {path} already", "choose another module")
    for symbol in symbols:
        check_stays(code, symbol)
    check_moves(code, {path: goal}, symbols)
    names = list(dict.fromkeys(symbol.name for symbol in symbols))
    return SymbolMove(code, path, names, goal, reexport=reexport).propose()


def destination(code: Code, path: str, to: str) -> str:
    """Return the path of a module given as a path or dotted name, whether it is there or not.

    Raises Refusal where it is a folder without `__init__.py`, or would lie in a folder that is not there."""
    wanted = to.strip().removeprefix("./").rstrip("/")
    paths = code.graph.paths
    if not wanted or wanted == ".":
        raise Refusal("the destination is a folder", "give a module: a file, or a dotted name")
    if wanted.endswith(".py"):
        found = wanted
    else:
        found = _dotted(code, path, wanted)
    code.require_own(found)
    if found in paths:
        code.language(found)
        stem = splitext(basename(found))[0]
        if not stem.isidentifier():
            raise Refusal(f"{found} cannot be imported: {stem!r} is no name in Python", "rename the file first")
        return found
    if any(one.startswith((f"{found.removesuffix('.py')}/", f"{found}/")) for one in paths):
        raise Refusal(f"{to} is a folder", "give a module: a file, or a dotted name")
    if "." not in wanted and "/" not in wanted:
        raise Refusal(f"there is no module {wanted}", f"give the path of a new one: {wanted}.py")
    folder = dirname(found)
    if folder and not any(one.startswith(f"{folder}/") for one in paths):
        raise Refusal(f"there is no folder {folder}", "create it first, or choose another")
    check_name("python", found.rpartition("/")[2].removesuffix(".py"))
    return found


def _dotted(code: Code, path: str, name: str) -> str:
    inner, paths = name.replace(".", "/") if "/" not in name else name, code.graph.paths
    roots = ["", *(f"{root}/" for root in ("src", "lib"))]
    folder = dirname(path)
    while folder:
        roots.append(f"{folder}/")
        folder = dirname(folder)
    for root in roots:
        for candidate in (f"{root}{inner}.py", f"{root}{inner}/__init__.py"):
            if candidate in paths:
                return candidate
    above = dirname(inner)
    for root in roots:
        if above and any(one.startswith(f"{root}{above}/") for one in paths):
            return f"{root}{inner}.py"
    return f"{inner}.py"
