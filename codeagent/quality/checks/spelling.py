"""Whether anything in the tree could mean a name, told by where it stands as a word."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from codeagent.domain.code import Span
from codeagent.domain.facts import ATTR, IMPORT, LIVE, NAME, NONE, WRITES, FileFacts
from codeagent.languages import syntax
from codeagent.quality.checks.mentions import count_in, quoted_in
from codeagent.quality.checks.pieces import Pieces, pieces_of
from codeagent.quality.checks.subject import Subject

DEEP: Final = frozenset(("python", "javascript", "typescript", "tsx", "jsx", "go", "java", "rust"))
_GIVEN: Final = rb"[ \t]*=(?!=)"
_ON: Final = re.compile(rb"[ \t]*(\w[\w.\[\]()'\"]*)\Z")  # what stands on its line before `.name = value`
_REMARKS: Final = ("comment", "line_comment", "block_comment")
_PROSE: Final = frozenset((
    "markdown", "restructuredtext", "text", "plain text", "asciidoc", "mdx", "org", "latex", "typst", "roff",
    "license text",
))  # fmt: skip


class Words(NamedTuple):
    """How often a name stands in code, in strings of code, in data and templates, and in prose."""

    code: int = 0
    text: int = 0
    data: int = 0
    prose: int = 0

    def __add__(self, other: object) -> "Words":
        """Add two counts."""
        return Words(*(a + b for a, b in zip(self, other, strict=True))) if isinstance(other, Words) else NotImplemented

    def __sub__(self, other: "Words") -> "Words":
        """Take one count from another."""
        return Words(*(a - b for a, b in zip(self, other, strict=True)))


@dataclass(frozen=True, slots=True)
class Own:
    """The place of a definition, whose own words are no use of it."""

    path: str
    span: Span


class Spelling:
    """Counts the words of files; what a file is made of is worked out once."""

    def __init__(self, subject: Subject) -> None:
        self._graph = subject.tables.graph
        self._pieces: dict[str, Pieces] = {}
        self._read: dict[str, dict[str, list[int]]] = {}
        self._asked: dict[str, tuple[Mapping[str, int], list[str], Words]] = {}

    def words(self, name: str, where: Mapping[str, int], own: Own | None = None) -> Words:
        """Count where a name stands, up to the first place in code that means it: not one that defines or binds it, and
        nothing of its `own` definition."""
        coded, found = self._everywhere(name, where)
        if own is None or own.path not in where:
            return found + Words(code=len(coded))
        if any(path != own.path for path in coded):
            return Words(code=1)
        count = where[own.path]
        own_words = Words() if coded else self._in(name, own.path, count, None)
        return found - own_words + self._in(name, own.path, count, own.span)

    def _everywhere(self, name: str, where: Mapping[str, int]) -> tuple[list[str], Words]:
        """The first two files in which code means a name, and its words in those before them in which none does.

        Many may be called alike and be asked for with the same places, which are looked through once."""
        known = self._asked.get(name)
        if known is None or known[0] is not where:
            coded, found = [], Words()
            for path, count in where.items():
                words = self._in(name, path, count, None)
                if not words.code:
                    found += words
                    continue
                coded.append(path)
                if len(coded) > 1:
                    break  # how often does not matter
            known = self._asked[name] = (where, coded, found)
        return known[1], known[2]

    def at_home(self, name: str, path: str) -> Words:
        """Count where a name stands in one file of Python, but for the places that define, bind or import it."""
        pieces, facts = self.pieces(path), self._graph.facts(path)
        bound = _bound(facts, name, None) | {b.start for b in facts.bindings if b.name == name}
        return Words(max(0, pieces.means(name) - len(bound)), pieces.says(name))

    def reads(self, name: str, where: Mapping[str, int]) -> Words:
        """Count as `words` does, without the places in Python where something is given an attribute of that name."""
        found = Words()
        for path, count in where.items():
            if found.code:
                break
            if self.language(path) != "python" or self._is_read(name, path, None):
                found += self._in(name, path, count, None)
                continue
            pieces = self.pieces(path)
            given = {start for start, _, _ in given_in(pieces.code, name)}
            bound = given | _bound(self._graph.facts(path), name, None)
            found += Words(max(0, pieces.means(name) - len(bound)), pieces.says(name))
        return found

    def pieces(self, path: str) -> Pieces:
        """Return what a Python file is made of."""
        if path not in self._pieces:
            self._pieces[path] = pieces_of(self._graph.read(path))
        return self._pieces[path]

    def language(self, path: str) -> str:
        """Return the language of a file, "" where none is known."""
        record = self._graph.files.get(path)
        return record.language if record else ""

    def _in(self, name: str, path: str, count: int, span: Span | None) -> Words:
        language = self.language(path)
        if language == "python":
            return self._python(name, path, span)
        if language in DEEP:
            return self._deep(name, path, count, span)
        return Words(prose=count) if language in _PROSE else Words(data=count)

    def _python(self, name: str, path: str, span: Span | None) -> Words:
        if self._is_read(name, path, span):
            return Words(code=1)
        pieces = self.pieces(path)
        code, text = pieces.means(name), pieces.says(name)
        if span:
            inside = pieces_of(self._graph.read(path)[span.start : span.end])
            code, text = code - inside.means(name), text - inside.says(name)
        return Words(max(0, code - len(_bound(self._graph.facts(path), name, span))), max(0, text))

    def _is_read(self, name: str, path: str, span: Span | None) -> bool:
        """Whether a reference reads, calls or imports something of a name, outside a span."""
        if path not in self._read:
            self._read[path] = _references(self._graph.facts(path))
        return any(not _within(start, span) for start in self._read[path].get(name, ()))

    def _deep(self, name: str, path: str, count: int, span: Span | None) -> Words:
        if self._is_read(name, path, span):
            return Words(code=1)
        source = self._graph.read(path)
        inside = count_in(source[span.start : span.end], name) if span else 0
        defined = sum(one.name == name and not _within(one.name_span.start, span) for one in self._graph.symbols(path))
        text = quoted_in(source, name) and in_strings(source, name, self.language(path))
        return Words(max(0, count - inside - defined - text), text)


def _references(facts: FileFacts) -> dict[str, list[int]]:
    """Where references that are no assignments start, by the name that they are spelled with."""
    found: dict[str, list[int]] = {}
    refs, exprs = facts.references, facts.exprs
    for start, role, index in zip(refs[::5], refs[2::5], refs[4::5], strict=True):
        expr = exprs[index] if index >= 0 and role != WRITES else ()
        if expr and expr[0] in (NAME, LIVE, ATTR, IMPORT) and expr[2]:
            found.setdefault(expr[2], []).append(start)
    return found


def _within(start: int, span: Span | None) -> bool:
    return span is not None and span.start <= start < span.end


def _bound(facts: FileFacts, name: str, span: Span | None) -> set[int]:
    """Where a file defines or assigns a name, outside a span; to import it is to mean it."""
    found = {one.name_start for one in facts.symbols[1:] if one.name == name}
    for binding in facts.bindings:
        if binding.name == name:
            imported = binding.value != NONE and facts.exprs[binding.value][0] == IMPORT
            found = found - {binding.start} if imported else found | {binding.start}
    return {start for start in found if not _within(start, span)}


def in_strings(source: bytes, name: str, language: str) -> int:
    """Return how often a name stands in a string of a file: what a template puts in is code."""
    root = syntax.parse(language, source)
    word = re.compile(rb"(?<![\w$])" + re.escape(name.encode("utf-8", "surrogateescape")) + rb"(?![\w$])")
    nodes = (syntax.around(root, found.start(), found.end()) for found in word.finditer(source))
    return sum(syntax.in_text(node) and syntax.enclosing(node, *_REMARKS) is None for node in nodes)


def given_in(code: bytes, name: str = "") -> Iterator[tuple[int, str, str]]:
    """Yield where `thing.name = value` stands, for that name or any: the start of the name, the name, the thing."""
    wanted = re.escape(name.encode("utf-8", "surrogateescape")) if name else rb"\w+"
    for match in re.finditer(rb"\.(" + wanted + rb")" + _GIVEN, code):
        on = _ON.match(code, code.rfind(b"\n", 0, match.start()) + 1, match.start())
        if on:
            yield match.start(1), match[1].decode("utf-8", "replace"), on[1].decode("utf-8", "replace")
