"""Java packages by the clauses that name them, and what of a package may be seen from outside of it."""

import re
from collections.abc import Iterator
from posixpath import dirname
from typing import Final

from codeagent.languages.syntax import Node
from codeagent.refactorings.code import Code

_CLAUSE: Final = re.compile(rb"^\s*package\s+([\w.\x80-\xff]+)\s*;", re.MULTILINE)


def clause(code: Code, path: str) -> Node | None:
    """Return the name in a file's package clause; None in the unnamed package."""
    for node in code.tree(path).named_children:
        if node.type == "package_declaration":
            return next((one for one in node.named_children if one.type in ("scoped_identifier", "identifier")), None)
    return None


def package_of(code: Code, path: str) -> str:
    """Return the package that a file says it is in, "" for the unnamed one."""
    match = _CLAUSE.search(code.read(path))
    return match[1].decode("utf-8", "replace") if match else ""


def source_root(code: Code, path: str) -> str | None:
    """Return the folder that a file's package starts in; None where its folder is not that of its package."""
    folder, package = dirname(path), package_of(code, path).replace(".", "/")
    if not package:
        return folder
    if folder == package:
        return ""
    return folder.removesuffix(f"/{package}") if folder.endswith(f"/{package}") else None


def java_files(code: Code) -> Iterator[str]:
    """Yield every Java file."""
    return (path for path, record in code.graph.files.items() if record.language == "java")


def spelled(code: Code, path: str, package: str) -> Iterator[Node]:
    """Yield every node of a file that spells a package's whole name: in its clause, an import, or a longer name."""
    wanted = package.encode()
    pending = [code.tree(path)]
    while pending:
        node = pending.pop()
        if node.type in _NAMES and node.text == wanted and _is_package(code, path, node):
            yield node
        else:
            pending += node.named_children


_SCOPED: Final = ("scoped_identifier", "scoped_type_identifier", "field_access")
_NAMES: Final = (*_SCOPED, "identifier", "type_identifier")


def _is_package(code: Code, path: str, node: Node) -> bool:
    """Whether a name stands where a package can, and no variable or type of its first word is in sight."""
    parent = node.parent
    if parent is None or parent.type not in (
        *_SCOPED,
        "import_declaration",
        "package_declaration",
        "method_invocation",
    ):
        return False
    if parent.type in _SCOPED and parent.named_children[0] != node:
        return False
    head = node
    while head.type in _SCOPED:
        head = head.named_children[0]
    told = code.naming.file(path).meaning(head.start_byte, head.end_byte)
    return told is None or not told.targets


def following(node: Node) -> str:
    """Return the word after a package's name: `Cart` of `acme.store.Cart`; "" at the end, "*" in `acme.store.*`."""
    parent = node.parent
    if parent is not None and parent.type in _SCOPED:
        return (parent.named_children[-1].text or b"").decode("utf-8", "replace")
    star = parent is not None and any(one.type == "asterisk" for one in parent.named_children)
    return "*" if star else ""
