"""Changes of import statements alone, where every name that stayed means what it did."""

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from codeagent.domain.facts import ImportFact
from codeagent.graph.naming import FileNames
from codeagent.languages.syntax import Node
from codeagent.quality.gates.comparison import Comparison
from codeagent.quality.reviewing.hunks import Difference, Rows
from codeagent.quality.reviewing.sides import Side, Sides

_STATEMENTS: Final = frozenset(
    ("import_statement", "import_from_statement", "import_declaration", "import_spec", "use_declaration")
)
_PASSED_ON: Final = ("__init__.py", "index.ts", "index.js", "mod.rs", "lib.rs")  # imports are what these are for


def explain_imports(sides: Sides, difference: Difference) -> None:
    """Explain the lines of import statements of each file in which no name means something else now."""
    new_key = Comparison(sides.change, sides.change.matching).new_key
    for file in sides.change.files:
        if file.old_path not in sides.before.graph.files or file.path not in sides.after.graph.files:
            continue
        if not sides.after.graph.has_facts(file.path) or not sides.before.graph.has_facts(file.old_path):
            continue
        old = {(file.old_path, n) for n in _lines(sides.before, file.old_path, difference.old_rows[file.old_path])}
        new = {(file.path, n) for n in _lines(sides.after, file.path, difference.new_rows[file.path])}
        old, new = old & difference.old_changed, new & difference.new_changed
        if (old or new) and _Imports(sides, file.old_path, file.path).keep_meaning(new_key):
            first = min((n for _, n in new), default=1)
            difference.explain_lines("imports", f"import statements of {file.path} alone", file.path, first, old, new)


def _lines(side: Side, path: str, rows: Rows) -> Iterator[int]:
    """The lines that hold nothing but import statements at the top of the file."""
    pending = list(side.tree(path).children)
    while pending:
        node = pending.pop()
        if node.type in _STATEMENTS:
            first, last = rows.of_bytes(node.start_byte, node.end_byte)
            yield from (n for n in range(first, last + 1) if _is_alone(rows, n, node))


def _is_alone(rows: Rows, line: int, node: Node) -> bool:
    start, end = rows.span((line, line))
    before, after = rows.source[start : max(start, node.start_byte)], rows.source[min(end, node.end_byte) : end]
    after = after.strip()
    return not before.strip() and (not after or after == b";" or after.startswith((b"#", b"//")))


class _Origin(NamedTuple):
    """Where an import takes a name from."""

    spec: str
    name: str
    flags: int


class _Imports:
    """The imports of one file on both sides."""

    def __init__(self, sides: Sides, old_path: str, path: str) -> None:
        self._path = path
        self._old, self._new = sides.before.names(old_path), sides.after.names(path)
        self._sources = sides.before.read(old_path), sides.after.read(path)

    def keep_meaning(self, new_key: Callable[[str], str]) -> bool:
        """Tell whether what comes and goes binds nothing anew that was something else, and lets nobody down."""
        old, new = _bound(self._old), _bound(self._new)
        if old is None or new is None:
            return False
        if self._path.endswith(_PASSED_ON) and old.keys() != new.keys():
            return False
        if not all(self._is_same(name, old[name], new[name], new_key) for name in old.keys() & new.keys()):
            return False
        fresh, gone = new.keys() - old.keys(), old.keys() - new.keys()
        said = self._said(self._old, self._sources[0])
        return not any(self._is_caught(name, new_key) for name in fresh & said) and not gone & self._unknown()

    def _is_caught(self, name: str, new_key: Callable[[str], str]) -> bool:
        """Whether a name that is imported now stood for something else before."""
        before = self._old.bare(0, name).targets
        return bool(before) and frozenset(map(new_key, before)) != self._new.bare(0, name).targets

    def _is_same(self, name: str, was: _Origin, now: _Origin, new_key: Callable[[str], str]) -> bool:
        """Whether a name that both sides import stands for the same thing, and at the same times."""
        if was == now:
            return True
        if was.flags != now.flags:
            return False  # for types alone now, or no more
        before, after = self._old.bare(0, name).targets, self._new.bare(0, name).targets
        own = f"{self._old.path}::{name}" in before or f"{self._new.path}::{name}" in after  # it leads nowhere
        return not own and frozenset(map(new_key, before)) == after

    def _said(self, names: FileNames, source: bytes) -> set[str]:
        """The bare names that a file says."""
        return {source[start:end].decode("utf-8", "replace") for start, end in names.bare_spans()}

    def _unknown(self) -> set[str]:
        """The bare names that stand for nothing after the change."""
        spans = ((start, end) for start, end in self._new.bare_spans() if not self._new.spoken_for(start, end))
        return {self._sources[1][start:end].decode("utf-8", "replace") for start, end in spans}


def _bound(names: FileNames) -> dict[str, _Origin] | None:
    """What imports at the top of a file bind; None where a star or an effect hides it."""
    found: dict[str, _Origin] = {}
    for one in names.facts.imports:
        if one.scope == 0:
            name = _name(one)
            if not name or one.name == "*" or one.spec == "__future__" or name in found:
                return None
            found[name] = _Origin(one.spec, one.name or "", one.flags)
    return found


def _name(one: ImportFact) -> str:
    """What an import binds; "" for one that does more than that: `import a.b` also loads a.b."""
    return one.alias or one.name or (one.spec if one.spec.isidentifier() else "")
