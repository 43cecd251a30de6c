"""Renaming of modules and packages: files move, and every import follows."""

from dataclasses import replace
from posixpath import dirname, splitext
from typing import Final

from codeagent.refactorings.code import Code
from codeagent.refactorings.module_moves import propose_module_moves
from codeagent.refactorings.names import check_name
from codeagent.refactorings.prose import prose_edits
from codeagent.refactorings.refactoring import Occurrence, Proposal

_MARKS: Final = (".d", ".test", ".spec", ".test-d", ".spec-d", ".cy", ".e2e", ".stories", ".bench")


def rename_module(code: Code, path: str, new: str, *, docs: bool = False) -> Proposal:
    """Give a file or folder of modules another name in the same folder; with `docs`, in documentation, too."""
    path = path.rstrip("/")
    folder, ending = dirname(path), _ending(path, new) if path in code.graph.files else ""
    name = new.removesuffix(ending) if ending else new
    if path in code.graph.files and code.language(path) == "python":
        check_name("python", name)
    proposal = propose_module_moves(code, {path: f"{folder}/{name}{ending}" if folder else f"{name}{ending}"})
    return _told(code, proposal, path, name) if docs else proposal


def _ending(path: str, new: str) -> str:
    """What a file keeps at the end of its name: with a new name without a dot also what tells what it is for, as
    `.d.ts` and `.test.ts` do."""
    stem, ending = splitext(path)
    return f"{splitext(stem)[1]}{ending}" if "." not in new and splitext(stem)[1] in _MARKS else ending


def _told(code: Code, proposal: Proposal, path: str, name: str) -> Proposal:
    """The same with the documentation that names the module."""
    patch = proposal.patch
    edits = list(prose_edits(code, path, name, patch.edits))
    whole = code.patch(patch.title, [*patch.edits, *edits], moves=dict(patch.moves))
    places = tuple(Occurrence(one.path, one.start, one.end, "documentation") for one in edits)
    told = replace(proposal.occurrences, edited=(*proposal.occurrences.edited, *places))
    return replace(proposal, patch=replace(whole, safety=patch.safety), occurrences=told)
