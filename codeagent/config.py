"""The settings in force and where each came from: built-in < user < project < environment < flags."""

import os
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import platformdirs

from codeagent.domain.errors import UsageError
from codeagent.domain.typed import typed, unknown

PACKAGE: Final = Path(__file__).parent
SHIPPED: Final = PACKAGE / "_data"
SETTINGS_FILES: Final = ("pyproject.toml", "codeagent.toml", "codeagent.local.toml")  # a project's own, weakest first
LARGEST_FILE: Final = 1 << 20  # bytes of a settings file that we are ready to read

Checks = Mapping[str, Mapping[str, float]]
# what a settings file may hold besides single values
_TABLES: Final = ("checks", "gates", "waivers", "models", "roles", "mcp")


@dataclass(frozen=True, slots=True)
class Setting:
    """One key: its type and default, and what a project (code somebody else wrote) may do with it."""

    kind: type
    default: object
    about: str
    project: str  # "adds" to a list, "lowers" a number, "tightens" a word, "never": only the user's own layers set it
    words: tuple[str, ...] = ()  # the values there are, the strictest last


SANDBOXES: Final = ("off", "auto", "require")

SETTINGS: Final[Mapping[str, Setting]] = {
    "exclude": Setting(list, (), "patterns, as in .gitignore, of files that are never read", "adds"),
    "max_file_bytes": Setting(int, 1_000_000, "larger files are counted as skipped", "lowers"),
    "cache_dir": Setting(str, "", "where the index lies; empty: the user's cache folder", "never"),
    "cache_megabytes": Setting(int, 4096, "the size at which old entries of the index are dropped", "never"),
    "model": Setting(str, "", "the language model, as litellm or [models] names it; empty: none", "never"),
    "api_base": Setting(str, "", "the address at which that model is served; empty: its provider's", "never"),
    "sandbox": Setting(
        str, "auto", "how commands of a repository are shut in: off, auto, or require", "tightens", SANDBOXES
    ),
}


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of one run. `checks` holds the limits of each rule, from `quality/checks.toml`.

    `gates` are the tables of that name, lowest layer first; `waivers` those of the user's own files, each with
    its `origin`; `models` and `roles`, of those files too, are read by `codeagent/agent/roles.py`. `origins` names
    the layer of every value, by its dotted key; `notes` say what a project asked for in vain."""

    exclude: tuple[str, ...]
    max_file_bytes: int
    cache_dir: Path
    cache_megabytes: int
    model: str
    sandbox: str
    checks: Checks
    origins: Mapping[str, str]
    notes: tuple[str, ...]
    gates: tuple["Layer", ...] = ()
    waivers: tuple[Mapping[str, Any], ...] = ()
    api_base: str = ""
    models: Mapping[str, Any] = field(default_factory=dict)
    roles: Mapping[str, Any] = field(default_factory=dict)
    mcp: tuple["Layer", ...] = ()  # tables of servers, read by `codeagent/interfaces/mcp/servers.py`


@dataclass(frozen=True, slots=True)
class Layer:
    """One source of settings; an untrusted one may tighten and never loosen."""

    origin: str
    values: Mapping[str, Any]
    trusted: bool


def load_config(
    root: Path, flags: Mapping[str, str] | None = None, committed: Callable[[str], bytes | None] | None = None
) -> Config:
    """Merge every layer for the repository at `root`; `flags` map keys to text.

    `committed` reads a project's settings file elsewhere than on disk, such as from the base of a pull request.
    Raises UsageError for a file that is no TOML, an unknown key, or a value of the wrong type."""
    merged = _Merge()
    for layer in _layers(root, flags or {}, committed):
        merged.add(layer)
    values = merged.values
    return Config(
        exclude=tuple(values["exclude"]),
        max_file_bytes=values["max_file_bytes"],
        cache_dir=Path(values["cache_dir"] or platformdirs.user_cache_path("codeagent")).expanduser(),
        cache_megabytes=values["cache_megabytes"],
        model=values["model"],
        sandbox=values["sandbox"],
        checks=merged.checks,
        origins=merged.origins,
        notes=tuple(merged.notes),
        gates=tuple(merged.gates),
        waivers=tuple(merged.waivers),
        api_base=values["api_base"],
        models=merged.own["models"],
        roles=merged.own["roles"],
        mcp=tuple(merged.mcp),
    )


def data_folder(name: str) -> Path:
    """Where `prompts` or `quality` lies: in the installed package, or beside it in a checkout."""
    return SHIPPED / name if SHIPPED.is_dir() else PACKAGE.parent / name


def built_in_checks() -> dict[str, dict[str, float]]:
    """The limits that every rule starts from."""
    text = (data_folder("quality") / "checks.toml").read_text(encoding="utf-8")
    return {rule: dict(limits) for rule, limits in tomllib.loads(text).items()}


def user_file() -> Path:
    """The user's own settings file, which need not exist: $CODEAGENT_CONFIG, else in the config folder."""
    named = os.environ.get("CODEAGENT_CONFIG")
    return Path(named) if named else platformdirs.user_config_path("codeagent") / "config.toml"


def project_layers(text: bytes, name: str) -> Layer:
    """Return what a project's settings file says, given its text; `name` tells pyproject.toml from the others.

    Raises UsageError for a codeagent.toml that is no TOML."""
    return Layer(name, _table(text, name, *_tables_of(name)), trusted=False)


def _tables_of(name: str) -> tuple[str, ...]:
    return ("tool", "codeagent") if name == "pyproject.toml" else ()


def _layers(root: Path, flags: Mapping[str, str], committed: Callable[[str], bytes | None] | None) -> Iterator[Layer]:
    user = user_file()
    if os.environ.get("CODEAGENT_CONFIG") and not user.is_file():
        raise UsageError(f"no such file: {user}", "CODEAGENT_CONFIG names it; correct it or unset it")
    yield Layer(str(user), _read(user), trusted=True)
    if committed is not None:
        yield from (project_layers(committed(name) or b"", name) for name in ("pyproject.toml", "codeagent.toml"))
    else:
        yield Layer("pyproject.toml", _read(root / "pyproject.toml", "tool", "codeagent"), trusted=False)
        for name in ("codeagent.toml", "codeagent.local.toml"):
            yield Layer(name, _read(root / name), trusted=False)
    for key in SETTINGS:
        text = os.environ.get(f"CODEAGENT_{key.upper()}")
        if text:
            origin = f"CODEAGENT_{key.upper()}"
            yield Layer(origin, {key: _from_text(key, text, origin)}, trusted=True)
    for key, text in flags.items():
        yield Layer("--set", {key: _from_text(key, text, "--set")}, trusted=True)


def _read(path: Path, *tables: str) -> Mapping[str, Any]:
    """A TOML file's table, empty where there is no such file or table."""
    try:
        if not path.is_file():
            return {}
        if path.stat().st_size > LARGEST_FILE:
            raise UsageError(f"{path.name} is too large for a settings file", f"keep it under {LARGEST_FILE} bytes")
        text = path.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error
    return _table(text, str(path), *tables)


def _table(text: bytes, name: str, *tables: str) -> Mapping[str, Any]:
    try:
        value: Any = tomllib.loads(text.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        if tables:  # a manifest that others also read: its faults are not ours to judge
            return {}
        raise UsageError(f"{Path(name).name} cannot be read: {error}", f"correct {name}") from error
    for table in tables:
        value = value.get(table, {}) if isinstance(value, dict) else {}
    return value if isinstance(value, dict) else {}


def _from_text(key: str, text: str, origin: str) -> object:
    """The value that the text of a variable or a flag means."""
    setting = SETTINGS.get(key)
    if setting is None:
        raise unknown(key, SETTINGS, origin)
    if setting.kind is list:
        return [part.strip() for part in text.split(",") if part.strip()]
    if setting.kind is int:
        try:
            return int(text)
        except ValueError:
            return text  # the check of types says what is wrong with it
    return text


@dataclass(slots=True)
class _Merge:
    values: dict[str, Any] = field(default_factory=lambda: {key: s.default for key, s in SETTINGS.items()})
    checks: dict[str, dict[str, float]] = field(default_factory=built_in_checks)
    origins: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    gates: list[Layer] = field(default_factory=list)
    mcp: list[Layer] = field(default_factory=list)
    waivers: list[Mapping[str, Any]] = field(default_factory=list)
    own: dict[str, dict[str, Any]] = field(default_factory=lambda: {"models": {}, "roles": {}})

    def __post_init__(self) -> None:
        self.origins |= dict.fromkeys(SETTINGS, "built-in")
        self.origins |= {f"checks.{rule}.{key}": "built-in" for rule, limits in self.checks.items() for key in limits}

    def add(self, layer: Layer) -> None:
        for key, value in layer.values.items():
            if key == "checks":
                self._add_checks(value, layer)
            elif key in ("gates", "mcp"):
                kept = self.gates if key == "gates" else self.mcp
                kept.append(Layer(layer.origin, typed(key, dict, value, layer.origin), layer.trusted))
            elif key == "waivers":
                self._add_waivers(value, layer)
            elif key in self.own:
                self._add_own(key, value, layer)
            elif key not in SETTINGS:
                raise unknown(key, {**SETTINGS, **dict.fromkeys(_TABLES)}, layer.origin)
            else:
                self._add_value(
                    key, _worded(key, typed(key, SETTINGS[key].kind, value, layer.origin), layer.origin), layer
                )

    def _add_value(self, key: str, value: Any, layer: Layer) -> None:
        before, project = self.values[key], SETTINGS[key].project
        reason = "" if layer.trusted else _objection(key, before, value)
        if reason:
            self.notes.append(f"{layer.origin}: {key} = {value!r} is ignored: {reason}")
            return
        self.values[key] = [*before, *value] if project == "adds" else value
        self.origins[key] = f"{self.origins[key]}, {layer.origin}" if project == "adds" and before else layer.origin

    def _add_own(self, key: str, value: object, layer: Layer) -> None:
        if layer.trusted:
            table = typed(key, dict, value, layer.origin)
            self.own[key] |= table
            self.origins |= {f"{key}.{name}": layer.origin for name in table}
        else:
            self.notes.append(f"{layer.origin}: {key} is ignored: only your own settings may name models")

    def _add_waivers(self, value: object, layer: Layer) -> None:
        if not layer.trusted:
            how = "count in your own settings, and as they were before a change in a repository that you trust"
            self.notes.append(f"{layer.origin}: waivers only {how}")
            return
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise UsageError(f"waivers must be tables, [[waivers]], not {value!r} ({layer.origin})")
        self.waivers += [{**one, "origin": layer.origin} for one in value]

    def _add_checks(self, rules: object, layer: Layer) -> None:
        for rule, limits in typed("checks", dict, rules, layer.origin).items():
            if rule not in self.checks:
                raise unknown(rule, self.checks, f"{layer.origin}, table checks")
            for key, limit in typed(f"checks.{rule}", dict, limits, layer.origin).items():
                known, name = self.checks[rule], f"checks.{rule}.{key}"
                if key not in known:
                    raise unknown(key, known, f"{layer.origin}, table checks.{rule}")
                if not layer.trusted and typed(name, float, limit, layer.origin) > known[key]:
                    self.notes.append(f"{layer.origin}: {name} is ignored: a project may only lower {known[key]}")
                    continue
                known[key] = typed(name, float, limit, layer.origin)
                self.origins[name] = layer.origin


def _objection(key: str, before: Any, value: Any) -> str:
    """Why a project may not give a setting this value, "" where it may."""
    setting = SETTINGS[key]
    if setting.project == "never":
        return "only your own settings may set it"
    if setting.project == "lowers" and value > before:
        return f"a project may only lower {before}"
    words = setting.words
    return f"a project may only tighten {before}" if words and words.index(value) < words.index(before) else ""


def _worded(key: str, value: Any, origin: str) -> Any:
    """`value`, or UsageError where the setting knows other words only."""
    words = SETTINGS[key].words
    if words and value not in words:
        raise UsageError(f"{key} must be one of {', '.join(words)}, not {value!r} ({origin})")
    return value
