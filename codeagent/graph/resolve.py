"""The resolver: one file's references to edges, from what the evaluator knows of all files."""

from typing import Final

from codeagent.domain.facts import (
    CALL,
    CALLS,
    HANDS,
    IMPORTS,
    INHERITS,
    KIND,
    MAKES,
    NONE,
    READS,
    TYPE_KINDS,
    WRITES,
)
from codeagent.domain.links import (
    CALL_EDGE,
    EXACT,
    IMPORT_EDGE,
    INHERIT_EDGE,
    INSTANTIATE_EDGE,
    LIKELY,
    REFERENCE_EDGE,
    WRITE_EDGE,
    FileLinks,
)
from codeagent.graph import accessors, containers, special
from codeagent.graph.denoting import denote
from codeagent.graph.flow import Flow
from codeagent.graph.linked import Wanted
from codeagent.graph.reusing import Answers
from codeagent.graph.targets import Found, Targets
from codeagent.graph.values import TYPE, Denoted, ordered
from codeagent.graph.views import FileView
from codeagent.graph.world import Facts, World
from codeagent.languages.language import Tree

_OBJECT: Final = KIND["object"]
_EDGE_OF_ROLE: Final = {
    READS: REFERENCE_EDGE,
    WRITES: WRITE_EDGE,
    IMPORTS: IMPORT_EDGE,
    INHERITS: INHERIT_EDGE,
    MAKES: INSTANTIATE_EDGE,
}


class Resolver:
    """Links files of one snapshot. `link` is a pure function of the snapshot: order does not matter."""

    def __init__(self, facts: Facts, tree: Tree, flow: Flow | None = None) -> None:
        self._flow = flow or Flow(World(facts, tree))  # one of the same snapshot knows something already
        self._world = self._flow.world

    @property
    def weight(self) -> int:
        """How much is known already."""
        return self._flow.weight

    def forget_views(self) -> None:
        """Forget the views of all files, also while something is resolved; they are made again when asked for."""
        self._world.forget_views()

    def forget_cheap(self) -> None:
        """Forget what is quickly found again."""
        self._flow.forget_cheap()

    def link(self, path: str, kept: Answers | None = None, wanted: Wanted | None = None) -> FileLinks:
        """Resolve every reference of one file, or the wanted ones; what is kept is known to be as before."""
        return _Linking(self._flow, self._world.view(path), kept or {}).run(wanted)


def _packed(counts: list[int]) -> bytes:
    return bytes(counts) if max(counts, default=0) < 256 else b""


class _Linking:
    """One file being linked; answers are kept per (role, expression), many references share one."""

    def __init__(self, flow: Flow, view: FileView, kept: Answers) -> None:
        self.flow, self.view, self.world, self._kept = flow, view, flow.world, kept
        self._targets: dict[str, int] = {}
        self._known: dict[tuple[int, int], list[tuple[int, int, int]]] = {}
        self._at = Targets(flow, view)

    def run(self, wanted: Wanted | None) -> FileLinks:
        edges: list[int] = []
        counts: list[int] = []
        heirs: list[int] = []
        calls = unknown = 0
        refs, known = self.view.facts.references, self._known
        for start, role, within, expr in zip(refs[::5], refs[2::5], refs[3::5], refs[4::5], strict=True):
            if wanted is not None and not wanted(start, role, expr):
                counts.append(0)
                continue
            found = known.get((role, expr))
            if found is None:
                answer = self._kept.get((role, expr))
                fresh = self._resolve(role, expr) if answer is None else answer
                found = known[role, expr] = [(kind, self._number(target), sure) for kind, target, sure in fresh]
            if role == CALLS:
                calls += 1
                unknown += not found
            heir, elsewhere = self._heir(start, within, expr) if role == INHERITS else (within, "")
            counts.append(len(found))
            for kind, target, certainty in found:
                if elsewhere and kind != CALL_EDGE:
                    heirs += (len(edges) // 5, self._number(elsewhere))
                edges += (start, kind, within if kind == CALL_EDGE else heir, target, certainty)
        return FileLinks(tuple(self._targets), tuple(edges), calls, unknown, _packed(counts), tuple(heirs))

    def _heir(self, start: int, within: int, expr: int) -> tuple[int, str]:
        """The class whose list of bases a reference stands in: the innermost one around it, or one of another file."""
        symbols = self.view.facts.symbols
        if within and symbols[within].kind in TYPE_KINDS and not symbols[within].start <= start < symbols[within].end:
            heir = within  # it is added to, outside of it
        else:
            around = [c for c in self.view.classes if symbols[c].start <= start < symbols[c].end]
            heir = min(around, key=lambda c: symbols[c].end - symbols[c].start, default=within)
        own = (self.view.path, heir)
        if heir not in self.view.classes:
            home = self._adopting(start, expr) or own
            return heir, "" if home == own else self._at.id_of(home)
        whole = self._at.whole(own)
        return heir, "" if whole == own or isinstance(whole, str) else self._at.id_of(whole)

    def _adopting(self, start: int, expr: int) -> Denoted | str | None:
        """The type of another file, or of outside, that has a base by what stands here: `impl Trait for Type`."""
        before = (one for one in self.view.facts.classes if one.owner != NONE and 0 <= one.start <= start)
        fact = max((one for one in before if expr in one.bases), key=lambda one: one.start, default=None)
        values = ordered(self.flow.settled(self.view, fact.owner)) if fact else []
        inside = next((value[1:3] for value in values if value[0] == TYPE), None)
        return inside or next((one for value in values for one in containers.outside_types(self.flow, value)), None)

    def _number(self, target: str) -> int:
        return self._targets.setdefault(target, len(self._targets))

    def _resolve(self, role: int, expr: int) -> Found:
        if expr == NONE:
            return []
        if role == CALLS:
            found = self._at.call(expr)
        elif role == HANDS:
            found = self._at.handed(expr) if self.view.facts.exprs[expr][0] == CALL else self._at.operated(expr)
        else:
            kind = _EDGE_OF_ROLE[role]
            denoted = denote(self.flow, self.view, expr)
            denoted = self._types_first(denoted) if role == INHERITS else denoted
            sure = role == IMPORTS or (len(denoted) == 1 and not self._at.guessed(expr, denoted[0]))
            certainty = EXACT if sure else LIKELY
            found = [(kind, self._at.id_of(target), certainty) for target in denoted]
            if role == INHERITS:
                found += self._extending(denoted)
            if role == MAKES:  # of a type alone: a name may stand for something else, too
                types = [one for one in denoted if not isinstance(one, str) and self._is_type(one)]
                found = [(kind, self._at.id_of(one), certainty) for one in types]
            else:
                runs = accessors.running(self.flow, self.view, expr, denoted, role)
                found += [
                    (CALL_EDGE, self._at.id_of(one), certainty if said == EXACT else LIKELY) for one, said in runs
                ]
        return found if len(found) < 2 else sorted(set(found))

    def _types_first(self, bases: list[Denoted | str]) -> list[Denoted | str]:
        """Bases without the objects that are called like a type: Scala's companions."""
        kinds = [one if isinstance(one, str) else self.world.view(one[0]).facts.symbols[one[1]].kind for one in bases]
        types = [one for one, kind in zip(bases, kinds, strict=True) if kind != _OBJECT]
        return types or bases

    def _extending(self, bases: list[Denoted | str]) -> Found:
        """What making a subclass runs: `__init_subclass__` of its bases, the constructors of their metaclass."""
        if not self.view.language.scoping.explicit_receiver:
            return []
        classes = [one for one in bases if not isinstance(one, str) and self._is_type(one)]
        return [(CALL_EDGE, self._at.id_of(one), LIKELY) for one in special.of_subclassing(self.flow, classes)]

    def _is_type(self, one: Denoted) -> bool:
        return self.world.view(one[0]).facts.symbols[one[1]].kind in TYPE_KINDS
