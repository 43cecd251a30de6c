"""One edit after the other finds its place, none over another; what it does to its file, in bytes."""

from dataclasses import dataclass, field

from codeagent.domain.patch import Edit, edited
from codeagent.edits.candidates import candidates
from codeagent.edits.document import Document
from codeagent.edits.hints import hint
from codeagent.edits.located import Located, Missed
from codeagent.edits.locating import locate
from codeagent.edits.places import Places
from codeagent.edits.request import EditRequest, MovedFile, NewFile, RemovedFile, SymbolEdit, TextEdit
from codeagent.edits.rungs import LINE_BY_LINE, NOTES, Rung
from codeagent.edits.symbols import symbol_change
from codeagent.graph.graph import CodeGraph


@dataclass(frozen=True, slots=True)
class Taken:
    """What one edit does: edits of the file `path` as it was (`before`), or all of its new bytes, or its end, or where
    it goes `to`."""

    edit: EditRequest
    rung: Rung
    path: str
    line: int  # 1-based, as the file was
    note: str
    edits: tuple[Edit, ...] = ()
    before: bytes = field(default=b"", repr=False)
    made: bytes | None = None
    gone: bool = False
    to: str = ""


class Taker:
    """Takes edits in turn and remembers those that have a place."""

    def __init__(self, graph: CodeGraph) -> None:
        self._graph, self._places = graph, Places(graph)
        self.taken: list[Taken] = []

    def take(self, edit: EditRequest) -> Taken:
        """Return what an edit does. Raises Missed, Refused and UsageError where it has no place, or not this one."""
        twin = next((taken for taken in self.taken if taken.edit == edit), None)
        if twin is not None:
            return Taken(edit, Rung.ALREADY, twin.path, twin.line, "given twice: done once")
        found = self._found(edit)
        if found.edits and any(set(found.edits) <= set(other.edits) for other in self.taken):
            return Taken(edit, Rung.ALREADY, found.path, found.line, "another edit does the same")
        self._require_apart(found)
        self.taken.append(found)
        return found

    def _found(self, edit: EditRequest) -> Taken:
        match edit:
            case TextEdit():
                return self._text(edit)
            case SymbolEdit():
                return self._symbol(edit)
            case NewFile():
                return self._new(edit, edit.path, edit.text)
            case RemovedFile():
                document = self._places.existing(edit.path)
                return Taken(edit, Rung.EXACT, document.path, 1, "deleted", before=document.source, gone=True)
            case MovedFile():
                document, to = self._places.existing(edit.path), self._places.free(edit.to)
                note = f"moved to {to}"
                return Taken(edit, Rung.EXACT, document.path, 1, note, before=document.source, to=to)

    def _text(self, edit: TextEdit) -> Taken:
        if not edit.search and not self._places.exists(edit.path):
            return self._new(edit, edit.path, edit.replace)
        document = self._places.existing(edit.path)
        try:
            found = locate(document, edit.search, edit.replace, edit.near_line)
        except Missed as missed:
            if not missed.lines and self._written_before(document, edit.search):
                reason = "the search text is what an edit before it writes; edits are found in the file as it was"
                raise Missed(reason, hint="make one edit of both") from missed
            raise Missed(missed.reason, hint=hint(document, edit.search, missed)) from missed
        made = tuple(
            Edit(
                document.path,
                document.offset(change.start),
                document.offset(change.end),
                document.encoded(change.text, change.start, change.end),
            )
            for change in found.changes
        )
        return _taken(edit, document, found, made)

    def _written_before(self, document: Document, search: str) -> bool:
        """Whether a search that is nowhere in the file is somewhere in what the edits so far make of it."""
        edits = sorted(one for taken in self.taken if taken.path == document.path for one in taken.edits)
        changed = Document(document.path, edited(document.source, edits)) if edits and search.strip() else None
        return changed is not None and any(candidates(changed, search, rung) for rung in LINE_BY_LINE)

    def _symbol(self, edit: SymbolEdit) -> Taken:
        symbol = self._graph.symbol(edit.symbol)
        document = self._places.existing(symbol.path)
        (start, end, text), note = symbol_change(self._graph, symbol, edit)
        old = document.source[start:end]
        new = document.encoded(text.replace("\r\n", "\n").replace("\n", document.newline), 0, 0)
        made = () if old == new else (Edit(symbol.path, start, end, new),)
        rung = Rung.EXACT if made else Rung.ALREADY
        return _taken(edit, document, Located((), rung, symbol.line, note if made else NOTES[rung]), made)

    def _new(self, edit: EditRequest, path: str, text: str) -> Taken:
        name = self._places.free(path)
        try:
            return Taken(edit, Rung.EXACT, name, 1, "a new file", made=text.encode())
        except UnicodeEncodeError as error:
            reason = f"the text of {name} holds {text[error.start]!r}, which is no character"
            raise Missed(reason, hint="write it as an escape of the language") from error

    def _require_apart(self, new: Taken) -> None:
        for other in self.taken:
            if (new.to and new.to in (other.to, other.path)) or (other.to and other.to == new.path):
                raise Missed(f"another edit makes {new.to or new.path}", hint="choose another name")
            if other.path != new.path:
                continue
            if other.gone or new.gone or other.made is not None or (other.to and new.to):
                raise Missed(f"another edit makes, changes or deletes {new.path}", hint="make one edit of both")
            if any(_overlap(one, two) for one in new.edits for two in other.edits):
                reason = f"it overlaps an edit before it, at line {other.line} of {other.path}"
                raise Missed(reason, hint="make one edit of both")


def _taken(edit: EditRequest, document: Document, found: Located, made: tuple[Edit, ...]) -> Taken:
    return Taken(edit, found.rung, document.path, found.line, found.note, made, document.source)


def _overlap(one: Edit, other: Edit) -> bool:
    """Whether two edits write the same text; two insertions at one place do, for nobody knows their order."""
    if (one.start, one.end) == (other.start, other.end):
        return True
    return one.start < other.end and other.start < one.end
