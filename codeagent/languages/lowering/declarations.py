"""Symbols of a broad language: nested definitions, in parts and outside of their types."""

from collections.abc import Iterable
from typing import Final

from tree_sitter import Node

from codeagent.domain.facts import ABSTRACT, ATTR, CALLABLE_KINDS, EXPORTED, KIND, KINDS, NONE, TYPE_KINDS
from codeagent.languages.lowering import typenames
from codeagent.languages.lowering.builder import FactsBuilder
from codeagent.languages.lowering.drafts import Draft, Drafts
from codeagent.languages.lowering.headings import heading
from codeagent.languages.lowering.outline import Spans
from codeagent.languages.lowering.patterns import Pattern
from codeagent.languages.lowering.qualified import dotted, of_arity
from codeagent.languages.lowering.shapes import Captures, Shapes

VALUE_KINDS: Final = frozenset(KIND[k] for k in ("variable", "constant", "field", "property", "enum-member"))
_PROPERTY, _TYPE, _NAMESPACE = KIND["property"], KIND["type"], KIND["namespace"]

Entry = tuple[int, int, Pattern, Captures]  # start, minus end, what matched
Span = tuple[int, int]


class Declarations(Drafts):
    """Turns the definition matches of one file into symbols."""

    def __init__(self, facts: FactsBuilder, shapes: Shapes) -> None:
        super().__init__(facts, shapes)
        shapes.local = [self.drafts[0].names]
        self._types: dict[tuple[int, str], int] = {}  # types and namespaces by parent and name
        self._named: dict[str, int] = {}  # the first of each name
        self._bodied: set[tuple[str, str]] = set()  # owner and name of what has a body here
        self._tagged: set[str] = set()  # types that have a body here
        self._local: set[tuple[int, str]] = set()  # variables of functions by scope and name
        self._whole: list[tuple[int, int, int]] = []
        self._bodies: list[tuple[int, int, int]] = []

    def define(
        self, matches: list[tuple[Pattern, list[Captures]]], generics: Iterable[Captures], typed: Iterable[Captures]
    ) -> None:
        """Make symbols of all definitions of the file, in order of their positions."""
        entries = _entries(matches)
        self._bodied = {self._signature(e[3]) for e in entries if e[3].keys() >= {"scope", "name"}}
        self._tagged = {self.shapes.word(got["name"][0]) for _, _, pattern, got in entries if _is_tagged(pattern, got)}
        stack: list[Span] = [(1 << 62, 0)]
        owners: list[tuple[int, list[Node]]] = []
        for start, end, pattern, got in entries:
            while stack[-1][0] <= start:
                stack.pop()
            parent = stack[-1][1]
            outer = self.facts.symbols[parent].parent if "parent" in pattern.settings and parent else parent
            while "flat" in pattern.settings and self.drafts[outer].runs and not self._is_local(outer, got):
                outer = self.facts.symbols[outer].parent
            symbol = self._symbol(outer, pattern, got, (start, -end))
            if symbol == NONE or "parent" in pattern.settings:  # that one stands in the header of another
                continue
            self._whole.append((start, -end, symbol))
            draft = self.drafts[symbol]
            if draft.kind == _TYPE or (draft.kind in VALUE_KINDS and not draft.runs):
                continue
            stack.append((-end, symbol))
            self._body(symbol, pattern, got, (start, -end))
            if "owner" in got and ("inside" in pattern.settings or self._is_outside(symbol)):
                owners.append((symbol, [*got.get("outer", ()), got["owner"][0]]))
        self.around = self.shapes.generics.around = Spans(self._whole)
        declared = self._generics(generics)
        self.shapes.scopes = Spans(self._bodies)
        typenames.settle(self.shapes, list(typed))
        for symbol, name, got in declared:
            bound = self.shapes.value(got["bound"][0]) if "bound" in got else NONE
            self.facts.bound_parameter(symbol, name, bound, got["generic"][0].start_byte)
        self._own(owners)
        self._returns(entries)

    def _is_local(self, scope: int, got: Captures) -> bool:
        """Tell whether a name was declared in a function before, as one of its own."""
        return bool(self._local) and (scope, self.shapes.word(got["name"][0])) in self._local

    def _generics(self, found: Iterable[Captures]) -> list[tuple[int, str, Captures]]:
        """Note the type parameters of each symbol, in order; return whose they are, and where that stands."""
        declared = []
        for got in sorted(found, key=lambda one: one["generic"][0].start_byte):
            node = got["generic"][0]
            self.taken.add(node.id)
            name = self.shapes.word(node)
            if symbol := self.shapes.generics.declare(name, got.get("of", [node])[0].start_byte):
                declared.append((symbol, name, got))
        return declared

    def _body(self, symbol: int, pattern: Pattern, got: Captures, span: Span) -> None:
        """Note where the body of a symbol lies; without one, it is abstract."""
        body = got["scope"][0] if "scope" in got else None
        if body is not None or not (pattern.has_scope or pattern.flags & ABSTRACT):
            outside = "owner" in got and "inside" not in pattern.settings  # its parameters see the owner's names
            opening = got["name"][0].end_byte if outside else body.start_byte if body else span[0]
            self._bodies.append((opening, body.end_byte if body else span[1], symbol))
            self.drafts[symbol].body = body.start_byte if body else self.drafts[symbol].body
        elif self.drafts[symbol].runs and "bodiless" not in pattern.settings:
            self.drafts[symbol].flags |= ABSTRACT

    def _symbol(self, parent: int, pattern: Pattern, got: Captures, span: Span) -> int:
        """Add one symbol; NONE for a variable that is local, or that has its symbol already."""
        named = got["name"][0] if "name" in got else None
        if named is not None:
            self.taken.add(named.id)
            if pattern.flags & ABSTRACT and self._declares(parent, named):
                return NONE
        kind = KIND[pattern.detail]
        value = kind in VALUE_KINDS and not (kind == _PROPERTY and "scope" in got)
        if value and self.drafts[parent].runs:
            self.variables.append((parent, pattern, got))
            if named is not None:
                self._local.add((parent, self.shapes.word(named)))
            return NONE
        kind = self._fitting(kind, self.drafts[parent].kind in TYPE_KINDS, "owner" in got)
        name = of_arity(self._name(pattern, named), got)
        if kind == KIND["method"] and "maker" in pattern.settings and name == self.facts.symbols[parent].name:
            kind = KIND["constructor"]
        if not name or (kind == _TYPE and name in self._tagged and self._repeats(name, got)):
            return NONE
        kind, parent, name = self._placed(kind, parent, name, pattern, got)
        if value:
            self.variables.append((parent, pattern, got))
            if (parent, name) in self.values:
                return NONE
        if (parent, name) in self._types and (kind == _TYPE or "reopens" in pattern.settings):
            return NONE if kind == _TYPE else self._types[parent, name]
        at = (named.start_byte, named.end_byte) if named is not None else (span[0], span[0])
        runs = kind in CALLABLE_KINDS or (kind in VALUE_KINDS and not value)
        hidden = named is not None and not parent and _in_block(named, pattern.settings.get("block", "").split())
        flags = pattern.flags & ~EXPORTED if hidden else pattern.flags
        draft = Draft(kind, flags, runs, extends="extends" in pattern.settings)
        index = self._open(name, parent, (span, at), draft)
        if value:
            self.values[parent, name] = index
        if kind == _TYPE and "type" in got:
            self.variables.append((parent, pattern, got))
        return index

    def _repeats(self, name: str, got: Captures) -> bool:
        """Tell whether an alias calls a type what it is called anyway: `typedef struct block block`."""
        tag = got["type"][0].child_by_field_name("name") if "type" in got else None
        return tag is not None and got["type"][0].type.endswith("_specifier") and self.shapes.word(tag) == name

    def _name(self, pattern: Pattern, named: Node | None) -> str:
        if named is None:
            return pattern.settings.get("name", "")
        word = self.shapes.word(named)
        return heading(word) if "prose" in pattern.settings else word.lstrip(":")

    def _fitting(self, kind: int, in_type: bool, owned: bool) -> int:
        """Name a kind by where it stands: a function in a type is a method, a variable there is a field."""
        if kind == KIND["variable"] and in_type:
            return KIND["field"]
        if kind in (KIND["method"], KIND["constructor"]) and not (in_type or owned):
            return KIND["function"]
        return KIND["method"] if kind == KIND["function"] and (in_type or owned) else kind

    def _placed(self, kind: int, parent: int, name: str, pattern: Pattern, got: Captures) -> tuple[int, int, str]:
        """Find the parent of what names its place itself: `namespace a::b`, `void Cart::add`."""
        if "::" in name and "name" in got and "prose" not in pattern.settings:
            node = got["name"][0]
            self.taken.update(child.id for child in node.named_children)
            *spaces, name = name.split("::")
            space = _NAMESPACE if pattern.detail == "namespace" else KIND["trait"]
            parent = self._nested(spaces, parent, (node.start_byte, node.end_byte), space)
        if "owner" in got and "inside" not in pattern.settings:
            outer = [dotted(self.shapes.word(node)) for node in got.get("outer", ())]
            owner = dotted(self.shapes.word(got["owner"][0]))
            kind = KIND["constructor"] if name == owner else kind
            if owner in self._named:
                return kind, self._named[owner], name
            name = ".".join((*outer, owner, name))
        return kind, parent, name

    def _signature(self, got: Captures) -> tuple[str, str]:
        owner = dotted(self.shapes.word(got["owner"][0])) if "owner" in got else ""
        return owner, self.shapes.word(got["name"][0])

    def _declares(self, parent: int, named: Node) -> bool:
        """Tell whether a declaration without body has its definition in this file, or stands in a body."""
        above = self.drafts[parent]
        owner = self.facts.symbols[parent].name if above.kind in TYPE_KINDS else ""
        return above.runs or (owner, self.shapes.word(named)) in self._bodied

    def _open(self, name: str, parent: int, spans: tuple[Span, Span], draft: Draft) -> int:
        index = self.facts.open_symbol(name, KINDS[draft.kind], parent, *spans)
        self.drafts.append(draft)
        if draft.kind in TYPE_KINDS or draft.kind == _NAMESPACE:
            self._types.setdefault((parent, name), index)
            self._named.setdefault(name, index)
        self.shapes.local.append(draft.names)
        self.shapes.class_of.append(index if draft.kind in TYPE_KINDS else self.shapes.class_of[parent])
        return index

    def _nested(self, outer: list[str], parent: int, span: Span, kind: int) -> int:
        """Open the namespaces that a definition's own name goes through: `namespace a::b`."""
        for name in filter(None, outer):
            known = self._types.get((parent, name))
            if known is None:
                draft = Draft(kind, extends=kind != _NAMESPACE)  # it is defined elsewhere
                known = self._open(name, parent, (span, (span[0], span[0])), draft)
            parent = known
        return parent

    def _is_outside(self, symbol: int) -> bool:
        """Tell whether a method does not stand among the members of a type of this file."""
        return self.drafts[self.facts.symbols[symbol].parent].kind not in TYPE_KINDS

    def _own(self, owners: list[tuple[int, list[Node]]]) -> None:
        """Note the receivers of functions that stand outside of their class: `a::B::f` has one of type `a.B`."""
        for symbol, (first, *rest) in owners:
            value = self.shapes.value(first)
            for node in rest if value != NONE else ():
                value = self.facts.expr((ATTR, value, dotted(self.shapes.word(node))))
            if value != NONE:
                self.shapes.owner_of[symbol] = value

    def _returns(self, entries: list[Entry]) -> None:
        """Read the declared result types, now that types can be evaluated."""
        for _, _, _, got in entries:
            if "return" in got:
                symbol = self.around.at(got["return"][0].start_byte)
                if self.drafts[symbol].runs:
                    self.drafts[symbol].returns = self.shapes.value(got["return"][0])


def _in_block(node: Node, blocks: list[str]) -> bool:
    """Tell whether a definition stands in a block: it is whose the block is, and of no concern to other files."""
    around: Node | None = node if blocks else None
    while around is not None and around.type not in blocks:
        around = around.parent
    return around is not None


def _entries(matches: list[tuple[Pattern, list[Captures]]]) -> list[Entry]:
    """Sort the definitions by position; of two matches of one name the one that captured more counts."""
    entries: dict[int, Entry] = {}
    for pattern, found in matches:
        for got in found:
            node = got[pattern.anchor][0]
            key = got["name"][0].id if "name" in got else node.id
            before = entries.get(key)
            if before is None or len(before[3]) < len(got):
                entries[key] = (node.start_byte, -node.end_byte, pattern, got)
    return sorted(entries.values(), key=lambda entry: entry[:2])


def _is_tagged(pattern: Pattern, got: Captures) -> bool:
    return KIND[pattern.detail] in TYPE_KINDS and got.keys() >= {"scope", "name"}
