"""What stands at a place in a file: the name there, and where it is defined, locals included."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from codeagent.domain.errors import UsageError
from codeagent.domain.facts import BOUND_OF, DEF, IMPORT, KINDS, LIVE, NAME, NONE, PARAMETER, TAKES, Binding
from codeagent.graph import alike
from codeagent.graph.arranged import arrange
from codeagent.graph.denoting import denote
from codeagent.graph.extract import extract
from codeagent.graph.flow import Flow
from codeagent.graph.graph import CodeGraph
from codeagent.graph.slots import NO_SLOT
from codeagent.graph.specs import module_at
from codeagent.graph.spots import offset_of
from codeagent.graph.values import BOUND, FUNC, Denoted
from codeagent.graph.views import FileView
from codeagent.graph.world import Overlay, World
from codeagent.languages import BY_NAME


@dataclass(frozen=True, slots=True)
class Defined:
    """One definition: the bytes of its name in a file; `symbol` is "" for locals and parameters."""

    path: str
    start: int
    end: int
    symbol: str
    kind: str
    certainty: str


def definitions_at(graph: CodeGraph, path: str, line: int, column: int) -> list[Defined]:
    """Return where the name at a 1-based line and column (characters) is defined, in path order.

    A position just after a name is on it. UsageError: no such file, no such line or column."""
    source = graph.read(path)
    offset = offset_of(source, line, column)
    if offset is None:
        raise UsageError(f"{path} has no line {line}, column {column}", "lines and columns start at 1")
    facts = extract(BY_NAME[graph.files[path].language], source, locals=True)
    shelf, tree = graph.sources()
    world = World(Overlay(shelf, {path: arrange(path, facts)}), tree)
    return _Pointing(Flow(world), world.view(path), graph.read).at(offset)


class _Pointing:
    """The names of one file, and what each of them stands for."""

    def __init__(self, flow: Flow, view: FileView, read: Callable[[str], bytes]) -> None:
        self._flow, self._view, self._facts, self._read = flow, view, view.facts, read

    def at(self, offset: int) -> list[Defined]:
        """The definitions behind the narrowest name that holds the offset."""
        expressions = self._expressions(offset)
        if expressions:
            found = {defined for index in expressions for defined in self._of(index, offset)}
        else:
            found = set(self._own(offset)) or set(self._module(offset))
        return sorted(found, key=lambda d: (d.path, d.start, d.symbol))

    def _expressions(self, offset: int) -> list[int]:
        refs = self._facts.references
        on = [
            (end - start, refs[i + 4])
            for i in range(0, len(refs), 5)
            if (start := refs[i]) <= offset <= (end := refs[i + 1]) and end > start and refs[i + 4] != NONE
        ]
        inside = [(size, index) for size, index in on if size == min(on)[0]]
        return list(dict.fromkeys(index for _, index in inside))

    def _own(self, offset: int) -> Iterator[Defined]:
        """A position on the name of a definition, a parameter or a bound local is its own definition."""
        for index, symbol in enumerate(self._facts.symbols):
            if index and symbol.name_start <= offset <= symbol.name_end and symbol.name_end > symbol.name_start:
                yield self._symbol((self._view.path, index), "exact")
        bare = {start for _, start, kind in self._locals() if kind == "variable"}
        bare.update(symbol.name_start for symbol in self._facts.symbols)
        for name, start, kind in self._locals():
            if kind == "type parameter" and start in bare:  # it is a name like others
                continue
            if start <= offset <= start + len(name.encode("utf-8", "surrogateescape")):
                yield self._local(name, start, kind, "exact")

    def _module(self, offset: int) -> Iterator[Defined]:
        """What an import names where it says from where it imports."""
        path = module_at(self._flow.world, self._view, self._read(self._view.path), offset)
        if path is not None:
            yield self._symbol((path, 0), "exact")

    def _locals(self) -> Iterator[tuple[str, int, str]]:
        for function in self._facts.functions:
            yield from ((param.name, param.start, "parameter") for param in function.params)
        loose = (one for name in {one.name for one in self._facts.bindings} for one in self._loose(name))
        yield from ((one.name, one.start, "variable") for one in loose)
        for binding in (one for one in self._facts.bindings if one.scope):
            kind = "type parameter" if binding.name.startswith("<") else "variable"
            yield binding.name.partition("@")[0].strip("<>"), binding.start, kind

    def _of(self, index: int, offset: int) -> Iterator[Defined]:
        expr = self._facts.exprs[index]
        types, value = alike.meant(self._flow, self._view, index)
        if (
            expr[0] in (NAME, LIVE)
            and value
            and not types
            and (places := list(self._bound(expr[1], expr[2], expr[3:] if expr[0] == LIVE else ())))
        ):
            yield from places
            return
        if expr[0] == PARAMETER:
            for binding in self._view.slots.get((expr[1], BOUND_OF.format(expr[3])), NO_SLOT).bindings:
                yield self._local(expr[3], binding.start, "type parameter", "exact")
            return
        targets = self._chosen(index, denote(self._flow, self._view, index))
        inside = [body for target in targets if not isinstance(target, str) for body in self._bodies(target)]
        if expr[0] == NAME and self._view.language.scoping.exports_closed and all(not target[1] for target in inside):
            inside = []  # `import * as shop`: the name of the module is defined by the import
        for target in inside:
            yield self._symbol(target, "exact" if len(targets) == len(inside) == 1 else "likely")
        if not inside and expr[0] in (NAME, LIVE):
            yield from list(self._imported(expr[1], expr[2])) or self._above(expr[2], offset)

    def _bodies(self, target: Denoted) -> list[Denoted]:
        """Where a function that is only declared there is defined."""
        return self._flow.parts.definitions(target) or [target]

    def _chosen(self, index: int, targets: list[Denoted | str]) -> list[Denoted | str]:
        """Of several overloads those that take the arguments of the call that names them."""
        if self._facts.exprs[index][0] != TAKES or len(targets) < 2:
            return targets
        taking = {value[1:3] for value in self._flow.expr(self._view, index) if value[0] in (FUNC, BOUND)}
        return [one for one in targets if one in taking] or targets

    def _bound(self, scope: int, name: str, live: tuple[tuple[int, ...], ...]) -> Iterator[Defined]:
        """Parameters and bindings of the function scope that a bare name belongs to."""
        symbols, view = self._facts.symbols, self._view
        block = "@" in name  # a name that one block of a module sees is a local, too
        while scope > 0 or (block and scope == 0):
            slot = view.slots.get((scope, name))
            function = view.functions.get(scope)
            param = next((p for p in function.params if p.name == name), None) if function else None
            local = (function is not None or block) and slot is not None and not slot.symbols
            if param is not None or local:
                bindings = [self._facts.bindings[i] for i in live[0]] if live else list(slot.bindings) if slot else []
                elsewhere = (IMPORT, DEF) if block else (IMPORT,)
                if any(self._facts.exprs[b.value][0] in elsewhere for b in bindings if b.value != NONE):
                    return
                if param is not None and not live:
                    yield self._local(name, param.start, "parameter", "exact")
                certainty = "exact" if len(bindings) + (param is not None) == 1 else "likely"
                for binding in bindings:
                    yield self._local(name, binding.start, "variable", certainty)
                return
            if slot is not None:
                return
            scope = symbols[scope].parent

    def _loose(self, name: str) -> list[Binding]:
        """What binds a variable of a script, or of a block in one, that is no symbol."""
        slot = self._view.slots.get((0, name), NO_SLOT)
        return (
            []
            if slot.symbols or self._view.language.query is None
            else [one for one in slot.bindings if one.value == NONE or self._facts.exprs[one.value][0] != IMPORT]
        )

    def _above(self, name: str, offset: int) -> Iterator[Defined]:
        """Where such a variable was last bound before a place: blocks have variables of one name, each its own."""
        before = [one.start for one in self._loose(name) if one.start <= offset]
        if before:
            yield self._local(name, max(before), "variable", "exact" if len(before) == 1 else "likely")

    def _imported(self, scope: int, name: str) -> Iterator[Defined]:
        """The import that binds a name of something outside the tree: as near as one can get."""
        while scope != NONE:
            slot = self._view.slots.get((scope, name))
            if slot is not None:
                for binding in slot.bindings:
                    if binding.value != NONE and self._facts.exprs[binding.value][0] == IMPORT:
                        yield self._local(name, binding.start, "import", "exact")
                return
            scope = self._facts.symbols[scope].parent

    def _local(self, name: str, start: int, kind: str, certainty: str) -> Defined:
        shown = name.partition("@")[0]
        return Defined(
            self._view.path, start, start + len(shown.encode("utf-8", "surrogateescape")), "", kind, certainty
        )

    def _symbol(self, one: Denoted, certainty: str) -> Defined:
        view = self._flow.world.view(one[0])
        symbol = view.facts.symbols[one[1]]
        start, end = symbol.name_start, symbol.name_end
        if not one[1]:  # a module has no name in its file: it starts with its first line that is not blank
            source = self._read(one[0])
            start = end = len(source) - len(source.lstrip())
        return Defined(one[0], start, end, view.symbol_id(one[1]), KINDS[symbol.kind], certainty)
