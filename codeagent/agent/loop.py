"""The loop: ask the model, run what it calls, tell it what came of that, until it is done or must be stopped."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from codeagent.agent.conversation import ContextFull, Conversation, room_of
from codeagent.agent.fencing import Fence
from codeagent.agent.hands import Hands
from codeagent.agent.model import Hear, Model, Reply
from codeagent.agent.outputs import Outputs, expand_tool
from codeagent.agent.toollog import ToolLog
from codeagent.agent.watch import Watch
from codeagent.domain.errors import ContextOverflow
from codeagent.domain.run import Message, ToolCall, Usage
from codeagent.workspace.eventlog import EventLog

TURNS: Final = 60
NUDGES: Final = 2  # times that a model is told to go on where it said nothing, or has not finished
SHARE: Final = 8  # an answer of a tool may fill this part of the room: one over it

Reason = Literal["answered", "finished", "repeated", "full", "empty", "unfinished", "turns"]


@dataclass(frozen=True, slots=True)
class Seat:
    """What a conversation is held with. `sender` names it in the log, and nothing else of the run may have that name.

    `check` is called before every call of the model and of a tool; it raises to stop."""

    model: Model
    log: EventLog
    sender: str
    hear: Hear = lambda text: None
    check: Callable[[], None] = lambda: None
    turns: int = TURNS


@dataclass(frozen=True, slots=True)
class Ending:
    """How it ended. `text` is the answer; `data` what the finishing tool gave; `why` what a person should know."""

    reason: Reason
    text: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    why: str = ""
    usage: Usage = field(default_factory=Usage)
    turns: int = 0

    @property
    def done(self) -> bool:
        """Whether the model came to an end of its own."""
        return self.reason in ("answered", "finished")


def converse(seat: Seat, opening: Sequence[Message], tools: Hands) -> Ending:
    """Hold a conversation that begins with `opening`. Raises ModelError, BudgetSpent, and what `seat.check` raises."""
    return _Talk(seat, opening, tools).hold()


class _Talk:
    def __init__(self, seat: Seat, opening: Sequence[Message], hands: Hands) -> None:
        room = room_of(seat.model)
        outputs = Outputs(seat.log.folder, seat.sender, room // SHARE)
        self._seat, self._fence, self._watch = seat, Fence(seat.log.seed), Watch()
        self._hands = hands.holding(expand_tool(outputs))
        self._calls = ToolLog(seat.log, seat.sender, outputs)
        self._talk = Conversation(hands.role, opening, self._hands.tools, room)
        self._usage, self._turn, self._nudges = Usage(), 0, 0

    def hold(self) -> Ending:
        try:
            while self._turn < self._seat.turns:
                self._turn += 1
                reply = self._reply()
                ending = self._run_calls(reply) if reply.message.calls else self._no_calls(reply)
                if ending is not None:
                    return ending
        except (ContextFull, ContextOverflow) as error:
            return self._end("full", why=error.message)
        return self._end("turns", why=f"{self._seat.turns} turns were not enough")

    def _reply(self) -> Reply:
        """Ask the model; once more with less, where the provider finds it too long."""
        self._seat.check()
        try:
            reply = self._seat.model.answer(self._talk.request(), self._seat.hear)
        except ContextOverflow:
            self._talk.shrink()
            reply = self._seat.model.answer(self._talk.request(), self._seat.hear)
        self._usage += reply.usage
        self._talk.add(reply.message)
        return reply

    def _run_calls(self, reply: Reply) -> Ending | None:
        for call in reply.message.calls:
            self._seat.check()
            name, told = self._calls.run(self._hands, call)
            warning = self._watch.heard(call, told.text, ok=told.ok)
            if call.name == self._hands.finish and told.ok and told.result is not None:
                return self._end("finished", told.result.text, told.result.data)
            text = told.text if told.ours else self._fence.wrap(told.text, f"tool {call.name}")
            self._talk.answer(call, name, f"{text}\n{warning}" if warning else text)
        stuck = self._watch.end_turn()
        return self._end("repeated", why=stuck) if stuck else None

    def _no_calls(self, reply: Reply) -> Ending | None:
        if reply.finish == "refused" and not reply.message.text.strip():
            return self._end("empty", why="the provider withheld the answer: a filter of its own, not codeagent")
        if reply.message.text.strip() and not self._hands.finish:
            cut = "the answer was cut off at the most that the model may say" if reply.finish == "length" else ""
            return self._end("answered", reply.message.text, why=cut)
        said = self._hands.spoken(reply.message.text) if self._hands.finish else ""
        if said:
            return self._spoken(said)
        self._nudges += 1
        if self._nudges > NUDGES:
            reason: Reason = "unfinished" if reply.message.text.strip() else "empty"
            return self._end(reason, reply.message.text, why=f"the model did not {self._due()}, asked {NUDGES} times")
        self._talk.add(Message("user", f"You have not finished yet: {self._due()}."))
        return None

    def _spoken(self, arguments: str) -> Ending | None:
        """Take what was said in words for a call of the tool that ends the conversation."""
        self._seat.check()
        call = ToolCall("", self._hands.finish, arguments)
        _, told = self._calls.run(self._hands, call)
        if told.ok and told.result is not None:
            return self._end("finished", told.result.text, told.result.data)
        warning = self._watch.heard(call, told.text, ok=told.ok)
        shown = told.text if told.ours else self._fence.wrap(told.text, f"tool {call.name}")
        self._talk.add(Message("user", f"{shown}\n{warning}" if warning else shown))
        stuck = self._watch.end_turn()
        return self._end("repeated", why=stuck) if stuck else None

    def _due(self) -> str:
        return f"call {self._hands.finish}" if self._hands.finish else "answer in words or call a tool"

    def _end(self, reason: Reason, text: str = "", data: Mapping[str, Any] | None = None, why: str = "") -> Ending:
        return Ending(reason, text, data or {}, why, self._usage, self._turn)
