"""Which model is asked, by settings and options; and what a project cannot say."""

import json

import pytest

from codeagent.agent.endpoint import Endpoint
from codeagent.agent.loading import load_litellm
from codeagent.agent.prices import known
from codeagent.agent.roles import cast
from codeagent.config import load_config, user_file
from codeagent.domain.errors import UsageError

SETTINGS = """
model = "strong"

[models.strong]
model = "anthropic/claude-sonnet-4-5"
max_output_tokens = 8000
fallbacks = ["local", "openai/gpt-4o"]

[models.local]
model = "openai/qwen"
api_base = "http://127.0.0.1:8080/v1"
context_tokens = 8192
tool_calls = "text"
price_in = 0
price_out = 0
fallbacks = ["strong"]

[roles]
explorer = "local"
"""


@pytest.fixture
def settings(home):
    """Write the user's own settings."""

    def write(text: str) -> None:
        user_file().parent.mkdir(parents=True, exist_ok=True)
        user_file().write_text(text)

    return write


STRONG = Endpoint("anthropic/claude-sonnet-4-5", max_output_tokens=8000)
LOCAL = Endpoint(
    "openai/qwen", "http://127.0.0.1:8080/v1", context_tokens=8192, tool_calls="text", price_in=0, price_out=0
)


def test_roles_and_fallbacks_come_from_the_users_settings(settings, tmp_path):
    settings(SETTINGS)
    found = cast(load_config(tmp_path))
    assert found["planner"] == found["editor"] == (STRONG, LOCAL, Endpoint("openai/gpt-4o"))
    assert found["explorer"] == (LOCAL, STRONG, Endpoint("openai/gpt-4o"))


def test_a_model_on_the_command_line_or_in_the_environment_plays_all_roles(settings, tmp_path, monkeypatch):
    settings(SETTINGS)
    found = cast(load_config(tmp_path), "openai/mine", "http://127.0.0.1:1/v1")
    assert set(found.values()) == {(Endpoint("openai/mine", "http://127.0.0.1:1/v1"),)}
    monkeypatch.setenv("CODEAGENT_MODEL", "local")
    monkeypatch.setenv("CODEAGENT_API_BASE", "http://127.0.0.1:1/v1")
    found = cast(load_config(tmp_path))
    assert set(found.values()) == {(LOCAL, STRONG, Endpoint("openai/gpt-4o"))}  # an alias knows its own place


def test_a_place_for_one_model_is_not_given_to_its_fallbacks(settings, tmp_path):
    settings(SETTINGS)
    found = cast(load_config(tmp_path), "strong", "http://127.0.0.1:1/v1")["editor"]
    assert [one.api_base for one in found] == ["http://127.0.0.1:1/v1", "http://127.0.0.1:8080/v1", ""]


def test_a_project_names_no_model_and_no_place(tmp_path):
    (tmp_path / "codeagent.toml").write_text(f'api_base = "http://evil.example/v1"\n{SETTINGS}')
    (tmp_path / "pyproject.toml").write_text('[tool.codeagent]\nmodel = "openai/evil"\n')
    config = load_config(tmp_path)
    assert (config.model, config.api_base, config.models, config.roles) == ("", "", {}, {})
    assert len([note for note in config.notes if "only your own settings" in note]) == 5
    with pytest.raises(UsageError, match="no model is named"):
        cast(config)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[models.a]\nmodle = "x"', 'unknown setting "modle" in [models.a]'),
        ('[models.a]\napi_base = "x"', "[models.a] names no model"),
        ('[models.a]\nmodel = "x"\ncontext_tokens = "many"', "context_tokens must be a whole number above zero"),
        ('[models.a]\nmodel = "x"\ntool_calls = "maybe"', "must be one of auto, native, text"),
        ('[models.a]\nmodel = "x"\nprice_in = 1.5', "only half a price"),
        ('[models]\na = "x"', "[models.a] must be a table"),
        ('[roles]\nplaner = "x"', 'unknown setting "planer" in [roles]'),
    ],
)
def test_mistakes_are_named(settings, tmp_path, text, says):
    settings(text)
    with pytest.raises(UsageError) as caught:
        cast(load_config(tmp_path), "openai/x")
    assert says in caught.value.message


# --- what is known of models ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "model",
    ["gpt-4o", "openai/gpt-4o", "anthropic/claude-sonnet-4-5", "gemini/gemini-2.5-pro", "deepseek/deepseek-chat"],
)
@pytest.mark.parametrize("given", [1_000, 250_000])
def test_prices_are_those_of_litellm(model, given):
    mine = known(Endpoint(model)).prices
    theirs = load_litellm().cost_per_token(
        model=model, prompt_tokens=given, completion_tokens=500, cache_read_input_tokens=300
    )
    assert mine is not None
    assert mine.cost(given, 500, cached=300) == pytest.approx(sum(theirs))


def test_what_is_not_in_the_list_is_unknown():
    nothing = known(Endpoint("openai/nobody-knows"))
    assert (nothing.prices, nothing.context_tokens, nothing.max_output_tokens) == (None, None, None)
    assert known(Endpoint("foo/gpt-4o")).prices is None  # another provider's price is not this one's
    assert known(LOCAL).prices.cost(100, 100) == 0
    assert known(Endpoint("gpt-4o")).context_tokens == 128_000


# --- what doctor and config say of them ---------------------------------------------------------------


def test_doctor_and_config_tell_them(settings, tmp_path, invoke, monkeypatch):
    settings(SETTINGS)
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    found = json.loads(invoke("doctor", "--format", "json", cwd=tmp_path).out)["checks"]
    said = [(one["state"], one["detail"]) for one in found if one["name"] == "model"]
    assert said == [
        ("note", "anthropic/claude-sonnet-4-5 (planner, editor); ANTHROPIC_API_KEY is not set"),
        ("ok", "openai/qwen at http://127.0.0.1:8080/v1 (explorer)"),
    ]
    shown = json.loads(invoke("config", "show", "--origin", "--format", "json", cwd=tmp_path).out)["settings"]
    assert shown["roles.explorer"] == {"value": "local", "origin": str(user_file())}
    assert shown["models.local"]["value"]["context_tokens"] == 8192
    settings('[roles]\nexplorer = "x"\n')
    found = json.loads(invoke("doctor", "--format", "json", cwd=tmp_path).out)["checks"]
    assert [one["state"] for one in found if one["name"] == "model"] == ["problem"]


@pytest.mark.parametrize("base", ["localhost:8080", "not-a-url", "file:///etc/passwd"])
def test_an_address_without_a_scheme_is_told_at_once(settings, tmp_path, base):
    with pytest.raises(UsageError, match="cannot be served at") as caught:
        cast(load_config(tmp_path), "openai/x", base)
    assert "http://127.0.0.1:8080/v1" in caught.value.hint
