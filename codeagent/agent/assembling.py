"""The pieces of a streamed answer put together: text, thoughts, tool calls and usage, and never too much of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from codeagent.agent.failing import CallFailed
from codeagent.agent.model import Hear
from codeagent.agent.thinking import Splitter
from codeagent.domain.run import ToolCall

CUT: Final = " …[cut off here]"  # keeps arguments that were cut short from being mistaken for whole ones
LARGEST_ANSWER: Final = 1 << 20  # characters of text, thoughts and arguments together

Finish = Literal["stop", "calls", "length", "refused"]
_FINISH: Final[Mapping[str, Finish]] = {
    "length": "length",
    "content_filter": "refused",
    "refusal": "refused",
    "tool_calls": "calls",
    "function_call": "calls",
}


@dataclass(slots=True)
class Counts:
    """Tokens as the provider counted them."""

    given: int = 0
    answered: int = 0
    cached: int = 0
    written: int = 0
    reasoning: int = 0


@dataclass(slots=True)
class _Call:
    id: str = ""
    name: str = ""
    arguments: str = ""


@dataclass(slots=True)
class Assembly:
    """An answer that is being streamed; `hear` gets what is certain to be text of it."""

    hear: Hear
    text: Splitter = field(default_factory=Splitter)
    reasoning: str = ""
    counts: Counts | None = None
    finished: str = ""
    id: str = ""
    _calls: dict[int, _Call] = field(default_factory=dict)
    _size: int = 0

    def feed(self, chunk: Any) -> None:
        """Take a chunk as litellm gives it. Raises CallFailed once the answer is larger than LARGEST_ANSWER."""
        self.id = self.id or str(getattr(chunk, "id", "") or "")
        usage = getattr(chunk, "usage", None)
        if usage is not None:
            self.counts = _counts(usage)
        for choice in chunk.choices[:1]:
            self._take(choice.delta)
            self.finished = choice.finish_reason or self.finished

    def end(self) -> None:
        """Nothing more comes."""
        self._show(self.text.end())

    @property
    def calls(self) -> tuple[ToolCall, ...]:
        """The tool calls, in the provider's order; those without an id get one."""
        ordered = [self._calls[index] for index in sorted(self._calls)]
        if ordered and self.finished == "length" and not _is_whole(ordered[-1].arguments):
            ordered[-1].arguments += CUT
        return tuple(ToolCall(one.id or f"call_{at}", one.name, one.arguments) for at, one in enumerate(ordered))

    @property
    def begun(self) -> bool:
        """Whether anything has come."""
        return self._size > 0

    @property
    def everything(self) -> str:
        """All that came, for counting."""
        calls = "".join(call.name + call.arguments for call in self._calls.values())
        return self.reasoning + self.text.thought + self.text.answer + calls

    @property
    def finish(self) -> Finish:
        """Why it ended."""
        if self.calls and self.finished != "length":
            return "calls"
        known = _FINISH.get(self.finished, "stop")
        return "stop" if known == "calls" else known

    def add(self, text: str, thought: str = "") -> None:
        """Take a piece of text, or of a thought."""
        self.reasoning += thought
        self._grow(len(thought) + len(text))
        self._show(self.text.feed(text))

    def add_call(self, index: int, id: str, name: str, arguments: str) -> None:
        """Take a piece of the tool call of an index."""
        call = self._calls.setdefault(index, _Call())
        call.id, call.name = call.id or id, call.name or name
        self._grow(len(arguments))
        call.arguments += arguments

    def _take(self, delta: Any) -> None:
        self.add(delta.content or "", getattr(delta, "reasoning_content", None) or "")
        for piece in delta.tool_calls or ():
            self.add_call(piece.index or 0, piece.id or "", piece.function.name or "", piece.function.arguments or "")

    def _show(self, text: str) -> None:
        if text:
            self.hear(text)

    def _grow(self, more: int) -> None:
        self._size += more
        if self._size > LARGEST_ANSWER:
            raise CallFailed(
                f"the model's answer grew over {LARGEST_ANSWER:,} characters and was cut off",
                "set max_output_tokens for this model in your settings",
                "none",
            )


def _is_whole(arguments: str) -> bool:
    try:
        json.loads(arguments)
    except (ValueError, RecursionError):
        return arguments.endswith(CUT)
    return True


def _counts(usage: Any) -> Counts:
    def of(part: str, name: str) -> int:
        return int(getattr(getattr(usage, part, None), name, None) or 0)

    return Counts(
        int(usage.prompt_tokens or 0),
        int(usage.completion_tokens or 0),
        of("prompt_tokens_details", "cached_tokens") or int(getattr(usage, "cache_read_input_tokens", None) or 0),
        int(getattr(usage, "cache_creation_input_tokens", None) or 0),
        of("completion_tokens_details", "reasoning_tokens"),
    )
