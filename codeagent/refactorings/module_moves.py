"""Files and folders of modules that move or are renamed: what moves with them, and which language's imports follow."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from posixpath import basename, dirname
from typing import Final

from codeagent.domain.errors import UsageError
from codeagent.domain.patch import Edit, Safety
from codeagent.languages import BY_NAME
from codeagent.refactorings.code import Code
from codeagent.refactorings.go.module_moves import go_edits
from codeagent.refactorings.java.module_moves import java_companions, java_edits
from codeagent.refactorings.javascript.module_moves import javascript_edits
from codeagent.refactorings.python.enumerated import listers
from codeagent.refactorings.python.module_moves import check_loading, python_edits
from codeagent.refactorings.python.modules import PythonModules
from codeagent.refactorings.python.ownname import askers_of_module, loader_of, says_its_name
from codeagent.refactorings.refactoring import Named, Proposal, Refusal
from codeagent.refactorings.rust.module_moves import rust_companions, rust_edits
from codeagent.refactorings.settings import path_edits

Follow = Callable[[Code, Mapping[str, str]], list[Edit]]

# family of a language -> what makes its imports follow; others refuse
_FOLLOW: Final[dict[str, Follow]] = {
    "python": python_edits,
    "javascript": javascript_edits,
    "go": go_edits,
    "java": java_edits,
    "rust": rust_edits,
}
# family -> what else moves when files and folders do
_ALONG: Final[dict[str, Callable[[Code, Mapping[str, str]], dict[str, str]]]] = {
    "java": java_companions,
    "rust": rust_companions,
}


def propose_module_moves(code: Code, moves: Mapping[str, str]) -> Proposal:
    """Propose that files and folders lie elsewhere and everything that imports them follows.

    `moves` maps old to new paths relative to the root, of files or whole folders. Raises UsageError where nothing
    lies at an old path, Refusal where a new one is taken or a language cannot follow."""
    files: dict[str, str] = {}
    moves = {old.strip("/"): new.strip("/") for old, new in moves.items()}
    for along in _ALONG.values():
        moves = along(code, moves)
    for old, new in moves.items():
        files.update(_expanded(code, old, new))
    taken = [new for new in files.values() if new in code.graph.paths and new not in files]
    if taken:
        raise Refusal(f"{taken[0]} is there already", "move or remove it first, or choose another name")
    families = {family for path in files if (family := _family(code, path))}
    if not families & _FOLLOW.keys():
        raise Refusal(
            f"imports of {', '.join(sorted(families)) or 'such files'} cannot follow a move yet",
            f"what can be moved: {', '.join(_FOLLOW)}",
        )
    _check_others(code, files)
    edits = [edit for family in sorted(families & _FOLLOW.keys()) for edit in _FOLLOW[family](code, files)]
    own = sorted(path for path in files if _family(code, path) == "python")
    notes = check_loading(PythonModules(code), edits, files) if own else []
    edits += path_edits(code, {**moves, **files})
    first = next(iter(moves.items()))
    notes += [f"__name__ is another text in {files[path]}" for path in own if says_its_name(code, path)]
    notes += [why for path in own for why in askers_of_module(code, path)]
    notes += [f"{loader} may load {path} by a computed name" for path in own if (loader := loader_of(code, path))]
    notes += listers(code, {path: files[path] for path in own})
    patch = code.patch(f"move {first[0]} to {first[1]}", edits, moves=files)
    return Proposal(
        replace(patch, safety=Safety.REVIEW) if notes else patch,
        renamed={**moves, **files},
        about=tuple(map(Named.module, moves)),
        notes=tuple(notes),
    )


def _expanded(code: Code, old: str, new: str) -> dict[str, str]:
    """Every file that moves with a path."""
    if old in code.graph.paths:
        if BY_NAME.get(_language(code, old)) is None:
            raise Refusal(f"{old} is no module", "moves are for source files and packages")
        return {old: new}
    inside = {path: new + path[len(old) :] for path in code.graph.paths if path.startswith(f"{old}/")}
    if not inside:
        raise UsageError(f"there is no file or folder {old}", "paths are relative to the root")
    if not any(path in code.graph.files for path in inside):
        raise Refusal(f"{old} holds no modules", "move it with git mv")
    if f"{new}/".startswith(f"{old}/"):
        raise Refusal(f"{old} cannot move into itself", "choose another folder")
    return inside


def _check_others(code: Code, files: Mapping[str, str]) -> None:
    """Refuse where a file of a language that cannot follow is tied to one that stays."""
    others = {path for path in files if (family := _family(code, path)) and family not in _FOLLOW}
    for source, target in code.graph.file_edges() if others else ():
        if (source in others or target in others) and (source in files) != (target in files):
            raise Refusal(f"{source} refers to {target}, and cannot follow its move", "mend it by hand afterwards")


def _language(code: Code, path: str) -> str:
    record = code.graph.files.get(path)
    return record.language if record else ""


def _family(code: Code, path: str) -> str:
    name = _language(code, path)
    language = BY_NAME.get(name)
    if language is None or language.modules is None:
        return ""
    return language.family or name


def destination(code: Code, source: str, to: str) -> str:
    """Return the path that a file or folder has in a folder or package given as a path or a dotted name.

    Raises Refusal where there is no such folder, or where it is the one already. Where a folder is a package by its
    files alone, or a script of Python goes from a folder that is none to one that is none, it may be new."""
    family = _family(code, source)
    new = family in ("javascript", "go", "java") or (family == "python" and _apart(code, source, to))
    folder = _folder(code, to, new)
    if folder == dirname(source):
        raise Refusal(f"{source} is in {folder or 'the root'} already", "choose another folder")
    return f"{folder}/{basename(source)}" if folder else basename(source)


def _apart(code: Code, source: str, to: str) -> bool:
    """Whether neither the folder of a script nor that above a new one is a package of Python."""
    wanted = to.strip().removeprefix("./").rstrip("/")
    folders = (dirname(source), dirname(wanted))
    return "." not in wanted and not any(f"{one}/__init__.py".lstrip("/") in code.graph.paths for one in folders)


def _folder(code: Code, to: str, new: bool) -> str:
    wanted = to.strip().removeprefix("./").rstrip("/")
    if wanted in ("", "."):
        return ""
    code.require_own(wanted)
    if wanted in code.graph.paths and not basename(wanted).startswith("__init__."):
        raise Refusal(f"{wanted} is a file", "give a folder or package to move to")
    wanted = dirname(wanted) if wanted in code.graph.paths else wanted
    folders = {wanted, wanted.replace(".", "/"), f"src/{wanted.replace('.', '/')}"}
    found = sorted(one for one in folders if any(path.startswith(f"{one}/") for path in code.graph.paths))
    above = dirname(wanted)
    if not found and new and (not above or any(path.startswith(f"{above}/") for path in code.graph.paths)):
        return wanted
    if not found:
        raise Refusal(f"there is no folder or package {to}", "create it first, with a file in it")
    return found[0]
