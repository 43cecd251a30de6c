"""Where JavaScript and TypeScript modules lie: relative files, tsconfig paths, packages of the workspace."""

import posixpath
import re
from collections.abc import Iterator
from functools import cached_property
from typing import Final

from codeagent.languages.language import Location, Tree
from codeagent.languages.resolution.javascript_manifests import (
    Compiler,
    Package,
    compiler_options,
    dependencies,
    exported_targets,
    in_workspace,
    join,
    match,
    packages,
    split_spec,
    strings,
    workspace_globs,
)
from codeagent.languages.scripts import SCRIPT

_FOLDERS: Final = ("/", "/.", "/..")  # what such a specifier ends with means a folder, whatever file has its name
_SOURCES: Final = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".d.ts", ".json", ".vue", ".svelte")
_WRITTEN_AS: Final = {
    ".js": (".ts", ".tsx", ".js", ".d.ts", ".jsx"),
    ".jsx": (".tsx", ".jsx"),
    ".mjs": (".mts", ".mjs", ".d.mts"),
    ".cjs": (".cts", ".cjs", ".d.cts"),
}
_OUTPUT: Final = frozenset(
    {"dist", "lib", "build", "out", "esm", "cjs", "es", "umd", "types", "dts", "output", "prod", "dev", "module"}
)
_SOURCE_FOLDERS: Final = ("src", "source", "lib", "")
_BUILT: Final = re.compile(
    r"(\.(esm|cjs|umd|iife|global|prod|dev|min|es|bundler|esm-bundler|esm-browser))*(\.d)?\.[cm]?[jt]sx?$"
)
_MAIN: Final = ("source", "module", "main", "browser", "types", "typings", "jsnext:main")
_SCRIPTS: Final = 200  # global scripts that one file may see; beyond that only declarations


class JavaScriptModules:
    """The modules of one snapshot."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._paths = tree.paths
        self._compilers: dict[str, tuple[Compiler, ...]] = {}
        self._packages: dict[str, Package] = {}  # by folder
        self._named: dict[str, list[Package]] = {}
        for package in packages(tree):
            self._packages[package.folder] = package
            if package.name:
                self._named.setdefault(package.name, []).append(package)
        self._around: dict[str, tuple[Package, ...]] = {}
        self._globs = {folder: globs for folder, p in self._packages.items() if (globs := workspace_globs(tree, p))}
        self._siblings: dict[tuple[str, bool], tuple[str, ...]] = {}

    # --- the protocol ------------------------------------------------------------------------------
    def find(self, importer: str, spec: str) -> tuple[Location, ...]:
        """The file that a module specifier means, or the ambient module that declares it."""
        spec = spec.rpartition("!")[2].partition("?")[0]
        if ambient := self._ambient.get(spec):
            return ambient
        path = self._file(importer, spec)
        if path is not None:
            return (Location(path),)
        return self._wildcard(spec)

    def external(self, importer: str, spec: str) -> str:
        """`react`, `lodash.fp`, `@scope/name.sub`; a missing relative file by its path."""
        spec = spec.rpartition("!")[2].partition("?")[0].removeprefix("node:")
        if "://" in spec:
            return spec
        if spec.startswith("."):
            return join(posixpath.dirname(importer), spec)
        name, rest = split_spec(spec)
        return f"{name}.{rest.replace('/', '.')}" if rest else name

    def siblings(self, path: str) -> tuple[str, ...]:
        """Scripts (files without import or export) share their top-level names within a package; what modules declare
        as global is shared by all."""
        around = self._enclosing(path)
        root = around[0].folder if around else ""
        plain = path.endswith((".js", ".jsx", ".cjs", ".mjs"))
        if plain and self._tree.packages.get(path, "") != SCRIPT:
            plain = False
        key = (posixpath.dirname(path) if plain else root, plain)
        if key not in self._siblings:
            self._siblings[key] = (*self._scripts_in(*key), *self._declaring)
        return tuple(other for other in self._siblings[key] if other != path or other in self._declaring)

    # --- files ---------------------------------------------------------------------------------------
    def _file(self, importer: str, spec: str) -> str | None:
        folder = posixpath.dirname(importer)
        if spec.startswith(("./", "../")) or spec in (".", ".."):
            target = join(folder, spec)
            if target.startswith(".."):
                return None
            found = self._inside(target) if f"/{spec}".endswith(_FOLDERS) else self.probe(target)
            return found or self._rooted(folder, spec)
        if spec.startswith("#"):
            return self._imported(importer, spec)
        if spec.startswith("/"):
            return self.probe(spec[1:])
        return self._mapped(folder, spec) or self._package_file(importer, spec)

    def probe(self, target: str) -> str | None:
        """Return the file that a path without (or with) its suffix means: itself, a source, an index."""
        stem, suffix = posixpath.splitext(target)
        for written in _WRITTEN_AS.get(suffix, ()):
            if stem + written in self._paths:
                return stem + written
        if target in self._paths:
            return target
        for suffix in _SOURCES:
            if target + suffix in self._paths:
                return target + suffix
        return self._inside(target)

    def _inside(self, target: str) -> str | None:
        """Return the file that a folder stands for: what its manifest says, or its index."""
        package = self._packages.get(target)
        if package is not None and target and (entry := self._entry(package, fields_only=True)) is not None:
            return entry
        index = f"{target}/index" if target else "index"
        return next((index + suffix for suffix in _SOURCES if index + suffix in self._paths), None)

    def _rooted(self, folder: str, spec: str) -> str | None:
        """Try the folders that `rootDirs` lays over each other."""
        for options in self._options(folder):
            for root in options.root_dirs:
                if folder == root or folder.startswith(f"{root}/"):
                    below = join(folder[len(root) :].lstrip("/"), spec)
                    for other in options.root_dirs:
                        found = self.probe(join(other, below))
                        if found:
                            return found
        return None

    # --- tsconfig ------------------------------------------------------------------------------------
    def _options(self, folder: str) -> tuple[Compiler, ...]:
        """The compiler options that hold in a folder, the nearest config first."""
        known = self._compilers.get(folder)
        if known is None:
            found: list[Compiler] = []
            for name in ("tsconfig.json", "jsconfig.json"):
                found.extend(compiler_options(self._tree, join(folder, name)))
            if folder:
                found.extend(o for o in self._options(posixpath.dirname(folder)) if o not in found)
            known = self._compilers[folder] = tuple(found)
        return known

    def _mapped(self, folder: str, spec: str) -> str | None:
        """Try `paths` (the most specific pattern first), then `baseUrl`."""
        for options in self._options(folder):
            fitting = [(pattern, targets) for pattern, targets in options.paths if match(pattern, spec) is not None]
            fitting.sort(key=lambda entry: -len(entry[0].partition("*")[0]))
            for pattern, targets in fitting:
                star = match(pattern, spec) or ""
                for target in targets:
                    found = self.probe(target.replace("*", star, 1)) or self._from_output(
                        "", target.replace("*", star, 1)
                    )
                    if found:
                        return found
            if options.base is not None:
                found = self.probe(join(options.base, spec))
                if found:
                    return found
        return None

    # --- packages --------------------------------------------------------------------------------------
    def _enclosing(self, path: str) -> tuple[Package, ...]:
        """The packages around a file, the nearest first."""
        folder = posixpath.dirname(path)
        known = self._around.get(folder)
        if known is None:
            own = self._packages.get(folder)
            above = self._enclosing(folder) if folder else ()
            known = self._around[folder] = (own, *above) if own else above
        return known

    def _package_file(self, importer: str, spec: str) -> str | None:
        name, rest = split_spec(spec)
        candidates = self._named.get(name)
        if not candidates:
            return None
        visible = [package for package in candidates if self._visible(importer, package)]
        if not visible:
            return None
        nearest = max(visible, key=lambda p: (len(posixpath.commonprefix([p.folder + "/", importer])), p.folder))
        return self._entry(nearest, rest)

    def _visible(self, importer: str, package: Package) -> bool:
        """Tell whether a file may import a package of the tree: it is its own, a dependency, a workspace's."""
        around = self._enclosing(importer)
        if any(p.folder == package.folder or package.name in dependencies(p) for p in around):
            return True
        return any(in_workspace(package.folder, self._globs.get(p.folder, [])) for p in around)

    def _entry(self, package: Package, rest: str = "", *, fields_only: bool = False) -> str | None:
        """Return the file that a package offers as `name` or `name/rest`."""
        manifest, folder = package.manifest, package.folder
        exports = manifest.get("exports")
        if exports is not None and not fields_only:
            for target in exported_targets(exports, f"./{rest}" if rest else "."):
                found = self._from_output(folder, target)
                if found:
                    return found
        if rest:
            return self._from_output(folder, rest)
        for key in _MAIN:
            for target in strings(manifest.get(key)):
                found = self._from_output(folder, target)
                if found:
                    return found
        if fields_only:
            return None
        for name in ("src/index", "index", "src/main", "lib/index", f"src/{posixpath.basename(package.name)}"):
            found = self.probe(join(folder, name))
            if found:
                return found
        return None

    def _imported(self, importer: str, spec: str) -> str | None:
        """Resolve `#name` by the `imports` of the package around."""
        for package in self._enclosing(importer)[:1]:
            for target in exported_targets(package.manifest.get("imports"), spec):
                found = (
                    self._from_output(package.folder, target)
                    if target.startswith(".")
                    else self._file(importer, target)
                )
                if found:
                    return found
        return None

    def _from_output(self, folder: str, target: str) -> str | None:
        """Return the file a manifest points at, or the source that it is built from."""
        path = join(folder, target)
        direct = self.probe(path) if path != folder else None
        if direct is not None and not direct.endswith(".d.ts"):
            return direct
        parts = (path[len(folder) :].lstrip("/") if folder else path).split("/")
        while parts and parts[0] in _OUTPUT:
            parts = parts[1:]
            stem = _BUILT.sub("", "/".join(parts))
            for source in _SOURCE_FOLDERS:
                found = self.probe(join(folder, posixpath.join(source, stem))) if stem else None
                if found:
                    return found
        if len(parts) >= 1 and not direct:
            stem = _BUILT.sub("", "/".join(parts))
            return self.probe(join(folder, posixpath.join("src", stem))) if stem else None
        return direct

    # --- what is declared, not found -----------------------------------------------------------------
    @cached_property
    def _ambient(self) -> dict[str, tuple[Location, ...]]:
        """Modules that `declare module "name"` declares, by name."""
        found: dict[str, list[Location]] = {}
        for path, package in self._tree.packages.items():
            for spec in package.split("\n"):
                if not spec or spec == SCRIPT or spec.startswith("global:"):
                    continue
                if self._file(path, spec) is None:  # else it adds to a module that is there
                    found.setdefault(spec, []).append(Location(path, f'"{spec}"'.replace(".", "_")))
        return {spec: tuple(sorted(locations)) for spec, locations in found.items()}

    @cached_property
    def _declaring(self) -> tuple[str, ...]:
        """The modules that `declare global`."""
        return tuple(sorted(path for path, said in self._tree.packages.items() if "global:" in said.split("\n")))

    def _wildcard(self, spec: str) -> tuple[Location, ...]:
        for pattern, locations in self._ambient.items():
            if "*" in pattern and match(pattern, spec) is not None:
                return locations
        return ()

    def _scripts_in(self, folder: str, plain: bool) -> Iterator[str]:
        """Yield the global scripts of a package, or of one folder for plain JavaScript."""
        found = []
        for path, package in self._tree.packages.items():
            if not package.startswith(SCRIPT):
                continue
            if path.endswith((".ts", ".tsx", ".mts", ".cts")):
                around = self._enclosing(path)
                if plain or folder == (around[0].folder if around else ""):
                    found.append(path)
            elif plain and posixpath.dirname(path) == folder:
                found.append(path)
        found.sort()
        yield from found if len(found) <= _SCRIPTS else (path for path in found if path.endswith(".d.ts"))
