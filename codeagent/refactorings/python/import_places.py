"""Where a new import belongs in a Python file: its section, its place in sorted order, the statement it can join."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from codeagent.languages.syntax import Node
from codeagent.refactorings.python.imports import TYPING, Imported, ImportStatement, is_type_checking, section
from codeagent.refactorings.python.layout import BOM, indent_of, line_end, line_start, starts_line

_LONGEST: Final = 100  # characters of a line up to which a name joins a statement
_LEADING: Final = frozenset(
    ("import_statement", "import_from_statement", "future_import_statement", "try_statement", "if_statement", "comment")
)
_DEFINITIONS: Final = ("function_definition", "class_definition", "decorated_definition")
_HEAD_COMMENT: Final = re.compile(rb"#!|#.*coding[:=]")


@dataclass(frozen=True, slots=True)
class Anchor:
    """Lines are inserted at byte `offset`, each with `indent`, between `before` and `after` (line feeds)."""

    offset: int
    before: bytes = b""
    after: bytes = b"\n"
    indent: bytes = b""


def next_line(source: bytes, offset: int) -> int:
    """Return where the line after that of an offset starts, or the end of the file."""
    end = source.find(b"\n", offset)
    return len(source) if end < 0 else end + 1


def alone(source: bytes, statement: ImportStatement) -> bool:
    """Tell whether a statement stands on lines of its own, a comment behind it aside."""
    rest = source[statement.end : line_end(source, statement.end)].strip()
    return starts_line(source, statement.start) and (not rest or rest.startswith(b"#"))


def on_own_line(source: bytes, one: Imported) -> bool:
    """Tell whether a name of a statement stands on a line of its own, its comma and comment aside."""
    rest = source[one.end : line_end(source, one.end)].strip()
    followed = rest[:1] in (b",", b"#", b"") and not rest.startswith(b")")
    return starts_line(source, one.start) and followed and rest.lstrip(b", ")[:1] in (b"#", b"")


def leading(root: Node, statements: Sequence[ImportStatement]) -> list[ImportStatement]:
    """Return the imports at the top of a file that always run: those before its first definition."""
    limit = next((one.start_byte for one in root.named_children if not _opens(one)), root.end_byte + 1)
    found = [one for one in statements if one.plain and one.start < limit]
    return found or [one for one in statements if one.plain and one.start < _first_definition(root)]


def _first_definition(root: Node) -> int:
    return next((one.start_byte for one in root.named_children if one.type in _DEFINITIONS), root.end_byte + 1)


def _opens(node: Node) -> bool:
    """Tell whether a statement may stand among the imports at the top: docstrings and dunder names do too."""
    if node.type in _LEADING:
        return True
    if node.type != "expression_statement" or not node.named_children:
        return False
    inner = node.named_children[0]
    return inner.type == "string" or (inner.type == "assignment" and (inner.text or b"").startswith(b"__"))


def anchor_for(
    source: bytes,
    root: Node,
    statements: Sequence[ImportStatement],
    module: str,
    tops: frozenset[str],
    *,
    from_: bool = True,
) -> Anchor:
    """Return where the import of a module goes in a file with these import statements."""
    first = leading(root, statements)
    if not first:
        return _after_header(source, root)
    wanted = section(module, tops)
    alike = [one for one in first if section(_module(one), tops) == wanted]
    if alike:
        keys = [sort_key(_module(one), one.module is not None) for one in alike]
        own = sort_key(module, from_)
        later = next((one for one, key in zip(alike, keys, strict=True) if key > own), None)
        if later is not None and keys == sorted(keys):
            return _before(source, later)
        return _after(source, alike[-1])
    lower = [one for one in first if section(_module(one), tops) < wanted]
    parted = _parted(source, first, tops)
    if lower:
        found = _after(source, lower[-1], b"\n" if parted else b"")
        follows = any(one.start >= found.offset and not source[found.offset : one.start].strip() for one in first)
        blank = not source[found.offset : line_end(source, found.offset)].strip()
        return Anchor(found.offset, found.before, b"\n\n" if parted and follows and not blank else found.after)
    found = _before(source, first[0])
    return Anchor(found.offset, b"", b"\n\n" if parted else b"\n")


def opening(source: bytes, anchor: Anchor, gone: Sequence[ImportStatement]) -> Anchor:
    """Return an anchor without blank lines before it, where nothing stays above it in the file but those."""
    above = source[: anchor.offset]
    for one in sorted(gone, key=lambda one: -one.start):
        above = above[: one.start] + above[one.end :]
    return anchor if above.strip() else Anchor(anchor.offset, b"", anchor.after, anchor.indent)


def _module(statement: ImportStatement) -> str:
    return statement.names[0].name if statement.module is None and statement.names else statement.module or ""


def sort_key(module: str, from_: bool) -> tuple[bool, int, str]:
    """Return what imports of one section are sorted by: whole modules first, then by name."""
    bare = module.lstrip(".")
    return from_, len(bare) - len(module), bare.lower()


def _parted(source: bytes, statements: Sequence[ImportStatement], tops: frozenset[str]) -> bool:
    """Tell whether blank lines part the sections of a file; so they do where it has but one."""
    for first, second in pairwise(statements):
        if section(_module(first), tops) != section(_module(second), tops):
            return source[first.end : second.start].count(b"\n") > 1
    return True


def _before(source: bytes, statement: ImportStatement) -> Anchor:
    return Anchor(line_start(source, statement.start))


def _after(source: bytes, statement: ImportStatement, before: bytes = b"") -> Anchor:
    offset = next_line(source, statement.end)
    if not source.endswith(b"\n") and offset == len(source):
        return Anchor(offset, before + b"\n", b"")
    return Anchor(offset, before)


def header_end(source: bytes, root: Node) -> int:
    """Return where a file's own comments and docstring end, and its code may start: the start of a line."""
    at = len(BOM) if source.startswith(BOM) else 0
    nodes = list(root.named_children)
    while nodes and nodes[0].type == "comment":
        run = _run(nodes)
        nodes = nodes[len(run) :]
        if nodes and nodes[0].start_point[0] == run[-1].end_point[0] + 1 and not _is_docstring(nodes[0]):
            heads = [one for one in run if _HEAD_COMMENT.match(one.text or b"")]  # the others belong to what follows
            return next_line(source, heads[-1].end_byte) if heads else at
        at = next_line(source, run[-1].end_byte)
    return next_line(source, nodes[0].end_byte) if nodes and _is_docstring(nodes[0]) else at


def _run(nodes: Sequence[Node]) -> list[Node]:
    """The comments that a file goes on with, up to a blank line."""
    run = [nodes[0]]
    for node in nodes[1:]:
        if node.type != "comment" or node.start_point[0] > run[-1].end_point[0] + 1:
            break
        run.append(node)
    return run


def _is_docstring(node: Node | None) -> bool:
    return (
        node is not None
        and node.type == "expression_statement"
        and bool(node.named_children)
        and node.named_children[0].type == "string"
    )


def _after_header(source: bytes, root: Node) -> Anchor:
    at = header_end(source, root)
    rest = source[at:]
    body = at + len(rest) - len(rest.lstrip())
    begins = not source[:at].strip(BOM).strip()
    if not rest.strip():
        unfinished = not source.endswith(b"\n") and not begins
        return Anchor(len(source), b"" if begins else b"\n\n" if unfinished else b"\n")
    following = next((one for one in root.named_children if one.start_byte >= body and one.type != "comment"), None)
    gap = b"\n\n\n" if following is not None and following.type in _DEFINITIONS else b"\n\n"
    tight = not begins and source[at:body].count(b"\n") == 0
    return Anchor(line_start(source, body), b"\n" if tight else b"", gap)


def typing_block(source: bytes, root: Node, statements: Sequence[ImportStatement]) -> Anchor:
    """Return where an import for type checkers alone goes: into the block there is, or a new one."""
    for node in root.named_children:
        block = node.child_by_field_name("consequence")
        if node.type == "if_statement" and block is not None and is_type_checking(node):
            last = [one for one in block.named_children if one.type != "comment"][-1]
            end = next_line(source, last.end_byte)
            ends = end < len(source) or source.endswith(b"\n")
            return Anchor(end, b"" if ends else b"\n", b"\n" if ends else b"", indent_of(source, last.start_byte))
    first = leading(root, statements)
    found = _after(source, first[-1]) if first else _after_header(source, root)
    return Anchor(found.offset, found.before + b"\nif TYPE_CHECKING:\n", found.after, b"    ")


def joined_position(
    source: bytes,
    statements: Sequence[ImportStatement],
    module: str | None,
    name: str,
    alias: str | None,
    typing: bool,
) -> tuple[int, bytes] | None:
    """Return (offset, text) to add a name to a statement of the same module; a NUL in the text is the name."""
    if module is None:
        return None
    alike = [one for one in statements if one.module == module and not one.local]
    alike = [one for one in alike if one.guard == (TYPING if typing else "") and not one.star]
    if len(alike) != 1 or (alias and not alike[0].names[0].alias):
        return None
    return position_in(source, alike[0], name)


def position_in(source: bytes, statement: ImportStatement, name: str) -> tuple[int, bytes] | None:
    """Return (offset, text) to add a name to a `from` statement; None where it would not be written there."""
    if name == "*" or statement.star:
        return None
    names = statement.names
    if len(names) == 1 and names[0].alias:
        return None  # one aliased name a line, as re-exports are written
    several = names[0].start > 0 and starts_line(source, names[0].start)
    width = line_end(source, statement.start) - line_start(source, statement.start)
    if not several and (width + len(name) > _LONGEST or b"\n" in source[statement.start : statement.end]):
        return None
    keys = [one.name.lower() for one in names]
    later = next((one for one in names if one.name.lower() > name.lower()), None) if keys == sorted(keys) else None
    if several:
        return _own_line(source, statement, names.index(later) if later else len(names) - 1, later is not None)
    if later is not None:
        return later.start, b"\0, "
    return names[-1].end, b", \0"


def _own_line(source: bytes, statement: ImportStatement, at: int, before: bool) -> tuple[int, bytes]:
    one = statement.names[at]
    newline = b"\r\n" if source[line_end(source, one.end) :].startswith(b"\r\n") else b"\n"
    indent = indent_of(source, one.start)
    rest = source[one.end : line_end(source, one.end)]
    if before or not rest.lstrip().startswith(b","):
        return one.start, b"\0," + newline + indent
    return next_line(source, one.end), indent + b"\0," + newline
