"""What code needs that goes from one Python module to another: imports to take along, helpers to import back."""

import builtins
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from codeagent.languages.syntax import Node, around
from codeagent.refactorings.python.attribute_chains import Attribute, attribute_chain
from codeagent.refactorings.python.departure import Piece
from codeagent.refactorings.python.dotted_strings import says_module
from codeagent.refactorings.python.import_edits import New
from codeagent.refactorings.python.imports import TYPING, Imported, ImportStatement, is_for_checkers
from codeagent.refactorings.python.modules import Origin
from codeagent.refactorings.python.ownname import tells_its_name
from codeagent.refactorings.python.quoted import quoted_names
from codeagent.refactorings.python.relocation import Relocation
from codeagent.refactorings.python.scopes import Role, Use
from codeagent.refactorings.refactoring import Refusal

_BUILTINS: Final = frozenset(dir(builtins)) - {
    "__name__",
    "__doc__",
    "__file__",
    "__spec__",
    "__loader__",
    "__package__",
}
_OF_MODULE: Final = frozenset(("__file__", "__path__", "__spec__", "__package__", "__doc__", "__all__", "__loader__"))


@dataclass(slots=True)
class Baggage:
    """What moving code takes along: `imports` with whether they are for type checkers alone, `rewrites` of its bytes.

    `used` are names of the old module's imports that it uses; `own` are names of the new module that it uses when it
    is defined; `bound` are the names that the new module must not use for anything else. `telling`: it does more than
    to log by the name of its module, or says that in text."""

    imports: list[tuple[New, bool]] = field(default_factory=list)
    rewrites: list[tuple[int, int, str]] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    own: set[str] = field(default_factory=set)
    needed: dict[str, Origin | None] = field(default_factory=dict)
    free: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    telling: bool = False


def pack(to: Relocation, path: str, goal: str, pieces: Sequence[Piece]) -> Baggage:
    """Return what pieces of a module need in the module `goal`; Refusal where they cannot do without their module."""
    return _Packer(to, path, goal, pieces).pack()


class _Packer:
    def __init__(self, to: Relocation, path: str, goal: str, pieces: Sequence[Piece]) -> None:
        self.to, self.path, self.goal, self.pieces = to, path, goal, pieces
        self.modules = to.modules
        self.scopes, self.root = self.modules.scopes(path), self.modules.code.tree(path)
        self.moving = {name for (home, name) in to.names if home == path}
        self.found = Baggage()
        self.bindings: dict[str, list[tuple[ImportStatement, Imported]]] = {}
        for statement in self.modules.imports(path):
            if not statement.local:
                for one in statement.names:
                    self.bindings.setdefault(statement.binds(one), []).append((statement, one))

    def pack(self) -> Baggage:
        for piece in self.pieces:
            for use in self.scopes.between(piece.start, piece.end):
                self._use(use)
            for quoted in quoted_names(self.root, piece.start, piece.end):
                self._quoted(quoted.name)
            self._local_imports(piece)
            own = self.modules.layout.dotted(self.path)
            if says_module(self.root, piece.start, piece.end, own):
                self.found.telling = True
                self.found.notes.append(f"text in the moved code speaks of {own}, where it is no longer")
        return self.found

    def _use(self, use: Use) -> None:
        owner = self.scopes.owner(use.name, use.scope)
        if owner is not None and owner is not self.scopes.module:
            return
        if use.name in self.moving:
            return
        if use.role is Role.DECLARE or use.binds:
            raise Refusal(
                f"the code assigns {use.name} of {self.path}, which stays there", f"move {use.name} along with it"
            )
        if owner is None:
            self._unowned(use)
        elif self._imported(use.name):
            self._import(use)
        else:
            self._back(use.name)

    def _unowned(self, use: Use) -> None:
        name = use.name
        if name in _OF_MODULE:
            raise Refusal(f"the code uses {name}, which means another file after the move", "take it as a parameter")
        if name == "__name__":
            self.found.telling |= tells_its_name(around(self.root, use.start, use.end))
            self.found.notes.append(f"__name__ in the moved code is now {self.to.after.dotted(self.goal)}")
        elif name in _BUILTINS:
            self.found.free.add(name)
        else:
            self._starred(name)

    def _starred(self, name: str) -> None:
        """A name that a star import may bring."""
        for statement, _ in self.bindings.get("*", ()):
            module = self.modules.module_of(self.path, statement)
            if module is None:
                self.found.imports.append((New(self._spec(statement), "*"), False))
            elif not module.endswith("/") and self.modules.binds(module, name):
                self._need(name, Origin(module, name))
                if module != self.goal:
                    self.found.imports.append((New(self._spec(statement), name), False))
                return

    def _imported(self, name: str) -> bool:
        """Whether a name of the module is bound by imports that can be taken along, and by nothing else."""
        statements = self.bindings.get(name, ())
        if not statements or any(s.guard not in ("", TYPING) for s, _ in statements):
            return False
        starts = {one.start for _, one in statements} | {_alias_start(s, one) for s, one in statements}
        uses = self.scopes.uses.values()
        return all(u.start in starts for u in uses if u.name == name and u.binds and u.scope is self.scopes.module)

    def _import(self, use: Use) -> None:
        self.found.used.add(use.name)
        statements = self.bindings[use.name]
        chain = list(attribute_chain(around(self.root, use.start, use.end)))
        plain = [pair for pair in statements if pair[0].module is None and pair[1].alias is None]
        if plain:
            self._plain(use, plain)
            return
        statement, one = statements[0]
        origin = self.modules.imported(self.path, statement, one)
        typing = all(s.guard == TYPING for s, _ in statements)
        if origin is not None and origin.path == self.goal:
            self._at_home(use, origin, chain[0] if chain else None)
            return
        self._need(use.name, origin)
        self._add(New(self._spec(statement), one.name, one.alias), typing)

    def _plain(self, use: Use, statements: list[tuple[ImportStatement, Imported]]) -> None:
        """`import a.b`, used as `a.b.c`: take the statements whose module the chain goes through, else all."""
        links = list(attribute_chain(around(self.root, use.start, use.end)))
        text, ends = use.name, {use.name: use.end}
        for link in links:
            text = f"{text}.{link.name}"
            ends[text] = link.end
        through = [pair for pair in statements if pair[1].name in ends] or statements
        best = max(through, key=lambda pair: len(pair[1].name))
        for statement, one in through:
            module = self.modules.find(self.path, one.name)
            new = one.name if module is None else self._spelled(one.name, module)
            if module == self.goal and one is best[1]:
                after = next((link for link in links if link.start > ends.get(one.name, use.end)), None)
                self._at_home(use, Origin(module), after)
                continue
            if new != one.name and one.name in ends and one is best[1]:
                self.found.rewrites.append((use.start, ends[one.name], new))
            top = self.modules.find(self.path, one.name.partition(".")[0])
            self._need(new.partition(".")[0], Origin(top) if top else None)
            self._add(New(None, new), statement.guard == TYPING)

    def _at_home(self, use: Use, origin: Origin, after: Attribute | None) -> None:
        """A name of the module that the code goes to."""
        if origin.name:
            name = origin.name
            if name != use.name:
                self.found.rewrites.append((use.start, use.end, name))
        elif after is not None:
            name = after.name
            self.found.rewrites.append((use.start, after.start, ""))
        else:
            raise Refusal(f"the code uses the module {self.goal} as a value", "move it to another module")
        if self.scopes.owner(name, use.scope) not in (None, self.scopes.module):
            raise Refusal(f"{name} of {self.goal} is hidden by a local name in the code", "rename the local name")
        if use.scope.at_once:
            self.found.own.add(name)

    def _back(self, name: str) -> None:
        """A name that the module itself defines and keeps."""
        uses = self.scopes.uses.values()
        if any(u.name == name and u.role is Role.DECLARE for u in uses):
            raise Refusal(
                f"the code uses {name}, which functions of {self.path} assign (global)", f"move {name} and them along"
            )
        self._need(name, Origin(self.path, name))
        self._add(New(self._own_spec(), name), self._for_checkers(name))

    def _for_checkers(self, name: str) -> bool:
        """Whether the module binds a name for type checkers alone: what runs finds none there."""
        uses = self.scopes.uses.values()
        bound = [u for u in uses if u.name == name and u.binds and u.scope is self.scopes.module]
        return bool(bound) and all(is_for_checkers(around(self.root, u.start, u.end)) for u in bound)

    def _quoted(self, name: str) -> None:
        if name in self.moving or name in self.found.needed:
            return
        if self._imported(name):
            self.found.used.add(name)
            statement, one = self.bindings[name][0]
            origin = self.modules.imported(self.path, statement, one)
            if statement.module is not None and (origin is None or origin.path != self.goal):
                self._need(name, origin)
                self._add(New(self._spec(statement), one.name, one.alias), statement.guard == TYPING)
        elif self.modules.binds(self.path, name):
            self._need(name, Origin(self.path, name))
            self._add(New(self._own_spec(), name), True)

    def _need(self, name: str, origin: Origin | None) -> None:
        self.found.needed[name] = origin

    def _add(self, new: New, typing: bool) -> None:
        if typing and (new, False) in self.found.imports:
            return
        if (new, typing) not in self.found.imports:
            self.found.imports.append((new, typing))

    # --- names of modules as the new module calls them

    def _spelled(self, spec: str, module: str) -> str:
        layout = self.to.after
        if layout.source_root(self.goal) == self.modules.layout.source_root(self.path):
            beside = self.modules.find(self.goal, spec) if self.goal in self.modules.code.graph.files else None
            if beside == module or layout.dotted(module).startswith(spec):
                return spec
        return layout.dotted(module)

    def _spec(self, statement: ImportStatement) -> str | None:
        if statement.module is None:
            return None
        if statement.module.startswith("."):
            return self.to.relative_spec(self.goal, self.modules.absolute(self.path, statement))
        module = self.modules.module_of(self.path, statement)
        return statement.module if module is None else self._spelled(statement.module, module)

    def _own_spec(self) -> str:
        dotted = self.modules.layout.dotted(self.path)
        if not all(part.isidentifier() for part in dotted.split(".")):
            why = f"{self.path} cannot be imported by its name, and what moves needs names of it"
            raise Refusal(why, "rename the file, or move those names as well")
        asked = [path for path in (self.path, self.goal) if path in self.modules.code.graph.files]
        relative = any((s.module or "").startswith(".") for path in asked for s in self.modules.imports(path))
        return self.to.relative_spec(self.goal, dotted) if relative else dotted

    def _local_imports(self, piece: Piece) -> None:
        for statement in self.modules.imports(self.path):
            if piece.start <= statement.start < piece.end and statement.module is not None:
                new = self._spec(statement) or ""
                names = {one.name for one in statement.names} & self.moving
                if names and self.modules.module_of(self.path, statement) == self.path:
                    raise Refusal(f"the code imports {names.pop()} from its own module", "use the name without import")
                if new != statement.module:
                    self.found.rewrites.append((statement.module_start, statement.module_end, new))


def _alias_start(statement: ImportStatement, one: Imported) -> int:
    """Where the name that an import binds stands: its alias, if it has one."""
    node: Node = around(statement.node, one.start, one.end)
    alias = node.child_by_field_name("alias")
    return one.start if alias is None else alias.start_byte
