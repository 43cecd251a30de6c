"""function-to-method: a function becomes a method of the class of its first parameter, and every call follows."""

from dataclasses import replace
from typing import Annotated, Final

from codeagent.domain.patch import Edit, Safety
from codeagent.languages.syntax import Node, child, enclosing
from codeagent.refactorings.code import Code
from codeagent.refactorings.family import family_of, owner_of
from codeagent.refactorings.inlining.occurrences import Place
from codeagent.refactorings.inlining.request import Request
from codeagent.refactorings.python.fitting import call_around
from codeagent.refactorings.python.fixtures import is_test
from codeagent.refactorings.python.layout import indent_of, line_end, moved, newline_of
from codeagent.refactorings.python.removal import removal_of
from codeagent.refactorings.python.scopes import parameter_names
from codeagent.refactorings.refactoring import Accounting, Proposal, Refusal
from codeagent.refactorings.renaming import subject_of

_HINT: Final = "keep the function, or change it first"
_WHOLE: Final = ("identifier", "attribute", "subscript", "call", "parenthesized_expression")


def function_to_method(
    code: Code,
    target: Annotated[str, "The function: a symbol id, or PATH:LINE:COL."],
    *,
    to: Annotated[str, "The class in the same module; by default the one that annotates the first parameter."] = "",
) -> Proposal:
    """Move a function into a class: its first parameter becomes the receiver, and `f(x, y)` reads `x.f(y)`."""
    subject = subject_of(code, target)
    if subject.member or subject.parameter or not subject.name or code.language(subject.path) != "python":
        raise Refusal(f"{subject.name or target} is no function of a Python module", "name a function")
    if is_test(code, min(subject.keys)):
        raise Refusal(f"{subject.name} is a test, to which nobody would give an object", _HINT)
    request = Request(code, subject, None, False)
    node = _function(request)
    owner = _owner(request, node, to)
    found = request.occurrences()
    if len(found.bindings) != 1 or found.exports:
        raise Refusal(f"{subject.name} is assigned, or listed in __all__", _HINT)
    for place in found.reads:
        if place.path == subject.path and node.start_byte <= place.node.start_byte < node.end_byte:
            raise Refusal(f"{subject.name} refers to itself", _HINT)
        request.edits += _followed(request, place)
    request.drop_imports(found)
    definition = _moved(request, node, owner)
    request.edits += definition
    key, name = min(subject.keys), child(owner, "name").text or b""
    patch = replace(request.patch(f"make {subject.name} a method of {name.decode()}"), safety=Safety.REVIEW)
    accounting = Accounting(
        edited=tuple(one.occurrence for one in (*found.bindings, *found.reads)),
        other=tuple(found.other),
        text=tuple(found.text),
        unresolved=tuple(found.unresolved),
    )
    renamed = {key: f"{subject.path}::{name.decode()}.{subject.name}"}
    notes = (f"every first argument must be a {name.decode()} for the calls to find the method", *request.waking)
    return Proposal(patch, renamed, dropped=subject.keys, about=(subject.named,), occurrences=accounting, notes=notes)


def _function(request: Request) -> Node:
    symbol = request.code.symbol(min(request.subject.keys))
    root = request.code.tree(request.subject.path)
    name = root.descendant_for_byte_range(symbol.name_span.start, symbol.name_span.end)
    node = enclosing(name, "function_definition") if name is not None else None
    if node is None or node.parent is None or node.parent.type != "module" or child(node, "name") != name:
        raise Refusal(f"{request.subject.name} is no plain function of its module", _HINT)
    if not parameter_names(node):
        raise Refusal(f"{request.subject.name} has no parameter that could be the receiver", _HINT)
    return node


def _owner(request: Request, node: Node, to: str) -> Node:
    path = request.subject.path
    first = parameter_names(node)[0]
    typed = first.parent if first.parent is not None and first.parent.type.startswith("typed") else None
    annotation = typed.child_by_field_name("type") if typed is not None else None
    told = (annotation.text or b"").decode().strip("\"'") if annotation is not None else ""
    wanted = to.rpartition("::")[2] or told
    if not wanted:
        raise Refusal("which class the function is to go to is not said", "annotate its first parameter, or use --to")
    top = request.code.tree(path).named_children
    inner = [child(one, "definition") if one.type == "decorated_definition" else one for one in top]
    classes = [one for one in inner if one.type == "class_definition"]
    mine = [one for one in classes if child(one, "name").text == wanted.encode()]
    if len(mine) != 1:
        raise Refusal(f"{path} has no class {wanted}", "name a class of the same module")
    _check_free(request, wanted)
    private = [one for one in _below(node) if one.type == "identifier" and (one.text or b"").startswith(b"__")]
    if any(not (one.text or b"").endswith(b"__") for one in private):
        raise Refusal("names of two underscores would become private to the class", "rename them first")
    return mine[0]


def _check_free(request: Request, wanted: str) -> None:
    flow, path, name = request.code.naming.flow, request.subject.path, request.subject.name
    owner = owner_of(flow, f"{path}::{wanted}.{name}")
    if owner is None:
        raise Refusal(f"{wanted} is no class", "name a class of the same module")
    family = family_of(flow, path, owner[1], name)
    if family.keys or family.outside:
        raise Refusal(f"{wanted}, or a class of its family, already has a {name}", "rename the function first")


def _below(node: Node) -> list[Node]:
    return [node, *(inner for one in node.named_children for inner in _below(one))]


def _followed(request: Request, place: Place) -> list[Edit]:
    name, whole, path = request.subject.name, place.expression, place.path
    call, line = call_around(whole), place.node.start_point[0] + 1
    listed = child(call, "arguments") if call is not None else None
    given = [one for one in listed.named_children if one.type != "comment"] if listed is not None else []
    if call is None or listed is None or listed.type != "argument_list":
        raise Refusal(f"{name} is used as a value in line {line} of {path}", _HINT)
    if not given or given[0].type in ("keyword_argument", "list_splat", "dictionary_splat"):
        raise Refusal(f"the call in line {line} of {path} does not give the first argument by place", "write it first")
    first = given[0]
    text = request.code.text(first, path)
    text = text if first.type in _WHOLE else f"({text})"
    end = given[1].start_byte if len(given) > 1 else listed.end_byte - 1
    return [
        Edit(path, whole.start_byte, whole.end_byte, f"{text}.{name}".encode("utf-8", "surrogateescape")),
        Edit(path, listed.start_byte + 1, end, b""),
    ]


def _first_parameter(node: Node) -> Node:
    return next(one for one in child(node, "parameters").named_children if one.type != "comment")


def _moved(request: Request, node: Node, owner: Node) -> list[Edit]:
    path = request.subject.path
    source, root = request.code.read(path), request.code.tree(path)
    body = child(owner, "body")
    indent, newline = indent_of(source, body.named_children[0].start_byte), newline_of(source)
    pieces = moved(root, source, node.start_byte, node.end_byte, indent)
    inner = [one for one in request.edits if one.path == path and node.start_byte <= one.start < node.end_byte]
    request.edits = [one for one in request.edits if one not in inner]
    if inner:
        raise Refusal(f"{request.subject.name} refers to itself", _HINT)
    text = b"".join(head + source[start:stop] for head, start, stop in pieces)
    first = _first_parameter(node)  # its annotation would ask for the class before that is made
    text = text.replace(first.text or b"", parameter_names(node)[0].text or b"", 1)
    end = line_end(source, owner.end_byte)
    return [Edit(path, end, end, newline * 2 + indent + text), removal_of(path, source, node)]
