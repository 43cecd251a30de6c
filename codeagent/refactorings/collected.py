"""Python: attributes whose names are data, because a metaclass, `__init_subclass__` or a base from
outside the tree collects them."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from codeagent.domain.facts import CALL, CALLABLE_KINDS, NONE
from codeagent.graph.fields import is_declared
from codeagent.graph.naming import UNKNOWN
from codeagent.graph.values import EXTERN, TYPE, Class
from codeagent.languages.syntax import Node, around, enclosing, in_text
from codeagent.refactorings.census import Mention
from codeagent.refactorings.code import Code
from codeagent.refactorings.family import owner_of
from codeagent.refactorings.python.standard import standard_class
from codeagent.refactorings.refactoring import Occurrence
from codeagent.workspace.search import Query, search

_KEYED: Final = frozenset(("typing.TypedDict", "typing_extensions.TypedDict"))  # of which each field is a key
_MOST: Final = 5000
_PLAIN: Final = frozenset(("type", "ABCMeta", "EnumMeta", "EnumType"))


def collected_by(code: Code, keys: frozenset[str], mention: Mention) -> str:
    """Return what may have collected a member that text or a keyword of an open call names; "" where nothing has."""
    told = [one for one in mention.meaning.targets if not one.endswith(")")]  # what a `**` takes is told so
    if told:
        return ""
    return next(filter(None, (_kept(code, key) for key in sorted(keys))), "")


def _kept(code: Code, key: str) -> str:
    found: str = code.kept(("collector", key), lambda: _collector(code, key))
    return found


def _collector(code: Code, key: str) -> str:
    path = key.partition("::")[0]
    member = owner_of(code.naming.flow, key) if code.language(path) == "python" else None
    made = member is not None and _is_value(code, member)
    if member is None or not (made or _is_annotated(code, member)):
        return ""
    line = code.naming.flow.hierarchy.line((member[0], member[1]))
    makers = (_maker(code, value[1:3]) for value in line if made and value[0] == TYPE)
    outside = (value[1] for value in line if value[0] == EXTERN and _may_collect(value[1]))
    return next(filter(None, makers), "") or next(outside, "")


def _may_collect(base: str) -> bool:
    """Whether a class from outside the tree may collect the members of those that extend it, for all that is known."""
    return base in _KEYED or standard_class(base) is None


def _is_annotated(code: Code, member: tuple[str, int, str]) -> bool:
    """Whether the body of a class declares a member with its type."""
    path, owner, name = member
    view = code.naming.file(path).view
    slot = view.slots.get((owner, name))
    if slot is None or not slot.bindings or not is_declared(view, owner, name):
        return False
    node = around(code.tree(path), slot.bindings[0].start, slot.bindings[0].start + 1)
    bound = enclosing(node, "assignment")
    return bound is not None and bound.child_by_field_name("type") is not None


def lookups_by_path(code: Code, keys: frozenset[str], name: str) -> Iterator[Occurrence]:
    """Yield keywords and strings that reach a collected member through others, or ask something of it: `cart__total`,
    `"total__gt"`."""
    maker = next(filter(None, (_kept(code, key) for key in sorted(keys))), "")
    if not maker:
        return
    pattern = rf"\b(?:\w+__)?{name}__\w+|\b\w+__{name}\b"
    spoken = [path for path, record in code.graph.files.items() if record.language == "python"]
    for hit in search(code.graph.tree, Query(pattern), spoken, most=_MOST).hits:
        mention = Mention(hit.path, hit.start, hit.end, UNKNOWN, around(code.tree(hit.path), hit.start, hit.end))
        if mention.node is not None and by_name(replace(mention, prose=in_text(mention.node))):
            yield Occurrence(hit.path, hit.start, hit.end, f"{maker} may go by that name")


def _is_value(code: Code, member: tuple[str, int, str]) -> bool:
    """Whether a member is bound to a value in the body of its class."""
    view = code.naming.file(member[0]).view
    slot = view.slots.get((member[1], member[2]))
    symbols = [view.facts.symbols[index] for index in slot.symbols] if slot else []
    if slot is None or any(one.kind in CALLABLE_KINDS for one in symbols):
        return False
    node = around(code.tree(member[0]), slot.bindings[0].start, slot.bindings[0].start + 1) if slot.bindings else None
    body = enclosing(node, "class_definition", "function_definition") if node is not None else None
    called = any(view.facts.exprs[one.value][0] == CALL for one in slot.bindings if one.value != NONE)
    return body is not None and body.type == "class_definition" and called


def _maker(code: Code, owner: Class) -> str:
    view = code.naming.flow.world.view(owner[0])
    if (owner[1], "__init_subclass__") in view.slots:
        return f"{view.symbol_id(owner[1])}.__init_subclass__"
    start = view.facts.symbols[owner[1]].name_start
    head = enclosing(around(code.tree(owner[0]), start, start + 1), "class_definition")
    given = head.child_by_field_name("superclasses") if head is not None else None
    for one in given.named_children if given is not None else ():
        name = one.child_by_field_name("name") if one.type == "keyword_argument" else None
        if name is not None and code.text(name, owner[0]) == "metaclass":
            maker = code.text(one.named_children[-1], owner[0]).rpartition(".")[2]
            return "" if maker in _PLAIN else maker
    return ""


def by_name(mention: Mention) -> bool:
    """Tell whether a mention is a whole string, or the keyword of a call."""
    node: Node | None = mention.node
    if node is None:
        return False
    if mention.prose:
        string = enclosing(node, "string")
        return string is not None and string.end_byte - string.start_byte <= mention.end - mention.start + 3
    above = node.parent
    return above is not None and above.type == "keyword_argument" and above.child_by_field_name("name") == node
