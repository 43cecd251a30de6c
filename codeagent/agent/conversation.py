"""A conversation within the room that a model has: old answers of tools go first, what it is about never goes."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from codeagent.agent.model import Model, Request, Role
from codeagent.domain.errors import CodeAgentError
from codeagent.domain.run import Message, ToolCall
from codeagent.domain.tokens import tokens_of
from codeagent.domain.tool import Tool

UNKNOWN: Final = 32_000  # tokens that a model is taken to read where nobody says
REPLY: Final = 8_000  # of them kept free for what it answers, or a quarter
AFTER: Final = 0.6  # of the room is filled after something had to go, so that it is not needed every turn
EACH: Final = 8  # tokens that a message takes beside its text
_OLD_TEXT: Final = 400  # characters of what the model said long ago


class ContextFull(CodeAgentError):
    """What must stay is longer than the model can read."""

    exit_code = 4


def room_of(model: Model) -> int:
    """How many tokens a request to a model may have."""
    whole = model.context_tokens or UNKNOWN
    return whole - min(REPLY, whole // 4)


def share_of(model: Model, parts: int, most: int) -> int:
    """How many tokens one thing may take in a request: `most`, and with little room one of so many parts of it."""
    return min(most, room_of(model) // parts)


def tool_tokens(tool: Tool) -> int:
    """An estimate of what telling of a tool takes."""
    return tokens_of(json.dumps([tool.name, tool.summary, tool.parameters], default=dict)) + EACH


@dataclass(slots=True)
class _Said:
    message: Message
    name: str = ""  # the id under which a tool's answer is kept
    gone: bool = False
    tokens: int = 0

    def __post_init__(self) -> None:
        self.become(self.message.text)

    def become(self, text: str) -> None:
        self.message = replace(self.message, text=text)
        calls = sum(tokens_of(call.name + call.arguments) for call in self.message.calls)
        self.tokens = tokens_of(text) + calls + EACH


class Conversation:
    """What was said so far. `opening` (who the model is, what it is about) is kept as it is, whatever happens."""

    def __init__(self, role: Role, opening: Sequence[Message], tools: Sequence[Tool], room: int) -> None:
        self._role, self._opening, self._tools, self.room = role, tuple(opening), tuple(tools), room
        self._fixed = sum(map(tool_tokens, tools)) + sum(_Said(message).tokens for message in opening)
        self._said: list[_Said] = []

    @property
    def tokens(self) -> int:
        """An estimate of what a request takes now."""
        return self._fixed + sum(one.tokens for one in self._said)

    def add(self, message: Message) -> None:
        """Add what the model said, or what it is told."""
        self._said.append(_Said(message))

    def answer(self, call: ToolCall, name: str, text: str) -> None:
        """Add a tool's answer, kept under `name`."""
        self._said.append(_Said(Message("tool", text, call_id=call.id), name))

    def request(self, must_call: str = "") -> Request:
        """What the model is asked now. Raises ContextFull where not even the least fits."""
        if self.tokens > self.room:
            self._compact()
        if self.tokens > self.room:
            raise ContextFull(
                f"what must stay takes about {self.tokens} tokens, and the model has room for {self.room}",
                "take a model that reads more, or ask for less at once",
            )
        said = [one.message for one in self._said]
        if said:  # up to here the next request will be the same
            said[-1] = replace(said[-1], mark=True)
        return Request(self._role, (*self._opening, *said), self._tools, must_call=must_call)

    def shrink(self) -> None:
        """The provider found it too long: have less room from now on."""
        self.room = int(min(self.room, self.tokens) * AFTER)

    def _compact(self) -> None:
        aim = int(self.room * AFTER)
        last = max((at for at, one in enumerate(self._said) if one.message.role == "assistant"), default=0)
        for one in self._said[:last]:
            if self.tokens > aim and one.name and not one.gone:
                self._drop(one)
        for one in self._said[:last]:
            if self.tokens > aim and one.message.role == "assistant" and len(one.message.text) > _OLD_TEXT:
                one.become(one.message.text[:_OLD_TEXT] + " …")
        for one in sorted(self._said[last:], key=lambda one: -one.tokens):
            if self.tokens > self.room and one.name and not one.gone:
                self._drop(one)

    @staticmethod
    def _drop(one: _Said) -> None:
        stub = f'(left out to save room, about {one.tokens} tokens; expand(id="{one.name}") shows it again)'
        if tokens_of(stub) < tokens_of(one.message.text):
            one.become(stub)
        one.gone = True
