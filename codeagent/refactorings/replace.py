"""replace: structural search and replace by ast-grep's patterns, as a proposal like any other."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Final

from ast_grep_py import SgNode, SgRoot

from codeagent.domain.counting import counted
from codeagent.domain.errors import UsageError
from codeagent.domain.patch import Edit
from codeagent.refactorings.code import Code
from codeagent.refactorings.refactoring import Accounting, Carried, Occurrence, Proposal, Refusal

LANGUAGES: Final = (
    "python", "javascript", "typescript", "tsx", "go", "rust", "java", "c", "cpp", "csharp", "ruby", "php",
    "kotlin", "swift", "scala", "bash", "lua",
)  # fmt: skip
_SHAPE: Final = "a pattern is a whole expression or statement: $A stands for one part of it, $$$A for any number"
Span = tuple[int, int]
_HOLE: Final = re.compile(r"\$\$\$(?P<many>[A-Z_][A-Z0-9_]*)|\$(?P<one>[A-Z_][A-Z0-9_]*)")


@dataclass(frozen=True, slots=True)
class _Match:
    """A place where the pattern fits; `holes` are the bytes that each of its variables stands for."""

    start: int
    end: int
    holes: Mapping[str, Span]


def replace(
    code: Code,
    *,
    pattern: Annotated[str, "What to find, such as 'foo($A, $B)'; $$$ARGS stands for any number."],
    with_: Annotated[str, "What to put there, with the same variables."],
    lang: Annotated[str, "The language; needed where the pattern fits code in several."] = "",
    where: Annotated[str, "Only within this symbol, file or folder."] = "",
) -> Proposal:
    """Replace code of one shape by code of another, by ast-grep's pattern language."""
    if lang and lang not in LANGUAGES:
        raise UsageError(f"no such language: {lang}", f"one of: {', '.join(LANGUAGES)}")
    unknown = {_name(hole) for hole in _HOLE.finditer(with_)} - {_name(hole) for hole in _HOLE.finditer(pattern)}
    if unknown:
        raise UsageError(f"${min(unknown)} is not in the pattern", "use only variables that the pattern has")
    looked = _readable(code, dict(_paths(code, lang, where)), pattern)
    found = {path: matches for path, span in looked.items() if (matches := _find(code, path, pattern, span))}
    languages = sorted({code.language(path) for path in found})
    if not found:
        raise _nothing(code, looked, pattern, lang, where)
    if len(languages) > 1:
        raise Refusal(f"the pattern fits code in {' and '.join(languages)}", "say which by --lang")
    edits: list[Edit] = []
    carried: list[Carried] = []
    for path, matches in found.items():
        _rewrite(code, path, matches, with_, edits, carried)
    edited = tuple(Occurrence(path, m.start, m.end, "match") for path, matches in found.items() for m in matches)
    return Proposal(
        code.patch(f"replace {pattern} with {with_}", edits),
        carried=tuple(carried),
        dropped=frozenset(key for path, matches in found.items() for key in _named(code, path, matches)),
        occurrences=Accounting(edited=edited),
    )


def _readable(code: Code, spans: Mapping[str, Span], pattern: str) -> dict[str, Span]:
    """Leave out files of languages in which the pattern is no code; UsageError where it is none in all of them."""
    asked = {code.language(path) for path in spans}
    fit = {language for language in asked if _is_code(pattern, language)}
    if asked and not fit:
        raise UsageError(f"{pattern!r} is no code of {' or '.join(sorted(asked))}", _SHAPE)
    return {path: span for path, span in spans.items() if code.language(path) in fit}


def _is_code(pattern: str, language: str) -> bool:
    try:
        SgRoot("", language).root().find(pattern=pattern)
    except RuntimeError:  # what ast-grep raises for a pattern that it cannot read
        return False
    return True


def _nothing(code: Code, looked: Collection[str], pattern: str, lang: str, where: str) -> Refusal:
    """Say where it was looked for what is not there."""
    inside = f" in {where}" if where else ""
    if not looked:
        there = sorted({record.language for record in code.graph.files.values()}.intersection(LANGUAGES))
        return Refusal(f"there is no {lang or 'code'}{inside}", f"there is {', '.join(there)}" if there else "")
    languages = ", ".join(sorted({code.language(path) for path in looked}))
    return Refusal(
        f"nothing{inside} fits {pattern}; looked at {counted(len(looked), 'file')} of {languages}",
        _SHAPE,
    )


def _name(hole: re.Match[str]) -> str:
    return hole["many"] or hole["one"]


def _paths(code: Code, lang: str, where: str) -> Iterator[tuple[str, Span]]:
    """The files to look into, and the bytes of each that count."""
    if where and where.rstrip("/") not in code.graph.files and not _is_folder(code, where):
        symbol = code.symbol(where)
        yield symbol.path, (symbol.span.start, symbol.span.end)
        return
    folder = where.rstrip("/")
    for path, record in code.graph.files.items():
        inside = not folder or path == folder or path.startswith(f"{folder}/")
        if inside and record.language in LANGUAGES and lang in ("", record.language):
            yield path, (0, record.size)


def _is_folder(code: Code, where: str) -> bool:
    return any(path.startswith(f"{where.rstrip('/')}/") for path in code.graph.files)


def _find(code: Code, path: str, pattern: str, span: Span) -> list[_Match]:
    source = code.read(path)
    words = [word for word in re.findall(r"[A-Za-z_][A-Za-z0-9_]*", _HOLE.sub(" ", pattern)) if len(word) > 1]
    if any(word.encode() not in source for word in words):
        return []
    try:
        text = source.decode("utf-8")
    except UnicodeDecodeError:
        return []
    root = SgRoot(text, code.language(path)).root()
    plain = text.isascii()

    def offset(index: int) -> int:
        return index if plain else len(text[:index].encode("utf-8"))

    matches = (_match(node, pattern, offset) for node in root.find_all(pattern=pattern))
    return [one for one in matches if span[0] <= one.start and one.end <= span[1]]


def _match(node: SgNode, pattern: str, offset: Callable[[int], int]) -> _Match:
    holes: dict[str, Span] = {}
    for hole in _HOLE.finditer(pattern):
        name = _name(hole)
        one = node.get_match(name) if hole["one"] else None
        nodes = [one] if one is not None else node.get_multiple_matches(name) if hole["many"] else []
        if nodes:
            holes[name] = (offset(nodes[0].range().start.index), offset(nodes[-1].range().end.index))
    place = node.range()
    return _Match(offset(place.start.index), offset(place.end.index), holes)


def _rewrite(
    code: Code, path: str, matches: list[_Match], template: str, edits: list[Edit], carried: list[Carried]
) -> None:
    """One edit for each outermost match, those inside it rewritten as well."""
    outer: list[_Match] = []
    for one in sorted(matches, key=lambda m: (m.start, -m.end)):
        if not outer or one.start >= outer[-1].end:
            outer.append(one)
    source = code.read(path)
    moved = 0
    for one in outer:
        pieces: list[Carried] = []
        new = _rendered(source, path, one, matches, template, one.start + moved, pieces)
        if new == source[one.start : one.end]:
            continue
        edits.append(Edit(path, one.start, one.end, new))
        carried += pieces
        moved += len(new) - (one.end - one.start)


def _rendered(
    source: bytes, path: str, match: _Match, matches: list[_Match], template: str, at: int, pieces: list[Carried]
) -> bytes:
    """The template with the text of its variables; `at` is where it will stand, for telling what text moved where."""
    line = source[source.rfind(b"\n", 0, match.start) + 1 : match.start]
    indent = line[: len(line) - len(line.lstrip())]
    end = b"\r\n" if b"\r\n" in source else b"\n"
    result, last = b"", 0
    for hole in _HOLE.finditer(template):
        result += _laid_out(template[last : hole.start()], indent, end)
        span = match.holes.get(_name(hole))
        if span is not None:
            result += _text(source, path, span, match, matches, template, at + len(result), pieces)
        last = hole.end()
    return result + _laid_out(template[last:], indent, end)


def _laid_out(text: str, indent: bytes, end: bytes) -> bytes:
    return text.encode("utf-8").replace(b"\n", end + indent)


def _text(
    source: bytes,
    path: str,
    span: Span,
    around: _Match,
    matches: list[_Match],
    template: str,
    at: int,
    pieces: list[Carried],
) -> bytes:
    """The text of a variable, with the matches inside it rewritten."""
    inner: list[_Match] = []
    for one in sorted(matches, key=lambda m: (m.start, -m.end)):
        inside = span[0] <= one.start and one.end <= span[1] and one != around
        if inside and (not inner or one.start >= inner[-1].end):
            inner.append(one)
    result, last = b"", span[0]
    for one in inner:
        pieces.append(Carried(path, last, one.start, path, at + len(result)))
        result += source[last : one.start]
        result += _rendered(source, path, one, matches, template, at + len(result), pieces)
        last = one.end
    pieces.append(Carried(path, last, span[1], path, at + len(result)))
    return result + source[last : span[1]]


def _named(code: Code, path: str, matches: list[_Match]) -> Iterator[str]:
    """What the replaced text itself named: it may be named no more."""
    names = code.naming.file(path)
    for start, end in names.spans():
        for match in matches:
            held = any(first <= start < last for first, last in match.holes.values())
            meaning = names.meaning(start, end) if match.start <= start < match.end and not held else None
            yield from meaning.targets if meaning is not None else ()
