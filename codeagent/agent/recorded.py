"""Replies kept in a run's log: who goes on is answered from there first, and a transcript plays without a model."""

import hashlib
import json
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any, Final

from codeagent.agent.model import Hear, Model, Reply, Request
from codeagent.domain.errors import ContextOverflow, ModelError
from codeagent.domain.run import Message, Record, ToolCall, Usage
from codeagent.workspace.eventlog import EventLog

ANSWERED: Final = "model.answered"
FAILED: Final = "model.failed"


class Tape:
    """The replies in a log, each given out once, in the order in which they came; shared by all threads of a run.

    A record holds the digest of its request, the messages of it that no record before holds (`texts`), and the
    digests of all of them in order (`messages`), so that the log is a whole transcript and stays small."""

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._lock = threading.Lock()
        self._unused: dict[str, deque[Record]] = defaultdict(deque)
        self._told: set[str] = set()
        for record in log.records:
            self._told.update(record.body.get("texts", ()))
            overflow = record.kind == FAILED and record.body.get("overflow")
            if record.kind == ANSWERED or overflow:
                self._unused[record.body["digest"]].append(record)

    def take(self, request: Request) -> Reply | None:
        """The next unused reply to such a request. Raises ContextOverflow where that was the reply."""
        with self._lock:
            waiting = self._unused.get(digest_of(request))
            if not waiting:
                return None
            record = waiting.popleft()
        if record.kind == FAILED:
            raise ContextOverflow(record.body["why"], record.body.get("hint", ""))
        return reply_of(record.body["reply"])

    def keep(self, request: Request, reply: Reply) -> None:
        """Append a reply; it is on the disk on return."""
        self._append(ANSWERED, request, {"reply": asdict(reply)}, reply.model)

    def keep_failure(self, request: Request, error: ModelError, model: str) -> None:
        """Append why there was no reply."""
        why = {"why": error.message, "hint": error.hint, "overflow": isinstance(error, ContextOverflow)}
        self._append(FAILED, request, why, model)

    def _append(self, kind: str, request: Request, body: Mapping[str, Any], model: str) -> None:
        rows = {_digest(row): row for row in map(_row, request.messages)}
        with self._lock:
            new = {name: row for name, row in rows.items() if name not in self._told}
            about = {
                "digest": digest_of(request),
                "role": request.role,
                "tools": [tool.name for tool in request.tools],
                "messages": [_digest(_row(message)) for message in request.messages],
                "texts": new,
            }
            self._log.append(kind, {**about, **body}, sender=model, to=request.role)
            self._told.update(new)


class Recorded:
    """A model whose replies are kept before they are used; `replayed` hears of those that were not asked for again."""

    def __init__(self, model: Model, tape: Tape, replayed: Callable[[Usage], None] = lambda usage: None) -> None:
        self.name = model.name
        self.context_tokens = model.context_tokens
        self._model = model
        self._tape = tape
        self._replayed = replayed

    def answer(self, request: Request, hear: Hear) -> Reply:
        """Answer from the log, else ask and append. Raises what the model raises."""
        kept = self._tape.take(request)
        if kept is not None:
            hear(kept.message.text)
            self._replayed(kept.usage)
            return kept
        try:
            reply = self._model.answer(request, hear)
        except ModelError as error:
            self._tape.keep_failure(request, error, self.name)
            raise
        self._tape.keep(request, reply)
        return reply


class Replay:
    """A transcript in place of a model: it knows the recorded replies and no others."""

    def __init__(self, tape: Tape, name: str = "transcript", context_tokens: int | None = None) -> None:
        self.name = name
        self.context_tokens = context_tokens
        self._tape = tape

    def answer(self, request: Request, hear: Hear) -> Reply:
        """Answer from the transcript. Raises ModelError where it has no such request."""
        kept = self._tape.take(request)
        if kept is None:
            last = request.messages[-1].text[:80] if request.messages else ""
            raise ModelError(
                f"the transcript has no reply to what the {request.role} asks: {last!r}",
                "something differs from the recorded run: the tree, the prompts or the tools",
            )
        hear(kept.message.text)
        return kept


def digest_of(request: Request) -> str:
    """What two requests have in common that deserve the same reply: role, messages, tools and the tool to call."""
    tools = [[tool.name, tool.summary, tool.parameters] for tool in request.tools]
    rows = [_row(message) for message in request.messages]
    return _digest([request.role, rows, tools, request.must_call])


def reply_of(row: Mapping[str, Any]) -> Reply:
    """A reply from what a record says of it."""
    message = row["message"]
    calls = tuple(ToolCall(**call) for call in message["calls"])
    said = Message(**{**message, "calls": calls})
    return Reply(**{**row, "message": said, "usage": Usage(**row["usage"])})


def _row(message: Message) -> list[object]:
    calls = [[call.id, call.name, call.arguments] for call in message.calls]
    return [message.role, message.text, calls, message.call_id]


def _digest(value: object) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=True, default=dict)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
