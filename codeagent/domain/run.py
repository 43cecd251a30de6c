"""What a run is made of: messages to and from a model, what they used, how much may be used, and the records kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool that a model wants run; `arguments` is the text it wrote, which need not be JSON."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation.

    `mark`: the text up to here stays the same from call to call, so a provider may cache it."""

    role: Literal["system", "user", "assistant", "tool"]
    text: str
    calls: tuple[ToolCall, ...] = ()  # of an assistant
    call_id: str = ""  # of a tool's answer: the call it answers
    mark: bool = False


@dataclass(frozen=True, slots=True)
class Usage:
    """What calls of a model took. `input_tokens` include the cached ones, `output_tokens` the reasoning ones.

    `cost` is in US dollars; None where the price of any part is unknown, which is not the same as nothing."""

    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    reasoning_tokens: int = 0
    cost: float | None = 0.0
    calls: int = 0

    @property
    def tokens(self) -> int:
        """Input and output together."""
        return self.input_tokens + self.output_tokens

    def __add__(self, other: "Usage") -> "Usage":
        known = self.cost is not None and other.cost is not None
        return Usage(
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.cached_tokens + other.cached_tokens,
            self.reasoning_tokens + other.reasoning_tokens,
            (self.cost or 0.0) + (other.cost or 0.0) if known else None,
            self.calls + other.calls,
        )


@dataclass(frozen=True, slots=True)
class Budget:
    """The most that may be used: dollars, tokens, calls and seconds; None: no limit."""

    cost: float | None = None
    tokens: int | None = None
    calls: int | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """One line of a run's log. `id` counts from 1 within the run; `time` is in seconds since the epoch.

    `sender` and `to` name a part of the run ("apply", "worker-2", "model", "user"); `body` is plain JSON."""

    id: int
    time: float
    sender: str
    to: str
    kind: str  # such as "model.answered"; all kinds stand in RECORD_KINDS
    body: Mapping[str, Any] = field(default_factory=dict)


RECORD_KINDS: Mapping[str, str] = {
    "run.started": "what was asked for: command, goal or plan, root, revision, models, budget",
    "run.resumed": "another process goes on with the run",
    "run.finished": "how it ended: exit_reason, exit_code, usage, commits",
    "plan.made": "a plan, whole",
    "model.answered": "the digest of a request, the reply to it, and its usage",
    "model.failed": "the digest of a request and why there was no reply",
    "tool.called": "a tool's name and arguments, before it runs",
    "tool.answered": "what it said",
    "tests.measured": "what the tests say before anything is done",
    "answer.given": "a question and the answer to it, checked",
    "step.started": "a step of the plan is begun",
    "step.proposed": "its patch, by the digests of what files become",
    "gate.finished": "the result of one gate on a step",
    "step.done": "the step holds: its patch, verdict and commit",
    "step.skipped": "it is left out, as the plan says, and why",
    "step.failed": "why it does not, and what was tried",
    "plan.carried": "what all steps make together, and what was there before",
    "commit.made": "the commit of a step, which no branch knows yet",
    "landing.begun": "what is about to be written: the reference, its commit, and entries of the index",
    "branch.made": "a branch with the commits of the steps",
    "tree.written": "what was made is in the user's files, and by which id it can be undone",
    "tree.committed": "the branch of the user's files is at the last commit",
    "turn.begun": "the run is about to be undone or done again: where its branch goes, and entries of the index",
    "turn.done": "it is: outcome undone or applied",
    "decision": "what a person said, or a rule in their place",
    "worker": "ACK, STATUS, BLOCKED or DONE of a parallel worker",
    "control": "pause, go on or stop, asked for from outside",
}
