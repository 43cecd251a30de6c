"""How languages with one global scope find the files they load: Ruby, Bash, Lua, Swift, SQL."""

import re
from collections import defaultdict
from typing import Final

from codeagent.languages.language import Location, Tree

EXPANSION: Final = re.compile(r"\$\((?:[^()]|\([^()]*\))*\)|\$\{[^}]*\}|\$\w+|`[^`]*`|[\"']")


class Loading:
    """Files by the end of their path; what one file defines, every file of the language sees."""

    files: tuple[str, ...] = ()  # how paths of the language's files end
    suffixes: tuple[str, ...] = ()  # added to what is loaded
    shared = True  # whether all files share one scope

    def __init__(self, tree: Tree) -> None:
        self._all = tuple(sorted(path for path in tree.packages if path.endswith(self.files)))
        self._by_name: dict[str, list[str]] = defaultdict(list)
        for path in self._all:
            self._by_name[path.rpartition("/")[2]].append(path)

    def find(self, importer: str, spec: str) -> tuple[Location, ...]:
        """The loaded file: relative to the importer, from the root, else the only path that ends so."""
        wanted = self.wanted(spec)
        folder = importer.rpartition("/")[0]
        for ending in ("", *self.suffixes):
            for base in (folder, ""):
                path = _joined(base, wanted + ending)
                if path in self._by_name.get(path.rpartition("/")[2], ()):
                    return (Location(path),)
        for ending in ("", *self.suffixes):
            tail = _joined("", wanted + ending)
            found = [p for p in self._by_name.get(tail.rpartition("/")[2], ()) if p == tail or p.endswith("/" + tail)]
            if len(found) == 1:
                return (Location(found[0]),)
        return ()

    def wanted(self, spec: str) -> str:
        """The path that a spec means."""
        return spec

    def external(self, importer: str, spec: str) -> str:
        """The dotted path."""
        return self.wanted(spec).strip("./").replace("/", ".") or spec

    def siblings(self, path: str) -> tuple[str, ...]:
        """All files of the language, where they share one scope: one shared tuple."""
        return self._all if self.shared else ()


def _joined(base: str, relative: str) -> str:
    parts = base.split("/") if base else []
    for part in relative.split("/"):
        if part == "..":
            del parts[-1:]
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


class RubyModules(Loading):
    """Ruby: `require "a/b"` is `a/b.rb` on some load path; constants and methods are global."""

    files = (".rb", ".rake", ".gemspec", ".ru", "Rakefile")
    suffixes = (".rb",)


class BashModules(Loading):
    """Bash: `source "$DIR/lib.sh"`; what stands for a folder is left out."""

    files = ("",)  # scripts often have no suffix
    suffixes = (".bash",)  # which `load test_helper` of bats leaves out
    shared = False

    def wanted(self, spec: str) -> str:
        """Drop expansions and quotes: `"$(dirname "$0")/lib.sh"` is `lib.sh`."""
        return EXPANSION.sub("", spec).lstrip("/")

    def external(self, importer: str, spec: str) -> str:
        """The path without what stands for a folder; "" where nothing is left: who knows what `source "$1"` reads."""
        wanted = self.wanted(spec)
        return "" if wanted.startswith(("(", "<")) else wanted.strip("./").replace("/", ".")


class LuaModules(Loading):
    """Lua: `require "a.b"` is `a/b.lua` or `a/b/init.lua`."""

    files = (".lua", ".luau")
    suffixes = (".lua", "/init.lua", ".luau")
    shared = False

    def wanted(self, spec: str) -> str:
        """Dots are folders."""
        return spec.replace(".", "/")


class SwiftModules(Loading):
    """Swift: the files of a module see each other; a module is a folder under `Sources`, else the tree."""

    files = (".swift",)

    def find(self, importer: str, spec: str) -> tuple[Location, ...]:
        """The files of the folder that is called like the module."""
        inside = f"/{spec.split('.')[0]}/"
        return tuple(Location(path) for path in self._all if inside in f"/{path}")


class SqlModules(Loading):
    """SQL: one database, one scope."""

    files = (".sql", ".ddl", ".psql", ".pgsql")
