"""Modules of Python that go by their names at run time: by `__name__`, or loaded by a name that is computed."""

import re
from collections.abc import Iterator
from posixpath import basename, dirname, splitext
from typing import Final

from codeagent.languages.syntax import Node, around, child, enclosing, every
from codeagent.refactorings.code import Code
from codeagent.refactorings.python.binding import read_scopes

_END: Final = re.compile(r"""\.([A-Za-z_]\w*)["']""")  # "%s.formats"
_LOADS: Final = re.compile(rb"(?:\bimport_module|__import__)\Z")


def says_its_name(code: Code, path: str, names: tuple[str, ...] = ("__name__",)) -> bool:
    """Tell whether a module does more with its `__name__` than to ask whether it is the program, or to log by it."""
    if not any(name.encode() in code.read(path) for name in names):
        return False
    uses = (use for use in read_scopes(code.tree(path)).uses.values() if use.name in names)
    for use in uses:
        node = around(code.tree(path), use.start, use.end)
        call, parent = enclosing(node, "call"), node.parent
        named = child(call, "function").text or b"" if call is not None else b""
        if parent is not None and parent.type != "comparison_operator" and not named.lower().endswith(b"getlogger"):
            return True
    return False


def loader_of(code: Code, path: str) -> str:
    """Return the file that loads modules by computed names and names the folder of this one or how its name ends, or
    that lies beside it."""
    folder, stem = dirname(path), splitext(basename(path))[0]
    for loader, (words, ends) in _loaders(code).items():
        if folder and (dirname(loader) == folder or folder.rpartition("/")[2] in words or stem in ends):
            return loader
    return ""


def _loaders(code: Code) -> dict[str, tuple[set[str], set[str]]]:
    """The files that import by computed names, with the words of those calls, and with what ends strings in them."""
    found: dict[str, tuple[set[str], set[str]]] = code.kept("loaders", lambda: dict(_computing(code)))
    return found


def _computing(code: Code) -> Iterator[tuple[str, tuple[set[str], set[str]]]]:
    files = code.graph.files
    for path in sorted(code.graph.mentioning(("import_module", "__import__"))):
        if files[path].language != "python" or files[path].test:
            continue
        calls = [
            one for one in every(code.tree(path), "python", "call") if _LOADS.search(child(one, "function").text or b"")
        ]
        computed = [one for one in calls if not _is_literal(child(one, "arguments").named_children[:1])]
        if computed:
            text = "\n".join(code.text(one, path) for one in computed)
            yield path, (set(re.findall(r"\w+", text)), set(_END.findall(text)))


def _is_literal(given: list[Node]) -> bool:
    return (
        bool(given)
        and given[0].type == "string"
        and all(one.type != "interpolation" for one in given[0].named_children)
    )
