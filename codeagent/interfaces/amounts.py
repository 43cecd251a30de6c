"""Tokens and dollars in words."""

from codeagent.domain.run import Usage


def dollars(cost: float | None) -> str:
    """Four digits below a dollar, two above; what is not known is not nothing."""
    if cost is None:
        return "unknown"
    return f"${cost:,.2f}" if cost >= 1 or cost == 0 else f"${cost:.4f}"


def amount(usage: Usage) -> str:
    """One line: calls, tokens and cost."""
    calls = f"{usage.calls:,} call{'s' if usage.calls != 1 else ''}"
    cached = f" ({usage.cached_tokens:,} cached)" if usage.cached_tokens else ""
    cost = "cost unknown" if usage.cost is None else dollars(usage.cost)
    return f"{calls} · {usage.input_tokens:,} tokens in{cached} · {usage.output_tokens:,} out · {cost}"
