"""Every place and every name in a written answer, looked up in the tree; what is not there is marked."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, Final

from codeagent.domain.errors import CodeAgentError
from codeagent.graph.graph import CodeGraph
from codeagent.workspace.search import Query, search

_SPLIT: Final = re.compile(r"(^(?:```|~~~).*?^(?:```|~~~)[^\n]*$)", re.DOTALL | re.MULTILINE)
_ID: Final = re.compile(r"`?(?<![\w/.@+-])((?:[\w.@+-]+/)*[\w@+-][\w.@+-]*)::([A-Za-z_][\w.#]*)`?")
_PLACE: Final = re.compile(
    r"`?(?<![\w/.:@+-])(?:\./)?((?:\.?[\w@+-][\w.@+-]*/)*\.?[\w@+-][\w.@+-]*)(?::(\d+)(?:(?::\d+)|(?:[-–](\d+)))?|#L(\d+)(?:-L?(\d+))?)(?![\w:])`?"
)
_SPAN: Final = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_CALL: Final = re.compile(r"(?<![\w`./:-])([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)\(\)(?!`)")
_NAME: Final = re.compile(r"([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)(?:\(.*\))?\Z", re.DOTALL)
_FILE: Final = re.compile(r"(?:\./)?((?:[\w.@+-]+/)*[\w.@+-]+/?)\Z")
_MARK: Final = "[unverified: {}]"


@dataclass(frozen=True, slots=True)
class Checked:
    """A text whose places and names were looked up; `unresolved` are those that do not exist, in order."""

    text: str
    checked: int
    unresolved: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """What is said of it in JSON."""
        return {"checked": self.checked, "unresolved": len(self.unresolved), "unverified": list(self.unresolved)}


def joined(parts: list[Checked]) -> Checked:
    """Several texts as one, without their words."""
    return Checked("", sum(one.checked for one in parts), tuple(name for one in parts for name in one.unresolved))


def check_citations(graph: CodeGraph, text: str, known: str = "") -> Checked:
    """Look up every `path:line`, path, symbol id and name of a text. `known`: words that are the reader's own.

    Blocks of code are quotations: places in them are looked up, names are not."""
    checker = _Checker(graph, frozenset(re.findall(r"\w+", known)))
    parts = _SPLIT.split(text)
    for at, part in enumerate(parts):
        parts[at] = checker.places(part) if at % 2 else checker.prose(part)
    return Checked("".join(parts), checker.count, tuple(checker.unresolved))


class _Checker:
    def __init__(self, graph: CodeGraph, known: frozenset[str]) -> None:
        self._graph, self._known = graph, known
        self.count = 0
        self.unresolved: list[str] = []
        self._suffixes = frozenset(path.rpartition(".")[2] for path in graph.paths if "." in path)
        self._folders = frozenset(path.split("/")[0] for path in graph.paths if "/" in path)
        self._names: dict[str, bool] = {}
        self._lines: dict[str, int] = {}

    def prose(self, text: str) -> str:
        """Check everything in words."""
        text = _ID.sub(partial(self._told, self._id), text)
        text = self.places(text)
        text = _SPAN.sub(partial(self._told, self._span), text)
        return _CALL.sub(partial(self._told, self._call), text)

    def places(self, text: str) -> str:
        """Check places with lines only."""
        return _PLACE.sub(partial(self._told, self._place), text)

    def _told(self, resolve: Callable[[re.Match[str]], bool | None], match: re.Match[str]) -> str:
        """What becomes of something that may be a citation: None says that it is none."""
        before = match.string[max(0, match.start() - 14) : match.start()]
        there = None if before.endswith("[unverified: ") else resolve(match)
        if there is None:
            return match[0]
        self.count += 1
        if there:
            return match[0]
        shown, ends = match[0].strip("`"), (match[0].startswith("`"), match[0].endswith("`"))
        self.unresolved.append(shown)
        lone = ends[0] != ends[1]  # one of two that enclose more than this
        return "`" * (lone and ends[0]) + _MARK.format(shown) + "`" * (lone and ends[1])

    # --- what they are

    def _id(self, match: re.Match[str]) -> bool | None:
        return any(match[2].rstrip(".") in self._graph.defined_names(path) for path in self._paths(match[1]))

    def _place(self, match: re.Match[str]) -> bool | None:
        path = match[1].removeprefix("./")
        first, last = int(match[2] or match[4]), int(match[3] or match[5] or match[2] or match[4])
        found = self._paths(path)
        if not found:
            suffix = path.rpartition(".")[2] if "." in path else ""
            is_path = "/" in path or (suffix in self._suffixes and not suffix.isdigit())
            return False if is_path and "//" not in match.string[max(0, match.start() - 3) : match.start()] else None
        return any(1 <= first <= last <= self._length(one) for one in found)

    def _span(self, match: re.Match[str]) -> bool | None:
        text = match[1].strip()
        if "::" in text or _PLACE.search(text):
            return None  # looked up before
        name, file = _NAME.match(text), _FILE.match(text)
        if file and ("/" in text or text in self._graph.paths):
            path = file[1].rstrip("/")
            suffix = path.rpartition("/")[2].rpartition(".")[2]
            if path.split("/")[0] in self._folders or suffix in self._suffixes:
                return bool(self._paths(path)) or any(one.startswith(f"{path}/") for one in self._graph.paths)
            return None
        return self._name(name[1]) if name else None

    def _call(self, match: re.Match[str]) -> bool | None:
        return self._name(match[1])

    def _name(self, text: str) -> bool | None:
        if text.rpartition(".")[2] in self._known:
            return None
        if text not in self._names:
            self._names[text] = self._is_known(text)
        return self._names[text]

    # --- whether they are there

    def _is_known(self, text: str) -> bool:
        """A definition, a path, or a name that the tree's text has; of a class of the tree, one of its members."""
        graph = self._graph
        if self._paths(text) or self._is_defined(text):
            return True
        head, dot, last = text.rpartition(".")
        if dot and head not in ("self", "cls", "this", "super") and self._is_defined(head):
            return self._is_defined(last) or self._occurs(last, attribute=True)
        return all(graph.mentioning([part]) or self._occurs(part) for part in text.split("."))

    def _is_defined(self, name: str) -> bool:
        return name in self._defined

    @cached_property
    def _defined(self) -> frozenset[str]:
        """The dotted names of all definitions, and the ends of them: `total` and `Cart.total` of `Cart.total`."""
        every = (name.split(".") for path in self._graph.files for name in self._graph.defined_names(path))
        return frozenset(".".join(parts[at:]) for parts in every for at in range(len(parts)))

    def _occurs(self, word: str, *, attribute: bool = False) -> bool:
        pattern = rf"\.{word}\b|\b{word}\s*[:=]" if attribute else rf"\b{word}\b"
        return bool(search(self._graph.tree, Query(pattern), self._graph.files, most=1).hits)

    def _paths(self, path: str) -> list[str]:
        """The files that a path or the end of one may mean."""
        if path in self._graph.paths:
            return [path]
        return [one for one in self._graph.paths if one.endswith(f"/{path}")] if "." in path or "/" in path else []

    def _length(self, path: str) -> int:
        if path not in self._lines:
            try:
                data = self._graph.tree.read(path)
            except (OSError, CodeAgentError):
                return 0
            self._lines[path] = data.count(b"\n") + (not data.endswith(b"\n"))
        return self._lines[path]
