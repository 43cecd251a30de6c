"""What every name of a file stands for, function locals included: the ground on which names are changed."""

import re
from collections.abc import Callable, Collection, Container, Iterable, Iterator
from copy import copy
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from codeagent.domain.arity import bare
from codeagent.domain.code import Certainty
from codeagent.domain.facts import ATTR, IMPORT, LIVE, NAME, NONE, PARAMETER, SELF, TYPE_KINDS, Expr, FileFacts
from codeagent.domain.links import CALL_EDGE, CERTAINTIES, INSTANTIATE_EDGE
from codeagent.graph import alike, definitions
from codeagent.graph.denoting import denote
from codeagent.graph.extract import extract
from codeagent.graph.flow import Flow
from codeagent.graph.graph import CodeGraph
from codeagent.graph.slots import Slot
from codeagent.graph.targets import Targets
from codeagent.graph.views import FileView
from codeagent.graph.world import Overlay, World
from codeagent.languages import BY_NAME
from codeagent.languages.syntax import Node

_LOADED: Final = 200  # files whose names are held from one question to the next
_NODES: Final = 400_000  # expressions whose values are
_NUMBER: Final = re.compile(r"#\d+\Z")


def key_of(symbol_id: str) -> str:
    """Return the key of a symbol: its id, where several definitions of one name in one scope share the first's."""
    return _NUMBER.sub("", symbol_id) if "#" in symbol_id else symbol_id


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one name stands for: keys in the tree, dotted names outside it; empty where nothing is known.

    `binding` is the key of the bare name itself where an import brings it: `from a import f as g` makes `b.py::g`."""

    targets: frozenset[str]
    certainty: Certainty = Certainty.EXACT
    binding: str = ""


UNKNOWN: Final = Meaning(frozenset(), Certainty.NAME_ONLY)


class Naming:
    """The names of the files of one snapshot; ask `load` for many files at once before asking for each."""

    def __init__(self, graph: CodeGraph) -> None:
        self.graph = graph
        self._own: dict[str, FileView] = {}
        self._files: dict[str, FileNames] = {}
        self._flow: Flow | None = None

    def load(self, paths: Iterable[str], parsed: Callable[[str], Node] | None = None) -> None:
        """Make ready to tell the names of these files, which somebody may have parsed; those without facts are left."""
        fresh = [path for path in paths if path not in self._own]
        if not fresh and self._flow is not None:
            return
        shelf, tree = self.graph.sources()
        for path in fresh:
            self._own[path] = shelf.arranged.local(path, partial(self._facts, path, parsed))
        if self._flow is None or any(map(self._flow.world.seen, fresh)):  # else nothing known can rest on them
            flow = self._flow = Flow(World(Overlay(shelf, self._own), tree))
            self._files = {path: names.resting_on(flow) for path, names in self._files.items()}

    def trim(self) -> None:
        """Let go of everything once it is more than somebody who lives long may hold."""
        if len(self._own) > _LOADED or (self._flow is not None and self._flow.weight > _NODES):
            self._own, self._files, self._flow = {}, {}, None

    def _facts(self, path: str, parsed: Callable[[str], Node] | None) -> FileFacts:
        """A file's facts with locals."""
        language, source = BY_NAME[self.graph.files[path].language], self.graph.read(path)
        return extract(language, source, parsed(path) if parsed is not None else None, locals=True)

    def file(self, path: str) -> "FileNames":
        """Return the names of one file."""
        self.load((path,))
        names = self._files.get(path)
        if names is None:
            assert self._flow is not None
            names = self._files[path] = FileNames(self._flow, path)
        return names

    @property
    def paths(self) -> Collection[str]:
        """The files that have names."""
        return self.graph.files

    @property
    def flow(self) -> Flow:
        """What the answers rest on."""
        self.load(())
        assert self._flow is not None
        return self._flow


class FileNames:
    """The names of one file by the bytes they stand on."""

    def __init__(self, flow: Flow, path: str) -> None:
        self.path, self._flow = path, flow
        self.view: FileView = flow.world.view(path)
        self.facts = self.view.facts
        self._targets = Targets(flow, self.view)
        self._references = self.view.named
        self._ends: dict[int, list[int]] = {}
        for start, end in self._references:
            self._ends.setdefault(start, []).append(end)
        self._own: dict[int, Meaning] = {}
        self._known: dict[int, Meaning] = {}

    def resting_on(self, flow: Flow) -> "FileNames":
        """Return the same names as another flow tells them; what was told of them is told in words, and stays."""
        again = copy(self)
        again._flow, again._targets = flow, Targets(flow, self.view)
        return again

    def spans(self) -> Iterator[tuple[int, int]]:
        """Yield the spans of all references, in no order."""
        return iter(self._references)

    def refers(self, start: int, end: int) -> bool:
        """Tell whether there is a reference on these bytes."""
        return (start, end) in self._references

    def meaning(self, start: int, end: int) -> Meaning | None:
        """Return what the name on these bytes stands for; None where the facts do not speak of it."""
        exprs = self._references.get((start, end))
        if exprs:
            found = [self._of(index) for index in dict.fromkeys(exprs)]
            told, own = found[0] if len(found) == 1 else _joined(found), self._definition(start)
            return replace(told, binding=own.binding) if own is not None and own.binding else told
        return self._definition(start)

    def at(self, start: int) -> Meaning | None:
        """Return what the names that start on a byte stand for, all together."""
        found = [told for end in self._ends.get(start, ()) if (told := self.meaning(start, end)) is not None]
        return (_joined(found) if len(found) > 1 else found[0]) if found else self._definition(start)

    def defined(self) -> frozenset[str]:
        """Return the keys of everything that this file defines or binds, locals and parameters included."""
        own = (self._definition(start) for start in self.view.defined)
        return frozenset().union(*({*one.targets, one.binding} for one in own if one is not None)) - {""}

    def numbered(self) -> Iterator[tuple[int, str]]:
        """Yield (byte, key) of all bound names that a number tells from others of their name: those of blocks."""
        for start, (scope, name, _) in self.view.defined.items():
            if "@" in name:
                yield start, self.key(scope, name)

    def bare_spans(self) -> Iterator[tuple[int, int]]:
        """Yield the spans of references by a bare name, in no order."""
        return (span for span in self._references if self.is_bare(*span))

    def asked(self, names: Container[str], *, all_bare: bool = False) -> Iterator[tuple[int, int]]:
        """Yield the spans of references that one of `names` could bring to mean something else: those of such a
        name, and all imports; with `all_bare` every bare name, too."""
        exprs = self.facts.exprs
        for span, found in self._references.items():
            for index in found:
                expr = exprs[index]
                alone = expr[0] in (NAME, LIVE)
                if expr[0] == IMPORT or (all_bare and alone) or ((alone or expr[0] == ATTR) and bare(expr[2]) in names):
                    yield span
                    break

    def is_bare(self, start: int, end: int) -> bool:
        """Tell whether there is a reference on these bytes, by a name by itself."""
        return any(self.facts.exprs[index][0] in (NAME, LIVE) for index in self._references.get((start, end), ()))

    def spoken_for(self, start: int, end: int) -> bool:
        """Tell whether the name on these bytes stands for something that is known."""
        meaning = self.meaning(start, end)
        return meaning is None or bool(meaning.targets)

    def called(self, start: int, end: int) -> list[tuple[str, Certainty, bool]]:
        """Return (id, certainty, constructs) of what a call of the name on these bytes may lead to."""
        found = []
        for index in self._references.get((start, end), ()):
            for kind, target, certainty in self._targets.call(index):
                if kind in (CALL_EDGE, INSTANTIATE_EDGE):
                    found.append((target, Certainty(CERTAINTIES[certainty]), kind == INSTANTIATE_EDGE))
        return list(dict.fromkeys(found))

    def led_to(self, start: int, end: int) -> frozenset[str]:
        """Return the ids of what the name on these bytes leads to, declarations of what is called included."""
        told = (self._targets.call(index) for index in self._references.get((start, end), ()))
        return frozenset(target for found in told for _, target, _ in found)

    def scope_of(self, scope: int, name: str) -> int | None:
        """Return the scope (a symbol) that binds a bare name as seen from `scope`; None: nothing in this file."""
        symbols, scoping = self.facts.symbols, self.view.language.scoping
        current = scope
        while current > 0:
            function = self.view.functions.get(current)
            if function is not None and any(param.name == name for param in function.params):
                return current
            closed = symbols[current].kind in TYPE_KINDS and scoping.class_scope_closed and current != scope
            if not (closed or self.view.of_other_arity(current, name)) and (current, name) in self.view.slots:
                return current
            current = symbols[current].parent
        return 0 if (0, name) in self.view.slots else None

    def key(self, scope: int, name: str) -> str:
        """Return the key of a name in a scope: `a.py::f.x`; a slot's symbols lend it theirs."""
        slot = self.view.slots.get((scope, name))
        if slot is not None and slot.symbols:
            return key_of(self.view.symbol_id(slot.symbols[0]))
        return f"{self.view.symbol_id(scope)}.{name}" if scope else f"{self._home(name)}::{name}"

    def _home(self, name: str) -> str:
        """The file that declares a name of the top level, which another file of its package may only assign."""
        world = self._flow.world
        for path in world.siblings(self.view):
            if path != self.path and (slot := world.view(path).slots.get((0, name))) is not None and slot.symbols:
                return path
        return self.path

    def import_alone(self, start: int) -> bool:
        """Tell whether the import whose name or alias starts on a byte is all that binds that name."""
        for binding in self.facts.bindings:
            if binding.start == start and binding.value != NONE and self.facts.exprs[binding.value][0] == IMPORT:
                slot = self.view.slots.get((binding.scope, binding.name))
                return slot is None or (not slot.symbols and self._imports(slot))
        return True

    def _definition(self, start: int) -> Meaning | None:
        """What the name that is defined on a byte stands for: a symbol, a parameter, a bound name; None for none."""
        known = self._own.get(start)
        if known is None and start in self.view.defined:
            scope, name, value = self.view.defined[start]
            if not name:
                known = Meaning(frozenset({key_of(self.view.symbol_id(scope))}))
            elif name.startswith("<"):
                known = Meaning(frozenset({self.key(scope, f"{name.strip('<>')}@type")}))
            elif value != NONE and self.facts.exprs[value][0] == IMPORT:
                known = self._through(scope, name, value)
            else:
                known = Meaning(frozenset({self.key(scope, name)}))
            self._own[start] = known
        return known

    def _through(self, scope: int, name: str, value: int) -> Meaning:
        key = self.key(scope, name)
        return Meaning(self._ids(denote(self._flow, self.view, value)) or frozenset({key}), Certainty.EXACT, key)

    def _of(self, index: int) -> Meaning:
        known = self._known.get(index)
        if known is None:
            known = self._known[index] = self._told(index)
        return known

    def _told(self, index: int) -> Meaning:
        expr: Expr = self.facts.exprs[index]
        types, value = alike.meant(self._flow, self.view, index)
        if expr[0] in (NAME, LIVE) and value:
            own = self.bare(expr[1], expr[2])
            return _joined([own, Meaning(self._ids(types))]) if types else own
        if expr[0] == PARAMETER:
            return Meaning(frozenset({self.key(expr[1], f"{expr[3]}@type")}))
        if expr[0] == SELF:
            return UNKNOWN
        found = self._ids(denote(self._flow, self.view, index))
        return Meaning(found, Certainty.EXACT if len(found) == 1 else Certainty.LIKELY) if found else UNKNOWN

    def bare(self, scope: int, name: str) -> Meaning:
        """Return what a bare name stands for as seen from a scope (a symbol; 0 is the module)."""
        owner = self.scope_of(scope, name)
        if owner is None:
            found = self._ids(definitions.of_name(self._flow, self.view, scope, name))
            return Meaning(found) if found else UNKNOWN
        slot: Slot | None = self.view.slots.get((owner, name))
        key = self.key(owner, name)
        whole = self.view.whole(owner, name)  # else the other builds have the name from elsewhere
        if whole and (slot is None or slot.symbols or not self._imports(slot)):
            return Meaning(frozenset({key}))
        flow, view = self._flow, self.view
        told = definitions.of_slot(flow, view, slot) if whole and slot else definitions.of_name(flow, view, scope, name)
        return Meaning(self._ids(told) or frozenset({key}), Certainty.EXACT, key)

    def _imports(self, slot: Slot) -> bool:
        """Whether a name is bound by imports alone."""
        values = [self.facts.exprs[b.value][0] if b.value != NONE else NONE for b in slot.bindings]
        return bool(values) and all(value == IMPORT for value in values)

    def _ids(self, found: Iterable[tuple[str, int] | str]) -> frozenset[str]:
        return frozenset(key_of(self._targets.id_of(one)) for one in found)


def _joined(found: list[Meaning]) -> Meaning:
    """Several expressions on one name: all that any of them stands for."""
    targets = frozenset[str]().union(*(one.targets for one in found))
    binding = next((one.binding for one in found if one.binding), "")
    return Meaning(targets, found[0].certainty if len(targets) == 1 else Certainty.LIKELY, binding)
