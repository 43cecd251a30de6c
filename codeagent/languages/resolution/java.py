"""Java: packages are what files declare, wherever they lie; types are found by their file's name."""

import re
from posixpath import dirname

from codeagent.languages.language import Location, Tree


class JavaModules:
    """Finds packages, and types as modules of their static members and nested types."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._package_of = {path: name for path, name in tree.packages.items() if path.endswith(".java")}
        self._packages: dict[str, tuple[str, ...]] = {}
        grouped: dict[str, list[str]] = {}
        for path in sorted(self._package_of):
            grouped.setdefault(self._package_of[path], []).append(path)
        self._packages = {name: tuple(paths) for name, paths in grouped.items()}
        self._stems: dict[tuple[str, str], list[str]] = {}
        for path, name in sorted(self._package_of.items()):
            stem = path.rpartition("/")[2].removesuffix(".java")
            self._stems.setdefault((name, stem), []).append(path)
        self._unnamed: dict[str, tuple[str, ...]] = {}  # files without a package share one folder by folder
        for path in self._packages.pop("", ()):
            self._unnamed[dirname(path)] = (*self._unnamed.get(dirname(path), ()), path)
        self._found: dict[str, tuple[Location, ...]] = {}

    def find(self, importer: str, spec: str) -> tuple[Location, ...]:
        """The files of package `a.b`, or the place of type `a.b.C` or `a.b.C.Nested`; `()` if not in the tree."""
        found = self._found.get(spec)
        if found is None:
            found = self._found[spec] = self._find(spec)
        return found

    def _find(self, spec: str) -> tuple[Location, ...]:
        if spec in self._packages:
            return tuple(Location(path) for path in self._packages[spec])
        package, _, inner = spec.rpartition(".")
        while package:
            if package in self._packages:
                paths = self._declaring(package, inner.partition(".")[0])
                return tuple(Location(path, inner) for path in paths)
            package, _, outer = package.rpartition(".")
            inner = f"{outer}.{inner}"
        return ()

    def _declaring(self, package: str, name: str) -> list[str]:
        """The files of a package that declare a type: the one called like it, else any that says so."""
        named = self._stems.get((package, name))
        if named:
            return named
        declares = re.compile(rb"\b(?:class|interface|enum|record)\s+" + re.escape(name.encode()) + rb"\b")
        return [path for path in self._packages[package] if declares.search(self._tree.read(path))]

    def external(self, importer: str, spec: str) -> str:
        """The package or type as written."""
        return spec

    def siblings(self, path: str) -> tuple[str, ...]:
        """The files of the same package, this one among them; all of them get the same tuple."""
        package = self._package_of.get(path, "")
        return self._packages.get(package, ()) if package else self._unnamed.get(dirname(path), ())
