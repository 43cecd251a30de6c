"""A tool: one annotated function from which every door (command line, agent, MCP) is derived."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

PIPED: Final = "piped"  # in `Annotated`: a text that the command line reads from stdin where it is `-`


class Effect(StrEnum):
    """What a tool may do: answer, propose a change, or write; it decides who may hold it."""

    READ = "read"
    PROPOSE = "propose"
    WRITE = "write"


@dataclass(frozen=True, slots=True)
class ToolEntry:
    """One line of the tool table: where the function is, and what it is for."""

    module: str  # imported when the tool is used, not before
    function: str
    summary: str
    more: Mapping[str, Any] = field(default_factory=dict)  # what its hits hold besides: name to type; `| None`: or not
    effect: Effect = Effect.READ


@dataclass(frozen=True, slots=True)
class Hit:
    """One result of a question: a place, a symbol, or both; `more` holds what is special to the verb."""

    path: str = ""
    line: int = 0  # 1-based
    column: int = 0  # 1-based, characters
    end_line: int = 0
    symbol: str = ""
    kind: str = ""
    certainty: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)

    def fields(self) -> dict[str, Any]:
        """What applies, in the order of declaration."""
        plain = {
            "path": self.path,
            "line": self.line,
            "column": self.column,
            "end_line": self.end_line,
            "symbol": self.symbol,
            "kind": self.kind,
            "certainty": self.certainty,
        }
        return {key: value for key, value in plain.items() if value} | dict(self.more)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a tool found, and what must be said with it ("no caller found" and how far that is proof)."""

    results: Iterator[Hit]
    empty: str = ""  # what an empty answer means
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool gives whoever called it by name: the same thing as words and as a document.

    `refused`: the call was in order and the answer is no, with the reason in `text`. `log`: the text is the output of
    a command, of which only what failed matters. `trusted`: the words are those of the user, or of somebody whom the
    user trusts; all others are fenced before a model sees them."""

    text: str
    data: Mapping[str, Any] = field(default_factory=dict)  # fits the tool's `returns`
    refused: bool = False
    log: bool = False
    trusted: bool = False


@dataclass(frozen=True, slots=True)
class Tool:
    """A hand that a model or a client may be given: `run` takes arguments that are still untrusted.

    `parameters` and `returns` are JSON schemas of objects. `run` raises UsageError for arguments that do not fit
    (its message is what the caller should read) and returns a refusal, never raises one."""

    name: str
    effect: Effect
    summary: str
    parameters: Mapping[str, Any]
    run: Callable[[Mapping[str, Any]], ToolResult]
    returns: Mapping[str, Any] = field(default_factory=dict)
