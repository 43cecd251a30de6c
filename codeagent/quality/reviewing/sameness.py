"""Whether two stretches of code are the same but for names, and whether each name means the same on both sides."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Final

from codeagent.domain.code import Symbol
from codeagent.graph.naming import FileNames
from codeagent.languages import syntax
from codeagent.languages.syntax import Node
from codeagent.quality.gates.comparison import Comparison
from codeagent.quality.reviewing.headers import definition_node
from codeagent.quality.reviewing.sides import Side, Sides
from codeagent.quality.reviewing.tokens import Token, context, obeyed, tokens

_WORD: Final = re.compile(rb"[A-Za-z0-9_\x80-\xff]+")
# Languages whose names and structure are known well enough to prove anything by.
_DEEP: Final = frozenset(("python", "javascript", "typescript", "tsx", "go", "java", "rust"))
# What means something else in every file, though the word is the same.
_OF_THE_FILE: Final = frozenset((b"__name__", b"__file__", b"__package__", b"__spec__", b"__path__", b"__doc__"))


@dataclass(frozen=True, slots=True)
class Stretch:
    """Bytes of a file on one side."""

    path: str
    start: int
    end: int


@dataclass(slots=True)
class Sameness:
    """What two stretches were found to differ in: keys of definitions, and of locals and parameters, old to new."""

    symbols: dict[str, str] = field(default_factory=dict)
    locals: dict[str, str] = field(default_factory=dict)
    words: dict[bytes, bytes] = field(default_factory=dict)

    @property
    def is_plain(self) -> bool:
        """Whether not even a name differs."""
        return not self.symbols and not self.locals and not self.words


class Comparer:
    """Compares stretches of code of one change."""

    def __init__(self, sides: Sides) -> None:
        self._sides = sides
        comparison = Comparison(sides.change, sides.change.matching)
        self._new_key, self._renamed = comparison.new_key, comparison.renamed
        self._defined = cache(lambda side, path: side.names(path).defined())
        self._pure: dict[str, bool] = {}

    def layout(self, old: Stretch, new: Stretch, *, comments: bool = False) -> bool:
        """Tell whether two stretches differ in nothing but layout, in the same surroundings; with `comments`, or in
        comments that nothing obeys."""
        sides = self._sides
        was, now = (self._tokens(side, one, whole=False) for side, one in ((sides.before, old), (sides.after, new)))
        if was is None or now is None or not self._same_place(old, new):
            return False
        if comments:
            was, now = obeyed(was, sides.before.language(old.path)), obeyed(now, sides.after.language(new.path))
        return [token[:2] for token in was] == [token[:2] for token in now]

    def same(self, old: Stretch, new: Stretch, *, moved: bool = False) -> Sameness | None:
        """Return how two stretches differ where it is in names alone, each proven to mean the same; None otherwise.

        With `moved`, names that are written the same must be proven too, and surroundings may differ."""
        was, now = (
            self._tokens(side, one, whole=moved) for side, one in ((self._sides.before, old), (self._sides.after, new))
        )
        if was is None or now is None or len(was) != len(now):
            return None
        if not moved and not self._same_place(old, new):
            return None
        names = self._sides.before.names(old.path), self._sides.after.names(new.path)
        carried = {one.start: other.start for one, other in zip(was, now, strict=True)}
        found, texts = Sameness(), []
        for one, other in zip(was, now, strict=True):
            if one.kind != other.kind:
                return None
            if one.text == other.text:
                if moved and one.is_name and not self._still_means(names, one, other, carried):
                    return None
            elif one.is_comment or (one.kind == "string" and self._is_docstring(new.path, other)):
                texts.append((one.text, other.text))
            elif not (one.is_name and self._renames(names, one, other, found)):
                return None
        words = {**found.words, **self._known_words}
        if any(_reworded(first, words) != second for first, second in texts):
            return None
        return found if self._hold_together(found) else None

    def _tokens(self, side: Side, one: Stretch, *, whole: bool) -> list[Token] | None:
        """The tokens of a stretch; None where too little is known of the language, or it does not parse there."""
        if side.language(one.path) not in _DEEP:
            return None
        root = side.tree(one.path)
        if any(start < one.end and one.start < end for start, end in syntax.broken(root)):
            return None
        return tokens(root, side.read(one.path), side.language(one.path), (one.start, one.end), whole=whole)

    def _same_place(self, old: Stretch, new: Stretch) -> bool:
        trees = self._sides.before.tree(old.path), self._sides.after.tree(new.path)
        pairs = ((old.start, new.start), (old.end, new.end))
        return all(context(trees[0], first) == context(trees[1], second) for first, second in pairs)

    # --- names

    def _still_means(
        self, names: tuple[FileNames, FileNames], one: Token, other: Token, carried: Mapping[int, int]
    ) -> bool:
        """Whether a word that was carried elsewhere stands for what it did; `carried`: where is what stood where."""
        if one.text in _OF_THE_FILE and not self._names_member(other, names[1].path):
            return False
        was, now = names[0].meaning(one.start, one.end), names[1].meaning(other.start, other.end)
        if was is None or now is None:
            return was is now  # no name of anything: a keyword of a call, a key
        if not was.targets and not now.targets:
            return not names[0].is_bare(one.start, one.end)  # a member of what is not known on both sides
        return frozenset(self._mapped(one, carried) for one in was.targets) == now.targets

    def _names_member(self, token: Token, path: str) -> bool:
        return _is_member(syntax.around(self._sides.after.tree(path), token.start, token.end))

    def _mapped(self, key: str, carried: Mapping[int, int]) -> str:
        """The key after the change; a local that is told from others by its place has another place."""
        name, at, place = key.rpartition("@")
        if at and place.isdigit() and int(place) in carried:
            return f"{self._new_key(name)}@{carried[int(place)]}"
        return self._new_key(key)

    def _renames(self, names: tuple[FileNames, FileNames], one: Token, other: Token, found: Sameness) -> bool:
        """Note a name that is written otherwise, where both mean the same thing; False where that is not proven."""
        was, now = names[0].meaning(one.start, one.end), names[1].meaning(other.start, other.end)
        if was is None or now is None:
            pair = self._keyword(names, one, other)
            return pair is not None and self._note(found.locals, *pair, found, one, other)
        if len(was.targets) != 1 or len(now.targets) != 1:
            return False
        (old,), (new,) = was.targets, now.targets
        if self._new_key(old) == new:
            alias = bool(was.binding and now.binding)
            named = (_last(old).encode(), _last(new).encode()) == (one.text, other.text)
            return (alias or (named and self._is_pure(old))) and self._note(found.symbols, old, new, found, one, other)
        if self._are_locals(old, new):
            return self._note(found.locals, old, new, found, one, other)
        return False

    def _is_pure(self, old: str) -> bool:
        """Whether a definition that has another name now is the same otherwise, all of it."""
        if old not in self._pure:
            self._pure[old] = True  # one that names itself is the same if all else is
            before, after = self._sides.before.symbol(old), self._sides.after.symbol(self._renamed.get(old, ""))
            self._pure[old] = (
                before is not None
                and after is not None
                and self.same(self.whole(self._sides.before, before), self.whole(self._sides.after, after), moved=True)
                is not None
            )
        return self._pure[old]

    def whole(self, side: Side, symbol: Symbol) -> Stretch:
        """Return the stretch of a definition; of a value, of the statement that gives it."""
        if symbol.span != symbol.name_span:
            return Stretch(symbol.path, symbol.span.start, symbol.span.end)
        node = definition_node(side, symbol)
        return Stretch(symbol.path, node.start_byte, node.end_byte)

    def _note(self, kind: dict[str, str], old: str, new: str, found: Sameness, one: Token, other: Token) -> bool:
        fits = found.words.setdefault(one.text, other.text) == other.text
        return kind.setdefault(old, new) == new and (fits or kind is found.symbols)

    def _are_locals(self, old: str, new: str) -> bool:
        """Whether two keys are of parameters or variables of the same function."""
        owner, _, name = old.rpartition(".")
        new_owner, _, new_name = new.rpartition(".")
        if "::" not in owner or "::" not in new_owner or self._new_key(owner) != new_owner:
            return False
        if "@" in name or "@" in new_name:
            return False
        known = self._sides.before.symbol(old) or self._sides.after.symbol(new)
        if known is not None or self._sides.before.symbol(owner) is None:
            return False
        return owner not in self._renamed or self._is_pure(owner)

    def _keyword(self, names: tuple[FileNames, FileNames], one: Token, other: Token) -> tuple[str, str] | None:
        """The parameters that a keyword of a call names on both sides."""
        found = []
        for side, file, token in ((self._sides.before, names[0], one), (self._sides.after, names[1], other)):
            node = syntax.around(side.tree(file.path), token.start, token.end)
            call = syntax.enclosing(node, "call")
            if node.parent is None or node.parent.type != "keyword_argument" or call is None:
                return None
            callee = syntax.child(call, "function")
            last = callee.child_by_field_name("attribute") or callee
            targets = {target for target, _, _ in file.called(last.start_byte, last.end_byte)}
            if len(targets) != 1:
                return None
            found.append(f"{targets.pop()}.{token.text.decode('utf-8', 'replace')}")
        return (found[0], found[1]) if self._are_locals(*found) else None

    def _hold_together(self, found: Sameness) -> bool:
        """Whether locals were renamed throughout, to names that nothing had there."""
        if len(set(found.locals.values())) != len(found.locals):
            return False
        for old, new in found.locals.items():
            (owner, name), (new_owner, new_name) = old.rpartition(".")[::2], new.rpartition(".")[::2]
            before = self._defined(self._sides.before, owner.partition("::")[0])
            after = self._defined(self._sides.after, new_owner.partition("::")[0])
            if f"{owner}.{new_name}" in before or f"{new_owner}.{name}" in after:
                return False
            if self._says(owner, new_name.encode()):
                return False
        return True

    def _says(self, owner: str, word: bytes) -> bool:
        """Whether a function of before had a word in it: a local that is called so now would have caught it."""
        symbol = self._sides.before.symbol(owner)
        if symbol is None:
            return True
        source, root = self._sides.before.read(symbol.path), self._sides.before.tree(symbol.path)
        place = syntax.around(root, symbol.span.start, symbol.span.end)
        return any(
            "identifier" in leaf.type and syntax.text(leaf, source) == word and not _is_member(leaf)
            for leaf in syntax.leaves(place)
            if symbol.span.start <= leaf.start_byte < symbol.span.end
        )

    # --- texts for people

    @cached_property
    def _known_words(self) -> Mapping[bytes, bytes]:
        pairs = self._sides.change.matching.renamed.items()
        rows = ((_last(old), _last(new)) for old, new in pairs)
        return {old.encode(): new.encode() for old, new in rows if old != new}

    def _is_docstring(self, path: str, token: Token) -> bool:
        node = syntax.around(self._sides.after.tree(path), token.start, token.end)
        string = syntax.enclosing(node, "string")
        return (
            self._sides.after.language(path) == "python"
            and string is not None
            and string.parent is not None
            and string.parent.type == "expression_statement"
        )


def _is_member(node: Node) -> bool:
    """Whether a word of Python names a member of something, as `b` does in `a.b`."""
    parent = node.parent
    member = parent.child_by_field_name("attribute") if parent is not None and parent.type == "attribute" else None
    return member is not None and member.id == node.id


def _reworded(text: bytes, words: Mapping[bytes, bytes]) -> bytes:
    return _WORD.sub(lambda found: words.get(found[0], found[0]), text)


def _last(key: str) -> str:
    return key.rpartition("::")[2].rpartition(".")[2].partition("#")[0]
