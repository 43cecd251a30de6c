"""One model and where it is served, as the user's own settings name it."""

from dataclasses import dataclass
from typing import Literal

ToolCalls = Literal["auto", "native", "text"]
Transport = Literal["chat", "responses"]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`model` is litellm's name; what is None is looked up in litellm's list, and unknown where that is silent.

    `tool_calls`: "native" by the provider's own means, "text" written into the answer, "auto": text where the provider
    says that it has none."""

    model: str
    api_base: str = ""  # empty: the provider's own
    key: str = ""  # the variable that holds the key; empty: the provider's usual one
    context_tokens: int | None = None
    max_output_tokens: int | None = None
    tool_calls: ToolCalls = "auto"
    price_in: float | None = None  # dollars for a million tokens
    price_out: float | None = None
    timeout: float = 300.0  # seconds of silence
    transport: Transport = "chat"  # chat completions, or the Responses API

    @property
    def provider(self) -> str:
        """The part before the first slash, empty where there is none."""
        return self.model.partition("/")[0] if "/" in self.model else ""

    @property
    def place(self) -> str:
        """Where it is served, in words."""
        return self.api_base or self.provider or self.model

    @property
    def keyless(self) -> bool:
        """Whether it is served by a server of the user's own that usually wants no key."""
        return self.provider.startswith("ollama") or (bool(self.api_base) and self.provider == "openai")
