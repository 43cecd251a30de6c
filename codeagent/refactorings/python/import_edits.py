"""Edits of the import statements of one Python file, collected and then made together in the file's own style."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from codeagent.domain.patch import Edit
from codeagent.languages.syntax import Node
from codeagent.refactorings.python.import_joins import joined_by, line_above
from codeagent.refactorings.python.import_places import (
    Anchor,
    alone,
    anchor_for,
    joined_position,
    leading,
    next_line,
    on_own_line,
    opening,
    position_in,
    sort_key,
    typing_block,
)
from codeagent.refactorings.python.imports import (
    TYPING,
    Imported,
    ImportStatement,
    is_type_checking,
    line_for,
    read_imports,
    section,
)
from codeagent.refactorings.python.layout import indent_of, line_end, line_start, newline_of


@dataclass(frozen=True, slots=True)
class New:
    """What a name of a statement becomes: `from module import name as alias`; `module` None for `import name`."""

    module: str | None
    name: str
    alias: str | None = None

    @property
    def line(self) -> str:
        """The statement that imports it alone."""
        return line_for(self.module, self.name, self.alias)

    @property
    def shown(self) -> str:
        """The name with its alias."""
        return f"{self.name} as {self.alias}" if self.alias else self.name


DROP: Final[list[New]] = []


class ImportEdits:
    """What becomes of the imports of one file. `tops` are the top-level names of the tree's own modules."""

    def __init__(self, path: str, source: bytes, root: Node, tops: frozenset[str] = frozenset()) -> None:
        self.path, self.source, self.root, self.tops = path, source, root, tops
        self.statements = read_imports(root)
        self._changes: dict[int, dict[int, list[New]]] = {}  # statement, name in it -> what it becomes
        self._added: list[tuple[New, bool]] = []
        self.limit = len(source) + 1  # what is added stands before it: there it is asked for

    def drop(self, statement: ImportStatement, one: Imported) -> None:
        """Remove a name, and the statement when nothing is left of it."""
        self.change(statement, one, DROP)

    def change(self, statement: ImportStatement, one: Imported, new: list[New]) -> None:
        """Import other names, or from another module, in place of one name."""
        at = self.statements.index(statement)
        self._changes.setdefault(at, {})[statement.names.index(one)] = new

    def add(self, new: New, *, typing: bool = False) -> None:
        """Import a name at the top of the file (under `if TYPE_CHECKING:` with `typing`), unless it is there."""
        if (new, typing) in self._added or self.present(new, typing):
            return
        if typing and not any(one.type == "if_statement" and is_type_checking(one) for one in self.root.named_children):
            self.add(New("typing", "TYPE_CHECKING"))
        self._added.append((new, typing))

    def present(self, new: New, typing: bool = False) -> bool:
        """Tell whether a name is imported already where all of the file sees it."""
        for at, statement in enumerate(self.statements):
            if statement.local or (statement.guard and not (typing and statement.guard == TYPING)):
                continue
            for number, one in enumerate(statement.names):
                changed = self._changes.get(at, {}).get(number)
                here = [New(statement.module, one.name, one.alias)] if changed is None else changed
                if new in here:
                    return True
        return False

    def reaches(self, dotted: str) -> bool:
        """Tell whether a module is loaded by an `import a.b` of it, or of one below it, that all of the file sees."""
        found = {new.name for new, _ in self._added if new.module is None and not new.alias}
        for at, statement in enumerate(self.statements):
            if statement.plain and statement.module is None:
                changes = self._changes.get(at, {})
                for number, one in enumerate(statement.names):
                    news = changes.get(number, [New(None, one.name, one.alias)])
                    found.update(new.name for new in news if new.module is None and not new.alias)
        return any(name == dotted or name.startswith(f"{dotted}.") for name in found)

    def gone(self, statement: ImportStatement) -> bool:
        """Tell whether nothing is left of a statement."""
        changes = self._changes.get(self.statements.index(statement), {})
        return len(changes) == len(statement.names) and not any(changes.values())

    @property
    def header(self) -> Anchor:
        """Where the first import of the file would go."""
        return anchor_for(self.source, self.root, [], "__future__", self.tops)

    def edits(self) -> list[Edit]:
        """Return the edits; inserted lines end like the file's own."""
        found: list[Edit] = []
        joining = self._joining()
        for at, changes in self._changes.items():
            found += self._changed(self.statements[at], changes)
        return found + list(self._additions(joining))

    # --- names that leave their statement for another one

    def _joining(self) -> dict[int, list[bytes]]:
        """Texts by offset for names that join a statement of their new module; they are gone from their own."""
        joining: dict[int, list[bytes]] = {}
        for at, changes in self._changes.items():
            statement, whole = self.statements[at], len(changes) == len(self.statements[at].names)
            news = {number: new[0] for number, new in changes.items() if len(new) == 1}
            spots = {number: self._spot(statement, new, whole=whole) for number, new in news.items()}
            if whole and not (len(spots) == len(changes) and all(spots.values())):
                continue
            for number, spot in spots.items():
                if spot is not None:
                    joining.setdefault(spot[0], []).append(spot[1].replace(b"\0", news[number].shown.encode()))
                    changes[number] = DROP
        return joining

    def _spot(self, statement: ImportStatement, new: New, *, whole: bool) -> tuple[int, bytes] | None:
        """Where a name joins; a whole statement stays a line, unless it was split off the one above."""
        if new.module is None or new.module == statement.module:
            return None
        unchanged = [one for at, one in enumerate(self.statements) if at not in self._changes or one is statement]
        bound = new.alias or new.name
        found = joined_by(self.source, unchanged, statement, new.module, bound)
        if whole and found is not line_above(self.source, unchanged, statement):
            return None
        return None if found is None else position_in(self.source, found, new.name)

    # --- statements that change

    def _changed(self, statement: ImportStatement, changes: dict[int, list[New]]) -> Iterator[Edit]:
        kept = [at for at in range(len(statement.names)) if at not in changes]
        fresh = [new for at in sorted(changes) for new in changes[at]]
        one_each = all(len(new) == 1 for new in changes.values())
        modules = {new.module for new in fresh}
        if one_each and len(modules) == 1 and (modules == {statement.module} or not kept):
            module = modules.pop()
            if (module is None) == (statement.module is None):
                yield from self._in_place(statement, changes, module)
                return
        lines = self._lines(fresh)
        if not kept:
            yield self._replaced(statement, lines)
            return
        yield from self._without(statement, changes)
        if lines:
            yield self._after(statement, lines)

    def _in_place(
        self, statement: ImportStatement, changes: dict[int, list[New]], module: str | None
    ) -> Iterator[Edit]:
        if module != statement.module and module is not None:
            yield Edit(self.path, statement.module_start, statement.module_end, module.encode())
        for at, (new,) in changes.items():
            one = statement.names[at]
            if (new.name, new.alias) != (one.name, one.alias):
                yield Edit(self.path, one.start, one.end, new.shown.encode())

    def _lines(self, fresh: list[New]) -> list[str]:
        """One statement for each module, in the order of the names."""
        grouped: dict[str | None, list[New]] = {}
        for new in dict.fromkeys(fresh):
            grouped.setdefault(new.module, []).append(new)
        lines = []
        for module, names in grouped.items():
            head = "import " if module is None else f"from {module} import "
            lines += (
                [head + one.shown for one in names] if module is None else [head + ", ".join(n.shown for n in names)]
            )
        return lines

    def _replaced(self, statement: ImportStatement, lines: list[str]) -> Edit:
        newline = newline_of(self.source) + indent_of(self.source, statement.start)
        single = alone(self.source, statement)
        if lines:
            glue = newline if single else b"; "
            return Edit(self.path, statement.start, statement.end, glue.join(line.encode() for line in lines))
        parent = statement.node.parent
        siblings = [one for one in parent.named_children if one.type != "comment"] if parent is not None else []
        if parent is not None and parent.type == "block" and self._emptied(siblings):
            return Edit(self.path, statement.start, statement.end, b"pass")
        if single:
            return Edit(self.path, *self._lines_of(statement), b"")
        return Edit(self.path, statement.start, self._past_semicolon(statement.end), b"")

    def _lines_of(self, statement: ImportStatement) -> tuple[int, int]:
        """The lines of a statement that goes, with the blank ones above when the last of its group goes."""
        source = self.source
        going = {
            line_start(source, one.start): one for one in self.statements if self.gone(one) and alone(self.source, one)
        }
        start, end = line_start(source, statement.start), next_line(self.source, line_end(source, statement.end))
        after = end
        while after in going:
            after = next_line(self.source, line_end(source, going[after].end))
        blank = after < len(source) and not source[after : line_end(source, after)].strip()
        while blank and start > 0 and not source[line_start(source, start - 1) : start].strip():
            start = line_start(source, start - 1)
        return start, end

    def _emptied(self, siblings: list[Node]) -> bool:
        """Whether a block loses all of its statements; the last of them then becomes `pass`."""
        going = {self.statements[at].start for at in self._changes if self.gone(self.statements[at])}
        return all(one.start_byte in going for one in siblings)

    def _without(self, statement: ImportStatement, changes: dict[int, list[New]]) -> Iterator[Edit]:
        """Cut names out of a statement that keeps others."""
        names, past = statement.names, 0
        for at in sorted(changes):
            one = names[at]
            if at < past:
                continue
            later = next((n for n in range(at + 1, len(names)) if n not in changes), None)
            if on_own_line(self.source, one):
                start = line_start(self.source, one.start)
                yield Edit(self.path, start, next_line(self.source, line_end(self.source, one.end)), b"")
            elif later is not None:
                past = later
                yield Edit(self.path, one.start, names[later].start, b"")
            else:
                yield Edit(self.path, names[at - 1].end, one.end, b"")

    def _after(self, statement: ImportStatement, lines: list[str]) -> Edit:
        newline = newline_of(self.source) + indent_of(self.source, statement.start)
        if not alone(self.source, statement):
            return Edit(self.path, statement.end, statement.end, b"".join(b"; " + line.encode() for line in lines))
        end = line_end(self.source, statement.end)
        return Edit(self.path, end, end, b"".join(newline + line.encode() for line in lines))

    def _past_semicolon(self, end: int) -> int:
        line = self.source[end : line_end(self.source, end)]
        rest = line.lstrip()
        return end + len(line) - len(rest[1:].lstrip()) if rest.startswith(b";") else end

    # --- names that come

    def _additions(self, joined: dict[int, list[bytes]]) -> Iterator[Edit]:
        waiting: dict[tuple[int, bool], list[tuple[New, Anchor]]] = {}
        above = [one for one in self.statements if one.start < self.limit]
        usable = [one for at, one in enumerate(self.statements) if at not in self._changes and one in above]
        staying = [one for one in above if not self.gone(one)]
        staying = staying if leading(self.root, staying) else above
        for new, typing in self._added:
            spot = joined_position(self.source, usable, new.module, new.name, new.alias, typing)
            if spot is not None:
                joined.setdefault(spot[0], []).append(spot[1].replace(b"\0", new.shown.encode()))
                continue
            anchor = self._anchor(staying, new, typing)
            waiting.setdefault((anchor.offset, typing), []).append((new, anchor))
        for (offset, _), group in sorted(waiting.items(), key=lambda item: item[0]):
            joined.setdefault(offset, []).append(self._inserted(group))
        yield from (Edit(self.path, at, at, b"".join(texts)) for at, texts in joined.items())

    def _order(self, new: New) -> tuple[int, tuple[bool, int, str], str]:
        module = new.module or new.name
        return section(module, self.tops), sort_key(module, new.module is not None), new.name.lower()

    def _anchor(self, staying: list[ImportStatement], new: New, typing: bool) -> Anchor:
        if typing:
            return typing_block(self.source, self.root, staying)
        module = new.module or new.name
        found = anchor_for(self.source, self.root, staying, module, self.tops, from_=new.module is not None)
        return opening(self.source, found, [one for one in self.statements if self.gone(one)])

    def _inserted(self, group: list[tuple[New, Anchor]]) -> bytes:
        """The lines of one place, sections apart."""
        newline = newline_of(self.source)
        anchor = group[0][1]
        parts: dict[int, list[New]] = {}
        for new, _ in sorted(group, key=lambda pair: self._order(pair[0])):
            parts.setdefault(0 if anchor.indent else section(new.module or new.name, self.tops), []).append(new)
        blocks = [newline.join(anchor.indent + line.encode() for line in self._lines(part)) for part in parts.values()]
        text = (newline * 2).join(blocks)
        return anchor.before.replace(b"\n", newline) + text + anchor.after.replace(b"\n", newline)
