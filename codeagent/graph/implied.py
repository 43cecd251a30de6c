"""Names where a receiver is implied: `with(cart) { total() }` is of the cart, if it has such a member."""

from codeagent.domain.facts import Expr
from codeagent.graph.evaluator import Evaluator
from codeagent.graph.values import EXTERN, EXTERN_INST, FLOW_MARK, INST, TYPE, Values
from codeagent.graph.views import FileView

_OUTSIDE = frozenset((EXTERN, EXTERN_INST))


def values(flow: Evaluator, view: FileView, expr: Expr) -> Values:
    """What (WITHIN, member, name) is: the member that the tree knows; else what the name is without the receiver.

    Of a receiver that is not of the tree nobody knows whether it has that member: the name is a guess then."""
    found = flow.expr(view, expr[1])
    if any(one[0] not in _OUTSIDE for one in found):
        return found
    others = flow.expr(view, expr[2])
    if not others:
        return found
    return others if _is_known(flow, view, expr) else others | {FLOW_MARK}


def is_member(flow: Evaluator, view: FileView, expr: Expr) -> bool:
    """Whether it is the receiver's member that is meant."""
    found = flow.expr(view, expr[1])
    return any(one[0] not in _OUTSIDE for one in found) or not flow.expr(view, expr[2])


def _is_known(flow: Evaluator, view: FileView, expr: Expr) -> bool:
    """Whether all that the receiver has is in the tree."""
    of = flow.expr(view, view.facts.exprs[expr[1]][1])
    return bool(of) and all(one[0] in (INST, TYPE) and not flow.hierarchy.outside(one[1:3]) for one in of)
