"""The arguments of one call by the parameters that they reach: receiver first, then as written, then defaults."""

from collections.abc import Callable

from codeagent.languages.syntax import Node, child
from codeagent.refactorings.inlining.callee import HINT, Callee
from codeagent.refactorings.inlining.handing import Given, makes_plainly
from codeagent.refactorings.inlining.request import Request
from codeagent.refactorings.python.arguments import Argument, Unmatched, arguments_of, bind
from codeagent.refactorings.python.effects import Effect, effect_of, is_constant
from codeagent.refactorings.python.scopes import parameter_names
from codeagent.refactorings.refactoring import Refusal

Text = Callable[[Node], bytes]


def given_at(request: Request, callee: Callee, path: str, call: Node, text: Text) -> list[Given]:
    """Return what each parameter gets at a call; Refusal where that cannot be told."""
    receiver, source = _receiver(request, callee, path, call), request.code.read(path)
    parameters = list(callee.parameters[1:] if receiver is not None else callee.parameters)
    try:
        arguments = arguments_of(call, lambda start, end: source[start:end].decode("utf-8", "surrogateescape"))
        bound = bind(parameters, arguments)
    except Unmatched as error:
        raise Refusal(f"a call in {path} cannot be matched: {error}", HINT) from error
    if bound.spread or bound.extra_keywords:
        raise Refusal(f"a call in {path} hands on a list or a mapping", "write its arguments out first")
    given = []
    if receiver is not None:
        given.append(Given(callee.parameters[0].name, path, receiver, text(receiver), 0))
    for name, argument in bound.by_name.items():
        node = _value(call, argument)
        given.append(Given(name, path, node, text(node), 1 + arguments.index(argument)))
    missing = [one.name for one in parameters if one.name not in bound.by_name]
    given += [_default(callee, name, path) for name in missing]
    return given


def _value(call: Node, argument: Argument) -> Node:
    node = (
        next(one for one in child(call, "arguments").named_children if one.start_byte == argument.start)
        if (child(call, "arguments").type == "argument_list")
        else child(call, "arguments")
    )
    return child(node, "value") if node.type == "keyword_argument" else node


def _default(callee: Callee, name: str, path: str) -> Given:
    node = next(one for one in parameter_names(callee.node) if one.text == name.encode())
    value = node.parent.child_by_field_name("value") if node.parent is not None else None
    if value is None or (node.parent is not None and node.parent.type == "parameters"):
        raise Refusal(f"a call in {path} does not give {name}", "correct the call first")
    if not is_constant(value):
        raise Refusal(f"the default of {name} is made once, when the function is", f"give {name} at every call first")
    return Given(name, callee.path, value, value.text or b"", 0)


def _receiver(request: Request, callee: Callee, path: str, call: Node) -> Node | None:
    """The expression that becomes the first parameter; None where the call gives that itself, or there is none."""
    function = child(call, "function")
    if callee.kind == "function":
        return None
    if function.type != "attribute":
        raise Refusal(f"a method is called by its bare name in {path}", HINT)
    value = child(function, "object")
    if value.type == "call" and child(value, "function").text == b"super":
        raise Refusal(f"{request.subject.name} is called through super() in {path}", HINT)
    of_class = request.is_class(path, value)
    if callee.kind == "method":
        return None if of_class else value
    if callee.kind == "static":
        if effect_of(value) is Effect.LOUD and not (value.type == "call" and makes_plainly(request, path, value)):
            raise Refusal(f"a static method is called on a call in {path}", "call it on the class")
        return None
    if not of_class and _is_used(callee):
        raise Refusal(f"the class that the method is called on in {path} cannot be told", "call it on the class")
    return value


def _is_used(callee: Callee) -> bool:
    name = callee.parameters[0].name if callee.parameters else ""
    body = child(callee.node, "body")
    return any(use.name == name for use in callee.scopes.between(body.start_byte, body.end_byte))
