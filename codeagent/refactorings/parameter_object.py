"""parameter-object: several parameters become one that holds a frozen dataclass; every call makes one."""

import re
from dataclasses import dataclass
from typing import Annotated, Final

from codeagent.domain.errors import UsageError
from codeagent.domain.patch import Edit
from codeagent.graph.values import TYPE
from codeagent.languages.syntax import Node, child
from codeagent.refactorings.change_signature import header_edit, within
from codeagent.refactorings.code import Code
from codeagent.refactorings.family import owner_of
from codeagent.refactorings.function_uses import Function, Uses, uses_of
from codeagent.refactorings.inlining.request import Request
from codeagent.refactorings.object_calls import ObjectCalls
from codeagent.refactorings.python.arguments import Unmatched
from codeagent.refactorings.python.departure import DEFINITIONS, pieces_of
from codeagent.refactorings.python.effects import is_constant
from codeagent.refactorings.python.fixtures import given_by_name
from codeagent.refactorings.python.import_edits import ImportEdits, New
from codeagent.refactorings.python.layout import newline_of, unit_of
from codeagent.refactorings.python.parameters import Parameter, parameters_of
from codeagent.refactorings.python.scopes import Role, Use
from codeagent.refactorings.python.taken import check_word
from codeagent.refactorings.refactoring import Accounting, Occurrence, Proposal, Refusal
from codeagent.refactorings.renaming import Subject
from codeagent.refactorings.signature_calls import own_parameters

_LOOKS: Final = frozenset(("locals", "vars", "dir", "eval", "exec"))  # see the names of the locals
_WORDS: Final = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True, slots=True)
class _Wish:
    """The parameters that go, by the signature, and the one that comes."""

    function: Function
    gone: list[Parameter]
    new: Parameter
    parameters: list[Parameter]  # of the new signature, the receiver left out


def parameter_object(
    code: Code,
    target: Annotated[str, "The function or method: symbol id or PATH:LINE:COL."],
    *,
    params: Annotated[str, "The parameters that become one, separated by commas."],
    name: Annotated[str, "The name of the dataclass; the parameter is called so in snake_case."],
) -> Proposal:
    """Put several parameters of a function into one frozen dataclass."""
    uses = uses_of(code, target)
    names = [one.strip() for one in params.split(",") if one.strip()]
    home = _home(code, uses)
    wish = _wish(code, home, names, name)
    request = Request(code, Subject(uses.name, home.path, frozenset({home.key})), None, False)
    definition = _definition(request, wish, name)
    edits, done = list[Edit](), list[Occurrence]()
    for function in uses.functions:
        mine = wish if function is home else _same(_wish(code, function, names, name), wish)
        header = header_edit(code, function, [*_receiver(code, function), *mine.parameters])
        edits += [*_body(request, mine), *([header] if header else [])]
        done.append(function.named_at)
    calls = ObjectCalls(request, home, name, wish.gone, wish.parameters, own_parameters(code, home))
    for path in sorted({function.path for function in uses.functions} - {home.path}):
        calls.bring(path)
    unresolved = [*uses.unresolved, *uses.values]
    for call in sorted(uses.calls, key=lambda one: one.node.end_byte - one.node.start_byte):  # inner ones first
        try:
            edit = calls.edit(call, edits)
        except Unmatched as problem:
            unresolved.append(Occurrence(call.path, call.start, call.end, str(problem)))
            continue
        done.append(Occurrence(call.path, call.start, call.end, "call"))
        if edit is not None:
            edits = [one for one in edits if not within(one, edit)] + [edit]
    request.edits = _with_imports(request, wish.function.path, definition) + edits
    keys = [function.key for function in uses.functions]
    return Proposal(
        request.patch(f"make one parameter {wish.new.name} of {', '.join(one.name for one in wish.gone)}"),
        dropped=frozenset(f"{key}.{one.name}" for key in keys for one in wish.gone),
        about=(uses.named,),
        occurrences=Accounting(tuple(done), uses.other, uses.text, tuple(unresolved)),
    )


def _with_imports(request: Request, path: str, definition: Edit) -> list[Edit]:
    """The class and the import of what decorates it, as one edit where both go to the same place."""
    imports = ImportEdits(path, request.code.read(path), request.code.tree(path), request.modules.tops)
    imports.add(New("dataclasses", "dataclass"))
    found = imports.edits()
    same = [one for one in found if one.start == one.end == definition.start]
    text = b"".join(one.text for one in same) + definition.text
    return [Edit(path, definition.start, definition.end, text), *(one for one in found if one not in same)]


# --- the signature -------------------------------------------------------------------------------------------------


def _receiver(code: Code, function: Function) -> list[Parameter]:
    return parameters_of(function.node, code.read(function.path))[:1] if function.receiver else []


def _home(code: Code, uses: Uses) -> Function:
    """The definition beside which the class is made: the one in the class that all others inherit from."""
    flow = code.naming.flow
    owners = {one.id: found[:2] for one in uses.functions if (found := owner_of(flow, one.key)) is not None}
    lines = [{base[1:3] for base in flow.hierarchy.line(owner) if base[0] == TYPE} for owner in owners.values()]
    roots = [one for one in uses.functions if all(owners.get(one.id) in line for line in lines)]
    if len(uses.functions) > 1 and len(roots) != 1:
        others = ", ".join(one.id for one in uses.functions[:3])
        raise Refusal(f"none of these overrides the others: {others}", "give them a base class that has it first")
    return roots[0] if len(uses.functions) > 1 else uses.target


def _same(mine: _Wish, first: _Wish) -> _Wish:
    """The wish of an override; Refusal where its parameters are not those of what it overrides."""
    if [(one.name, one.default) for one in mine.gone] != [(one.name, one.default) for one in first.gone]:
        raise Refusal(f"{mine.function.id} has other parameters or defaults", "bring them in line first")
    return mine


def _wish(code: Code, function: Function, names: list[str], name: str) -> _Wish:
    own = own_parameters(code, function)
    check_word(name)
    if not names:
        raise UsageError("no parameter is named", "say --params a,b,c")
    known = {one.name: one for one in own if not one.star}
    for missing in (one for one in names if one not in known):
        raise Refusal(f"{function.id} has no parameter {missing}", f"it has: {', '.join(known) or 'none'}")
    gone = [one for one in own if not one.star and one.name in names]
    for given in sorted(given_by_name(code, code.symbol(function.id)).intersection(names)):
        raise Refusal(f"pytest gives {given} to {function.id} by its name", "change that by hand")
    _check_fields(function, gone)
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()
    check_word(snake)
    if snake == name or any(snake == one.name for one in own):
        raise Refusal(f"{snake} is already the name of something", "choose another name")
    new = Parameter(snake, name, f"{name}()" if all(one.default for one in gone) else "", gone[0].kind)
    after = [new if one is gone[0] else one for one in own if one is gone[0] or one not in gone]
    _check_order(function, after)
    return _Wish(function, gone, new, after)


def _check_order(function: Function, after: list[Parameter]) -> None:
    seen = ""
    for one in after:
        if one.star or one.kind == "keyword":
            return
        if seen and not one.default:
            raise Refusal(f"{function.id}: {one.name} has no default and would follow {seen}", "reorder them first")
        seen = one.name if one.default else seen


def _check_fields(function: Function, gone: list[Parameter]) -> None:
    listed = child(function.node, "parameters")
    values = {one.text: one.child_by_field_name("value") for one in listed.named_children}
    words = {word for one in gone for word in _WORDS.findall(one.annotation)}
    for one in gone:
        value = values.get(one.text.encode("utf-8", "surrogateescape"))
        if value is not None and not is_constant(value):
            raise Refusal(f"the default of {one.name} is no constant", "a field could not have it")
        if one.name.startswith("__") or one.name in words:
            raise Refusal(f"{one.name} would mean something else as a field", "rename the parameter first")


# --- the class -----------------------------------------------------------------------------------------------------


def _definition(request: Request, wish: _Wish, name: str) -> Edit:
    path = wish.function.path
    source, root, scopes = request.code.read(path), request.code.tree(path), request.modules.scopes(path)
    if any(use.name == name for use in scopes.uses.values()):
        raise Refusal(f"{path} already uses the name {name}", "choose another name")
    if "dataclass" in scopes.module.bound and not request.imports(path).present(New("dataclasses", "dataclass")):
        raise Refusal(f"dataclass already means something in {path}", "rename it first")
    top = next(one for one in root.named_children if one.start_byte <= wish.function.node.start_byte < one.end_byte)
    if top.type not in DEFINITIONS:
        raise Refusal(f"{wish.function.id} is defined under a condition", "define it at the top of its module")
    listed = child(wish.function.node, "parameters")
    for use in scopes.between(listed.start_byte, listed.end_byte):
        owner = scopes.owner(use.name, use.scope)
        if use.role is Role.READ and owner is not None and owner is not scopes.module:
            raise Refusal(f"{use.name} in the signature belongs to a class or function", "the dataclass cannot see it")
    inner = child(top, "definition") if top.type == "decorated_definition" else top
    called = (child(inner, "name").text or b"").decode()
    start = next(one.start for one in pieces_of(path, source, root, scopes, [called]) if one.node == top)
    text = _class_text(request, wish, name, root, source)
    return Edit(path, start, start, text)


def _class_text(request: Request, wish: _Wish, name: str, root: Node, source: bytes) -> bytes:
    bound = request.modules.scopes(wish.function.path).module.bound
    plain = "Any" if "Any" in bound else "object"
    unit = unit_of(root, source).decode()
    fields = [
        f"{unit}{one.name}: {one.annotation or plain}" + (f" = {one.default}" if one.default else "")
        for one in sorted(wish.gone, key=lambda one: bool(one.default))
    ]
    newline = newline_of(source).decode()
    lines = ["@dataclass(frozen=True)", f"class {name}:", *fields, "", "", ""]
    return newline.join(lines).encode("utf-8", "surrogateescape")


# --- the body ------------------------------------------------------------------------------------------------------


def _body(request: Request, wish: _Wish) -> list[Edit]:
    path, node = wish.function.path, wish.function.node
    scopes, source = request.modules.scopes(path), request.code.read(path)
    own, names, edits = scopes.of_node[node.id], {one.name for one in wish.gone}, []
    for use in scopes.between(child(node, "body").start_byte, node.end_byte):
        if use.name in _LOOKS and use.role is Role.READ:
            raise Refusal(f"{wish.function.id} may look at its locals by {use.name}", "take that out first")
        if use.name == wish.new.name:
            raise Refusal(f"{use.name} already means something in {wish.function.id}", "choose another name")
        if use.name in names and scopes.owner(use.name, use.scope) is own:
            _check_read(request, path, use)
            edits.append(Edit(path, use.start, use.end, f"{wish.new.name}.{use.name}".encode()))
        elif use.name in names and use.role is Role.DECLARE:
            _check_read(request, path, use)
    if b"#" in source[child(node, "parameters").start_byte : child(node, "parameters").end_byte]:
        raise Refusal(f"comments stand among the parameters of {wish.function.id}", "move them first")
    return edits


def _check_read(request: Request, path: str, use: Use) -> None:
    place = request.code.graph.place(path, use.start, use.end)
    if use.role is not Role.READ:
        raise Refusal(f"{use.name} is assigned or deleted at {path}:{place.line}", "give that another name first")
    rest = request.code.read(path)[use.end : use.end + 40].lstrip()
    node = request.code.tree(path).descendant_for_byte_range(use.start, use.end)
    if node is not None and node.parent is not None and node.parent.type == "interpolation" and rest[:1] == b"=":
        raise Refusal(f"the name {use.name} is shown by an f-string at {path}:{place.line}", "write the name out first")
