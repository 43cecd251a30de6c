"""Rust: crates from Cargo manifests, and the module tree that files and folders make."""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from posixpath import basename, commonprefix, dirname, join, normpath

from codeagent.languages.language import Location, Tree

_ROOT_NAMES = ("lib.rs", "main.rs")
_TARGETS = {"bin": "src/bin", "test": "tests", "example": "examples", "bench": "benches"}


@dataclass(frozen=True, slots=True)
class _Package:
    """One Cargo package: its folder, its library, the roots of its targets, its dependencies by local name."""

    folder: str
    name: str
    library: str
    roots: frozenset[str]
    dependencies: dict[str, str]


class RustModules:
    """Finds modules by their path from the crate, the file itself, its parent, or another crate."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._files = {path for path in tree.paths if path.endswith(".rs")}
        self._in_folder: dict[str, list[str]] = {}
        self._programs: dict[str, list[str]] = {}  # folder -> `name/main.rs` below it
        for path in sorted(self._files):
            self._in_folder.setdefault(dirname(path), []).append(path)
            if basename(path) == "main.rs":
                self._programs.setdefault(dirname(dirname(path)), []).append(path)
        self._packages = {
            package.folder: package
            for path in sorted(tree.paths)
            if basename(path) == "Cargo.toml" and (package := self._package(path)) is not None
        }
        self._crates: dict[str, list[_Package]] = {}
        for package in self._packages.values():
            if package.library in self._files:
                self._crates.setdefault(package.name, []).append(package)
        self._roots = {root for package in self._packages.values() for root in package.roots} & self._files
        self._rooted: dict[str, list[str]] = {}
        for root in sorted(self._roots):
            self._rooted.setdefault(dirname(root), []).append(root)
        self._given: dict[tuple[str, str], list[str]] = {}  # file and name of a module with a `#[path]` -> its files
        self._givers: dict[str, list[str]] = {}  # such a file -> the files that name it
        for path in sorted(tree.packages.keys() & self._files):
            for line in tree.packages[path].splitlines():
                name, _, spec = line.partition("=")
                for place in self._written(path, spec):
                    self._given.setdefault((path, name), []).append(place.path)
                    self._givers.setdefault(place.path, []).append(path)

    def find(self, importer: str, spec: str) -> tuple[Location, ...]:
        """The files, or places inside files, of a module path such as `crate::a::b`, `self::tests`,
        `super`, `::serde`, `other_crate::c`, or of a `#[path]` written as `./file.rs`."""
        if spec.startswith("./"):
            return self._written(importer, spec)
        first, *rest = spec.split("::")
        if first == "crate":
            return self._below(self._crate(importer), self._crate_folder(importer), rest)
        if first == "self":
            return self._below((importer,), self._children(importer), rest)
        if first == "super":
            return self._above(importer, [first, *rest])
        if not first and rest:
            return self._other_crate(importer, rest[0], rest[1:])
        return self._other_crate(importer, first, rest) or self._relative(importer, first, rest)

    def external(self, importer: str, spec: str) -> str:
        """The dotted name: `std::collections` is `std.collections`."""
        return spec.removeprefix("::").replace("::", ".")

    def siblings(self, path: str) -> tuple[str, ...]:
        """Rust files see each other only through paths."""
        return ()

    # --- manifests ---------------------------------------------------------------------------------

    def _package(self, path: str) -> _Package | None:
        try:
            manifest = tomllib.loads(self._tree.read(path).decode("utf-8", "replace"))
        except tomllib.TOMLDecodeError:
            return None
        package = manifest.get("package")
        if not isinstance(package, dict) or not isinstance(package.get("name"), str):
            return None
        folder, library = dirname(path), _table(manifest.get("lib"))
        name = str(library.get("name") or package["name"]).replace("-", "_")
        root = join(folder, str(library.get("path", "src/lib.rs")))
        roots = {root, join(folder, "src/main.rs"), join(folder, str(package.get("build", "build.rs")))}
        for kind, place in _TARGETS.items():
            targets = manifest.get(kind)
            for target in targets if isinstance(targets, list) else ():
                if "path" in _table(target):
                    roots.add(normpath(join(folder, str(target["path"]))))
            if package.get("autobins" if kind == "bin" else f"auto{place}", True):
                roots |= set(self._targets(join(folder, place)))
        return _Package(folder, name, normpath(root), frozenset(map(normpath, roots)), _dependencies(manifest))

    def _targets(self, folder: str) -> Iterator[str]:
        """`tests/a.rs` and `tests/b/main.rs` are crates of their own."""
        yield from self._in_folder.get(folder, ())
        yield from self._programs.get(folder, ())

    def _package_of(self, path: str) -> _Package | None:
        folder = dirname(path)
        while True:
            package = self._packages.get(folder)
            if package is not None or not folder:
                return package
            folder = dirname(folder)

    # --- crates --------------------------------------------------------------------------------------

    def _other_crate(self, importer: str, name: str, rest: Sequence[str]) -> tuple[Location, ...]:
        package = self._package_of(importer)
        name = package.dependencies.get(name, name) if package is not None else name
        candidates = self._crates.get(name, ())
        if not candidates:
            return ()
        nearest = max(candidates, key=lambda found: len(commonprefix([found.folder + "/", importer])))
        return self._below((nearest.library,), dirname(nearest.library), rest)

    def _relative(self, importer: str, first: str, rest: Sequence[str]) -> tuple[Location, ...]:
        """A path without anchor: below the file itself, or (2015) below the crate; never a dependency's name."""
        package = self._package_of(importer)
        if package is not None and first in package.dependencies:
            return ()
        for folder in (self._children(importer), self._crate_folder(importer)):
            if self._file(folder, first):
                return self._below((), folder, [first, *rest])
        return ()

    def _crate(self, path: str) -> tuple[str, ...]:
        """The root files of the crate that a file belongs to; a library and a program may share files."""
        if path in self._roots:
            return (path,)
        folder = self._crate_folder(path)
        named = tuple(root for name in _ROOT_NAMES if (root := join(folder, name)) in self._files)
        return named or tuple(self._rooted.get(folder, ()))

    def _crate_folder(self, path: str) -> str:
        """The folder that holds a crate's root; the file's own where nothing tells."""
        if path in self._roots:
            return dirname(path)
        folder = dirname(path)
        while True:
            if any(join(folder, name) in self._files for name in _ROOT_NAMES):
                return folder
            if folder in self._rooted:
                return folder
            if not folder:
                return dirname(path)
            folder = dirname(folder)

    # --- the module tree -------------------------------------------------------------------------------

    def _below(self, files: tuple[str, ...], folder: str, names: Sequence[str]) -> tuple[Location, ...]:
        """Follow names down from a module; what is no file is looked for inside the last one that is."""
        places = [(path, "", folder) for path in files or ("",)]  # file, place inside it, where its modules lie
        for name in names:
            places = [below for place in places for below in self._step(*place, name)]
        return tuple(dict.fromkeys(Location(path, inner) for path, inner, _ in places if path))

    def _step(self, path: str, inner: str, folder: str, name: str) -> list[tuple[str, str, str]]:
        """The module of a name in another: the usual file, those that `#[path]` names, else a place inside."""
        inner = f"{inner}.{name}".lstrip(".")
        usual = self._file(folder, name)
        found = dict.fromkeys([*([usual] if usual else ()), *self._given.get((path, inner), ())])
        return [(one, "", self._children(one)) for one in found] or [(path, inner, join(folder, name))]

    def _above(self, importer: str, names: Sequence[str]) -> tuple[Location, ...]:
        files: tuple[str, ...] = (importer,)
        position = 0
        while position < len(names) and names[position] == "super":
            files = self._parents(files[0]) if files else ()
            position += 1
        folder = self._children(files[0]) if files else ""
        return self._below(files, folder, names[position:]) if files else ()

    def _parents(self, path: str) -> tuple[str, ...]:
        """The module that declares a file, by what names it or where it lies."""
        if path in self._givers:
            return tuple(self._givers[path])
        folder = dirname(path)
        if basename(path) in _ROOT_NAMES:
            return ()
        if basename(path) == "mod.rs":
            folder = dirname(folder)
        for candidate in (join(folder, "mod.rs"), folder + ".rs"):
            if candidate in self._files and candidate != path:
                return (candidate,)
        named = tuple(root for name in _ROOT_NAMES if (root := join(folder, name)) in self._files and root != path)
        return named or tuple(root for root in self._rooted.get(folder, ()) if root != path)

    def _children(self, path: str) -> str:
        """The folder where the modules declared in a file lie."""
        name = basename(path)
        if name in ("mod.rs", *_ROOT_NAMES) or path in self._roots or path in self._givers:
            return dirname(path)
        return path.removesuffix(".rs")

    def _file(self, folder: str, name: str) -> str | None:
        for candidate in (join(folder, f"{name}.rs"), join(folder, name, "mod.rs")):
            if candidate in self._files:
                return candidate
        return None

    def _written(self, importer: str, spec: str) -> tuple[Location, ...]:
        """`#[path = "…"]`: relative to the file's folder; inside an inline module, to where its modules lie."""
        folder = dirname(importer) if spec.count("/") == 1 or not self._children(importer) else self._children(importer)
        for base in (dirname(importer), folder):
            path = normpath(join(base, spec))
            if path in self._files:
                return (Location(path),)
        return ()


def _table(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _dependencies(manifest: dict[str, object]) -> dict[str, str]:
    """Local names of dependencies to the crates they are: `alias = { package = "real-name" }`."""
    found: dict[str, str] = {}
    tables = [manifest, *(_table(target) for target in _table(manifest.get("target")).values())]
    tables.append(_table(manifest.get("workspace")))
    for table in tables:
        for kind in ("dependencies", "dev-dependencies", "build-dependencies"):
            for name, value in _table(table.get(kind)).items():
                real = _table(value).get("package", name)
                found[name.replace("-", "_")] = str(real).replace("-", "_")
    return found
