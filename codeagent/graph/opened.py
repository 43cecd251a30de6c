"""Members of values that an import brings as names: Scala's `import config._`, `import config.{limit, rate}`."""

from codeagent.graph.evaluator import Evaluator
from codeagent.graph.values import INST, MODULE, NOTHING, TYPE, Values, union
from codeagent.graph.views import FileView

_OPENED = (INST, TYPE, MODULE)


def starred(flow: Evaluator, view: FileView, scope: int, name: str) -> Values:
    """What star imports of values that stand in a scope bring for a name."""
    if not view.language.scoping.values_open or scope not in view.stars:
        return NOTHING
    specs = (fact.spec for fact in reversed(view.stars[scope]))
    parts = (_member(flow, view, scope, spec, name) for spec in specs)
    return next((found for found in parts if found), NOTHING)


def named(flow: Evaluator, view: FileView, spec: str, name: str) -> Values:
    """What an import of a member of a value brings, wherever in the file it stands."""
    if not view.language.scoping.values_open:
        return NOTHING
    scopes = {fact.scope for fact in view.facts.imports if (fact.spec, fact.name) == (spec, name)}
    return union([_member(flow, view, scope, spec, name) for scope in sorted(scopes)])


def _member(flow: Evaluator, view: FileView, scope: int, spec: str, name: str) -> Values:
    """A member of the value that a path names, seen from a scope; nothing where that is what is being asked."""
    first, *rest = spec.split(".")
    asked = (f"{view.path}:{scope}", spec)
    if name == first or asked in flow.denoting:
        return NOTHING
    flow.denoting.add(asked)
    try:
        of = flow.named(view, scope, first)
        for part in rest:
            of = union([flow.member(view, one, part) for one in of])
        return union([flow.member(view, one, name) for one in of if one[0] in _OPENED])
    finally:
        flow.denoting.discard(asked)
