"""Rust: `Req { parts }` names a field and a variable at once, and so does the pattern `Req { parts, .. }`."""

from collections.abc import Set as AbstractSet

from codeagent.domain.patch import Edit
from codeagent.graph.naming import key_of
from codeagent.languages.syntax import Node
from codeagent.refactorings.census import Mention
from codeagent.refactorings.code import Code


def names_both(code: Code, keys: AbstractSet[str], mention: Mention, *, member: bool) -> bool:
    """Tell whether a word is one of some things and, as is written there, also one of the other kind: a field beside a
    variable, or, where they are of a `member`, a variable beside it."""
    if not is_shorthand(mention):
        return False
    return all(_is_field(code, key) != member for key in mention.meaning.targets - keys)


def is_shorthand(mention: Mention) -> bool:
    """Tell whether a word names a field and a variable at once."""
    return mention.node is not None and _whole(mention.node) is not None


def told_apart(code: Code, name: str, mention: Mention, new: str, *, member: bool) -> Edit | None:
    """Return the edit that names both where one of them is renamed; None for any other word."""
    whole = _whole(mention.node) if mention.node is not None else None
    if whole is None:
        return None
    field, variable = (new, name) if member else (name, new)
    how = code.read(mention.path)[whole.start_byte : mention.start].decode("utf-8", "surrogateescape")  # `ref mut `
    text = f"{field}: {how}{variable}"
    return Edit(mention.path, whole.start_byte, mention.end, text.encode("utf-8", "surrogateescape"))


def shortened(code: Code, path: str, node: Node, new: str) -> Edit | None:
    """Return the edit of `parts: bits` whose halves are called alike once one is renamed; None for any other."""
    pair = node.parent
    if pair is None or pair.type not in ("field_initializer", "field_pattern") or len(pair.named_children) != 2:
        return None
    field, held = pair.named_children
    if field.type != "field_identifier" or held.type != "identifier" or node not in (field, held):
        return None
    other = held if node == field else field
    return Edit(path, field.start_byte, held.end_byte, new.encode()) if code.text(other, path) == new else None


def _whole(node: Node) -> Node | None:
    """What is written for both: the entry of a literal or of a pattern."""
    above = node.parent
    if above is None:
        return None
    if above.type == "shorthand_field_initializer":
        return node
    return above if node.type == "shorthand_field_identifier" and above.type == "field_pattern" else None


def _is_field(code: Code, key: str) -> bool:
    path = key.partition("::")[0]
    return any(one.kind == "field" and key_of(one.id) == key for one in code.graph.symbols(path))
