"""What a README says first of its project, in a sentence: no badges, news, thanks or places to download from."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Final

from codeagent.survey.sources import Sources

LONGEST: Final = 300  # characters
_FEW: Final = 5  # words; fewer are a motto or a link
_FIRST: Final = 3  # paragraphs, among which the one that says what the project is counts most
_NAMES: Final = ("README.md", "README.rst", "README", "README.txt", "readme.md", "Readme.md", "README.adoc")
_ELSEWHERE: Final = re.compile(
    r"sponsor|donat|back(ers|ing)|enterprise|support|fund|thank|install|download|licen[cs]e|content|news|announce"
    r"|changelog|release|contribut|credit|author|badge|status|build|documentation",
    re.IGNORECASE,
)
_UNDERLINE: Final = re.compile(r"([=\-~^\"'#*+.])\1{2,}\s*$")
_NOT_PROSE: Final = re.compile(  # lists, tables, rows of links; and sentences that send the reader elsewhere
    r"(please|see|check|visit|read|click|note|for|thanks?|(dual-)?licensed|this repository is) |note:|[#=|:]|\.\."
    r"|[*+-] |\d+[.)] |\[?!|.*\s[|·•]\s|[^\w\s]*$",
    re.IGNORECASE,
)
_PARTED: Final = re.compile(r"[ \t]*</?(?:p|h[1-6]|div|hr|table|tr|td|ul|ol|li)\b[^>]*>[ \t]*", re.IGNORECASE)


def opening(sources: Sources, name: str) -> str:
    """Return the sentence in which the root's README says what `name` is, else its first one; empty without any."""
    spoken = rf"(the )?{re.escape(name.rpartition('/')[2])}\b"
    telling = re.compile(rf"{spoken}[^.]{{0,40}}\b(is|are|provides|lets|helps|makes|allows|adds)\b", re.IGNORECASE)
    for path in sources.named(*_NAMES):
        if "/" not in path:
            paragraphs = _paragraphs(sources.text(path))
            sentences = [_sentence(one) for one in paragraphs if telling.match(one) or not _NOT_PROSE.match(one)]
            found = next((one for one in sentences[:_FIRST] if telling.match(one)), next(iter(sentences), ""))
            if found:
                return found[:LONGEST]
    return ""


def _sentence(paragraph: str) -> str:
    return re.split(r"(?<=[.!?])\s", paragraph)[0].removesuffix(":")


def _paragraphs(text: str) -> Iterator[str]:
    """Yield the paragraphs of prose, markup taken off, but for those under a heading that is about something else."""
    underlines: list[str] = []  # the outermost first
    useless = 0  # the level of the heading that is about something else
    for block in _blocks(text):
        lines = block.splitlines()
        title, mark = _heading(lines)
        if title:
            if not mark.startswith("#") and mark not in underlines:
                underlines.append(mark)
            level = len(mark) if mark.startswith("#") else underlines.index(mark) + 1
            if not useless or level <= useless:
                useless = level if _ELSEWHERE.search(title) else 0
            lines = lines[1 if lines[0].startswith(("#", "= ")) else 2 :]
        plain = _plain("\n".join(lines))
        if not useless and len(plain.split()) >= _FEW:
            yield plain


def _heading(lines: list[str]) -> tuple[str, str]:
    """The title that a block begins with, as Markdown, reStructuredText or AsciiDoc write it, and what marks it."""
    hashes = re.match(r"(#+|=)\s+(.+)", lines[0])
    if hashes:
        return hashes[2], hashes[1].replace("=", "#")
    underline = _UNDERLINE.match(lines[1]) if len(lines) > 1 else None
    return (lines[0], underline[1]) if underline else ("", "")


def _blocks(text: str) -> Iterator[str]:
    """Yield what blank lines part, without comments, fenced and indented code."""
    bare = re.sub(r"<!--.*?-->|^(```|~~~).*?^\1", "", text, flags=re.DOTALL | re.MULTILINE)
    bare = _PARTED.sub("\n\n", bare)
    for block in re.split(r"\n\s*\n", bare):
        if block.strip() and not block.startswith(("    ", "\t")):
            yield block.strip("\n")


def _plain(block: str) -> str:
    text = re.sub(r"^\s*>\s?|^\[[^\]]+\]:.*$", "", block, flags=re.MULTILINE)  # quotes; where links lead
    text = re.sub(r"<[^>]+>", "", re.sub(r"!\[[^\]]*\](\([^)]*\)|\[[^\]]*\])|\|[\w .-]+\|", "", text))
    text = re.sub(r"\[([^\]]*)\](\([^)]*\)|\[[^\]]*\])|\[(\w[^\]]*)\]", r"\1\3", text)
    text = re.sub(r"``?([^`]+?)(?:\s*<[^`>]*>)?``?_{0,2}", r"\1", text)
    return " ".join(unescape(re.sub(r"(?<!\w)(\*\*|__|\*|_)(?=\S)(.+?)\1(?!\w)", r"\2", text)).split())
