"""Rust modules whose files are renamed: the declaration and every path that names them follow."""

from collections.abc import Iterator, Mapping
from posixpath import basename, dirname
from typing import Final

from codeagent.domain.patch import Edit
from codeagent.refactorings.census import Mention, take_census
from codeagent.refactorings.code import Code
from codeagent.refactorings.names import check_name
from codeagent.refactorings.refactoring import Refusal

FAMILY: Final = "rust"
_ROOTS: Final = ("main.rs", "lib.rs", "build.rs")


def rust_companions(code: Code, moves: Mapping[str, str]) -> dict[str, str]:
    """Return the moves, and those of the folders that hold the submodules of files that move."""
    more = {}
    for old, new in moves.items():
        if old.endswith(".rs") and any(path.startswith(f"{old[:-3]}/") for path in code.graph.paths):
            more[old.removesuffix(".rs")] = new.removesuffix(".rs")
    return {**moves, **more}


def rust_edits(code: Code, files: Mapping[str, str]) -> list[Edit]:
    """Return the edits of all Rust files for modules that get another name; Refusal where one moves elsewhere."""
    modules = {old: new for old, new in files.items() if old.endswith(".rs") and _name(old) != _name(new)}
    _check(files)
    edits = []
    for old, new in modules.items():
        check_name(FAMILY, _name(new))
        edits += [Edit(one.path, one.start, one.end, _name(new).encode()) for one in _naming(code, old)]
    return edits


def _naming(code: Code, old: str) -> Iterator[Mention]:
    """Every place that names the module; Refusal for one that nobody can tell."""
    for mention in take_census(code, _name(old)):
        if old in mention.meaning.targets:
            if len(mention.meaning.targets) > 1:
                raise Refusal(f"{mention.path}: {_name(old)} may name more than this module", "rename it by hand")
            yield mention
    for path in code.graph.files:
        if path.endswith(".rs") and _declares_path(code, path, basename(old)):
            raise Refusal(f"{path} names {basename(old)} in a path attribute", "mend that by hand first")


def _declares_path(code: Code, path: str, name: str) -> bool:
    source = code.read(path)
    return b"#[path" in source and f'{name}"'.encode() in source


def _check(files: Mapping[str, str]) -> None:
    """Refuse what would make a module the child of another one, or hide a crate's root from Cargo."""
    inside = {_inside(old): _inside(new) for old, new in files.items() if old.endswith(".rs")}
    for old, new in files.items():
        if not old.endswith(".rs"):
            continue
        if basename(old) in _ROOTS:
            raise Refusal(f"{old} is the root of a crate, and Cargo finds it by its place", "move crates by hand")
        if _around(new) != inside.get(_around(old), _around(old)):
            raise Refusal(f"{new} would be a module of another one than {old}", "declare it there, and move it by hand")


def _around(path: str) -> str:
    """The folder of the module that a file's module is declared in."""
    return dirname(dirname(path)) if basename(path) == "mod.rs" else dirname(path)


def _inside(path: str) -> str:
    """The folder of the modules that a file's module declares."""
    return dirname(path) if basename(path) == "mod.rs" else path.removesuffix(".rs")


def _name(path: str) -> str:
    """The name that a file's module goes by."""
    return basename(_inside(path))
