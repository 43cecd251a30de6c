"""Namespaces and ambient modules of TypeScript."""

from tree_sitter import Node

from codeagent.domain.facts import (
    EXPORTED,
    KIND,
    NONE,
)
from codeagent.languages.lowering.javascript_functions import Naming, open_definition
from codeagent.languages.lowering.javascript_modules import string_text
from codeagent.languages.lowering.javascript_walker import Env, Handler, Walker, visit_children

GLOBAL = "global"
MERGING = frozenset({KIND["namespace"], KIND["class"], KIND["enum"]})  # a namespace of their name adds to them


def namespace(walker: Walker, node: Node) -> int:
    """Lower `namespace A.B {}` and `declare module "name" {}`."""
    name_node = node.child_by_field_name("name")
    body = node.child_by_field_name("body")
    if name_node is None:
        return visit_children(walker, node)
    outer_env, outer_within = walker.env, walker.within
    outer_flags, outer_exporting = walker.declared_flags, walker.exporting
    walker.exporting = False
    if name_node.type == "string":
        spec = string_text(walker, name_node)
        walker.ambient.append(spec)
        parts = [(f'"{spec}"'.replace(".", "_"), name_node)]
    else:
        parts = [(part, name_node) for part in walker.text(name_node).replace(" ", "").split(".")]
    first = NONE
    for position, (name, at) in enumerate(parts):
        env = walker.env.function()
        flags = outer_flags if position == 0 else EXPORTED
        symbol = walker.members.get((env.symbol, name), NONE)
        if symbol == NONE or walker.builder.symbols[symbol].kind not in MERGING:
            symbol = open_definition(walker, Naming(name, "namespace", env.symbol, node, at, flags))
        env.declared[name] = (env.symbol, name, False)
        walker.env = Env(walker.env, symbol, shared=True)
        first = symbol if first == NONE else first
    walker.within = first
    walker.declared_flags = 0
    if body is not None:
        visit_children(walker, body)
    walker.env, walker.within = outer_env, outer_within
    walker.declared_flags, walker.exporting = outer_flags, outer_exporting
    return NONE


def ambient(walker: Walker, node: Node) -> int:
    """Lower `declare …`; `declare global {}` adds to what every file sees."""
    for child in node.named_children:
        if child.type == "statement_block":
            _global(walker, node, child)
        else:
            walker.value(child)
    return NONE


def _global(walker: Walker, node: Node, body: Node) -> None:
    """Lower the body of `declare global`: a namespace of that name, whose members every file sees."""
    word = next((child for child in node.children if child.type == GLOBAL), node)
    module = walker.env.symbol
    symbol = walker.members.get((module, GLOBAL), NONE)
    if symbol == NONE or walker.builder.symbols[symbol].kind not in MERGING:
        symbol = open_definition(walker, Naming(GLOBAL, "namespace", module, node, word, EXPORTED))
    outer_env, outer_within = walker.env, walker.within
    walker.ambient.append(f"{GLOBAL}:")
    walker.env, walker.within = Env(walker.env, symbol, shared=True), symbol
    visit_children(walker, body)
    walker.env, walker.within = outer_env, outer_within


HANDLERS: dict[str, Handler] = {
    "internal_module": namespace,
    "module": namespace,
    "ambient_declaration": ambient,
}
