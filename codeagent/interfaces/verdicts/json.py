"""A verdict as one JSON document."""

import msgspec

from codeagent import __version__
from codeagent.domain.quality import Verdict
from codeagent.quality.gates.document import document

SCHEMA_VERSION = 1


def as_json(verdict: Verdict) -> str:
    """Return the document, indented."""
    head = {"schema_version": SCHEMA_VERSION, "tool": {"name": "codeagent", "version": __version__}}
    return msgspec.json.format(msgspec.json.encode(head | document(verdict)), indent=2).decode()
