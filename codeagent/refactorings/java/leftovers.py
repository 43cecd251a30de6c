"""Java: types on the way to what an import or a long name leads to: `Cart` of `import static shop.Cart.total`."""

from codeagent.graph import lookup
from codeagent.graph.naming import UNKNOWN, Meaning, key_of
from codeagent.languages.syntax import Node
from codeagent.refactorings.code import Code

_SCOPED = ("scoped_identifier", "scoped_type_identifier", "field_access")


def meaning(code: Code, path: str, node: Node) -> Meaning:
    """Return the type that a part of a dotted name stands for; UNKNOWN where it is a package, or nothing is known."""
    dotted = node.parent
    if dotted is None or dotted.type not in _SCOPED or dotted.named_children[-1] != node:
        return UNKNOWN
    view, flow = code.naming.file(path).view, code.naming.flow
    spec = code.text(dotted.named_children[0], path)
    found = lookup.denoted_import(flow, view, spec, code.text(node, path))
    keys = (key_of(flow.world.view(one[0]).symbol_id(one[1])) for one in found if not isinstance(one, str) and one[1])
    return Meaning(frozenset(keys))
