"""Modules of Python that go by their names at run time: by `__name__`, or loaded by a name that is computed."""

import re
from collections.abc import Collection, Iterator
from posixpath import basename, dirname, splitext
from typing import Final

from codeagent.domain.facts import TYPE_KINDS
from codeagent.graph.ids import dotted_names
from codeagent.graph.special import of_subclassing
from codeagent.graph.values import EXTERN
from codeagent.languages.syntax import Node, around, child, enclosing, every
from codeagent.refactorings.code import Code
from codeagent.refactorings.python.binding import read_scopes

_END: Final = re.compile(r"""\.([A-Za-z_]\w*)["']""")  # "%s.formats"
_SAID: Final = re.compile(r"""^[A-Z][A-Z_\d]*\s*=\s*["'](\w+)["']""", re.MULTILINE)  # MIGRATIONS = "migrations"
_MODULE: Final = re.compile(rb"\b__module__\b")
_THROUGH: Final = re.compile(rb"\bfor\b[^\n]*?\bin\b[^\n]*\bglobals\(\)(?!\[)")  # over all of them
_ASKING: Final = frozenset(("django.db.models.Model", "django.db.models.base.Model"))  # for the app of a model
_LOADS: Final = re.compile(rb"(?:\bimport_module|__import__)\Z")


def says_its_name(code: Code, path: str, names: tuple[str, ...] = ("__name__",)) -> bool:
    """Tell whether a module does more with its `__name__` than to ask whether it is the program, or to log by it."""
    if not any(name.encode() in code.read(path) for name in names):
        return False
    uses = (use for use in read_scopes(code.tree(path)).uses.values() if use.name in names)
    return any(tells_its_name(around(code.tree(path), use.start, use.end)) for use in uses)


def tells_its_name(node: Node) -> bool:
    """Tell whether more is done with a `__name__` than to compare it, or to log by it."""
    call, parent = enclosing(node, "call"), node.parent
    named = child(call, "function").text or b"" if call is not None else b""
    return parent is not None and parent.type != "comparison_operator" and not named.lower().endswith(b"getlogger")


def askers_of_module(code: Code, path: str, names: Collection[str] | None = None) -> Iterator[str]:
    """Yield, in words, what asks in which module classes are when it makes them, all classes of a file, or those that
    some names at its top stand for or hold; and whether a module that names leave goes through all its names."""
    if names is not None and _THROUGH.search(code.read(path)):
        yield f"{path} goes through its own names"
    flow = code.naming.flow
    view = flow.world.view(path)
    dotted = dotted_names(view.facts.symbols)
    for index, symbol in enumerate(view.facts.symbols):
        asked = names is None or dotted[index].partition(".")[0] in names
        if not index or symbol.kind not in TYPE_KINDS or not asked:
            continue
        line = flow.hierarchy.line((path, index))
        outside = next((value[1] for value in line if value[0] == EXTERN and value[1] in _ASKING), "")
        making = (one for one in of_subclassing(flow, [(path, index)]) if _asks_for_module(code, *one))
        made = outside or next((flow.world.view(where).symbol_id(number) for where, number in making), "")
        if made:
            yield f"{made} asks in which module {symbol.name} is"


def _asks_for_module(code: Code, path: str, index: int) -> bool:
    start = code.naming.flow.world.view(path).facts.symbols[index].name_start
    node = enclosing(around(code.tree(path), start, start + 1), "function_definition")
    return node is not None and _MODULE.search(node.text or b"") is not None


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
            said = set(_SAID.findall(code.read(path).decode("utf-8", "replace")))
            yield path, (said | set(re.findall(r"\w+", text)), said | set(_END.findall(text)))


def _is_literal(given: list[Node]) -> bool:
    return (
        bool(given)
        and given[0].type == "string"
        and all(one.type != "interpolation" for one in given[0].named_children)
    )
