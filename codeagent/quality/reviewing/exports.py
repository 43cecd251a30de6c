"""The names that packages pass on from elsewhere: those that went are missed by whoever imports them there."""

from collections.abc import Iterator
from typing import Final

from codeagent.domain.review import SurfaceChange
from codeagent.quality.reviewing.publicity import aside
from codeagent.quality.reviewing.sides import Side, Sides

_PASSES_ON: Final = 2  # flag of an import that is an export as well


def passed_on(sides: Sides, told: frozenset[str]) -> Iterator[SurfaceChange]:
    """Yield what the changed files pass on no more, and what they do now; `told` are names told of already."""
    for file in sides.change.files:
        if file.old_path not in sides.before.graph.files or file.path not in sides.after.graph.files:
            continue
        if sides.after.graph.files[file.path].test or aside(file.path):
            continue
        before, after = _names(sides.before, file.old_path), _names(sides.after, file.path)
        there = {one.name for one in sides.after.symbols(file.path).values()}
        for name in sorted(before - after - there - told):
            message = f"{file.path} does not pass on {name} any more"
            yield SurfaceChange("export-removed", True, message, f"{file.path}::{name}", file.path, 1)
        for name in sorted(after - before - told):
            message = f"{file.path} passes on {name} now"
            yield SurfaceChange("export-added", False, message, f"{file.path}::{name}", file.path, 1)


def _names(side: Side, path: str) -> frozenset[str]:
    """What a file passes on: what it lists, what it exports from elsewhere, what a package takes from its tree."""
    if not side.graph.has_facts(path):
        return frozenset()
    facts = side.graph.facts(path)
    imports = [one for one in facts.imports if one.scope == 0 and one.name not in (None, "*")]
    if facts.language != "python":
        return frozenset(one.alias or one.name or "" for one in imports if one.flags & _PASSES_ON)
    if not path.endswith("__init__.py"):
        return frozenset()
    if facts.exports is not None:
        return frozenset(facts.exports)
    names = {one.alias or one.name or "" for one in imports}
    own = side.names(path)
    return frozenset(
        name for name in names if not name.startswith("_") and any("::" in key for key in own.bare(0, name).targets)
    )
