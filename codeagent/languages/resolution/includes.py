"""How C and C++ find what `#include` names: relative to the file, else the only path that ends so."""

from collections import defaultdict
from typing import Final

from codeagent.languages.language import Location, Tree

SOURCES: Final = (".c", ".cc", ".cpp", ".cxx", ".c++", ".m", ".mm")
HEADERS: Final = (".h", ".hh", ".hpp", ".hxx", ".h++")


class Includes:
    """Headers by path and by unique suffix."""

    def __init__(self, tree: Tree) -> None:
        self._paths = tree.paths
        self._by_name: dict[str, list[str]] = defaultdict(list)
        for path in tree.packages:  # of all languages: what may be included need not be called so
            self._by_name[path.rpartition("/")[2]].append(path)

    def find(self, importer: str, spec: str) -> tuple[Location, ...]:
        """The header, if it is in the tree."""
        found = self._header(importer, spec)
        return (Location(found),) if found else ()

    def external(self, importer: str, spec: str) -> str:
        """`sys/types.h` is `sys.types`."""
        stem, dot, suffix = spec.rpartition(".")
        return (stem if dot and f".{suffix}" in HEADERS else spec).replace("/", ".").replace("::", ".")

    def siblings(self, path: str) -> tuple[str, ...]:
        """No file sees another without including it."""
        return ()

    def _header(self, importer: str, spec: str) -> str | None:
        parts = importer.split("/")[:-1]
        for part in spec.split("/"):
            if part == "..":
                del parts[-1:]
            elif part != ".":
                parts.append(part)
        relative = "/".join(parts)
        if relative in self._paths:
            return relative
        wanted = spec.lstrip("./")
        candidates = [
            p for p in self._by_name.get(wanted.rpartition("/")[2], ()) if p == wanted or p.endswith("/" + wanted)
        ]
        if len(candidates) <= 1:
            return candidates[0] if candidates else None
        near = max(candidates, key=lambda path: (_shared(importer, path), -len(path), path))
        return near if "/" in wanted or _shared(importer, near) else None


def _shared(one: str, other: str) -> int:
    """Count the leading folders that two paths share."""
    count = 0
    for a, b in zip(one.split("/")[:-1], other.split("/")[:-1], strict=False):
        if a != b:
            break
        count += 1
    return count
