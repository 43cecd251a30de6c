"""What long work says while it goes on; the interfaces render it, nobody computes with it."""

from dataclasses import dataclass

from codeagent.domain.run import Record, Usage


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` of `total` items of a stage ("read", "resolve") are finished; `part` is the one that goes on ("tests")."""

    stage: str
    done: int
    total: int
    part: str = ""

    @property
    def label(self) -> str:
        """The stage, with what of it goes on."""
        return f"{self.stage}: {self.part}" if self.part and self.done < self.total else self.stage


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the user should know that is no part of the result."""

    text: str


@dataclass(frozen=True, slots=True)
class Streamed:
    """A piece of text from a model, as it comes in; `source` is who speaks ("planner", "explorer 2")."""

    text: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Metered:
    """What the run has used so far."""

    usage: Usage


@dataclass(frozen=True, slots=True)
class Recorded:
    """A record of the run's log, once it is on the disk."""

    record: Record


@dataclass(frozen=True, slots=True)
class Asking:
    """The user is asked something: whatever is drawn meanwhile gets out of the way until it is `over`."""

    over: bool = False


Event = Progress | Notice | Streamed | Metered | Recorded | Asking
