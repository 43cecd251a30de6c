"""extract-function: a selection becomes a function of its own, called where it was."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Final

from codeagent.domain.errors import UsageError
from codeagent.domain.patch import Edit, Patch, Safety
from codeagent.languages import syntax
from codeagent.refactorings.code import Code
from codeagent.refactorings.family import family_of, owner_of
from codeagent.refactorings.python.alike import alike
from codeagent.refactorings.python.binding import read_scopes
from codeagent.refactorings.python.carrying import carried, kept_names, names_in, start_of
from codeagent.refactorings.python.extracting import extraction_of
from codeagent.refactorings.python.layout import moved, unit_of
from codeagent.refactorings.python.placing import KINDS, place_before
from codeagent.refactorings.python.region import Region
from codeagent.refactorings.python.scopes import Scope
from codeagent.refactorings.python.selecting import select, select_at
from codeagent.refactorings.python.taken import check_word
from codeagent.refactorings.python.wording import call_text, definition_of
from codeagent.refactorings.refactoring import Carried, Proposal, Refusal


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
    _check_family(code, path, found.place.target, name)
    calls = [found, *(alike(scopes, source, found, name) if similar else ())]
    callers = [one.region.node for one in calls]
    found = replace(found, place=place_before(scopes, source, found.place, region.node, callers))
    definition = definition_of(root, source, found, name)
    inserted = Edit(path, found.place.offset, found.place.offset, definition.text)
    edits = [inserted]
    edits += [Edit(path, one.region.start, one.region.end, call_text(source, one, name)) for one in calls]
    inner = found.place.indent + unit_of(root, source)
    pieces = moved(root, source, region.start, region.end, inner)
    kept, dropped = set[int](), set[str]()
    for one in calls:
        passed = {*one.transfer.parameters, *one.transfer.results}
        here = kept_names(scopes, one.region, one.place.target, passed)
        kept |= here
        dropped |= _dropped(code, path, one.region, here)
    start = start_of(edits, inserted) + definition.body
    return proposed(
        code.patch(f"extract {name} in {path}", edits),
        region,
        carried(path, [one.region for one in calls], pieces, start, kept),
        frozenset(dropped),
    )


def _check_family(code: Code, path: str, target: Scope, name: str) -> None:
    """Refuse a name that a class has from its bases, gives to its classes below, or keeps a value under."""
    if target.kind == "module" and path.endswith("__init__.py"):
        folder = path.removesuffix("__init__.py")
        if f"{folder}{name}.py" in code.graph.files or f"{folder}{name}/__init__.py" in code.graph.files:
            raise Refusal(f"{name} is a module of the package", "choose another name")
    if target.kind != "class_definition":
        return
    names = [syntax.child(one.node, "name") for one in target.chain() if one.kind != "module"]
    dotted = ".".join(code.text(one, path) for one in reversed(names))
    flow = code.naming.flow
    owner = owner_of(flow, f"{path}::{dotted}.{name}")
    family = family_of(flow, path, owner[1], name) if owner is not None else None
    if family is not None and (family.keys or family.outside):
        there = family.outside or min(family.keys)
        raise Refusal(f"{name} would stand in for {there}, or that for it", "choose another name")


def _dropped(code: Code, path: str, region: Region, kept: set[int]) -> set[str]:
    """The definitions that go with the region, and what the name on its first byte stands for if it is not kept."""
    names, found = code.naming.file(path), set[str]()
    first = names_in(region)[:1]
    for one in names_in(region):
        defines = one.parent is not None and one.parent.type in ("function_definition", "class_definition")
        starts = one in first and one.start_byte == region.start and one.start_byte not in kept
        meaning = names.at(one.start_byte) if defines or starts else None
        found |= meaning.targets if meaning is not None else set()
    return found


REGROUPED: Final = "operands of {operator} are grouped in another way; numbers with fractions may round differently"


def proposed(patch: Patch, region: Region, kept: Sequence[Carried], dropped: frozenset[str] = frozenset()) -> Proposal:
    """Return the proposal of an extraction; to be looked at where a chain of operators is grouped anew."""
    if not region.regroups:
        return Proposal(patch, carried=tuple(kept), dropped=dropped)
    notes = (REGROUPED.format(operator=region.regroups),)
    return Proposal(replace(patch, safety=Safety.REVIEW), carried=tuple(kept), dropped=dropped, notes=notes)


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
