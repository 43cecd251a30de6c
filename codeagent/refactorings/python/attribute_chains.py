"""Chains `a.b.name` that lead through imported modules, rewritten where what they lead to has moved."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from codeagent.languages.syntax import Node, around
from codeagent.refactorings.python.import_edits import ImportEdits, New
from codeagent.refactorings.python.imports import Imported, ImportStatement
from codeagent.refactorings.python.modules import PythonModules
from codeagent.refactorings.python.relocation import Relocation
from codeagent.refactorings.python.scopes import Role, Scope, Scopes, Use
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


class File(Protocol):
    """The file whose chains are rewritten."""

    path: str
    source: bytes
    root: Node
    to: Relocation
    modules: PythonModules
    scopes: Scopes
    imports: ImportEdits

    def uses(self, name: str, scope: Scope) -> Iterator[Use]: ...
    def leaves(self, offset: int) -> bool: ...
    def taken(self, name: str, scope: Scope) -> bool: ...
    def replace(self, start: int, end: int, text: str, *, same: bool = False) -> None: ...
    def imported_by_others(self, name: str) -> bool: ...
    def spec_of(self, goal: str, like: ImportStatement | None) -> str: ...


class Chains:
    """The chains of one file."""

    def __init__(self, file: File) -> None:
        self.file = file

    def bound_modules(self) -> Iterator[Bound]:
        """Yield every name that a statement binds to a module of the tree."""
        for statement in self.file.imports.statements:
            if self.file.leaves(statement.start):
                continue
            for one in statement.names:
                origin = None if one.name == "*" else self.file.modules.imported(self.file.path, statement, one)
                if origin is not None and not origin.name:
                    plain = statement.module is None and one.alias is None
                    scope = self.file.scopes.at(statement.node)
                    name = statement.binds(one)
                    scope = self.file.scopes.module if name in scope.globals else scope
                    yield Bound(statement, one, name, origin.path, plain, scope)

    def follow(self) -> None:
        """Rewrite the chains of the file, then the statements that nothing needs any more."""
        groups: dict[tuple[str, int], list[Bound]] = {}
        for bound in self.bound_modules():
            groups.setdefault((bound.name, bound.scope.node.id), []).append(bound)
        for group in groups.values():
            if self._follows_whole(group):
                continue
            usage = _Usage()
            first = group[0]
            for use in list(self.file.uses(first.name, first.scope)):
                if use.role is Role.READ:
                    self._chain(first, use, usage)
            self._settle(group, usage)

    def _follows_whole(self, group: list[Bound]) -> bool:
        """Let an alias stand for the new module where all that it is used for has gone there."""
        bound = group[0]
        if len(group) > 1 or bound.one.alias is None or self.file.to.moved(bound.module):
            return False
        uses = [use for use in self.file.uses(bound.name, bound.scope) if not use.binds]
        chains = [list(attribute_chain(around(self.file.root, use.start, use.end)))[:1] for use in uses]
        goals = {self.file.to.names.get((bound.module, chain[0].name)) if chain else None for chain in chains}
        goal = goals.pop() if len(goals) == 1 else None
        if goal is None or goal == self.file.path or self.file.imported_by_others(bound.name):
            return False
        dotted = self.file.to.after.dotted(goal)
        parent, _, last = dotted.rpartition(".")
        if bound.statement.module is None or not parent:
            new = New(None, dotted, bound.name)
        elif bound.statement.module.startswith("."):
            new = New(self.file.to.relative_spec(self.file.path, parent), last, bound.name)
        else:
            new = New(parent, last, bound.name)
        self.file.imports.change(bound.statement, bound.one, [new])
        for use, chain in zip(uses, chains, strict=True):
            self.file.replace(use.start, chain[0].end, f"{use.name}.{chain[0].name}", same=True)
        return True

    def _chain(self, bound: Bound, use: Use, usage: _Usage) -> None:
        chain = list(attribute_chain(around(self.file.root, use.start, use.end)))
        at, module, spelled = 0, bound.module, bound.name
        seen = [module]
        for number, attribute in enumerate(chain):
            goal = self.file.to.names.get((module, attribute.name))
            if goal is not None:
                usage.left.update(seen)
                self._renamed(bound, use, chain[number], goal)
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
        spec = self.file.modules.layout.dotted(module)
        if module.endswith(("/", "__init__.py", "__init__.pyi")):
            origin = self.file.modules.member(self.file.path, module, spec, name)
            return origin.path if origin is not None and not origin.name else None
        return None

    def _module_chain(self, bound: Bound, use: Use, end: int, module: str, spelled: str, depth: int) -> bool:
        """Rewrite a chain that leads to a module which is called otherwise now; False where nothing is to do."""
        if bound.plain:
            new = self.file.to.spelled(self.file.path, spelled, module)
            if new == spelled:
                return False
            self._check_root(new, use)
            if bound.scope is self.file.scopes.module and not self._loaded_alike(spelled, new):
                self._import(new)
            self.file.replace(use.start, end, new)
            return True
        if not depth:
            return False
        head, new = self.file.to.dotted(bound.module), self.file.to.dotted(module)
        tail = self.file.modules.layout.dotted(module).removeprefix(self.file.modules.layout.dotted(bound.module))
        if new == head + tail:
            return False
        if new.startswith(f"{head}."):
            self.file.replace(use.end, end, new[len(head) :])
            return False
        self._check_root(new, use)
        self._import(new)
        self.file.replace(use.start, end, new)
        return True

    def _loaded_alike(self, old: str, new: str) -> bool:
        """Whether what loads a module loads it by its new name: one name below the root is another, and the package
        that it stands in hands out nothing by names of its own."""
        before, after = old.split("."), new.split(".")
        differing = [at for at, pair in enumerate(zip(before, after, strict=False)) if len(set(pair)) > 1]
        if len(before) != len(after) or len(differing) != 1 or not differing[0]:
            return False
        package = self.file.modules.find(self.file.path, ".".join(before[: differing[0]]))
        return package is None or package.endswith("/") or not self.file.modules.binds(package, "__getattr__")

    def _import(self, dotted: str) -> None:
        """Make sure that `import dotted`, or one of something below it, is there."""
        if not self.file.imports.reaches(dotted):
            self.file.imports.add(New(None, dotted))

    def _check_root(self, dotted: str, use: Use) -> None:
        """Refuse a dotted name whose first part means something else where it is to be written."""
        root = dotted.partition(".")[0]
        owner = self.file.scopes.owner(root, use.scope)
        if owner is not None and not self._only_package(root, owner):
            line = self.file.source.count(b"\n", 0, use.start) + 1
            raise Refusal(
                f"{self.file.path}:{line} would have to say {dotted}, but {root} is something else there",
                f"rename {root} in {self.file.path} first",
            )

    def _only_package(self, root: str, owner: Scope) -> bool:
        if owner is not self.file.scopes.module:
            return False
        bindings = {u.start for u in self.file.scopes.uses.values() if u.name == root and u.binds and u.scope is owner}
        for statement in self.file.imports.statements:
            for one in statement.names:
                if statement.module is None and one.alias is None and statement.binds(one) == root:
                    bindings.discard(one.start)
        return not bindings

    # --- names that have left a module

    def _renamed(self, bound: Bound, use: Use, attribute: "Attribute", goal: str) -> None:
        if goal == self.file.path:
            self._bare(use, attribute)
            return
        dotted = self.file.to.after.dotted(goal)
        parent, _, last = dotted.rpartition(".")
        if not bound.plain and parent and not self._clash(last, use, goal):
            spec = (
                self.file.to.relative_spec(self.file.path, parent)
                if (bound.statement.module or "").startswith(".")
                else parent
            )
            self.file.imports.add(New(spec, last))
            self.file.replace(use.start, attribute.end, f"{last}.{attribute.name}")
            return
        if not bound.plain and not self.file.taken(attribute.name, self.file.scopes.module):
            self.file.imports.add(New(self.file.spec_of(goal, bound.statement), attribute.name))
            self.file.replace(use.start, attribute.end, attribute.name)
            return
        self._check_root(dotted, use)
        self._import(dotted)
        self.file.replace(use.start, attribute.end, f"{dotted}.{attribute.name}")

    def _bare(self, use: Use, attribute: "Attribute") -> None:
        owner = self.file.scopes.owner(attribute.name, use.scope)
        if owner is not None and owner is not self.file.scopes.module:
            line = self.file.source.count(b"\n", 0, use.start) + 1
            raise Refusal(f"{self.file.path}:{line} has a local name {attribute.name} already", "rename it first")
        self.file.replace(use.start, attribute.start, "")

    def _clash(self, name: str, use: Use, goal: str) -> bool:
        """Whether a module cannot be called by its last name where it is to be used."""
        owner = self.file.scopes.owner(name, use.scope)
        if owner is None:
            return self.file.taken(name, self.file.scopes.module)
        return not any(b.name == name and b.module == goal and b.scope is owner for b in self.bound_modules())

    def _settle(self, group: list[Bound], usage: _Usage) -> None:
        """Drop statements that nothing needs any more; keep the root of chains that others need."""
        for bound in group:
            target = self.file.modules.find(self.file.path, bound.one.name) if bound.plain else bound.module
            rooted = bound.plain and not any(other is not bound and self._stays(other) for other in group)
            keep = [New(None, bound.name)] if rooted and usage.kept else []
            if bound.plain and target is not None:
                new = self.file.to.spelled(self.file.path, bound.one.name, target)
                if new.partition(".")[0] != bound.name:
                    if keep:
                        self.file.imports.change(bound.statement, bound.one, [New(None, new), *keep])
                    continue
            if target in usage.left - usage.kept_modules and not self.file.imported_by_others(bound.name):
                self.file.imports.change(bound.statement, bound.one, keep if bound.one.name != bound.name else [])

    def _stays(self, bound: Bound) -> bool:
        target = self.file.modules.find(self.file.path, bound.one.name)
        return (
            target is None
            or self.file.to.spelled(self.file.path, bound.one.name, target).partition(".")[0] == bound.name
        )


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
