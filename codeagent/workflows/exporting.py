"""The transcript of a run as it may be shown to others: without keys, without whose machine it was."""

import getpass
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from codeagent.domain.run import Record
from codeagent.quality.gates.secrets import redacted

_SECRET_NAME: Final = re.compile(r"(?i)key|token|secret|password|passwd|credential")
_MARK: Final = re.compile(r"untrusted-[0-9a-f]{16}")  # of fences: nobody is to learn the user's
_SHORTEST: Final = 8  # letters of a value of the environment that is looked for
_SAID_OFTEN: Final = ("root", "user", "admin", "runner", "build", "test")  # user names that are words as well


def shareable(records: Iterable[Record], root: Path) -> Iterator[Record]:
    """Yield the records of a run with keys and passwords, the user's name and their folders replaced."""
    hide = _hider(root)
    for record in records:
        yield replace(record, body=_hidden(record.body, hide))


def _hidden(value: Any, hide: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return hide(value)
    if isinstance(value, Mapping):
        return {hide(str(key)): _hidden(one, hide) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_hidden(one, hide) for one in value]
    return value


def _hider(root: Path) -> Callable[[str], str]:
    folders = [(os.fspath(root), "<root>"), (os.fspath(root.resolve()), "<root>"), (os.fspath(Path.home()), "~")]
    patterns = [(re.compile(rf"{re.escape(folder)}(?![\w.-])"), name) for folder, name in folders if folder.strip("/")]
    patterns += [(re.compile(re.escape(value)), f"[${name}]") for name, value in _secrets_at_hand()]
    user = _user()
    if len(user) > 2 and user not in _SAID_OFTEN:
        patterns.append((re.compile(rf"(?<!\w){re.escape(user)}(?!\w)"), "<user>"))

    def hide(text: str) -> str:
        for pattern, name in patterns:
            text = pattern.sub(lambda _, name=name: name, text)  # type: ignore[misc]  # a default binds the loop's name
        return _MARK.sub("untrusted", redacted(text))

    return hide


def _secrets_at_hand() -> list[tuple[str, str]]:
    """What the environment holds under a name that speaks of secrets."""
    found = [(name, value) for name, value in os.environ.items() if _SECRET_NAME.search(name)]
    return [(name, value) for name, value in found if len(value) >= _SHORTEST]


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""
