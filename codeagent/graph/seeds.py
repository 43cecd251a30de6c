"""What an update of links begins with: the keys by which a change goes."""

from collections.abc import Mapping
from typing import NamedTuple


class Seeds(NamedTuple):
    """Keys by which others may notice a change. `own` are names of single functions that differ: they have no effect
    through the items that are the `same` by value, told by path and hash."""

    keys: set[str]
    own: set[str] = set()
    same: Mapping[str, set[int]] = {}
