"""TypeScript: the signatures of overloads, which stand beside a definition under its name."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from codeagent.domain.code import Span, Symbol
from codeagent.languages.syntax import Node, around, enclosing
from codeagent.refactorings.code import Code

_SIGNATURES: Final = ("function_signature", "method_signature", "abstract_method_signature")
_DEFINITIONS: Final = ("function_declaration", "generator_function_declaration", "method_definition", *_SIGNATURES)
_OUTER: Final = ("export_statement", "ambient_declaration")


def with_signatures(code: Code, symbols: Iterable[Symbol]) -> list[Symbol]:
    """Return definitions, and each signature that has no id of its own as one more of its definition."""
    found = list(symbols)
    known = {(one.path, one.name_span) for one in found}
    for symbol in list(found):
        if code.language(symbol.path) in ("typescript", "tsx"):
            fresh = [one for one in _beside(code, symbol) if (one.path, one.name_span) not in known]
            known.update((one.path, one.name_span) for one in fresh)
            found += fresh
    return found


def _beside(code: Code, symbol: Symbol) -> Iterator[Symbol]:
    name = around(code.tree(symbol.path), symbol.name_span.start, symbol.name_span.end)
    node = enclosing(name, *_DEFINITIONS)
    if node is None or node.child_by_field_name("name") != name:
        return
    around_it = _outer(node).parent
    for one in around_it.named_children if around_it is not None else ():
        inner = one.named_children[-1] if one.type in _OUTER and one.named_children else one
        called = inner.child_by_field_name("name") if inner.type in _SIGNATURES else None
        if called is not None and called != name and code.text(called, symbol.path) == symbol.name:
            yield replace(
                symbol,
                span=Span(inner.start_byte, inner.end_byte),
                name_span=Span(called.start_byte, called.end_byte),
            )


def _outer(node: Node) -> Node:
    return node.parent if node.parent is not None and node.parent.type in _OUTER else node
