"""Definitions that leave a Python module: their statements with comments, and what is deleted with them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from codeagent.languages.syntax import Node
from codeagent.refactorings.python.import_places import header_end, next_line
from codeagent.refactorings.python.layout import line_end, line_start, starts_line
from codeagent.refactorings.python.scopes import Role, Scopes
from codeagent.refactorings.refactoring import Refusal

DEFINITIONS: Final = ("function_definition", "class_definition", "decorated_definition")


@dataclass(frozen=True, slots=True)
class Piece:
    """One statement that leaves: bytes `start` to `end` with the comments on it, without its last line ending."""

    name: str
    node: Node
    start: int
    end: int

    @property
    def definition(self) -> bool:
        """Whether it is a function or class, not a variable."""
        return self.node.type in DEFINITIONS


def pieces_of(path: str, source: bytes, root: Node, scopes: Scopes, names: Iterable[str]) -> list[Piece]:
    """Return the statements that define names of a module, in source order.

    Raises Refusal where one is not defined by statements of its own at the top level of the module."""
    found: dict[int, Piece] = {}
    first = header_end(source, root)
    for name in names:
        for statement in _statements(path, root, scopes, name):
            start = _with_comments(source, statement, first)
            end = line_end(source, statement.end_byte)
            rest = source[statement.end_byte : end].strip()
            if not starts_line(source, statement.start_byte) or (rest and not rest.startswith(b"#")):
                raise Refusal(f"{name} of {path} shares its line with other code", "put it on a line of its own")
            found[start] = Piece(name, statement, start, end)
    return [found[start] for start in sorted(found)]


def _statements(path: str, root: Node, scopes: Scopes, name: str) -> list[Node]:
    uses = [u for u in scopes.uses.values() if u.name == name and scopes.owner(name, u.scope) is scopes.module]
    if any(use.role is Role.DECLARE for use in uses):
        raise Refusal(f"{name} is assigned by functions of {path} (global)", "move the functions' state into a class")
    starts = [use.start for use in uses if use.binds and use.scope is scopes.module]
    found = [_top(root, start) for start in sorted(starts)]
    if not found:
        raise Refusal(f"{path} does not define {name} at its top level", "only functions, classes and variables move")
    if len({one.id for one in found}) > 1 and not all(one.type in DEFINITIONS for one in found):
        raise Refusal(f"{name} is bound {len(found)} times in {path}", "bind it once")
    for one in found:
        if one.type not in DEFINITIONS and not _assigns_alone(one, name):
            raise Refusal(
                f"{name} of {path} is not defined by a statement of its own",
                "what is imported, unpacked or defined under a condition stays where it is",
            )
    return found


def _top(root: Node, offset: int) -> Node:
    return next(one for one in root.named_children if one.start_byte <= offset < one.end_byte)


def _assigns_alone(statement: Node, name: str) -> bool:
    if statement.type == "type_alias_statement":
        return True
    inner = statement.named_children[0] if statement.type == "expression_statement" else None
    if inner is None or inner.type != "assignment":
        return False
    target, value = inner.child_by_field_name("left"), inner.child_by_field_name("right")
    chained = value is not None and value.type == "assignment"
    return target is not None and target.type == "identifier" and not chained and target.text == name.encode()


def _with_comments(source: bytes, statement: Node, first: int) -> int:
    """Where a statement starts with the comment lines that stand directly on it."""
    start = line_start(source, statement.start_byte)
    while start > first:
        above = line_start(source, start - 1)
        if not source[above : line_end(source, above)].lstrip().startswith(b"#"):
            break
        start = above
    return start


def deletions(source: bytes, pieces: Sequence[Piece]) -> Iterator[tuple[int, int]]:
    """Yield the bytes to delete for pieces in source order: their lines, and blank ones so that no gap is left."""
    runs: list[list[Piece]] = []
    for piece in pieces:
        if runs and not source[runs[-1][-1].end : piece.start].strip():
            runs[-1].append(piece)
        else:
            runs.append([piece])
    for run in runs:
        start, stop = run[0].start, next_line(source, run[-1].end)
        above, below = start, stop
        while above > 0 and not source[line_start(source, above - 1) : above].strip():
            above = line_start(source, above - 1)
        while below < len(source) and not source[below : line_end(source, below)].strip():
            below = next_line(source, below)
        wider = source[stop:below].count(b"\n") >= source[above:start].count(b"\n")
        last = not source[below:].strip()
        yield (above, stop) if above > 0 and (wider or last) else (start, below)
