"""The JSON schema of a plan, from its keys and the operations that there are."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from codeagent.domain.plan import PLAN_VERSION
from codeagent.plans import keys
from codeagent.plans.keys import Key

_TEXT: Final = {"type": "string", "maxLength": keys.LONGEST_TEXT}
_TEXTS: Final = {"type": "array", "items": _TEXT, "maxItems": keys.MOST_ITEMS}


def plan_schema(operations: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return the schema; `operations` maps the name of each operation, rewrite too, to the schema of its arguments."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A plan of codeagent",
        **_table(keys.PLAN),
        "$defs": {"step": step_schema(operations), "blast": _table(keys.BLAST)},
    }


def step_schema(operations: Mapping[str, Mapping[str, Any]], without: Sequence[str] = ()) -> dict[str, Any]:
    """Return the schema of a step, but for the keys `without`."""
    found = _table([key for key in keys.STEP if key.name not in without])
    found["properties"]["operation"] = {**found["properties"]["operation"], "enum": list(operations)}
    found["allOf"] = [
        {
            "if": {"properties": {"operation": {"const": name}}},
            "then": {"properties": {"arguments": arguments}},
        }
        for name, arguments in operations.items()
    ]
    return found


def _table(known: Sequence[Key]) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [key.name for key in known if key.required],
        "properties": {key.name: {**_kind(key), "description": key.about} for key in known},
    }


def _kind(key: Key) -> dict[str, Any]:
    if key.name == "id":
        return {"type": "string", "pattern": f"^{keys.STEP_ID}$"}
    match key.kind:
        case "text":
            return {**_TEXT, **({"enum": list(key.choices)} if key.choices else {})}
        case "texts":
            return dict(_TEXTS)
        case "flag":
            return {"type": "boolean"}
        case "count":
            return {"type": "integer", "minimum": 0}
        case "version":
            return {"const": PLAN_VERSION}
        case "money":
            return {"type": ["number", "null"], "minimum": 0}
        case "digests":
            return {"type": "object", "additionalProperties": {"type": "string", "pattern": f"^{keys.DIGEST}$"}}
        case "arguments":
            return {"type": "object"}
        case "blast":
            return {"$ref": "#/$defs/blast"}
        case "steps":
            return {"type": "array", "items": {"$ref": "#/$defs/step"}, "minItems": 1, "maxItems": keys.MOST_STEPS}
