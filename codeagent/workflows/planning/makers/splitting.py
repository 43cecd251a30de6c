"""split-module: a module that too much leans on becomes several."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from codeagent.domain.plan import Step
from codeagent.refactorings.code import Code
from codeagent.refactorings.python.components import file_name
from codeagent.refactorings.refactoring import Refusal
from codeagent.refactorings.split_module import uses_within
from codeagent.workflows.planning.makers.grouping import groups_of
from codeagent.workflows.planning.makers.making import Made, Making, rewrite_of, step_of

_ATTEMPTS: Final = 6
_SHOWN: Final = 8


def split(making: Making) -> Made:
    """Split by parts that do not know each other, else by groups that need nothing of what stays."""
    (path,) = making.chance.targets
    for groups in _ways(making, path):
        arguments = {"target": path, **({"group": groups} if groups else {}), "reexport": True}
        step = step_of("split", f"Split {path}", "split-module", arguments, _why(making))
        if making.attempt(making.graph, step) is not None:
            return Made((step,), making.chance.effect)
    return Made((_rewrite(making, path),), making.chance.effect)


def _ways(making: Making, path: str) -> Iterator[list[str]]:
    """Arguments for --group, best first; an empty list: as the operation finds them itself."""
    yield []
    record = making.graph.files.get(path)
    if record is None or record.language != "python":
        return
    try:
        uses = uses_within(Code(making.graph), path)
    except Refusal as refusal:
        making.refusals.append(f"split-module: {refusal.message}")
        return
    lines = {one.name: one.end_line - one.line + 1 for one in making.graph.symbols(path) if one.parent == path}
    folder = path.rpartition("/")[0]
    for number, groups in enumerate(groups_of(uses, {name: lines.get(name, 1) for name in uses})):
        if number == _ATTEMPTS:
            return
        yield _named(groups, {one for one in making.graph.paths if one.rpartition("/")[0] == folder})


def _named(groups: list[list[str]], taken: set[str]) -> list[str]:
    """Groups as the operation takes them, each under a name that no file of the folder has."""
    used = {one.rpartition("/")[2].removesuffix(".py") for one in taken}
    found = []
    for group in groups:
        plain = name = file_name(group)
        count = 2
        while name in used or not name.isidentifier():
            name = f"{plain or 'part'}_{count}"
            count += 1
        used.add(name)
        found.append(f"{name}={','.join(group)}")
    return found


def _why(making: Making) -> str:
    return "; ".join(making.chance.evidence)


def _rewrite(making: Making, path: str) -> Step:
    tops = [one for one in making.graph.symbols(path) if one.parent == path]
    big = sorted(tops, key=lambda one: one.line - one.end_line)[:_SHOWN]
    names = ", ".join(f"{one.name} ({one.end_line - one.line + 1} lines)" for one in big)
    folder = path.rpartition("/")[0]
    text = (
        f"Split {path} into modules that each change for one reason, next to it. Move whole definitions and change "
        f"no behaviour. What {path} offers to others must still be importable from it. The largest of what it "
        f"defines: {names}."
    )
    step = rewrite_of("split", f"Split {path}", text, {"files": [path]}, _why(making))
    pattern = f"{folder}/*" if folder else "/*"
    return replace(step, scope=(pattern,))
