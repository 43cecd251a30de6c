"""Strings that are dotted paths, such as `mock.patch("shop.cart.total")`, follow what they name."""

import re
from collections.abc import Iterator
from typing import Final

from codeagent.domain.patch import Edit
from codeagent.languages.syntax import Node, every
from codeagent.refactorings.python.modules import PythonModules
from codeagent.refactorings.python.relocation import Relocation

_DOTTED: Final = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+(?::[A-Za-z_][\w.]*)?")


def string_edits(to: Relocation, path: str, staying: frozenset[tuple[str, str]] = frozenset()) -> Iterator[Edit]:
    """Yield the edits of a file's strings; names in `staying` can still be had from their old module."""
    for node in strings(to.modules.code.tree(path)):
        content = node.text or b""
        text = content.decode("utf-8", "surrogateescape")
        if _DOTTED.fullmatch(text):
            new = followed(to, path, text, staying)
            if new != text:
                yield Edit(path, node.start_byte, node.end_byte, new.encode())


def strings(root: Node) -> Iterator[Node]:
    """Yield the content of every string that is one piece of plain text."""
    for node in every(root, "python", "string"):
        parts = [one for one in node.named_children if one.type not in ("string_start", "string_end")]
        if len(parts) == 1 and parts[0].type == "string_content" and not parts[0].named_children:
            yield parts[0]


def says_module(root: Node, start: int, end: int, dotted: str) -> bool:
    """Tell whether text in a part of a file, documentation aside, speaks of what is in a module by its dotted name,
    and does not follow it: `f"<tests.shop.Cart at {place}>"`."""
    before = r"(?<![\w.])" if "." in dotted else r"<(?:class '|function |module ')?"
    pattern = re.compile(f"{before}{re.escape(dotted)}\\.[^\\W\\d]".encode("utf-8", "surrogateescape"))
    for node in every(root, "python", "string"):
        text = node.text or b""
        stands = node.parent is not None and node.parent.type == "expression_statement"
        inside = start <= node.start_byte < end and not stands
        plain = text.decode("utf-8", "surrogateescape").lstrip("rbfuRBFU").strip("\"'")
        if inside and pattern.search(text) and not _DOTTED.fullmatch(plain):
            return True
    return False


def files_with(modules: PythonModules, words: set[str]) -> Iterator[str]:
    """Yield the Python files whose text holds one of the words."""
    needles = [word.encode("utf-8", "surrogateescape") for word in words]
    for path in modules.paths:
        content = modules.code.graph.tree.read(path)
        if any(needle in content for needle in needles):
            yield path


def followed(to: Relocation, path: str, text: str, staying: frozenset[tuple[str, str]]) -> str:
    """Return a dotted path of a file as it reads once what it names has moved."""
    parts = re.split(r"[.:]", text)
    for size in range(len(parts), 0, -1):
        prefix = ".".join(parts[:size])
        if not text.startswith(prefix):
            continue  # what follows a colon is no module
        module = to.modules.find(path, prefix)
        if module is None:
            continue
        rest = parts[size] if size < len(parts) else ""
        goal = to.names.get((module, rest))
        if goal is not None and (module, rest) not in staying:
            return to.after.dotted(goal) + text[len(prefix) :]
        known = size > 1 or (not module.endswith("/") and to.modules.binds(module, rest))
        return to.spelled(path, prefix, module) + text[len(prefix) :] if known else text
    return text
