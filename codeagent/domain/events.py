"""What long work says while it goes on; the interfaces render it, nobody computes with it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` of `total` items of a stage ("read", "resolve") are finished."""

    stage: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the user should know that is no part of the result."""

    text: str


Event = Progress | Notice
