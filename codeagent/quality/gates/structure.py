"""Whether the functions of both sides of a change do the same: equal but for names, or cut up and put together anew.

Two definitions are equal when their words are, names taken as equal when one renaming maps all of them (alpha
equivalence). Where definitions came or went (extraction, inlining), literals, operators, branches and calls must be
conserved over all that changed."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from typing import Final

from codeagent.domain.finding import Finding
from codeagent.graph.spots import line_at
from codeagent.languages import syntax
from codeagent.languages.syntax import Node
from codeagent.quality.gates.annotations import members
from codeagent.quality.gates.change import Change
from codeagent.quality.gates.fitting import Side
from codeagent.quality.gates.gate import found
from codeagent.quality.gates.matching import Definition
from codeagent.quality.gates.signatures import Parameter, parameters_of
from codeagent.quality.gates.unsaid import unsaid
from codeagent.quality.gates.wording import Word, count_locals, defaults_of, weight, words_of

_NAME: Final = re.compile(r"[^\W\d]\w*")
_CALLABLE: Final = ("function", "method", "constructor", "property")


class Structure:
    """The Python functions of one change, pair by pair."""

    def __init__(self, change: Change) -> None:
        self._change, self._matching = change, change.matching
        self.before = Side(change.before_graph, change.before_names)
        self.after = Side(change.after_graph, change.after_names)
        names = self._matching.renamed.items()
        self._old_name = {_last(new): _last(old) for old, new in names if _last(old) != _last(new)}
        self._old_name |= {_stem(new): _stem(old) for old, new in change.moves.items()}
        self._unequal: list[tuple[Definition, Definition, Word]] = []

    def findings(self) -> Iterator[Finding]:
        """Yield what a refactoring must not change."""
        for old, new in sorted(self._pairs()):
            yield from self._signature(old, new)
            self._compare(old, new)
        yield from self._conserved()

    def _pairs(self) -> Iterator[tuple[str, str]]:
        """Functions that are not part of another one, where their text is not the same."""
        matching = self._matching
        for old, new in matching.pairs.items():
            before, after = matching.before[old], matching.after[new]
            outer = before.symbol.kind in _CALLABLE and self._is_outer(before) and before.text != after.text
            if outer and self._node(self.before, before) and self._node(self.after, after):
                yield old, new

    def _is_outer(self, one: Definition) -> bool:
        parent = self._matching.before.get(one.symbol.parent or "")
        return parent is None or parent.symbol.kind not in _CALLABLE

    def _node(self, side: Side, one: Definition) -> Node | None:
        symbol = one.symbol
        if symbol.path not in side.graph.files or side.graph.files[symbol.path].language != "python":
            return None
        place = syntax.around(side.tree(symbol.path), symbol.name_span.start, symbol.name_span.end)
        return syntax.enclosing(place, "function_definition")

    # --- signatures

    @cached_property
    def _altered(self) -> frozenset[str]:
        """Names of functions whose parameters are not what they were, of either side."""
        names = set()
        for old, new in self._matching.pairs.items():
            before, after = self._matching.before[old], self._matching.after[new]
            first, second = self._node(self.before, before), self._node(self.after, after)
            if before.symbol.kind in _CALLABLE and first and second:
                sides = ((first, before, self.before), (second, after, self.after))
                texts = [_parameters(node, side.graph.read(one.symbol.path)) for node, one, side in sides]
                if texts[0] != texts[1]:
                    names |= {_last(old), _last(new), *_classes(old), *_classes(new)}
        return frozenset(names)

    def _signature(self, old: str, new: str) -> Iterator[Finding]:
        before, after = (self._parameters(side, one) for side, one in self._both(old, new))
        symbol = self._matching.after[new].symbol
        later = {one.name: one for one in after}
        for one in before:
            now = later.get(one.name)
            if now is None:
                continue
            if one.annotation and members(self._as_before(now.annotation)) != members(one.annotation):
                why = f"{one.name}: {one.annotation} became {now.annotation or 'untyped'}"
                yield found("changed-annotation", why, symbol.path, symbol.line, symbol=new)
            if self._as_before(now.default) != one.default and one.default:
                why = f"the default of {one.name} was {one.default or 'none'} and is {now.default or 'none'}"
                yield found("changed-default", why, symbol.path, symbol.line, symbol=new)
        places = [[one.name for one in side if one.kind in ("plain", "positional-only")] for side in (before, after)]
        kept = [[name for name in row if name in places[1 - at]] for at, row in enumerate(places)]
        if kept[0] != kept[1]:
            yield from self._swapped(old, new, kept[0], kept[1])

    def _swapped(self, old: str, new: str, before: list[str], after: list[str]) -> Iterator[Finding]:
        """Parameters in another order, where calls by position did not follow."""
        symbol = self._matching.after[new].symbol
        names = {_last(new), *_classes(new)}
        was, now = self._given(self.before, {_last(old), *_classes(old)}), self._given(self.after, names)
        if not was and not now:
            return
        untouched = [call for call in now if call in was]
        if any("," in call for call in untouched):
            message = f"its parameters {', '.join(before)} are now {', '.join(after)}, and calls by position stayed"
            yield found("swapped-parameters", message, symbol.path, symbol.line, symbol=new)

    def _given(self, side: Side, names: set[str]) -> set[str]:
        """The texts of calls by position, of functions of these names, in files that could call them."""
        found_ = set()
        for path, links in side.graph.all_links():
            if side.graph.files[path].language != "python" or not any(_last(one) in names for one in links.targets):
                continue
            source = side.graph.read(path)
            for call in side.calls(path).values():
                text = syntax.text(syntax.child(call, "function"), source).decode("utf-8", "replace")
                if text.rpartition(".")[2] in names:
                    given = call.child_by_field_name("arguments")
                    plain = [one for one in given.named_children if one.type != "keyword_argument"] if given else []
                    if len(plain) > 1:
                        found_.add(
                            f"{path} " + ", ".join(syntax.text(one, source).decode("utf-8", "replace") for one in plain)
                        )
        return found_

    def _both(self, old: str, new: str) -> tuple[tuple[Side, Definition], tuple[Side, Definition]]:
        return (self.before, self._matching.before[old]), (self.after, self._matching.after[new])

    def _parameters(self, side: Side, one: Definition) -> tuple[Parameter, ...]:
        node = self._node(side, one)
        return _parameters(node, side.graph.read(one.symbol.path)) if node else ()

    def _as_before(self, text: str) -> str:
        """A text with new names put back: annotations may name what was renamed anywhere in them, quoted or not."""
        return _NAME.sub(lambda found: self._old_name.get(found[0], found[0]), text)

    # --- bodies

    def _words(self, side: Side, one: Definition) -> tuple[Word, ...]:
        node, path = self._node(side, one), one.symbol.path
        if node is None:
            return ()
        return words_of(node, side.graph.read(path), self._altered, unsaid(side, path, node))

    def _compare(self, old: str, new: str) -> None:
        """Note a pair whose words are not the same but for names."""
        (first, before), (second, after) = self._both(old, new)
        was, now = self._words(first, before), self._words(second, after)
        locals_ = self._renamed_parameters(old, new)
        back = {new_name: name for name, new_name in locals_.items()}
        for one, other in zip(was, now, strict=False):
            if not self._alike(one, other, locals_, back):
                self._unequal.append((before, after, other))
                return
        if len(was) != len(now):
            self._unequal.append((before, after, now[min(len(was), len(now) - 1)]))

    def _renamed_parameters(self, old: str, new: str) -> dict[str, str]:
        """What each parameter is called after the change: the same, or what stands in its place."""
        before, after = ([one.name for one in self._parameters(side, row)] for side, row in self._both(old, new))
        lost = [name for name in before if name not in after]
        come = [name for name in after if name not in before]
        return {name: name for name in before if name in after} | dict(zip(lost, come, strict=False))

    def _alike(self, one: Word, other: Word, locals_: dict[str, str], back: dict[str, str]) -> bool:
        if one.kind != other.kind:
            return False
        if one.kind == "local":
            return (
                locals_.setdefault(one.text, other.text) == other.text
                and back.setdefault(other.text, one.text) == one.text
            )
        if one.kind in ("name", "attribute", "keyword"):
            return one.text == self._said(other) or self._is_renamed(one.text, other.text)
        return one.text == (self._as_before(other.text) if one.kind == "literal" else other.text)

    def _said(self, word: Word) -> str:
        return self._as_before(word.text)

    def _is_renamed(self, old: str, new: str) -> bool:
        """Whether a word of the changed files was replaced by another one that was not there, throughout."""
        before, after = self._vocabulary
        return new not in before and old not in after

    @cached_property
    def _vocabulary(self) -> tuple[frozenset[bytes | str], frozenset[bytes | str]]:
        sides = []
        for definitions in (self._matching.before, self._matching.after):
            words = {word.decode("utf-8", "replace") for one in definitions.values() for word in one.words}
            sides.append(frozenset(words | {one.symbol.name for one in definitions.values()}))
        return sides[0], sides[1]

    # --- what was cut up and put together anew

    def _conserved(self) -> Iterator[Finding]:
        """Unequal pairs, balanced against the definitions that came and went."""
        if not self._unequal:
            return
        fresh = [one for one in self._matching.fresh if self._node(self.after, one)]
        gone = [one for one in self._matching.gone if self._node(self.before, one)]
        made, spent = (self._offered(side, row) for side, row in ((self.after, fresh), (self.before, gone)))
        named = {name for one in (*fresh, *gone) for name in _names_of(one)}
        for before, after, word in self._unequal:
            was, now = self._weights(self.before, [before]), self._weights(self.after, [after])
            new_locals = self._counts_locals(before, after)
            lost = {w for w, n in was.items() if now[w] < n and not made[w] and not (new_locals and now[w])}
            come = {w for w, n in now.items() if was[w] < n and not spent[w] and not (new_locals and was[w])}
            lost, come = ({w for w in row if w.partition(" ")[2] not in named} for row in (lost, come))
            reordered = not lost and not come and not named and not new_locals
            if lost or come or reordered:
                yield self._changed(after, word, lost, come)

    def _offered(self, side: Side, row: list[Definition]) -> "Counter[str]":
        """What definitions hold that came or went: a default, too, which a call of them may have left unsaid."""
        nodes = ((self._node(side, one), one.symbol.path) for one in row)
        words = (word for node, path in nodes if node for word in defaults_of(node, side.graph.read(path)))
        return self._weights(side, row) + Counter(told for word in words if (told := weight(word)))

    def _weights(self, side: Side, row: list[Definition]) -> "Counter[str]":
        words = (word for one in row for word in self._words(side, one))
        renamed = (Word(one.kind, self._said(one), one.start) if side is self.after else one for one in words)
        return Counter(told for word in renamed if (told := weight(word)))

    def _counts_locals(self, before: Definition, after: Definition) -> bool:
        """Whether a variable came or went: a repeated expression may then be written once, or again."""
        counts = [
            count_locals(node, side.graph.read(one.symbol.path))
            for side, one in ((self.before, before), (self.after, after))
            if (node := self._node(side, one))
        ]
        return len(set(counts)) > 1

    def _changed(self, after: Definition, word: Word, lost: set[str], come: set[str]) -> Finding:
        symbol = after.symbol
        source = self.after.graph.read(symbol.path)
        parts = [
            f"{said} {', '.join(sorted(w.partition(' ')[2] for w in row)[:5])}"
            for said, row in (("lost", lost), ("new", come))
            if row
        ]
        why = "; ".join(parts) or "its parts stand in another order, or names do not match"
        message = f"{symbol.name} does not do what it did: {why}"
        return found("changed-behaviour", message, symbol.path, line_at(source, word.start), symbol=symbol.id)


def _parameters(node: Node, source: bytes) -> tuple[Parameter, ...]:
    return parameters_of(node, source)


def _names_of(one: Definition) -> set[str]:
    """The names by which a definition is called: its own, and of a method that of its class."""
    return {one.symbol.name, _last(one.symbol.parent or "")} if one.symbol.kind == "method" else {one.symbol.name}


def _last(key: str) -> str:
    return key.rpartition("::")[2].rpartition(".")[2].partition("#")[0]


def _classes(key: str) -> set[str]:
    """The class that is called where its `__init__` is meant."""
    return {_last(key.removesuffix(".__init__"))} if key.endswith(".__init__") else set()


def _stem(path: str) -> str:
    return path.rpartition("/")[2].partition(".")[0]
