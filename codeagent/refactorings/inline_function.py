"""Inlining of a function or method: every call becomes the body with its arguments, and the definition goes."""

from codeagent.languages.syntax import Node, child
from codeagent.refactorings.inlining.callee import HINT, Callee, read_callee
from codeagent.refactorings.inlining.occurrences import Place
from codeagent.refactorings.inlining.request import Request
from codeagent.refactorings.inlining.site import Inlined, Site
from codeagent.refactorings.python.fitting import call_around
from codeagent.refactorings.python.fixtures import is_test
from codeagent.refactorings.python.removal import removal_of
from codeagent.refactorings.refactoring import Proposal, Refusal


def inline_function(request: Request) -> Proposal:
    """Propose the body in place of every call; Refusal where one cannot be replaced, or the name is used otherwise."""
    callee = read_callee(request)
    found = request.occurrences()
    name = request.subject.name
    if len(found.bindings) != 1:
        raise Refusal(f"{name} is defined or assigned more than once", HINT)
    if request.at is None and found.unresolved:
        request.check_removable(found)
    inlined: dict[str, Inlined] = {}
    calls = [(place.path, _call(callee, place, name)) for place in found.reads]
    for path, call in sorted(calls, key=lambda one: (one[0], one[1].end_byte, -one[1].start_byte)):
        done = inlined.setdefault(path, Inlined([], [], set()))
        Site(request, callee, path, call, done).inline()
    for done in inlined.values():
        request.edits += [*done.expressions, *done.statements]
    if not request.keep:
        if is_test(request.code, min(request.subject.keys)):
            raise Refusal(f"{name} is a test, which is run by its name", "keep it, or delete it by hand")
        request.check_removable(found)
        request.edits.append(removal_of(callee.path, request.code.read(callee.path), callee.whole))
        request.drop_imports(found)
    return request.proposal(found)


def _call(callee: Callee, place: Place, name: str) -> Node:
    """The call that a use of the name is a part of."""
    whole = callee.whole
    if place.path == callee.path and whole.start_byte <= place.node.start_byte < whole.end_byte:
        raise Refusal(f"{name} refers to itself", HINT)
    call = call_around(place.expression)
    if call is None:
        line = place.node.start_point[0] + 1
        raise Refusal(f"{name} is used as a value in line {line} of {place.path}", HINT)
    if call.parent is not None and call.parent.type == "decorator":
        raise Refusal(f"{name} is a decorator in {place.path}", HINT)
    child(call, "arguments")
    return call
