"""How much declared types say: results of the receiver's own class, types under which anything may be handed over."""

from typing import Final

from codeagent.domain.facts import CLASS, NONE, SELF, TYPED, FunctionFact
from codeagent.graph import objects
from codeagent.graph.evaluator import Evaluator
from codeagent.graph.values import EXTERN, INST, TYPE, TYPED_INST, VARIABLE_INST, Values
from codeagent.graph.views import FileView

_ITERATORS: Final = frozenset("Iterator Iterable Generator AsyncIterator AsyncIterable AsyncGenerator".split())


def gives_receiver(view: FileView, fact: FunctionFact) -> bool:
    """Whether a declared result is of the receiver's own class: `Self`, `this`, or what `self` is declared as."""
    if fact.returns == NONE:
        return False
    exprs = view.facts.exprs
    op, *rest = exprs[fact.returns]
    if op == CLASS and exprs[rest[0]][0] == SELF:
        return True
    if not view.language.scoping.explicit_receiver:
        return False
    declared = fact.params[0].annotation if fact.params else NONE
    of = exprs[declared] if declared != NONE else (NONE,)
    return fact.returns in (declared, *(of[2] if of[0] == TYPED else ()))  # `self: T`, `cls: type[T]`


def only_variables(declared: Values) -> bool:
    """Whether a declared type is a type parameter, of which nothing is known."""
    return all(value[0] == VARIABLE_INST for value in declared)


def says_little(flow: Evaluator, view: FileView, declared: Values) -> bool:
    """Whether a declared type leaves open what a value is: a type parameter, `Any`, a function."""
    if only_variables(declared):
        return True
    return view.language.scoping.type_variables and all(objects.is_open_type(flow, value) for value in declared)


def is_iterator(flow: Evaluator, view: FileView, declared: Values) -> bool:
    """Whether a declared type is that of iterators, which a generator may be."""
    if not view.language.scoping.explicit_receiver:
        return False
    for value in declared:
        if value[0] == TYPED_INST:
            own = flow.world.view(value[1])
            named = flow.expr(own, own.facts.exprs[value[2]][1])
            if any(one[0] == EXTERN and one[1].rpartition(".")[2] in _ITERATORS for one in named):
                return True
    return False


def is_met(flow: Evaluator, declared: Values, given: Values) -> bool:
    """Whether what is declared is a protocol, or the type of one, and a class is given that is none."""
    if not declared or not all(one[0] in (INST, TYPE) and objects.is_protocol(flow, one[1:3]) for one in declared):
        return False
    kinds = {one[0] for one in declared}
    return any(one[0] in kinds and not objects.is_protocol(flow, one[1:3]) for one in given)
