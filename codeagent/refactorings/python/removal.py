"""Statements taken out of a Python file, with the lines that are theirs alone."""

from codeagent.domain.patch import Edit
from codeagent.languages.syntax import Node
from codeagent.refactorings.python.layout import line_end, line_start, starts_line


def removal_of(path: str, source: bytes, statement: Node) -> Edit:
    """Return the edit that takes a statement out: `pass` where its block would be empty, comments stay."""
    start, end = statement.start_byte, statement.end_byte
    if _alone(statement):
        return Edit(path, start, end, b"pass")
    stop = line_end(source, end)
    rest = source[end:stop]
    if starts_line(source, start) and not rest.strip():
        first, last = line_start(source, start), _next_line(source, stop)
        if statement.type in ("function_definition", "decorated_definition"):
            first, last = _with_blanks(source, first, last)
        return Edit(path, first, last, b"")
    if rest.lstrip().startswith(b";"):
        return Edit(path, start, end + len(rest) - len(rest.lstrip()[1:].lstrip()), b"")
    if starts_line(source, start):
        return Edit(path, start, end + len(rest) - len(rest.lstrip()), b"")  # a comment goes on there
    before = source[line_start(source, start) : start].rstrip()
    return Edit(path, line_start(source, start) + len(before.removesuffix(b";").rstrip()), end, b"")


def _alone(statement: Node) -> bool:
    block = statement.parent
    if block is None or block.type != "block":
        return False
    return all(one == statement or one.type == "comment" for one in block.named_children)


def _next_line(source: bytes, end: int) -> int:
    after = source.find(b"\n", end)
    return len(source) if after < 0 else after + 1


def _with_blanks(source: bytes, start: int, end: int) -> tuple[int, int]:
    """A definition's lines, and the blank ones that parted it from the next, or from the last."""
    last = end
    while last < len(source) and not source[last : line_end(source, last)].strip():
        last = _next_line(source, line_end(source, last))
    outdented = last < len(source) and _indent(source, last) < _indent(source, start)
    if last < len(source) and not outdented:
        return start, last
    first = start
    while first and not source[line_start(source, first - 1) : first].strip():
        first = line_start(source, first - 1)
    return first, end


def _indent(source: bytes, at: int) -> int:
    line = source[at : line_end(source, at)]
    return len(line) - len(line.lstrip())
