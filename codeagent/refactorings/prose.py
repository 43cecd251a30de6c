"""Documentation that calls a module or package by its dotted name or by its path, and follows when that is renamed."""

import re
from collections.abc import Iterable, Iterator
from posixpath import basename, dirname, join, normpath, splitext
from typing import Final

from codeagent.domain.patch import Edit
from codeagent.languages import BY_NAME
from codeagent.refactorings.census import Mention, take_census
from codeagent.refactorings.code import Code

_DOTTED: Final = re.compile(rb"(?<![\w./@\\-])[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+(?![\w/\\-])")
_PATH: Final = re.compile(rb"(?<![\w./@:\\-])(?:\.\.?/)*[\w.@-]+(?:/[\w.@-]+)*/?")
_IMPORTED: Final = re.compile(rb"(?:\A|[\s>`])(?:from\s+([\w.]+)\s+)?import\s+(?:[\w. ,]*,\s*)?\Z")
_FROM: Final = re.compile(rb"(?:\A|[\s>`])from\s+\Z")
_PROSE: Final = "markdown"
_Span = tuple[str, str]  # what of a name stands up to the end of a word, and what after it


def tells_of_it(code: Code, mention: Mention) -> bool:
    """Tell whether prose is documentation: comments, docstrings, and files that are no code."""
    if mention.node is None or code.language(mention.path) == _PROSE:
        return True
    return "comment" in mention.node.type or code.in_docstring(mention.path, mention.node)


def prose_edits(code: Code, module: str, new: str, edited: Iterable[Edit]) -> Iterator[Edit]:
    """Yield the edits of documentation that names a module, by the path of its file or folder, for its new name.

    What is `edited` already is left out, and so is a bare word, which may be meant otherwise."""
    name = splitext(basename(module))[0]
    taken: dict[str, list[Edit]] = {}
    for one in edited:
        taken.setdefault(one.path, []).append(one)
    for mention in take_census(code, name, None):
        if not mention.prose or not tells_of_it(code, mention):
            continue
        if any(one.start < mention.end and mention.start < one.end for one in taken.get(mention.path, ())):
            continue
        if any(told(code, module, mention) for told in (_by_path, _by_name, _by_import)):
            yield Edit(mention.path, mention.start, mention.end, new.encode())


def _around(code: Code, mention: Mention, form: re.Pattern[bytes]) -> _Span | None:
    """The name of some form that a word is part of, parted at the end of the word."""
    source = code.read(mention.path)
    line, end = source.rfind(b"\n", 0, mention.start) + 1, source.find(b"\n", mention.end)
    for match in form.finditer(source, line, end if end >= 0 else len(source)):
        if match.start() <= mention.start and mention.end <= match.end():
            texts = source[match.start() : mention.end], source[mention.end : match.end()]
            return texts[0].decode("utf-8", "surrogateescape"), texts[1].decode("utf-8", "surrogateescape")
    return None


def _by_path(code: Code, module: str, mention: Mention) -> bool:
    """Whether a word is the module in a path to it, or to what lies in it: from the root, from the folder of the
    text, or by an ending that no other path has."""
    found = _around(code, mention, _PATH)
    if found is None:
        return False
    head, tail = found[0], found[1].rstrip(".")
    stem, ending = splitext(module) if module in code.graph.paths else (module, "")
    if "/" not in head + tail and not (ending and tail == ending):
        return False
    if ending and tail != ending:
        return False
    known = {normpath(join(folder, head)) for folder in (dirname(mention.path), "")}
    if stem in known:
        return any(f"{path}/".startswith(f"{stem}{tail.rstrip('/')}/") for path in code.graph.paths)
    if head.startswith("."):
        return False
    path = head + tail
    alike = [one for one in code.graph.paths if f"/{one}".endswith(f"/{path}") or f"/{path}/" in f"/{one}"]
    return bool(alike) and all(f"/{one}".startswith(f"/{stem}") for one in alike) and f"/{stem}".endswith(f"/{head}")


def _by_name(code: Code, module: str, mention: Mention) -> bool:
    """Whether a word is the module in a dotted name that leads to it, or to what is in it."""
    found = _around(code, mention, _DOTTED)
    if found is None:
        return False
    head, rest = found[0], found[1].lstrip(".").partition(".")[0]
    places = _places(code, module, mention, head)
    return bool(places) and ("." in head or any(_has(code, place, rest) for place in places))


def _by_import(code: Code, module: str, mention: Mention) -> bool:
    """Whether a word is the module in an import that is shown."""
    source = code.read(mention.path)
    before = source[source.rfind(b"\n", 0, mention.start) + 1 : mention.start]
    name = source[mention.start : mention.end].decode("utf-8", "surrogateescape")
    imported = _IMPORTED.search(before)
    if imported is None and not (_FROM.search(before) and source[mention.end :].lstrip(b" ").startswith(b"import ")):
        return False
    package = imported[1] if imported is not None else None
    return bool(_places(code, module, mention, f"{package.decode()}.{name}" if package else name))


def _places(code: Code, module: str, mention: Mention, dotted: str) -> set[str]:
    """Where a dotted name leads, as far as that is the module."""
    if module in code.graph.files and code.language(module) != "python":
        return set()
    found = code.naming.flow.world.find_from(mention.path, BY_NAME["python"], dotted)
    return {one.path for one in found} & {module, f"{module}/", f"{module}/__init__.py", f"{module}/__init__.pyi"}


def _has(code: Code, place: str, name: str) -> bool:
    """Whether a module or package holds something of a name: `old` alone at the start may be any object so called."""
    folder = place.rstrip("/") if place.endswith("/") else dirname(place) if "/__init__." in place else ""
    if folder and any(path.startswith((f"{folder}/{name}.py", f"{folder}/{name}/")) for path in code.graph.paths):
        return True
    own = code.graph.symbols(place) if place in code.graph.files else ()
    return any(one.name == name and one.parent == place for one in own)
