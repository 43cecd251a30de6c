"""What a search text may look like in a file, rung by rung: one regular expression for each."""

import re
import unicodedata
from collections.abc import Callable
from typing import Final

from codeagent.edits.document import split
from codeagent.edits.folding import ALIKE, SPACE, fold
from codeagent.edits.rungs import Rung

_END: Final = r"\r?\n"


def patterns(search: str, rung: Rung) -> list[re.Pattern[str]]:
    """Return what to look for on a rung; of several, a later one counts where the earlier found nothing."""
    lines = split(search)
    if rung is Rung.LINE_ENDS:
        return [_parts(lines, re.escape, "")]
    if rung is Rung.TRAILING:
        return [_parts(lines, re.escape, "[ \t]*")]
    if rung is Rung.INDENTATION:
        return [_whole(lines, lambda line: re.escape(line.strip()), "[ \t]*")]
    if rung is Rung.SPACING:
        return [_whole(lines, _spaced, "[ \t]*")]
    return [_parts(lines, _alike, f"[{SPACE}]*"), _whole(lines, lambda line: _alike(line.strip()), f"[{SPACE}]*")]


def _parts(lines: list[str], literal: Callable[[str], str], slack: str) -> re.Pattern[str]:
    """The lines one after the other, the first and the last of them perhaps only parts of lines."""
    *first, last = lines
    written = [literal(line.rstrip() if slack else line) + slack + _END for line in first]
    if last:
        cut = last.rstrip() if slack else last
        written.append(literal(cut) + (f"{slack}(?={_END}|\\Z)" if cut != last else ""))
    elif len(lines) > 1:
        written[-1] = written[-1][: -len(_END)] + f"(?:{_END}|\\Z)"
    return re.compile("".join(written))


def _whole(lines: list[str], literal: Callable[[str], str], slack: str) -> re.Pattern[str]:
    """The lines one after the other, each with any indentation."""
    ended = not lines[-1]
    rows = lines[:-1] if ended else lines
    body = _END.join(f"{slack}{literal(line)}{slack}" if line.strip() else slack for line in rows)
    return re.compile(f"(?m:^){body}" + (f"(?:{_END}|\\Z)" if ended else f"(?={_END}|\\Z)"))


def _spaced(line: str) -> str:
    return "[ \t]+".join(map(re.escape, line.split()))


def _alike(line: str) -> str:
    """A pattern of the same line in characters that look like it."""
    indent = line[: len(line) - len(line.lstrip())]
    return re.escape(indent) + f"[{SPACE}]+".join(map(_word, fold(line).split(" ")))


def _word(word: str) -> str:
    signs: list[str] = []
    for part in re.split(r"(\.\.\.)", word):
        signs += ["(?:\\.\\.\\.|\u2026)"] if part == "..." else map(_sign, part)
    return "".join(signs)


def _sign(sign: str) -> str:
    if sign in ALIKE:
        return f"[{ALIKE[sign]}]"
    apart = unicodedata.normalize("NFD", sign)
    return re.escape(sign) if apart == sign else f"(?:{re.escape(sign)}|{re.escape(apart)})"
