"""What the grammar of C# is given of a file that it cannot read as written: as many bytes, some of them others.

It knows no `async` that is a name, no collection expression among arguments, and no assignment through `?[` or `?.`."""

import re
from collections.abc import Iterator
from typing import Final

from codeagent.languages import conditions

_ASYNC: Final = re.compile(rb"\basync(?=\s*(?:[,;):\]}.?!]|=[^>]|&&|\|\|))")
_COLLECTION: Final = re.compile(rb"(?<=[(,])(\s*)\[([^\[\]{};\"']*[\w)])\](?=\s*[,)])")
_MAYBE_WRITTEN: Final = re.compile(rb"\?(?=(?:\[[^\[\]\n]*\]|\.\w+)+\s*(?:[-+*/|&]|\?\?)?=[^=>])")


def readings(source: bytes) -> Iterator[bytes]:
    """Yield what conditions leave of a file, then the same in words that the grammar knows."""
    found = list(conditions.readings(source))
    yield from found
    yield from (mended for one in found if (mended := _mended(one)) != one)


def _mended(source: bytes) -> bytes:
    source = _ASYNC.sub(b"_sync", source)
    source = _MAYBE_WRITTEN.sub(b" ", source)
    return _COLLECTION.sub(_collected, source)


def _collected(found: "re.Match[bytes]") -> bytes:
    """A collection among arguments as something of no known type: `~one `, or `(one, other)`."""
    space, items = found.groups()
    if items.startswith(b".."):
        return bytes(space) + b"(  " + items[2:] + b")"
    return bytes(space) + (b"(" + items + b")" if b"," in items else b"~" + items + b" ")
