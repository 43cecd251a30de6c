"""Attributes of what argparse returns: the defaults that some parser of the program sets."""

from typing import Final

from codeagent.domain.facts import KIND
from codeagent.graph.evaluator import Evaluator
from codeagent.graph.values import BOUND, EXTERN_INST, FLOW_MARK, FUNC, NOTHING, Value, Values, union
from codeagent.graph.views import FileView

_PARSER: Final = "argparse.ArgumentParser"
_SETTER: Final = "set_defaults"
_PARSED: Final = (".parse_args", ".parse_intermixed_args")
_WITH_REST: Final = (".parse_known_args", ".parse_known_intermixed_args")
_MOST: Final = 24  # files that set defaults; more say little


def attribute(flow: Evaluator, view: FileView, value: Value, name: str) -> Values:
    """What `args.name` may be where no option is called so: what `set_defaults` was given, never a certainty."""
    if value[0] != EXTERN_INST or not (value[1] == "argparse.Namespace" or _is_parsed(str(value[1]))):
        return NOTHING
    found = _set_in(flow, view, name)
    if not any(_is_named(flow, one) for one in found):  # a file that only has a default when no command is given
        setting = [path for path in sorted(flow.world.facts.mentioning(_SETTER)) if path != view.path]
        others = map(flow.world.view, setting if len(setting) <= _MOST else ())
        found |= union([_set_in(flow, other, name) for other in others])
    return found | {FLOW_MARK} if found else NOTHING


def _set_in(flow: Evaluator, view: FileView, name: str) -> Values:
    """What one file sets as the default of an attribute."""
    found = [
        flow.expr(view, write.value)
        for write in view.writes.get(name, ())
        if not write.item and any(one[0] == EXTERN_INST and _is_parsed(one[1]) for one in flow.expr(view, write.base))
    ]
    return union(found)


def _is_named(flow: Evaluator, value: Value) -> bool:
    if value[0] not in (FUNC, BOUND):
        return False
    return flow.world.view(value[1]).facts.symbols[value[2]].kind != KIND["lambda"]


def first_of_pair(value: Value, key: str | int | None) -> Values:
    """The namespace in what `parse_known_args` returns."""
    name = str(value[1])
    if key != 0 or not name.startswith(_PARSER) or not name.endswith(_WITH_REST):
        return NOTHING
    return frozenset({(EXTERN_INST, f"{name.rpartition('.')[0]}{_PARSED[0]}")})


def _is_parsed(name: str) -> bool:
    return name.startswith(_PARSER) and name.endswith(_PARSED)
