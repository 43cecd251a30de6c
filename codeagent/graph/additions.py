"""What the tree adds to types from outside of it: methods of a trait of ours for `str`, extensions of `String`."""

import re
from typing import Final

from codeagent.domain.facts import CALLABLE_KINDS, KIND, NONE, TYPE_KINDS, FunctionFact
from codeagent.graph import containers, definitions
from codeagent.graph.evaluator import Evaluator
from codeagent.graph.values import EXTERN, Class, Denoted, Value
from codeagent.graph.views import FileView
from codeagent.languages.language import Language

_SHORTEST: Final = 3  # letters of a type whose name tells something of others
_TRAIT: Final = KIND["trait"]
_INTERFACE: Final = re.compile(r"I(?=[A-Z][a-z])")

_OfFile = tuple[Language, dict[tuple[str, str], list[Denoted]]]


class Additions:
    """The methods of files by the outside type that they are given to, each file read on the first look."""

    def __init__(self, flow: Evaluator) -> None:
        self._flow = flow
        self._of_file: dict[str, _OfFile] = {}
        self._known: dict[tuple[str, str, str], tuple[Denoted, ...]] = {}
        self._defaults: dict[tuple[str, str, str], tuple[Denoted, ...]] = {}
        self._of_traits: dict[str, list[tuple[Class, Denoted]]] = {}
        self._by_name: dict[tuple[str, str], list[tuple[str, Denoted]]] = {}

    def of(self, view: FileView, value: Value, name: str) -> list[Denoted]:
        """The methods of a name that the tree gives to the outside type of a value, as a file sees it."""
        types = containers.outside_types(self._flow, value) if view.language.scoping.adopts_methods else ()
        found = (
            place for type_ in types for place in self._of_type(view, type_, name) or self._left(view, type_, name)
        )
        return [place for place in found if self._is_open(view, place, name)]

    def _is_open(self, view: FileView, place: Denoted, name: str) -> bool:
        """Whether a file may use an extension: what is a member of a type (Kotlin) is seen there, or imported."""
        if view.path == place[0] or not view.language.scoping.extensions_imported:
            return True
        symbols = self._flow.world.view(place[0]).facts.symbols
        around = symbols[symbols[place[1]].parent]
        specs = (one.spec.split(".") for one in view.facts.imports if one.name == name)
        return around.kind not in TYPE_KINDS or any(around.name in words for words in specs)

    def perhaps(self, view: FileView, value: Value, name: str) -> list[Denoted]:
        """Those that a file sees of the methods of a name which the tree gives to outside types that the type of a
        value may extend, by what the two are called: `DbConnection` is an `IDbConnection`, `emptyFlow` gives a `Flow`.
        """
        if not (view.language.scoping.adopts_methods and view.language.scoping.root):
            return []
        types = [type_.lower() for type_ in containers.outside_types(self._flow, value)]
        found = []
        for owner, place in self._named(view, name) if types else ():
            if any(owner in part for type_ in types for part in type_.split(".")) and self._sees(view, place[0], name):
                found.append(place)
        return found

    def _named(self, view: FileView, name: str) -> list[tuple[str, Denoted]]:
        """The methods of a name that the tree gives to outside types, with what those are called."""
        key = (view.language.name, name)
        known = self._by_name.get(key)
        if known is None:
            known = self._by_name[key] = []
            world = self._flow.world
            for path in sorted(world.facts.defining(name)):
                for (type_, own), places in self._given(view.language, path).items():
                    word = _plain(type_)
                    known += [(word, place) for place in places if own == name and len(word) >= _SHORTEST]
        return known

    def _sees(self, view: FileView, path: str, name: str) -> bool:
        """Whether a file sees what stands at the top of another: they share names, or it imports them."""
        world = self._flow.world
        if path == view.path or path in world.siblings(view):
            return True
        specs = {one.spec for one in view.facts.imports if one.name in ("*", name)}
        specs.update(one.spec for one in self._flow.parts.stars(view))
        return any(path == place.path for spec in specs for place in world.find(view, spec))

    def _of_type(self, view: FileView, type_: str, name: str) -> tuple[Denoted, ...]:
        key = (view.language.name, type_, name)
        known = self._known.get(key)
        if known is None:
            self._known[key] = ()  # a method whose type is known by the method itself ends here
            world = self._flow.world
            homes = {*world.facts.mentioning(name)} & {*world.facts.mentioning(type_.rpartition(".")[2])}
            given = (self._given(view.language, path) for path in sorted(homes))
            places = (place for each in given for place in each.get((type_, name), ()))
            known = self._known[key] = tuple(places)
        return known

    def _left(self, view: FileView, type_: str, name: str) -> tuple[Denoted, ...]:
        """The methods of a name that traits of the tree have for an outside type, where no `impl` has its own."""
        key = (view.language.name, type_, name)
        known = self._defaults.get(key)
        if known is None:
            self._defaults[key] = ()  # as above
            traits = self._in_traits(view, name)
            known = self._defaults[key] = tuple(one for trait, one in traits if self._implements(trait, type_))
        return known

    def _in_traits(self, view: FileView, name: str) -> list[tuple[Class, Denoted]]:
        """The methods of a name that stand in traits, with those."""
        known = self._of_traits.get(name)
        if known is None and view.language.scoping.overriding_said:
            known = self._of_traits[name] = []
            for path in sorted(self._flow.world.facts.defining(name)):
                symbols = self._flow.world.view(path).facts.symbols
                for index, symbol in enumerate(symbols):
                    if symbol.name == name and symbols[symbol.parent].kind == _TRAIT:
                        known.append(((path, symbol.parent), (path, index)))
        return known or []

    def _implements(self, trait: Class, type_: str) -> bool:
        """Whether a file has an `impl` of a trait for an outside type."""
        world, flow = self._flow.world, self._flow
        named = world.view(trait[0]).facts.symbols[trait[1]].name
        homes = {*world.facts.mentioning(named)} & {*world.facts.mentioning(type_.rpartition(".")[2])}
        return any(
            trait in {value[1:3] for base in fact.bases for value in flow.settled(view, base)}
            and any(type_ in containers.outside_types(flow, value) for value in flow.settled(view, fact.owner))
            for view in map(world.view, sorted(homes))
            for fact in view.facts.classes
            if fact.owner != NONE
        )

    def _given(self, language: Language, path: str) -> dict[tuple[str, str], list[Denoted]]:
        """What a file gives to outside types; nothing of one of another language."""
        of, known = self._of_file.get(path) or self._read(path)
        return known if of is language else {}

    def _read(self, path: str) -> _OfFile:
        view = self._flow.world.view(path)
        known: dict[tuple[str, str], list[Denoted]] = {}
        found = self._of_file[path] = (view.language, known)  # what is asked again meanwhile ends here
        if view.language.scoping.adopts_methods:
            for fact in view.facts.functions:
                if fact.owner != NONE and not self._says_more(view, fact):
                    name = view.facts.symbols[fact.symbol].name.rpartition(".")[2]
                    for value in self._flow.settled(view, fact.owner):
                        for type_ in containers.outside_types(self._flow, value):
                            known.setdefault((type_, name), []).append((path, fact.symbol))
            self._constants(view, known)
        return found

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


def _plain(type_: str) -> str:
    """What an outside type is called, as far as what extends it is called so, too; "" for a type of the language."""
    if type_.startswith("<builtin>."):
        return ""
    return _INTERFACE.sub("", type_.rpartition(".")[2], count=1).lower()
