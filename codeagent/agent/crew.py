"""The models of a run: one for each role, each patient, metered, recorded and entered in the ledger."""

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass
from functools import partial

from codeagent.agent import ledger
from codeagent.agent.budget import PRICE_HINT, Meter
from codeagent.agent.endpoint import Endpoint
from codeagent.agent.metered import Call, Metered, Running
from codeagent.agent.model import Model, Role
from codeagent.agent.patient import Patience, Patient
from codeagent.agent.provider import Provider
from codeagent.agent.recorded import Recorded, Tape
from codeagent.agent.roles import Cast
from codeagent.domain.errors import UsageError
from codeagent.workspace.eventlog import EventLog


@dataclass(frozen=True, slots=True)
class Origin:
    """On whose account calls are made: the repository's root and the run's id."""

    repository: str
    run: str = ""


class Crew:
    """Hands out models. What is learnt of an endpoint (its tokens, its tool calls) is learnt for the whole run.

    `asked`: what named the models besides settings files, for the record of a run. Raises UsageError at once where a
    limit in dollars is set and a model of the cast has no known price."""

    def __init__(
        self,
        cast: Cast,
        meter: Meter,
        origin: Origin,
        notice: Callable[[str], None] = lambda text: None,
        patience: Patience | None = None,
        asked: Mapping[str, str] | None = None,
    ) -> None:
        self.cast = cast
        self.asked = dict(asked or {})
        self.meter = meter
        self.origin = origin
        self._notice = notice
        self._patience = patience
        self._tape: Tape | None = None
        self._running: Running = {}
        self._providers = {one: Provider(one) for line in cast.values() for one in line}
        if meter.budget.cost is not None:
            for endpoint, provider in self._providers.items():
                if provider.known.prices is None:
                    raise UsageError(f"the price of {endpoint.model} is unknown, so --max-cost cannot hold", PRICE_HINT)

    def on(self, log: EventLog) -> "Crew":
        """The same crew at work on a run: answered from its log first, and recorded there. Call it once a run."""
        found = copy(self)
        found.origin = Origin(self.origin.repository, log.id)
        found._tape = Tape(log)
        return found

    def model(self, role: Role, *, meter: Meter | None = None, step: str = "", other: bool = False) -> Model:
        """The model for a role; `meter` is a part of the run's, for a step or a worker.

        `other`: those that are named besides its first one, of which there must be one."""
        bound = meter or self.meter
        told = partial(self._enter, step=step)
        endpoints = self.others(role) if other else self.cast[role]
        line = [Metered(self._providers[endpoint], bound, told, self._running) for endpoint in endpoints]
        patient = Patient(line, bound, self._notice, self._patience)
        return Recorded(patient, self._tape, bound.spend) if self._tape else patient

    def others(self, role: Role) -> tuple[Endpoint, ...]:
        """The models that are named besides the first one of a role: its fallbacks, then those of other roles."""
        first, *rest = self.cast[role]
        named = [*rest, *(one for line in self.cast.values() for one in line)]
        return tuple(one for one in dict.fromkeys(named) if one.model != first.model or one.api_base != first.api_base)

    def names(self) -> dict[str, str]:
        """The first model of each role, by litellm's name."""
        return {role: line[0].model for role, line in self.cast.items()}

    def leave(self) -> None:
        """Enter in the ledger what the calls have taken that still run: nobody waits for them any more."""
        while self._running:
            _, tell = self._running.popitem()
            tell()

    def _enter(self, call: Call, step: str) -> None:
        problem = ledger.append(
            ledger.entry(
                call.usage,
                model=call.model,
                role=call.role,
                repository=self.origin.repository,
                run=self.origin.run,
                step=step,
                request_id=call.id,
            )
        )
        if problem:
            self._notice(f"this call is missing from codeagent cost: {problem}")
