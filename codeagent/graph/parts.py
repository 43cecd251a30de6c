"""One thing written in several places: functions declared here and defined there, types and namespaces in parts."""

from codeagent.domain.arity import bare
from codeagent.domain.facts import (
    ABSTRACT,
    ATTR,
    CALLABLE_KINDS,
    EXPORTED,
    KIND,
    NAME,
    NONE,
    TYPE_KINDS,
    TYPED,
    Expr,
    ImportFact,
)
from codeagent.graph import definitions, lookup, objects
from codeagent.graph.alone import stands_alone
from codeagent.graph.evaluator import Evaluator
from codeagent.graph.stars import Stars
from codeagent.graph.values import MODULE, NOTHING, TYPE, Class, Denoted, Value, Values
from codeagent.graph.views import FileView
from codeagent.languages.language import Location

_INTERFACE, _NAMESPACE = KIND["interface"], KIND["namespace"]


class Parts:
    """The parts of one world, found when first asked for."""

    def __init__(self, flow: Evaluator) -> None:
        self._flow = flow
        self._world = flow.world
        self._types: dict[Class, tuple[Class, ...]] = {}
        self._spaces: dict[tuple[str, str], tuple[Location, ...]] = {}
        self._bodies: dict[Denoted, list[Denoted]] = {}
        self._dotted: dict[str, dict[str, list[int]]] = {}
        self._asking: set[Class] = set()
        self._stars = Stars(flow.world, self.of_namespace)

    # --- declared here, defined there -------------------------------------------------------------------

    def definitions(self, function: Denoted) -> list[Denoted]:
        """Where a function that is only declared has its body; empty where it has one, or nowhere."""
        path, symbol = function
        view = self._world.view(path)
        fact = view.facts.symbols[symbol]
        if not view.language.scoping.declared_apart or not fact.flags & ABSTRACT:
            return []
        known = self._bodies.get(function)
        if known is None:
            found = sorted(self._find_bodies(view, symbol))
            same = [one for one in found if self._arity(*one) == self._arity(*function)]
            alike = [one for one in same if self._types_of(*one) == self._types_of(*function)]
            known = self._bodies[function] = alike or same or found
        return known

    def _arity(self, path: str, symbol: int) -> int:
        fact = self._world.view(path).functions.get(symbol)
        return len(fact.params) if fact else -1

    def _types_of(self, path: str, symbol: int) -> list[str]:
        """The parameters' types by their last word: overloads are told apart by them."""
        view = self._world.view(path)
        fact = view.functions.get(symbol)
        return [_last_word(view.facts.exprs, param.annotation) for param in fact.params] if fact else []

    def _find_bodies(self, view: FileView, symbol: int) -> list[Denoted]:
        fact = view.facts.symbols[symbol]
        dotted = _dotted(view, symbol)
        found: list[Denoted] = []
        for path in sorted(self._world.facts.defining(bare(fact.name))):
            other = self._world.view(path)
            if _family(other) != _family(view):
                continue
            for name in (dotted, *_tails(dotted)):
                found += [
                    (path, index)
                    for index in self._by_dotted(other).get(name, ())
                    if _has_body(other, index) and (path == view.path or other.facts.symbols[index].flags & EXPORTED)
                ]
        return found

    # --- types in parts -----------------------------------------------------------------------------------

    def of_type(self, owner: Class) -> tuple[Class, ...]:
        """All parts of a type, the first that is more than an extension of it in front."""
        view = self._world.view(owner[0])
        if not view.language.scoping.open_types and not is_global(view, owner[1]):
            return (owner,)
        known = self._types.get(owner)
        if known is None:
            parts = sorted(self._find_parts(view, owner[1]), key=self._rank)
            known = tuple(parts)
            self._types.update(dict.fromkeys(known, known))
            known = self._types.setdefault(owner, known)
        return known

    def primary(self, owner: Class) -> Class:
        """The part that stands for the whole type."""
        return self.of_type(owner)[0]

    def _find_parts(self, view: FileView, symbol: int) -> list[Class]:
        dotted, fact = _dotted(view, symbol), view.facts.symbols[symbol]
        alone = stands_alone(view, symbol)
        everywhere = is_global(view, symbol)
        names = (fact.name, f"{view.language.scoping.global_block}.{fact.name}") if everywhere else (dotted,)
        found: list[Class] = []
        for path in (view.path,) if alone else self._world.facts.defining(bare(fact.name)):
            other = self._world.view(path)
            if _family(other) != _family(view) or not (everywhere or other.facts.package == view.facts.package):
                continue
            for index in (index for name in names for index in self._by_dotted(other).get(name, ())):
                is_part = other.facts.symbols[index].kind in TYPE_KINDS and (not everywhere or is_global(other, index))
                if is_part and (alone or not stands_alone(other, index)):
                    found.append((path, index))
        return found or [(view.path, symbol)]

    def _rank(self, part: Class) -> tuple[bool, bool, int, str, int]:
        """Last what only adds; first the file that is called like the type."""
        name = self._world.view(part[0]).facts.symbols[part[1]].name
        return self.only_adds(part), _stem(part[0]) != name.casefold(), len(part[0]), *part

    def only_adds(self, part: Class) -> bool:
        """Tell whether a part adds to a type that is defined elsewhere."""
        fact = self._world.view(part[0]).classes.get(part[1])
        return bool(fact and any(name == "extends" for name, _ in fact.keywords))

    # --- namespaces ----------------------------------------------------------------------------------------

    def of_namespace(self, view: FileView, dotted: str) -> tuple[Location, ...]:
        """Every place where a namespace is open, as seen from a file: this file's first."""
        key = (_family(view), dotted)
        known = self._spaces.get(key)
        if known is None:
            known = self._spaces[key] = tuple(self._find_spaces(view, dotted))
        own = tuple(place for place in known if place.path == view.path)
        return own + tuple(place for place in known if place.path != view.path) if own else known

    def _find_spaces(self, view: FileView, dotted: str) -> list[Location]:
        found = []
        for path in sorted(self._world.facts.defining(dotted.rpartition(".")[2])):
            other = self._world.view(path)
            if _family(other) == _family(view):
                kinds = {other.facts.symbols[index].kind for index in self._by_dotted(other).get(dotted, ())}
                if _NAMESPACE in kinds:
                    found.append(Location(path, dotted))
        return found

    def stars(self, view: FileView) -> list[ImportFact]:
        """The star imports that hold in a file."""
        return self._stars.written(view)

    def starred(self, view: FileView, name: str) -> tuple[FileView, int] | None:
        """The file and scope from which star imports bring a name, where they reach many files."""
        if (giving := self._stars.aliased(view, name)) is not None and (0, name) in giving.slots:
            return giving, 0
        for place in self._stars.places(view, name):
            if not self._world.may_have(place, name):
                continue
            other = self._world.view(place.path)
            scope = lookup.inner_scope(other, place.inner, name)
            if scope is not None and (scope, name) in other.slots and objects.visible(other, scope, name):
                return other, scope
        return None

    # --- names around a scope --------------------------------------------------------------------------------

    def spaces_around(self, view: FileView, scope: int) -> tuple[Location, ...]:
        """The places besides the scope itself where names of that scope may stand: other parts of a
        namespace; for a method outside its class, the namespaces around the class."""
        scoping = view.language.scoping
        if not scoping.open_types:
            return ()
        if view.facts.symbols[scope].kind == _NAMESPACE:
            return self.of_namespace(view, _dotted(view, scope))
        found: list[Location] = []
        for value in self.owners(view, scope):
            if value[0] == MODULE:
                found += value[1]
            else:
                space = _dotted(self._world.view(value[1]), value[2]).rpartition(".")[0]
                while space:
                    found += self.of_namespace(view, space)
                    space = space.rpartition(".")[0]
        return tuple(dict.fromkeys(found))

    def owners(self, view: FileView, scope: int) -> list[Value]:
        """The types (or namespaces) that a function outside of them belongs to."""
        fact, key = view.functions.get(scope), (view.path, scope)
        if fact is None or fact.owner == NONE or not view.language.scoping.members_in_scope or key in self._asking:
            return []
        self._asking.add(key)  # the owner's name does not stand inside the function
        try:
            return [value for value in self._flow.settled(view, fact.owner) if value[0] in (TYPE, MODULE)]
        finally:
            self._asking.discard(key)

    def values(self, view: FileView, scope: int, name: str) -> Values:
        """The values of a name that a scope has from its other parts or from its receiver's class."""
        for value in self.owners(view, scope):
            if value[0] == TYPE:
                found = self._flow.class_member(value[1:3], name, instance=True)
                if found:
                    return found
        for place in self.spaces_around(view, scope):
            there = lookup.in_location(self._flow, self._world.view(place.path), place, name)
            if there is not None:
                return there
        return NOTHING

    def denoted(self, view: FileView, scope: int, name: str) -> list[Denoted | str]:
        """The symbols of such a name."""
        for value in self.owners(view, scope):
            if value[0] == TYPE:
                found = self._flow.denoted_in_class(value[1:3], name)
                if found:
                    return found
        for place in self.spaces_around(view, scope):
            found = definitions.in_location(self._flow, place, name)
            if found:
                return found
        return []

    def _by_dotted(self, view: FileView) -> dict[str, list[int]]:
        known = self._dotted.get(view.path)
        if known is None:
            known = self._dotted[view.path] = {}
            for index in range(1, len(view.facts.symbols)):
                known.setdefault(_dotted(view, index), []).append(index)
        return known


def is_global(view: FileView, symbol: int) -> bool:
    """Whether an interface adds to one of that name that every file sees."""
    scoping, symbols = view.language.scoping, view.facts.symbols
    if not scoping.global_block or symbols[symbol].kind != _INTERFACE:
        return False
    around = symbols[symbols[symbol].parent]
    in_script = around.parent < 0 and view.facts.package.startswith(scoping.global_files)
    return in_script or (around.name == scoping.global_block and not around.parent)


def _dotted(view: FileView, symbol: int) -> str:
    """The dotted name inside the file, without the numbers of repeated names."""
    symbols, parts = view.facts.symbols, []
    while symbol > 0:
        parts.append(symbols[symbol].name)
        symbol = symbols[symbol].parent
    return ".".join(reversed(parts))


def _tails(dotted: str) -> list[str]:
    """What is left of a member's name without its namespaces: `a.b.C.f` has `b.C.f` and `C.f`."""
    parts = dotted.split(".")
    return [".".join(parts[i:]) for i in range(1, len(parts) - 1)]


def _last_word(exprs: tuple[Expr, ...], index: int) -> str:
    """The name that a type is called by, without namespaces and arguments."""
    while index != NONE and exprs[index][0] == TYPED:
        index = exprs[index][1]
    named = index != NONE and exprs[index][0] in (NAME, ATTR)
    return str(exprs[index][2]) if named else ""


def _has_body(view: FileView, symbol: int) -> bool:
    fact = view.facts.symbols[symbol]
    return fact.kind in CALLABLE_KINDS and not fact.flags & ABSTRACT


def _family(view: FileView) -> str:
    return view.language.family or view.language.name


def _stem(path: str) -> str:
    """What a file is called, as types are: `string_io.rb` is `stringio`."""
    return path.rpartition("/")[2].partition(".")[0].replace("_", "").casefold()
