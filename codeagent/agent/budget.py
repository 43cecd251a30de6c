"""What may be used: checked before a call is made, counted after it, for a run and for every part of it."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from codeagent.agent.prices import Prices
from codeagent.domain.counting import counted
from codeagent.domain.errors import BudgetSpent, CodeAgentError, UsageError
from codeagent.domain.run import Budget, Usage

LEAST_OUTPUT: Final = 1024  # tokens; a budget that leaves less for an answer is spent
PRICE_HINT: Final = (
    "give its price_in and price_out (dollars for a million tokens) under [models.NAME] in your settings, "
    "or use --max-tokens"
)
_RESUME: Final = "codeagent resume goes on from here"
_ENDLESS: Final = 1 << 40  # tokens

Heard = Callable[[Usage], None]


@dataclass(frozen=True, slots=True)
class Hold:
    """What a call may take at most; `output_tokens`: how long its answer may be, None: as long as it likes."""

    usage: Usage
    output_tokens: int | None


class Meter:
    """Counts what a run, or a part of it, uses. A part is bound by its own budget and by those of all above it.

    Used from many threads. `spent` is what was used before, by a run that goes on."""

    def __init__(
        self,
        budget: Budget | None = None,
        parent: "Meter | None" = None,
        *,
        name: str = "run",
        spent: Usage | None = None,
    ) -> None:
        self.budget = budget or Budget()
        self.parent = parent
        self.name = name
        self._usage = spent or Usage()
        self._dollars = self._usage.cost or 0.0  # of what has a price
        self._held = Usage()
        self._began = time.monotonic()
        self._changed: threading.Condition = parent._changed if parent else threading.Condition()
        self._stopped: CodeAgentError | None = None
        self._listeners: list[Heard] = []

    @property
    def usage(self) -> Usage:
        """What has been used so far, by this part and all below it."""
        with self._changed:
            return self._usage

    def child(self, budget: Budget | None = None, name: str = "step") -> "Meter":
        """A part with a budget of its own within this one."""
        return Meter(budget, self, name=name)

    def listen(self, heard: Heard) -> None:
        """Let `heard` be told what has been used whenever that changes."""
        self._listeners.append(heard)

    def stop(self, error: CodeAgentError) -> None:
        """From now on no call is begun: `error` is raised instead."""
        with self._changed:
            self._stopped = error
            self._changed.notify_all()

    def seconds_left(self) -> float | None:
        """The time until the first deadline; None without one."""
        left = [one.budget.seconds - (time.monotonic() - one._began) for one in self._line() if one.budget.seconds]
        return min(left) if left else None

    def check(self) -> None:
        """Raise BudgetSpent where nothing more may be used, or what `stop` was given."""
        with self._changed:
            self._check()

    def reserve(self, given: int, wanted: int | None, prices: Prices | None) -> Hold:
        """Set aside what a call of `given` tokens may take that wants `wanted` tokens of answer at most.

        Where only what others have set aside is in the way, wait for them. Raises BudgetSpent,
        or UsageError where a price is needed and not known."""
        least = min(LEAST_OUTPUT, wanted or LEAST_OUTPUT)
        with self._changed:
            while True:
                self._check()
                for room, said, option in self._limits(given, prices, held=False):
                    if room < least:
                        raise BudgetSpent(said, f"raise {option}; {_RESUME}")
                room = min((room for room, _, _ in self._limits(given, prices, held=True)), default=_ENDLESS)
                if room >= least:
                    break
                self._changed.wait(0.5)
            output = min(room, wanted or _ENDLESS)
            limit = None if output == _ENDLESS else output
            hold = Hold(_estimate(given, limit or 0, prices), limit)
            for one in self._line():
                one._held = one._held + hold.usage
            return hold

    def settle(self, hold: Hold, used: Usage) -> None:
        """The call is over: it took `used`."""
        with self._changed:
            for one in self._line():
                one._held = _less(one._held, hold.usage)
        self.spend(used)

    def spend(self, used: Usage) -> None:
        """Count what was used without asking first, as a reply that is played again was."""
        told: list[tuple[Heard, Usage]] = []
        with self._changed:
            for one in self._line():
                one._usage = one._usage + used
                one._dollars += used.cost or 0.0
                told += [(heard, one._usage) for heard in one._listeners]
            self._changed.notify_all()
        for heard, usage in told:
            heard(usage)

    def pause(self, seconds: float, why: str) -> None:
        """Wait, unless `stop` is called or the wait is longer than the time that is left: BudgetSpent."""
        left = self.seconds_left()
        if left is not None and seconds >= left:
            raise BudgetSpent(f"{why}; {max(0.0, left):.0f} s are left of --timeout", _RESUME)
        until = time.monotonic() + seconds
        with self._changed:
            self._check()
            while (rest := until - time.monotonic()) > 0:
                self._changed.wait(rest)
                self._check()

    def _line(self) -> Iterator["Meter"]:
        one: Meter | None = self
        while one is not None:
            yield one
            one = one.parent

    def _check(self) -> None:
        for one in self._line():
            if one._stopped is not None:
                raise one._stopped
            seconds = one.budget.seconds
            if seconds is not None and time.monotonic() - one._began >= seconds:
                raise BudgetSpent(f"the time of the {one.name} is up ({seconds:g} s)", f"raise --timeout; {_RESUME}")

    def _limits(self, given: int, prices: Prices | None, *, held: bool) -> Iterator[tuple[int, str, str]]:
        """For each limit that binds: the tokens of answer within it (-1: not even the question is), what to say
        where that is too little, and the option that sets it."""
        for one in self._line():
            budget, used = one.budget, one._usage
            taken = used + one._held if held else used
            if budget.calls is not None:
                room = _ENDLESS if taken.calls < budget.calls else -1
                yield room, f"the {one.name} has made its {counted(budget.calls, 'call')} of a model", "--max-calls"
            if budget.tokens is not None:
                said = f"the {one.name} has used {used.tokens:,} of {budget.tokens:,} tokens"
                room = max(-1, budget.tokens - taken.tokens - given)
                yield room, f"{said}; the next call takes {given:,} and an answer", "--max-tokens"
            if budget.cost is not None:
                said = f"the {one.name} has used ${one._dollars:.4f} of ${budget.cost:.4f}"
                left = budget.cost - one._dollars - (one._held.cost or 0.0 if held else 0.0)
                room = _affordable(left, given, prices)
                yield room, f"{said}; the next call may cost more than what is left", "--max-cost"


def _affordable(left: float, given: int, prices: Prices | None) -> int:
    """How many tokens of answer the dollars that are left would pay for."""
    if prices is None:
        raise UsageError("a model without a known price cannot be held to --max-cost", PRICE_HINT)
    price = prices.at(given)
    left -= given * max(price.input, price.written)
    if left < 0:
        return -1
    return int(left / price.output) if price.output else _ENDLESS


def _estimate(given: int, answered: int, prices: Prices | None) -> Usage:
    if prices is None:
        return Usage(given, answered, cost=0.0, calls=1)
    price = prices.at(given)
    return Usage(given, answered, cost=given * max(price.input, price.written) + answered * price.output, calls=1)


def _less(held: Usage, hold: Usage) -> Usage:
    return Usage(
        held.input_tokens - hold.input_tokens,
        held.output_tokens - hold.output_tokens,
        cost=max(0.0, (held.cost or 0.0) - (hold.cost or 0.0)),
        calls=held.calls - hold.calls,
    )
