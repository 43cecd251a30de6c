"""A run as one JSON document."""

import json
import time
from typing import Any

import msgspec

from codeagent.workflows.applying.telling import RunStory


def document_of(story: RunStory, diff: str | None = None) -> dict[str, Any]:
    """Return a run as plain values; `diff`: the text of what its steps make together, where it is wanted."""
    found: dict[str, Any] = {"schema_version": 1, "run": story.id}
    plain = msgspec.to_builtins(story)
    found |= {key: value for key, value in plain.items() if key not in ("id", "diff", "began", "heard")}
    found |= {"began": _moment(story.began), "heard": _moment(story.heard)}
    return found if diff is None else {**found, "diff": diff}


def as_json(document: dict[str, Any]) -> str:
    """Return a document as indented text; odd bytes of names stay visible."""
    return json.dumps(document, indent=2, ensure_ascii=False).encode("utf-8", "backslashreplace").decode()


def _moment(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
