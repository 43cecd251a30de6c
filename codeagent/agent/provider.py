"""The one door to model providers: a request goes out by litellm, a whole reply comes back or a ModelError."""

import contextlib
from collections.abc import Iterator
from typing import Any

from codeagent.agent.assembling import Assembly, Counts
from codeagent.agent.awaiting import Awaited, TimeUp
from codeagent.agent.endpoint import Endpoint
from codeagent.agent.failing import CallFailed, NoToolCalls, failure
from codeagent.agent.loading import load_litellm
from codeagent.agent.model import Hear, Reply, Request
from codeagent.agent.prices import known
from codeagent.agent.responses import as_response_call, feed, let_stream
from codeagent.agent.textual import Hush, in_words, with_calls, with_plain_names
from codeagent.agent.tokens import Tokens
from codeagent.agent.wire import OLLAMA, as_call
from codeagent.domain.errors import ModelError
from codeagent.domain.run import Message, Usage


class Provider:
    """A model behind litellm. Each `answer` is one call: no retries, no fallback, no cache."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self.name = endpoint.model
        self.known = known(endpoint)
        self.context_tokens = self.known.context_tokens
        self.tokens = Tokens(endpoint.model)
        self._textual = endpoint.tool_calls == "text"

    def answer(self, request: Request, hear: Hear) -> Reply:
        """Ask once, or twice to learn that a model has no tool calls.

        Raises CallFailed with what to do about it, ContextOverflow, or ModelError without litellm."""
        if not request.tools:
            return self._ask(request, hear)
        if not self._textual:
            try:
                return self._natively(request, hear)
            except NoToolCalls:
                if self.endpoint.tool_calls == "native":
                    raise
                self._textual = True
        hush = Hush(hear)
        reply = with_calls(self._ask(in_words(request), hush.hear), request)
        hush.end(reply.message.text)
        return reply

    def _natively(self, request: Request, hear: Hear) -> Reply:
        """Some servers hand out as text what their models mean as calls."""
        reply = self._ask(request, hear)
        return with_plain_names(reply, request) if reply.message.calls else with_calls(reply, request, native=True)

    def _ask(self, request: Request, hear: Hear) -> Reply:
        assembly = Assembly(hear)
        try:
            awaited = Awaited(_opened(load_litellm(), request, self.endpoint))
            for chunk in awaited.chunks(self.endpoint.timeout, request.seconds):
                self._take(assembly, chunk)
            assembly.end()
            _check(assembly, awaited.stream, self.endpoint)
        except Exception as error:
            failed = self._failure(error)
            if isinstance(failed, CallFailed) and (assembly.begun or assembly.counts):
                failed.usage = self._usage(request, assembly)
            raise failed from (None if failed is error else error)
        message = Message("assistant", assembly.text.answer, assembly.calls)
        thinking = assembly.reasoning + assembly.text.thought
        usage = self._usage(request, assembly)
        if assembly.counts:
            self.tokens.learn(request, assembly.counts.given)
        return Reply(message, usage, self.name, assembly.finish, thinking, assembly.id)

    def _failure(self, error: Exception) -> ModelError:
        if isinstance(error, TimeUp):
            return CallFailed(f"{self.name} took longer than the time that is left", "raise --timeout", "none")
        return error if isinstance(error, ModelError) else failure(error, self.endpoint)

    def _take(self, assembly: Assembly, chunk: Any) -> None:
        if self.endpoint.transport == "responses":
            feed(assembly, chunk)
        else:
            assembly.feed(chunk)

    def _usage(self, request: Request, assembly: Assembly) -> Usage:
        """As the provider counted, else as estimated: a provider need not count, and half an answer has no count."""
        counts = assembly.counts
        if counts is None or not counts.given:
            counts = Counts(self.tokens.of(request), self.tokens.of_text(assembly.everything))
        prices, reasoned = self.known.prices, min(counts.reasoning, counts.answered)
        cost = prices.cost(counts.given, counts.answered, counts.cached, counts.written, reasoned) if prices else None
        return Usage(counts.given, counts.answered, counts.cached, counts.reasoning, cost, 1)


@contextlib.contextmanager
def _opened(litellm: Any, request: Request, endpoint: Endpoint) -> Iterator[Any]:
    """A stream that is closed however its reading ends."""
    if endpoint.transport == "responses":
        let_stream(litellm, endpoint)
        stream = litellm.responses(**as_response_call(request, endpoint))
    else:
        call = as_call(request, endpoint)
        if call["model"].startswith(OLLAMA):  # a model that litellm does not list is looked up at Ollama's usual place
            known = {"litellm_provider": "ollama_chat", "supports_function_calling": True}
            litellm.model_cost[call["model"]] = known
        stream = litellm.completion(**call)
    try:
        yield stream
    finally:
        for part in (getattr(stream, "completion_stream", None), _response(stream)):
            close = getattr(part, "close", None)
            if close is not None:
                with contextlib.suppress(Exception):
                    close()


def _response(stream: Any) -> Any:
    """The answer of the server below a stream; None where litellm hides it."""
    return getattr(getattr(stream, "completion_stream", None) or stream, "response", None)


def _check(assembly: Assembly, stream: Any, endpoint: Endpoint) -> None:
    """Raise CallFailed for what only looks like an answer: a page, half a stream, nothing at all."""
    kind = str(getattr(_response(stream), "headers", {}).get("content-type", ""))
    if "html" in kind:
        raise CallFailed(
            f"{endpoint.place} answered with a web page, not with a model's answer",
            "check --api-base, which often ends in /v1",
        )
    if not getattr(stream, "received_finish_reason", assembly.finished) and (assembly.text.answer or assembly.calls):
        raise CallFailed(f"{endpoint.place} broke off in the middle of its answer", "try again", "again")
    if not assembly.text.answer and not assembly.calls and assembly.finish == "stop":
        raise CallFailed(f"{endpoint.model} gave an empty answer", "try again, or another model", "again")
