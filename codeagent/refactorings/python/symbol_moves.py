"""Names of a Python module that move to another one: definitions, what they need, and everybody who imports them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from codeagent.domain.patch import Edit, Safety, edited
from codeagent.languages import syntax
from codeagent.refactorings.code import Code
from codeagent.refactorings.definitions import joined
from codeagent.refactorings.python.arrival import arrive, carried, offset_for, parcel
from codeagent.refactorings.python.baggage import Baggage, pack
from codeagent.refactorings.python.creation import check_creation
from codeagent.refactorings.python.departure import deletions, pieces_of
from codeagent.refactorings.python.dotted_settings import dotted_edits
from codeagent.refactorings.python.dotted_strings import files_with, string_edits
from codeagent.refactorings.python.enumerated import comes_anew
from codeagent.refactorings.python.exports import added, asked_of, exports, without
from codeagent.refactorings.python.import_edits import ImportEdits, New
from codeagent.refactorings.python.importers import Importer
from codeagent.refactorings.python.imports import read_imports
from codeagent.refactorings.python.layout import newline_of
from codeagent.refactorings.python.merging import defined_names
from codeagent.refactorings.python.module_moves import check_loading
from codeagent.refactorings.python.modules import Origin, PythonModules
from codeagent.refactorings.python.ownname import askers_of_module
from codeagent.refactorings.python.quoted import quoted_names
from codeagent.refactorings.python.registering import unseen
from codeagent.refactorings.python.relocation import Relocation
from codeagent.refactorings.python.systems import bound_to_system
from codeagent.refactorings.refactoring import Carried, Named, Proposal, Refusal


@dataclass(slots=True)
class _Result:
    edits: list[Edit] = field(default_factory=list)
    creates: dict[str, bytes] = field(default_factory=dict)
    carried: tuple[Carried, ...] = ()


class SymbolMove:
    """Names of the module `path` go to the module `goal`, which may not be there yet."""

    whole = False  # everything goes, so that nothing can be had from the old module any more

    def __init__(self, code: Code, path: str, names: Sequence[str], goal: str, *, reexport: bool = False) -> None:
        self.code, self.path, self.names, self.goal, self.reexport = code, path, list(names), goal, reexport
        self.modules = PythonModules(code)
        self.exists = goal in code.graph.files
        self.to = Relocation(self.modules, {}, {(path, name): goal for name in names}, frozenset((goal,)))
        self.source, self.root, self.scopes = code.read(path), code.tree(path), self.modules.scopes(path)
        self.pieces = pieces_of(path, self.source, self.root, self.scopes, names)

    def propose(self) -> Proposal:
        """Return the proposal; Refusal where the code would not do what it did."""
        if not self.whole:
            check_creation(self.path, self.root, self.names)
        baggage = pack(self.to, self.path, self.goal, self.pieces)
        result = self._arrival(baggage)
        result.edits += self._departure(baggage)
        result.edits += self._importers()
        return self._proposal(baggage, result)

    def _proposal(self, baggage: Baggage, result: _Result) -> Proposal:
        own = self.modules.layout.dotted(self.path)
        words = {f"{own}.{name}" for name in self.names}
        staying = {(self.path, name) for name in self.names if self.reexport or self._stays(name)}
        for path in files_with(self.modules, words):
            inside = [(piece.start, piece.end) for piece in self.pieces] if path == self.path else []
            found = string_edits(self.to, path, frozenset(staying))
            result.edits += [e for e in found if not any(start <= e.start < end for start, end in inside)]
        waking = check_loading(self.modules, result.edits, {}, result.creates)
        result.edits += dotted_edits(self.to, {own}, frozenset(staying))
        renamed = {f"{self.path}::{name}": f"{self.goal}::{name}" for name in self.names}
        title = f"move {', '.join(self.names)} from {self.path} to {self.goal}"
        patch = self.code.patch(title, result.edits, creates=result.creates)
        about = tuple(Named(name, frozenset({f"{self.path}::{name}"})) for name in self.names)
        asking = [*waking, *askers_of_module(self.code, self.path, self.names), *comes_anew(self.code, self.goal)]
        if self.exists:
            asking += bound_to_system(self.code, self.path, self.names, self.goal, any(map(self._stays, self.names)))
        asking += asked_of(self.code, self.path, [name for name in self.names if (self.path, name) not in staying])
        if not any((self.path, name) in staying for name in self.names):
            asking += unseen(self.modules, self.path, self.names, self.goal)
        if asking or baggage.telling:
            patch = replace(patch, safety=Safety.REVIEW)
        notes = tuple(dict.fromkeys([*baggage.notes, *asking]))
        return Proposal(patch, renamed, result.carried, about=about, notes=notes)

    # --- the old module

    def _leaves(self, offset: int) -> bool:
        return any(piece.start <= offset < piece.end for piece in self.pieces)

    def _stays(self, name: str) -> bool:
        """Whether the rest of the old module uses a name."""
        uses = (u for u in self.scopes.uses.values() if u.name == name and not self._leaves(u.start))
        if any(self.scopes.owner(name, use.scope) is self.scopes.module for use in uses):
            return True
        return any(q.name == name and not self._leaves(q.start) for q in quoted_names(self.root, 0, len(self.source)))

    def _asked_at(self, name: str) -> int:
        """Where the old module first asks for a name while it is loaded; its end where only functions do."""
        uses = (u for u in self.scopes.uses.values() if u.name == name and not u.binds and not self._leaves(u.start))
        at_once = (u.start for u in uses if self.scopes.owner(name, u.scope) is self.scopes.module and u.scope.at_once)
        return min(at_once, default=len(self.source))

    def _departure(self, baggage: Baggage) -> list[Edit]:
        file = Importer(self.to, self.path)
        file.inside = tuple((piece.start, piece.end) for piece in self.pieces)
        spec = self._spec()
        gone = set()
        for name in self.names:
            if self.reexport or self._stays(name):
                file.imports.add(New(spec, name))
                file.imports.limit = min(file.imports.limit, self._asked_at(name))
            else:
                gone.add(name)
        for name in sorted(baggage.used):
            self._unused(file, name)
        kept = [*file.edits(), *without(self.path, self.source, self.root, gone)]
        return joined([*kept, *(Edit(self.path, *span, b"") for span in deletions(self.source, self.pieces))])

    def _spec(self) -> str:
        dotted = self.to.after.dotted(self.goal)
        asked = [path for path in (self.path, self.goal) if path in self.code.graph.files]
        relative = any((s.module or "").startswith(".") for path in asked for s in self.modules.imports(path))
        return self.to.relative_spec(self.path, dotted) if relative else dotted

    def _unused(self, file: Importer, name: str) -> None:
        """Remove the import of a name that only the moved code has used."""
        uses = [u for u in self.scopes.uses.values() if u.name == name and not u.binds and not self._leaves(u.start)]
        if any(self.scopes.owner(name, use.scope) in (None, self.scopes.module) for use in uses):
            return
        listed = {one.name for one in exports(self.root) or ()}
        quoted = any(q.name == name and not self._leaves(q.start) for q in quoted_names(self.root, 0, len(self.source)))
        if name in listed or quoted or file.imported_by_others(name):
            return
        for statement in file.imports.statements:
            line = self.source[statement.end : self.source.find(b"\n", statement.end) + 1 or None]
            if statement.local or self._leaves(statement.start) or b"noqa" in line:
                continue
            for one in statement.names:
                if statement.binds(one) == name and one.alias != one.name:
                    file.imports.drop(statement, one)

    # --- the new module

    def _arrival(self, baggage: Baggage) -> _Result:
        if not self.exists:
            return self._created(baggage)
        source, root, scopes = self.code.read(self.goal), self.code.tree(self.goal), self.modules.scopes(self.goal)
        self._check_names(baggage)
        file = Importer(self.to, self.goal)
        self._take_along(file.imports, baggage)
        edits = file.edits()
        goods = parcel(self.source, self.pieces, baggage.rewrites, newline_of(source))
        at = offset_for(file.imports, scopes, baggage, set(self.names))
        edits, start = arrive(source, root, goods, at, edits, self.goal)
        listed = {one.name for one in exports(self.root) or ()}
        edits += added(self.goal, source, root, [name for name in self.names if name in listed])
        return _Result(edits, {}, carried(goods, self.path, self.goal, start))

    def _created(self, baggage: Baggage) -> _Result:
        newline = newline_of(self.source)
        empty = ImportEdits(self.goal, b"", syntax.parse("python", b""), self.to.tops)
        self._take_along(empty, baggage)
        head = b"".join(edit.text for edit in empty.edits()).replace(b"\r\n", b"\n").replace(b"\n", newline)
        goods = parcel(self.source, self.pieces, baggage.rewrites, newline)
        head = head.rstrip(b"\r\n")
        if head:
            head += newline * (3 if goods.opens_with_definition else 2)
        text = head + goods.text + newline
        return _Result([], {self.goal: text}, carried(goods, self.path, self.goal, len(head)))

    def _take_along(self, imports: ImportEdits, baggage: Baggage) -> None:
        future = next((s for s in self.modules.imports(self.path) if s.module == "__future__"), None)
        if future is not None and self._annotated():
            for one in future.names:
                imports.add(New("__future__", one.name))
        for new, typing in baggage.imports:
            imports.add(new, typing=typing)

    def _annotated(self) -> bool:
        return any(syntax.every(piece.node, "python", "type") for piece in self.pieces)

    def _check_names(self, baggage: Baggage) -> None:
        """Refuse where a name means something else in the new module."""
        bound = self.modules.scopes(self.goal).module.bound
        for name in self.names:
            origin = self._meaning(name)
            if name in bound and origin != Origin(self.path, name):
                raise Refusal(f"{self.goal} has a {name} already", "rename one of them first")
        for name, wanted in baggage.needed.items():
            if name in bound and (self._meaning(name) != wanted or wanted is None) and not self._same(name, baggage):
                raise Refusal(f"{name} is something else in {self.goal}", f"rename it there, or in {self.path}, first")
        hidden = sorted(baggage.free & bound)
        if hidden:
            raise Refusal(f"{self.goal} has a {hidden[0]} of its own, which would hide the builtin", "rename it first")

    def _same(self, name: str, baggage: Baggage) -> bool:
        """Whether the new module imports a name from outside the tree just as the moved code does."""
        news = {new for new, _ in baggage.imports}
        for statement in self.modules.imports(self.goal):
            for one in statement.names:
                if statement.binds(one) == name and not statement.local:
                    same_root = statement.module is None and not one.alias
                    mine = [n for n in news if n.module is None and not n.alias and n.name.partition(".")[0] == name]
                    return New(statement.module, one.name, one.alias) in news or bool(same_root and mine)
        return False

    def _meaning(self, name: str) -> Origin | None:
        """What a name of the new module is, as it is now."""
        for statement in self.modules.imports(self.goal):
            for one in statement.names:
                if statement.binds(one) == name and not statement.local:
                    return self.modules.imported(self.goal, statement, one)
        return Origin(self.goal, name)

    # --- everybody else

    def _importers(self) -> list[Edit]:
        edits: list[Edit] = []
        for path in self._using():
            if path in (self.path, self.goal):
                continue
            file = Importer(self.to, path)
            self._stars(file)
            edits += file.edits()
        return edits

    def _using(self) -> list[str]:
        """The files that may take one of the names from the old module: they mention it, or take whatever there is."""
        stem = self.modules.layout.dotted(self.path).rpartition(".")[2]
        named = set(self.modules.mentioning(self.names))
        around = self.modules.mentioning((stem,))
        return [path for path in self.modules.paths if path in named] + [
            path for path in around if path not in named and (self.whole or b"import *" in self.code.read(path))
        ]

    def _stars(self, file: Importer) -> None:
        """Import by name what a star import of the old module no longer brings."""
        listed = exports(self.root)
        shown = {one.name for one in listed} if listed is not None else {n for n in self.names if n[0] != "_"}
        for statement in file.imports.statements:
            if not any(one.name == "*" for one in statement.names):
                continue
            if self.modules.module_of(file.path, statement) != self.path or self.kept_by_star(shown):
                continue
            for name in self.names:
                used = any(
                    u.name == name and file.scopes.owner(name, u.scope) is None for u in file.scopes.uses.values()
                )
                public = file.path.endswith("__init__.py") or file.imported_by_others(name)
                if name in shown and (used or public):
                    file.imports.add(New(file.spec_of(self.goal, statement), name))
            if self.whole:
                file.imports.drop(statement, statement.names[0])

    def kept_by_star(self, shown: set[str]) -> bool:
        """Tell whether the old module still hands on all of the names by a star."""
        return all(name not in shown or self.reexport or self._stays(name) for name in self.names)


class ModuleMerge(SymbolMove):
    """All that a module defines goes to the module `goal`; the file is deleted."""

    whole = True

    def __init__(self, code: Code, path: str, goal: str) -> None:
        names = defined_names(path, code.tree(path), PythonModules(code).scopes(path))
        if not names:
            raise Refusal(f"{path} defines nothing that could move", "delete it where nothing imports it")
        super().__init__(code, path, names, goal)

    def propose(self) -> Proposal:
        """Return the proposal; Refusal where something could not be had from the other module."""
        baggage = pack(self.to, self.path, self.goal, self.pieces)
        if any(origin is not None and origin.path == self.path for origin in baggage.needed.values()):
            raise Refusal(f"{self.path} binds names that cannot move", "what is imported in a try stays where it is")
        proposal = super().propose()
        mine = [edit for edit in proposal.patch.edits if edit.path != self.path]
        self._check_left(mine)
        patch = self.code.patch(f"merge {self.path} into {self.goal}", mine, deletes=[self.path])
        patch = replace(patch, safety=proposal.patch.safety)
        about = (*proposal.about, Named.module(self.path))
        return replace(proposal, patch=patch, renamed={**proposal.renamed, self.path: self.goal}, about=about)

    def _check_left(self, edits: list[Edit]) -> None:
        """Refuse where somebody needs the module itself."""
        for path in self.modules.mentioning((self.modules.layout.dotted(self.path).rpartition(".")[2],)):
            if path == self.path:
                continue
            text = edited(self.code.read(path), sorted(edit for edit in edits if edit.path == path))
            for statement in read_imports(syntax.parse("python", text)):
                for one in statement.names:
                    spec = one.name if statement.module is None else statement.module
                    origin = self.modules.imported(path, statement, one) if one.name != "*" else None
                    if self.modules.find(path, spec) == self.path or origin == Origin(self.path):
                        line = statement.node.start_point[0] + 1
                        raise Refusal(f"{path}:{line} needs {self.path} itself", "change that first")
