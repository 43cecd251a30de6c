"""Places in code as answers speak of them: spans, symbols, references and edges."""

from dataclasses import dataclass
from enum import StrEnum


class Certainty(StrEnum):
    """How sure the graph is: proven by scope or import; one candidate; only the name fits."""

    EXACT = "exact"
    LIKELY = "likely"
    NAME_ONLY = "name-only"


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes `start` to `end` of a file, half-open."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Place:
    """A place a person can open: POSIX path relative to the root, 1-based line and column (characters)."""

    path: str
    line: int
    column: int
    end_line: int


@dataclass(frozen=True, slots=True)
class Symbol:
    """A definition: `id` is `src/shop.py::Cart.total`; a module's id is its path."""

    id: str
    kind: str
    name: str
    path: str
    span: Span
    name_span: Span
    line: int  # 1-based, of the name
    end_line: int
    parent: str | None
    flags: int
    complexity: int


@dataclass(frozen=True, slots=True)
class Reference:
    """A use of a name. `target` is a symbol id, a dotted external name, or None where unknown."""

    path: str
    span: Span
    line: int
    name: str
    role: str
    within: str
    target: str | None
    certainty: Certainty


@dataclass(frozen=True, slots=True)
class Edge:
    """`source` refers to `target`; derived from references, never stored by itself."""

    source: str
    target: str
    kind: str  # calls | imports | inherits | references | instantiates
    certainty: str
    path: str
    line: int
