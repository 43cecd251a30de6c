"""The definitions that a change adds, removes, moves, renames or alters, each told once, at the innermost place."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Final

from codeagent.domain.code import Symbol
from codeagent.domain.review import SymbolChange
from codeagent.languages import syntax
from codeagent.quality.gates.matching import Definition
from codeagent.quality.reviewing.headers import definition_node, header
from codeagent.quality.reviewing.publicity import CALLABLE, Publicity, aside
from codeagent.quality.reviewing.sides import Side, Sides
from codeagent.quality.reviewing.tokens import obeyed, tokens

_CONTAINERS: Final = frozenset(("class", "struct", "trait", "interface", "namespace", "module"))
_VALUES: Final = frozenset(("variable", "constant"))
_PROSE: Final = frozenset(("markdown",))
_TOLD: Final = CALLABLE | _CONTAINERS | _VALUES | {"enum", "type", "object"} - {"lambda"}


def dotted(symbol: Symbol) -> str:
    """Return the name of a symbol within its file."""
    return symbol.id.partition("::")[2]


def last_name(symbol: Symbol) -> str:
    """Return the name of a symbol alone; a method of Go whose type stands in another file has that type in its own."""
    return symbol.name.rpartition(".")[2] or symbol.name


class Changed:
    """The changed definitions of one change. `pairs` maps old ids to new ones, of what is told alone."""

    def __init__(self, sides: Sides) -> None:
        self._sides, self._matching = sides, sides.change.matching
        self.public_before, self.public_after = Publicity(sides.before), Publicity(sides.after)

    @cached_property
    def pairs(self) -> Mapping[str, str]:
        """Old id to new id of every definition on both sides that is told of by itself."""
        return dict(self._pairs())

    def _pairs(self) -> Iterator[tuple[str, str]]:
        for old, new in self._matching.pairs.items():
            before, after = self._matching.before[old].symbol, self._matching.after[new].symbol
            told = self._is_told(self._sides.before, before) and self._is_told(self._sides.after, after)
            if told and (before.name == after.name or before.kind not in _VALUES or self._same_value(before, after)):
                yield old, new

    def changes(self) -> list[SymbolChange]:
        """Return the changes in the order of files and lines; what is gone stands where it was."""
        back = set(self.pairs.values())
        found = [one for old, new in self.pairs.items() if (one := self._paired(old, new))]
        found += [self._single("removed", one) for one in self._alone(self._matching.before, set(self.pairs))]
        found += [self._single("added", one) for one in self._alone(self._matching.after, back)]
        return sorted(found, key=lambda one: (one.path, one.line, one.symbol))

    def _alone(self, side: Mapping[str, Definition], known: set[str]) -> Iterator[Definition]:
        """Definitions without a partner; what is inside of one such is not told again."""
        here = self._sides.before if side is self._matching.before else self._sides.after
        for key, one in side.items():
            if key not in known and self._is_told(here, one.symbol):
                parent = one.symbol.parent or ""
                if parent in known or parent not in side:
                    yield one

    def _is_told(self, side: Side, symbol: Symbol) -> bool:
        if symbol.kind not in _TOLD or symbol.name.startswith("<") or "@" in symbol.id:
            return False
        if side.language(symbol.path) in _PROSE:
            return False
        parent = side.symbol(symbol.parent or "")
        if symbol.kind in _VALUES:
            return parent is not None and parent.kind == "module"
        while parent is not None and parent.kind in _CONTAINERS and not parent.name.startswith("<"):
            parent = side.symbol(parent.parent or "")
        return parent is None

    def _paired(self, old: str, new: str) -> SymbolChange | None:
        before, after = self._matching.before[old], self._matching.after[new]
        status = self._status(before.symbol, after.symbol)
        if not status and self._is_same(before, after):
            return None
        return self._told(status or "changed", before.symbol, after.symbol)

    def _status(self, before: Symbol, after: Symbol) -> str:
        """Whether a definition moved or got another name by itself, not with what is around it."""
        if last_name(before) != last_name(after):
            return "renamed"
        around = (before.parent or "", after.parent or "")
        moves = self._sides.change.moves
        stayed = around[0] == around[1] or moves.get(around[0]) == around[1] or self.pairs.get(around[0]) == around[1]
        return "" if stayed else "moved"

    def _is_same(self, before: Definition, after: Definition) -> bool:
        """Whether nothing of a definition differs but comments that nobody obeys."""
        sides = (self._sides.before, before), (self._sides.after, after)
        if self._own_text(*sides[0]) == self._own_text(*sides[1]):
            return True
        was, now = (self._own_tokens(*side) for side in sides)
        return was is not None and was == now

    def _own_tokens(self, side: Side, one: Definition) -> list[tuple[str, bytes]] | None:
        """The tokens of a definition, as `_own_text` its text; None where its file does not parse."""
        symbol, path = one.symbol, one.symbol.path
        span = (symbol.span.start, symbol.span.end)
        if symbol.kind in _VALUES or not side.language(path) or syntax.broken(side.tree(path)):
            return None
        rows = tokens(side.tree(path), side.read(path), side.language(path), span, whole=True)
        inside = [
            two.span for two in side.symbols(path).values() if two.parent == symbol.id and self._is_told(side, two)
        ]
        own = (row for row in rows if not any(two.start <= row.start < two.end for two in inside))
        return [row[:2] for row in obeyed(own, side.language(path))]

    def _own_text(self, side: Side, one: Definition) -> bytes:
        """The text of a definition without the members that are told of by themselves."""
        symbol = one.symbol
        if symbol.kind in _VALUES:
            node = definition_node(side, symbol)
            return side.read(symbol.path)[node.start_byte : node.end_byte]
        if symbol.kind not in _CONTAINERS:
            return one.text
        inside = [two for two in side.symbols(symbol.path).values() if two.parent == symbol.id]
        text = one.text
        for two in sorted(inside, key=lambda two: -two.span.start):
            if self._is_told(side, two):
                text = text[: two.span.start - symbol.span.start] + text[two.span.end - symbol.span.start :]
        return b" ".join(text.split())

    def _same_value(self, before: Symbol, after: Symbol) -> bool:
        """Whether two values of different names are given the same; their names alone make no pair."""
        texts = []
        for side, symbol in ((self._sides.before, before), (self._sides.after, after)):
            node = definition_node(side, symbol)
            source = side.read(symbol.path)
            texts.append(
                source[node.start_byte : symbol.name_span.start] + source[symbol.name_span.end : node.end_byte]
            )
        return texts[0] == texts[1] and len(texts[0].split()) > 1

    def _single(self, status: str, one: Definition) -> SymbolChange:
        return self._told(
            status, one.symbol if status == "removed" else None, one.symbol if status == "added" else None
        )

    def _told(self, status: str, before: Symbol | None, after: Symbol | None) -> SymbolChange:
        here = after or before
        assert here is not None
        sides = self._sides
        files = (sides.after if after else sides.before).graph.files
        return SymbolChange(
            status=status,
            kind=here.kind,
            symbol=here.id,
            old=before.id if before else None,
            path=here.path,
            line=here.line,
            before=header(sides.before, before) if before else "",
            after=header(sides.after, after) if after else "",
            public=bool(
                (before and self.public_before.is_public(before.id))
                or (after and self.public_after.is_public(after.id))
            ),
            test=files[here.path].test or aside(here.path),
            complexity=after.complexity if after else 0,
            old_complexity=before.complexity if before else 0,
        )
