"""Fences around what others wrote: a model sees where it begins, where it ends, and where it comes from."""

import json
from dataclasses import dataclass
from hashlib import blake2b
from itertools import count
from typing import Final

_LABEL: Final = 200  # characters of a label


@dataclass(frozen=True, slots=True)
class Fence:
    """The marks of the runs of one user in one repository: what is asked again is asked in the same words, and what a
    request begins with is what the one before began with, so that a provider can answer from its cache.

    `seed` is known to nobody else."""

    seed: str

    def mark(self, text: str = "") -> str:
        """A mark that nobody could know when the text was written, and that does not occur in it."""
        for attempt in count():
            digest = blake2b(f"{attempt} {self.seed}".encode(), digest_size=8, person=b"codeagent-fence").hexdigest()
            mark = f"untrusted-{digest}"
            if mark not in text:
                return mark
        raise AssertionError  # a text is finite

    def wrap(self, text: str, source: str) -> str:
        """Return the text, byte for byte, between marks; `source` tells where it comes from, in one line."""
        mark = self.mark(text)
        return f"<{mark} from={label(source)}>\n{text}\n</{mark}>"


def label(source: str) -> str:
    """A name that others chose, as one quoted line that nothing can break out of."""
    shown = "".join(c if c.isprintable() else " " for c in source)[:_LABEL]
    return json.dumps(shown.replace("<", "‹").replace(">", "›"), ensure_ascii=False)
