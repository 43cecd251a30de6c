"""A reply of a model read as edits, in whichever of the known forms it is written."""

import re
from collections.abc import Mapping
from typing import Final

from codeagent.edits.blocks import parse_blocks
from codeagent.edits.envelopes import parse_envelope
from codeagent.edits.hunks import parse_diff
from codeagent.edits.request import EditRequest, Malformed
from codeagent.edits.whole import parse_whole

_ENVELOPE: Final = re.compile(r"^[ \t]*\*\*\* Begin Patch", re.MULTILINE)
_BLOCK: Final = re.compile(r"^[ \t]*(?:<{5,9} ?(?:SEARCH|ORIGINAL)|>{5,9} ?(?:REPLACE|UPDATED))\b", re.MULTILINE)
_DIFF: Final = re.compile(r"^(?:--- .+\r?\n\+\+\+ .+|@@ .*@@|diff --git )", re.MULTILINE)
_FENCE: Final = re.compile(r"^[ \t]*(?:`{3}|~{3})", re.MULTILINE)


def read_reply(text: str, *, files: Mapping[str, str] | None = None, path: str = "") -> list[EditRequest]:
    """Return the edits that a reply asks for, in order. Raises Malformed.

    `files` are the texts that the model has seen, by path: only with them can a reply give a file whole; `path` is
    the file that is meant where none is named."""
    if _ENVELOPE.search(text):
        return parse_envelope(text)
    if _BLOCK.search(text):
        return parse_blocks(text, path=path, known=files or ())
    if _DIFF.search(text):
        return parse_diff(text, path=path)
    if files is not None and _FENCE.search(text):
        return parse_whole(text, files, path=path)
    raise Malformed(
        "the reply holds no edit", "write SEARCH/REPLACE blocks, a unified diff, or a whole file in a fence"
    )
