"""The profile that macOS's sandbox-exec is given."""

import json
import os
from collections.abc import Iterable
from pathlib import Path


def profile(homes: Iterable[Path], readable: Iterable[Path], writable: Iterable[Path]) -> str:
    """Return a profile: no network but one's own machine, no reading in homes, no writing but where allowed.

    Of several rules that match, the last one counts."""
    rules = [
        "(version 1)",
        "(allow default)",
        "(deny network*)",
        '(allow network* (local ip "localhost:*") (remote ip "localhost:*"))',
        "(allow network* (local unix-socket) (remote unix-socket))",
        "(deny file-read-data", *_below(homes), ")",
        "(allow file-read*", *_below([*readable, *writable]), ")",
        '(deny file-write* (subpath "/"))',
        "(allow file-write*", *_below(writable),
        '(subpath "/private/tmp") (subpath "/private/var/folders") (subpath "/dev"))',
    ]  # fmt: skip
    return "\n".join(rules)


def _below(folders: Iterable[Path]) -> list[str]:
    """The folders as the profile language writes them; real paths, which the system compares."""
    return [f"(subpath {json.dumps(os.fspath(folder.resolve()))})" for folder in folders]
