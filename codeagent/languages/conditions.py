"""What a grammar is given of C, C++ and C# that it cannot read as written: the same bytes with some blanked out.

Preprocessors work on lines, grammars on syntax: `#if` may stand anywhere, and a macro may stand where no word can.
Each reading is as long as the source, so that every offset is one of the source."""

import re
from collections.abc import Iterator
from typing import Final

_HEAD: Final = rb"[ \t]+)([A-Z][A-Z0-9_]*)(?=[ \t]+[A-Za-z_]\w*(?:[ \t]+final)?\s*"
_CLASS_MACRO: Final = re.compile(rb"\b(class" + _HEAD + rb"[:{;])")
_STRUCT_MACRO: Final = re.compile(rb"\b((?:struct|union|enum)" + _HEAD + rb"(?:\{|:(?!:)))")
_DIRECTIVE: Final = re.compile(
    rb"^[ \t]*#[ \t]*(if|ifdef|ifndef|elif|elifdef|elifndef|else|endif)\b(?:[^\\\n]|\\\r?\n|\\.)*", re.MULTILINE
)
_NEVER: Final = re.compile(rb"#[ \t]*if[ \t]+(?:0|false)\b")
_WINDOWS: Final = re.compile(  # what is left out where there is something else instead
    rb"#[ \t]*if(?:def[ \t]+|[ \t]+defined[ \t]*\(?[ \t]*)"
    rb"(?:_?WIN(?:32|64|DOWS)|__WIN(?:32|64|DOWS)__|_MSC_VER|__MINGW(?:32|64)__|OS_WIN)\b"
)


def readings(source: bytes) -> Iterator[bytes]:
    """Yield what to read first: the source without macros in the heads of classes; then what may be read where that
    cannot be: the same without the lines of conditions, and with the first branch of each alone."""
    for macro in (_CLASS_MACRO, _STRUCT_MACRO):
        source = macro.sub(lambda found: found[1] + b" " * len(found[2]), source)
    yield source
    if _DIRECTIVE.search(source):
        yield _DIRECTIVE.sub(lambda found: _blank(found[0]), source)
        yield _one_branch_each(source)


def _blank(text: bytes) -> bytes:
    return re.sub(rb"[^\r\n]", b" ", text)


def _one_branch_each(source: bytes) -> bytes:
    """Keep the first branch of each condition, or the next where the first is never taken or is for Windows."""
    parts: list[bytes] = []
    around: list[tuple[bool, bool]] = []  # of each condition: whether these lines count, whether any have before
    at = 0
    branching = _branching(source)
    for found in _DIRECTIVE.finditer(source):
        parts += (_counted(source[at : found.start()], around), _blank(found[0]))
        at, word = found.end(), found[1]
        if word.startswith(b"if"):
            instead = found.start() in branching and _WINDOWS.search(found[0])
            counts = not _NEVER.search(found[0]) and not instead
            around.append((counts, counts))
        elif around:
            _, had = around.pop()
            if word != b"endif":
                around.append((not had, True))
    parts.append(_counted(source[at:], around))
    return b"".join(parts)


def _branching(source: bytes) -> set[int]:
    """Where the conditions begin that have more than one branch."""
    found: set[int] = set()
    around: list[int] = []
    for directive in _DIRECTIVE.finditer(source):
        if directive[1].startswith(b"if"):
            around.append(directive.start())
        elif around:
            if directive[1] == b"endif":
                around.pop()
            else:
                found.add(around[-1])
    return found


def _counted(text: bytes, around: list[tuple[bool, bool]]) -> bytes:
    return text if all(counts for counts, _ in around) else _blank(text)
