"""What can be asked for: text that is replaced, symbols that are changed, files that come and go."""

from dataclasses import dataclass
from enum import StrEnum

from codeagent.domain.errors import Refused


class Action(StrEnum):
    """What is done with a symbol."""

    REPLACE = "replace_symbol"
    BEFORE = "insert_before"
    AFTER = "insert_after"
    DELETE = "delete_symbol"


@dataclass(frozen=True, slots=True)
class TextEdit:
    """`search` becomes `replace`.

    A search that ends in a line end stands for whole lines, and so does what replaces it; any other may stand for a
    part of a line, but not of a word. `near_line` (1-based) only chooses among several places that fit equally. An
    empty search is for a file that is empty or not there yet."""

    path: str
    search: str
    replace: str
    near_line: int | None = None


@dataclass(frozen=True, slots=True)
class SymbolEdit:
    """A change of one symbol (an id, or an unambiguous shorter name); `text` is empty where it is deleted.

    What stands before a symbol (comments, `export`, decorators) stays when it is replaced, unless the text begins
    with such a thing itself; it goes with a symbol that is deleted. The text may have any indentation."""

    action: Action
    symbol: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that must not exist yet, with its text exactly as it shall be."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class RemovedFile:
    """A file that goes."""

    path: str


@dataclass(frozen=True, slots=True)
class MovedFile:
    """A file that goes to a path where nothing is yet; other edits of it are found where it was."""

    path: str
    to: str


class Malformed(Refused):
    """A text is not edits in the form that it should have; the message tells the line (1-based)."""


EditRequest = TextEdit | SymbolEdit | NewFile | RemovedFile | MovedFile
