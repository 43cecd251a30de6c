"""What the resolver made of one file's references, given all the others."""

from typing import Final

import msgspec

LINKS_VERSION: Final = 4

EDGE_KINDS: Final = ("calls", "references", "writes", "imports", "inherits", "instantiates")
CALL_EDGE, REFERENCE_EDGE, WRITE_EDGE, IMPORT_EDGE, INHERIT_EDGE, INSTANTIATE_EDGE = range(6)

CERTAINTIES: Final = ("exact", "likely", "name-only")
EXACT, LIKELY, NAME_ONLY = range(3)


class FileLinks(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The resolved references of one path in one snapshot."""

    targets: tuple[str, ...]  # symbol ids, or dotted names of things outside the tree
    edges: tuple[int, ...]  # flat: start, kind, within (symbol index), target (index above), certainty
    calls: int  # call references in the file
    unknown_calls: int  # of those, how many have no target at all
    counts: bytes = b""  # how many edges each reference has, in order; empty where one has more than 255
    heirs: tuple[int, ...] = ()  # flat: number of an edge, target that it leads from: a type of another file
    failed: bool = False  # the resolver failed on the file: nothing at all is known
