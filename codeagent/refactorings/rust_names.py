"""Rust: names of which the facts say nothing: macros where they are called, and types asked of `Self`."""

import re
from collections.abc import Iterator
from typing import Final

from codeagent.graph.naming import UNKNOWN, Meaning, key_of
from codeagent.languages.syntax import Node, enclosing
from codeagent.refactorings.code import Code

_NAMES: Final = re.compile(rb"\$\w+\s*:\s*(?:ident|tt)\b")
_OPENS: Final = ("(", "[", "{", ",")
_CLOSES: Final = (")", "]", "}", ",")


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


def spliced(code: Code, path: str, node: Node) -> bool:
    """Tell whether a word is handed, by itself, to a macro of the tree that takes names: what it is called for there
    may be a member as well."""
    top = node.parent
    if code.language(path) != "rust" or top is None or top.type != "token_tree":
        return False
    before, after = node.prev_sibling, node.next_sibling
    if before is None or after is None or before.type not in _OPENS or after.type not in _CLOSES:
        return False
    while top.parent is not None and top.parent.type == "token_tree":
        top = top.parent
    called = top.parent.child_by_field_name("macro") if top.parent is not None else None
    return called is not None and any(_takes_names(code, key) for key in _macros(code, code.text(called, path)))


def _takes_names(code: Code, key: str) -> bool:
    path = key.partition("::")[0]
    spans = [one.span for one in code.graph.symbols(path) if key_of(one.id) == key]
    return any(_NAMES.search(code.read(path), span.start, span.end) for span in spans)
