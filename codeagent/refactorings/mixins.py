"""Python: members that a method reads from its own object although its class has none: classes below bring them."""

from codeagent.domain.facts import ATTR, METHOD_LIKE, NAME, NONE, STATIC
from codeagent.graph.naming import key_of
from codeagent.graph.values import EXTERN, TYPE, Class
from codeagent.graph.views import FileView
from codeagent.refactorings.census import Mention
from codeagent.refactorings.code import Code
from codeagent.refactorings.family import with_all_below


def brought_from_below(code: Code, keys: frozenset[str], mention: Mention) -> bool | None:
    """Tell whether what a method reads from its receiver is one of the keys: every class below that has a member of
    that name has one of them, or none has; None where some have, and where the receiver is something else."""
    if code.language(mention.path) != "python":
        return None
    view = code.naming.file(mention.path).view
    for index in view.named.get((mention.start, mention.end), ()):
        expr = view.facts.exprs[index]
        owner = _of_receiver(view, expr[1]) if expr[0] == ATTR else None
        if owner is not None:
            found = _members(code, (mention.path, owner), expr[2])
            return None if found & keys and not found <= keys else bool(found & keys)
    return None


def _of_receiver(view: FileView, index: int) -> int | None:
    """The class of whose methods an expression is the receiver: `self`."""
    expr = view.facts.exprs[index] if index != NONE else (NONE,)
    scope, symbols = (expr[1] if expr[0] == NAME else 0), view.facts.symbols
    while scope > 0:
        fact = view.functions.get(scope)
        names = [param.name for param in fact.params] if fact is not None else []
        if expr[2] in names:
            method = symbols[scope].kind in METHOD_LIKE and not symbols[scope].flags & STATIC
            return symbols[scope].parent if method and names[0] == expr[2] else None
        scope = symbols[scope].parent
    return None


def _members(code: Code, owner: Class, name: str) -> frozenset[str]:
    """The keys of a member as a class and those below have it; "" for what a base outside the tree may have."""
    flow, found = code.naming.flow, set[str]()
    for one in with_all_below(flow, [owner]):
        place, _ = flow.hierarchy.find(one, name)
        if place is not None and place[0] == TYPE:
            found.add(key_of(f"{flow.world.view(place[1]).symbol_id(place[2])}.{name}"))
        elif any(base[0] == EXTERN for base in flow.hierarchy.line(one)):
            found.add("")
    return frozenset(found)
