"""Statements put before the one that a call stands in: whether that keeps the order, and under which names."""

from typing import Final

from codeagent.languages.syntax import Node
from codeagent.refactorings.inlining.callee import Callee
from codeagent.refactorings.inlining.handing import is_still
from codeagent.refactorings.inlining.request import Request
from codeagent.refactorings.python.moving import When, spot_of
from codeagent.refactorings.python.region import Region
from codeagent.refactorings.python.scopes import Scope, Scopes
from codeagent.refactorings.refactoring import Refusal

_TAKES: Final = frozenset(
    "expression_statement return_statement if_statement for_statement with_statement assert_statement raise_statement"
    " delete_statement".split()
)


def check_hoist(request: Request, callee: Callee, path: str, call: Node) -> Node:
    """Return the statement before which the body of a call may run; Refusal where that would change the order."""
    spot = spot_of(Region(call.start_byte, call.end_byte, (call,), False))
    line = call.start_point[0] + 1
    if spot.when is not When.ONCE or spot.statement.type not in _TAKES:
        raise Refusal(
            f"the call in line {line} of {path} does not run once, whenever its statement does",
            "give its value a name in a statement of its own first",
        )
    scopes = request.modules.scopes(path)
    if not all(is_still(scopes, earlier) for earlier in spot.earlier):
        raise Refusal(
            f"in line {line} of {path} something is evaluated before the call, and would be after its body",
            "give the call's value a name first",
        )
    return spot.statement


def fresh_names(callee: Callee, scopes: Scopes, holder: Scope, path: str, bound: list[str]) -> dict[str, str]:
    """Return what the locals and the bound parameters of a body are called where it goes."""
    wanted = sorted((callee.locals - callee.scope.globals) | set(bound))
    if wanted and holder.kind == "class_definition":
        raise Refusal("the variables of the function would become attributes of a class", "keep the function")
    own = callee.node if path == callee.path else None
    taken = {
        use.name
        for use in scopes.uses.values()
        if use.scope.within(holder) and not (own is not None and own.start_byte <= use.start < own.end_byte)
    }
    inner = {use.name for use in callee.scopes.between(callee.node.start_byte, callee.node.end_byte)}
    names: dict[str, str] = {}
    for name in wanted:
        new, number = name, 1
        while new in taken or (new != name and new in inner) or new in names.values():
            number += 1
            new = f"{name}_{number}"
        names[name] = new
    return names
