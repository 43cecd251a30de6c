"""What of a tree is public: the names that others may rely on, by the customs of each language."""

import re
from collections.abc import Iterator
from functools import cache, cached_property
from typing import Final

from codeagent.domain.code import Symbol
from codeagent.domain.facts import EXPORTED
from codeagent.domain.links import IMPORT_EDGE
from codeagent.graph.graph import CodeGraph
from codeagent.graph.spelling import is_import
from codeagent.quality.reviewing.sides import Side

CALLABLE: Final = frozenset(("function", "method", "constructor", "property", "lambda", "macro"))
_ASIDE: Final = re.compile(
    r"(?:^|/)(?:tests?|testing|docs?|docs_src|examples?|benchmarks?|scripts?|tools|tasks|fixtures?|samples?|demos?"
    r"|vendor|_vendor|third_party|playgrounds?|e2e|__tests__|noxfile\.py|setup\.py|conftest\.py)(?:/|$)"
)


class Publicity:
    """Tells what of one side is public."""

    def __init__(self, side: Side) -> None:
        self._side = side
        self.is_public = cache(self._is_public)

    def _is_public(self, identity: str) -> bool:
        """Whether a symbol can be reached from outside by names without a leading underscore, or is exported."""
        symbol = self._side.symbol(identity)
        if symbol is None or symbol.kind in ("module", "lambda", "parameter"):
            return False
        record = self._side.graph.files[symbol.path]
        if record.test or aside(symbol.path):
            return False
        parents = list(self._parents(symbol))
        if any(one.kind in CALLABLE for one in parents):
            return False
        if record.language == "python":
            return self._is_public_python(symbol, [symbol, *parents])
        return all(one.flags & EXPORTED for one in (symbol, *parents)) and not self._is_of_program(symbol.path)

    def _is_of_program(self, path: str) -> bool:
        """Whether a file is a part of a program, which nobody imports: of a crate of Rust without a library, of a
        command or an internal package of Go."""
        language, files = self._side.graph.files[path].language, self._side.graph.files
        if language == "go":
            return self._side.graph.facts(path).package == "main" or "internal" in path.split("/")[:-1]
        if language != "rust":
            return False
        crate, inside, _ = f"/{path}".rpartition("/src/")
        crate = f"{crate}/".lstrip("/")
        if not inside or f"{crate}Cargo.toml" not in self._side.graph.paths or f"{crate}src/lib.rs" in files:
            return False
        return f"{crate}src/main.rs" in files and b"[lib]" not in self._side.graph.tree.read(f"{crate}Cargo.toml")

    def _parents(self, symbol: Symbol) -> Iterator[Symbol]:
        """The definitions around a symbol, without its file."""
        parent = self._side.symbol(symbol.parent or "")
        while parent is not None and parent.kind != "module":
            yield parent
            parent = self._side.symbol(parent.parent or "")

    def _is_public_python(self, symbol: Symbol, chain: list[Symbol]) -> bool:
        if any(_is_private(one.name) for one in chain):
            return False
        outermost = chain[-1]
        exports = self._side.graph.facts(symbol.path).exports
        if exports is not None and outermost.name in exports:
            return True
        hidden = any(_is_private(part) for part in _module_parts(symbol.path))
        return self._is_passed_on(outermost) if hidden else exports is None or self._is_passed_on(outermost)

    def _is_passed_on(self, symbol: Symbol) -> bool:
        """Whether a package says the name of a symbol of a private module, by name or by a star."""
        return symbol.id in self._passed_on or symbol.path in self._stars

    @cached_property
    def _passed_on(self) -> frozenset[str]:
        """The symbols that `__init__.py` files import."""
        found: set[str] = set()
        for path in _packages(self._side.graph):
            links = self._side.graph.asked(path, is_import)
            for at in range(0, len(links.edges), 5):
                if links.edges[at + 1] == IMPORT_EDGE:
                    found.add(links.targets[links.edges[at + 3]])
        return frozenset(found)

    @cached_property
    def _stars(self) -> frozenset[str]:
        """The modules of which `__init__.py` files import everything."""
        found: set[str] = set()
        for path in _packages(self._side.graph):
            if any(one.name == "*" for one in self._side.graph.facts(path).imports):
                links = self._side.graph.asked(path, lambda start, role, expr: True)
                found |= {target for target in links.targets if "::" not in target}
        return frozenset(found)


def aside(path: str) -> bool:
    """Tell whether a path holds tests, examples, documentation or the project's own tooling, no product code."""
    return _ASIDE.search(path) is not None


def _packages(graph: CodeGraph) -> Iterator[str]:
    return (path for path in graph.files if path.endswith("__init__.py") and not graph.files[path].test)


def _module_parts(path: str) -> list[str]:
    return [part for part in path.removesuffix(".py").removeprefix("src/").split("/") if part != "__init__"]


def _is_private(name: str) -> bool:
    name = name.partition("#")[0]
    return name.startswith("_") and not (name.startswith("__") and name.endswith("__"))
