"""What a model is to everybody here: something that answers a request; who is behind it is told nowhere else."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from codeagent.domain.run import Message, Usage
from codeagent.domain.tool import Tool

Role = Literal["planner", "editor", "explorer"]
Hear = Callable[[str], None]  # called with each piece of text as it streams in


@dataclass(frozen=True, slots=True)
class Request:
    """What a model is asked: the conversation so far and the tools it may name, in a fixed order."""

    role: Role
    messages: tuple[Message, ...]
    tools: tuple[Tool, ...] = ()
    max_output_tokens: int | None = None
    must_call: str = ""  # the name of a tool that it has to call, where the provider can be told so
    seconds: float | None = None  # how long the answer may take


@dataclass(frozen=True, slots=True)
class Reply:
    """What it answered. `thinking` is what it thought aloud, which is no part of the answer."""

    message: Message
    usage: Usage
    model: str
    finish: Literal["stop", "calls", "length", "refused"] = "stop"
    thinking: str = ""
    id: str = ""  # the provider's, of this call


class Model(Protocol):
    """Answers requests; raises ModelError where there is no answer, ContextOverflow (one of them) where a shorter
    request may get one, BudgetSpent before a call that must not be made.

    `context_tokens`: how long a request may be, output included; None where that is unknown."""

    name: str
    context_tokens: int | None

    def answer(self, request: Request, hear: Hear) -> Reply:
        """Answer, streaming the text to `hear`."""
