"""Names that are not UTF-8 on disk, spelled so that every answer can carry them: `caf\\xe9.py`."""

import os
import re
from collections.abc import Mapping
from typing import Final, TypeVar

_ODD_BYTE: Final = re.compile(rb"\\x([89a-f][0-9a-f])")
_Entry = TypeVar("_Entry")


def is_utf8(path: str) -> bool:
    """Whether a name as the system gives it (surrogates for odd bytes) is valid UTF-8."""
    return path.isascii() or not any("\udc80" <= letter <= "\udcff" for letter in path)


def spell(path: str) -> str:
    """A name in valid UTF-8: bytes that are not become `\\xe9`."""
    return path if is_utf8(path) else os.fsencode(path).decode("utf-8", "backslashreplace")


def unspell(name: str) -> str:
    """The name that `spell` would spell so: each `\\xe9` becomes the byte it stands for."""
    return os.fsdecode(_ODD_BYTE.sub(lambda found: bytes.fromhex(found[1].decode()), os.fsencode(name)))


def spell_all(entries: Mapping[str, _Entry]) -> dict[str, _Entry]:
    """The same entries under names in valid UTF-8; of two that would clash the first stays."""
    spelled: dict[str, _Entry] = {}
    for path, entry in entries.items():
        spelled.setdefault(spell(path), entry)
    return spelled
