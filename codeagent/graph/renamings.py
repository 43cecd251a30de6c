"""Names that an edit only exchanged for others, told from the facts of the files that differ, and taken back.

Facts that follow a renaming are those of before, one name for another in some places. With these names taken back
they can be compared with what was there: whatever else differs then is another change."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

import msgspec

from codeagent.domain.facts import FIXTURE, METHOD_LIKE, FileFacts
from codeagent.graph.interface import Interface
from codeagent.languages import BY_NAME

_MOST: Final = 3  # names exchanged at once; more are no renaming
_encode = msgspec.msgpack.Encoder().encode
_raw = msgspec.msgpack.Decoder().decode
_facts = msgspec.msgpack.Decoder(FileFacts).decode


class Renaming(NamedTuple):
    """Names exchanged for others, and the files in which they are, as those are now."""

    names: Mapping[str, str] = {}  # new to old
    real: Mapping[str, Interface] = {}

    def both(self, key: str) -> Iterator[str]:
        """Yield a key as it was and as it is now."""
        yield key
        for new, old in self.names.items():
            if _name_of(key) == old:
                yield key[: key.rindex(old)] + new + key[key.rindex(old) + len(old) :]

    def keys(self, interface: Interface) -> set[str]:
        """Return the keys that the names have, old and new, among those that a file rests on."""
        words = {*self.names, *self.names.values()}
        return {key for key in interface.bits if _name_of(key) in words} | words | {f"{word}()" for word in words}


NO_RENAMING: Final = Renaming()


def _name_of(key: str) -> str:
    return key.rpartition("\0")[2].removesuffix("()").removesuffix("/")


def exchanged(sides: Iterable[tuple[FileFacts, FileFacts]]) -> dict[str, str]:
    """Return the names that definitions have in place of others, each with that other; empty where it is unclear."""
    pairs: set[tuple[str, str]] = set()
    for was, now in sides:
        if _shapes_types(was, now):
            return {}
        pairs |= _defined_anew(was, now)
    names = {new: old for old, new in pairs}
    clear = len(names) == len(pairs) == len(set(names.values())) <= _MOST and not names.keys() & set(names.values())
    return names if clear and not any(name.startswith("__") for pair in pairs for name in pair) else {}


def _defined_anew(was: FileFacts, now: FileFacts) -> set[tuple[str, str]]:
    """The names of what stands at the same place among the definitions, or the values that names are given."""
    if len(was.symbols) != len(now.symbols) or len(was.bindings) != len(now.bindings):
        return set()
    pairs = {
        (old.name, new.name)
        for old, new in zip(was.symbols, now.symbols, strict=True)
        if old.name != new.name and (old.kind, old.parent) == (new.kind, new.parent)
    }
    pairs |= {
        (old.name, new.name)
        for old, new in zip(was.bindings, now.bindings, strict=True)
        if old.name != new.name and old.scope == new.scope
    }
    pairs |= {(was.rpartition(".")[2], now.rpartition(".")[2]) for was, now in pairs if _same_type(was, now)}
    return {pair for pair in pairs if not any("@" in name or name.startswith(FIXTURE) for name in pair)}


def _same_type(was: str, now: str) -> bool:
    """Whether two names are of methods that stand outside their type, and of one type: `Cart.total`, `Cart.sum`."""
    return "." in was and was.rpartition(".")[0] == now.rpartition(".")[0]


def _shapes_types(was: FileFacts, now: FileFacts) -> bool:
    """Whether a method goes by another name where a type is what its methods are: it may be another type now."""
    language = BY_NAME.get(now.language)
    if language is None or not language.scoping.structural_interfaces:
        return False
    pairs = zip(was.symbols, now.symbols, strict=False)
    return any(old.name != new.name and new.kind in METHOD_LIKE for old, new in pairs)


def taken_back(was: FileFacts, now: FileFacts, names: Mapping[str, str]) -> FileFacts:
    """Return the facts of now, with the names of before wherever those were exchanged."""
    return _facts(_encode(_merged(_raw(_encode(was)), _raw(_encode(now)), names)))


def _merged(was: Any, now: Any, names: Mapping[str, str]) -> Any:
    if isinstance(now, str):
        return was if now in names and names[now] == was else now
    if isinstance(now, list) and isinstance(was, list) and len(was) == len(now):
        return [_merged(old, new, names) for old, new in zip(was, now, strict=True)]
    return now
