"""Python: packages whose modules code lists at run time, so that one more or less of them is noticed."""

import re
from collections.abc import Iterable, Iterator, Mapping
from posixpath import dirname
from typing import Final

from codeagent.languages.syntax import Node, around, enclosing, every
from codeagent.refactorings.code import Code
from codeagent.refactorings.python.leftovers import callee_end

_LISTING: Final = ("iter_modules", "walk_packages")
_LISTS: Final = re.compile(rb"\b(?:iter_modules|walk_packages)\b")
_INIT: Final = "__init__.py"


def listers(code: Code, moves: Mapping[str, str]) -> Iterator[str]:
    """Yield, in words, which files list the modules of packages that files leave or come to, by old and new paths; of
    one that is made there is no old path."""
    changed = {dirname(path) for old, new in moves.items() if dirname(old) != dirname(new) for path in (old, new)}
    for folder in sorted(changed):
        if f"{folder}/{_INIT}" in code.graph.files and (lister := _lister(code, f"{folder}/{_INIT}")):
            yield f"{lister} lists the modules of {folder}"


def comes_anew(code: Code, path: str) -> Iterator[str]:
    """Yield the same for a module that is made where none was."""
    return listers(code, {} if path in code.graph.paths else {"/": path})


def _lister(code: Code, package: str) -> str:
    """The file that lists the modules of a package; "" for none."""
    for path in sorted(code.graph.mentioning(_LISTING)):
        if code.language(path) != "python":
            continue
        if path == package or _lists_by_path(code, path, package):
            return path
        for function in _listing_functions(code, path):
            for reference in code.graph.incoming(function, ("calls",)):
                call = enclosing(around(code.tree(reference.path), reference.span.start, reference.span.end), "call")
                if call is not None and package in _named(code, reference.path, call):
                    return reference.path
    return ""


def _listing_functions(code: Code, path: str) -> Iterable[str]:
    source = code.read(path)
    functions = (one for one in code.graph.symbols(path) if one.kind in ("function", "method"))
    return [one.id for one in functions if _LISTS.search(source, one.span.start, one.span.end)]


def _lists_by_path(code: Code, path: str, package: str) -> bool:
    """Whether a file lists what lies in `package.__path__`."""
    for call in every(code.tree(path), "python", "call"):
        callee = callee_end(call)
        if callee is None or code.text(callee, path) not in _LISTING:
            continue
        owners = (one.child_by_field_name("object") for one in every(call, "python", "attribute") if _is_path(one))
        if any(owner is not None and package in _meant(code, path, owner) for owner in owners):
            return True
    return False


def _is_path(attribute: Node) -> bool:
    name = attribute.child_by_field_name("attribute")
    return name is not None and name.text == b"__path__"


def _meant(code: Code, path: str, owner: Node) -> frozenset[str]:
    last = owner.child_by_field_name("attribute") or owner
    told = code.naming.file(path).meaning(last.start_byte, last.end_byte)
    return told.targets if told is not None else frozenset()


def _named(code: Code, path: str, call: Node) -> set[str]:
    """The modules that the strings of a call name."""
    given = call.child_by_field_name("arguments")
    world = code.naming.flow.world
    texts = (code.text(one, path).strip("\"'") for one in every(call, "python", "string")) if given is not None else ()
    return {place.path for text in texts if text for place in world.find(world.view(path), text)}
