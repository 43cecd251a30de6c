"""Changes made one after the other, each on the result of the one before, as one proposal."""

import difflib
from collections.abc import Callable, Sequence
from dataclasses import replace

from codeagent.domain.patch import Edit, Safety
from codeagent.graph.deferred import deferred_graph
from codeagent.refactorings.code import Code
from codeagent.refactorings.refactoring import Named, Proposal

Step = Callable[[Code], Proposal]


def in_sequence(code: Code, title: str, steps: Sequence[Step]) -> Proposal:
    """Return one proposal that does what all steps do; none of them may move or delete files."""
    contents: dict[str, bytes | None] = {}
    renamed: dict[str, str] = {}
    notes: list[str] = []
    about: list[Named] = []
    safety = Safety.SAFE
    at = code
    for number, step in enumerate(steps):
        proposal = step(at)
        notes += proposal.notes
        safety = Safety.SAFE if safety == proposal.patch.safety == Safety.SAFE else Safety.REVIEW
        about += proposal.about
        files = {path: at.read(path) for path in {edit.path for edit in proposal.patch.edits}}
        contents.update(proposal.patch.apply(files))
        renamed = {old: proposal.renamed.get(new, new) for old, new in renamed.items()} | {
            old: new for old, new in proposal.renamed.items() if old not in renamed.values()
        }
        if number + 1 < len(steps):
            at = at.after(deferred_graph(code.graph, contents), contents)
    creates = {path: text for path, text in contents.items() if text is not None and path not in code.graph.files}
    edits = [
        edit
        for path, text in contents.items()
        if text is not None and path in code.graph.files
        for edit in _edits(path, code.read(path), text)
    ]
    patch = replace(code.patch(title, edits, creates=creates), safety=safety)
    return Proposal(patch, renamed, about=tuple(about), notes=tuple(dict.fromkeys(notes)))


def _edits(path: str, old: bytes, new: bytes) -> list[Edit]:
    """The lines that differ, as edits."""
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    starts = [0]
    for row in before:
        starts.append(starts[-1] + len(row))
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    return [
        Edit(path, starts[first], starts[last], b"".join(after[begin:end]))
        for tag, first, last, begin, end in matcher.get_opcodes()
        if tag != "equal"
    ]
