"""What a baseline lets pass: the fingerprints of an earlier result, read as the file was before the change."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

from codeagent.domain.errors import UsageError
from codeagent.quality.gates.change import Change

_KEYS: Final = ("fingerprint", "codeagent/v1")  # in JSON, and in SARIF


def known_fingerprints(change: Change, baseline: Path | None) -> frozenset[str]:
    """Return the fingerprints of all findings in a JSON or SARIF file; a change cannot add to those it is judged by.

    Raises UsageError for a file that is not there or holds no JSON."""
    if baseline is None:
        return frozenset()
    data = _read(change, baseline)
    try:
        return frozenset(_fingerprints(msgspec.json.decode(data)))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        hint = "codeagent review --format json -o FILE writes one"
        raise UsageError(f"the baseline {baseline} cannot be read: {error}", hint) from error


def _read(change: Change, baseline: Path) -> bytes:
    whole, root = baseline.resolve(), change.root.resolve()
    if whole.is_relative_to(root):
        path = whole.relative_to(root).as_posix()
        if path in change.touched:
            return change.read_before(path) or b"{}"
    try:
        return whole.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read the baseline {baseline}: {error.strerror}") from error


def _fingerprints(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in _KEYS and isinstance(inner, str):
                yield inner
            else:
                yield from _fingerprints(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _fingerprints(inner)
