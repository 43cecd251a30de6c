"""JavaScript: `{ total: total }`, which is written `{ total }`."""

from codeagent.domain.patch import Edit
from codeagent.languages.syntax import Node
from codeagent.refactorings.code import Code


def shortened(code: Code, path: str, node: Node, new: str) -> Edit | None:
    """Return the edit of a key or value that is called as the other one once it is renamed; None for any other."""
    pair = node.parent
    if pair is not None and pair.type == "assignment_pattern" and pair.child_by_field_name("left") == node:
        pair = pair.parent
    if pair is None or pair.type not in ("pair", "pair_pattern"):
        return None
    key, value = pair.child_by_field_name("key"), pair.child_by_field_name("value")
    held = value.child_by_field_name("left") if value is not None and value.type == "assignment_pattern" else value
    if key is None or held is None or key.type != "property_identifier" or held.type != "identifier":
        return None
    if node == key and code.text(held, path) == new:
        return Edit(path, key.start_byte, held.start_byte, b"")
    if node == held and code.text(key, path) == new:
        return Edit(path, key.end_byte, held.end_byte, b"")
    return None
