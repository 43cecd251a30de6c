"""Java: a file is called after the public type in it."""

from collections.abc import Container
from posixpath import basename, splitext

from codeagent.refactorings.code import Code
from codeagent.refactorings.refactoring import Refusal


def type_of_file(code: Code, path: str) -> str:
    """Return the type that a file is called after, "" where there is none: to rename one is to rename the other."""
    if path not in code.graph.files or code.language(path) != "java":
        return ""
    name = f"{path}::{splitext(basename(path))[0]}"
    return name if any(symbol.id == name for symbol in code.graph.symbols(path)) else ""


def file_of_type(code: Code, path: str, keys: Container[str], new: str) -> dict[str, str]:
    """Return the new path of a file by its old one, where one of the keys that are renamed is the type that the file
    must be called after: the compiler looks for types by it."""
    stem, ending = splitext(basename(path))
    if code.language(path) != "java" or f"{path}::{stem}" not in keys:
        return {}
    moved = f"{path[: -len(stem + ending)]}{new}{ending}"
    if moved in code.graph.paths:
        raise Refusal(f"{moved} is there already", "choose another name")
    return {path: moved}
