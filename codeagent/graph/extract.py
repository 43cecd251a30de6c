"""From bytes to facts: parse, lower, and pack what the index keeps of one file's content."""

import re
import warnings
import zlib
from array import array
from functools import cache, partial
from hashlib import blake2b
from typing import Any, Final

import msgspec
import tree_sitter

from codeagent.domain.facts import KIND, NONE, FileFacts, SymbolFact
from codeagent.domain.letters import masked
from codeagent.graph.names import defined_names, mentioned_names, pack
from codeagent.languages.grammars import parser_for, read
from codeagent.languages.language import Language, Lower, named
from codeagent.languages.lowering.depth import with_room

PARSE_SECONDS: Final = 20  # a grammar that has not parsed a file by then never will
_GENERIC: Final = "codeagent.languages.lowering.generic:lower"
_encode: Final = msgspec.msgpack.Encoder().encode


class ExtractionError(Exception):
    """The grammar gave up on a file, or its lowering did."""


class Extracted(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a worker hands back of one file: the packed facts and the figures a snapshot keeps."""

    item: int  # the number of the file among those asked for
    digest: bytes
    size: int
    blob: bytes = b""  # msgpack of the facts; empty for languages that are only counted
    crc: int = 0
    names: bytes = b""  # every name mentioned, packed
    defined: bytes = b""  # every dotted name defined, packed
    lines: int = 0
    code_lines: int = 0
    errors: int = 0
    package: str = ""
    problem: str = ""  # why there are no facts


def digest_of(source: bytes) -> bytes:
    """Return the 16 bytes that stand for a file's content."""
    return blake2b(source, digest_size=16).digest()


def has_facts(language: Language) -> bool:
    """Tell whether files of a language have symbols, or are only counted."""
    return bool(language.lower or language.query)


def extract(
    language: Language, source: bytes, parsed: tree_sitter.Node | None = None, *, locals: bool = False
) -> FileFacts:
    """Return the facts of a file's bytes, of which somebody may have the syntax tree; with `locals`, references to
    function locals as well.

    Raises ExtractionError where the grammar cannot parse it."""
    if not has_facts(language):
        return counted(language, source)
    if parsed is None or masked(source) is not source:
        parsed = _tree(language, source).root_node
    return with_room(partial(_lowering(language), source, parsed, locals=locals))


def _tree(language: Language, source: bytes) -> tree_sitter.Tree:
    return read(language, masked(source), partial(_parsed, language))


def _parsed(language: Language, source: bytes) -> tree_sitter.Tree:
    try:
        return _parser(language).parse(source)
    except ValueError as error:
        _parser(language).reset()
        raise ExtractionError(f"not parsed within {PARSE_SECONDS} s") from error


def counted(language: Language, source: bytes) -> FileFacts:
    """Return the facts of a file that is only counted: its lines."""
    lines, code_lines = count_lines(language, source)
    module = SymbolFact("", KIND["module"], NONE, 0, len(source), 0, 0)
    starts = array("I", [0, *(match.end() for match in re.finditer(rb"\n", source))])
    return FileFacts(
        language=language.name,
        size=len(source),
        lines=lines,
        code_lines=code_lines,
        errors=0,
        error_bytes=0,
        line_starts=starts.tobytes(),
        package="",
        symbols=(module,),
        exprs=(),
        functions=(),
        classes=(),
        imports=(),
        bindings=(),
        writes=(),
        reference_rows=b"",
        exports=None,
    )


def count_lines(language: Language, source: bytes) -> tuple[int, int]:
    """Return how many lines there are, and how many are neither blank nor only a line comment."""
    rows = source.splitlines()
    marks = tuple(mark.encode() for mark in language.comments)
    code = sum(1 for row in map(bytes.strip, rows) if row and not (marks and row.startswith(marks)))
    return len(rows), code


def packed(item: int, language: Language, source: bytes) -> Extracted:
    """Extract and pack one file; whatever goes wrong with it becomes its `problem`."""
    digest = digest_of(source)
    if not has_facts(language):
        lines, code_lines = count_lines(language, source)
        return Extracted(item, digest, len(source), lines=lines, code_lines=code_lines)
    try:
        facts = extract(language, source)
        blob = encoded(facts)
    except Exception as error:  # a file must never take the run down: it is reported as skipped
        return Extracted(item, digest, len(source), problem=f"extraction failed: {type(error).__name__}")
    return Extracted(
        item,
        digest,
        len(source),
        blob,
        zlib.crc32(blob),
        pack(mentioned_names(facts)),
        defined_names(facts),
        facts.lines,
        facts.code_lines,
        facts.errors,
        facts.package,
    )


def encoded(facts: FileFacts) -> bytes:
    """Return facts as msgpack; bytes that are not UTF-8 in names are written as `\\xNN`."""
    try:
        return _encode(facts)
    except UnicodeEncodeError:
        return _encode(_escaped(msgspec.to_builtins(facts, builtin_types=(bytes,))))


def _escaped(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, list | tuple):
        return [_escaped(part) for part in value]
    return value


@cache
def _parser(language: Language) -> tree_sitter.Parser:
    parser = parser_for(language)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # its successor costs a call every few nodes
        if hasattr(parser, "timeout_micros"):
            parser.timeout_micros = PARSE_SECONDS * 1_000_000  # type: ignore[misc]  # its stub forgets the setter
    return parser


@cache
def _lowering(language: Language) -> Lower:
    lower = named(language.lower or _GENERIC)
    if language.lower:
        return lower  # type: ignore[no-any-return]  # named by a declaration
    return lower(language)  # type: ignore[no-any-return]  # the generic one is made for a language
