"""Whether a file that edits have changed still reads: no error of syntax that was not there before."""

import ast

from codeagent.domain.patch import Edit, Shift
from codeagent.graph.extract import has_facts
from codeagent.languages import BY_NAME, for_path, syntax


def new_error(path: str, before: bytes, after: bytes, edits: list[Edit], language: str | None = None) -> str | None:
    """Return where a file no longer parses as well as it did, in words, or None.

    `language` is that of an indexed file; else the path says it. Broken places of before may stay."""
    spoken = for_path(path) if language is None else BY_NAME[language]
    if spoken is None or not has_facts(spoken):
        return None
    name = spoken.name
    broken = syntax.broken(syntax.parse(name, after))
    old = syntax.broken(syntax.parse(name, before)) if broken and before.strip() else []
    if len(broken) > len(old):
        return f"it would not parse at {path}:{_line(after, broken, old, edits)}"
    if name == "python" and not old:
        return _outside_block(path, before, after)
    return None


def _line(after: bytes, broken: list[tuple[int, int]], old: list[tuple[int, int]], edits: list[Edit]) -> int:
    """The line of the first place that was not broken before; of the first edit in it, where it holds one."""
    shift = Shift(edits)
    known = {shift.new(start) for start, _ in old}
    start, end = next((span for span in broken if span[0] not in known), broken[0])
    changed = [at for edit in edits if (at := shift.start_of(edit.start)) is not None and start <= at < end]
    return after.count(b"\n", 0, changed[0] if changed else start) + 1


def _outside_block(path: str, before: bytes, after: bytes) -> str | None:
    """Lines of Python whose indentation fits no block; what else is valid depends on the version of Python."""
    wrong = _misindented(after)
    if wrong is None or _misindented(before) is not None:
        return None
    return f"the indentation of {path}:{wrong[0]} is wrong: {wrong[1]}"


def _misindented(source: bytes) -> tuple[int, str] | None:
    try:
        ast.parse(source)
    except IndentationError as error:
        return error.lineno or 1, error.msg
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return None
