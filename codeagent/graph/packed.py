"""What `*args` and `**kwargs` hold: the arguments of calls that no other parameter takes."""

from collections.abc import Iterator

from codeagent.domain.facts import KWARGS, LIVE, NAME, NONE, STAR, FunctionFact
from codeagent.graph import arriving, declared_types
from codeagent.graph.evaluator import Args, Evaluator, Keywords
from codeagent.graph.values import FLOW_MARK, Values, union
from codeagent.graph.views import FileView

Key = str | int | None
_MOST = 12  # places told apart; `f(1, *args)` that calls itself would go on for ever


def told_apart(key: Key) -> Key:
    """The item that is asked for; None, for any, where the key is not constant or is from the end."""
    return None if isinstance(key, int) and not 0 <= key <= _MOST else key


def held(flow: Evaluator, view: FileView, place: tuple[int, int], key: Key) -> Values:
    """The values of one item: its declared type, else what calls hand over and the body stores."""
    fact = view.functions[place[0]]
    param = fact.params[place[1]]
    declared = flow.instances(flow.expr(view, param.annotation))
    if declared and not declared_types.says_little(flow, view, declared):
        return declared
    by_name = param.kind == KWARGS
    parts = [declared]
    for path, args, keywords, shift in arriving.landings(flow, view, fact):
        other = flow.world.view(path)
        if by_name:
            parts += _named(flow, other, fact, keywords, key)
        else:
            parts += _placed(flow, other, args, place[1] - shift, key)
    parts += _stored(flow, view, fact, param.name, key)
    found = union(parts)
    return found | {FLOW_MARK} if found else found


def _named(flow: Evaluator, view: FileView, fact: FunctionFact, keywords: Keywords, key: Key) -> Iterator[Values]:
    taken = {param.name for param in fact.params}
    for name, index in keywords:
        if index == NONE:
            continue
        if not name:
            yield from (flow.item(value, key) for value in flow.expr(view, index))
        elif key == name or (key is None and name not in taken):
            yield arriving.value_at(flow, view, index)


def _placed(flow: Evaluator, view: FileView, args: Args, start: int, key: Key) -> Iterator[Values]:
    for at, index in enumerate(args):
        if index == NONE:
            continue
        expr = view.facts.exprs[index]
        if expr[0] == STAR:
            wanted = None if not isinstance(key, int) else start + key - at
            if wanted is None or wanted >= 0:
                yield from (flow.item(value, wanted) for value in flow.expr(view, expr[1]))
        elif at >= start if key is None else isinstance(key, int) and at == start + key:
            yield arriving.value_at(flow, view, index)


def _stored(flow: Evaluator, view: FileView, fact: FunctionFact, name: str, key: Key) -> Iterator[Values]:
    """What the body stores: `kwargs["key"] = value`."""
    for write in view.writes.get(None, ()):
        base = view.facts.exprs[write.base]
        if base[0] in (NAME, LIVE) and base[1:3] == (fact.symbol, name) and (key is None or write.key in (None, key)):
            yield flow.expr(view, write.value)
