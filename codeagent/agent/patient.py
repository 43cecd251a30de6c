"""Asking again, and asking somebody else: failures that pass are waited out, and a list of models is gone along."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from codeagent.agent.budget import Meter
from codeagent.agent.failing import CallFailed
from codeagent.agent.model import Hear, Model, Reply, Request


@dataclass(frozen=True, slots=True)
class Patience:
    """How often one model is asked, and how long is waited in between, in seconds."""

    tries: int = 4
    first: float = 0.5  # doubled from time to time, give or take half of it
    longest: float = 30.0
    asked: float = 300.0  # a provider that asks for a longer wait has failed


class Patient:
    """Models of which the first is asked, and the next where that one cannot answer.

    What `hear` was given of a call that failed is void: the reply alone counts."""

    def __init__(
        self, models: Sequence[Model], meter: Meter, notice: Callable[[str], None], patience: Patience | None = None
    ) -> None:
        self.name = models[0].name
        self.context_tokens = models[0].context_tokens
        self._models = models
        self._meter = meter
        self._notice = notice
        self._patience = patience or Patience()

    def answer(self, request: Request, hear: Hear) -> Reply:
        """Answer by the first model that can. Raises the failure of the last one."""
        for model, then in zip(self._models, [*self._models[1:], None], strict=True):
            try:
                return self._insist(model, request, hear)
            except CallFailed as error:
                if then is None or error.remedy == "none":
                    raise
                self._notice(f"{error.message}; asking {then.name} instead")
        raise AssertionError("there is always a model")

    def _insist(self, model: Model, request: Request, hear: Hear) -> Reply:
        for tried in range(1, self._patience.tries + 1):
            try:
                return model.answer(request, hear)
            except CallFailed as error:
                self._meter.check()  # a call that took all the time that was left is no failure of the model
                wait = self._wait(error, tried)
                if wait is None:
                    raise
                self._notice(f"{error.message}; asking again in {wait:.1f} s")
                self._meter.pause(wait, error.message)
        raise AssertionError("the last try returns or raises")

    def _wait(self, error: CallFailed, tried: int) -> float | None:
        """Seconds until the next try; None where there is none."""
        patience = self._patience
        if error.remedy != "again" or tried == patience.tries or (error.wait or 0) > patience.asked:
            return None
        backoff = min(patience.longest, patience.first * 2.0 ** (tried - 1)) * random.uniform(0.5, 1.5)
        return backoff if error.wait is None else error.wait + random.uniform(0, min(1.0, backoff))
