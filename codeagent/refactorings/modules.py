"""Renaming of modules and packages: files move, and every import follows."""

from posixpath import dirname, splitext

from codeagent.refactorings.code import Code
from codeagent.refactorings.module_moves import propose_module_moves
from codeagent.refactorings.names import check_name
from codeagent.refactorings.refactoring import Proposal


def rename_module(code: Code, path: str, new: str) -> Proposal:
    """Give a file or folder of modules another name in the same folder."""
    path = path.rstrip("/")
    folder, ending = dirname(path), splitext(path)[1] if path in code.graph.files else ""
    name = new.removesuffix(ending) if ending else new
    if path in code.graph.files and code.language(path) == "python":
        check_name("python", name)
    return propose_module_moves(code, {path: f"{folder}/{name}{ending}" if folder else f"{name}{ending}"})
