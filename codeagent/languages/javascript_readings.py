"""What the grammar of TypeScript is given of a file that it cannot read as written: as many bytes, some of them others.

It knows no `export type *`, `import defer`, `in` and `out` of type parameters, arrays of imported types and modifiers
before `accessor`, and takes what a line begins with for more of the type that ends the line before."""

import re
from collections.abc import Iterator
from typing import Final

_BLANKED: Final = re.compile(
    rb"(?<=\bexport )type(?=\s*\*)"
    rb"|(?<=\bimport )defer(?=\s*\*)"
    rb"|(?<=\bstatic )accessor(?=\s+[\w$#\[])|(?<=\babstract )accessor(?=\s+[\w$#\[])"
)
_VARIANCE: Final = re.compile(  # `interface Box<in out T>`
    rb"([<,]\s*(?:(?:/\*(?:(?!\*/).)*\*/|//[^\n]*\n)\s*)*)\b(in\s+out|in|out)(?=\s+(?!extends\b)[A-Za-z_$])", re.DOTALL
)
_ARRAY: Final = re.compile(rb"(\bimport\(\s*(?:'[^'\n]*'|\"[^\"\n]*\")\s*\)[\w$.]+)((?:\[\])+)")
_MEMBER: Final = re.compile(  # a line that is a member of its own: `<T>(one: T): T`, `in?: string`
    rb"^([ \t]*)[ \t](?=<\s*(?:const\s+)?[A-Za-z_$][\w$]*(?:\s+extends\b|\s*[,=>]|\s*$)|<[ \t]*$"
    rb"|(?:in(?![A-Za-z])[\w$]*|instanceof)\??:)",
    re.MULTILINE,
)
_ENDS_TYPE: Final = re.compile(rb"[\w$>\])}'\"`]\Z")
_GOES_ON: Final = re.compile(
    rb"(?<![\w$.])(?:as|satisfies|is|extends|implements|return|yield|await|default|case|new|in|of|keyof|typeof)\Z"
)
_REMARK: Final = re.compile(rb"\s+\Z|(?:^|(?<=\s))//[^\n]*\Z|/\*(?:(?!\*/).)*\*/\Z", re.DOTALL)


def readings(source: bytes) -> Iterator[bytes]:
    """Yield the source, then what may be read where that cannot be."""
    yield source
    mended = _BLANKED.sub(lambda found: b" " * len(found[0]), source)
    for pattern in (_VARIANCE, _ARRAY):
        mended = pattern.sub(lambda found: found[1] + b" " * len(found[2]), mended)
    yield _MEMBER.sub(lambda found: _parted(found, mended), mended)


def _parted(found: "re.Match[bytes]", source: bytes) -> bytes:
    """The indentation of a line, its last byte a semicolon where the line before ends with a type."""
    before = source[max(0, found.start() - 2_000) : found.start()]
    while remark := _REMARK.search(before):
        before = before[: remark.start()]
    ends = _ENDS_TYPE.search(before) and not _GOES_ON.search(before)
    return found[1] + b";" if ends else found[0]
