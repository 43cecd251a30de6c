"""Settings: the order of the layers, where values come from, and what a project may not do."""

from pathlib import Path

import pytest

from codeagent.config import SETTINGS, data_folder, load_config, user_file
from codeagent.domain.errors import UsageError


def write_user_file(text: str) -> None:
    path = user_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_built_in_values_without_any_file(tmp_path):
    config = load_config(tmp_path)
    assert config.max_file_bytes == SETTINGS["max_file_bytes"].default
    assert set(config.origins.values()) == {"built-in"}
    assert config.notes == ()


def test_each_layer_wins_over_the_one_below(tmp_path, monkeypatch):
    def origin() -> tuple[int, str]:
        config = load_config(tmp_path, flags)
        return config.max_file_bytes, config.origins["max_file_bytes"]

    flags: dict[str, str] = {}
    write_user_file("max_file_bytes = 900")
    assert origin() == (900, str(user_file()))
    (tmp_path / "pyproject.toml").write_text("[tool.codeagent]\nmax_file_bytes = 800")
    assert origin() == (800, "pyproject.toml")
    (tmp_path / "codeagent.toml").write_text("max_file_bytes = 700")
    assert origin() == (700, "codeagent.toml")
    (tmp_path / "codeagent.local.toml").write_text("max_file_bytes = 600")
    assert origin() == (600, "codeagent.local.toml")
    monkeypatch.setenv("CODEAGENT_MAX_FILE_BYTES", "5000")
    assert origin() == (5000, "CODEAGENT_MAX_FILE_BYTES")
    flags = {"max_file_bytes": "6000"}
    assert origin() == (6000, "--set")


def test_a_project_cannot_raise_a_limit(tmp_path):
    (tmp_path / "codeagent.toml").write_text("max_file_bytes = 999_999_999")
    config = load_config(tmp_path)
    assert config.max_file_bytes == SETTINGS["max_file_bytes"].default
    assert "codeagent.toml: max_file_bytes = 999999999 is ignored" in config.notes[0]


@pytest.mark.parametrize("key", [key for key, setting in SETTINGS.items() if setting.project == "never"])
def test_a_project_cannot_name_what_is_the_users(tmp_path, key):
    value = "9" if SETTINGS[key].kind is int else "'https://example.org'"
    (tmp_path / "pyproject.toml").write_text(f"[tool.codeagent]\n{key} = {value}")
    config = load_config(tmp_path)
    assert config.origins[key] == "built-in"
    assert config.notes


def test_a_user_may_raise_a_limit_and_a_project_may_come_back_down(tmp_path):
    write_user_file("max_file_bytes = 5_000_000")
    (tmp_path / "codeagent.toml").write_text("max_file_bytes = 4_000_000")
    assert load_config(tmp_path).max_file_bytes == 4_000_000


def test_excluded_patterns_add_up(tmp_path):
    write_user_file("exclude = ['*.min.js']")
    (tmp_path / "codeagent.toml").write_text("exclude = ['generated/']")
    config = load_config(tmp_path)
    assert config.exclude == ("*.min.js", "generated/")
    assert config.origins["exclude"] == f"{user_file()}, codeagent.toml"


def test_checks_may_be_lowered_by_a_project_and_not_raised(tmp_path):
    before = load_config(tmp_path).checks["complex-function"]["complexity"]
    (tmp_path / "codeagent.toml").write_text(f"[checks.complex-function]\ncomplexity = {before - 5}")
    config = load_config(tmp_path)
    assert config.checks["complex-function"]["complexity"] == before - 5
    assert config.origins["checks.complex-function.complexity"] == "codeagent.toml"
    (tmp_path / "codeagent.toml").write_text(f"[checks.complex-function]\ncomplexity = {before + 5}")
    config = load_config(tmp_path)
    assert config.checks["complex-function"]["complexity"] == before
    assert "may only lower" in config.notes[0]


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("exlude = []", 'unknown setting "exlude" in codeagent.toml', 'did you mean "exclude"?'),
        ("zebra = 1", 'unknown setting "zebra"', "known settings: exclude"),
        ("max_file_bytes = 'big'", "max_file_bytes must be a whole number above zero, not 'big' (codeagent.toml)", ""),
        ("max_file_bytes = true", "must be a whole number", ""),
        ("max_file_bytes = 0", "must be a whole number above zero", ""),
        ("exclude = 'x'", "exclude must be a list of texts", ""),
        ("checks = 1", "checks must be a table", ""),
        ("[checks.complex-funktion]\ncomplexity = 1", 'unknown setting "complex-funktion"', "complex-function"),
        ("[checks.complex-function]\ncomplexty = 1", 'unknown setting "complexty"', "complexity"),
        ("[checks.complex-function]\ncomplexity = 'a'", "must be a number", ""),
        ("max_file_bytes = ", "codeagent.toml cannot be read", "correct"),
    ],
)
def test_mistakes_name_the_file_and_the_remedy(tmp_path, text, message, hint):
    (tmp_path / "codeagent.toml").write_text(text)
    with pytest.raises(UsageError) as caught:
        load_config(tmp_path)
    assert message in caught.value.message
    assert hint in caught.value.hint


def test_a_broken_pyproject_is_not_ours_to_judge(tmp_path):
    (tmp_path / "pyproject.toml").write_bytes(b"[tool.codeagent\n\xff")
    assert load_config(tmp_path).notes == ()


def test_settings_of_the_environment_and_of_flags_are_checked_too(tmp_path, monkeypatch):
    with pytest.raises(UsageError, match="zebra"):
        load_config(tmp_path, {"zebra": "1"})
    monkeypatch.setenv("CODEAGENT_CACHE_MEGABYTES", "lots")
    with pytest.raises(UsageError, match="CODEAGENT_CACHE_MEGABYTES"):
        load_config(tmp_path)


def test_a_list_in_a_variable_is_split_at_commas(tmp_path, monkeypatch):
    monkeypatch.setenv("CODEAGENT_EXCLUDE", "a/*, b ,")
    assert load_config(tmp_path).exclude == ("a/*", "b")


def test_the_users_file_can_be_named(tmp_path, monkeypatch):
    monkeypatch.setenv("CODEAGENT_CONFIG", str(tmp_path / "mine.toml"))
    with pytest.raises(UsageError, match=r"no such file.*mine\.toml"):
        load_config(tmp_path)
    (tmp_path / "mine.toml").write_text("model = 'x/y'")
    assert load_config(tmp_path).model == "x/y"


def test_the_cache_folder_can_be_moved(tmp_path, monkeypatch, home):
    assert load_config(tmp_path).cache_dir.is_relative_to(home)
    monkeypatch.setenv("CODEAGENT_CACHE_DIR", str(tmp_path / "elsewhere"))
    assert load_config(tmp_path).cache_dir == tmp_path / "elsewhere"


def test_shipped_data_is_found():
    assert (data_folder("quality") / "checks.toml").is_file()
    assert (data_folder("prompts") / "README.md").is_file()
    assert isinstance(data_folder("quality"), Path)


@pytest.mark.parametrize(
    ("user", "project", "wins", "notes"),
    [("auto", "require", "require", 0), ("auto", "off", "auto", 1), ("require", "auto", "require", 1)],
)
def test_a_project_may_tighten_the_sandbox_and_never_loosen_it(tmp_path, monkeypatch, user, project, wins, notes):
    monkeypatch.setenv("CODEAGENT_CONFIG", str(tmp_path / "mine.toml"))
    (tmp_path / "mine.toml").write_text(f"sandbox = '{user}'")
    (tmp_path / "codeagent.toml").write_text(f"sandbox = '{project}'")
    config = load_config(tmp_path)
    assert (config.sandbox, len(config.notes)) == (wins, notes)
    assert load_config(tmp_path, {"sandbox": "off"}).sandbox == "off"
    with pytest.raises(UsageError, match="one of off, auto, require"):
        load_config(tmp_path, {"sandbox": "of"})
