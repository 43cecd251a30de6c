"""JavaScript, TypeScript and TSX: one walk from a syntax tree to facts."""

from functools import cache
from typing import Final

from tree_sitter import Node

from codeagent.domain.facts import EXPORTED, FileFacts
from codeagent.languages.grammars import get_language
from codeagent.languages.lowering import (
    javascript_calls,
    javascript_declarations,
    javascript_expressions,
    javascript_functions,
    javascript_jsx,
    javascript_modules,
    javascript_namespaces,
    javascript_objects,
    javascript_statements,
    javascript_types,
)
from codeagent.languages.lowering.builder import FactsBuilder
from codeagent.languages.lowering.depth import cut
from codeagent.languages.lowering.javascript_inheriting import add_prototypes
from codeagent.languages.lowering.javascript_walker import Grammar, Handler, Walker

SCRIPT: Final = "<script>"  # the package of files whose top-level names are global
_HANDLERS: Final[dict[str, Handler]] = {
    **javascript_statements.HANDLERS,
    **javascript_expressions.HANDLERS,
    **javascript_calls.HANDLERS,
    **javascript_functions.HANDLERS,
    **javascript_objects.HANDLERS,
    **javascript_modules.HANDLERS,
    **javascript_namespaces.HANDLERS,
    **javascript_types.HANDLERS,
    **javascript_declarations.HANDLERS,
    **javascript_jsx.HANDLERS,
}

_TARGETS: Final = {**javascript_expressions.TARGETS, **javascript_types.TARGETS}


def lower(source: bytes, root: Node, *, locals: bool = False) -> FileFacts:
    """Lower a JavaScript file."""
    return _lower("javascript", _grammar("tree_sitter_javascript", "language"), source, root, locals)


def lower_typescript(source: bytes, root: Node, *, locals: bool = False) -> FileFacts:
    """Lower a TypeScript file."""
    return _lower("typescript", _grammar("tree_sitter_typescript", "language_typescript"), source, root, locals)


def lower_tsx(source: bytes, root: Node, *, locals: bool = False) -> FileFacts:
    """Lower a TSX file."""
    return _lower("tsx", _grammar("tree_sitter_typescript", "language_tsx"), source, root, locals)


@cache
def _grammar(module: str, entry: str) -> Grammar:
    return Grammar(get_language(module.removeprefix("tree_sitter_"), module, entry), _HANDLERS)


def _lower(language: str, grammar: Grammar, source: bytes, root: Node, locals: bool) -> FileFacts:
    builder = FactsBuilder(language, source)
    walker = Walker(builder, grammar, _TARGETS, locals=locals)
    for child in root.named_children:
        _top_level(walker, child)
    walker.settle()
    add_prototypes(walker)
    if root.has_error:
        _count_errors(builder, root)
    if walker.is_module:
        builder.exports = list(dict.fromkeys(walker.exported))
    _mark_exported(walker)
    builder.package = _package(walker)
    return builder.finish(walker.comment_lines)


def _top_level(walker: Walker, node: Node) -> None:
    state = (walker.env, walker.within, walker.receiver, walker.home)
    try:
        walker.value(node)
    except RecursionError as error:
        cut(error)
        walker.builder.errors += 1
        walker.env, walker.within, walker.receiver, walker.home = state


def _mark_exported(walker: Walker) -> None:
    for name in walker.exposed:
        found = walker.module.declared.get(name)
        symbol = walker.members.get((found[0], found[1])) if found else None
        if symbol is not None:
            walker.builder.close_symbol(symbol, walker.builder.symbols[symbol].complexity, EXPORTED)


def _package(walker: Walker) -> str:
    script = not walker.is_module and not walker.is_commonjs
    return "\n".join(([SCRIPT] if script else []) + walker.ambient)


def _count_errors(builder: FactsBuilder, root: Node) -> None:
    """Count ERROR and MISSING nodes and the bytes that errors cover."""
    pending = [root]
    while pending:
        node = pending.pop()
        if node.is_error:
            builder.errors += 1
            builder.error_bytes += node.end_byte - node.start_byte
        elif node.is_missing:
            builder.errors += 1
        elif node.has_error:
            pending.extend(node.children)
