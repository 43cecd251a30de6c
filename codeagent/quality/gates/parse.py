"""parse: syntax errors that were not there before."""

from collections.abc import Iterator
from functools import partial
from typing import Final

from codeagent.domain.finding import Finding
from codeagent.domain.quality import GateResult
from codeagent.graph.spots import line_at
from codeagent.languages import BY_NAME, syntax
from codeagent.quality.gates.change import Change, language_of
from codeagent.quality.gates.gate import found, judged
from codeagent.quality.gates.sketching import is_sketch

RULE: Final = "syntax-error"
CONFLICT: Final = (b"<<<<<<< ", b">>>>>>> ")


def parse(change: Change) -> GateResult:
    """Parse every written file; more broken nodes than before are findings, and so is a mark of a merge conflict."""
    findings: list[Finding] = []
    existing: list[Finding] = []
    for path in change.written():
        new, old = _judge(change, path)
        findings += new
        existing += old
    return judged("parse", findings, existing)


def _judge(change: Change, path: str) -> tuple[list[Finding], list[Finding]]:
    source, before = change.source_after(path), change.source_before(path)
    if source == before:
        return [], []
    marks = list(_conflicts(path, source)) if not any(_conflicts(path, before)) else []
    language = language_of(path)
    if not language or not BY_NAME[language].grammar:
        return marks, []
    broken = [_finding(path, source, start, end) for start, end in syntax.broken(syntax.parse(language, source))]
    known = len(syntax.broken(syntax.parse(language, before))) if broken and before else 0
    if len(broken) <= known or (broken and is_sketch(change, path, partial(_is_broken, change))):
        return marks, broken
    fresh = {line for first, last in change.by_path[path].new_lines for line in range(first, last + 2)}
    new = [one for one in broken if one.line in fresh] or broken
    return marks + new, [one for one in broken if one not in new]


def _is_broken(change: Change, path: str) -> bool:
    return change.before_graph.files[path].errors > 0


def _finding(path: str, source: bytes, start: int, end: int) -> Finding:
    text = source[start:end].split(b"\n")[0].decode("utf-8", "replace").strip()
    message = f"syntax error at {text[:40]!r}" if text else "syntax error: something is missing here"
    return found(RULE, message, path, line_at(source, start))


def _conflicts(path: str, source: bytes) -> Iterator[Finding]:
    """A mark at the start of a line, its two halves in one file."""
    lines = source.split(b"\n")
    starts = [number for number, line in enumerate(lines, 1) if line.startswith(CONFLICT[0])]
    if starts and any(line.startswith(CONFLICT[1]) for line in lines):
        yield found("merge-conflict", "a mark of an unresolved merge conflict", path, starts[0])
