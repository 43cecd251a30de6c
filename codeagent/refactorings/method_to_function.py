"""method-to-function: a method becomes a function of its module, and every call of it follows."""

import builtins
from dataclasses import replace
from itertools import pairwise
from typing import Annotated, Final

from codeagent.domain.patch import Edit, Safety
from codeagent.languages.syntax import Node, child, enclosing
from codeagent.refactorings.code import Code
from codeagent.refactorings.inlining.occurrences import Occurrences, Place
from codeagent.refactorings.inlining.request import Request
from codeagent.refactorings.python.effects import Effect, effect_of
from codeagent.refactorings.python.fitting import call_around
from codeagent.refactorings.python.import_edits import New
from codeagent.refactorings.python.layout import line_end, line_start, moved, newline_of
from codeagent.refactorings.python.method import Method, read_method
from codeagent.refactorings.python.removal import removal_of
from codeagent.refactorings.refactoring import Accounting, Proposal, Refusal
from codeagent.refactorings.renaming import subject_of

_HINT: Final = "keep the method, or change it first"


def method_to_function(code: Code, target: Annotated[str, "The method: a symbol id, or PATH:LINE:COL."]) -> Proposal:
    """Move a method out of its class: the receiver goes where the body does not use it."""
    subject = subject_of(code, target)
    if not subject.member or code.language(subject.path) != "python":
        raise Refusal(f"{subject.name or target} is no method of a Python class", "name a method")
    if len(subject.keys) > 1:
        others = ", ".join(sorted(subject.keys)[:4])
        raise Refusal(f"{subject.name} is defined in several classes: {others}", _HINT)
    request = Request(code, subject, None, False)
    method = read_method(request.modules, subject.path, code.symbol(min(subject.keys)))
    found = request.occurrences()
    if len(found.bindings) != 1 or found.exports:
        raise Refusal(f"{subject.name} is defined or assigned more than once", _HINT)
    _check_name(request, method)
    for place in found.reads:
        _follow(request, method, place)
    definition = _moved(request, method, found)
    request.edits += definition
    return _proposal(request, method, found)


def _proposal(request: Request, method: Method, found: Occurrences) -> Proposal:
    subject = request.subject
    patch = request.patch(f"make {subject.name} a function")
    notes = request.waking
    if subject.unseen:
        patch = replace(patch, safety=Safety.REVIEW)
        notes += (f"nobody can see here whether {', '.join(subject.unseen[:3])} calls {subject.name}",)
    accounting = Accounting(
        edited=tuple(one.occurrence for one in (*found.bindings, *found.reads)),
        other=tuple(found.other),
        text=tuple(found.text),
        unresolved=tuple(found.unresolved),
    )
    key = min(subject.keys)
    renamed = {key: f"{method.path}::{subject.name}"}
    return Proposal(patch, renamed, about=(subject.named,), occurrences=accounting, notes=notes)


def _check_name(request: Request, method: Method) -> None:
    scopes, name = request.modules.scopes(method.path), request.subject.name
    if name in scopes.module.bound:
        raise Refusal(f"{method.path} already has a {name}", "rename one of the two first")
    outer = [use for use in scopes.uses.values() if use.name == name and scopes.owner(name, use.scope) is None]
    if outer or hasattr(builtins, name):
        raise Refusal(f"{name} already means something in {method.path}", "rename the method first")


# --- the uses -----------------------------------------------------------------------------------------------------


def _follow(request: Request, method: Method, place: Place) -> None:
    """Make a use of the method one of the function."""
    name, whole, path = request.subject.name, place.expression, place.path
    line = place.node.start_point[0] + 1
    if whole == place.node:
        raise Refusal(f"{name} is used inside its class's own body, line {line} of {path}", _HINT)
    scopes = request.modules.scopes(path)
    if scopes.owner(name, scopes.at(whole)) is not None:
        raise Refusal(f"{name} already means something in line {line} of {path}", "rename one of the two first")
    if path != method.path:
        request.bring(path, [New(request.modules.layout.dotted(method.path), name)])
    receiver = child(whole, "object")
    if receiver.type == "call" and child(receiver, "function").text == b"super":
        raise Refusal(f"{name} is called through super() in line {line} of {path}", _HINT)
    call, of_class = call_around(whole), request.is_class(path, receiver)
    drops, bare = not method.keeps_receiver, method.kind != "method"
    if call is None and not (bare or (drops and not of_class)):
        raise Refusal(f"{name} is used as a value in line {line} of {path}", _HINT)
    if (drops or of_class) and effect_of(receiver) is Effect.LOUD:
        raise Refusal(f"what {name} is called on in line {line} of {path} would not be evaluated", "name it first")
    if call is not None and not bare and of_class and drops:
        _drop_first(request, path, call)
    elif call is not None and not drops and not of_class:
        _put_first(request, path, call, receiver)
    request.edits.append(Edit(path, whole.start_byte, whole.end_byte, name.encode()))


def _arguments(call: Node) -> tuple[Node, list[Node]]:
    listed = child(call, "arguments")
    return listed, [one for one in listed.named_children if one.type != "comment"]


def _drop_first(request: Request, path: str, call: Node) -> None:
    _, given = _arguments(call)
    if not given or given[0].type in ("keyword_argument", "list_splat", "dictionary_splat"):
        raise Refusal(f"a call in {path} does not give the receiver first", _HINT)
    if effect_of(given[0]) is Effect.LOUD:
        raise Refusal(f"the receiver of a call in {path} would not be evaluated", "give it a name first")
    end = given[1].start_byte if len(given) > 1 else given[0].end_byte
    request.edits.append(Edit(path, given[0].start_byte, end, b""))


def _put_first(request: Request, path: str, call: Node, receiver: Node) -> None:
    listed, given = _arguments(call)
    text = request.code.text(receiver, path).encode()
    if listed.type != "argument_list":
        raise Refusal(f"a call in {path} has a generator as its only argument", "put it in brackets first")
    at = listed.start_byte + 1
    apart = request.code.read(path)[at : at + 1].isspace()  # the arguments begin on a line of their own
    request.edits.append(Edit(path, at, at, text + (b"" if not given else b"," if apart else b", ")))


# --- the definition -----------------------------------------------------------------------------------------------


def _moved(request: Request, method: Method, found: Occurrences) -> list[Edit]:
    path, source = method.path, request.code.read(method.path)
    root, newline = request.code.tree(path), newline_of(source)
    before = any(_runs_in_body(method, one) for one in found.reads)
    text = _text(request, method, root, source)
    outer = method.outermost
    gap, removal = newline * 3, removal_of(path, source, method.whole)
    if before:
        start = line_start(source, outer.start_byte)
        return [Edit(path, start, start, text + gap), removal]
    end = line_end(source, outer.end_byte)
    if removal.text or removal.end < end:
        return [Edit(path, end, end, gap + text), removal]
    rest = source[end : removal.end]  # the method is the last of its class: the function stands where it stood
    return [Edit(path, removal.start, removal.end, newline * 2 + text + rest)]


def _runs_in_body(method: Method, place: Place) -> bool:
    """Whether a use runs while the class is being made."""
    outer = method.outermost
    inside = place.path == method.path and outer.start_byte <= place.node.start_byte < outer.end_byte
    return inside and enclosing(place.node, "function_definition", "lambda") is None


def _text(request: Request, method: Method, root: Node, source: bytes) -> bytes:
    """The definition as it stands in the module: without its receiver, and with the uses in it that follow."""
    node, path = method.node, method.path
    inner = [one for one in request.edits if one.path == path and node.start_byte <= one.start < node.end_byte]
    request.edits = [one for one in request.edits if one not in inner]
    if method.receiver is not None and not method.keeps_receiver:
        inner.append(Edit(path, *_receiver_span(node), b""))
    pieces = moved(root, source, node.start_byte, node.end_byte, b"")
    inner += [Edit(path, one[2], other[1], other[0]) for one, other in pairwise(pieces)]
    parts, at = [], node.start_byte
    for edit in sorted(inner):
        parts += [source[at : edit.start], edit.text]
        at = edit.end
    return b"".join([*parts, source[at : node.end_byte]])


def _receiver_span(node: Node) -> tuple[int, int]:
    """The bytes of the first parameter, with what parts it from the next one."""
    listed = [one for one in child(node, "parameters").named_children if one.type != "comment"]
    rest = listed[1:]
    if rest and rest[0].type == "positional_separator":
        rest = rest[1:]
    return listed[0].start_byte, rest[0].start_byte if rest else listed[-1].end_byte
