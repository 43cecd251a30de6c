"""unreachable-code: statements of Python behind one that always leaves."""

import ast
import re
import warnings
from collections.abc import Iterator
from typing import Final

from codeagent.domain.finding import Finding, Severity
from codeagent.quality.checks.subject import Subject, finding

RULE = "unreachable-code"
_LEAVES: Final = (ast.Return, ast.Raise, ast.Continue, ast.Break)
# a line that leaves, and behind it one that is indented alike: worth a look
_LIKELY: Final = re.compile(
    rb"^([ \t]+)(?:return|raise|continue|break)\b.*\n(?:[ \t]*(?:#.*)?\n|\1[ \t)\]}].*\n)*"
    rb"\1(?!elif\b|else\b|except\b|finally\b|case\b)[^\s#)\]}]",
    re.MULTILINE,
)


def unreachable_code(subject: Subject) -> Iterator[Finding]:
    """Find the first statement of each block that nothing can get to."""
    tables = subject.tables
    for path in tables.paths:
        if tables.graph.files[path].language == "python" and subject.product(path):
            source = tables.graph.read(path)
            if subject.limit(RULE, "statements") <= 1 and _LIKELY.search(source):
                for statement, last in _unreachable(source):
                    word = ast.unparse(statement).partition("\n")[0]
                    message = f"nothing gets to this: {word[:60]}"
                    yield finding(
                        RULE, Severity.WARNING, message, path, statement.lineno, path, anchor=word, end_line=last
                    )


def _unreachable(source: bytes) -> Iterator[tuple[ast.stmt, int]]:
    try:
        with warnings.catch_warnings(action="ignore"):
            tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return  # another version of the language
    for node in ast.walk(tree):
        for block in ("body", "orelse", "finalbody"):
            statements = getattr(node, block, None)
            if isinstance(statements, list):
                yield from _behind(statements)


def _behind(statements: list[ast.stmt]) -> Iterator[tuple[ast.stmt, int]]:
    """What stands behind a statement that leaves; a `yield` there makes the function what it is, a text is a remark."""
    at = next((n for n, one in enumerate(statements[:-1]) if isinstance(one, _LEAVES)), None)
    if at is not None:
        rest = [one for one in statements[at + 1 :] if not _is_text(one)]
        made = any(isinstance(node, ast.Yield | ast.YieldFrom) for one in rest for node in ast.walk(one))
        if rest and not made:
            yield rest[0], rest[-1].end_lineno or rest[-1].lineno


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
