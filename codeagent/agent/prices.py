"""What is known of models without asking anybody: litellm's bundled list, read as a file."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from codeagent.agent.endpoint import Endpoint

_LIST: Final = "model_prices_and_context_window_backup.json"
_OLLAMA_CONTEXT: Final = 8192  # tokens; it reads as much as it is told to
_MILLION: Final = 1_000_000
_TIER: Final = re.compile(r"_above_(\d+)k_tokens$")


@dataclass(frozen=True, slots=True)
class Prices:
    """Dollars for one token. Long requests may cost more: `tiers` are (more input tokens than, prices)."""

    input: float
    output: float
    cached: float  # read from the provider's cache
    written: float  # written into it
    reasoning: float
    tiers: tuple[tuple[int, "Prices"], ...] = ()

    def at(self, input_tokens: int) -> "Prices":
        """The prices of a request of that length."""
        reached = [prices for above, prices in self.tiers if input_tokens > above]
        return reached[-1] if reached else self

    def cost(self, given: int, answered: int, cached: int = 0, written: int = 0, reasoning: int = 0) -> float:
        """Dollars; `given` includes what was cached and written, `answered` what was reasoned."""
        price = self.at(given)
        fresh = max(0, given - cached - written)
        taken = fresh * price.input + cached * price.cached + written * price.written
        return taken + (answered - reasoning) * price.output + reasoning * price.reasoning


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a model; None: unknown."""

    prices: Prices | None = None
    context_tokens: int | None = None
    max_output_tokens: int | None = None


def known(endpoint: Endpoint) -> Known:
    """What the user says of a model, and where that is silent, what litellm's list says."""
    entry = _entry(endpoint.model)
    prices = _prices(entry)
    if endpoint.price_in is not None and endpoint.price_out is not None:
        given, answered = endpoint.price_in / _MILLION, endpoint.price_out / _MILLION
        prices = Prices(given, answered, given, given, answered)
    usual = _OLLAMA_CONTEXT if endpoint.provider.startswith("ollama") else None
    return Known(
        prices,
        endpoint.context_tokens or _whole(entry.get("max_input_tokens") or entry.get("max_tokens")) or usual,
        endpoint.max_output_tokens or _whole(entry.get("max_output_tokens")),
    )


@cache
def _list() -> Mapping[str, Any]:
    spec = find_spec("litellm")
    if spec is None or not spec.submodule_search_locations:
        return {}
    try:
        read = json.loads((Path(spec.submodule_search_locations[0]) / _LIST).read_bytes())
    except (OSError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}


def _entry(model: str) -> Mapping[str, Any]:
    """The list names some models with their provider and some without."""
    provider, _, name = model.partition("/")
    found = _list().get(model)
    if found is None and name:
        plain = _list().get(name, {})
        found = plain if str(plain.get("litellm_provider", "")).startswith(provider) else {}
    return found or {}


def _prices(entry: Mapping[str, Any]) -> Prices | None:
    base = _tier(entry, "")
    if base is None:
        return None
    above = sorted({int(found[1]) for key in entry if (found := _TIER.search(key))})
    tiers = [(k * 1000, _tier(entry, f"_above_{k}k_tokens", base)) for k in above]
    return Prices(
        base.input,
        base.output,
        base.cached,
        base.written,
        base.reasoning,
        tuple((above, tier) for above, tier in tiers if tier),
    )


def _tier(entry: Mapping[str, Any], suffix: str, base: Prices | None = None) -> Prices | None:
    def price(key: str, otherwise: float | None) -> float | None:
        value = entry.get(key + suffix)
        return float(value) if isinstance(value, int | float) else otherwise

    given = price("input_cost_per_token", base.input if base else None)
    answered = price("output_cost_per_token", base.output if base else None)
    if given is None or answered is None:
        return None
    cached = price("cache_read_input_token_cost", base.cached if base else given)
    written = price("cache_creation_input_token_cost", base.written if base else given)
    reasoning = price("output_cost_per_reasoning_token", None)
    return Prices(given, answered, cached or 0.0, written or given, answered if reasoning is None else reasoning)


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and value > 0 else None
