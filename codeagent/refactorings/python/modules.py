"""The modules of a Python tree as those who move code need them: files, dotted names, and where a name comes from."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from posixpath import basename, dirname
from typing import Final

from codeagent.graph.graph import CodeGraph
from codeagent.languages import BY_NAME
from codeagent.refactorings.code import Code
from codeagent.refactorings.python.binding import read_scopes
from codeagent.refactorings.python.imports import Imported, ImportStatement, absolute, read_imports
from codeagent.refactorings.python.scopes import Scopes

ROOTS: Final = ("", "src", "lib")  # where absolute names may start from, whatever the importer
_INITS: Final = ("__init__.py", "__init__.pyi")


@dataclass(frozen=True, slots=True)
class Origin:
    """A module (`name` is "") or a name that a module's own code binds; folders without `__init__` end in a slash."""

    path: str
    name: str = ""


class Layout:
    """The dotted names of the files of a tree, as it is or as it will be."""

    def __init__(self, files: Collection[str]) -> None:
        self._files = files
        self._roots: dict[str, str] = {}

    def source_root(self, path: str) -> str:
        """Return the folder that absolute imports of a file start from: that above the outermost package around it."""
        folder = dirname(path)
        if folder not in self._roots:
            self._roots[folder] = self._root_of(folder)
        return self._roots[folder]

    def _root_of(self, folder: str) -> str:
        root = folder
        while folder:
            above = dirname(folder)
            root = above if self.is_package(folder) else root
            folder = above
        return root

    def is_package(self, folder: str) -> bool:
        """Tell whether a folder has an `__init__`."""
        return any(f"{folder}/{init}" in self._files for init in _INITS)

    def dotted(self, path: str) -> str:
        """Return the absolute name of a module's file; one in a folder that is no package is named from the root."""
        root = self.source_root(path)
        if root not in ROOTS and root == dirname(path):
            root = next((top for top in ("src", "lib") if path.startswith(f"{top}/")), "")
        return dotted_below(root, path)

    def package(self, path: str) -> str:
        """Return the name of the package that relative imports in a file start from."""
        name = self.dotted(path)
        return name if basename(path) in _INITS else name.rpartition(".")[0]


class PythonModules:
    """The Python files of one snapshot; everything is kept once it was asked for."""

    def __init__(self, code: Code) -> None:
        self.code = code
        self._language = BY_NAME["python"]
        self.layout = Layout(code.graph.files.keys())
        self._imports: dict[str, list[ImportStatement]] = {}
        self._scopes: dict[str, Scopes] = {}

    @cached_property
    def paths(self) -> list[str]:
        """Every Python file, in order."""
        return _paths(self.code.graph)

    @property
    def tops(self) -> frozenset[str]:
        """The top-level names of the tree's own modules."""
        return self.code.graph.once(_tops)

    def mentioning(self, names: Iterable[str]) -> list[str]:
        """Return the files in which one of the names occurs, in order; may hold a few too many."""
        shelf, _ = self.code.graph.sources()
        found = {path for name in names for path in shelf.mentioning(name)}
        return [path for path in self.paths if path in found]

    def imports(self, path: str) -> list[ImportStatement]:
        """Return the import statements of a file."""
        if path not in self._imports:
            self._imports[path] = read_imports(self.code.tree(path))
        return self._imports[path]

    def scopes(self, path: str) -> Scopes:
        """Return the scopes and names of a file."""
        if path not in self._scopes:
            self._scopes[path] = read_scopes(self.code.tree(path))
        return self._scopes[path]

    # --- names of modules

    def find(self, importer: str, spec: str) -> str | None:
        """Return the file of a module as imported from a file, a folder with a slash; None outside the tree."""
        found = self.code.naming.flow.world.find_from(importer, self._language, spec)
        return found[0].path if found else None

    # --- where names come from

    def module_of(self, path: str, statement: ImportStatement) -> str | None:
        """Return the file or folder of the module that a `from` statement imports from."""
        return self.find(path, statement.module) if statement.module is not None else None

    def imported(self, path: str, statement: ImportStatement, one: Imported) -> Origin | None:
        """Return what one name of a statement stands for, as the statement says it; None outside the tree."""
        if statement.module is None:
            found = self.find(path, one.name if one.alias else one.name.partition(".")[0])
            return Origin(found) if found else None
        module = self.module_of(path, statement)
        return self.member(path, module, statement.module, one.name) if module else None

    def member(self, importer: str, module: str, spec: str, name: str) -> Origin | None:
        """Return what a name of a module stands for: its own, or a module below it; re-exports are not followed."""
        if not module.endswith("/") and self.binds(module, name):
            own = self._submodule(importer, spec, name)
            if own is None or not self._imports_itself(module, name, own):
                return Origin(module, name)
            return Origin(own)
        found = self._submodule(importer, spec, name)
        if found is not None:
            return Origin(found)
        return None if module.endswith("/") else Origin(module, name)

    def _submodule(self, importer: str, spec: str, name: str) -> str | None:
        glue = "" if spec.endswith(".") else "."
        return self.find(importer, f"{spec}{glue}{name}")

    def _imports_itself(self, package: str, name: str, submodule: str) -> bool:
        """Whether a package binds a name by importing the module below it that is called so."""
        for statement in self.imports(package):
            for one in statement.names:
                if statement.binds(one) == name and not statement.local:
                    glue = "" if (statement.module or ".").endswith(".") else "."
                    spec = one.name if statement.module is None else f"{statement.module}{glue}{one.name}"
                    if self.find(package, spec) != submodule:
                        return False
        definitions = [s for s in self.imports(package) for one in s.names if s.binds(one) == name]
        return bool(definitions)

    def binds(self, path: str, name: str) -> bool:
        """Tell whether the code of a module binds a name, stars aside."""
        view = self.code.naming.flow.world.view(path)
        return (0, name) in view.slots or (b"global" in self.code.read(path) and name in self.scopes(path).module.bound)

    def absolute(self, path: str, statement: ImportStatement) -> str:
        """Return the absolute name of the module that a `from` statement names."""
        return absolute(statement.module or "", self.layout.package(path))


def _paths(graph: CodeGraph) -> list[str]:
    return [path for path, record in graph.files.items() if record.language == "python"]


def _tops(graph: CodeGraph) -> frozenset[str]:
    layout = Layout(graph.files.keys())
    return frozenset(layout.dotted(path).partition(".")[0] for path in _paths(graph))


def dotted_below(root: str, path: str) -> str:
    """Return the dotted name of a file or folder below a root folder."""
    inner = path[len(root) + 1 :] if root else path
    stem = inner.rstrip("/").removesuffix(".pyi").removesuffix(".py").replace("/", ".")
    return stem.removesuffix(".__init__") if stem != "__init__" else ""
