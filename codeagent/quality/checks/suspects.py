"""Definitions that nothing refers to, as far as nobody else is known to start them: who may be dead."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from codeagent.domain.code import Certainty, Symbol
from codeagent.domain.facts import ABSTRACT, OVERRIDE, PROPERTY, TEST
from codeagent.quality.checks import liveness
from codeagent.quality.checks.bases import Bases
from codeagent.quality.checks.looked_up import looked_up
from codeagent.quality.checks.mentions import composed
from codeagent.quality.checks.remarks import kept
from codeagent.quality.checks.spelling import DEEP
from codeagent.quality.checks.subject import Subject

OWN_FILE: Final = frozenset(("python", "javascript", "typescript", "tsx", "jsx"))  # private means: in this file
CHECKED: Final = frozenset((
    "function", "method", "class", "interface", "enum", "struct", "trait", "type", "property", "constant",
    "variable", "macro",
))  # fmt: skip
_OF_TESTS: Final = frozenset(("function", "method", "class"))
_PARTS: Final = frozenset(("method", "property"))
Readers = Mapping[str, set[str]]


@dataclass(frozen=True, slots=True)
class Suspect:
    """A symbol without users; `local` when its name can only be meant in its own file and its importers,
    `open` when whatever loads the module may read it, and no surer than `most`."""

    number: int
    symbol: Symbol
    local: bool
    open: bool = False
    most: Certainty = Certainty.EXACT


def kind_of(symbol: Symbol) -> str:
    """Return what people call a definition."""
    return "property" if symbol.kind == "method" and symbol.flags & PROPERTY else symbol.kind


class Suspecting:
    """Finds the suspects of a tree."""

    def __init__(self, subject: Subject, readers: Readers) -> None:
        self._subject, self._readers = subject, readers
        self._tables = subject.tables
        self._used = liveness.used(self._tables)
        self._bases = Bases(self._tables)
        self._looked_up, self._made = looked_up(subject), composed(subject)

    def all(self) -> Iterator[Suspect]:
        """Yield definitions that nothing refers to; of those inside an unused one only the methods of a type."""
        for number, symbol in enumerate(self._tables.symbols):
            if self._used[number] or symbol.kind not in CHECKED or self._lies_in_unused(number):
                continue
            if self._is_judged(symbol) and not self._is_kept(number, symbol):
                yield self._suspect(number, symbol)

    def may_be_found(self, symbol: Symbol) -> bool:
        """Tell whether a definition is a class that one of its bases may have told somebody of."""
        return symbol.kind == "class" and self._bases.may_be_found(self._tables.numbers[symbol.id])

    def _is_judged(self, symbol: Symbol) -> bool:
        path = symbol.path
        if self._tables.graph.files[path].language not in DEEP or symbol.id in self._subject.entries:
            return False
        return self._subject.product(path) or (
            symbol.kind in _OF_TESTS and runs_in_tests(self._subject, path, self._readers)
        )

    def _is_kept(self, number: int, symbol: Symbol) -> bool:
        """Whether somebody may use it in a way that is no reference."""
        tables, path = self._tables, symbol.path
        language, in_tests = tables.graph.files[path].language, tables.graph.files[path].test
        if symbol.flags & (ABSTRACT | OVERRIDE | TEST) or liveness.conventional(symbol) or "@" in symbol.name:
            return True
        if liveness.named_as_test(symbol) and (in_tests or language != "python"):
            return True
        if language == "rust" and symbol.name.startswith("$"):
            return True  # its name is what a macro is told
        facts = tables.graph.facts(path)
        if facts.exports is not None and symbol.name in facts.exports:
            return True
        if liveness.is_inner_test(tables, number) or _given_away(tables.graph.read(path), symbol, language):
            return True
        member = liveness.is_member(tables, number)
        if liveness.of_object(tables, number) and tables.symbols[tables.parents[number]].name.startswith("<"):
            return True  # a value that goes somewhere
        if member and self._bases.may_be_called_by_others(number):
            return True
        return self._is_helper_of_tests(number, symbol) if in_tests else self._is_offered(number, symbol, member)

    def _is_helper_of_tests(self, number: int, symbol: Symbol) -> bool:
        """Whether a definition among tests may be there for a test alone: inside of one, or found by its form."""
        tables = self._tables
        if tables.symbols[tables.parents[number]].kind in liveness.BODIES or "Test" in symbol.name:
            return True
        if not liveness.benign_decorators(tables.graph.read(symbol.path), symbol):
            return True
        return symbol.kind == "class" and self._bases.may_be_found(number)

    def _is_offered(self, number: int, symbol: Symbol, member: bool) -> bool:
        """Whether something outside the code may find it: other repositories, frameworks, what loads its module."""
        tables, path = self._tables, symbol.path
        private = liveness.private(tables, number)
        loose = symbol.kind in ("variable", "constant") and (self._is_signal(symbol, member) or not private)
        if loose and (tables.graph.files[path].language != "python" or liveness.is_configuration(path)):
            return True
        inherited = _is_protected(tables.graph.read(path), symbol, tables.graph.files[path].language)
        if (not private or inherited) and liveness.public(self._subject, path):
            return True
        return symbol.kind == "class" and not private and self._bases.may_be_found(number)

    def _is_signal(self, symbol: Symbol, member: bool) -> bool:
        """Whether a name is for a tool to find, such as `__unittest`."""
        return symbol.name.startswith("__") and not member

    def _suspect(self, number: int, symbol: Symbol) -> Suspect:
        tables = self._tables
        language = tables.graph.files[symbol.path].language
        member, private = liveness.is_member(tables, number), liveness.private(tables, number)
        nested = tables.symbols[tables.parents[number]].kind in liveness.BODIES
        own_file = language in OWN_FILE and not liveness.shares_globals(tables, symbol.path)
        loose = symbol.kind in ("variable", "constant") and (self._is_signal(symbol, member) or not private)
        most = Certainty.LIKELY if liveness.named_as_test(symbol) else Certainty.EXACT
        put_together = self._may_be_put_together(number, symbol)
        if (
            liveness.of_object(tables, number)
            or self._may_be_called_as_duck(number, symbol, member, private)
            or put_together
            or (member and self._bases.may_be_mixed_in(number))
            or self.may_be_found(symbol)
        ):
            most = Certainty.LIKELY
        gone_through = symbol.path in self._looked_up and tables.symbols[tables.parents[number]].kind == "module"
        found = gone_through or (put_together and self._made.may_mean(symbol.name))
        if found or not liveness.benign_decorators(tables.graph.read(symbol.path), symbol):
            most = Certainty.NAME_ONLY  # a decorator may hand it to somebody, a look-up by a computed name find it
        return Suspect(number, symbol, not member and private and (nested or own_file), loose, most)

    def _may_be_called_as_duck(self, number: int, symbol: Symbol, member: bool, private: bool) -> bool:
        """Whether somebody from outside who is handed an object of a used class of Python may call a public method."""
        graph = self._tables.graph
        file = graph.files[symbol.path]
        alive = bool(self._used[self._tables.parents[number]])
        return member and not private and alive and file.language == "python" and not file.test

    def _may_be_put_together(self, number: int, symbol: Symbol) -> bool:
        """Whether code may come by a name that it does not spell: all names of a function around it (`locals()`), a
        member that its file or that of a base looks up by a computed name, or an underscore before another member's."""
        tables = self._tables
        parent = tables.parents[number]
        around = tables.symbols[parent].span
        if tables.symbols[parent].kind in liveness.BODIES:
            dynamic = tables.graph.facts(symbol.path).dynamic
            return any(around.start <= at < around.end for at in dynamic)
        if liveness.is_member(tables, number) and self._bases.look_up_names(parent):
            return True
        beside = symbol.name.lstrip("_")
        return beside != symbol.name and beside in self._bases.members.get(parent, ())

    def _lies_in_unused(self, number: int) -> bool:
        """Whether a definition lies in an unused one that is reported for it; methods of a type are told themselves."""
        tables = self._tables
        parent = tables.parents[number]
        if tables.symbols[number].kind in _PARTS and liveness.is_member(tables, number):
            parent = tables.parents[parent]
        while parent >= 0 and tables.parents[parent] >= 0:
            if not self._used[parent]:
                return True
            parent = tables.parents[parent]
        return False


def _is_protected(source: bytes, symbol: Symbol, language: str) -> bool:
    """Tell whether a member of Java is there for classes that inherit it, of other repositories, too."""
    return language == "java" and b"protected" in source[symbol.span.start : symbol.name_span.start].split()


def runs_in_tests(subject: Subject, path: str, readers: Readers) -> bool:
    """Tell whether a file of Python is a test or what tests import, not one that they only read."""
    record = subject.tables.graph.files[path]
    loaded = liveness.is_test_module(path) or path in readers
    return record.test and record.language == "python" and path not in subject.aside and loaded


def readers_of(subject: Subject) -> Readers:
    """Return for each file the files that use or import anything of it."""
    tables = subject.tables
    readers: dict[str, set[str]] = {}
    for source, target in subject.imports.places:
        readers.setdefault(tables.paths[target], set()).add(tables.paths[source])
    return readers


def _given_away(source: bytes, symbol: Symbol, language: str) -> bool:
    """Tell whether the definition goes to somebody by its form alone, or a remark says that it stays."""
    line = source[symbol.span.start : source.find(b"\n", symbol.name_span.end) % (len(source) + 1)]
    return (
        kept(line, kind_of(symbol))
        or (language != "python" and not liveness.benign_decorators(source, symbol))
        or liveness.is_value(source, symbol, language)
        or (symbol.name.startswith("_") and liveness.is_unpacked(source, symbol, language))
        or liveness.declares_for_others(source, symbol, language)
        or liveness.is_enumerated(source, symbol, language)
    )
