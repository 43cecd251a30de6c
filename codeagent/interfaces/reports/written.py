"""What a model wrote, as text, Markdown, JSON or HTML; its words are never markup of a page or orders to a terminal."""

import html
import re
from importlib.resources import files as resources
from typing import Any, Final

import msgspec
from markdown_it import MarkdownIt
from rich.markdown import Markdown

from codeagent.domain.printable import printable
from codeagent.interfaces.reports.md import code
from codeagent.interfaces.reports.words import count, number
from codeagent.interfaces.terminal import Terminal, write_result
from codeagent.workflows.asking.citations import Checked
from codeagent.workflows.asking.guide import Guide, Section

_TOKEN: Final = re.compile(r"\{\{(\w+)\}\}")
_OFF: Final = ["image", "link", "autolink", "html_inline", "html_block"]  # nothing leads away or is loaded
_CODE: Final = re.compile(r"(^(?:```|~~~).*?^(?:```|~~~)[^\n]*$|`[^`\n]*`)", re.DOTALL | re.MULTILINE)
_LOADS: Final = re.compile(r"!(?=\[)|<(?=[A-Za-z/!])")
_HEADING: Final = re.compile(r"^(#{1,6}) ", re.MULTILINE)


def citations_line(checked: Checked) -> str:
    """How many places and names were looked up, and how many are not there."""
    lost = len(checked.unresolved)
    if not checked.checked:
        return "no citations to check"
    said = f"{count(checked.checked, 'citation')} checked"
    return f"{said}, all found in the tree" if not lost else f"{said}, {number(lost)} not in the tree: [unverified: …]"


def json_text(document: object) -> str:
    """Return one indented JSON document; names that are no valid text keep their bytes as U+FFFD."""
    plain: Any = msgspec.to_builtins(document, enc_hook=str)
    return msgspec.json.format(msgspec.json.encode(_valid(plain)), indent=2).decode()


def _valid(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {key: _valid(part) for key, part in value.items()}
    return [_valid(part) for part in value] if isinstance(value, list) else value


def print_markdown(text: str, terminal: Terminal) -> None:
    """Print Markdown: drawn on a terminal, as it is written where it is piped."""
    console = terminal.out()
    if console.is_terminal and not console.is_dumb_terminal:
        console.print(Markdown(printable(text), hyperlinks=False))
    else:
        write_result(printable(text))


def tame(text: str) -> str:
    """Return Markdown in which nothing is loaded when it is shown: images and tags become text."""
    parts = _CODE.split(printable(text))
    return "".join(part if at % 2 else _LOADS.sub(lambda found: "\\" + found[0], part) for at, part in enumerate(parts))


def guide_markdown(guide: Guide) -> str:
    """Return the guide as one Markdown document."""
    parts = [f"# {_plain(guide.name)}: a guide to the code", _below(guide.opening.text, 2)]
    for one in guide.sections:
        size = f"{count(one.files, 'file')}, {count(one.code_lines, 'line')} of code"
        parts.append(f"## {code(one.name)}\n\n{size}\n\n{_body(one)}")
    return tame("\n\n".join([*parts, "---", *_foot(guide)])) + "\n"


def _body(one: Section) -> str:
    return _below(one.text.text, 2) if one.text.text else f"*{_plain(one.problem)}*"


def _foot(guide: Guide) -> list[str]:
    left = [f"Without a section: {', '.join(map(code, guide.left_out))}."] if guide.left_out else []
    return [*left, f"Written by a model from the code graph; {citations_line(guide.citations)}."]


def _plain(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>#])", r"\\\1", " ".join(text.split()))


def _below(text: str, level: int) -> str:
    """A text whose headings all stand below a level."""
    highest = min((len(one) for one in _HEADING.findall(text)), default=6)
    deeper = max(0, level + 1 - highest)
    return _HEADING.sub(lambda found: "#" * min(6, len(found[1]) + deeper) + " ", text.strip())


def guide_html(guide: Guide) -> str:
    """Return the guide as one HTML file that loads nothing from anywhere."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table").disable(_OFF)
    sections = [
        f'<section id="s{at}"><h2><code>{html.escape(printable(one.name))}</code></h2>'
        f'<p class="size">{count(one.files, "file")}, {count(one.code_lines, "line")} of code</p>'
        f"{markdown.render(printable(_body(one)))}</section>"
        for at, one in enumerate(guide.sections)
    ]
    links = (f'<a href="#s{at}">{html.escape(printable(one.name))}</a>' for at, one in enumerate(guide.sections))
    parts = {
        "name": html.escape(printable(guide.name)),
        "links": "\n".join(links),
        "opening": markdown.render(printable(_below(guide.opening.text, 2))),
        "sections": "\n".join(sections),
        "foot": "".join(markdown.render(printable(line)) for line in _foot(guide)),
    }
    page = resources("codeagent.interfaces.reports").joinpath("guide.html").read_text(encoding="utf-8")
    return _TOKEN.sub(lambda found: parts[found[1]], page)
