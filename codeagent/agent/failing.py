"""What goes wrong with a provider, said so that a person can put it right, and whether asking again may help."""

import os
import re
from collections.abc import Iterator
from typing import Any, Final, Literal

from codeagent.agent.endpoint import Endpoint
from codeagent.domain.errors import ContextOverflow, ModelError
from codeagent.domain.run import Usage

Remedy = Literal["again", "next", "none"]  # ask again, ask the next model, or neither helps

_LONGEST: Final = 300  # characters of a provider's own words
_KEYS: Final = {
    "gemini": "GEMINI_API_KEY",
    "huggingface": "HF_TOKEN",
    "together_ai": "TOGETHERAI_API_KEY",
    "bedrock": "AWS_ACCESS_KEY_ID",
    "vertex_ai": "GOOGLE_APPLICATION_CREDENTIALS",
}
_TOO_LONG: Final = re.compile(
    r"context.{0,20}(length|window|size)|maximum context|too many tokens|prompt is too long|exceed.{0,40}context",
    re.IGNORECASE,
)
_NO_TOOLS: Final = re.compile(
    r"(tool|function)s?\b.{0,60}\b(not|n't|un)\s?-?(support|allow|enable|implement|available)"
    r"|(not|n't)\s(support|allow|accept|have).{0,40}\b(tool|function)"
    r"|unsupported.{0,40}\b(tools?|tool_choice|functions?)\b",
    re.IGNORECASE,
)


class CallFailed(ModelError):
    """A call failed. `wait`: the seconds that the provider asks for; `usage`: what it took all the same."""

    def __init__(self, message: str, hint: str, remedy: Remedy = "next", wait: float | None = None) -> None:
        super().__init__(message, hint)
        self.remedy = remedy
        self.wait = wait
        self.usage = Usage(calls=1)


class NoToolCalls(CallFailed):
    """The provider says that this model has no tool calls."""


def failure(error: Exception, endpoint: Endpoint) -> ModelError:
    """What an exception of litellm, or of what lies below it, means."""
    said = _words(error)
    status = getattr(error, "status_code", None)
    kind = type(error).__name__
    where = f"{endpoint.model} at {endpoint.api_base}" if endpoint.api_base else endpoint.model
    if kind == "ContextWindowExceededError" or (status in (400, 413) and _TOO_LONG.search(said)):
        return ContextOverflow(f"the request is longer than {where} can read: {said}", "set its context_tokens")
    if kind == "UnsupportedParamsError" or (status in (400, 404, 405, 422, 500, 501) and _NO_TOOLS.search(said)):
        return NoToolCalls(f"{where} has no tool calls: {said}", 'set tool_calls = "text" for this model')
    if status in (401, 403) or "Missing credentials" in said or "api_key" in said:
        return _key_failure(said, where, endpoint)
    if "LLM Provider NOT provided" in str(error):
        return CallFailed(
            f"no provider is known for the model {endpoint.model}",
            "name it PROVIDER/MODEL as litellm does; a model of your own: openai/NAME with --api-base URL",
        )
    if status == 429:
        return CallFailed(f"{where} asks to slow down: {said}", "wait, or name fallbacks", "again", retry_after(error))
    if kind in ("Timeout", "APITimeoutError") or "timed out" in said:
        return CallFailed(
            f"{where} said nothing for {endpoint.timeout:g} seconds",
            "set a longer timeout for this model, or try later",
        )
    return _other_failure(error, said, status, where)


def _key_failure(said: str, where: str, endpoint: Endpoint) -> CallFailed:
    variable = key_variable(endpoint)
    if os.environ.get(variable):
        return CallFailed(f"{where} refused the key: {said}", f"check {variable}")
    return CallFailed(f"no key for {where}", f"set {variable}")


def _other_failure(error: Exception, said: str, status: object, where: str) -> CallFailed:
    root, broken = _root(error)
    if broken:
        return CallFailed(f"{where} broke off: {root}", "try again; if it stays so, ask whoever serves it", "again")
    if root:
        return CallFailed(f"cannot reach {where}: {root}", "check the network and --api-base", "again")
    if "repeating the same chunk" in said:  # litellm watches for that
        return CallFailed(f"{where} said the same over and over", "try another model")
    if status == 404:
        return CallFailed(
            f"{where} was not found: {said}", "check the model's name and --api-base, which often ends in /v1"
        )
    if isinstance(status, int) and (status >= 500 or status == 408):
        return CallFailed(f"{where} failed ({status}): {said}", "try later, or name fallbacks", "again")
    return CallFailed(f"{where} refused the request: {said}", "check the model's name and settings")


def key_variable(endpoint: Endpoint) -> str:
    """The variable that is meant to hold the key."""
    provider = endpoint.provider or ("anthropic" if endpoint.model.startswith("claude") else "openai")
    return endpoint.key or _KEYS.get(provider, f"{provider.upper()}_API_KEY")


def retry_after(error: BaseException) -> float | None:
    """The seconds that a provider asks to wait, from the headers of its refusal."""
    for link in _chain(error):
        headers = getattr(getattr(link, "response", None), "headers", None) or {}
        for name, unit in (("retry-after-ms", 1000), ("retry-after", 1)):
            try:
                return max(0.0, float(headers[name]) / unit)
            except (KeyError, TypeError, ValueError):
                continue
    return None


def _chain(error: BaseException | None) -> Iterator[Any]:
    for _ in range(20):
        if error is None:
            return
        yield error
        error = error.__cause__ or error.__context__


def _root(error: BaseException) -> tuple[str, bool]:
    """Why there is no connection, or no more, in the system's words; empty where that is not what failed."""
    for link in _chain(error):
        kind = type(link).__name__
        if kind in ("ConnectError", "RemoteProtocolError", "ReadError", "WriteError"):
            return _short(str(link)), kind != "ConnectError"
        if isinstance(link, OSError) and link.strerror:
            return link.strerror, isinstance(link, ConnectionResetError | BrokenPipeError)
    return "", False


def _words(error: Exception) -> str:
    """The provider's own words, short, without litellm's frame, markup and keys."""
    text = re.sub(r"(?s)<(script|style).*?</\1>|<[^<>]{0,200}>", " ", str(error))
    text = re.sub(r"\b(litellm\.)?(\w+Error|\w+Exception|Timeout)\b( - |: ?)", "", text)
    for name, value in os.environ.items():
        if len(value) > 7 and re.search(r"KEY|TOKEN|SECRET|PASSWORD", name):
            text = text.replace(value, "***")
    return _short(text)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]} …"
