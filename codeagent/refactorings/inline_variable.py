"""Inlining of a variable or attribute: every use becomes the value, and the assignment goes."""

from codeagent.domain.patch import Edit
from codeagent.languages.syntax import Node, child, enclosing
from codeagent.refactorings.inlining.occurrences import Occurrences, Place
from codeagent.refactorings.inlining.request import Request
from codeagent.refactorings.inlining.steadiness import Value, check_same
from codeagent.refactorings.python.effects import Effect, effect_of
from codeagent.refactorings.python.fitting import fitted
from codeagent.refactorings.python.removal import removal_of
from codeagent.refactorings.python.transplant import transplant
from codeagent.refactorings.refactoring import Proposal, Refusal


def inline_variable(request: Request) -> Proposal:
    """Propose the value in place of the name; Refusal where it might be another value there, or be made twice."""
    found = request.occurrences()
    statement, right = _assignment(request, found)
    if not found.reads:
        raise Refusal(f"{request.subject.name} is used nowhere", "safe-delete removes what is unused")
    path = request.subject.path
    value = Value(request.modules, path, statement, right, request.subject.member)
    request.check_removable(found)
    check_same(value, found.reads, kept=request.keep)
    for place in found.reads:
        _replace(request, value, place)
    if not request.keep:
        _check_class(request, statement)
        request.edits.append(removal_of(path, request.code.read(path), statement))
        request.drop_imports(found)
    return request.proposal(found)


def _assignment(request: Request, found: Occurrences) -> tuple[Node, Node]:
    """The statement that binds the name and the value in it, where there is one such statement."""
    name = request.subject.name
    if not found.bindings:
        raise Refusal(f"nothing assigns {name}", "name a variable that is assigned once")
    if len(found.bindings) > 1:
        raise Refusal(f"{name} is assigned more than once", "inline a variable that is assigned once")
    place = found.bindings[0]
    whole = place.expression
    assignment = whole.parent
    if assignment is None or assignment.type != "assignment" or assignment.child_by_field_name("left") != whole:
        kind = assignment.type.replace("_", " ") if assignment is not None else "name"
        raise Refusal(f"{name} gets its value by a {kind}", "inline a variable that a plain assignment sets")
    statement, right = assignment.parent, assignment.child_by_field_name("right")
    if right is None:
        raise Refusal(f"{name} is only annotated", "inline a variable that has a value")
    if right.type == "assignment" or statement is None or statement.type != "expression_statement":
        raise Refusal(f"{name} is assigned together with other names", "give each name an assignment of its own")
    if len(statement.named_children) != 1:
        raise Refusal(f"{name} is assigned together with other names", "give each name an assignment of its own")
    if place.path != request.subject.path or effect_of(child(whole, "object") if whole != place.node else whole) > 1:
        raise Refusal(f"{name} is assigned from elsewhere", "inline what its own module or class assigns")
    return statement, right


def _check_class(request: Request, statement: Node) -> None:
    """What a class body assigns may be more than a name: a field, a member of an enumeration, a column."""
    holder = request.modules.scopes(request.subject.path).holder(statement).node
    if holder.type != "class_definition":
        return
    bases = holder.child_by_field_name("superclasses")
    named = [one.text for one in bases.named_children] if bases is not None else []
    decorated = holder.parent is not None and holder.parent.type == "decorated_definition"
    if decorated or [one for one in named if one != b"object"]:
        raise Refusal("what the class or its bases make of this attribute cannot be seen", "keep the definition")


def _replace(request: Request, value: Value, place: Place) -> None:
    code, source = request.code, request.code.read(place.path)
    whole = place.expression
    if whole != place.node and effect_of(child(whole, "object")) is Effect.LOUD:
        raise Refusal(f"the attribute is read from a call in {place.path}", "give that object a name first")
    scope = request.modules.scopes(place.path).at(whole)
    right = value.node
    moved = transplant(request.modules, value.path, right.start_byte, right.end_byte, None, place.path, scope)
    request.bring(place.path, moved.imports)
    text = code.read(value.path)[right.start_byte : right.end_byte]
    for (start, end), new in sorted(moved.texts.items(), reverse=True):
        text = text[: start - right.start_byte] + new + text[end - right.start_byte :]
    if enclosing(whole, "type") is not None and right.type not in ("identifier", "attribute", "subscript"):
        raise Refusal("the name is used as a type", "keep it")
    request.edits.append(Edit(place.path, whole.start_byte, whole.end_byte, fitted(right, text, whole, source)))
