"""What a move of modules or names changes in one file that imports them: its statements, and chains `a.b.name`."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from codeagent.domain.patch import Edit
from codeagent.languages.syntax import Node, around
from codeagent.refactorings.python.import_edits import ImportEdits, New
from codeagent.refactorings.python.imports import Imported, ImportStatement
from codeagent.refactorings.python.modules import Origin
from codeagent.refactorings.python.relocation import Relocation
from codeagent.refactorings.python.scopes import Role, Scope, Use
from codeagent.refactorings.refactoring import Refusal


@dataclass(frozen=True, slots=True)
class Bound:
    """A name that one statement binds to a module: `module` is its path, `plain` for `import a.b` without alias."""

    statement: ImportStatement
    one: Imported
    name: str
    module: str
    plain: bool
    scope: Scope


@dataclass(slots=True)
class _Usage:
    """What became of the uses of one bound name: bytes that still need it, and statements whose module was left."""

    kept: list[Use] = field(default_factory=list)
    kept_modules: set[str] = field(default_factory=set)
    left: set[str] = field(default_factory=set)


class Importer:
    """One file of the tree, rewritten for a relocation."""

    def __init__(self, relocation: Relocation, path: str) -> None:
        self.to, self.path = relocation, path
        self.modules = relocation.modules
        code = self.modules.code
        self.source, self.root = code.read(path), code.tree(path)
        self.scopes = self.modules.scopes(path)
        self.imports = ImportEdits(path, self.source, self.root, self.modules.tops)
        self.inside: tuple[tuple[int, int], ...] = ()  # spans that leave the file: their chains are not for here
        self._edits: dict[int, Edit] = {}

    def edits(self) -> list[Edit]:
        """Return all edits of the file; Refusal where a name that is needed is taken."""
        for statement in self.imports.statements:
            if not self._leaves(statement.start):
                for one in statement.names:
                    self._imported(statement, one)
        self._chains()
        return [*self._edits.values(), *self.imports.edits()]

    def replace(self, start: int, end: int, text: str) -> None:
        """Write other text over bytes of the file."""
        if self.source[start:end] != text.encode():
            self._edits[start] = Edit(self.path, start, end, text.encode())

    def _leaves(self, offset: int) -> bool:
        return any(start <= offset < end for start, end in self.inside)

    # --- statements

    def _imported(self, statement: ImportStatement, one: Imported) -> None:
        if statement.module is None:
            module = self.modules.find(self.path, one.name)
            new = self.to.spelled(self.path, one.name, module) if module else one.name
            if new != one.name:
                self.imports.change(statement, one, [New(None, new, one.alias)])
            return
        source = self.modules.module_of(self.path, statement)
        if source is None:
            return
        spec = self.to.from_spec(self.path, statement, source)
        new_ = self._from(statement, one, source, spec)
        if new_ != New(statement.module, one.name, one.alias):
            self.imports.change(statement, one, [] if new_ is None else [new_])

    def _from(self, statement: ImportStatement, one: Imported, source: str, spec: str) -> New | None:
        """What a name of a `from` statement becomes; None where it is at home in this file now."""
        origin = None if one.name == "*" else self.modules.imported(self.path, statement, one)
        if origin is None:
            return New(spec, one.name, one.alias)
        if origin.name:
            goal = self.to.names.get((origin.path, origin.name))
            if goal is None:
                return New(spec, one.name, one.alias)
            return None if goal == self.path else New(self.spec_of(goal, statement), one.name, one.alias)
        if not self.to.moved(origin.path) and not self.to.moved(self.path):
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
        uses = [use for use in self._uses(one.name, scope) if use.start != one.start]
        if self._taken(new, scope) or any(self.scopes.owner(new, use.scope) is not None for use in uses):
            return False
        bindings = [
            use for use in self.scopes.uses.values() if use.name == one.name and use.binds and use.scope is scope
        ]
        if any(use.start != one.start for use in bindings) or any(use.role is not Role.READ for use in uses):
            return False
        for use in uses:
            self.replace(use.start, use.end, new)
        return True

    def _taken(self, name: str, scope: Scope) -> bool:
        return any(use.name == name and use.scope.within(scope) for use in self.scopes.uses.values())

    # --- chains

    def _uses(self, name: str, scope: Scope) -> Iterator[Use]:
        for use in self.scopes.uses.values():
            if use.name == name and self.scopes.owner(name, use.scope) is scope and not self._leaves(use.start):
                yield use

    def bound_modules(self) -> Iterator[Bound]:
        """Yield every name that a statement binds to a module of the tree."""
        for statement in self.imports.statements:
            if self._leaves(statement.start):
                continue
            for one in statement.names:
                origin = None if one.name == "*" else self.modules.imported(self.path, statement, one)
                if origin is not None and not origin.name:
                    plain = statement.module is None and one.alias is None
                    scope = self.scopes.at(statement.node)
                    name = statement.binds(one)
                    scope = self.scopes.module if name in scope.globals else scope
                    yield Bound(statement, one, name, origin.path, plain, scope)

    def _chains(self) -> None:
        groups: dict[tuple[str, int], list[Bound]] = {}
        for bound in self.bound_modules():
            groups.setdefault((bound.name, bound.scope.node.id), []).append(bound)
        for group in groups.values():
            usage = _Usage()
            first = group[0]
            for use in list(self._uses(first.name, first.scope)):
                if use.role is Role.READ:
                    self._chain(first, use, usage)
            self._settle(group, usage)

    def _chain(self, bound: Bound, use: Use, usage: _Usage) -> None:
        chain = list(attribute_chain(around(self.root, use.start, use.end)))
        at, module, spelled = 0, bound.module, bound.name
        seen = [module]
        for number, attribute in enumerate(chain):
            goal = self.to.names.get((module, attribute.name))
            if goal is not None:
                usage.left.update(seen)
                self._renamed(bound, use, chain[number], goal, spelled)
                return
            below = self._below(module, attribute.name)
            if below is None:
                break
            module, at, spelled = below, number + 1, f"{spelled}.{attribute.name}"
            seen.append(module)
        end = chain[at - 1].end if at else use.end
        if not self._module_chain(bound, use, end, module, spelled, at):
            usage.kept.append(use)
            usage.kept_modules.update(seen)

    def _below(self, module: str, name: str) -> str | None:
        spec = self.modules.layout.dotted(module)
        if module.endswith(("/", "__init__.py", "__init__.pyi")):
            origin = self.modules.member(self.path, module, spec, name)
            return origin.path if origin is not None and not origin.name else None
        return None

    def _module_chain(self, bound: Bound, use: Use, end: int, module: str, spelled: str, depth: int) -> bool:
        """Rewrite a chain that leads to a module which is called otherwise now; False where nothing is to do."""
        if bound.plain:
            new = self.to.spelled(self.path, spelled, module)
            if new == spelled:
                return False
            self._check_root(new, use)
            if bound.scope is self.scopes.module:
                self._import(new)
            self.replace(use.start, end, new)
            return True
        if not depth:
            return False
        head, new = self.to.dotted(bound.module), self.to.dotted(module)
        tail = self.modules.layout.dotted(module).removeprefix(self.modules.layout.dotted(bound.module))
        if new == head + tail:
            return False
        if new.startswith(f"{head}."):
            self.replace(use.end, end, new[len(head) :])
            return False
        self._check_root(new, use)
        self._import(new)
        self.replace(use.start, end, new)
        return True

    def _import(self, dotted: str) -> None:
        """Make sure that `import dotted`, or one of something below it, is there."""
        if not self.imports.reaches(dotted):
            self.imports.add(New(None, dotted))

    def _check_root(self, dotted: str, use: Use) -> None:
        """Refuse a dotted name whose first part means something else where it is to be written."""
        root = dotted.partition(".")[0]
        owner = self.scopes.owner(root, use.scope)
        if owner is not None and not self._only_package(root, owner):
            line = self.source.count(b"\n", 0, use.start) + 1
            raise Refusal(
                f"{self.path}:{line} would have to say {dotted}, but {root} is something else there",
                f"rename {root} in {self.path} first",
            )

    def _only_package(self, root: str, owner: Scope) -> bool:
        if owner is not self.scopes.module:
            return False
        bindings = {u.start for u in self.scopes.uses.values() if u.name == root and u.binds and u.scope is owner}
        for statement in self.imports.statements:
            for one in statement.names:
                if statement.module is None and one.alias is None and statement.binds(one) == root:
                    bindings.discard(one.start)
        return not bindings

    # --- names that have left a module

    def _renamed(self, bound: Bound, use: Use, attribute: "Attribute", goal: str, spelled: str) -> None:
        if goal == self.path:
            self._bare(use, attribute)
            return
        dotted = self.to.after.dotted(goal)
        parent, _, last = dotted.rpartition(".")
        if not bound.plain and parent and not self._clash(last, use, goal):
            spec = (
                self.to.relative_spec(self.path, parent) if (bound.statement.module or "").startswith(".") else parent
            )
            self.imports.add(New(spec, last))
            self.replace(use.start, attribute.start - 1, last)
            return
        self._check_root(dotted, use)
        self._import(dotted)
        self.replace(use.start, attribute.start - 1, dotted)

    def _bare(self, use: Use, attribute: "Attribute") -> None:
        owner = self.scopes.owner(attribute.name, use.scope)
        if owner is not None and owner is not self.scopes.module:
            line = self.source.count(b"\n", 0, use.start) + 1
            raise Refusal(f"{self.path}:{line} has a local name {attribute.name} already", "rename it first")
        self.replace(use.start, attribute.start, "")

    def _clash(self, name: str, use: Use, goal: str) -> bool:
        """Whether a module cannot be called by its last name where it is to be used."""
        owner = self.scopes.owner(name, use.scope)
        if owner is None:
            return self._taken(name, self.scopes.module)
        return not any(b.name == name and b.module == goal and b.scope is owner for b in self.bound_modules())

    def _settle(self, group: list[Bound], usage: _Usage) -> None:
        """Drop statements that nothing needs any more; keep the root of chains that others need."""
        for bound in group:
            target = self.modules.find(self.path, bound.one.name) if bound.plain else bound.module
            rooted = bound.plain and not any(other is not bound and self._stays(other) for other in group)
            keep = [New(None, bound.name)] if rooted and usage.kept else []
            if bound.plain and target is not None:
                new = self.to.spelled(self.path, bound.one.name, target)
                if new.partition(".")[0] != bound.name:
                    if keep:
                        self.imports.change(bound.statement, bound.one, [New(None, new), *keep])
                    continue
            if target in usage.left - usage.kept_modules and not self.imported_by_others(bound.name):
                self.imports.change(bound.statement, bound.one, keep if bound.one.name != bound.name else [])

    def _stays(self, bound: Bound) -> bool:
        target = self.modules.find(self.path, bound.one.name)
        return target is None or self.to.spelled(self.path, bound.one.name, target).partition(".")[0] == bound.name

    def imported_by_others(self, name: str) -> bool:
        """Tell whether another file takes a name from this one."""
        for path in self.modules.mentioning((name,)):
            for statement in self.modules.imports(path) if path != self.path else ():
                taken = {one.name for one in statement.names} & {name, "*"}
                if statement.module is not None and taken and self.modules.module_of(path, statement) == self.path:
                    return True
        return False


@dataclass(frozen=True, slots=True)
class Attribute:
    """One link of a chain: the bytes of its name."""

    name: str
    start: int
    end: int


def attribute_chain(identifier: Node) -> Iterator[Attribute]:
    """Yield `b`, `c` of `a.b.c` for the node of `a`."""
    node, parent = identifier, identifier.parent
    while parent is not None and parent.type == "attribute" and parent.child_by_field_name("object") == node:
        name = parent.child_by_field_name("attribute")
        if name is None:
            return
        yield Attribute((name.text or b"").decode("utf-8", "surrogateescape"), name.start_byte, name.end_byte)
        node, parent = parent, parent.parent
