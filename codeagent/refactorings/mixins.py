"""Python: members that a method reads from its own object although its class has none: classes below bring them."""

from codeagent.domain.facts import ATTR, METHOD_LIKE, NAME, STATIC
from codeagent.graph.values import EXTERN, Class
from codeagent.graph.views import FileView
from codeagent.refactorings.census import Mention
from codeagent.refactorings.code import Code
from codeagent.refactorings.family import member_key, with_all_below
from codeagent.refactorings.python.parameter_names import parameter_of


def brought_from_below(code: Code, keys: frozenset[str], mention: Mention) -> bool | None:
    """Tell whether what a method reads from its receiver is one of the keys: every class below that has a member of
    that name has one of them, or none has; None where some have, and where the receiver is something else."""
    if code.language(mention.path) != "python":
        return None
    view = code.naming.file(mention.path).view
    for index in view.named.get((mention.start, mention.end), ()):
        expr = view.facts.exprs[index]
        owner = of_receiver(view, expr[1]) if expr[0] == ATTR else None
        if owner is not None:
            found = _members(code, (mention.path, owner), expr[2])
            return None if found & keys and not found <= keys else bool(found & keys)
    return None


def of_receiver(view: FileView, index: int) -> int | None:
    """Return the class of whose methods an expression is the receiver: `self`; None where it is something else."""
    found = parameter_of(view, index)
    if found is None or found[1] or view.facts.exprs[index][0] != NAME:
        return None
    method = view.facts.symbols[found[0]]
    return method.parent if method.kind in METHOD_LIKE and not method.flags & STATIC else None


def _members(code: Code, owner: Class, name: str) -> frozenset[str]:
    """The keys of a member as a class and those below have it; "" for what a base outside the tree may have."""
    flow, found = code.naming.flow, set[str]()
    for one in with_all_below(flow, [owner]):
        if key := member_key(flow, one, name):
            found.add(key)
        elif any(base[0] == EXTERN for base in flow.hierarchy.line(one)):
            found.add("")
    return frozenset(found)
