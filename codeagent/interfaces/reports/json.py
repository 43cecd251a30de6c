"""The report as one JSON document."""

from dataclasses import fields

import msgspec

from codeagent.domain.report import Report


def as_json(report: Report) -> str:
    """Return the report as indented JSON; names that are no valid text keep their bytes as U+FFFD."""
    tree = {field.name: getattr(report, field.name) for field in fields(report)}
    return msgspec.json.format(msgspec.json.encode(tree, enc_hook=str), indent=2).decode() + "\n"
