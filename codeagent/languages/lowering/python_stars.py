"""What Python's grammar is given where it mistakes a star that spreads something.

Of `[*f(x)]` it takes `*f` for what is called, and `return 1, *[x]` for an error."""

import re
from typing import Final

import tree_sitter

_STAR: Final = re.compile(rb"\*[^*\s=,)]")
_BEFORE: Final = b"[{(,=;:nd\n"  # also `return`, `in`, `yield`
_HOLDERS: Final = frozenset(("call", "attribute", "subscript", "binary_operator"))


def mended(source: bytes, tree: tree_sitter.Tree) -> bytes:
    """Return the source with blanks for stars that are no part of the tree, or stand inside of what they spread; itself
    where there are none."""
    found = bytearray(source)
    for star in _STAR.finditer(source):
        at = star.start()
        if source[max(0, at - 99) : at].rstrip(b" \t")[-1:] not in _BEFORE:
            continue
        node = tree.root_node.descendant_for_byte_range(at, at + 1)
        if node is not None and _is_mistaken(node, at):
            found[at] = ord(" ")
    return source if found == source else bytes(found)


def _is_mistaken(node: tree_sitter.Node, at: int) -> bool:
    splat = node.parent if node.type == "*" else node
    if splat is None or splat.type != "list_splat":
        return splat is not None and splat.is_error
    return splat.parent is not None and splat.parent.start_byte == at and splat.parent.type in _HOLDERS
