"""Python modules and packages that move: imports, chains of attributes and dotted strings follow."""

from collections.abc import Mapping
from posixpath import dirname

from codeagent.domain.patch import Edit
from codeagent.refactorings.code import Code
from codeagent.refactorings.python.awakened import awakened
from codeagent.refactorings.python.circles import new_circle
from codeagent.refactorings.python.conventions import check_name_stays
from codeagent.refactorings.python.dotted_settings import dotted_edits
from codeagent.refactorings.python.dotted_strings import files_with, string_edits
from codeagent.refactorings.python.fixture_moves import check_moves
from codeagent.refactorings.python.importers import Importer
from codeagent.refactorings.python.loading import Loading, across
from codeagent.refactorings.python.modules import PythonModules
from codeagent.refactorings.python.relocation import Relocation
from codeagent.refactorings.refactoring import Refusal


def python_edits(code: Code, files: Mapping[str, str]) -> list[Edit]:
    """Return the edits of all Python files for files that move."""
    for old, new in files.items():
        check_name_stays(code, old, new)
    modules = PythonModules(code)
    folders = _folders(modules, files)
    to = Relocation(modules, {**folders, **files}, {})
    own = [path for path in files if path in modules.paths]
    check_moves(code, files, [code.graph.symbols(path)[0] for path in own])
    names = [(modules.layout.dotted(path), to.dotted(path)) for path in own]
    edits: list[Edit] = []
    for path in sorted({*modules.mentioning(_words(names, folders)), *own}):
        edits += Importer(to, path).edits()
    dotted = {modules.layout.dotted(path) for path in own}
    for path in files_with(modules, dotted):
        edits += string_edits(to, path)
    return edits + dotted_edits(to, dotted)


def _words(names: list[tuple[str, str]], folders: Mapping[str, str]) -> set[str]:
    """The words that a file must hold for its imports to follow: what is above them all stays as it is."""
    words = {dotted.rpartition(".")[2] for pair in names for dotted in pair}
    tops = [(old.partition(".")[0], new.partition(".")[0]) for old, new in names]
    words.update(top for pair in tops if len(set(pair)) > 1 for top in pair)
    return words | {folder.rstrip("/").rpartition("/")[2] for pair in folders.items() for folder in pair}


def _folders(modules: PythonModules, files: Mapping[str, str]) -> dict[str, str]:
    """The folders all of whose files move to one folder: packages without `__init__` are called by them."""
    found: dict[str, str] = {}
    for old, new in files.items():
        before, after = dirname(old), dirname(new)
        while before and before not in found and before.rpartition("/")[2] == after.rpartition("/")[2]:
            if any(path.startswith(f"{before}/") and path not in files for path in modules.code.graph.paths):
                break
            found[f"{before}/"] = f"{after}/"
            before, after = dirname(before), dirname(after)
    return found


def check_loading(
    modules: PythonModules,
    edits: list[Edit],
    moves: Mapping[str, str],
    creates: Mapping[str, bytes] | None = None,
) -> list[str]:
    """Return, in words, where modules come to import one that does something then.

    Raises Refusal, with the circle shown, where modules would import each other that do not now."""
    patch = modules.code.patch("", edits, creates=dict(creates or {}), moves=dict(moves))
    touched = {edit.path for edit in edits}.union(moves)
    contents = patch.apply({path: modules.code.read(path) for path in touched})
    before = Loading.of_tree(modules)
    after = before.changed(contents, moves)
    circle = new_circle(before, after, contents)
    if circle:
        raise Refusal(
            f"the change would make an import circle: {' -> '.join(circle)}",
            "move what they need of each other as well, or to a third module",
        )
    if apart := across(before, after, contents):
        why = f"{apart[0]} cannot import {apart[1]}, which lies outside of what is installed with it"
        raise Refusal(why, "choose another module")
    return list(awakened(before, after, contents))
