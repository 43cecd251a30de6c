"""Python: names that stand where the facts say nothing: keywords of calls and patterns, `global`, type parameters."""

import re
from collections.abc import Iterable
from typing import Final

from codeagent.domain.code import Certainty
from codeagent.graph.fields import takes_fields
from codeagent.graph.members import denoted
from codeagent.graph.naming import UNKNOWN, Meaning, key_of
from codeagent.graph.values import INST
from codeagent.languages.syntax import Node, around, enclosing, every
from codeagent.refactorings.code import Code

_MAKING_ANEW = frozenset(("replace", "evolve", "assoc", "_replace", "model_copy", "__replace__"))
_SETTING: Final = re.compile(
    rb"\bsetattr\(\s*[\w.]+\s*,\s*[A-Za-z_]|\b__dict__\b|\bvars\("
)  # a name that is no literal
MODULE_PART = Meaning(frozenset({"<module>"}))  # a part of a dotted import


def meaning(code: Code, path: str, node: Node) -> Meaning:
    """Return what an identifier stands for that is no reference of the facts; UNKNOWN where nothing is known."""
    parent = node.parent
    if parent is None:
        return UNKNOWN
    if parent.type == "keyword_argument" and parent.child_by_field_name("name") == node:
        return _keyword(code, path, parent, code.text(node, path))
    if parent.type in ("global_statement", "nonlocal_statement"):
        return _declared(code, path, node, parent.type == "global_statement")
    if parent.type == "keyword_pattern" and parent.named_children[0] == node:
        return _pattern(code, path, parent, code.text(node, path))
    if parent.type == "dotted_name" and enclosing(node, "import_statement", "import_from_statement"):
        return MODULE_PART
    return type_parameter(code, path, node)


def callee_end(call: Node) -> Node | None:
    """The last name of what a call calls: `f` of `f()`, `total` of `cart.total()`."""
    function = call.child_by_field_name("function")
    if function is not None and function.type == "attribute":
        function = function.child_by_field_name("attribute")
    return function if function is not None and function.type == "identifier" else None


def call_of(name: Node) -> Node | None:
    """Return the call of what a name stands for; None where it is not called."""
    call = enclosing(name, "call")
    return call if call is not None and callee_end(call) == name else None


def _keyword(code: Code, path: str, argument: Node, name: str) -> Meaning:
    call = argument.parent.parent if argument.parent else None
    if call is None or call.type != "call":
        return MODULE_PART  # of a class statement: `metaclass=`
    callee = callee_end(call)
    if callee is None:
        return UNKNOWN
    if sets_members(code, path, argument):
        return UNKNOWN
    names = code.naming.file(path)
    found: set[str] = set()
    called = names.called(callee.start_byte, callee.end_byte)
    for target, certainty, _ in called:
        if certainty is not Certainty.NAME_ONLY:
            found |= _parameter(code, target, name)
    made = [target for target, _, constructs in called if constructs]
    others = {target for target, _, constructs in called if not constructs}
    if len(made) == 1 and not any("::" in target for target in others):
        found = _filled(code, made[0], name, found if others else None)
    if not found and called and all(_hands_on(code, target) for target, _, _ in called):
        told = names.meaning(callee.start_byte, callee.end_byte)
        found = {one for target in (told.targets if told else ()) for one in _parameter(code, target, name)}
    if not found and called and all(certainty is not Certainty.NAME_ONLY for _, certainty, _ in called):
        return Meaning(frozenset(f"{target}({name})" for target, _, _ in called))  # it goes into `**`, or fails
    return Meaning(frozenset(found), Certainty.EXACT if len(found) == 1 else Certainty.LIKELY) if found else UNKNOWN


def sets_members(code: Code, path: str, argument: Node) -> bool:
    """Tell whether a keyword goes to a function that sets fields by such names.

    One of another library makes a value anew, as `replace(cart, total=1)` does; one of the tree hands the keys of its
    `**fields` to `setattr`."""
    call = argument.parent.parent if argument.parent else None
    callee = callee_end(call) if call is not None and call.type == "call" else None
    if call is None or callee is None:
        return False
    if holds_fields(call.child_by_field_name("function")):
        return True
    called = code.naming.file(path).called(callee.start_byte, callee.end_byte)
    inside = [target for target, _, _ in called if target.partition("::")[0] in code.graph.files]
    if not inside:
        return code.text(callee, path) in _MAKING_ANEW
    return any(_sets_by_key(code, target) for target in inside)


def holds_fields(node: Node | None) -> bool:
    """Tell whether an expression is what holds the fields of an object, `x.__dict__` or `vars(x)`, or a part of it."""
    if node is None:
        return False
    if node.type == "attribute":
        last = node.child_by_field_name("attribute")
        return (last is not None and last.text == b"__dict__") or holds_fields(node.child_by_field_name("object"))
    function, given = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    bare = function is not None and function.text == b"vars"
    return node.type == "call" and bare and given is not None and bool(given.named_children)


def _sets_by_key(code: Code, target: str) -> bool:
    """Whether a function takes `**fields` and sets members by names that are no literals."""
    function, taken = _taking(code, target)
    return function is not None and bool(taken) and bool(_SETTING.search(function.text or b""))


def _hands_on(code: Code, target: str) -> bool:
    """Whether a function hands on what it takes by `**`, as wrappers do: `function(*args, **kwargs)`."""
    function, taken = _taking(code, target)
    given = every(function, "python", "dictionary_splat") if function is not None and taken else ()
    return any((one.text or b"")[2:].strip() == taken for one in given)


def _taking(code: Code, target: str) -> tuple[Node | None, bytes]:
    """The definition of a function, and the name of its parameter that takes all keywords; b"" where there is none."""
    path = target.partition("::")[0]
    known = path in code.graph.files and code.language(path) == "python"
    symbol = next((one for one in code.graph.symbols(path) if one.id == target), None) if known else None
    if symbol is None:
        return None, b""
    node = around(code.tree(path), symbol.name_span.start, symbol.name_span.end)
    function = enclosing(node, "function_definition")
    listed = function.child_by_field_name("parameters") if function is not None else None
    for one in listed.named_children if listed is not None else ():
        plain = one.named_children[0] if one.type == "typed_parameter" else one
        if plain.type == "dictionary_splat_pattern":
            return function, (plain.text or b"")[2:].strip()
    return function, b""


def _parameter(code: Code, target: str, name: str) -> set[str]:
    """The parameter that a keyword of a call gives."""
    path = target.partition("::")[0]
    if path not in code.graph.files:
        return {f"{target}({name})"} if "::" not in target else set()
    view = code.naming.file(path).view
    for index, function in view.functions.items():
        if view.symbol_id(index) == target and any(param.name == name for param in function.params):
            return {f"{target}.{name}"}
    return set()


def _filled(code: Code, target: str, name: str, outside: set[str] | None) -> set[str]:
    """What a keyword gives to a class without a constructor in the tree: a field, or a parameter of one that is
    `outside` (None: there is no such)."""
    path = target.partition("::")[0]
    view, flow = code.naming.file(path).view, code.naming.flow
    owner = next(((path, index) for index in view.classes if view.symbol_id(index) == target), None)
    if owner is None:
        return outside or set()
    place, _ = flow.hierarchy.find(owner, name)
    declared = {f"{key_of(flow.world.view(place[1]).symbol_id(place[2]))}.{name}"} if place is not None else set()
    if outside is None or takes_fields(flow, owner):  # a data class: the field is the parameter
        return declared or {f"{key_of(target)}.{name}"}
    return outside | declared


def _declared(code: Code, path: str, node: Node, at_top: bool) -> Meaning:
    """`global x` and `nonlocal x`."""
    names, name = code.naming.file(path), code.text(node, path)
    if at_top:
        return Meaning(frozenset({names.key(0, name)}))
    symbols = names.facts.symbols
    around = [i for i, symbol in enumerate(symbols) if symbol.start <= node.start_byte < symbol.end]
    innermost = max(around, key=lambda i: (symbols[i].start, -symbols[i].end))
    scope = names.scope_of(symbols[innermost].parent, name)
    return UNKNOWN if scope is None else Meaning(frozenset({names.key(scope, name)}))


def _pattern(code: Code, path: str, pattern: Node, name: str) -> Meaning:
    """`case Cart(total=t)`: the attribute of the class."""
    owner = enclosing(pattern, "class_pattern")
    if owner is None:
        return UNKNOWN
    last = owner.named_children[0].named_children[-1]
    names = code.naming.file(path)
    told = names.meaning(last.start_byte, last.end_byte)
    found: set[str] = set()
    for target in told.targets if told else ():
        found |= _members(code, target, name)
    return Meaning(frozenset(found)) if found else UNKNOWN


def _members(code: Code, target: str, name: str) -> set[str]:
    path = target.partition("::")[0]
    if path not in code.graph.files:
        return {f"{target}.{name}"}
    names, flow = code.naming.file(path), code.naming.flow
    index = next((i for i in names.view.classes if key_of(names.view.symbol_id(i)) == target), None)
    found = denoted(flow, names.view, (INST, path, index), name) if index is not None else []
    return {one if isinstance(one, str) else key_of(flow.world.view(one[0]).symbol_id(one[1])) for one in found}


def type_parameter(code: Code, path: str, node: Node) -> Meaning:
    """A name that the type parameters of a definition around bring in: `def f[T](x: T)`."""
    name, at = code.text(node, path), node.parent
    while at is not None:
        declared = at.child_by_field_name("type_parameters")
        if declared is None and at.type == "type_alias_statement":
            declared = next((one for one in at.named_children if one.type == "type"), None)
        for leaf in _identifiers(declared) if declared is not None else ():
            if code.text(leaf, path) == name:
                return Meaning(frozenset({f"{path}::{name}@{leaf.start_byte}"}))
        at = at.parent
    return UNKNOWN


def _identifiers(node: Node) -> Iterable[Node]:
    if node.type == "identifier":
        yield node
    for one in node.named_children:
        yield from _identifiers(one)
