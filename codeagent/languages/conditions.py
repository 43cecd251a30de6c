"""What a grammar is given of C, C++ and C# that it cannot read as written: the same bytes with some blanked out.

Preprocessors work on lines, grammars on syntax: `#if` may stand anywhere, and a macro may stand where no word can.
Each reading is as long as the source, so that every offset is one of the source."""

import re
from collections.abc import Iterator
from typing import Final

_HEAD: Final = rb"[ \t]+)([A-Z][A-Z0-9_]*)(?=[ \t]+[A-Za-z_]\w*(?:[ \t]+final)?\s*"
_CLASS_MACRO: Final = re.compile(rb"\b(class" + _HEAD + rb"[:{;])")
_STRUCT_MACRO: Final = re.compile(rb"\b((?:struct|union|enum)" + _HEAD + rb"(?:\{|:(?!:)))")
_LEADING: Final = re.compile(  # `API_EXPORT std::string name(…)`: a macro before the type of a declaration, ...
    rb"^(?:[ \t]*(?:static|inline|virtual|extern|template[ \t]*<[^<>;{}]*>))?[ \t]*"
    rb"(?P<macro>[A-Z][A-Z0-9_]{3,})\s+(?=(?:[A-Za-z_][\w:<>,*& \t]*[ \t*&:>])?~[A-Za-z_]\w*[ \t]*\("
    rb"|[A-Za-z_][\w:<>,*& \t]*[ \t*&:>][A-Za-z_]\w*[ \t]*\()",
    re.MULTILINE,
)
_BETWEEN: Final = re.compile(  # ... or between it and the name
    rb"^[ \t]*(?:void|bool|int|auto|[a-z_]\w*(?:::\w+)*(?:<[^<>;{}()]*>)?[ \t]*[*&]*)[ \t]+"
    rb"(?P<macro>[A-Z][A-Z0-9_]{3,})\s+(?=[A-Za-z_][\w:<>, \t]*\()",
    re.MULTILINE,
)
_LOCKING: Final = re.compile(  # what Clang's analysis of threads is told
    rb"(?<!define )\b(?P<macro>(?:[A-Z]+_)?(?:(?:PT_)?GUARDED_(?:BY|VAR)|ACQUIRED_(?:AFTER|BEFORE)"
    rb"|LOCKS_EXCLUDED|LOCK_RETURNED|(?:EXCLUSIVE|SHARED)_(?:LOCKS_REQUIRED|LOCK_FUNCTION|TRYLOCK_FUNCTION)|UNLOCK_FUNCTION"
    rb"|ASSERT_(?:EXCLUSIVE|SHARED)_LOCK|NO_THREAD_SAFETY_ANALYSIS)\b)(?:[ \t]*\([^()\n]*\))?(?=\s*[;{=])"
)
_HEADS: Final = (_CLASS_MACRO, _STRUCT_MACRO, _LEADING, _BETWEEN)
_NAME: Final = re.compile(rb"[A-Za-z_]\w*")
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
    cannot be: the same without macros in the heads of other declarations, then without the lines of conditions, and
    with the first branch of each alone."""
    for macro in (_CLASS_MACRO, _STRUCT_MACRO):
        source = macro.sub(lambda found: found[1] + b" " * len(found[2]), source)
    yield source
    plain = _without_macros(source)
    if plain != source:
        yield plain
        source = plain
    if _DIRECTIVE.search(source):
        yield _DIRECTIVE.sub(lambda found: _blank(found[0]), source)
        yield _one_branch_each(source)


def macros(source: bytes) -> Iterator[tuple[int, int]]:
    """Yield where the macros stand that a reading may leave out, and the names that they are given."""
    spans = {found.span(_word(found)) for one in _HEADS for found in one.finditer(source)}
    for found in _LOCKING.finditer(source):
        spans.update(word.span() for word in _NAME.finditer(source, found.start(), found.end()))
    yield from sorted(spans)


def _word(found: re.Match[bytes]) -> str | int:
    return "macro" if "macro" in found.re.groupindex else 2


def _without_macros(source: bytes) -> bytes:
    """Blank out macros in the heads of declarations, and what Clang's annotations are given."""
    for pattern in (_LEADING, _BETWEEN):
        source = pattern.sub(lambda found: found[0].replace(found["macro"], b" " * len(found["macro"]), 1), source)
    return _LOCKING.sub(lambda found: b" " * len(found[0]), source)


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
