"""Which model plays which role: what the user's settings and options name, made into endpoints."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, NamedTuple, get_args

from codeagent.agent.endpoint import Endpoint, ToolCalls, Transport
from codeagent.agent.model import Role
from codeagent.config import Config
from codeagent.domain.errors import UsageError
from codeagent.domain.typed import typed, unknown

ROLES: Final[tuple[Role, ...]] = get_args(Role)


class Key(NamedTuple):
    """What a table [models.NAME] may say: the type, and what it is."""

    kind: type
    about: str


KEYS: Final[Mapping[str, Key]] = {
    "model": Key(str, "the model, as litellm names it: PROVIDER/MODEL"),
    "api_base": Key(str, "the address at which it is served; else its provider's"),
    "key": Key(str, "the environment variable that holds its key; else the provider's usual one"),
    "context_tokens": Key(int, "how much it can read, its answer included"),
    "max_output_tokens": Key(int, "how long an answer may be"),
    "tool_calls": Key(str, "native; text, for models that have none; auto: text where the provider says so"),
    "transport": Key(str, "chat; responses: OpenAI's Responses API, where a server has it"),
    "price_in": Key(float, "dollars for a million tokens of input, where litellm's list has no price"),
    "price_out": Key(float, "and of output"),
    "timeout": Key(float, "seconds of silence after which it is given up; 300"),
    "fallbacks": Key(list, "names of models to ask where this one fails"),
}

Cast = Mapping[Role, tuple[Endpoint, ...]]


@dataclass(frozen=True, slots=True)
class _Alias:
    endpoint: Endpoint
    fallbacks: tuple[str, ...]


def said(config: Config, model: str = "", api_base: str = "") -> dict[str, str]:
    """What names the models for one command alone: its options, else the environment or --set; no settings file."""

    def own(key: str) -> str:
        return str(getattr(config, key)) if config.origins.get(key, "").startswith(("CODEAGENT_", "--set")) else ""

    return {"model": model or own("model"), "api_base": api_base or own("api_base")}


def cast(config: Config, model: str = "", api_base: str = "") -> Cast:
    """For each role the models to ask, the first first.

    `model` (of the command line) plays all roles; so does one that the environment or --set names. The model of a
    settings file plays those to which its [roles] give no other. Raises UsageError."""
    aliases = {name: _alias(name, table) for name, table in config.models.items()}
    for role in config.roles:
        if role not in ROLES:
            raise unknown(role, dict.fromkeys(ROLES), "[roles]")
    named = model or config.model
    everywhere = bool(said(config, model)["model"])
    base = api_base or config.api_base
    chosen: dict[Role, tuple[Endpoint, ...]] = {}
    for role in ROLES:
        own = "" if everywhere else str(config.roles.get(role, ""))
        if not own and not named:
            raise UsageError(
                f"no model is named to be the {role}",
                "name one by --model, CODEAGENT_MODEL, or `model` in your settings: codeagent config shows where",
            )
        chosen[role] = tuple(_line(own or named, "" if own else base, aliases))
    return chosen


def _line(name: str, base: str, aliases: Mapping[str, _Alias]) -> Iterator[Endpoint]:
    """A model and those to fall back on, each once; `base` is for the first where its alias names none."""
    waiting, seen = [name], set[str]()
    while waiting:
        one = waiting.pop(0)
        if one in seen:
            continue
        alias = aliases.get(one)
        endpoint = alias.endpoint if alias else Endpoint(one)
        placed = endpoint if seen or endpoint.api_base or not base else replace(endpoint, api_base=base)
        if placed.api_base and not placed.api_base.startswith(("http://", "https://")):
            raise UsageError(
                f"{placed.model} cannot be served at {placed.api_base!r}",
                "give an address with its scheme, such as http://127.0.0.1:8080/v1",
            )
        if placed.provider == "huggingface" and placed.api_base:  # litellm asks the hub about it all the same
            raise UsageError(f"{placed.model} cannot be served at {placed.api_base}", "name it openai/NAME")
        yield placed
        seen.add(one)
        waiting += alias.fallbacks if alias else ()


def _alias(name: str, table: object) -> _Alias:
    where = f"[models.{name}]"
    if not isinstance(table, dict):
        raise UsageError(f"{where} must be a table", 'it holds at least model = "PROVIDER/MODEL"')
    for key in table:
        if key not in KEYS:
            raise unknown(key, KEYS, where)
    values = {key: typed(key, KEYS[key].kind, value, where) for key, value in table.items()}
    if "model" not in values:
        raise UsageError(f"{where} names no model", 'add model = "PROVIDER/MODEL"')
    if values.get("tool_calls", "auto") not in get_args(ToolCalls):
        raise UsageError(f"tool_calls of {where} must be one of {', '.join(get_args(ToolCalls))}")
    if values.get("transport", "chat") not in get_args(Transport):
        raise UsageError(f"transport of {where} must be one of {', '.join(get_args(Transport))}")
    if values.get("transport") == "responses" and not values["model"].startswith("openai/"):
        raise UsageError(f"transport of {where}: only models openai/NAME have the Responses API", "leave it out")
    if ("price_in" in values) != ("price_out" in values):
        raise UsageError(f"{where} gives only half a price", "give price_in and price_out")
    fallbacks = tuple(values.pop("fallbacks", ()))
    return _Alias(Endpoint(**values), fallbacks)
