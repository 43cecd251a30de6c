"""What a member is read from, where that is a container: its members are the language's own, and nobody else's."""

from collections import Counter, OrderedDict, defaultdict, deque
from types import CoroutineType, GeneratorType
from typing import Final

from codeagent.domain.facts import ATTR, CALL, TAKES, TYPED, Expr
from codeagent.graph.containers import TRANSPARENT
from codeagent.graph.flow import Flow
from codeagent.graph.values import BOX, ELEMENTS, EXTERN, GENERATOR, PAIR, PAIRS, TYPED_INST, Value
from codeagent.refactorings.census import Mention
from codeagent.refactorings.code import Code

_PYTHON: Final = (list, tuple, dict, set, deque, OrderedDict, defaultdict, Counter, GeneratorType, CoroutineType)
_OWN: Final = frozenset(name for one in _PYTHON for name in dir(one))
_CONTAINERS: Final = frozenset((BOX, ELEMENTS, GENERATOR, PAIR, PAIRS))


def on_container(code: Code, mention: Mention) -> bool:
    """Tell whether a member is surely one of a list, a mapping or the like: `items.append`."""
    view, flow = code.naming.file(mention.path).view, code.naming.flow
    exprs = [view.facts.exprs[index] for index in view.named.get((mention.start, mention.end), ())]
    exprs = [view.facts.exprs[one[1]] if one[0] in (CALL, TAKES) else one for one in exprs]
    if exprs and all(one[0] == ATTR and _holds_members(view.facts.exprs[one[1]]) for one in exprs):
        return True
    found = [flow.expr(view, one[1]) if one[0] == ATTR else frozenset() for one in exprs]
    lacking = view.language.name == "python" and any(one[0] == ATTR and one[2] not in _OWN for one in exprs)
    return bool(found) and all(
        values and all(_is_container(flow, value, lacking=lacking) for value in values) for values in found
    )


def _holds_members(expr: Expr) -> bool:
    """Whether an expression is the mapping of an object's members."""
    return bool(expr[0] == ATTR and expr[2] == "__dict__")


def _is_container(flow: Flow, value: Value, *, lacking: bool) -> bool:
    """Whether a value is one; not where it is `lacking` what is asked for, as something else comes by there, too."""
    if value[0] != TYPED_INST:
        return value[0] in _CONTAINERS and not lacking
    view = flow.world.view(value[1])
    written = view.facts.exprs[value[2]]
    types = flow.expr(view, written[1]) if written[0] == TYPED else frozenset()
    return bool(types) and all(one[0] == EXTERN and one[1].rpartition(".")[2] not in TRANSPARENT for one in types)
