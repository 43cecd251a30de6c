"""Module specifiers of a JavaScript or TypeScript file: of imports, re-exports, `import()`, `require` and mocks, and in
remarks that compilers heed."""

import re
from collections.abc import Iterator
from typing import Final

from codeagent.languages.syntax import Node

_LOADERS: Final = frozenset(("import", "require", "require.resolve", "import.meta.resolve", "importActual"))
_MOCKERS: Final = ("jest", "vi", "vitest", "td", "proxyquire")

_PRAGMA: Final = re.compile(rb"@jsxImportSource[ \t]+(\.[^\s*]*)")
_REFERENCE: Final = re.compile(rb"^///[ \t]*<reference[ \t]+path[ \t]*=[ \t]*([\"'])([^\"'\n]+)\1", re.MULTILINE)
RUNTIME: Final = "jsx-runtime"  # what compiled JSX imports from where `@jsxImportSource` says


def specifiers(root: Node) -> Iterator[tuple[int, int, str]]:
    """Yield (start, end, text) of every string that names a module, quotes left out."""
    pending = [root]
    while pending:
        node = pending.pop()
        if node.type == "string" and _names_module(node):
            inner = [one for one in node.named_children if one.type == "string_fragment"]
            if len(node.named_children) == 1 and inner:
                text = (inner[0].text or b"").decode("utf-8", "surrogateescape")
                yield inner[0].start_byte, inner[0].end_byte, text
        else:
            pending.extend(reversed(node.named_children))


def remarked(source: bytes) -> Iterator[tuple[int, int, str, str]]:
    """Yield (start, end, text, module) of what remarks name: the text, and the specifier that it stands for."""
    for found in _PRAGMA.finditer(source):
        text = found[1].decode("utf-8", "surrogateescape")
        yield found.start(1), found.end(1), text, f"{text.rstrip('/')}/{RUNTIME}"
    for found in _REFERENCE.finditer(source):
        text = found[2].decode("utf-8", "surrogateescape")
        yield found.start(2), found.end(2), text, text if text.startswith(".") else f"./{text}"


def _names_module(string: Node) -> bool:
    parent = string.parent
    if parent is None:
        return False
    if parent.child_by_field_name("source") == string:
        return parent.type in ("import_statement", "export_statement", "import_require_clause")
    if parent.type == "module":
        return parent.child_by_field_name("name") == string
    call = parent.parent
    if parent.type != "arguments" or call is None or call.type != "call_expression":
        return False
    callee = call.child_by_field_name("function")
    first = parent.named_children[0] == string
    return first and callee is not None and _loads(callee)


def _loads(callee: Node) -> bool:
    text = (callee.text or b"").decode("utf-8", "replace")
    return text in _LOADERS or text.partition(".")[0] in _MOCKERS
