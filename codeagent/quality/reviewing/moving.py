"""Definitions that stand elsewhere and are otherwise the same: moved to another file, or within theirs."""

from typing import Final

from codeagent.domain.code import Symbol
from codeagent.languages import syntax
from codeagent.languages.syntax import Node
from codeagent.quality.reviewing.hunks import Difference, Rows
from codeagent.quality.reviewing.sameness import Comparer
from codeagent.quality.reviewing.sides import Side, Sides
from codeagent.quality.reviewing.symbols import last_name

_KINDS: Final = frozenset(
    ("function", "method", "constructor", "class", "property", "interface", "struct", "enum", "trait", "type")
)
_LATER: Final = ("function", "method", "lambda", "arrow", "closure")  # parts of the types of nodes that run later
_ANY_ORDER: Final = frozenset(("go", "java", "rust"))


def explain_moves(sides: Sides, comparer: Comparer, difference: Difference) -> None:
    """Explain the lines of definitions that are proven to be the same where they stand now."""
    for old, new in sorted(sides.change.matching.pairs.items()):
        before, after = sides.before.symbol(old), sides.after.symbol(new)
        if before is None or after is None or before.kind not in _KINDS or "#" in old or "#" in new:
            continue
        if _is_inside(sides, before):
            continue
        rows = difference.old_rows[before.path], difference.new_rows[after.path]
        lines = _Lines(sides, rows, before, after)
        if not lines.are_replaced(difference) or difference.is_known(lines.old, lines.new):
            continue
        same = comparer.same(comparer.whole(sides.before, before), comparer.whole(sides.after, after), moved=True)
        if same is None or not _is_in_time(sides.after, after):
            continue
        stays = sides.change.moves.get(before.path, before.path) == after.path
        if stays and not _is_reordered(sides, before, after):
            continue
        kind = "reorder" if stays else "move"
        name = after.id.partition("::")[2]
        where = f"stands elsewhere in {after.path}" if stays else f"moved from {before.path} to {after.path}"
        message = f"{name} {where}" + (
            f", was called {last_name(before)}" if last_name(before) != last_name(after) else ""
        )
        difference.explain_lines(kind, message, after.path, after.line, lines.old, lines.new)


def _is_reordered(sides: Sides, before: Symbol, after: Symbol) -> bool:
    """Whether a definition stands on the other side of one of its neighbours now."""
    pairs = sides.change.matching.pairs
    for other in sides.before.symbols(before.path).values():
        partner = sides.after.symbol(pairs.get(other.id, ""))
        if other.id != before.id and other.parent == before.parent and partner and partner.parent == after.parent:
            was, now = other.span.start < before.span.start, partner.span.start < after.span.start
            if was != now and partner.path == after.path:
                return True
    return False


def _is_inside(sides: Sides, symbol: Symbol) -> bool:
    """Whether a definition is a part of a function: it goes with that."""
    parent = sides.before.symbol(symbol.parent or "")
    return parent is not None and parent.kind in ("function", "method", "constructor", "lambda")


class _Lines:
    """The lines of a definition on both sides, with the comments right above that are the same."""

    def __init__(self, sides: Sides, rows: tuple[Rows, Rows], before: Symbol, after: Symbol) -> None:
        spans = ((before.path, before.span, rows[0]), (after.path, after.span, rows[1]))
        firsts, lasts = zip(*(row.of_bytes(span.start, span.end) for _, span, row in spans), strict=True)
        above = _comments_above(rows, firsts)
        self._core = [
            {(path, n) for n in row.said((first, last))}
            for (path, _, row), first, last in zip(spans, firsts, lasts, strict=True)
        ]
        self.old, self.new = (
            core | {(path, first - n) for n in range(1, above + 1)}
            for core, (path, _, _), first in zip(self._core, spans, firsts, strict=True)
        )

    def are_replaced(self, difference: Difference) -> bool:
        """Tell whether all of it went from there and came here."""
        return (
            bool(self._core[0]) and self._core[0] <= difference.old_changed and self._core[1] <= difference.new_changed
        )


def _comments_above(rows: tuple[Rows, Rows], firsts: tuple[int, ...]) -> int:
    """How many lines right above both are the same comments."""
    count = 0
    while min(firsts) - count > 1:
        lines = [(first - count - 1, first - count - 1) for first in firsts]
        texts = [row.source[slice(*row.span(line))].strip() for row, line in zip(rows, lines, strict=True)]
        if texts[0] != texts[1] or not texts[0].startswith((b"#", b"//", b"/*", b"*")):
            break
        count += 1
    return count


def _is_in_time(side: Side, symbol: Symbol) -> bool:
    """Whether what a definition needs as it is made stands above it, and nothing above needs it as it is made."""
    if side.language(symbol.path) in _ANY_ORDER:
        return True
    names, root = side.names(symbol.path), side.tree(symbol.path)
    own = symbol.id
    for start, end in names.bare_spans():
        meaning = names.meaning(start, end)
        if meaning is None or _runs_later(root, start, end):
            continue
        inside = symbol.span.start <= start < symbol.span.end
        if inside and any(_stands_below(side, key, symbol) for key in meaning.targets):
            return False
        if not inside and start < symbol.span.start and own in meaning.targets:
            return False
    return True


def _stands_below(side: Side, key: str, symbol: Symbol) -> bool:
    """Whether a definition of the same file comes after this one."""
    other = side.symbol(key)
    return other is not None and other.path == symbol.path and other.span.start >= symbol.span.end


def _runs_later(root: Node, start: int, end: int) -> bool:
    """Whether a name stands in the body of a function: it is looked up when that is called."""
    at: Node | None = syntax.around(root, start, end)
    while at is not None:
        body = at.child_by_field_name("body") if any(word in at.type for word in _LATER) else None
        if body is not None and body.start_byte <= start < body.end_byte:
            return True
        at = at.parent
    return False
