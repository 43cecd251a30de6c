"""Java: packages are what files declare, wherever they lie; types are found by their file's name."""

import re
from posixpath import dirname
from typing import Final

from codeagent.languages.language import Location, Tree

_SOURCES: Final = re.compile(r"(?:^|/)(?:src(?:/[^/]+/java)?|java|source|sources)$")


class JavaModules:
    """Finds packages, and types as modules of their static members and nested types.

    A package may be spread over the modules of a build, and several modules may each have a class of
    one name (samples do): what lies in the importer's own module comes first."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._package_of = {path: name for path, name in tree.packages.items() if path.endswith(".java")}
        self._module_of = {path: _module(path, name) for path, name in self._package_of.items()}
        self._packages: dict[str, list[str]] = {}
        self._stems: dict[tuple[str, str], list[str]] = {}
        for path, name in sorted(self._package_of.items()):
            # files without a package share one folder by folder
            self._packages.setdefault(name or f"/{dirname(path)}", []).append(path)
            stem = path.rpartition("/")[2].removesuffix(".java")
            self._stems.setdefault((name, stem), []).append(path)
        self._found: dict[tuple[str, str], tuple[Location, ...]] = {}
        self._siblings: dict[tuple[str, str], tuple[str, ...]] = {}

    def find(self, importer: str, spec: str) -> tuple[Location, ...]:
        """The files of package `a.b`, or the place of type `a.b.C` or `a.b.C.Nested`; `()` if not in the tree."""
        key = (spec, self._module_of.get(importer, ""))
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = self._find(*key)
        return found

    def _find(self, spec: str, module: str) -> tuple[Location, ...]:
        if spec in self._packages:
            return tuple(Location(path) for path in self._nearest(self._packages[spec], module))
        package, _, inner = spec.rpartition(".")
        while package:
            if package in self._packages:
                paths = self._nearest(self._declaring(package, inner.partition(".")[0]), module)
                own = [path for path in paths if self._module_of[path] == module]
                return tuple(Location(path, inner) for path in own or paths)
            package, _, outer = package.rpartition(".")
            inner = f"{outer}.{inner}"
        return ()

    def _nearest(self, paths: list[str], module: str) -> list[str]:
        """The same files, those of a module first."""
        return sorted(paths, key=lambda path: self._module_of[path] != module)

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
        """The files of the same package, this one among them, those of its module first.

        All files of a package in one module get the same tuple."""
        key = (self._package_of.get(path) or f"/{dirname(path)}", self._module_of.get(path, ""))
        found = self._siblings.get(key)
        if found is None:
            found = self._siblings[key] = tuple(self._nearest(self._packages.get(key[0], []), key[1]))
        return found


def _module(path: str, package: str) -> str:
    """The folder of the build's module that a file belongs to: `app` of `app/src/main/java/a/b/C.java`."""
    folder = dirname(path)
    inner = package.replace(".", "/")
    if inner and (folder == inner or folder.endswith(f"/{inner}")):
        folder = folder[: len(folder) - len(inner)].rstrip("/")
    return _SOURCES.sub("", folder)
