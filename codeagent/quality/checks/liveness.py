"""What keeps a definition alive without a reference that the graph can see: conventions, hooks, bases, publication."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from codeagent.domain.code import Symbol
from codeagent.domain.facts import EXPORTED
from codeagent.domain.links import EXACT, WRITE_EDGE
from codeagent.graph.tables import Tables
from codeagent.quality.checks.subject import Subject

# Decorators and annotations that hand the definition to nobody.
_BENIGN: Final = frozenset((
    "property", "staticmethod", "classmethod", "cached_property", "functools.cached_property", "lru_cache",
    "functools.lru_cache", "cache", "functools.cache", "contextmanager", "contextlib.contextmanager",
    "asynccontextmanager", "contextlib.asynccontextmanager", "wraps", "functools.wraps", "dataclass",
    "dataclasses.dataclass", "total_ordering", "functools.total_ordering", "final", "typing.final",
    "no_type_check", "SuppressWarnings", "Deprecated", "Nullable", "NonNull", "NotNull", "inline", "must_use",
    "allow", "doc",
))  # fmt: skip
_MARK: Final = re.compile(rb"^\s*(?:@|#\[)\s*([\w.:]+)", re.MULTILINE)
BODIES: Final = ("function", "method", "constructor", "lambda")
JAVASCRIPT: Final = frozenset(("javascript", "typescript", "tsx", "jsx"))
_CONFIGURES: Final = ("conf", "settings", "local_", "defaults", "constants", "migrations", "alembic")
_UNPACKED: Final = re.compile(rb"[\s)\]]*,")
_REMARK: Final = re.compile(rb"/\*.*?\*/|//[^\n]*", re.DOTALL)
_VALUE: Final = re.compile(rb"(?:\breturn|\bdefault|=>|[=(,:?\[&|!])\s*(?:async\s+)?$")
_HOOKS: Final = frozenset((
    "main", "init", "setUp", "tearDown", "setUpClass", "tearDownClass", "setUpModule", "tearDownModule",
    "setup", "teardown", "load_tests", "readObject", "writeObject", "readResolve", "writeReplace",
    "readObjectNoData", "serialVersionUID", "TestMain", "setup_module", "teardown_module", "setup_function",
    "teardown_function", "setup_class", "teardown_class",
    "setup_method", "teardown_method", "constructor", "drop", "fmt", "default", "clone",
    "from", "into", "deref",
))  # fmt: skip
_OWN_LANGUAGE: Final = re.compile(r"^(Benchmark[A-Z]|Example|Fuzz[A-Z]|pytest_|visit_|leave_|handle_|do_[A-Z])")
_TEST: Final = re.compile(r"^(test_|Test[A-Z])")
_TEST_MODULE: Final = re.compile(r"(?:^|/)(?:test_[^/]*|[^/]*_test|tests|conftest)\.py$")


def used(tables: Tables) -> bytearray:
    """Return one byte per symbol: 1 where anything outside it uses it or a part of it; to be set is no use."""
    parents = tables.parents
    alive = bytearray(len(tables.symbols))
    edges = tables.edges
    around: set[int] = set()
    last = -1
    for source, target, kind, certainty in zip(
        edges.sources, edges.targets, edges.kinds, edges.certainties, strict=True
    ):
        if kind == WRITE_EDGE:
            continue
        if source != last:
            last, around = source, set(_outwards(parents, source))
        alive[target] = alive[target] or target not in around
        while certainty == EXACT and target >= 0 and target not in around:  # of its type, and so that is used
            alive[target] = 1
            target = parents[target]
    return alive


def _outwards(parents: Sequence[int], number: int) -> Iterator[int]:
    """Yield a symbol and what it lies in."""
    while number >= 0:
        yield number
        number = parents[number]


def conventional(symbol: Symbol) -> bool:
    """Tell whether a name is called by a language, a test runner or a framework rather than by name."""
    name = symbol.name
    special = name.startswith("_") and name.endswith("_")  # `__eq__`, and `_repr_html_`, `_missing_`
    return special or not name.strip("_") or name.startswith("<") or name in _HOOKS or bool(_OWN_LANGUAGE.match(name))


def named_as_test(symbol: Symbol) -> bool:
    """Tell whether a name is one by which test runners find tests."""
    return bool(_TEST.match(symbol.name))


def is_test_module(path: str) -> bool:
    """Tell whether a file is one that Python's test runners load, not one that tests read."""
    return bool(_TEST_MODULE.search(path))


def benign_decorators(source: bytes, symbol: Symbol) -> bool:
    """Tell whether nothing stands on a definition that could hand it to somebody."""
    head = source[symbol.span.start : symbol.name_span.start]
    return all(name.decode("utf-8", "replace") in _BENIGN for name in _MARK.findall(head))


def is_unpacked(source: bytes, symbol: Symbol, language: str) -> bool:
    """Tell whether a Python variable is one of several that a statement assigns: the others need it in its place."""
    if language != "python" or symbol.kind not in ("variable", "constant"):
        return False
    end = source.find(b"\n", symbol.name_span.end) % (len(source) + 1)
    before = source[source.rfind(b"\n", 0, symbol.name_span.start) + 1 : symbol.name_span.start].strip()
    return before.endswith((b",", b"(", b"[", b"*")) or bool(_UNPACKED.match(source, symbol.name_span.end, end))


def is_value(source: bytes, symbol: Symbol, language: str) -> bool:
    """Tell whether a definition is itself a value that goes somewhere: `return function named() {}`."""
    before = source[max(0, symbol.span.start - 1_000) : symbol.span.start]
    return language in JAVASCRIPT and bool(_VALUE.search(_REMARK.sub(b"", before)))


def declares_for_others(source: bytes, symbol: Symbol, language: str) -> bool:
    """Tell whether a type adds to one that is defined elsewhere: `declare global { interface Window }`."""
    types = language in JAVASCRIPT and symbol.kind in ("interface", "class", "namespace", "type")
    return types and (symbol.path.endswith(".d.ts") or b"declare " in source)


def is_enumerated(source: bytes, symbol: Symbol, language: str) -> bool:
    """Tell whether a Go constant is counted by `iota`: the ones after it need it in its place."""
    if language != "go" or symbol.kind != "constant":
        return False
    start = source.rfind(b"const", 0, symbol.span.start)
    end = source.find(b"\n)", symbol.span.start)
    return b"iota" in source[start : end if end >= 0 else len(source)]


def is_configuration(path: str) -> bool:
    """Tell whether a file is named as one whose variables are read by whatever it configures."""
    return any(word in part for part in path.lower().split("/") for word in _CONFIGURES)


def shares_globals(tables: Tables, path: str) -> bool:
    """Tell whether a file is a plain browser script: its names are everybody's on the same page."""
    facts = tables.graph.facts(path)
    return facts.language in JAVASCRIPT and not facts.imports and not any(s.flags & EXPORTED for s in facts.symbols)


def is_inner_test(tables: Tables, number: int) -> bool:
    """Tell whether a Rust definition lies in a file's own module of tests."""
    if tables.graph.files[tables.symbols[number].path].language != "rust":
        return False
    while number >= 0:
        if tables.symbols[number].name in ("tests", "test") and tables.symbols[number].kind in ("namespace", "module"):
            return True
        number = tables.parents[number]
    return False


def is_member(tables: Tables, number: int) -> bool:
    """Tell whether a symbol belongs to a type rather than to a module or function."""
    parent = tables.parents[number]
    kinds = ("class", "interface", "enum", "struct", "trait", "object", "type")
    return parent >= 0 and tables.symbols[parent].kind in kinds


def of_object(tables: Tables, number: int) -> bool:
    """Tell whether a symbol is a member of an object that is written out, as in JavaScript: who has it may call it."""
    symbol, parent = tables.symbols[number], tables.parents[number]
    scripted = tables.graph.files[symbol.path].language in JAVASCRIPT
    return scripted and parent >= 0 and tables.symbols[parent].kind == "object"


def private(tables: Tables, number: int) -> bool:
    """Tell whether a name can only be meant inside the file, package or function it is defined in."""
    symbol = tables.symbols[number]
    parent = tables.parents[number]
    if parent >= 0 and tables.symbols[parent].kind in BODIES:
        return True
    language = tables.graph.files[symbol.path].language
    if language == "python":
        return symbol.name.startswith("_")
    if symbol.name.startswith(("#", "_")):
        return True
    return not symbol.flags & EXPORTED


def public(subject: Subject, path: str) -> bool:
    """Tell whether the public names of a file are offered to other repositories."""
    if any(part.startswith("_") and part != "__init__.py" for part in path.split("/")):
        return False
    parts = path.split("/")[:-1]
    if "internal" in parts:
        return False
    return any("/".join(parts[:n]) in subject.published for n in range(len(parts) + 1))
