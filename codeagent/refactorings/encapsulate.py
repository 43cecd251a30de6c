"""encapsulate: an attribute becomes a property over a field of one underscore; whoever uses it goes on as before."""

import re
from collections.abc import Iterator
from typing import Annotated, Final

from codeagent.domain.patch import Edit
from codeagent.graph.values import TYPE
from codeagent.languages.syntax import Node, around, child, enclosing
from codeagent.refactorings.code import Code
from codeagent.refactorings.family import owner_of
from codeagent.refactorings.inlining.occurrences import Occurrences, Place
from codeagent.refactorings.inlining.request import Request
from codeagent.refactorings.python.layout import indent_of, line_end, newline_of, unit_of
from codeagent.refactorings.refactoring import Accounting, Occurrence, Proposal, Refusal
from codeagent.refactorings.renaming import Subject, subject_of
from codeagent.refactorings.stand_ins import stand_ins
from codeagent.refactorings.whole_fields import had_as_mapping

_SETTING: Final = re.compile(r"setattr|delattr|patch|object")
_HINT: Final = "keep the attribute, or change the class first"


def encapsulate(
    code: Code,
    target: Annotated[str, "The attribute: a symbol id, or PATH:LINE:COL."],
    *,
    read_only: Annotated[bool, "Make no setter; refused where anything but the class's own methods sets it."] = False,
) -> Proposal:
    """Keep an attribute's value in `_name` and give the class a property of its name."""
    subject = subject_of(code, target)
    if not subject.member or code.language(subject.path) != "python":
        raise Refusal(f"{subject.name or target} is no attribute of a Python class", "name an attribute")
    root = _root(code, subject)
    if root and target != root:
        return encapsulate(code, root, read_only=read_only)  # the property belongs to the class above the others
    request = Request(code, subject, None, True)
    found = request.occurrences()
    owner = _owner(request, found)
    _check(request, owner, found, read_only)
    edited = [one for one in (*found.bindings, *found.reads) if _is_inside(request, owner, one)]
    for place in edited:
        request.edits.append(Edit(place.path, place.node.start_byte, place.node.start_byte, b"_"))
    request.edits.append(_property(request, owner, read_only))
    rest = tuple(one.occurrence for one in (*found.bindings, *found.reads) if one not in edited)
    accounting = Accounting(
        edited=tuple(one.occurrence for one in edited),
        other=(*found.other, *rest, *found.unresolved),  # whoever reads or sets it still can
        text=tuple(found.text),
        unresolved=(
            *stand_ins(code, subject.keys, subject.name, receivers=True),
            *(one for one in found.unresolved if read_only and _may_set(code, one)),
            *_as_mapping(code, subject),
        ),
    )
    return Proposal(
        request.patch(f"encapsulate {subject.name}"),
        dropped=subject.keys,
        about=(subject.named,),
        occurrences=accounting,
    )


def _root(code: Code, subject: Subject) -> str:
    """Where several classes of one family set the attribute, the key in the one that all others inherit from."""
    if len(subject.keys) == 1:
        return ""
    flow = code.naming.flow
    owners = {key: found[:2] for key in subject.keys if (found := owner_of(flow, key)) is not None}
    lines = {key: {one[1:3] for one in flow.hierarchy.line(owner) if one[0] == TYPE} for key, owner in owners.items()}
    for key, owner in sorted(owners.items()):
        if all(owner in line or other == key for other, line in lines.items()):
            return key
    shown = ", ".join(sorted(subject.keys)[:3])
    raise Refusal(f"{shown}: none of these classes inherits from the others", _HINT)


def _owner(request: Request, found: Occurrences) -> Node:
    """The class whose methods set the attribute."""
    name = request.subject.name
    if not found.bindings:
        raise Refusal(f"nothing sets {name}", "name an attribute that the methods of its class set")
    owners = {}
    for place in found.bindings:
        node = enclosing(place.node, "class_definition")
        if place.node == place.expression and node is not None:
            raise Refusal(f"{name} is an attribute of the class itself", "set it in __init__ first")
        if node is not None and place.path == request.subject.path:
            owners[node.start_byte] = node
    root = _root(request.code, request.subject) or min(request.subject.keys)
    above = root.partition("::")[2].split(".")[-2]
    mine = [node for node in owners.values() if child(node, "name").text == above.encode()]
    if len(mine) != 1:
        raise Refusal(f"the class that sets {name} cannot be told", _HINT)
    return mine[0]


def _check(request: Request, owner: Node, found: Occurrences, read_only: bool) -> None:
    name = request.subject.name
    family = {enclosing(place.node, "class_definition") for place in found.bindings} - {None, owner}
    taken = [
        one
        for each in (owner, *family)
        for one in (_below(each) if each is not None else ())
        if one.type == "identifier" and one.text == f"_{name}".encode()
    ]
    if name.startswith("_"):
        raise Refusal(f"{name} is private by its name already", "name a public attribute")
    if taken:
        raise Refusal(f"the class already has a _{name}", "rename that first")
    if request.subject.unseen:
        raise Refusal(f"nobody can see what {request.subject.unseen[0]} does with {name}", _HINT)
    decorated = owner.parent is not None and owner.parent.type == "decorated_definition"
    if decorated or b"__slots__" in (owner.text or b""):
        raise Refusal("the class makes its attributes by a decorator or __slots__", _HINT)
    for place in found.bindings:
        outside = not _is_inside(request, owner, place)
        parent = place.expression.parent
        if parent is not None and parent.type == "delete_statement":
            raise Refusal(f"{name} is deleted in line {place.node.start_point[0] + 1} of {place.path}", _HINT)
        if outside and read_only:
            raise Refusal(f"{name} is set in line {place.node.start_point[0] + 1} of {place.path}", "leave it a setter")


def _as_mapping(code: Code, subject: Subject) -> Iterator[Occurrence]:
    """The places that have the attribute as an item of a mapping: there it is called after its new place."""
    member = owner_of(code.naming.flow, min(subject.keys))
    if member is not None:
        yield from had_as_mapping(code, member[:2], subject.name)


def _may_set(code: Code, place: Occurrence) -> bool:
    """Whether a place that may be the attribute may set it: as a target, or by its name as text."""
    node = around(code.tree(place.path), place.start, place.end)
    call = enclosing(node, "call") if enclosing(node, "string") is not None else None
    if call is not None:
        return bool(_SETTING.search(code.text(child(call, "function"), place.path)))
    whole = node.parent
    above = whole.parent if whole is not None and whole.type == "attribute" else None
    return above is not None and (above.child_by_field_name("left") == whole or above.type == "delete_statement")


def _is_inside(request: Request, owner: Node, place: Place) -> bool:
    """Whether a use is one of the receiver in the class's own methods."""
    return (
        place.path == request.subject.path
        and owner.start_byte <= place.node.start_byte < owner.end_byte
        and place.expression != place.node
        and child(place.expression, "object").type == "identifier"
        and enclosing(place.node, "class_definition") == owner
    )


def _property(request: Request, owner: Node, read_only: bool) -> Edit:
    path, name = request.subject.path, request.subject.name
    source, root = request.code.read(path), request.code.tree(path)
    last = [one for one in child(owner, "body").named_children if one.type != "comment"][-1]
    newline, unit = newline_of(source), unit_of(root, source)
    first = child(owner, "body").named_children[0]
    outer = indent_of(source, first.start_byte)
    lines = ["@property", f"def {name}(self):", f"\treturn self._{name}"]
    if not read_only:
        lines += ["", f"@{name}.setter", f"def {name}(self, value):", f"\tself._{name} = value"]
    shown = [outer + line.encode().replace(b"\t", unit) if line else b"" for line in lines]
    end = line_end(source, last.end_byte)
    return Edit(path, end, end, newline + newline + newline.join(shown))


def _below(node: Node) -> list[Node]:
    return [node, *(inner for one in node.named_children for inner in _below(one))]
