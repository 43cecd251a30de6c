"""What moves in a Python tree, files and names, and how modules are called from every file once it has moved."""

from collections.abc import Mapping
from functools import cached_property
from posixpath import dirname

from codeagent.refactorings.python.imports import ImportStatement, relative
from codeagent.refactorings.python.modules import ROOTS, Layout, PythonModules, dotted_below


class Relocation:
    """Files and folders that move (`files`, folders with a slash) and names of modules that do (`names`).

    `names` maps (path, name) to the path of the name's new module; `fresh` are files that will be made."""

    def __init__(
        self,
        modules: PythonModules,
        files: Mapping[str, str],
        names: Mapping[tuple[str, str], str],
        fresh: frozenset[str] = frozenset(),
    ) -> None:
        self.modules, self.files, self.names = modules, files, names
        self._fresh = fresh

    @cached_property
    def after(self) -> Layout:
        """The names of the files when all has moved."""
        return Layout({self.new_path(path) for path in self.modules.code.graph.files} | self._fresh)

    @cached_property
    def tops(self) -> frozenset[str]:
        """The top-level names of the tree's modules, before and after."""
        coming = {*self.files.values(), *self.names.values(), *self._fresh}
        return self.modules.tops | {self.after.dotted(path).partition(".")[0] for path in coming}

    def new_path(self, path: str) -> str:
        """Return where a file or folder (with a slash) will lie."""
        if path in self.files:
            return self.files[path]
        for old, new in self.files.items():
            if old.endswith("/") and path.startswith(old):
                return new + path[len(old) :]
        return path

    def moved(self, path: str) -> bool:
        """Tell whether a file or folder will lie elsewhere."""
        return self.new_path(path) != path

    def in_place(self, path: str) -> bool:
        """Tell whether a file stays in its folder, so that relative imports lead where they did."""
        return dirname(self.new_path(path)) == dirname(path)

    def dotted(self, path: str) -> str:
        """Return the absolute name, after the move, of a module by its path before."""
        return self.after.dotted(self.new_path(path))

    def spelled(self, importer: str, spec: str, module: str) -> str:
        """Return how a file that imports a module absolutely by `spec` does so after the move."""
        new, root = self.new_path(module), root_of(spec, module)
        own = self.after.source_root(new)
        enters = own in ROOTS and own != root and not module.startswith(f"{own}/")  # a `src`, which is in no name
        if root is None or enters or not self._still_root(importer, root):
            return self.after.dotted(new)
        return dotted_below(root, new) if not root or new.startswith(f"{root}/") else self.after.dotted(new)

    def _still_root(self, importer: str, root: str) -> bool:
        if not self.moved(importer) or root in ROOTS:
            return True
        own = self.modules.layout.source_root(importer)
        return root == own == self.after.source_root(self.new_path(importer))

    def from_spec(self, importer: str, statement: ImportStatement, module: str) -> str:
        """Return what a `from` statement says for its module (by the path before) after the move."""
        spec = statement.module or ""
        if self.in_place(importer) and not self.moved(module):
            return spec
        if spec.startswith("."):
            return self.relative_spec(importer, self.dotted(module))
        return self.spelled(importer, spec, module)

    def relative_spec(self, importer: str, dotted: str) -> str:
        """Return a module as seen from a file after the move, relative where they share a package."""
        package = self.after.package(self.new_path(importer))
        return relative(dotted, package) or dotted


def root_of(spec: str, module: str) -> str | None:
    """Return the folder from which a module is called by a dotted name; None where the name does not fit its path."""
    inner = spec.replace(".", "/")
    for ending in (".py", ".pyi", "/__init__.py", "/__init__.pyi", "/"):
        tail = inner + ending
        if module == tail:
            return ""
        if module.endswith(f"/{tail}"):
            return module[: -len(tail) - 1]
    return None


def folder_of(package: str) -> str:
    """Return the folder of a package by its `__init__` or its path with a slash."""
    return package.rstrip("/") if package.endswith("/") else dirname(package)
