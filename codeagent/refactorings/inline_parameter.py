"""Inlining of a parameter's default: calls that leave the parameter out say its value; the function stays."""

from codeagent.domain.patch import Edit
from codeagent.languages.syntax import Node, around, enclosing
from codeagent.refactorings.inlining.request import Request
from codeagent.refactorings.python.arguments import Unmatched, arguments_of, bind, written
from codeagent.refactorings.python.effects import is_constant
from codeagent.refactorings.python.parameters import KEYWORD_ONLY, POSITIONAL, Parameter, parameters_of
from codeagent.refactorings.python.scopes import parameter_names
from codeagent.refactorings.refactoring import Accounting, Named, Occurrence, Proposal, Refusal


def inline_parameter(request: Request) -> Proposal:
    """Propose the default value as an argument of every call that leaves it out; Refusal where it is no constant."""
    code, subject = request.code, request.subject
    if len(subject.methods) != 1 or subject.unseen:
        raise Refusal("the method is defined in several classes", "inline a parameter of a function of one definition")
    function = _function(request)
    value = _default(request, function)
    receiver = _takes_receiver(request, function)
    parameters = parameters_of(function, code.read(subject.path))
    edited: list[Occurrence] = []
    for reference in code.graph.incoming(min(subject.methods), ("calls", "instantiates")):
        node = around(code.tree(reference.path), reference.span.start, reference.span.end)
        call = enclosing(node, "call")
        if call is None or str(reference.certainty) != "exact":
            raise Refusal(f"a call in {reference.path} cannot be followed", "write the argument there first")
        edit = _completed(request, reference.path, call, parameters[1:] if receiver else parameters, value)
        if edit is not None:
            request.edits.append(edit)
            edited.append(Occurrence(reference.path, reference.span.start, reference.span.end, "call"))
    patch = code.patch(f"inline the default of {subject.name}", request.edits)
    name = Named(subject.parameter, subject.methods)  # it is the calls of the function that follow
    return Proposal(patch, about=(name,), occurrences=Accounting(edited=tuple(edited)))


def _function(request: Request) -> Node:
    path = request.subject.path
    symbol = request.code.symbol(min(request.subject.methods))
    node = around(request.code.tree(path), symbol.name_span.start, symbol.name_span.end)
    found = enclosing(node, "function_definition")
    assert found is not None
    return found


def _default(request: Request, function: Node) -> str:
    name = next((one for one in parameter_names(function) if one.text == request.subject.name.encode()), None)
    if name is None:
        raise Refusal(f"{request.subject.name} belongs to a lambda", "name a parameter of a function")
    value = name.parent.child_by_field_name("value") if name.parent is not None else None
    if value is None:
        raise Refusal(f"{request.subject.name} has no default", "name a parameter that has one")
    if not is_constant(value):
        raise Refusal("the default is made once, when the function is", "only a constant can be written at the calls")
    return request.code.text(value, request.subject.path)


def _takes_receiver(request: Request, function: Node) -> bool:
    outer = request.modules.scopes(request.subject.path).holder(function)
    decorated = (
        function.parent if function.parent is not None and function.parent.type == "decorated_definition" else None
    )
    static = decorated is not None and b"staticmethod" in (decorated.named_children[0].text or b"")
    return outer.kind == "class_definition" and not static


def _completed(request: Request, path: str, call: Node, parameters: list[Parameter], value: str) -> Edit | None:
    source, name = request.code.read(path), request.subject.name
    try:
        arguments = arguments_of(call, lambda start, end: source[start:end].decode("utf-8", "surrogateescape"))
        bound = bind(parameters, arguments)
    except Unmatched as error:
        raise Refusal(f"a call in {path} cannot be matched: {error}", "write its arguments out first") from error
    if bound.spread or any(one.spread for one in arguments):
        raise Refusal(f"a call in {path} hands on a list or a mapping", "write its arguments out first")
    if name in bound.by_name:
        return None
    before = [one.name for one in parameters if not one.star]
    at = before.index(name)
    positional = [one for one in arguments if not one.keyword]
    this = next(one for one in parameters if one.name == name)
    in_place = len(positional) == at and this.kind != KEYWORD_ONLY
    if not in_place and this.kind == POSITIONAL:
        raise Refusal(f"{name} can be given by its place alone", "write the arguments before it first")
    parts = [one.written for one in arguments]
    parts.insert(at, value) if in_place else parts.append(f"{name}={value}")
    start, end, text = written(parts, call, source, arguments)
    return Edit(path, start, end, text.encode("utf-8", "surrogateescape"))
