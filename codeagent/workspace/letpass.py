"""The log of what waivers have let pass in a repository: a line each, in the user's own state folder."""

import json
import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from codeagent.domain.quality import Waived
from codeagent.workspace.storage import private_folder, repository_folder, state_dir

_NAME: Final = "waived.jsonl"
_LARGEST: Final = 4 << 20  # bytes; what is older goes to a second file, and then


def waiver_log(root: Path) -> Path:
    """Return where the log of a repository lies; it may not exist yet."""
    return repository_folder(state_dir(), root) / _NAME


def log_waived(root: Path, base: str, waived: Iterable[Waived]) -> str:
    """Append what was let pass, remarks in the code left out; return what is wrong where that cannot be done."""
    lines = [_line(base, one) for one in waived if one.reason != "inline"]
    if not lines:
        return ""
    path = waiver_log(root)
    storage = private_folder(path.parent)
    if storage.path is None:
        return f"what was let pass could not be logged: {storage.problem}"
    try:
        if path.exists() and path.stat().st_size > _LARGEST:
            path.replace(path.with_suffix(".old.jsonl"))
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "w", encoding="utf-8") as file:
            file.write("".join(lines))
    except OSError as error:
        return f"what was let pass could not be logged in {path}: {error.strerror}"
    return ""


def _line(base: str, one: Waived) -> str:
    finding = one.finding
    told = {
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "base": base,
        "rule": finding.rule,
        "path": finding.path,
        "line": finding.line,
        "fingerprint": finding.fingerprint,
        "message": finding.message,
        "reason": one.reason,
        "note": one.note,
        "origin": one.origin,
    }
    return json.dumps(told) + "\n"
