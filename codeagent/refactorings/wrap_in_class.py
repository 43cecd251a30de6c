"""wrap-in-class: functions of a module become static methods of a new class, and every use of them follows."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Final

from codeagent.domain.errors import UsageError
from codeagent.domain.patch import Edit, Safety
from codeagent.refactorings.code import Code
from codeagent.refactorings.inlining.occurrences import Occurrences, Place, occurrences_of
from codeagent.refactorings.inlining.request import Request
from codeagent.refactorings.names import check_name, is_builtin
from codeagent.refactorings.python.exports import exports, without
from codeagent.refactorings.python.fixtures import is_test
from codeagent.refactorings.python.import_edits import DROP, New
from codeagent.refactorings.python.imports import Imported, ImportStatement
from codeagent.refactorings.python.wrapping import check_header, function_of, wrapped
from codeagent.refactorings.refactoring import Accounting, Carried, Occurrence, Proposal, Refusal
from codeagent.refactorings.renaming import Subject, subject_of

_HINT: Final = "leave it out, or change it first"
_RENAME: Final = "choose another name, or rename the other one first"


def wrap_in_class(
    code: Code,
    target: Annotated[list[str], "The functions, all of one module: symbol ids, or positions."],
    *,
    name: Annotated[str, "The name of the new class."],
) -> Proposal:
    """Make functions static methods of a new class, which stands where the first of them stood."""
    subjects = _subjects(code, target)
    request = Request(code, subjects[0], None, False)
    _check_class_name(request, name)
    functions = sorted((function_of(code, min(one.keys)) for one in subjects), key=lambda one: one.start)
    lost = next((one.name for one in subjects if not name.startswith("Test") and is_test(code, min(one.keys))), "")
    if lost:
        why = f"{lost} is a test, which nobody would find in a {name}"
        raise Refusal(why, "let the name of the class begin with Test")
    check_header(request.modules.scopes(subjects[0].path), functions)
    found = [occurrences_of(code, request.modules, one) for one in subjects]
    for subject, places in zip(subjects, found, strict=True):
        if len(places.bindings) != 1:
            raise Refusal(f"{subject.name} is defined, declared or assigned more than once", _HINT)
        for place in places.reads:
            request.edits.append(_followed(request, place, subject, name))
    _follow_imports(request, found, name)
    _follow_exports(request, [one for places in found for one in places.exports], name)
    path = subjects[0].path
    edits, carried = wrapped(path, code.read(path), code.tree(path), functions, name, request.edits)
    request.edits = edits
    return _proposal(request, subjects, found, name, carried)


def _subjects(code: Code, targets: list[str]) -> list[Subject]:
    found = {one.keys: one for one in (subject_of(code, target) for target in targets)}
    subjects = list(found.values())
    if not subjects:
        raise UsageError("nothing to wrap", "name at least one function")
    path = subjects[0].path
    for one in subjects:
        if one.path != path:
            raise Refusal("the functions are of different modules", "wrap those of one module at a time")
        if one.member or one.parameter or one.alias or not one.name or code.language(path) != "python":
            raise Refusal(f"{one.name or path} is no function of a Python module", "name functions of a module")
    return subjects


def _check_class_name(request: Request, name: str) -> None:
    path = request.subject.path
    check_name("python", name)
    if name.startswith("__") or is_builtin("python", name):
        raise Refusal(f"{name} already means something in Python", "choose another name")
    scopes = request.modules.scopes(path)
    if name in scopes.module.bound or request.modules.binds(path, name):
        raise Refusal(f"{path} already has a {name}", _RENAME)
    if any(use.name == name and scopes.owner(name, use.scope) is None for use in scopes.uses.values()):
        raise Refusal(f"{name} already means something in {path}", _RENAME)


# --- the uses -----------------------------------------------------------------------------------------------------


def _followed(request: Request, place: Place, subject: Subject, name: str) -> Edit:
    """The edit of one use: `f`, or what it is imported as, or the `f` of `mod.f`."""
    node, path = place.node, place.path
    scopes = request.modules.scopes(path)
    if place.expression == node and scopes.owner(name, scopes.at(node)) is not None:
        raise Refusal(f"{name} already means something in line {node.start_point[0] + 1} of {path}", _RENAME)
    return Edit(path, node.start_byte, node.end_byte, f"{name}.{subject.name}".encode())


def _follow_imports(request: Request, found: list[Occurrences], name: str) -> None:
    seen: set[tuple[str, int]] = set()
    listed = {(place.path, one.start): (statement, one) for every in found for place, statement, one in every.imports}
    for (path, _), (statement, one) in sorted(listed.items(), key=lambda item: item[0]):
        _follow_import(request, path, statement, one, name, (path, statement.start) in seen)
        seen.add((path, statement.start))


def _follow_import(
    request: Request, path: str, statement: ImportStatement, one: Imported, name: str, again: bool
) -> None:
    scopes = request.modules.scopes(path)
    if statement.module is None or name in scopes.at(statement.node).bound:
        raise Refusal(f"{path} already has a {name}", _RENAME)
    request.imports(path).change(statement, one, DROP if again else [New(statement.module, name)])


def _import_edits(request: Request, found: list[Occurrences]) -> Iterator[Edit]:
    """Yield the edits of imports. One that replaces a name takes in the byte before it: the import of a function
    becomes one of the class, and the proof must not hold the new name to what the old one stood for."""
    for path in sorted({place.path for one in found for place, _, _ in one.imports}):
        names = {(one.start, one.end) for every in found for place, _, one in every.imports if place.path == path}
        source = request.code.read(path)
        for edit in request.imports(path).edits():
            if (edit.start, edit.end) in names and edit.text:
                before = edit.start - 1
                yield Edit(path, before, edit.end, source[before : edit.start] + edit.text)
            else:
                yield edit


def _follow_exports(request: Request, found: list[Occurrence], name: str) -> None:
    for path in sorted({one.path for one in found}):
        root, source = request.code.tree(path), request.code.read(path)
        spans = [one for one in found if one.path == path]
        listed = [
            entry
            for entry in exports(root) or ()
            if any(entry.node.start_byte < one.start < entry.node.end_byte for one in spans)
        ]
        if len(listed) != len(spans):
            line = source.count(b"\n", 0, spans[0].start) + 1
            raise Refusal(f"a string names one of the functions in {path}, first in line {line}", _HINT)
        names = {entry.name for entry in listed}
        first = listed[0]
        at = next(one for one in spans if first.node.start_byte < one.start < first.node.end_byte)
        request.edits.append(Edit(path, at.start, at.end, name.encode()))
        request.edits += without(path, source, root, names - {first.name})


def _proposal(
    request: Request, subjects: list[Subject], found: list[Occurrences], name: str, carried: list[Carried]
) -> Proposal:
    accounting = Accounting(
        edited=tuple(place.occurrence for one in found for place in _edited(one))
        + tuple(export for one in found for export in one.exports),
        other=tuple(place for one in found for place in one.other),
        text=tuple(place for one in found for place in one.text),
        unresolved=tuple(place for one in found for place in one.unresolved),
    )
    edits = [*request.edits, *_import_edits(request, found)]
    patch = request.code.patch(f"wrap {', '.join(one.name for one in subjects)} in {name}", edits)
    if accounting.unresolved:
        patch = replace(patch, safety=Safety.REVIEW)
    renamed = {key: f"{one.path}::{name}.{one.name}" for one in subjects for key in one.keys}
    return Proposal(patch, renamed, tuple(carried), about=tuple(one.named for one in subjects), occurrences=accounting)


def _edited(found: Occurrences) -> list[Place]:
    return [*found.bindings, *found.reads, *(place for place, _, _ in found.imports)]
