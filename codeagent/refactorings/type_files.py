"""Java: a file is called after the public type in it."""

from posixpath import basename, splitext

from codeagent.refactorings.code import Code
from codeagent.refactorings.refactoring import Refusal
from codeagent.refactorings.renaming import Subject


def type_of_file(code: Code, path: str) -> str:
    """Return the type that a file is called after, "" where there is none: to rename one is to rename the other."""
    if path not in code.graph.files or code.language(path) != "java":
        return ""
    name = f"{path}::{splitext(basename(path))[0]}"
    return name if any(symbol.id == name for symbol in code.graph.symbols(path)) else ""


def file_of_type(code: Code, subject: Subject, new: str) -> dict[str, str]:
    """Return by its new path the file that must be called as the type in it is: the compiler looks for types by it."""
    stem, ending = splitext(basename(subject.path))
    if code.language(subject.path) != "java" or f"{subject.path}::{stem}" not in subject.keys:
        return {}
    path = f"{subject.path[: -len(stem + ending)]}{new}{ending}"
    if path in code.graph.paths:
        raise Refusal(f"{path} is there already", "choose another name")
    return {subject.path: path}
