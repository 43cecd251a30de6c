"""A refactoring's result as one JSON text."""

import json
from collections.abc import Mapping
from typing import Any


def as_json(document: Mapping[str, Any]) -> str:
    """Return a document of `codeagent.workflows.proposal`, indented; odd bytes of names stay visible."""
    return json.dumps(document, indent=2, ensure_ascii=False).encode("utf-8", "backslashreplace").decode()
