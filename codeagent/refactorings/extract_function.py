"""extract-function: a selection becomes a function of its own, called where it was."""

from dataclasses import replace
from typing import Annotated

from codeagent.domain.errors import UsageError
from codeagent.domain.patch import Edit
from codeagent.languages import syntax
from codeagent.refactorings.code import Code
from codeagent.refactorings.python.alike import alike
from codeagent.refactorings.python.binding import read_scopes
from codeagent.refactorings.python.extracting import extraction_of
from codeagent.refactorings.python.placing import KINDS, place_before
from codeagent.refactorings.python.region import Region
from codeagent.refactorings.python.selecting import select, select_at
from codeagent.refactorings.python.taken import check_word
from codeagent.refactorings.python.wording import call_text, definition_text
from codeagent.refactorings.refactoring import Proposal, Refusal


def extract_function(
    code: Code,
    target: Annotated[str, "the code: PATH:LINE:COL-LINE:COL, PATH:LINE-LINE, or PATH:LINE:COL in an expression"],
    *,
    name: Annotated[str, "what the new function is called"],
    similar: Annotated[bool, "call it in place of the same code elsewhere, too"] = False,
    kind: Annotated[str, "function, method, classmethod or staticmethod; as the code has it where left out"] = "",
) -> Proposal:
    """Propose a function made of the selected statements or expression; Refusal where it could not do the same."""
    if kind and kind not in KINDS:
        raise UsageError(f"there is no kind {kind}", f"choose one of {', '.join(KINDS)}")
    path, region = region_of(code, target)
    check_word(name)
    root, source = code.tree(path), code.read(path)
    scopes = read_scopes(root)
    found = extraction_of(scopes, source, region, name, kind)
    calls = [found, *(alike(scopes, source, found, name) if similar else ())]
    callers = [one.region.node for one in calls]
    found = replace(found, place=place_before(scopes, source, found.place, region.node, callers))
    edits = [Edit(path, found.place.offset, found.place.offset, definition_text(root, source, found, name))]
    edits += [Edit(path, one.region.start, one.region.end, call_text(source, one, name)) for one in calls]
    return Proposal(code.patch(f"extract {name} in {path}", edits))


def region_of(code: Code, target: str, *, expression: bool = False) -> tuple[str, Region]:
    """Return the path and the selected code of a target; Refusal where it is none that Python code is made of."""
    start, _, end = target.rpartition("-")
    empty = bool(end) and start.endswith(f":{end}")
    at = code.position(start if empty else target)
    chosen = code.selection(target) if at is None else None
    path = chosen.path if chosen is not None else at[0] if at is not None else ""
    if code.language(path) != "python":
        raise Refusal(f"{path} is not Python", "code is extracted from Python only")
    root, source = code.tree(path), code.read(path)
    if syntax.broken(root):
        line = source.count(b"\n", 0, syntax.broken(root)[0][0]) + 1
        raise Refusal(f"{path} has a syntax error in line {line}", "repair it first")
    if chosen is not None:
        return path, select(root, source, chosen.start, chosen.end, expression=expression)
    return path, select_at(root, source, at[1] if at is not None else 0, expression=expression, smallest=empty)
