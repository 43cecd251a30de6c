"""What already has the name that something is to be called: in its own scope, above it or below it."""

from collections.abc import Iterator

from codeagent.graph.naming import FileNames, key_of
from codeagent.graph.values import EXTERN, TYPE, Class
from codeagent.refactorings.code import Code
from codeagent.refactorings.family import owner_of
from codeagent.refactorings.java.overloads import becomes_overload
from codeagent.refactorings.python.standard import known_outside
from codeagent.refactorings.renaming import Subject


def taken(code: Code, subject: Subject, new: str) -> str | None:
    """Return what already has the new name where the subject is defined; None where nothing has."""
    if subject.member and becomes_overload(code, subject.keys, new):
        return None
    code.naming.load(sorted({key.partition("::")[0] for key in subject.keys}))
    for key in sorted(subject.keys):
        path, _, dotted = key.partition("::")
        above = dotted.rpartition(".")[0]
        names = code.naming.file(path)
        scope = 0
        if above:
            ids = range(len(names.facts.symbols))
            found = next((i for i in ids if i and key_of(names.view.symbol_id(i)) == f"{path}::{above}"), None)
            if found is None:
                owner = owner_of(code.naming.flow, key)  # of a type from another file
                if owner is not None and _defines(code, owner[:2], new):
                    return f"{_name(code, owner[:2])} already has a {new}"
                continue
            scope = found
        if _binds(names, scope, new):
            return f"{names.view.symbol_id(scope) if scope else path} already has a {new}"
        if subject.member and owner_of(code.naming.flow, key) is not None:
            clash = next(_related(code, (path, scope), new), None)
            if clash is not None:
                return clash
    return None


def _binds(names: FileNames, scope: int, name: str) -> bool:
    function = names.view.functions.get(scope)
    return (scope, name) in names.view.slots or bool(function and any(one.name == name for one in function.params))


def _related(code: Code, owner: Class, new: str) -> Iterator[str]:
    """What a member would override by its new name, or be overridden by."""
    flow = code.naming.flow
    for value in flow.hierarchy.line(owner)[1:]:
        if value[0] == EXTERN and known_outside(value[1], new):
            yield f"{value[1]} has a {new}, which this would override"
        if value[0] == TYPE and _defines(code, value[1:3], new):
            yield f"{_name(code, value[1:3])} has a {new}, which this would override"
    pending, seen = list(flow.hierarchy.subclasses(owner)), {owner}
    while pending:
        current = pending.pop()
        if current in seen:
            continue
        seen.add(current)
        pending.extend(flow.hierarchy.subclasses(current))
        if _defines(code, current, new):
            yield f"{_name(code, current)} has a {new}, which would override this"


def _name(code: Code, owner: Class) -> str:
    return code.naming.flow.world.view(owner[0]).symbol_id(owner[1])


def _defines(code: Code, owner: Class, name: str) -> bool:
    view = code.naming.flow.world.view(owner[0])
    return (owner[1], name) in view.slots or name in code.naming.flow.adopted(view, owner[1])
