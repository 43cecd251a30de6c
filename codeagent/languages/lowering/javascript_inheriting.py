"""Inheritance without `class`: `util.inherits(A, B)`, `A.prototype = Object.create(B.prototype)`, copied members."""

from itertools import islice
from typing import Final

import msgspec
from tree_sitter import Node

from codeagent.domain.facts import CLASS, INHERITS, KIND, NONE, ClassFact
from codeagent.languages.lowering.javascript_commonjs import prototype_owner, text_of
from codeagent.languages.lowering.javascript_created import is_created
from codeagent.languages.lowering.javascript_walker import COMMENTS, Walker

_INHERIT: Final = frozenset(("inherits", "setPrototypeOf", "_inherits", "_inheritsLoose", "__extends"))
_COPY: Final = frozenset(("assign", "extend", "mixin", "merge", "_extends", "__assign"))  # all others into the first
RELATING: Final = _INHERIT | _COPY
_PROTOTYPE: Final = "prototype"
_OWNERS: Final = frozenset((KIND["function"], KIND["class"]))


def relate(walker: Walker, name: str, arguments: Node, args: tuple[int, ...]) -> None:
    """Note what a call of one of `RELATING` says: that a function or class of this file has the members of others."""
    nodes = [node for node in arguments.named_children if node.type not in COMMENTS]
    owner = _owner(walker, nodes[0], plain=name in _INHERIT) if len(nodes) > 1 and len(nodes) == len(args) else NONE
    if owner == NONE:
        return
    for node, value in islice(zip(nodes, args, strict=True), 1, 2 if name in _INHERIT else None):
        _inherit(walker, owner, node, value, is_class=name in _INHERIT)


def set_prototype(walker: Walker, left: Node, right: Node) -> int | None:
    """Lower `A.prototype = value`; None where it is no such, or `A` is no function or class of this file."""
    owner = _owner(walker, left, plain=False)
    if owner == NONE:
        return None
    walker.value(left)
    value = walker.value(right)
    _inherit(walker, owner, right, value, is_class=False)
    return value


def add_prototypes(walker: Walker) -> None:
    """Make classes of functions that have a prototype's methods, set fields on `this` or inherit."""
    facts, waiting = walker.builder.classes, dict(walker.prototypes)
    for index, fact in enumerate(facts):
        if bases := waiting.pop(fact.symbol, ()):
            facts[index] = msgspec.structs.replace(fact, bases=(*fact.bases, *bases))
    facts += [ClassFact(symbol, tuple(bases)) for symbol, bases in sorted(waiting.items())]


def _owner(walker: Walker, node: Node, *, plain: bool) -> int:
    """The function or class of this file whose prototype a node is, or (`plain`) that it names; NONE for others."""
    of_prototype = _is_prototype(walker, node)
    if not (of_prototype or plain):
        return NONE
    named = node.named_children[0] if of_prototype else node
    owner = prototype_owner(walker, named, text_of(walker, named)) if named.type == "identifier" else None
    return owner if owner is not None and walker.builder.symbols[owner].kind in _OWNERS else NONE


def _is_prototype(walker: Walker, node: Node) -> bool:
    return node.type == "member_expression" and walker.text(node.named_children[-1]) == _PROTOTYPE


def _inherit(walker: Walker, owner: int, node: Node, value: int, *, is_class: bool) -> None:
    """Give a function or class a base: a value itself (`is_class`), or the class that the value is of."""
    if value == NONE:
        return
    base = value if is_class and not _is_prototype(walker, node) else walker.builder.expr((CLASS, value))
    walker.prototypes.setdefault(owner, []).append(base)
    named = _named(walker, node)
    if named.type == "identifier":
        told = walker.name(walker.text(named))
        walker.refs += (named.start_byte, named.end_byte, INHERITS, owner, told)


def _named(walker: Walker, node: Node) -> Node:
    """What names the base: the `B` of `Object.create(B.prototype)`."""
    while is_created(walker, node) and node.named_children[-1].named_children:
        node = node.named_children[-1].named_children[0]
    if _is_prototype(walker, node) or node.type == "new_expression":
        return node.named_children[0]
    return node
