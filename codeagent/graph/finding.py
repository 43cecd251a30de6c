"""Symbols by what people type: an id, a shorter name, a place in a file, a few letters."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from difflib import get_close_matches
from typing import Final

from codeagent.domain.counting import counted
from codeagent.domain.errors import UsageError
from codeagent.domain.facts import ABSTRACT
from codeagent.graph.shelf import Shelf
from codeagent.graph.spots import offset_of
from codeagent.languages import BY_NAME

Found = tuple[str, str]  # path, dotted name ("" for the module)
Ranked = tuple[int, int, bool, str]  # how well it fits, its length, whether it is a heading of prose, its id
_PLACE: Final = re.compile(r"(?P<path>.+):(?P<line>\d+):(?P<column>\d+)\Z", re.DOTALL)
_CANDIDATES: Final = 5
_PROSE: Final = "markdown"
_MISSPELT: Final = 4  # the rank of names that are nearly it, where none holds it as a part
_LOOSE: Final = 5  # the rank of names that only hold the letters in order
APART: Final = {"submodule": "a submodule", "nested-repository": "a repository of its own"}
_FIRST: Final = "#1"  # the first of several definitions of one name has no number in its id
_NUMBER: Final = re.compile(r"(?<=[^.])#\d+(?=\.|\Z)")
_MARK: Final = re.compile(r"(?<=[^.])#T?\d+(?=\.|\Z)")  # or how many type parameters a type has
_LAST_NUMBER: Final = re.compile(r"(?<=[^.])#\d+\Z")
_SEPARATORS: Final = re.compile(r"[\s._:/#-]+")


class Finder:
    """Looks symbols up by the packed names of each file, decoding facts of at most the file that is meant."""

    def __init__(self, shelf: Shelf, skipped: Callable[[], Mapping[str, Collection[str]]]) -> None:
        self._shelf, self._skipped = shelf, skipped  # reason to the paths that are not indexed for it

    def resolve(self, text: str, read: Callable[[str], bytes]) -> Found:
        """Return the one symbol that `text` means, of several of one name in one scope the first; else UsageError."""
        return self.alike(text, read)[0]

    def alike(self, text: str, read: Callable[[str], bytes]) -> list[Found]:
        """Return what `text` means: a name without a number means all that go by it in their scope (`f`, `f#2`).

        UsageError with the nearest candidates where it means nothing, or names in several scopes."""
        text = text.removeprefix("./")
        place = _PLACE.match(text)
        if place and place["path"] in self._shelf.entries:
            return self._one(self._at(place["path"], int(place["line"]), int(place["column"]), read))
        if text.endswith(_FIRST):
            return self._one(self.alike(text.removesuffix(_FIRST), read)[0])
        exact = self._by_id(text)
        if exact:
            return self._one(exact) if numbered(exact[1]) else self._all_of(exact)
        named = self._in_code(self._by_suffix(text))
        found = self._defined(_shallowest(named, text.rpartition("::")[2]))
        meant = list({(path, unnumbered(name)): (path, name) for path, name in reversed(found)}.values())[::-1]
        if len(meant) == 1:
            alone = self._one if numbered(text) else self._all_of
            return found if len(found) > 1 else alone(found[0])
        if meant:
            names = ", ".join(_id(one) for one in meant[:_CANDIDATES])
            more = f" and {len(meant) - _CANDIDATES} more" if len(meant) > _CANDIDATES else ""
            raise UsageError(f'"{text}" means {len(meant)} symbols', f"say which: {names}{more}")
        skipped = self._skipped()
        hint = absence(_path_in(text), skipped) or self._nearest(text) or apart(skipped)
        raise UsageError(f'no symbol "{text}"', hint)

    def _all_of(self, found: Found) -> list[Found]:
        """A symbol and all others that have its name but for numbers."""
        path, name = found
        if not name or b"#" not in self._shelf.words().get(path, (b"", b""))[0]:
            return [found]
        return [found, *((path, one) for one in self.names(path) if one != name and unnumbered(one) == name)]

    def _one(self, found: Found) -> list[Found]:
        """A symbol alone; but a stub that only tells a type, as Python's `@overload`, is what it is a stub of."""
        path, name = found
        if not name or not BY_NAME[self._shelf.entries[path].language].scoping.redefinition_replaces:
            return [found]
        first = _LAST_NUMBER.sub("", name)
        alike = [(path, one) for one in self.names(path) if _LAST_NUMBER.sub("", one) == first]
        if len(alike) == 1 or not self._is_bodiless(*found) or all(self._is_bodiless(*one) for one in alike):
            return [found]
        return [found, *(one for one in alike if one != found)]

    def _by_id(self, text: str) -> Found | None:
        if text in self._shelf.entries:
            return text, ""
        path, mark, name = text.partition("::")
        if not mark or path not in self._shelf.entries:
            return None
        return (path, name) if name in self.names(path) else None

    def names(self, path: str) -> list[str]:
        """Return the dotted names of a file's symbols but the module, in order."""
        return _split(self._shelf.words().get(path, (b"", b""))[0])

    def _by_suffix(self, text: str) -> list[Found]:
        """Symbols whose id ends in `text` at a border: `Cart.total`, `total`, `shop.py::Cart`, `shop.py`.

        Numbers of scopes need not be said: `Cart.total` is `Cart#2.total`, too."""
        part, mark, wanted = text.rpartition("::")
        end = wanted.rpartition(".")[2].encode("utf-8", "surrogateescape") + b"\n"
        tail = "." + wanted
        found = [] if mark else [(path, "") for path in self._shelf.entries if path.endswith("/" + text)]
        for path, (defined, _) in self._shelf.words().items():
            if mark and path != part and not path.endswith("/" + part):
                continue
            if b"\n" + end in defined or b"." + end in defined:
                names = _split(defined)
                found += [
                    (path, one)
                    for one in names
                    if one == wanted or one.endswith(tail) or ("#" in one and _ends(_MARK.sub("", one), wanted, tail))
                ]
        return found

    def _in_code(self, found: list[Found]) -> list[Found]:
        """Leave out headings of prose where code has the name as well."""
        return [one for one in found if self._shelf.entries[one[0]].language != _PROSE] or found

    def _defined(self, found: list[Found]) -> list[Found]:
        """Leave out what is only declared (a prototype in a header) where the definition is there as well."""
        if len(found) == 1 or len({path for path, _ in found}) > _CANDIDATES:
            return found
        return [one for one in found if not self._is_declaration(*one)] or found

    def _is_declaration(self, path: str, name: str) -> bool:
        if not name or not BY_NAME[self._shelf.entries[path].language].scoping.declared_apart:
            return False
        return self._is_bodiless(path, name)

    def _is_bodiless(self, path: str, name: str) -> bool:
        return bool(self._shelf[path].symbols[self.names(path).index(name) + 1].flags & ABSTRACT)

    def _at(self, path: str, line: int, column: int, read: Callable[[str], bytes]) -> Found:
        offset = offset_of(read(path), line, column)
        if offset is None:
            raise UsageError(f"{path} has no line {line}, column {column}")
        symbols = self._shelf[path].symbols
        inside = [index for index, fact in enumerate(symbols) if fact.start <= offset < fact.end]
        named = [index for index in inside if symbols[index].name_start <= offset <= symbols[index].name_end and index]
        best = max(named or inside or [0], key=lambda index: (symbols[index].start, index))
        return path, ["", *self.names(path)][best]

    def _nearest(self, text: str) -> str:
        wanted = text.rpartition("::")[2].rpartition(".")[2]
        near = [_id(found) for found in self._resembling(wanted, cutoff=0.6)]
        return f"the nearest: {', '.join(near)}" if near else ""

    def _resembling(self, wanted: str, cutoff: float) -> list[Found]:
        """The first of each of the names of code that are nearly `wanted`, the nearest first."""
        last: dict[str, Found] = {}
        for path, name in self._all():
            if self._shelf.entries[path].language != _PROSE:
                last.setdefault(name.rpartition(".")[2], (path, name))
        return [last[name] for name in get_close_matches(wanted, last, n=_CANDIDATES, cutoff=cutoff)]

    def _all(self) -> Iterator[Found]:
        for path, (defined, _) in self._shelf.words().items():
            for name in _split(defined):
                yield path, name

    def ids(self) -> Iterator[str]:
        """Yield the id of every symbol, file by file, modules included."""
        words = self._shelf.words()
        for path in self._shelf.entries:
            yield path
            for name in _split(words[path][0]) if path in words else ():
                yield f"{path}::{name}"

    def search(self, text: str, limit: int) -> list[str]:
        """Return ids whose name resembles `text`, best first."""
        wanted = _SEPARATORS.sub(".", text.strip()).strip(".").lower()
        if not wanted:
            return []
        ranked = self._matching(wanted, wanted, loose=False)
        for path in self._shelf.entries:
            if wanted in _SEPARATORS.sub(".", path).lower():
                ranked.append(((3, len(path), False, path), path))
        if not ranked:
            near = self._resembling(text.strip(), cutoff=0.75)
            ranked += [((_MISSPELT, at, False, _id(one)), _id(one)) for at, one in enumerate(near)]
        if len(ranked) < limit:  # letters in order rank below a part
            further = self._matching(wanted, wanted.replace(".", ""), loose=True)
            ranked += [one for one in further if one[0][0] == _LOOSE and not one[0][2]]
        return list(dict.fromkeys(found for _, found in sorted(ranked)))[:limit]

    def _matching(self, wanted: str, letters: str, *, loose: bool) -> list[tuple[Ranked, str]]:
        """Ids of names that hold `letters`, with what ranks them; `loose`: in that order, with others in between."""
        raw = letters.encode("utf-8", "surrogateescape")
        if loose:  # never goes back: where the letters stand at all, their first places will do
            pattern = b"".join(
                b"[^\n%s]*+%s" % (one, one) for one in (re.escape(raw[at : at + 1]) for at in range(len(raw)))
            )
        else:
            pattern = b"[^\n]*?" + re.escape(raw)
        line = re.compile(b"(?im)^" + pattern + b"[^\n]*")
        must = b"" if loose else raw
        found = []
        for path, (defined, _) in self._shelf.words().items():
            prose = self._shelf.entries[path].language == _PROSE
            for match in line.finditer(defined) if must in defined.lower() else ():
                name = match[0].decode("utf-8", "surrogateescape")
                symbol = f"{path}::{name}"
                found.append(((_rank(wanted, name.lower()), len(name), prose, symbol), symbol))
        return found


def unnumbered(name: str) -> str:
    """Return a dotted name without the numbers that tell definitions of one name apart."""
    return _NUMBER.sub("", name)


def numbered(text: str) -> bool:
    """Tell whether an id or a name says which of several definitions of one name it means."""
    return _LAST_NUMBER.search(text) is not None


def _ends(name: str, wanted: str, tail: str) -> bool:
    return name == wanted or name.endswith(tail)


def _rank(wanted: str, name: str) -> int:
    last = name.rpartition(".")[2]
    if wanted in (name, last):
        return 0
    if name.endswith("." + wanted) or last.startswith(wanted):
        return 1
    if wanted in last:
        return 2
    return 3 if wanted in name else _LOOSE


def _shallowest(found: list[Found], wanted: str) -> list[Found]:
    """Of several, prefer those whose whole dotted name was given, in one file: `main` is not `Cli.main`."""
    whole = [one for one in found if wanted in (one[1], _MARK.sub("", one[1]))]
    return whole if len({path for path, _ in whole}) == 1 else found


def _split(defined: bytes) -> list[str]:
    return defined[1:-1].decode("utf-8", "surrogateescape").split("\n") if defined else []


def _id(found: Found) -> str:
    return f"{found[0]}::{found[1]}" if found[1] else found[0]


def _path_in(text: str) -> str:
    """The path that an id or a place names; else the text itself."""
    place = _PLACE.match(text)
    return (place["path"] if place else text.partition("::")[0]).removeprefix("./")


def absence(path: str, skipped: Mapping[str, Collection[str]]) -> str:
    """Return why a path, or the folder that it lies in, was left out; "" for one that was not."""
    around = {path[:at] for at, letter in enumerate(f"{path}/") if letter == "/"}
    for reason, paths in skipped.items():
        found = next((one.rstrip("/") for one in paths if one.rstrip("/") in around), None)
        if found is not None:
            apart = f"{found} is {APART.get(reason)}: run codeagent in it, -C {found}"
            return apart if reason in APART else f"it was left out as: {reason}"
    return ""


def apart(skipped: Mapping[str, Collection[str]]) -> str:
    """Return a hint at what lies in repositories inside this one; "" where there are none."""
    found = sorted(path.rstrip("/") for reason in APART for path in skipped.get(reason, ()))
    return (
        f"what lies in {', '.join(found[:_CANDIDATES])} is another repository: run codeagent in it, -C {found[0]}"
        if found
        else ""
    )


def why_not(path: str, indexed: Collection[str], skipped: Mapping[str, Collection[str]]) -> str:
    """Return a hint for somebody who names a path that is not indexed."""
    left_out = absence(path, skipped)
    if left_out:
        return left_out
    inside = [one for one in indexed if one.startswith(path.rstrip("/") + "/")]
    if inside:
        return f"it is a folder of {counted(len(inside), 'file')}: name one of them, such as {inside[0]}"
    return "paths are relative to the root, with forward slashes; `codeagent index --stats` says what was skipped"
