"""Python: dotted paths in settings, such as an entry point's `shop.cart:main`, that lead to code of the tree."""

import re
from collections.abc import Collection
from posixpath import splitext
from typing import Final

from codeagent.domain.patch import Edit
from codeagent.graph.naming import UNKNOWN, Meaning
from codeagent.languages import BY_NAME
from codeagent.refactorings.code import Code
from codeagent.refactorings.python.dotted_strings import followed
from codeagent.refactorings.python.modules import PythonModules
from codeagent.refactorings.python.relocation import Relocation
from codeagent.refactorings.python.strings import resolved
from codeagent.refactorings.settings import holding

_DOTTED: Final = re.compile(
    rb"(?<![\w./@\\])[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*(?::[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)?(?![\w/\\-])"
)


def named_in(code: Code, path: str, start: int, end: int) -> Meaning:
    """Return what a word of a settings file provably stands for: `total` in `shop.cart:total`."""
    source = code.read(path)
    line = source.rfind(b"\n", 0, start) + 1
    for match in _DOTTED.finditer(source, line, max(end, source.find(b"\n", end))):
        if match.start() < start and end <= match.end():
            parts = re.split(r"[.:]", source[match.start() : end].decode("utf-8", "surrogateescape"))
            return resolved(code, parts, lambda spec: code.naming.flow.world.find_from(path, BY_NAME["python"], spec))
    return UNKNOWN


def dotted_edits(
    to: Relocation, words: Collection[str], staying: frozenset[tuple[str, str]] = frozenset()
) -> list[Edit]:
    """Return the edits of settings for dotted paths to what moves; names in `staying` are still where they were."""
    code, found = to.modules.code, []
    for path in holding(code, words):
        for match in _DOTTED.finditer(code.read(path)):
            text = match[0].decode("utf-8", "surrogateescape")
            new = followed(to, path, text, staying) if "." in text or ":" in text else text
            if new != text:
                found.append(Edit(path, match.start(), match.end(), new.encode()))
    return found


def uses_of(code: Code, path: str) -> list[tuple[str, int]]:
    """Return the file and line of each dotted path in settings that leads to a module, or through it."""
    modules = PythonModules(code)
    gone = Relocation(modules, {path: f"{splitext(path)[0]}_.py"}, {})
    found = dotted_edits(gone, {modules.layout.dotted(path)})
    return [(one.path, code.graph.place(one.path, one.start, one.end).line) for one in found]
