"""What a function made of a region takes and gives back, or why there can be none."""

from dataclasses import dataclass

from codeagent.refactorings.python.flow import END, Kind
from codeagent.refactorings.python.passage import Passage
from codeagent.refactorings.python.region import Region
from codeagent.refactorings.python.scopes import Role, Scope, Scopes, Use
from codeagent.refactorings.python.statements import flow_of
from codeagent.refactorings.refactoring import Refusal


class Imported(Refusal):
    """A module that is imported in a region cannot be handed out of it by name."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """The names that go in and come out, in the order of the text; `declares` are lines such as `global x`.

    `returns`: every way through the region ends the function, so that the call is returned."""

    parameters: tuple[str, ...] = ()
    results: tuple[str, ...] = ()
    declares: tuple[str, ...] = ()
    returns: bool = False


def transfer(scopes: Scopes, region: Region, target: Scope, *, exported: bool = True) -> Transfer:
    """Return what passes between a region and a function in the scope `target`.

    `exported`: names that a module binds may be asked for from elsewhere. Raises Refusal."""
    return _Judge(scopes, region, target, exported).transfer()


class _Judge:
    def __init__(self, scopes: Scopes, region: Region, target: Scope, exported: bool) -> None:
        self.scopes, self.region, self.target = scopes, region, target
        self.at = scopes.at(region.node)
        self.holder = scopes.holder(region.node)
        self.uses = [use for use in scopes.between(region.start, region.end) if self._from_outside(use)]
        exports = self.holder.kind == "class_definition" or (self.holder.kind == "module" and exported)
        flow = flow_of(scopes, self.holder)
        self.passage = Passage(flow, region.start, region.end, exports=exports)
        self.parameters: list[str] = []
        self.results: list[str] = []
        self.globals: list[str] = []

    def transfer(self) -> Transfer:
        """Judge name by name."""
        passage = self.passage
        if self.region.statements and not passage.reached:
            raise Refusal("the selection is never reached", "delete it instead")
        tail = passage.falls <= {END}
        if passage.returns and not tail:
            raise Refusal(
                "some ways through the selection return and others go on",
                "select up to the end of the function, or a part without return",
            )
        for name in dict.fromkeys(use.name for use in self.uses):
            self._name(name, [use for use in self.uses if use.name == name])
        if passage.returns and self.results:
            raise Refusal(f"the selection returns, and binds {self.results[0]}, which is used after it")
        declares = [f"global {name}" for name in self.globals] + self._declared()
        return Transfer(tuple(self.parameters), tuple(self.results), tuple(declares), passage.returns)

    def _from_outside(self, use: Use) -> bool:
        owner = self.scopes.owner(use.name, use.scope)
        return owner is not None and not (self.region.start <= owner.node.start_byte < self.region.end and owner.parent)

    def _name(self, name: str, uses: list[Use]) -> None:
        owner = self.scopes.owner(name, uses[0].scope)
        if owner is None or self.target.within(owner):
            if owner is self.holder:
                self._own_of_module(name, uses)
            return
        if owner is not self.holder:
            if any(use.binds for use in uses):
                raise Refusal(f"the selection binds {name} of an enclosing scope", "select more of it, or less")
            self.parameters.append(name)
            return
        self._own(name, uses)

    def _own_of_module(self, name: str, uses: list[Use]) -> None:
        """A name of the module, in statements of the module: read where it is, bound by way of the result."""
        if any(use.binds for use in uses if use.scope is self.holder):
            try:
                self._own(name, uses)
            except Imported:
                raise
            except Refusal:
                self.globals.append(name)

    def _own(self, name: str, uses: list[Use]) -> None:
        """A name of the scope whose code is extracted."""
        passage = self.passage
        binds = [use for use in uses if use.binds and use.role is not Role.ANNOTATE]
        if any(use.role is Role.ANNOTATE for use in uses) and not binds:
            raise Refusal(f"the annotation of {name} is of use where {name} is", "select more of it, or less")
        if not self.region.statements and binds:
            raise Refusal(f"the selection binds {name} (:=)", "select the statement")
        self._check_other(name)
        elsewhere = self._shared(name, uses, binds)
        takes = self._takes(name)
        gives = bool(binds and passage.falls) and (elsewhere or passage.live_after(name))
        if binds and passage.seen_by_handler(name):
            raise Refusal(
                f"an exception may leave with {name} bound, which is read after it", "select fewer statements"
            )
        if gives and not (passage.certain(name) and passage.bound_after(name)):
            takes = self._takes_for_result(name) or takes
        if gives and any(use.role is Role.IMPORT for use in binds):
            raise Imported(f"the selection imports {name}, which is used after it", "leave the import where it is")
        if takes:
            self.parameters.append(name)
        if gives:
            self.results.append(name)

    def _check_other(self, name: str) -> None:
        """Refuse a name that functions in a class body know as another: classes are invisible to them."""
        if self.holder.kind != "class_definition":
            return
        for use in self.scopes.between(self.region.start, self.region.end):
            owner = self.scopes.owner(use.name, use.scope)
            if use.name == name and (owner is None or not owner.within(self.holder)):
                raise Refusal(f"{name} stands for two things in the selection", "select other code")

    def _takes(self, name: str) -> bool:
        passage = self.passage
        if not any(node in passage.inside for node, this in enumerate(passage.flow.names) if this == name):
            return self._takes_captured(name)
        if not passage.exposed(name) or not passage.ever_bound_before(name):
            return False
        if not passage.bound_before(name) and not passage.read_first(name):
            raise Refusal(f"{name} may not be bound where the selection starts", f"bind {name} before it")
        return True

    def _takes_captured(self, name: str) -> bool:
        """A name read in a lambda or generator that holds the region: bound when that is made, so bound for good."""
        flow = self.passage.flow
        made = [at for at, this in enumerate(flow.names) if this == name and flow.kinds[at] is Kind.CAPTURE]
        holding = [at for at in made if self._holds(flow.offsets[at])]
        if not holding:
            return True
        start = flow.offsets[holding[0]]
        around = Passage(flow, start, start + 1, exports=False)
        if not around.bound_before(name):
            raise Refusal(f"{name} may not be bound where the selection starts", f"bind {name} before it")
        return True

    def _holds(self, offset: int) -> bool:
        at = self.region.node.parent
        while at is not None and at != self.holder.node:
            if at.start_byte == offset:
                return True
            at = at.parent
        return self.region.start == offset

    def _takes_for_result(self, name: str) -> bool:
        """Whether the value from before must come back where the region does not bind the name."""
        passage = self.passage
        if passage.bound_after(name):
            return True
        if passage.read_next(name) and not passage.ever_bound_before(name):
            return False
        raise Refusal(f"{name} may not be bound where the selection ends", f"bind {name} before it")

    def _shared(self, name: str, uses: list[Use], binds: list[Use]) -> bool:
        """Refuse what functions that share the name would notice; tell whether any outside the region does."""
        passage = self.passage
        others = [one for one in self.scopes.uses.values() if one.name == name and one not in uses]
        others = [one for one in others if self.scopes.owner(name, one.scope) is self.holder]
        inner = [use for use in uses if use.binds and not self._at_once(use.scope)]
        outer = [one for one in others if one.binds and not self._at_once(one.scope)]
        hint = "select the functions that use it too, or none of them"
        if inner and others:
            raise Refusal(f"a function in the selection binds {name}, which is used outside it", hint)
        if outer and passage.runs_code():
            raise Refusal(f"another function binds {name} while the selection runs", hint)
        elsewhere = passage.captures(name, inside=False) or any(not self._at_once(one.scope) for one in others)
        if binds and elsewhere and passage.runs_code_after(name):
            raise Refusal(f"another function may read {name} while the selection runs", hint)
        if passage.captures(name, inside=True) and passage.rebound_after(name):
            raise Refusal(f"a function in the selection uses {name}, which is bound again after it", hint)
        return elsewhere

    def _declared(self) -> list[str]:
        """The `global` and `nonlocal` lines of names that the region binds and does not declare itself."""
        lines = []
        here = [use for use in self.scopes.between(self.region.start, self.region.end) if use.scope is self.holder]
        inside = {use.name for use in here if use.role is Role.DECLARE}
        for name in dict.fromkeys(use.name for use in here if use.binds or use.role is Role.DECLARE):
            word = "global" if name in self.holder.globals else "nonlocal" if name in self.holder.nonlocals else ""
            if not word:
                continue
            if name in inside and self._bound_outside(name):
                raise Refusal(f"the selection declares {name} {word}, which is bound outside it too")
            if name not in inside:
                lines.append(f"{word} {name}")
        return lines

    def _bound_outside(self, name: str) -> bool:
        return any(
            use.binds and use.scope is self.holder and use.name == name
            for at, use in self.scopes.uses.items()
            if not self.region.start <= at < self.region.end
        )

    def _at_once(self, scope: Scope) -> bool:
        """Tell whether code of a scope runs when the holder's does: classes and comprehensions, not functions."""
        for one in scope.chain():
            if one is self.holder or one.kind in ("function_definition", "lambda"):
                return one is self.holder
        return False
