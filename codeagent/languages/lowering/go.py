"""Go: a file's walk to facts; package clause, imports, functions and methods."""

import re
from functools import cache
from typing import Final

from tree_sitter import Node

from codeagent.domain.facts import (
    EXPORTED,
    IMPORT,
    IMPORTS,
    NONE,
    TEST,
    Binding,
    FileFacts,
    ImportFact,
)
from codeagent.languages.lowering import go_expressions as expressions
from codeagent.languages.lowering import go_functions as functions
from codeagent.languages.lowering import go_literals as literals
from codeagent.languages.lowering import go_statements as statements
from codeagent.languages.lowering import go_types as types
from codeagent.languages.lowering.blocks import BlockWalk, Handler, dispatch
from codeagent.languages.lowering.go_types import GoWalk

_TEST: Final = re.compile(r"(?:Test|Benchmark|Fuzz|Example)(?![a-z])")
_VERSION: Final = re.compile(r"v\d+\Z")
_LEAVES: Final = (
    "int_literal", "float_literal", "imaginary_literal", "rune_literal", "interpreted_string_literal",
    "raw_string_literal", "true", "false", "nil", "iota", "blank_identifier", "label_name", "field_identifier",
    "package_identifier", "escape_sequence", "dot", "fallthrough_statement", "empty_statement",
    "break_statement", "continue_statement", "goto_statement",
)  # fmt: skip


def lower(source: bytes, tree: object, *, locals: bool = False) -> FileFacts:
    """Return the facts of a Go file, given the root node of its tree."""
    assert isinstance(tree, Node)
    walk = GoWalk(source, _handlers(), locals)
    nodes = tree.named_children
    _announce(walk, nodes)
    walk.declarations(nodes)
    return walk.freeze(tree)


def _announce(walk: GoWalk, nodes: list[Node]) -> None:
    """Open the symbols of all top-level types first: methods may stand above their type."""
    for node in nodes:
        if node.type != "type_declaration":
            continue
        for spec in node.named_children:
            parts = [part for part in spec.named_children if part.kind_id != expressions.COMMENT]
            if spec.type in ("type_spec", "type_alias") and len(parts) > 1:
                symbol = statements.open_type(walk, spec, parts[0], parts[-1])
                walk.announced[spec.start_byte] = symbol
                walk.types.setdefault(walk.word(parts[0]), symbol)
                listed = (part for part in parts if part.type == "type_parameter_list")
                walk.parameters_of[symbol] = [walk.word(name) for p in listed for name in types.names_of_parameters(p)]


def _package(walk: BlockWalk, node: Node) -> int:
    for child in node.named_children:
        if child.type == "package_identifier":
            walk.package = walk.word(child)
    return NONE


def _import(walk: BlockWalk, node: Node) -> int:
    parts = [part for part in node.named_children if part.kind_id != expressions.COMMENT]
    if not parts:
        return NONE
    path = parts[-1]
    spec = walk.word(path)[1:-1]
    alias = walk.word(parts[0]) if len(parts) > 1 else None
    name = "*" if alias == "." else None
    span = (path.start_byte, path.end_byte)
    value = walk.expr((IMPORT, spec, None))
    walk.imports.append(ImportFact(spec, name, alias if alias != "." else None, 0, *span))
    walk.refer(*span, IMPORTS, 0, value)
    if alias is None:
        for guess in package_names(spec):
            walk.bindings.append(Binding(0, guess, value, path.start_byte))
    elif alias not in ("_", "."):
        walk.bindings.append(Binding(0, alias, value, parts[0].start_byte))
    return NONE


def package_names(spec: str) -> list[str]:
    """The names a package of that import path may have: `yaml` of `gopkg.in/yaml.v3`, `bar` of `x/go-bar/v2`."""
    parts = [part for part in spec.split("/") if part]
    if len(parts) > 1 and _VERSION.match(parts[-1]):
        parts.pop()
    last = parts[-1] if parts else spec
    stem, _, version = last.rpartition(".")
    last = stem if stem and _VERSION.match(version) else last
    if "-" not in last and "." not in last:
        return [last]
    words = re.split(r"[-.]", last)
    return list(dict.fromkeys([words[-1], words[0], "".join(words), "_".join(words)]))


def _function(walk: BlockWalk, node: Node) -> int:
    parts = [part for part in node.named_children if part.kind_id != expressions.COMMENT]
    if not parts:
        return NONE
    name, *rest = parts
    text = walk.word(name)
    flags = EXPORTED if text[:1].isupper() else 0
    if _TEST.match(text) and (b"testing." in walk.source[name.end_byte : name.end_byte + 60] or text[0] == "E"):
        flags |= TEST
    span = (node.start_byte, node.end_byte)
    symbol = walk.open_symbol(text, "function", 0, span, (name.start_byte, name.end_byte), flags)
    walk.open_block()
    _body(walk, symbol, rest)
    walk.close_block()
    return NONE


def _body(walk: BlockWalk, symbol: int, parts: list[Node], owner: int = NONE) -> None:
    for part in parts:
        if part.type == "type_parameter_list":
            types.type_parameters(walk, part, symbol)
    functions.function(walk, symbol, [part for part in parts if part.type != "type_parameter_list"], owner)


def _method(walk: GoWalk, node: Node) -> int:
    """A method belongs to the type of its receiver, which may stand in another file of the package."""
    parts = [part for part in node.named_children if part.kind_id != expressions.COMMENT]
    if len(parts) < 2:
        return NONE
    receiver, name, *rest = parts
    text = walk.word(name)
    flags = EXPORTED if text[:1].isupper() else 0
    owner_name, arguments = _receiver_type(walk, receiver)
    owner = walk.types.get(owner_name, 0)
    walk.open_block()
    span, name_span = (node.start_byte, node.end_byte), (name.start_byte, name.end_byte)
    spelling = text if owner or not owner_name else f"{owner_name}.{text}"
    symbol = walk.open_symbol(spelling, "method", owner, span, name_span, flags)
    _show_arguments(walk, symbol, owner, arguments)
    params = types.parameters(walk, receiver)
    of = params[0].annotation if params else NONE
    if params and params[0].name != "_":
        within, walk.within = walk.within, symbol
        walk.declare(params[0].name, params[0].start, walk.instance(of))
        walk.within = within
    _body(walk, symbol, rest, NONE if owner else of)
    walk.close_block()
    return NONE


def _show_arguments(walk: GoWalk, symbol: int, owner: int, arguments: list[Node]) -> None:
    """The names that a receiver gives to the type parameters of its type: they stand for those."""
    declared = walk.parameters_of.get(owner, [])
    walk.renamed = {}
    for position, argument in enumerate(arguments):
        name = walk.word(argument)
        own = walk.parameter_type(symbol, position, name)
        known = owner and position < len(declared)
        walk.show(name, walk.parameter_type(owner, position, declared[position]) if known else own)
        if walk.locals:
            walk.renamed[name] = own
            walk.bound_parameter(symbol, name, NONE, argument.start_byte)


def _receiver_type(walk: BlockWalk, receiver: Node) -> tuple[str, list[Node]]:
    """The name of a receiver's type, and the names it gives to type parameters."""
    for declaration in receiver.named_children:
        if declaration.type == "parameter_declaration":
            node = declaration.named_children[-1]
            while node.type in ("pointer_type", "parenthesized_type") and node.named_child_count:
                node = node.named_children[0]
            if node.type != "generic_type":
                return walk.word(node), []
            base, *rest = node.named_children
            named = [arg for part in rest for arg in part.named_children]
            return walk.word(base), [arg.named_children[0] if arg.type == "type_elem" else arg for arg in named]
    return "", []


@cache
def _handlers() -> tuple[Handler, ...]:
    handlers: dict[str, Handler] = dict.fromkeys(_LEAVES, BlockWalk.skip)
    handlers |= {"comment": BlockWalk.comment, "package_clause": _package, "import_spec": _import}
    handlers |= {"function_declaration": _function, "method_declaration": _method}
    for kind in types.TYPES:
        if kind != "identifier":
            handlers[kind] = types.lower_type
    for part in (expressions, functions, literals, statements):
        handlers |= part.HANDLERS
    return dispatch("go", handlers, BlockWalk.walk)
