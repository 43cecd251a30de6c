"""The declarations of all gates: shipped ones, then what the user's and the project's settings add or tighten."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import Any, Final

from codeagent.config import Config, Layer, data_folder
from codeagent.domain.errors import UsageError
from codeagent.quality.gates.gate import Gate

READS: Final = ("exit-code", "lines", "sarif", "junit", "json")
_TEXTS: Final = ("summary", "family", "reads")
_LISTS: Final = ("when", "command")
_FLAGS: Final = ("required", "fast")
# How a command is run and read, and whether it is code of the repository: for its user alone to say.
_RUNNING: Final = ("configured", "options", "targets", "stdin", "codes", "runs_code")
_NAMED: Final = (*_TEXTS, *_LISTS, *_FLAGS, "timeout")
_Found = dict[str, Gate]


def load_gates(config: Config, base: Iterable[Layer] = ()) -> tuple[dict[str, Gate], tuple[str, ...]]:
    """Return the gates by name, and notes on what a project asked for in vain.

    `base` are layers of the project as it was before the change: what they tighten counts too.
    Raises UsageError for a declaration that makes no sense."""
    gates = built_in_gates()
    notes: list[str] = []
    for layer in (*base, *config.gates):
        for name, table in layer.values.items():
            if not isinstance(table, dict):
                raise UsageError(f"gates.{name} must be a table, not {table!r} ({layer.origin})")
            if name in gates:
                gates[name] = _tightened(gates[name], table, layer, notes)
            elif "command" in table:
                gates[name] = declared(name, table, layer.origin, layer.trusted)
            else:
                raise _unknown(name, gates, layer.origin)
    return gates, tuple(dict.fromkeys(notes))


def built_in_gates() -> _Found:
    """Return the gates that are shipped, by name."""
    found = {}
    for path in sorted((data_folder("quality") / "gates").glob("*.toml")):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        found[path.stem] = declared(path.stem, table, "built-in", trusted=True)
    return found


def declared(name: str, table: Mapping[str, Any], origin: str, trusted: bool) -> Gate:
    """Return the gate that a table declares; UsageError where a value is of the wrong type."""
    where = f"{origin}, gate {name}"
    for key, kind in ((_TEXTS, str), (_FLAGS, bool), (_LISTS, list)):
        for one in key:
            if one in table and not isinstance(table[one], kind):
                raise UsageError(f"{one} must be {_WORDS[kind]}, not {table[one]!r} ({where})")
    reads = table.get("reads", "exit-code")
    if "command" in table and reads not in READS:
        raise UsageError(f"reads must be one of {', '.join(READS)}, not {reads!r} ({where})")
    if any(not isinstance(part, str) for key in _LISTS for part in table.get(key, ())):
        raise UsageError(
            f"when and command are lists of texts ({where})", "a command is an argument list, no shell line"
        )
    return Gate(
        name=name,
        summary=table.get("summary", name),
        origin=origin,
        trusted=trusted,
        family=table.get("family", ""),
        required=table.get("required", True),
        fast=table.get("fast", False),
        when=tuple(table.get("when", ())),
        command=tuple(table.get("command", ())),
        reads=reads,
        timeout=float(table.get("timeout", 120)),
        settings={key: value for key, value in table.items() if key not in _NAMED},
    )


_WORDS: Final = {str: "text", bool: "true or false", list: "a list of texts"}


def _tightened(gate: Gate, table: Mapping[str, Any], layer: Layer, notes: list[str]) -> Gate:
    """A gate with what a layer says: the user's as it stands, a project's where it is stricter."""
    settings = dict(gate.settings)
    for key, value in table.items():
        where = f"{layer.origin}: gates.{gate.name}.{key}"
        if key in _RUNNING and not layer.trusted:
            notes.append(f"{where} is ignored: a project may only make a gate stricter")
        elif key in _NAMED:
            if layer.trusted:
                gate = declared(gate.name, {**_table_of(gate), **table}, layer.origin, gate.trusted)
                settings |= gate.settings
            elif not (key == "required" and value is True):
                notes.append(f"{where} is ignored: a project may only make a gate stricter")
            else:
                gate = replace(gate, required=True)
        elif key not in settings:
            raise _unknown(key, settings, f"{layer.origin}, gates.{gate.name}")
        else:
            settings[key] = _stricter(settings[key], value, layer, where, notes)
    return replace(gate, settings=settings)


def _stricter(known: Any, value: Any, layer: Layer, where: str, notes: list[str]) -> Any:
    number = isinstance(known, int | float)
    if number != isinstance(value, int | float) or (isinstance(known, list) != isinstance(value, list)):
        raise UsageError(f"{where} must be {'a number' if number else 'a list'}, not {value!r}")
    if isinstance(known, list):
        return [*known, *(one for one in value if one not in known)]
    if not layer.trusted and value > known:
        notes.append(f"{where} is ignored: a project may only lower {known}")
        return known
    return value


def _table_of(gate: Gate) -> dict[str, Any]:
    found: dict[str, Any] = {key: getattr(gate, key) for key in _NAMED}
    return found | {"when": list(gate.when), "command": list(gate.command), **gate.settings}


def _unknown(name: str, known: Iterable[str], where: str) -> UsageError:
    near = get_close_matches(name, list(known), n=1)
    hint = f'did you mean "{near[0]}"?' if near else "a gate of your own needs a command: an argument list"
    return UsageError(f'unknown "{name}" in {where}', hint)
