"""From a plan to its file: the same plan, the same bytes."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields
from textwrap import indent
from typing import Any, Final

import yaml

from codeagent.domain.plan import PLAN_VERSION, Blast, Plan, Step
from codeagent.plans import keys
from codeagent.plans.keys import Key

_WIDTH: Final = 110


def as_tables(plan: Plan) -> dict[str, Any]:
    """Return a plan as plain tables, keys in the order of the format, without what is as by default."""
    return {"version": PLAN_VERSION, **_table(plan, keys.PLAN[1:])}


def as_json(plan: Plan) -> str:
    """Return a plan as a JSON document."""
    text = json.dumps(as_tables(plan), indent=2, ensure_ascii=False) + "\n"
    return text.encode("utf-8", "backslashreplace").decode()  # paths that are no UTF-8


def as_yaml(plan: Plan) -> str:
    """Return a plan as a YAML document, with an empty line between its steps."""
    return as_text(as_tables(plan))


def as_text(tables: Mapping[str, Any]) -> str:
    """Return the YAML of tables in their order, with an empty line between `steps`."""
    names = list(tables)
    at = names.index("steps")
    steps = [indent(_dumped([step]), "  ") for step in tables["steps"]]
    ahead, behind = ({name: tables[name] for name in part} for part in (names[:at], names[at + 1 :]))
    return _dumped(ahead) + "steps:\n" + "\n".join(steps) + ("\n" + _dumped(behind) if behind else "")


def _dumped(value: Any) -> str:
    text: str = yaml.dump(
        value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH, default_flow_style=False
    )
    return text


def _table(value: Plan | Step | Blast, known: Sequence[Key]) -> dict[str, Any]:
    defaults = {one.name: _default(one) for one in fields(value)}
    found = {}
    for key in known:
        one = getattr(value, key.name)
        if key.required or key.name in ("risk", "guarded", "expected_cost") or one != defaults[key.name]:
            found[key.name] = _plain(one)
    return found


def _default(field: Any) -> Any:
    if field.default is not MISSING:
        return field.default
    return field.default_factory() if field.default_factory is not MISSING else MISSING


def _plain(value: Any) -> Any:
    if isinstance(value, Step):
        return _table(value, keys.STEP)
    if isinstance(value, Blast):
        return _table(value, keys.BLAST)
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value


class _Dumper(yaml.SafeDumper):
    """Never writes anchors, sets items of lists in, and writes texts of many lines as they read."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, indentless=False)


def _written(dumper: yaml.SafeDumper, text: str) -> yaml.Node:
    lines = text.split("\n")
    block = len(lines) > 1 and all(_readable(line) for line in lines)
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if block else None)


def _readable(line: str) -> bool:
    return line.isprintable() and line == line.rstrip()


_Dumper.add_representer(str, _written)
