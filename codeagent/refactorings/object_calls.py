"""Python: calls that hand over one object in place of several arguments."""

from itertools import pairwise
from posixpath import basename

from codeagent.domain.patch import Edit
from codeagent.languages.syntax import Node, child
from codeagent.refactorings.function_uses import Call, Function
from codeagent.refactorings.inlining.request import Request
from codeagent.refactorings.python.arguments import Argument, Bound, Unmatched, arguments_of, bind, written
from codeagent.refactorings.python.effects import Effect, effect_of
from codeagent.refactorings.python.import_edits import New
from codeagent.refactorings.python.imports import ImportStatement
from codeagent.refactorings.python.leftovers import callee_end
from codeagent.refactorings.python.modules import Origin
from codeagent.refactorings.python.parameters import KEYWORD_ONLY, Parameter
from codeagent.refactorings.refactoring import Refusal
from codeagent.refactorings.signature_calls import text_after


class ObjectCalls:
    """The calls of one function: what reached the parameters `gone` becomes `name(…)`."""

    def __init__(
        self,
        request: Request,
        function: Function,
        name: str,
        gone: list[Parameter],
        new: list[Parameter],
        old: list[Parameter],
    ) -> None:
        self.request, self.function, self.name = request, function, name
        self.gone, self.new, self.old = gone, new, old

    def edit(self, call: Call, edits: list[Edit]) -> Edit | None:
        """Return the edit of one call, imports noted in the request; Unmatched where it cannot be told."""
        if call.through:
            return None
        source = self.request.code.read(call.path)
        every = arguments_of(call.node, lambda start, end: text_after(source, call.path, edits, start, end))
        receiver = every[:1] if call.explicit and self.function.receiver else []
        if receiver and (receiver[0].spread or receiver[0].keyword):
            raise Unmatched("its receiver cannot be told")
        bound = bind(self.old, every[len(receiver) :])
        self._check(bound)
        parts, order = self._parts(bound, call)
        self._check_order(call, every[len(receiver) :], order)
        parts = [*(one.text for one in receiver), *parts]
        if parts == [one.written for one in every]:
            return None
        start, end, new = written(parts, call.node, source, every)
        return Edit(call.path, start, end, new.encode("utf-8", "surrogateescape"))

    def _check(self, bound: Bound) -> None:
        given = [one.name for one in self.gone if one.name in bound.by_name]
        if any(one.spread == "*" for one in bound.spread) or (bound.spread and len(given) < len(self.gone)):
            raise Unmatched("`*` or `**` arguments may fill what changes")
        missing = [one.name for one in self.gone if one.name not in given and not one.default]
        if missing:
            raise Unmatched(f"it gives no {missing[0]}")
        taken = {one.name for one in self.new} & {one.keyword for one in bound.extra_keywords}
        stars = {one.star for one in self.new if one.name}
        if taken or (bound.extra_keywords and "**" not in stars):
            raise Unmatched("it gives arguments that no parameter would take")

    def _parts(self, bound: Bound, call: Call) -> tuple[list[str], list[Argument]]:
        """The arguments by the new signature, and the old ones in the order in which they are evaluated then."""
        places: list[tuple[str, list[Argument]]] = []
        keywords: list[tuple[str, list[Argument]]] = []
        in_line, names = True, {one.name for one in self.old}
        for one in self.new:
            if one.star == "*" and one.name and bound.extra_positional:
                if not in_line:
                    raise Unmatched("what goes into `*` would need everything before it")
                places += [(extra.text, [extra]) for extra in bound.extra_positional]
            if one.star:
                continue
            known = [bound.by_name[one.name]] if one.name in bound.by_name else []
            inner = known if one.name in names else self._given(bound)
            if not inner:
                in_line = False
                continue
            value = inner[0].text if one.name in names else self._object(inner, bound, call)
            if in_line and one.kind != KEYWORD_ONLY and not all(each.keyword for each in inner):
                places.append((value, inner))
            elif one.kind == "positional":
                raise Unmatched(f"{one.name} can be given by place only")
            else:
                in_line = False
                keywords.append((f"{one.name}={value}", inner))
        keywords += [(one.written, [one]) for one in (*bound.extra_keywords, *bound.spread)]
        keywords.sort(key=lambda pair: pair[1][0].start)
        done = [*places, *keywords]
        return [text for text, _ in done], [one for _, inner in done for one in inner]

    def _given(self, bound: Bound) -> list[Argument]:
        found = [bound.by_name[one.name] for one in self.gone if one.name in bound.by_name]
        return sorted(found, key=lambda one: one.start)

    def _object(self, inner: list[Argument], bound: Bound, call: Call) -> str:
        names = {argument.start: name for name, argument in bound.by_name.items()}
        fields = ", ".join(f"{names[one.start]}={one.text}" for one in inner)
        return f"{self._called(call)}({fields})"

    def _check_order(self, call: Call, before: list[Argument], after: list[Argument]) -> None:
        if all(one.start < other.start for one, other in pairwise(after)):
            return
        listed = child(call.node, "arguments")
        nodes = [one for one in listed.named_children if one.start_byte in {each.start for each in before}]
        if any(effect_of(one) is Effect.LOUD for one in nodes):
            raise Unmatched("its arguments would be evaluated in another order")

    # --- the name of the class

    def _called(self, call: Call) -> str:
        """How the file of a call names the class; an import is noted where it needs one."""
        path, home = call.path, self.function.path
        if path == home:
            return self.name
        callee = child(call.node, "function")
        above = callee.child_by_field_name("object") if callee.type == "attribute" else None
        if above is not None and self._is_home(path, above):
            return f"{self.request.code.text(above, path)}.{self.name}"
        self.bring(path, callee_end(call.node))
        return self.name

    def _is_home(self, path: str, above: Node) -> bool:
        """Whether an expression is the function's module by an import of this file."""
        modules, text = self.request.modules, self.request.code.text(above, path)
        for statement in modules.imports(path):
            for one in statement.names:
                shown = one.alias or one.name
                if shown == text and modules.imported(path, statement, one) == Origin(self.function.path):
                    return True
                plain = statement.module is None and not one.alias and shown == text
                if plain and modules.find(path, one.name) == self.function.path:
                    return True
        return False

    def bring(self, path: str, callee: Node | None = None) -> None:
        """Import the class in a file; Refusal where its name is taken there."""
        request = self.request
        new = New(self._spec(path), self.name)
        if not request.imports(path).present(new):
            uses = request.modules.scopes(path).uses.values()
            if any(use.name == self.name for use in uses):
                line = callee.start_point[0] + 1 if callee is not None else 1
                raise Refusal(f"{self.name} already means something in {path}:{line}", "choose another name")
        request.bring(path, [new])

    def _from_home(self, path: str, statement: ImportStatement) -> bool:
        return statement.plain and self.request.modules.module_of(path, statement) == self.function.path

    def _spec(self, path: str) -> str:
        """The module as a statement of the file writes it, or its absolute name."""
        for statement in self.request.modules.imports(path):
            if statement.module and self._from_home(path, statement):
                return statement.module
        home = self.function.path
        dotted = self.request.modules.layout.dotted(home)
        if not dotted:
            raise Refusal(f"{basename(home)} cannot be imported by {path}", "move the function first")
        return dotted
