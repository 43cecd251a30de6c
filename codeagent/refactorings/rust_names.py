"""Rust: names of which the facts say nothing: macros where they are called, and types asked of `Self`."""

from collections.abc import Iterator

from codeagent.graph.naming import UNKNOWN, Meaning, key_of
from codeagent.languages.syntax import Node, enclosing
from codeagent.refactorings.code import Code


def meaning(code: Code, path: str, node: Node) -> Meaning:
    """Return what a macro's name at a call of it, or a type asked of `Self`, stands for; UNKNOWN for others."""
    after = node.next_sibling
    if after is not None and after.type == "!":
        return Meaning(frozenset(_macros(code, code.text(node, path))))
    above = node.parent
    if above is None or above.type != "scoped_type_identifier" or above.named_children[0].text != b"Self":
        return UNKNOWN
    home = enclosing(above, "trait_item", "impl_item")
    return UNKNOWN if home is None else Meaning(frozenset(_types(code, path, home, code.text(node, path))))


def _macros(code: Code, name: str) -> Iterator[str]:
    """The macros of the tree that are called so: which one a file sees depends on the order of modules."""
    for path in sorted(code.graph.mentioning((name,))):
        if code.language(path) == "rust":
            yield from (key_of(one.id) for one in code.graph.symbols(path) if (one.kind, one.name) == ("macro", name))


def _types(code: Code, path: str, home: Node, name: str) -> Iterator[str]:
    """The types of a name that a trait, or an implementation of one, declares."""
    for one in code.graph.symbols(path):
        inside = home.start_byte <= one.name_span.start < home.end_byte
        if inside and one.name == name and one.kind == "type":
            yield key_of(one.id)
