"""What an inlining is asked for, with what it reads, and the edits that it collects file by file."""

from dataclasses import replace

from codeagent.domain.patch import Edit, Patch, Safety
from codeagent.languages.syntax import Node, child
from codeagent.refactorings.code import Code
from codeagent.refactorings.inlining.occurrences import Occurrences, Place, occurrences_of
from codeagent.refactorings.python.import_edits import ImportEdits, New
from codeagent.refactorings.python.module_moves import check_loading
from codeagent.refactorings.python.modules import PythonModules
from codeagent.refactorings.refactoring import Accounting, Proposal, Refusal
from codeagent.refactorings.renaming import Subject


class Request:
    """One inlining: `at` is the only use to replace (None: all of them), `keep` leaves the definition."""

    def __init__(self, code: Code, subject: Subject, at: tuple[str, int] | None, keep: bool) -> None:
        self.code, self.subject, self.at, self.keep = code, subject, at, keep
        self.modules = PythonModules(code)
        self.edits: list[Edit] = []
        self._imports: dict[str, ImportEdits] = {}
        self._brought = False
        self.waking: tuple[str, ...] = ()  # what is imported for what is brought, and does something then

    def occurrences(self) -> Occurrences:
        """Return where the subject stands; only one read where only one is asked for."""
        found = occurrences_of(self.code, self.modules, self.subject)
        if self.at is not None:
            found.reads = [one for one in found.reads if self._is_at(one)]
            if not found.reads:
                raise Refusal("no use of it stands there", "put the position on a use of the name")
        return found

    def _is_at(self, place: Place) -> bool:
        assert self.at is not None
        path, offset = self.at
        return place.path == path and place.node.start_byte <= offset <= place.node.end_byte

    def imports(self, path: str) -> ImportEdits:
        """Return what becomes of the imports of a file."""
        if path not in self._imports:
            code = self.code
            self._imports[path] = ImportEdits(path, code.read(path), code.tree(path), self.modules.tops)
        return self._imports[path]

    def bring(self, path: str, new: list[New]) -> None:
        """Import names in a file."""
        for one in new:
            self._brought = True
            self.imports(path).add(one)

    def drop_imports(self, found: Occurrences) -> None:
        """Remove every import of the subject."""
        for place, statement, one in found.imports:
            self.imports(place.path).drop(statement, one)

    def check_removable(self, found: Occurrences) -> None:
        """Raise Refusal where the definition is needed by more than its uses."""
        if self.keep:
            return
        if found.exports:
            raise Refusal(f"{self.subject.name} is listed in __all__", "take it off that list, or keep the definition")
        if self.subject.unseen:
            bases = ", ".join(self.subject.unseen[:3])
            raise Refusal(f"nobody can see here whether {bases} needs {self.subject.name}", "keep the definition")

    def is_class(self, path: str, value: Node) -> bool:
        """Tell whether an expression is surely a class of the tree."""
        last = child(value, "attribute") if value.type == "attribute" else value
        told = self.code.naming.file(path).meaning(last.start_byte, last.end_byte)
        if told is None or not told.targets:
            return False
        graph = self.code.graph
        paths = {target.partition("::")[0] for target in told.targets} & graph.files.keys()
        classes = {one.id for one in (symbol for at in paths for symbol in graph.symbols(at)) if one.kind == "class"}
        return told.targets <= classes

    def patch(self, title: str) -> Patch:
        """Return a patch of all edits collected so far, those of imports included.

        Refusal where what was brought would make a circle of imports."""
        found = [*self.edits]
        for imports in self._imports.values():
            found += imports.edits()
        if self._brought:
            self.waking = tuple(check_loading(self.modules, found, {}))
        patch = self.code.patch(title, found)
        return replace(patch, safety=Safety.REVIEW) if self.waking else patch

    def proposal(self, found: Occurrences) -> Proposal:
        """Return what was collected, every occurrence accounted for."""
        edited = (*found.reads, *(() if self.keep else (*found.bindings, *(one[0] for one in found.imports))))
        accounting = Accounting(
            edited=tuple(one.occurrence for one in edited),
            other=(*found.other, *(found.unresolved if self.keep else ())),  # what stays can still be reached
            text=tuple(found.text),
            unresolved=() if self.keep else tuple(found.unresolved),
        )
        patch = self.patch(f"inline {self.subject.name}")
        return Proposal(
            patch,
            dropped=self.subject.keys,
            about=(self.subject.named,),
            occurrences=accounting,
            notes=self.waking,
        )
