"""unreachable-code: statements of Python behind one that always leaves."""

import ast
import re
from collections.abc import Iterator
from typing import Final

from codeagent.domain.finding import Finding, Severity
from codeagent.languages.python_script import parsed
from codeagent.quality.checks.subject import Subject, finding

RULE = "unreachable-code"
_LEAVES: Final = (ast.Return, ast.Raise, ast.Continue, ast.Break)
_CONSTANT: Final = re.compile(
    rb"^[ \t]*(?:(?:el)?if[ \t(]+(?:True|1|False|0)|while[ \t(]+(?:False|0))[ \t)]*:", re.MULTILINE
)
# a line that leaves, and behind it one that is indented alike: worth a look
_LIKELY: Final = re.compile(
    rb"^([ \t]+)(?:return|raise|continue|break)\b.*\n(?:[ \t]*(?:#.*)?\n|\1[ \t)\]}].*\n)*+"
    rb"\1(?!elif\b|else\b|except\b|finally\b|case\b)[^\s#)\]}]",
    re.MULTILINE,
)
_BLOCK: Final = re.compile(rb"^([ \t]*)(else|while[ \t(]+(?:True|1)[ \t)]*):", re.MULTILINE)
_LEAVE: Final = (b"return", b"raise", b"continue", b"break")
_LAST: Final = (*_LEAVE, b")", b"]", b"}")  # begin the last line of a block that may leave
_GOES_ON: Final = (b"elif", b"else", b"except", b"finally", b"case", b")", b"]", b"}")


def unreachable_code(subject: Subject) -> Iterator[Finding]:
    """Find the first statement of each block that nothing can get to."""
    tables = subject.tables
    for path in tables.paths:
        if tables.graph.files[path].language == "python" and subject.product(path):
            source = tables.graph.read(path)
            suspect = _LIKELY.search(source) or _CONSTANT.search(source) or _ends(source)
            if subject.limit(RULE, "statements") <= 1 and suspect:
                for statement, last in _unreachable(source):
                    word = ast.unparse(statement).partition("\n")[0]
                    message = f"nothing gets to this: {word[:60]}"
                    yield finding(
                        RULE, Severity.WARNING, message, path, statement.lineno, path, anchor=word, end_line=last
                    )


def _ends(source: bytes) -> bool:
    """Tell whether a branch or a loop seems to end a block, and a line behind it is indented alike: worth a look."""
    for match in _BLOCK.finditer(source):
        loops = match[2] != b"else"
        before = source[source.rfind(b"\n", 0, max(0, match.start() - 1)) + 1 : match.start()].lstrip()
        if not loops and not before.startswith(_LAST):
            continue
        last, broken, behind = _block(source, match[1], source.find(b"\n", match.end()) + 1)
        ended = not broken if loops else last.startswith(_LEAVE)
        if ended and behind and not behind.startswith(_GOES_ON):
            return True
    return False


def _block(source: bytes, indent: bytes, at: int) -> tuple[bytes, bool, bytes]:
    """The last statement of a block that begins at a line, whether it holds a `break`, and what is indented as its
    head is, right behind it."""
    last, inner, broken = b"", b"", False
    while 0 < at < len(source):
        end = source.find(b"\n", at) % (len(source) + 1)
        line = source[at:end]
        text = line.lstrip()
        if text and not text.startswith(b"#"):
            room = line[: len(line) - len(text)]
            if len(room) <= len(indent):
                return last, broken, text if room == indent else b""
            inner = inner or room
            last = text if room == inner else last
            broken = broken or b"break" in text
        at = end + 1
    return last, broken, b""


def _unreachable(source: bytes) -> Iterator[tuple[ast.stmt, int]]:
    try:
        tree = parsed(source)
    except (SyntaxError, ValueError, RecursionError):
        return  # another version of the language
    for node in ast.walk(tree):
        if isinstance(node, ast.If | ast.While) and isinstance(node.test, ast.Constant):
            yield from _never(node, bool(node.test.value))
        for block in ("body", "orelse", "finalbody"):
            statements = getattr(node, block, None)
            if isinstance(statements, list):
                yield from _behind(statements)


def _never(node: ast.If | ast.While, holds: bool) -> Iterator[tuple[ast.stmt, int]]:
    """The side of a condition that is a constant which is never taken."""
    loops = isinstance(node, ast.While) and holds
    block = node.body if not holds else [] if loops else node.orelse
    if not all(isinstance(one, ast.Import | ast.ImportFrom) for one in block):  # those are for type checkers
        yield from _whole(block)


def _whole(block: list[ast.stmt]) -> Iterator[tuple[ast.stmt, int]]:
    rest = [one for one in block if not _is_text(one) and not isinstance(one, ast.Pass)]
    made = any(isinstance(node, ast.Yield | ast.YieldFrom) for one in rest for node in ast.walk(one))
    if rest and not made:
        yield rest[0], rest[-1].end_lineno or rest[-1].lineno


def _leaves(statement: ast.stmt) -> bool:
    """Tell whether nothing that stands behind a statement in its block is ever got to."""
    if isinstance(statement, ast.If):
        return bool(statement.orelse) and all(any(map(_leaves, side)) for side in (statement.body, statement.orelse))
    if isinstance(statement, ast.While):
        endless = isinstance(statement.test, ast.Constant) and bool(statement.test.value)
        return endless and not any(map(_breaks, statement.body))
    return isinstance(statement, _LEAVES)


def _breaks(node: ast.AST) -> bool:
    """Tell whether a statement of a loop's body ends that loop; `break` of a loop inside of it does not."""
    if isinstance(node, ast.For | ast.AsyncFor | ast.While):
        return any(map(_breaks, node.orelse))
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return False
    return isinstance(node, ast.Break) or any(map(_breaks, ast.iter_child_nodes(node)))


def _behind(statements: list[ast.stmt]) -> Iterator[tuple[ast.stmt, int]]:
    """What stands behind a statement that leaves; a `yield` there makes the function what it is, a text is a remark."""
    at = next((n for n, one in enumerate(statements[:-1]) if _leaves(one)), None)
    if at is not None:
        yield from _whole(statements[at + 1 :])


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
