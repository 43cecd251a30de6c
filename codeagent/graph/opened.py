"""Members of values that an import brings as names: Scala's `import config._`, `import config.{limit, rate}`.

The path of an import is seen from where that stands: what later ones bring is not asked, so that a file with many of
them is gone through in order, and what each opens is found once."""

from typing import Final

from codeagent.graph.evaluator import Evaluator
from codeagent.graph.values import INST, MODULE, NOTHING, TYPE, Values, union
from codeagent.graph.views import FileView

_OPENED: Final = (INST, TYPE, MODULE)


def starred(flow: Evaluator, view: FileView, scope: int, name: str, before: int) -> Values:
    """What star imports of values, of those of a scope that stand before a byte, bring for a name."""
    if not view.language.scoping.values_open or scope not in view.stars:
        return NOTHING
    starts = (fact.start for fact in reversed(view.stars[scope]) if fact.start < before)
    parts = (_members(flow, view, flow.opened(view, scope, start), name) for start in starts)
    return next((found for found in parts if found), NOTHING)


def values(flow: Evaluator, view: FileView, scope: int, start: int) -> Values:
    """What the star import of a scope that starts at a byte brings the members of."""
    specs = (fact.spec for fact in view.stars[scope] if fact.start == start)
    return union([_of_path(flow, view, scope, spec, start) for spec in specs])


def named(flow: Evaluator, view: FileView, spec: str, name: str) -> Values:
    """What an import of a member of a value brings, wherever in the file it stands."""
    if not view.language.scoping.values_open or name == spec.partition(".")[0]:
        return NOTHING
    places = {fact.scope: fact.start for fact in view.facts.imports if (fact.spec, fact.name) == (spec, name)}
    parts = [_of_path(flow, view, scope, spec, start) for scope, start in sorted(places.items())]
    return union([_members(flow, view, part, name) for part in parts])


def _of_path(flow: Evaluator, view: FileView, scope: int, spec: str, before: int) -> Values:
    """The value that a path names, seen from a scope at a byte."""
    first, *rest = spec.split(".")
    of = flow.named(view, scope, first, before)
    for part in rest:
        of = union([flow.member(view, one, part) for one in of])
    return of


def _members(flow: Evaluator, view: FileView, of: Values, name: str) -> Values:
    return union([flow.member(view, one, name) for one in of if one[0] in _OPENED])
