"""Go files and packages that move: import paths follow, and package names where they are those of the folder."""

import re
from collections.abc import Iterable, Iterator, Mapping
from posixpath import basename, dirname
from typing import Final

from codeagent.domain.code import Symbol
from codeagent.domain.patch import Edit
from codeagent.languages.syntax import Node
from codeagent.refactorings.census import take_census
from codeagent.refactorings.code import Code
from codeagent.refactorings.go.leaving import check_apart, is_top, users
from codeagent.refactorings.names import check_name
from codeagent.refactorings.refactoring import Refusal
from codeagent.workspace.search import Query, search

_MODULE: Final = re.compile(rb"^\s*module\s+\"?([^\s\"]+)\"?", re.MULTILINE)
# suffixes by which a file is built for tests or for one system only
_SYSTEMS: Final = frozenset(
    "aix android darwin dragonfly freebsd illumos ios js linux netbsd openbsd plan9 solaris wasip1 windows zos".split()
)
_MACHINES: Final = frozenset(
    "386 amd64 arm arm64 loong64 mips mips64 mips64le mipsle ppc64 ppc64le riscv64 s390x wasm".split()
)


def go_edits(code: Code, files: Mapping[str, str]) -> list[Edit]:
    """Return the edits of all Go files for files and packages that move.

    Raises Refusal where a package would be torn apart, hidden from who uses it, or built for another system."""
    sources = {old: new for old, new in files.items() if old.endswith(".go")}
    if any(basename(old) == "go.mod" for old in files):
        raise Refusal(
            "a module with a go.mod of its own would move", "its path is what others require: move it by hand"
        )
    folders: dict[str, str] = {}
    for old, new in sources.items():
        if _built_for(old) != _built_for(new):
            raise Refusal(f"{new} would be built for other systems than {old}", "choose a name with the same suffixes")
        if folders.setdefault(dirname(old), dirname(new)) != dirname(new):
            raise Refusal(f"the package in {dirname(old)} would be torn apart", "a package is a folder: move all of it")
    moved = {old: new for old, new in folders.items() if old != new}
    for folder, goal in moved.items():
        leaving, staying = _parts(code, folder, sources)
        if staying:
            check_apart(code, leaving, staying)
        _check_merged(code, folder, goal, sources)
    return [edit for old, new in moved.items() for edit in _of_package(code, old, new, sources)]


def _parts(code: Code, folder: str, sources: Mapping[str, str]) -> tuple[set[str], set[str]]:
    """The files of a package that move, and those that stay."""
    every = {one for one in code.graph.paths if dirname(one) == folder and one.endswith(".go")}
    return every & sources.keys(), every - sources.keys()


def _users(code: Code, folder: str, sources: Mapping[str, str]) -> set[str]:
    """The importers of what moves from a folder."""
    leaving, staying = _parts(code, folder, sources)
    importers = {path for path, _ in _imports(code, _import_path(code, folder))}
    return set(users(code, sorted(importers), leaving, staying)) if staying else importers


def _check_merged(code: Code, folder: str, goal: str, sources: Mapping[str, str]) -> None:
    """Refuse where another package lies at the goal and both are used in one file, or one in the other: an import would
    stand there twice, or a package import itself."""
    there = {one for one in code.graph.files if dirname(one) == goal and one.endswith(".go") and one not in sources}
    if not there:
        return
    own = {one for one in sources if dirname(one) == folder}
    called = {basename(goal) if name == basename(folder) else name for name in _clauses(code, own)}
    if called != _clauses(code, there):
        raise Refusal(f"the package in {goal} has another name than the one in {folder}", "rename one of them first")
    names = {one.name for path in there for one in code.graph.symbols(path) if _is_top(one)}
    for path in sorted(own):
        both = sorted(one.name for one in code.graph.symbols(path) if _is_top(one) and one.name in names)
        if both:
            raise Refusal(f"{both[0]} is in {goal} already", "rename one of them first")
    moving = _users(code, folder, sources)
    staying = {path for path, _ in _imports(code, _import_path(code, goal))}
    both_used = sorted((moving & staying) | (moving & there) | (staying & own))
    if both_used:
        raise Refusal(f"{both_used[0]} uses both {folder} and {goal}, which would be one package", "merge them by hand")


def _clauses(code: Code, paths: Iterable[str]) -> set[str]:
    """What the packages of some files are called; tests of a package from outside count for it."""
    found = (_clause(code, path) for path in paths)
    return {_text(one).removesuffix("_test") for one in found if one is not None}


def _is_top(symbol: Symbol) -> bool:
    """Whether a definition is one of its package, of which there is one of a name."""
    return is_top(symbol) and symbol.name not in ("_", "init", "main")


def _of_package(code: Code, old: str, new: str, sources: Mapping[str, str]) -> Iterator[Edit]:
    before, after = _import_path(code, old), _import_path(code, new)
    own = [path for path in sources if dirname(path) == old]
    name, fresh = basename(old), basename(new)
    clauses = {path: _clause(code, path) for path in own}
    named = name != fresh and any(clause is not None and _text(clause) == name for clause in clauses.values())
    if named:
        check_name("go", fresh)
    for path, clause in clauses.items():
        if named and clause is not None and _text(clause) in (name, f"{name}_test"):
            yield Edit(path, clause.start_byte, clause.start_byte + len(name), fresh.encode())
    importing, using = set(), _users(code, old, sources)
    for path, spec in _imports(code, before):
        if path not in using:
            continue
        _check_internal(after, code, sources.get(path, path))
        yield Edit(path, spec.start_byte + 1, spec.end_byte - 1, after.encode())
        importing.add(path)
    if named:
        files = set().union(*_parts(code, old, sources))
        for mention in take_census(code, name, tuple(sorted(importing))):
            if mention.meaning.binding == f"{mention.path}::{name}" and mention.meaning.targets <= files:
                yield Edit(mention.path, mention.start, mention.end, fresh.encode())


def _imports(code: Code, wanted: str) -> Iterator[tuple[str, Node]]:
    """Every string that imports a path."""
    quoted = f'"{wanted}"'
    found = search(code.graph.tree, Query(quoted, fixed=True))
    for path in sorted({hit.path for hit in found.hits if hit.path.endswith(".go") and hit.path in code.graph.files}):
        for node in _specs(code.tree(path)):
            if _text(node) == quoted:
                yield path, node


def _specs(root: Node) -> Iterator[Node]:
    for statement in root.named_children:
        if statement.type == "import_declaration":
            pending = list(statement.named_children)
            while pending:
                node = pending.pop()
                if node.type == "import_spec":
                    found = node.child_by_field_name("path")
                    if found is not None:
                        yield found
                else:
                    pending += node.named_children


def _clause(code: Code, path: str) -> Node | None:
    for node in code.tree(path).named_children:
        if node.type == "package_clause":
            return node.named_children[0]
    return None


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")


def _import_path(code: Code, folder: str) -> str:
    """The path that a folder is imported by; Refusal where no go.mod tells."""
    above = folder
    while True:
        manifest = f"{above}/go.mod" if above else "go.mod"
        if manifest in code.graph.paths:
            match = _MODULE.search(code.graph.tree.read(manifest))
            if match:
                inside = folder[len(above) :].strip("/")
                return f"{match[1].decode()}/{inside}" if inside else match[1].decode()
        if not above:
            raise Refusal(f"no go.mod tells the import path of {folder}", "make a module of it: go mod init")
        above = dirname(above)


def _check_internal(after: str, code: Code, user: str) -> None:
    """Refuse where an `internal` folder would hide a package from a file that imports it."""
    parts = after.split("/")
    if "internal" in parts:
        last = len(parts) - 1 - parts[::-1].index("internal")
        root = "/".join(parts[:last])
        home = _import_path(code, dirname(user))
        if home != root and not home.startswith(f"{root}/"):
            raise Refusal(f"{user} could no longer import {after}", "internal packages are seen from their parent only")


def _built_for(path: str) -> tuple[str, ...]:
    """The suffixes of a file's name that decide where it is built."""
    parts = basename(path).removesuffix(".go").split("_")
    found = ["test"] * (parts[-1] == "test" and len(parts) > 1)
    rest = parts[: len(parts) - len(found)]
    return (*found, *(one for one in rest[1:][-2:] if one in _SYSTEMS or one in _MACHINES))
