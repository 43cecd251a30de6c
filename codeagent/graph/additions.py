"""What the tree adds to types from outside of it: methods of a trait of ours for `str`, extensions of `String`."""

from codeagent.domain.facts import CALLABLE_KINDS, NONE, FunctionFact
from codeagent.graph import containers, definitions
from codeagent.graph.evaluator import Evaluator
from codeagent.graph.values import EXTERN, Denoted, Value
from codeagent.graph.views import FileView


class Additions:
    """The methods of files by the outside type that they are given to, each file read on the first look."""

    def __init__(self, flow: Evaluator) -> None:
        self._flow = flow
        self._of_file: dict[str, dict[tuple[str, str], list[Denoted]]] = {}
        self._known: dict[tuple[str, str, str], tuple[Denoted, ...]] = {}

    def of(self, view: FileView, value: Value, name: str) -> list[Denoted]:
        """The methods of a name that the tree gives to the outside type of a value, as a file sees it."""
        types = containers.outside_types(self._flow, value) if view.language.scoping.adopts_methods else ()
        return [place for type_ in types for place in self._of_type(view, type_, name)]

    def _of_type(self, view: FileView, type_: str, name: str) -> tuple[Denoted, ...]:
        key = (view.language.name, type_, name)
        known = self._known.get(key)
        if known is None:
            self._known[key] = ()  # a method whose type is known by the method itself ends here
            world = self._flow.world
            homes = {*world.facts.mentioning(name)} & {*world.facts.mentioning(type_.rpartition(".")[2])}
            same = (path for path in sorted(homes) if world.view(path).language is view.language)
            places = (place for path in same for place in self._given(path).get((type_, name), ()))
            known = self._known[key] = tuple(places)
        return known

    def _given(self, path: str) -> dict[tuple[str, str], list[Denoted]]:
        known = self._of_file.get(path)
        if known is None:
            known = self._of_file[path] = {}
            view = self._flow.world.view(path)
            for fact in view.facts.functions:
                if fact.owner != NONE and not self._says_more(view, fact):
                    name = view.facts.symbols[fact.symbol].name.rpartition(".")[2]
                    for value in self._flow.settled(view, fact.owner):
                        for type_ in containers.outside_types(self._flow, value):
                            known.setdefault((type_, name), []).append((path, fact.symbol))
            self._constants(view, known)
        return known

    def _constants(self, view: FileView, known: dict[tuple[str, str], list[Denoted]]) -> None:
        """Add the constants of `impl` blocks: their names say of which type they are."""
        for index, symbol in enumerate(view.facts.symbols):
            above, dot, name = symbol.name.rpartition(".")
            if dot and symbol.kind not in CALLABLE_KINDS:
                for type_ in definitions.of_name(self._flow, view, symbol.parent, above):
                    if isinstance(type_, str):
                        known.setdefault((type_, name), []).append((view.path, index))

    def _says_more(self, view: FileView, fact: FunctionFact) -> bool:
        """Whether a method is one of a trait from outside: then its type may well have others of the name there."""
        start = view.facts.symbols[fact.symbol].start
        before = [one for one in view.facts.classes if one.owner == fact.owner and 0 <= one.start <= start]
        bases = max(before, key=lambda one: one.start).bases if before else ()
        return any(value[0] == EXTERN for base in bases for value in self._flow.settled(view, base))
