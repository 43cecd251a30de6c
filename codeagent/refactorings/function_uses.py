"""Everything that uses one function: its definitions, what overrides it, its calls, and where it is a mere value."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from codeagent.domain.code import Certainty, Reference
from codeagent.domain.errors import UsageError
from codeagent.domain.facts import CALLABLE_KINDS, CLASSMETHOD, KINDS, PROPERTY, STATIC, TYPE_KINDS
from codeagent.graph.naming import key_of
from codeagent.languages.syntax import Node, around, child, enclosing
from codeagent.refactorings.census import take_census
from codeagent.refactorings.code import Code
from codeagent.refactorings.family import family_of, owner_of
from codeagent.refactorings.handed import handed_types, handed_values
from codeagent.refactorings.handed_objects import handed_objects, looked_into
from codeagent.refactorings.looked_at import read_by_decorators, told_of_readers
from codeagent.refactorings.lookups import looked_up
from codeagent.refactorings.python.decorators import calls_by_place, keeper
from codeagent.refactorings.python.leftovers import call_of
from codeagent.refactorings.python.one_test import in_another_test
from codeagent.refactorings.python.parameters import parameters_of
from codeagent.refactorings.python.passed_on import RESUMED, is_local, only_spread, resumes
from codeagent.refactorings.python.replaced import is_replaced
from codeagent.refactorings.python.special_methods import KEPT_BY_PLACE, agreed, called_unnamed, goes_by_name, is_agreed
from codeagent.refactorings.receivers import on_container
from codeagent.refactorings.refactoring import Named, Occurrence, Refusal
from codeagent.refactorings.renaming import subject_of
from codeagent.refactorings.stand_ins import stand_ins
from codeagent.refactorings.string_code import calls_it

_CALLABLE = frozenset(KINDS[kind] for kind in CALLABLE_KINDS)
_BY_NAME = "a call of which only the name fits"
_TYPES = frozenset(KINDS[kind] for kind in TYPE_KINDS)


@dataclass(frozen=True, slots=True)
class Function:
    """One definition. `receiver`: its first parameter is given by what it is called on."""

    id: str
    path: str
    node: Node
    receiver: bool

    @property
    def key(self) -> str:
        """The id without the number of a further definition."""
        return key_of(self.id)

    @property
    def named_at(self) -> Occurrence:
        """Its name where it is defined."""
        name = child(self.node, "name")
        return Occurrence(self.path, name.start_byte, name.end_byte, "definition")


@dataclass(frozen=True, slots=True)
class Call:
    """One call; `explicit`: the receiver is its first argument, as in `Cart.total(cart)`."""

    path: str
    node: Node
    start: int  # of the name that is called
    end: int
    explicit: bool = False
    through: bool = False  # of a wrapper, which hands on what it was given


@dataclass(frozen=True, slots=True)
class Uses:
    """A function with all that must change when it does; `target` is the one that was asked for."""

    name: str
    target: Function
    functions: tuple[Function, ...]
    calls: tuple[Call, ...]
    values: tuple[Occurrence, ...]
    unresolved: tuple[Occurrence, ...]
    other: tuple[Occurrence, ...]
    text: tuple[Occurrence, ...]
    unseen: tuple[str, ...] = ()  # bases outside the tree that may call it as it was

    @property
    def named(self) -> Named:
        """The name that calls go by: a constructor's is its class's."""
        keys = frozenset(function.key for function in self.functions)
        if self.name != "__init__":
            return Named(self.name, keys)
        owner = self.target.key.removesuffix(".__init__")
        return Named(re.split(r"[.:]", owner)[-1], frozenset({owner}))


def uses_of(code: Code, target: str) -> Uses:
    """Return the uses of a function or method of Python; of a class, those of its own `__init__`."""
    key = _key(code, target)
    path, _, dotted = key.partition("::")
    if code.language(path) != "python":
        raise Refusal(f"signatures of {code.language(path)} cannot be changed", "this operation knows Python")
    name = dotted.rpartition(".")[2]
    member = owner_of(code.naming.flow, key)
    keys = {key}
    unseen: tuple[str, ...] = ()
    if member is not None and goes_by_name(name):
        family = family_of(code.naming.flow, member[0], member[1], name)
        if family.outside:
            raise Refusal(f"{name} overrides {family.outside}, which is outside the tree", "its signature must stay")
        keys, unseen = keys | family.keys, family.unseen
    functions = tuple(one for each in sorted(keys) for one in _functions(code, each))
    own = [one for one in functions if one.key == key]
    if not own:
        raise Refusal(f"{key} is no function that is written here", "name a function or method")
    calls, doubtful, handed = _calls(code, functions, keys)
    spans = {(call.path, call.start) for call in calls} | {(one.path, one.start) for one in (*doubtful, *handed)}
    named = _named_calls(code, name, keys, spans)
    spans |= {(call.path, call.start) for call in named}
    given = tuple(told_of_readers(code, handed_values(code, [one.id for one in functions], spans)))
    handed = [one for one in handed if given or one.why != RESUMED]
    values = (*handed, *given)
    values += (*handed_types(code, key, handed), *_kept(code, functions))
    values += tuple(read_by_decorators(code, [one.id for one in functions]))
    values += tuple(looked_into(code, keys) if member is not None else ())
    if member is not None and goes_by_name(name):
        values += (*handed_objects(code, keys, name), *stand_ins(code, frozenset(keys), name))
    other, text, unknown = _rest(code, name, keys, spans, member is not None)
    doubtful += looked_up(code, Named(name, frozenset(keys)))
    return Uses(name, own[-1], functions, (*calls, *named), values, (*doubtful, *unknown), other, text, unseen)


def _named_calls(code: Code, name: str, keys: set[str], spans: set[tuple[str, int]]) -> list[Call]:
    """Calls by the function's own name that lead the graph to what a decorator has made of it, or that it does not
    follow because a fixture gives what is asked for it."""
    found = []
    for mention in take_census(code, name) if goes_by_name(name) else ():
        if (mention.path, mention.start) in spans or mention.node is None or mention.prose:
            continue
        targets = mention.meaning.targets
        if not targets or not targets <= keys:
            continue
        call = call_of(mention.node)
        if call is not None:
            found.append(Call(mention.path, call, mention.start, mention.end))
    return found


def _key(code: Code, target: str) -> str:
    if code.position(target) is not None:
        subject = subject_of_call(code, target)
    else:
        subject = key_of(code.symbol(target).id)
    symbol = next((s for s in code.graph.symbols(subject.partition("::")[0]) if key_of(s.id) == subject), None)
    if symbol is not None and symbol.kind in _TYPES:
        inner = f"{subject}.__init__"
        if any(key_of(s.id) == inner for s in code.graph.symbols(symbol.path)):
            return inner
        raise Refusal(f"{subject} has no __init__ of its own", "name a function or method")
    if symbol is None or symbol.kind not in _CALLABLE | {"property"}:
        raise Refusal(f"{subject} is no function", "name a function or method")
    if symbol.flags & PROPERTY:
        raise Refusal(f"{subject} is a property: nobody calls it with arguments", "name a function or method")
    return subject


def subject_of_call(code: Code, target: str) -> str:
    """Return the key of what stands at a position; its `__init__` stands for itself."""
    place = code.position(target)
    if place is None:
        raise UsageError(f"{target} is no position")
    path, offset = place
    for symbol in code.graph.symbols(path)[1:]:
        if symbol.name_span.start <= offset <= symbol.name_span.end and symbol.kind in _CALLABLE:
            return key_of(symbol.id)
    keys = subject_of(code, target).keys
    if len(keys) != 1:
        around_it = [key for key in keys if key.partition("::")[0] == path]
        return min(around_it or keys, default="")
    return next(iter(keys))


def _functions(code: Code, key: str) -> Iterator[Function]:
    path = key.partition("::")[0]
    member = owner_of(code.naming.flow, key) is not None
    for symbol in code.graph.symbols(path):
        if key_of(symbol.id) != key or symbol.kind not in _CALLABLE:
            continue
        name = around(code.tree(path), symbol.name_span.start, symbol.name_span.end)
        definition = enclosing(name, "function_definition")
        if definition is not None:
            static = bool(symbol.flags & STATIC) and not symbol.flags & CLASSMETHOD
            yield Function(symbol.id, path, definition, member and not static)


def _calls(
    code: Code, functions: tuple[Function, ...], keys: set[str]
) -> tuple[list[Call], list[Occurrence], list[Occurrence]]:
    """The calls, those that may be calls of something else, and places that call without showing arguments."""
    found: dict[tuple[str, int], Call] = {}
    doubtful: dict[tuple[str, int], Occurrence] = {}
    handed: dict[tuple[str, int], Occurrence] = {}
    for function in functions:
        for reference in code.graph.incoming(function.id, ("calls",)):
            start, end = reference.span.start, reference.span.end
            place = (reference.path, start)
            if place in found or place in doubtful or place in handed:
                continue
            call = _call_at(code, reference)
            if resumes(code, function.id, reference):
                handed[place] = Occurrence(reference.path, start, end, RESUMED)
            elif call is None:
                why = called_unnamed(code, function.key, reference.path, start, end)
                handed[place] = Occurrence(reference.path, start, end, why)
            elif only_spread(call) and is_local(code, reference):  # a wrapper, which hands on what it was given
                found[place] = Call(reference.path, call, start, end, through=True)
            elif why := _doubt(code, reference, keys):
                doubtful[place] = Occurrence(reference.path, start, end, why)
            else:
                found[place] = Call(reference.path, call, start, end, _explicit(code, reference, function))
    return list(found.values()), list(doubtful.values()), list(handed.values())


def _call_at(code: Code, reference: Reference) -> Node | None:
    return call_of(around(code.tree(reference.path), reference.span.start, reference.span.end))


def _doubt(code: Code, reference: Reference, keys: set[str]) -> str:
    """Why a call may not be one of the functions alone; "" where it surely is."""
    if reference.certainty is Certainty.NAME_ONLY:
        return _BY_NAME
    if reference.certainty is Certainty.EXACT:
        return ""
    names = code.naming.file(reference.path)
    meaning = names.meaning(reference.span.start, reference.span.end)
    if meaning is not None and meaning.targets and meaning.targets <= keys:
        return ""  # it is named; what else may run stands between, as a decorator's wrapper does
    told = names.called(reference.span.start, reference.span.end)
    others = sorted(t for t, _, constructs in told if key_of(t) not in keys and not constructs and "::" in t)
    return f"may also call {others[0]}" if others else ""


def _explicit(code: Code, reference: Reference, function: Function) -> bool:
    """Whether a method is called through its class, so that the receiver is an argument: `Cart.total(cart)`."""
    symbol = next(s for s in code.graph.symbols(function.path) if s.id == function.id)
    if not function.receiver or symbol.flags & CLASSMETHOD:
        return False
    node = around(code.tree(reference.path), reference.span.start, reference.span.end).parent
    base = node.child_by_field_name("object") if node is not None and node.type == "attribute" else None
    if base is None:
        return False
    if base.type == "attribute":
        base = base.child_by_field_name("attribute") or base
    meaning = code.naming.file(reference.path).meaning(base.start_byte, base.end_byte)
    return bool(meaning and meaning.targets) and all(_is_type(code, target) for target in meaning.targets)  # type: ignore[union-attr]  # not None where it has targets


def _is_type(code: Code, target: str) -> bool:
    path = target.partition("::")[0]
    symbols = code.graph.symbols(path) if path in code.graph.files else ()
    return any(key_of(symbol.id) == target and symbol.kind in _TYPES for symbol in symbols)


def _kept(code: Code, functions: tuple[Function, ...]) -> Iterator[Occurrence]:
    """Functions that a decorator may call where nobody sees it, or others who know their name."""
    for function in functions:
        if is_agreed(function.key.rpartition(".")[2]):
            given = parameters_of(function.node, code.read(function.path))[1 if function.receiver else 0 :]
            yield replace(function.named_at, why=agreed(given))
        mark = keeper(code, code.symbol(function.id), to_call=True)
        if mark:
            why = KEPT_BY_PLACE if calls_by_place(mark) else f"handed to @{mark}, which may call it"
            yield replace(function.named_at, why=why)


def _rest(
    code: Code, name: str, keys: set[str], spans: set[tuple[str, int]], member: bool
) -> tuple[tuple[Occurrence, ...], tuple[Occurrence, ...], list[Occurrence]]:
    """What else is called so: proven other, text, and calls of members of something unknown."""
    other, text, unknown = list[Occurrence](), list[Occurrence](), list[Occurrence]()
    if not goes_by_name(name):
        return (), (), []
    for mention in take_census(code, name):
        place = Occurrence(mention.path, mention.start, mention.end)
        if mention.prose and is_replaced(code, mention.path, mention.node, mention.end):
            unknown.append(replace(place, why="replaced by what may look at how it is called"))
            continue
        if (mention.path, mention.start) in spans or mention.meaning.targets & keys:
            continue
        if mention.prose and calls_it(code, keys, mention):
            unknown.append(replace(place, why="code in a string may call it"))
        elif mention.prose:
            text.append(place)
        elif member and mention.member and not mention.meaning.targets and not on_container(code, mention):
            apart = in_another_test(code, keys, mention.path, mention.start)
            (other if apart else unknown).append(replace(place, why="" if apart else "a member of something unknown"))
        else:
            other.append(place)
    return tuple(other), tuple(text), unknown
