"""The same expression elsewhere: where a variable that holds its value may stand for it too."""

from collections.abc import Iterator

from codeagent.languages.syntax import Node, enclosing
from codeagent.refactorings.python.effects import Effect, effect_of, is_constant, is_shareable, within
from codeagent.refactorings.python.flow import Flow, Kind
from codeagent.refactorings.python.moving import spot_of
from codeagent.refactorings.python.region import EXPRESSIONS, TEXTS, Region, checked, is_block, is_docstring
from codeagent.refactorings.python.scopes import Scopes
from codeagent.refactorings.python.statements import flow_of
from codeagent.refactorings.refactoring import Refusal

_STORES = ("assignment", "augmented_assignment", "pattern_list", "tuple_pattern", "list_pattern", "delete_statement")


def repeated(scopes: Scopes, region: Region) -> tuple[list[Region], Node]:
    """Return the regions that may share a variable with `region`, itself included, in source order, and the statement
    before which it is to be bound."""
    found = [region]
    if (region.start, region.end) == (region.node.start_byte, region.node.end_byte) and is_shareable(region.node):
        holder = scopes.holder(region.node)
        same = [one for one in _same(scopes, region) if scopes.holder(one.node) is holder]
        found += same if is_constant(region.node) else _steady(scopes, region, same)
    found.sort(key=lambda one: one.start)
    return found, _common_statement([spot_of(one).statement for one in found])


def _same(scopes: Scopes, region: Region) -> Iterator[Region]:
    """Yield the other expressions of the same text that a variable can stand for."""
    wanted = _tokens(region.node)
    root = scopes.holder(region.node).node
    for node in within(root):
        if node.type != region.node.type or node.start_byte == region.start or node.type not in EXPRESSIONS:
            continue
        if _tokens(node) != wanted or is_docstring(node):
            continue
        try:
            yield checked(node, node.start_byte, node.end_byte)
        except Refusal:
            continue


def _tokens(node: Node) -> list[tuple[str, bytes]]:
    """The words and signs of an expression; strings are of one piece, for not all of their text is in tokens."""
    if node.type in TEXTS or not node.child_count:
        return [(node.type, node.text or b"")]
    return [token for one in node.children if one.type != "comment" for token in _tokens(one)]


def _steady(scopes: Scopes, region: Region, same: list[Region]) -> list[Region]:
    """The regions that are reached only after the statement of `region`, with nothing in between that could make
    their value another."""
    statement = spot_of(region).statement
    block, holder = statement.parent, scopes.holder(region.node)
    flow = flow_of(scopes, holder)
    uses = scopes.between(region.start, region.end)
    names = {use.name for use in uses}
    captured = {flow.names[node] for node, kind in enumerate(flow.kinds) if kind is Kind.CAPTURE}
    if names & captured or any(scopes.owner(use.name, use.scope) is not holder for use in uses):
        return []
    stores = None if effect_of(region.node) is Effect.PURE else _stores(holder.node)
    changed = _changed(flow, names, statement.start_byte, stores)
    return [
        one
        for one in same
        if block is not None
        and statement.start_byte <= one.start < block.end_byte
        and scopes.at(one.node) is scopes.at(region.node)
        and not any(one.start <= flow.offsets[node] < one.end for node in changed)
    ]


def _stores(root: Node) -> set[int]:
    """Where attributes or items are bound in some code."""
    stored = (one for one in within(root) if one.type in ("attribute", "subscript"))
    return {one.start_byte for one in stored if enclosing(one, *_STORES)}


def _changed(flow: Flow, names: set[str], start: int, stores: set[int] | None) -> set[int]:
    """The nodes that may run after a name was bound again, or where `stores` are given, after other code has run."""
    begin = {node for node, at in enumerate(flow.offsets) if at == start and flow.kinds[node] is Kind.MARK}
    pending = list[int]()
    for node, kind in enumerate(flow.kinds):
        rebinds = kind in (Kind.WRITE, Kind.DELETE) and flow.names[node] in names
        stored = kind is Kind.TOUCH and stores is not None and flow.offsets[node] in stores
        if rebinds or stored or (stores is not None and kind is Kind.CALL):
            pending += flow.next(node)
    seen: set[int] = set()
    while pending:
        node = pending.pop()
        if node not in seen and node not in begin:
            seen.add(node)
            pending += flow.next(node)
    return seen


def _common_statement(statements: list[Node]) -> Node:
    """The first statement, in the innermost block that holds all, that holds or precedes them."""
    blocks = [_blocks(one) for one in statements]
    shared = next(block for block in blocks[0] if all(any(block == one for one in other) for other in blocks))
    return min(
        (_in_block(one, shared) for one in statements),
        key=lambda one: one.start_byte,
    )


def _blocks(statement: Node) -> list[Node]:
    found, at = [], statement.parent
    while at is not None:
        if is_block(at):
            found.append(at)
        at = at.parent
    return found


def _in_block(statement: Node, block: Node) -> Node:
    at = statement
    while at.parent is not None and at.parent != block:
        at = at.parent
    return at
