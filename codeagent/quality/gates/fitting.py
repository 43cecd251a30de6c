"""Calls that no longer fit what they call: too many or too few arguments, unknown or double keywords."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from codeagent.domain.code import Certainty, Symbol
from codeagent.domain.facts import CLASSMETHOD, DECORATED, NONE, STATIC
from codeagent.domain.finding import Finding
from codeagent.domain.links import CALL_EDGE, EXACT, INSTANTIATE_EDGE, FileLinks
from codeagent.graph.graph import CodeGraph
from codeagent.graph.naming import Naming, key_of
from codeagent.languages import syntax
from codeagent.languages.syntax import Node
from codeagent.quality.gates.callers import calls_after, calls_before
from codeagent.quality.gates.change import Change
from codeagent.quality.gates.edits import Written, edits_of
from codeagent.quality.gates.gate import found
from codeagent.quality.gates.matching import Matching
from codeagent.quality.gates.signatures import Parameter, arguments_of, misfit, parameters_of, takes_all_of

_PYTHON: Final = "python"
# Decorators that leave the signature as it is written.
_PLAIN: Final = frozenset((
    "staticmethod", "classmethod", "override", "abstractmethod", "final", "cache", "lru_cache", "contextmanager",
    "asynccontextmanager", "deprecated", "wraps", "no_type_check",
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Callee:
    """What a call leads to: its parameters, and how many of them the receiver fills."""

    symbol: Symbol
    parameters: tuple[Parameter, ...]
    skip: int


class Side:
    """The calls and signatures of one side of a change, Python alone."""

    def __init__(self, graph: CodeGraph, names: Naming) -> None:
        self.graph, self.names = graph, names
        self.tree = cache(self._tree)
        self.symbols = cache(self._symbols)
        self.parameters = cache(self._parameters)
        self.calls = cache(self._calls)

    def _tree(self, path: str) -> Node:
        return syntax.parse(_PYTHON, self.graph.read(path))

    def _symbols(self, path: str) -> Mapping[str, Symbol]:
        return {symbol.id: symbol for symbol in self.graph.symbols(path)}

    def within(self, path: str, offset: int) -> str | None:
        """The id of the function around a byte."""
        around = (one for one in self.graph.symbols(path) if one.span.start <= offset < one.span.end)
        inner = [one for one in around if one.kind in ("function", "method", "constructor")]
        return max(inner, key=lambda one: one.span.start).id if inner else None

    def _calls(self, path: str) -> Mapping[int, Node]:
        """The calls of a file by where the name of the callee starts."""
        found: dict[int, Node] = {}
        pending = [self.tree(path)]
        while pending:
            node = pending.pop()
            if node.type == "call":
                name = syntax.child(node, "function")
                if name.type == "attribute":
                    name = syntax.child(name, "attribute")
                found[name.start_byte] = node
            pending.extend(node.children)
        return found

    def _parameters(self, id: str) -> tuple[Parameter, ...] | None:
        """The parameters of a function by its id; None where decorators or a second definition may change them."""
        path = id.partition("::")[0]
        symbol = self.symbols(path).get(id)
        if symbol is None or self.graph.files[path].language != _PYTHON or f"{id}#2" in self.symbols(path):
            return None
        source = self.graph.read(path)
        node = syntax.enclosing(
            syntax.around(self.tree(path), symbol.name_span.start, symbol.name_span.end), "function_definition"
        )
        if node is None or (symbol.flags & DECORATED and not _is_plain(node, source)):
            return None
        return parameters_of(node, source)

    def callee(self, path: str, call: Node, target: str, makes: bool) -> Callee | None:
        """What a call leads to, where its parameters are known for sure."""
        home = target.partition("::")[0]
        if "::" not in target or home not in self.graph.files:
            return None
        symbol = self.symbols(home).get(target)
        if symbol is None or makes or symbol.kind == "class":
            return self._made(target) if symbol else None
        parameters = self.parameters(target)
        if parameters is None:
            return None
        return Callee(symbol, parameters, self._skip(path, call, symbol))

    def _made(self, target: str) -> Callee | None:
        """A class is called through its own `__init__`, where no decorator, metaclass or `__new__` says otherwise."""
        symbols = self.symbols(target.partition("::")[0])
        start = symbols.get(f"{target}.__init__")
        parameters = self.parameters(f"{target}.__init__") if start else None
        if start is None or parameters is None or f"{target}.__new__" in symbols:
            return None
        return None if symbols[target].flags & DECORATED else Callee(start, parameters, 1)

    def _skip(self, path: str, call: Node, symbol: Symbol) -> int:
        if symbol.kind not in ("method", "constructor") or symbol.flags & STATIC:
            return 0
        if symbol.flags & CLASSMETHOD:
            return 1
        receiver = syntax.child(call, "function").child_by_field_name("object")
        if receiver is None:
            return 1  # a bound method under a name of its own
        last = receiver.child_by_field_name("attribute") or receiver
        meaning = self.names.file(path).meaning(last.start_byte, last.end_byte)
        kinds = {self._kind(target) for target in meaning.targets} if meaning else set()
        return 0 if "class" in kinds else 1

    def _kind(self, target: str) -> str:
        path = target.partition("::")[0]
        symbol = self.symbols(path).get(target) if path in self.graph.files else None
        return symbol.kind if symbol else ""


def misfits(change: Change, matching: Matching) -> Iterator[Finding]:
    """Find calls that fitted, or were not there, and do not fit now."""
    after = Side(change.after_graph, change.after_names)
    before = Side(change.before_graph, change.before_names)
    altered = _altered(matching, before, after)
    written = {path: _in_new_text(change, after, path) for path in change.written(_PYTHON) if path in after.graph.files}
    now = list(_wrong(after, calls_after(change, altered, written), {new for _, new in altered}, written))
    if not now:
        return
    calls = calls_before(change, altered, {finding.path for _, _, finding in now})
    old = {(key, text) for key, text, _ in _wrong(before, calls, {one for one, _ in altered}, {})}
    renamed = {key_of(new): key_of(old_id) for old_id, new in matching.pairs.items()}
    for key, text, finding in now:
        if (renamed.get(key, key), text) not in old:
            yield finding


def _in_new_text(change: Change, side: Side, path: str) -> frozenset[int]:
    """Where the names start of calls that are written anew, or in part."""
    written = Written(edits_of(change, path))
    return frozenset(
        start for start, call in side.calls(path).items() if written.within(call.start_byte, call.end_byte)
    )


def _altered(matching: Matching, before: Side, after: Side) -> set[tuple[str, str]]:
    """(old id, new id) of functions that may not take what they took, and of classes made through them."""
    found = set()
    for old, new in matching.pairs.items():
        kind = matching.after[new].symbol.kind
        if kind in ("function", "method", "constructor") and _is_altered(matching, before, after, old, new):
            found.add((old, new))
            if new.endswith(".__init__"):
                found.add((old.removesuffix(".__init__"), new.removesuffix(".__init__")))
    return found


def _is_altered(matching: Matching, before: Side, after: Side, old: str, new: str) -> bool:
    if old == new and matching.before[old].text == matching.after[new].text:
        return False
    then, now = before.parameters(old), after.parameters(new)
    if then == now:
        return False
    was, is_ = matching.before[old].symbol, matching.after[new].symbol
    alike = was.kind == is_.kind and not (was.flags ^ is_.flags) & (STATIC | CLASSMETHOD)
    return then is None or now is None or not alike or not takes_all_of(now, then)


def _wrong(
    side: Side, files: Iterable[tuple[str, FileLinks]], wanted: set[str], written: Mapping[str, frozenset[int]]
) -> Iterator[tuple[str, str, Finding]]:
    """(key of the callee, text of the call, finding) of calls of wanted functions, and of those that are written."""
    for path, links in files:
        if side.graph.files[path].language != _PYTHON:
            continue
        numbers = {number for number, target in enumerate(links.targets) if target in wanted}
        new = written.get(path, frozenset())
        if not numbers and not new:
            continue
        source, met = side.graph.read(path), Counter[str]()
        for start, aims in sorted(_called(links.edges).items()):
            asked = start in new or any(target in numbers for target, _, _ in aims)
            call = side.calls(path).get(start) if asked else None
            aim = _sure(aims, call, source, links.targets) if call else None
            callee = side.callee(path, call, links.targets[aim[0]], aim[1]) if call and aim else None
            if call is None or callee is None:
                continue
            why = misfit(callee.parameters, arguments_of(call, source), callee.skip)
            if why:
                text = " ".join(syntax.text(call, source).decode("utf-8", "replace").split())
                name = callee.symbol.id.partition("::")[2]
                line, within = source.count(b"\n", 0, start) + 1, side.within(path, start)
                anchor = f"{name} {text}"
                met[f"{within} {anchor}"] += 1  # the same call twice in a function is two findings
                number = met[f"{within} {anchor}"]
                yield key_of(callee.symbol.id), f"{path} {text}", found(
                    "call-misfit", f"the call does not fit {name}: {why}", path, line, symbol=within,
                    anchor=anchor if number == 1 else f"{anchor} #{number}",
                    certainty=Certainty.EXACT, related=((callee.symbol.path, callee.symbol.line),),
                )  # fmt: skip


def _called(edges: tuple[int, ...]) -> dict[int, set[tuple[int, int, bool]]]:
    """{(target, certainty, whether it constructs)} of what is called, by where it starts."""
    found: dict[int, set[tuple[int, int, bool]]] = {}
    for at in range(0, len(edges), 5):
        start, kind, _, target, certainty = edges[at : at + 5]
        if kind in (CALL_EDGE, INSTANTIATE_EDGE):
            found.setdefault(start, set()).add((target, certainty, kind == INSTANTIATE_EDGE))
    return found


def _sure(
    aims: set[tuple[int, int, bool]], call: Node, source: bytes, targets: Sequence[str]
) -> tuple[int, bool] | None:
    """(target, whether it constructs) of a call that leads to one function alone, by its name: what goes through what
    it gives, say `for part in parts(text)`, starts in the same place; what goes by another name may be wrapped."""
    named = [one for one in aims if _is_named(call, source, targets[one[0]])]
    chosen = [one for one in named if one[2]] or named
    target, _, makes = next((one for one in chosen if one[1] == EXACT), (NONE, 0, False))
    return (target, makes) if chosen and all(one[0] == target for one in chosen) else None


def _is_named(call: Node, source: bytes, target: str) -> bool:
    name = syntax.text(syntax.child(call, "function"), source).decode("utf-8", "replace").rpartition(".")[2]
    return name == target.rpartition("::")[2].rpartition(".")[2].partition("#")[0]


def _is_plain(function: Node, source: bytes) -> bool:
    above = function.parent
    marks = [child for child in above.children if child.type == "decorator"] if above else []
    return all(_mark(node, source) in _PLAIN for node in marks)


def _mark(decorator: Node, source: bytes) -> str:
    text = syntax.text(decorator, source).decode("utf-8", "replace").lstrip("@ ").partition("(")[0].strip()
    return text.rpartition(".")[2]
