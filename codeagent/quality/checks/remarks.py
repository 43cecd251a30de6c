"""Remarks by which somebody says that what looks unused is there on purpose: `noqa`, and the codes that mean it."""

import re
from collections.abc import Mapping
from typing import Final

_NOQA: Final = re.compile(rb"#\s*noqa\b(?P<codes>\s*:\s*[A-Za-z]+[0-9]+(?:[\s,]+[A-Za-z]+[0-9]+)*)?", re.IGNORECASE)
_CODE: Final = re.compile(rb"[A-Za-z]+[0-9]+")

# What pyflakes (F) and vulture (V) call an unused thing of each kind.
_UNUSED: Final[Mapping[str, tuple[bytes, ...]]] = {
    "import": (b"F401", b"V104"),
    "function": (b"F811", b"V103"),
    "method": (b"F811", b"V105"),
    "property": (b"F811", b"V106"),
    "class": (b"F811", b"V102"),
    "variable": (b"F841", b"V107"),
    "constant": (b"F841", b"V107"),
    "field": (b"V101",),
    "code": (b"V201",),
}


def kept(line: bytes, kind: str) -> bool:
    """Tell whether a line has a `noqa` for everything, or one with a code for unused things of a kind."""
    for remark in _NOQA.finditer(line):
        codes = _CODE.findall(remark["codes"] or b"")
        if not codes or any(code.upper() in _UNUSED.get(kind, ()) for code in codes):
            return True
    return False
