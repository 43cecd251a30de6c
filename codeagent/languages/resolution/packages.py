"""How C#, Kotlin, Scala and PHP find packages and namespaces: by what the files declare, wherever they lie."""

from collections import defaultdict

from codeagent.languages.language import Location, Tree


def dotted(name: str) -> str:
    """Write a namespace with dots: `\\App\\Models` is `App.Models`."""
    return name.replace("\\", ".").replace("::", ".").strip(".")


class Packages:
    """Files by declared package; files of one package see each other."""

    suffixes: tuple[str, ...] = ()
    enclosing = False  # whether a package sees the names of the packages around it

    def __init__(self, tree: Tree) -> None:
        own = ((path, package) for path, package in tree.packages.items() if path.endswith(self.suffixes))
        self._package_of = {path: dotted(package) for path, package in own}
        files: dict[str, list[str]] = defaultdict(list)
        for path in sorted(self._package_of):
            files[self._package_of[path]].append(path)
        self._files = {package: tuple(paths) for package, paths in files.items()}
        self._visible: dict[str, tuple[str, ...]] = {}

    def find(self, importer: str, spec: str) -> tuple[Location, ...]:
        """The files of a package, or a place inside them: `a.b.Shop.Cart` is `Shop.Cart` in package `a.b`."""
        package, inner = dotted(spec), ""
        while package not in self._files:
            package, _, last = package.rpartition(".")
            if not package:
                return ()
            inner = f"{last}.{inner}" if inner else last
        return tuple(Location(path, inner) for path in self._files[package])

    def external(self, importer: str, spec: str) -> str:
        """The dotted package."""
        return dotted(spec)

    def siblings(self, path: str) -> tuple[str, ...]:
        """The files of the same package, then those of the packages around it where they count: one shared tuple."""
        package = self._package_of.get(path, "")
        known = self._visible.get(package)
        if known is None:
            known, around = self._files.get(package, ()), package
            while self.enclosing and around:
                around = around.rpartition(".")[0]
                known += self._files.get(around, ())
            self._visible[package] = known
        return known


class KotlinModules(Packages):
    """Kotlin packages."""

    suffixes = (".kt", ".kts")


class ScalaModules(Packages):
    """Scala packages."""

    suffixes = (".scala", ".sc", ".sbt")


class CSharpModules(Packages):
    """C#: a namespace sees the names of the namespaces around it."""

    suffixes = (".cs", ".csx")
    enclosing = True

    def find(self, importer: str, spec: str) -> tuple[Location, ...]:
        """The files of a namespace, which may be named from one of those around the importer on: `using Wrappers`."""
        around = self._package_of.get(importer, "")
        while around:
            own = f"{around}.{dotted(spec)}"
            if own in self._files:
                return super().find(importer, own)
            around = around.rpartition(".")[0]
        return super().find(importer, spec)


class PhpModules(Packages):
    """PHP: namespaces, and files that `require` names by path."""

    suffixes = (".php", ".phtml", ".php5", ".inc")

    def __init__(self, tree: Tree) -> None:
        super().__init__(tree)
        self._paths = tree.paths

    def find(self, importer: str, spec: str) -> tuple[Location, ...]:
        """A required file relative to the one that requires it, else a namespace."""
        if ".php" in spec or ".inc" in spec:
            path = required(self._paths, importer, spec)
            return (Location(path),) if path else ()
        own = f"{self._package_of.get(importer, '')}.{dotted(spec)}"
        if own in self._files and not spec.startswith("\\"):  # `Processor\Uid` means a namespace below this one
            return super().find(importer, own)
        return super().find(importer, spec)


def required(paths: frozenset[str], importer: str, spec: str) -> str | None:
    """Return the file that a `require` expression names by its last string: `__DIR__ . '/a.php'`."""
    for quote in "'\"":
        if quote in spec:
            spec = spec.rstrip(quote).rpartition(quote)[2]
    folder = importer.rpartition("/")[0]
    for base in (folder, ""):
        parts = base.split("/") if base else []
        for part in spec.strip("/").split("/"):
            if part == "..":
                del parts[-1:]
            elif part not in ("", "."):
                parts.append(part)
        if "/".join(parts) in paths:
            return "/".join(parts)
    return None
