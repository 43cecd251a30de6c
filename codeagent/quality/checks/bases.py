"""Class hierarchies of a tree: who may find a class, or call a member of it, through what it inherits from."""

import builtins
from collections.abc import Iterator, Mapping
from typing import Final

from codeagent.domain.facts import ATTR, EXPORTED, IMPORT, KIND, LIVE, NAME, NONE, TYPE_KINDS, Expr, FileFacts
from codeagent.domain.links import INHERIT_EDGE
from codeagent.graph.tables import Tables

_ENUMERATIONS: Final = ("Enum", "IntEnum", "StrEnum", "Flag", "IntFlag")


class Bases:
    """Class hierarchies, asked whether somebody else may call a member through a base class."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.up: dict[int, set[int]] = {}
        self.down: dict[int, set[int]] = {}
        edges = tables.edges
        for source, target, kind in zip(edges.sources, edges.targets, edges.kinds, strict=True):
            if kind == INHERIT_EDGE and KIND[tables.symbols[target].kind] in TYPE_KINDS:
                self.up.setdefault(source, set()).add(target)
                self.down.setdefault(target, set()).add(source)
        self.declared: dict[str, dict[int, int]] = {}
        self.special: set[int] = set()  # classes with a metaclass or other keywords, once their file was looked at
        self.builtin: set[int] = set()  # those of Python with nothing but builtin classes for bases, likewise
        self.members: dict[int, set[str]] = {}
        for number, parent in enumerate(tables.parents):
            if parent >= 0:
                self.members.setdefault(parent, set()).add(tables.symbols[number].name)
        self.interfaces = frozenset(
            tables.symbols[n].name
            for n, parent in enumerate(tables.parents)
            if parent >= 0 and tables.symbols[parent].kind in ("interface", "trait")
        )

    def base_count(self, number: int) -> int:
        """Return how many bases a class may have by what it declares, whether they are in the tree or not: the name of
        one that is imported or else defined (`except ImportError`) counts twice."""
        symbol = self.tables.symbols[number]
        known = self.declared.get(symbol.path)
        if known is None:
            facts = self.tables.graph.facts(symbol.path)
            known = self.declared[symbol.path] = {
                fact.symbol: sum(_classes_by(facts, facts.exprs[base]) for base in fact.bases if base >= 0)
                for fact in facts.classes
            }
            first = self.tables.first[self.tables.file_of(number)]
            self.special.update(first + fact.symbol for fact in facts.classes if fact.keywords)
            if facts.language == "python":
                plain = (one.symbol for one in facts.classes if all(_is_builtin(facts, base) for base in one.bases))
                self.builtin.update(first + symbol for symbol in plain)
        first = self.tables.first[self.tables.file_of(number)]
        return known.get(number - first, 0)

    def upwards(self, number: int) -> Iterator[int]:
        """Yield a class and all its bases in the tree, each once."""
        return _reached(number, self.up)

    def downwards(self, number: int) -> Iterator[int]:
        """Yield a class and all that inherits from it in the tree, each once."""
        return _reached(number, self.down)

    def may_be_collected(self, number: int) -> bool:
        """Tell whether somebody may find a class, or read what it holds, through its bases: unknown ones, or ones that
        keep a list."""
        return any(self._is_unknown(at) or self._tells(at) for at in self.upwards(number))

    def may_be_found(self, number: int) -> bool:
        """Tell whether somebody may find a class through its bases; builtin ones tell nobody."""
        return any((self._is_unknown(at) and at not in self.builtin) or self._tells(at) for at in self.upwards(number))

    def _is_unknown(self, number: int) -> bool:
        return self.base_count(number) > len(self.up.get(number, ()))

    def _tells(self, number: int) -> bool:
        return number in self.special or "__init_subclass__" in self.members.get(number, ())

    def look_up_names(self, number: int) -> bool:
        """Tell whether a file of a class, of what inherits from it, or of a base of these looks up members by names
        that it computes."""
        tables = self.tables
        kin = {at for below in self.downwards(number) for at in self.upwards(below)}
        return any(tables.graph.facts(tables.symbols[at].path).dynamic for at in kin)

    def is_enumeration(self, number: int) -> bool:
        """Tell whether a class of Python is an enumeration, by what its bases are called."""
        facts = self.tables.graph.facts(self.tables.symbols[number].path)
        index = number - self.tables.first[self.tables.file_of(number)]
        bases = next((fact.bases for fact in facts.classes if fact.symbol == index), ())
        named = (facts.exprs[base] for base in bases if base >= 0)
        return any(expr[0] in (NAME, LIVE, ATTR) and expr[2] in _ENUMERATIONS for expr in named)

    def may_be_mixed_in(self, number: int) -> bool:
        """Tell whether a subclass brings another base, one that is not known, which may call a member of this class."""
        tables = self.tables
        if tables.symbols[number].name.startswith("__") and not tables.symbols[number].name.endswith("__"):
            return False  # mangled
        kin = {at for below in self.downwards(tables.parents[number]) for at in self.upwards(below)}
        return any(self._is_unknown(at) and at not in self.builtin for at in kin)

    def may_be_called_by_others(self, number: int) -> bool:
        """Tell whether a member may implement or override something: then no reference proves nothing."""
        tables = self.tables
        symbol, parent = tables.symbols[number], tables.parents[number]
        language = tables.graph.files[symbol.path].language
        if symbol.name.startswith("__") and language == "python":
            return False  # mangled: nobody outside the class can mean it
        if language == "rust" or symbol.name in self.interfaces:
            return True
        if language == "go" and symbol.flags & EXPORTED and symbol.kind == "method":
            return True  # types satisfy interfaces of other modules without a word
        if any(map(self._is_unknown, self.upwards(parent))):  # an unknown base may call anything
            return True
        kin = {*self.upwards(parent), *self.downwards(parent)} - {parent}  # a subclass may bring a base that calls it
        return any(symbol.name in self.members.get(at, ()) for at in kin)


def _classes_by(facts: FileFacts, base: Expr) -> int:
    """How many classes may be meant where a base is named."""
    if base[2:] == ("object",):
        return 0
    if base[0] not in (NAME, LIVE):
        return 1
    bound = [one.value for one in facts.bindings if (one.scope, one.name) == base[1:3]]
    defined = any((one.parent, one.name) == base[1:3] for one in facts.symbols)
    imported = any(value != NONE and facts.exprs[value][0] == IMPORT for value in bound)
    return 2 if imported and (defined or len(bound) > 1) else 1


def _is_builtin(facts: FileFacts, base: int) -> bool:
    """Whether a base is a class that Python has built in, by a name that the file gives to nothing else."""
    expr = facts.exprs[base] if base != NONE else (NONE,)
    if expr[0] not in (NAME, LIVE) or not isinstance(getattr(builtins, expr[2], None), type):
        return False
    return all(one.name != expr[2] for one in facts.bindings) and all(one.name != expr[2] for one in facts.symbols)


def _reached(number: int, steps: Mapping[int, set[int]]) -> Iterator[int]:
    seen, waiting = {number}, [number]
    while waiting:
        at = waiting.pop()
        yield at
        new = steps.get(at, set()) - seen
        seen |= new
        waiting += new
