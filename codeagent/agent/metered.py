"""A model whose every call is within a budget: asked for before, counted after, whole or failed."""

from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, replace

from codeagent.agent.budget import LEAST_OUTPUT, Meter
from codeagent.agent.failing import CallFailed
from codeagent.agent.model import Hear, Reply, Request, Role
from codeagent.agent.provider import Provider
from codeagent.domain.errors import ContextOverflow, ModelError
from codeagent.domain.run import Usage

OUTPUT_TOKENS = 16_384  # the most that an answer is given where nobody says


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a provider that took something, for the ledger; `id` is the provider's, empty where it failed."""

    model: str
    role: Role
    usage: Usage
    id: str = ""


Told = Callable[[Call], None]
Running = MutableMapping[object, Callable[[], None]]  # what tells of each call that runs, as far as it has come


class Metered:
    """A provider under a meter; `told` hears of every call. Those that run are in `running`: whoever leaves one behind
    takes it out and tells of it."""

    def __init__(self, provider: Provider, meter: Meter, told: Told, running: Running | None = None) -> None:
        self.name = provider.name
        self.context_tokens = provider.context_tokens
        self._provider = provider
        self._meter = meter
        self._told = told
        self._running = {} if running is None else running

    def answer(self, request: Request, hear: Hear) -> Reply:
        """Ask, if the budget allows; the answer is as long as the budget and the model's context allow.

        Raises BudgetSpent or ContextOverflow before the call, and what the provider raises."""
        provider, name = self._provider, ""
        given, prices = provider.tokens.of(request), provider.known.prices
        hold = self._meter.reserve(given, self._wanted(request, given), prices)
        used: Usage | None = None
        heard: list[str] = []

        def listen(text: str) -> None:
            heard.append(text)
            hear(text)

        def so_far() -> Usage:
            answered = provider.tokens.of_text("".join(heard)) if heard else 0
            return Usage(given, answered, cost=prices.cost(given, answered) if prices else None, calls=1)

        key = object()
        self._running[key] = lambda: self._told(Call(self.name, request.role, so_far()))
        try:
            bounded = replace(request, max_output_tokens=hold.output_tokens, seconds=self._meter.seconds_left())
            reply = provider.answer(bounded, listen)
            used, name = reply.usage, reply.id
        except CallFailed as error:
            used = error.usage
            raise
        except ModelError:  # refused as it stands
            used = Usage(calls=1)
            raise
        finally:
            used = used or so_far()  # it was broken off
            self._meter.settle(hold, used)
            if self._running.pop(key, None):
                self._told(Call(self.name, request.role, used, name))
        return reply

    def _wanted(self, request: Request, given: int) -> int | None:
        """How long the answer may be, by the request, the model and the room that its context leaves."""
        most = self._provider.known.max_output_tokens
        wanted = request.max_output_tokens or (min(most, OUTPUT_TOKENS) if most else None)
        if self.context_tokens is None:
            return wanted
        room = self.context_tokens - given
        if room < min(LEAST_OUTPUT, self.context_tokens // 4):
            raise ContextOverflow(
                f"about {given:,} tokens leave no room for an answer in the {self.context_tokens:,} of {self.name}",
                "ask for less, or set context_tokens if the model can read more",
            )
        return min(wanted or OUTPUT_TOKENS, room)
