"""Go: packages are folders; import paths start with the path of a module of the tree."""

import re
from posixpath import dirname, join, normpath
from typing import Final, NamedTuple

from codeagent.languages.language import Location, Tree

_MODULE: Final = re.compile(r'^\s*module\s+"?([^\s"]+)"?', re.MULTILINE)
_REPLACE: Final = re.compile(r'^\s*(?:replace\s+)?"?([^\s"]+)"?(?:\s+v\S+)?\s+=>\s+"?(\.[^\s"]*)"?', re.MULTILINE)
# What a file's name may end with to be built for one system or processor only, as `go help buildconstraint` tells.
_SYSTEMS: Final = frozenset(
    "aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris wasip1 windows "
    "zos".split()
)
_PROCESSORS: Final = frozenset(
    "386 amd64 amd64p32 arm arm64 arm64be armbe loong64 mips mips64 mips64le mips64p32 mips64p32le mipsle ppc ppc64 "
    "ppc64le riscv riscv64 s390 s390x sparc sparc64 wasm".split()
)
_IMPLIED: Final = {"android": "linux", "ios": "darwin", "illumos": "solaris"}  # these build the other's files, too
_COMMENT: Final = re.compile(r"//[^\n]*")


class Build(NamedTuple):
    """What a file is built for."""

    system: str
    processor: str


class GoModules:
    """Finds packages by go.mod, wherever in the tree it lies, and by `replace … => ./folder`.

    With no go.mod at all, an import path is matched by its end against the folders of the tree."""

    def __init__(self, tree: Tree) -> None:
        self._packages = {path: name for path, name in tree.packages.items() if path.endswith(".go")}
        self._folders: dict[str, list[str]] = {}
        for path in sorted(self._packages):
            self._folders.setdefault(dirname(path), []).append(path)
        self._modules: dict[str, str] = {}  # module path to folder
        self._replaced: dict[str, dict[str, str]] = {}  # folder of a go.mod or go.work to what it replaces
        manifests = [path for path in tree.paths if path.rpartition("/")[2] in ("go.mod", "go.work")]
        for path in sorted(manifests, key=lambda path: (path.count("/"), path)):  # the outermost of one name wins
            self._read(path, tree.read(path).decode("utf-8", "replace"))
        self._groups: dict[tuple[str, str, bool, Build], tuple[str, ...]] = {}
        self._imported: dict[tuple[str, Build], tuple[Location, ...]] = {}

    def _read(self, path: str, text: str) -> None:
        text, folder = _COMMENT.sub("", text), dirname(path)
        match = _MODULE.search(text)
        if match and path.endswith("go.mod"):
            self._modules.setdefault(match[1], folder)
        for spec, target in _REPLACE.findall(text):
            place = normpath(join(folder, target))
            if not place.startswith(".."):
                self._replaced.setdefault(folder, {})[spec] = "" if place == "." else place

    def find(self, importer: str, spec: str) -> tuple[Location, ...]:
        """The files of a package without its tests; `()` when it is not in the tree (or is vendored)."""
        folder = self._folder(importer, spec)
        if folder is None or folder not in self._folders:
            return ()
        build = build_of(importer)
        found = self._imported.get((folder, build))
        if found is None:
            product = (path for path in self._folders[folder] if not path.endswith("_test.go"))
            found = tuple(Location(path) for path in product if together(build, build_of(path)))
            self._imported[folder, build] = found
        return found

    def _folder(self, importer: str, spec: str) -> str | None:
        if spec.startswith("."):
            return normpath(join(dirname(importer), spec)).removeprefix("./")
        return self._replacement(importer, spec) or self._of_module(spec)

    def _replacement(self, importer: str, spec: str) -> str | None:
        """What the nearest go.mod above the importer, or a go.work, replaces by a folder of the tree."""
        folder = dirname(importer)
        while self._replaced:
            for replaced, target in self._replaced.get(folder, {}).items():
                if spec == replaced or spec.startswith(replaced + "/"):
                    return join(target, spec[len(replaced) + 1 :]).removesuffix("/")
            if not folder:
                return None
            folder = dirname(folder)
        return None

    def _of_module(self, spec: str) -> str | None:
        prefix = spec
        while prefix:
            folder = self._modules.get(prefix)
            if folder is not None:
                rest = spec[len(prefix) + 1 :]
                return join(folder, rest).removesuffix("/") if rest else folder
            prefix = prefix.rpartition("/")[0]
        return None if self._modules else self._by_end(spec)

    def _by_end(self, spec: str) -> str | None:
        """Without go.mod: the folder that the path ends with, if there is one such folder only."""
        parts = spec.split("/")
        if "." not in parts[0] and len(parts) < 2:
            return None
        for start in range(len(parts)):
            folder = "/".join(parts[start:])
            found = [known for known in self._folders if known == folder or known.endswith("/" + folder)]
            if found:
                return found[0] if len(found) == 1 and "vendor/" not in found[0] else None
        return None

    def external(self, importer: str, spec: str) -> str:
        """The import path itself: `net/http`, `github.com/pkg/errors`."""
        return spec

    def siblings(self, path: str) -> tuple[str, ...]:
        """The files of the folder with the same package clause; tests are seen by tests only.

        All files of a package that are built for the same get the same tuple; a file is among its own siblings."""
        folder, package, test = dirname(path), self._packages.get(path, ""), path.endswith("_test.go")
        build = build_of(path)
        key = (folder, package, test, build)
        found = self._groups.get(key)
        if found is None:
            found = self._groups[key] = tuple(
                other
                for other in self._folders.get(folder, ())
                if self._packages[other] == package
                and (test or not other.endswith("_test.go"))
                and together(build, build_of(other))
            )
        return found


def build_of(path: str) -> Build:
    """Return the system and the processor that a file is built for by its name alone, "" for any."""
    words = path.rpartition("/")[2].removesuffix(".go").removesuffix("_test").split("_")[1:]
    system, processor = "", ""
    if words and words[-1] in _PROCESSORS:
        processor = words.pop()
    if words and words[-1] in _SYSTEMS:
        system = words.pop()
    return Build(system, processor)


def together(one: Build, other: Build) -> bool:
    """Tell whether files built for these may be parts of one build."""
    systems, processors = {one.system, other.system} - {""}, {one.processor, other.processor} - {""}
    implied = any({system, by} == systems for by, system in _IMPLIED.items())
    return (len(systems) < 2 or implied) and len(processors) < 2
