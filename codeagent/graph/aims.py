"""What the links of many files lead to: which of them refer to a target, for those who ask often."""

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from codeagent.domain.links import FileLinks

_HELD: Final = 2000  # files whose links are held unpacked
_LINKS: Final = msgspec.msgpack.Decoder(FileLinks)


class _Targets(msgspec.Struct, frozen=True, array_like=True):
    """What packed links lead to; the rest of them is not unpacked."""

    targets: tuple[str, ...]


_TARGETS: Final = msgspec.msgpack.Decoder(_Targets)


class Aims:
    """Packed links of files by what they lead to."""

    def __init__(self, rows: Sequence[tuple[str, bytes]]) -> None:
        self._rows = rows
        self._homes: dict[str, list[int]] = {}  # target to the rows whose links lead there
        self._unpacked: dict[int, FileLinks] = {}
        for at, (_, blob) in enumerate(rows):
            for one in _TARGETS.decode(blob).targets:
                self._homes.setdefault(one, []).append(at)

    def leading_to(self, target: str) -> Iterator[tuple[str, FileLinks]]:
        """Yield (path, links) of every file that refers to a target, in their order."""
        return ((self._rows[at][0], self._links(at)) for at in self._homes.get(target, ()))

    def _links(self, at: int) -> FileLinks:
        links = self._unpacked.get(at)
        if links is None:
            if len(self._unpacked) >= _HELD:
                self._unpacked.clear()
            links = self._unpacked[at] = _LINKS.decode(self._rows[at][1])
        return links
