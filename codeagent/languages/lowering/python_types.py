"""Python: annotations as type expressions, quoted ones included."""

import re
from typing import Final

from tree_sitter import Node

from codeagent.domain.facts import ANY, ATTR, CLASS, ITEM, LIVE, NAME, NONE, READS, SELF, TYPED
from codeagent.languages.lowering.python_walk import Walk

_TOKEN: Final = re.compile(r"[^\W\d][\w]*|\.|\[|\]|\||,|\s+|.")
_DEPTH: Final = 30


def lower_type(walk: Walk, node: Node, scope: int, depth: int = 0) -> int:
    """The type expression of an annotation; names in it become READ references."""
    kind = node.type
    if depth > _DEPTH or kind == "comment":
        return NONE
    if kind == "identifier" or kind == "attribute":
        return _receiver(walk, walk.on[node.kind_id](walk, node, scope), scope)
    if kind == "string":
        return _quoted(walk, node, scope)
    children = walk.children(node)
    if kind in ("type", "parenthesized_expression", "constrained_type", "splat_type"):
        return lower_type(walk, children[0], scope, depth + 1) if children else NONE
    if kind in ("generic_type", "subscript"):
        base = lower_type(walk, children[0], scope, depth + 1)
        args: list[int] = []
        for child in children[1:]:
            parts = walk.children(child) if child.type in ("type_parameter", "tuple", "expression_list") else [child]
            args.extend(lower_type(walk, part, scope, depth + 1) for part in parts)
        return walk.expr((TYPED, base, tuple(args))) if base != NONE else NONE
    if kind in ("binary_operator", "union_type"):
        known = tuple(t for child in children if (t := lower_type(walk, child, scope, depth + 1)) != NONE)
        return NONE if not known else known[0] if len(known) == 1 else walk.expr((ANY, known))
    if kind == "member_type":
        base = lower_type(walk, children[0], scope, depth + 1)
        return walk.expr((ATTR, base, walk.word(children[-1]))) if base != NONE else NONE
    if kind == "list":  # Callable[[A, B], C]
        for child in children:
            lower_type(walk, child, scope, depth + 1)
        return NONE
    if kind not in ("none", "integer", "ellipsis", "true", "false"):
        walk.on[node.kind_id](walk, node, scope)
    return NONE


def _receiver(walk: Walk, named: int, scope: int) -> int:
    """`Self` stands for the class of the receiver; any other name for itself."""
    if named == NONE or walk.exprs[named][-1] != "Self":
        return named
    owner = walk.enclosing_class(scope)
    return walk.expr((CLASS, walk.expr((SELF, owner)))) if owner != NONE else named


def is_protocol(walk: Walk, base: int) -> bool:
    """Whether a base is `Protocol`, so that methods of `...` are only declared."""
    expr = walk.exprs[base]
    if expr[0] in (ITEM, TYPED):  # `Protocol[T]`
        expr = walk.exprs[expr[1]]
    return expr[0] in (NAME, LIVE, ATTR) and expr[2] == "Protocol"


def type_parameters(walk: Walk, node: Node, symbol: int, scope: int) -> dict[str, int]:
    """The type parameters that are seen in a definition: its own, `def first[T: Base](…)`, and those around it."""
    declared = node.child_by_field_name("type_parameters")
    if declared is None:
        return walk.generics
    outer, seen = walk.generics, dict(walk.generics)
    bounds: list[tuple[Node, list[Node]]] = []
    for position, child in enumerate(walk.children(declared)):
        inner = walk.children(child)[0] if child.type == "type" else child
        name, *bound = walk.children(inner) if inner.type == "constrained_type" else [inner]
        while name.type == "type":
            name = walk.children(name)[0]
        if name.type == "identifier":
            seen[walk.word(name)] = walk.parameter_type(symbol, position, walk.word(name))
            bounds.append((name, bound))
    walk.generics = seen
    for name, bound in bounds:
        least = lower_type(walk, bound[0], scope) if bound else NONE
        if least != NONE or walk.locals:
            walk.bound_parameter(symbol, walk.word(name), least, name.start_byte)
    walk.generics = outer
    return seen


def _quoted(walk: Walk, node: Node, scope: int) -> int:
    """A forward reference: a small recursive-descent reading of names, dots, brackets and bars."""
    content = next((child for child in node.named_children if child.type == "string_content"), None)
    if content is None or content.end_byte - content.start_byte > 500:
        return NONE
    text, offset = walk.chars[content.start_byte : content.end_byte], content.start_byte
    tokens = [(m[0], m.start() + offset) for m in _TOKEN.finditer(text) if not m[0].isspace()]
    return _Quoted(walk, scope, tokens).union()


class _Quoted:
    """A reader of one quoted annotation."""

    def __init__(self, walk: Walk, scope: int, tokens: list[tuple[str, int]]) -> None:
        self.walk, self.scope, self.tokens, self.at = walk, scope, tokens, 0

    def peek(self) -> str:
        return self.tokens[self.at][0] if self.at < len(self.tokens) else ""

    def union(self) -> int:
        known = []
        while self.at < len(self.tokens):
            value = self.generic()
            if value != NONE:
                known.append(value)
            if self.peek() != "|":
                break
            self.at += 1
        return NONE if not known else known[0] if len(known) == 1 else self.walk.expr((ANY, tuple(known)))

    def generic(self) -> int:
        base = self.dotted()
        if self.peek() != "[":
            return base
        self.at += 1
        args = []
        while self.peek() not in ("]", ""):
            before = self.at
            args.append(self.union())
            if self.peek() == "," or self.at == before:
                self.at += 1
        self.at += 1
        return self.walk.expr((TYPED, base, tuple(args))) if base != NONE else NONE

    def dotted(self) -> int:
        walk, value = self.walk, NONE
        while self.at < len(self.tokens):
            text, start = self.tokens[self.at]
            if not (text[0].isalpha() or text[0] == "_") or text == "None":
                self.at += text == "None"
                break
            value = walk.lexical(text, self.scope) if value == NONE else walk.expr((ATTR, value, text))
            walk.references += (start, start + len(text), READS, self.scope, value)
            self.at += 1
            if self.peek() != ".":
                break
            self.at += 1
        return _receiver(walk, value, self.scope)
