"""What a move of modules or names changes in one file that imports them."""

from collections.abc import Iterator

from codeagent.domain.patch import Edit
from codeagent.refactorings.python.attribute_chains import Chains
from codeagent.refactorings.python.import_edits import ImportEdits, New
from codeagent.refactorings.python.imports import Imported, ImportStatement
from codeagent.refactorings.python.modules import Origin
from codeagent.refactorings.python.relocation import Relocation
from codeagent.refactorings.python.scopes import Role, Scope, Use


class Importer:
    """One file of the tree, rewritten for a relocation."""

    def __init__(self, relocation: Relocation, path: str) -> None:
        self.to, self.path = relocation, path
        self.modules = relocation.modules
        code = self.modules.code
        self.source, self.root = code.read(path), code.tree(path)
        self.scopes = self.modules.scopes(path)
        self.imports = ImportEdits(path, self.source, self.root, relocation.tops)
        self.inside: tuple[tuple[int, int], ...] = ()  # spans that leave the file: their chains are not for here
        self._edits: dict[int, Edit] = {}

    def edits(self) -> list[Edit]:
        """Return all edits of the file; Refusal where a name that is needed is taken."""
        for statement in self.imports.statements:
            if not self.leaves(statement.start):
                for one in statement.names:
                    self._imported(statement, one)
        Chains(self).follow()
        return [*self._edits.values(), *self.imports.edits()]

    def replace(self, start: int, end: int, text: str, *, same: bool = False) -> None:
        """Write other text over bytes of the file; with `same` it may look alike, and means something else."""
        if same or self.source[start:end] != text.encode():
            self._edits[start] = Edit(self.path, start, end, text.encode())

    def leaves(self, offset: int) -> bool:
        """Tell whether a byte belongs to what goes to another file."""
        return any(start <= offset < end for start, end in self.inside)

    # --- statements

    def _imported(self, statement: ImportStatement, one: Imported) -> None:
        if statement.module is None:
            known, rest = one.name, ""
            while (module := self.modules.find(self.path, known)) is None and "." in known:
                known, _, last = known.rpartition(".")  # of `pkg.mod.missing` at least the package is there
                rest = f".{last}{rest}"
            new = self.to.spelled(self.path, known, module) + rest if module else one.name
            if new != one.name:
                self.imports.change(statement, one, [New(None, new, one.alias)])
            return
        source = self.modules.module_of(self.path, statement)
        if source is None:
            return
        spec = self.to.from_spec(self.path, statement, source)
        new_ = self._from(statement, one, spec)
        if new_ != New(statement.module, one.name, one.alias):
            self.imports.change(statement, one, [] if new_ is None else [new_])

    def _from(self, statement: ImportStatement, one: Imported, spec: str) -> New | None:
        """What a name of a `from` statement becomes; None where it is at home in this file now."""
        origin = None if one.name == "*" else self.modules.imported(self.path, statement, one)
        if origin is None:
            return New(spec, one.name, one.alias)
        if origin.name:
            goal = self.to.names.get((origin.path, origin.name))
            if goal is None:
                return New(spec, one.name, one.alias)
            return None if goal == self.path else New(self.spec_of(goal, statement), one.name, one.alias)
        if not self.to.moved(origin.path) and self.to.in_place(self.path):
            return New(statement.module, one.name, one.alias)
        return self._module(statement, one, origin)

    def _module(self, statement: ImportStatement, one: Imported, origin: Origin) -> New:
        """A module imported by `from package import module`."""
        relative = (statement.module or "").startswith(".")
        glue = "" if (statement.module or "").endswith(".") else "."
        spec = f"{statement.module}{glue}{one.name}"
        dotted = self.to.dotted(origin.path) if relative else self.to.spelled(self.path, spec, origin.path)
        parent, _, last = dotted.rpartition(".")
        alias = one.alias
        if last != one.name and alias is None:
            alias = None if self._rename(statement, one, last) else one.name
        if alias == last:
            alias = one.alias
        if not parent:
            return New(None, last, alias)
        return New(self.to.relative_spec(self.path, parent) if relative else parent, last, alias)

    def spec_of(self, goal: str, like: ImportStatement | None) -> str:
        """Return how this file calls a module that is or will be at `goal`, relative where a statement is so."""
        dotted = self.to.after.dotted(goal)
        relative = like is not None and (like.module or "").startswith(".")
        return self.to.relative_spec(self.path, dotted) if relative else dotted

    def _rename(self, statement: ImportStatement, one: Imported, new: str) -> bool:
        """Call a module by its new name in all of the file; False where that name is taken."""
        scope = self.scopes.at(statement.node)
        uses = [use for use in self.uses(one.name, scope) if use.start != one.start]
        if self.taken(new, scope) or any(self.scopes.owner(new, use.scope) is not None for use in uses):
            return False
        bindings = [
            use for use in self.scopes.uses.values() if use.name == one.name and use.binds and use.scope is scope
        ]
        if any(use.start != one.start for use in bindings) or any(use.role is not Role.READ for use in uses):
            return False
        for use in uses:
            self.replace(use.start, use.end, new)
        return True

    def taken(self, name: str, scope: Scope) -> bool:
        """Tell whether a name stands for something in a scope or below it."""
        return any(use.name == name and use.scope.within(scope) for use in self.scopes.uses.values())

    def uses(self, name: str, scope: Scope) -> Iterator[Use]:
        """Yield what is said of a name of a scope, in the part of the file that stays."""
        for use in self.scopes.uses.values():
            if use.name == name and self.scopes.owner(name, use.scope) is scope and not self.leaves(use.start):
                yield use

    def imported_by_others(self, name: str) -> bool:
        """Tell whether another file takes a name from this one."""
        for path in self.modules.mentioning((name,)):
            for statement in self.modules.imports(path) if path != self.path else ():
                taken = {one.name for one in statement.names} & {name, "*"}
                if statement.module is not None and taken and self.modules.module_of(path, statement) == self.path:
                    return True
        return False
