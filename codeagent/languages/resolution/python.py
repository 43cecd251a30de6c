"""Python: dotted modules in a tree of source roots, packages with and without `__init__.py`."""

import sys
from functools import lru_cache
from posixpath import basename, dirname

from codeagent.languages.language import Location, Tree

_SUFFIXES = (".py", ".pyi")


def python_modules(tree: Tree) -> "PythonModules":
    """Return what finds the modules of a tree; trees of the same Python files, such as most proposed ones, share it."""
    return _of_files(frozenset(path for path in tree.paths if path.endswith(_SUFFIXES)))


class PythonModules:
    """Finds modules below the root, below `src`-like roots, and beside the importing script."""

    def __init__(self, files: frozenset[str]) -> None:
        self._files = files
        self._folders: dict[str, list[str]] = {}
        for path in self._files:
            folder = dirname(path)
            while folder not in self._folders:
                self._folders[folder] = []
                folder = dirname(folder)
        self._by_name: dict[str, list[str]] = {}
        self._roots: dict[str, str] = {}
        self._outer: dict[str, str] = {}
        for path in sorted(self._files):
            for root in dict.fromkeys((self._near_root(dirname(path)), self._source_root(dirname(path)))):
                self._by_name.setdefault(_dotted(path[len(root) + 1 if root else 0 :]), []).append(path)

    def find(self, importer: str, spec: str) -> tuple[Location, ...]:
        """The file of a module, or the `__init__` of a package; `()` when it is not in the tree.

        A package without `__init__.py` is a folder: its location is the folder's path with a slash."""
        if spec.startswith("."):
            found = self._relative(importer, spec)
        else:
            found = self._absolute(importer, spec)
        return (Location(found),) if found else ()

    def external(self, importer: str, spec: str) -> str:
        """The dotted name as written; a relative one is resolved against the importer's package."""
        if not spec.startswith("."):
            return spec
        dots = len(spec) - len(spec.lstrip("."))
        folder = dirname(importer)
        for _ in range(dots - 1):
            folder = dirname(folder)
        return ".".join(part for part in (folder.replace("/", "."), spec[dots:]) if part)

    def siblings(self, path: str) -> tuple[str, ...]:
        """Python shares no scope between files."""
        return ()

    def _relative(self, importer: str, spec: str) -> str | None:
        dots = len(spec) - len(spec.lstrip("."))
        folder = dirname(importer)
        for _ in range(dots - 1):
            if not folder:
                return None
            folder = dirname(folder)
        return self._at(folder, spec[dots:])

    def _absolute(self, importer: str, spec: str) -> str | None:
        own = self._source_root(dirname(importer))
        tried = set()
        standard = spec.partition(".")[0] in sys.stdlib_module_names
        if own != dirname(importer) and standard:
            tried.add(dirname(importer))  # no absolute import looks into the package it stands in
        for root in (own, dirname(importer), "", "src", "lib"):
            if root not in tried:
                tried.add(root)
                found = self._at(root, spec)
                # a script's folder may shadow nothing of the standard library by a mere folder name, and a module
                # of a package is called by its whole name: `import geo` in shop/geo.py is another one
                beside = root == dirname(importer) != own
                if found and not (beside and (found.endswith("/") or found == importer)):
                    return found
        named = () if standard else self._by_name.get(spec, ())  # no stray root hides what Python itself has
        return named[0] if len(named) == 1 else None

    def _at(self, root: str, spec: str) -> str | None:
        path = "/".join(part for part in (root, spec.replace(".", "/")) if part)
        for suffix in _SUFFIXES:
            if path + suffix in self._files:
                # a package wins over a module of the same name, as the import system has it
                break
        for suffix in _SUFFIXES:
            init = f"{path}/__init__{suffix}" if path else f"__init__{suffix}"
            if init in self._files:
                return init
        for suffix in _SUFFIXES:
            if path + suffix in self._files:
                return path + suffix
        return path + "/" if path and path in self._folders else None

    def _near_root(self, folder: str) -> str:
        """The first folder above that is no package."""
        known = self._roots.get(folder)
        if known is None:
            is_package = any(f"{folder}/__init__{suffix}" in self._files for suffix in _SUFFIXES)
            known = self._near_root(dirname(folder)) if folder and is_package else folder
            self._roots[folder] = known
        return known

    def _source_root(self, folder: str) -> str:
        """The folder above the outermost package: what an absolute import starts from.

        A folder without `__init__` inside a package is a part of it."""
        known = self._outer.get(folder)
        if known is None:
            root = self._near_root(folder)
            further = self._source_root(dirname(root)) if root else ""
            inside = bool(root) and further != dirname(root)
            known = self._outer[folder] = further if inside else root
        return known


_of_files = lru_cache(maxsize=4)(PythonModules)


def _dotted(path: str) -> str:
    stem = path.rpartition(".")[0].replace("/", ".")
    return stem.removesuffix(".__init__") if basename(path).startswith("__init__.") else stem
