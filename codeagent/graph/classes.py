"""Classes across files: their linearised bases, their members, what overrides what."""

from collections.abc import Iterator
from itertools import islice

from codeagent.domain.facts import KIND, NONE, PROPERTY, TYPED, ClassFact
from codeagent.graph.evaluator import Evaluator
from codeagent.graph.names import INHERITED
from codeagent.graph.parts import is_global
from codeagent.graph.questions import Question, Questions
from codeagent.graph.solver import SURE
from codeagent.graph.values import EXTERN, FUNC, TYPE, Class, Value
from codeagent.graph.views import FileView

_ENUM = KIND["enum"]
MANY_BELOW = 200  # classes looked at below one
_ROOTS = frozenset({"<builtin>.object", "object", "<builtin>.Generic"})

_BASES, _LINE = "bases", "line"


class Hierarchy:
    """The class graph of one world, computed class by class."""

    def __init__(self, flow: Evaluator) -> None:
        self._flow = flow
        self._bases: dict[Class, tuple[Value, ...]] = {}
        self._questions = Questions(flow)
        self._places: dict[tuple[Class, str, Class | None], tuple[Value | None, str]] = {}
        self._lines: dict[Class, tuple[Value, ...]] = {}
        self._below: dict[Class, tuple[Class, ...]] = {}
        self._defining: dict[tuple[Class, str], tuple[Class, ...]] = {}
        self._subclasses: dict[Class, tuple[Class, ...]] = {}
        self._few: dict[Class, tuple[Class, ...]] = {}
        self._giving: dict[str, bool] = {}  # files that give types bases

    def forget_cheap(self) -> None:
        """Forget what is quickly found again."""
        self._places.clear()

    def bases(self, owner: Class) -> tuple[Value, ...]:
        """The direct bases: (TYPE, path, symbol) in the tree, (EXTERN, dotted) outside it."""
        known = self._bases.get(owner)
        if known is not None:
            return known
        key = (*owner, _BASES)
        if self._questions.is_open(key):  # a class that is its own base ends here
            return ()
        known = self._questions.held(key)
        return self._find_bases(owner, key) if known is None else known

    def _find_bases(self, owner: Class, key: Question) -> tuple[Value, ...]:
        before = self._questions.ask(key)
        found: dict[Value, None] = {}
        for view, base in self.written(owner):
            expr = view.facts.exprs[base]
            named = (expr[1], base) if expr[0] == TYPED else (base,)  # `List<T>` is a List
            settled = (self._flow.settled(view, one) for one in named)
            each = ([one for one in map(self._as_base, values) if one is not None] for values in settled)
            types = next(filter(None, each), [])
            found.update((value[:3], None) for value in sorted(types, key=_order))
        found.pop((TYPE, *owner), None)
        known = (*found, *self._added_to(owner))
        if self._questions.answer(key, known, before):
            self._bases[owner] = known
        return known

    def _as_base(self, value: Value) -> Value | None:
        """A value as what a class may inherit from: a function that is a class (`F.prototype.m = …`) counts as one."""
        if value[0] == FUNC and value[2] in self._flow.world.view(value[1]).classes:
            return (TYPE, *value[1:3])
        return value if value[0] in (TYPE, EXTERN) else None

    def written(self, owner: Class) -> list[tuple[FileView, int]]:
        """The bases of a class as they are written: each an expression of a file."""
        found = []
        for path, symbol in self._flow.parts.of_type(owner):
            view = self._flow.world.view(path)
            fact = view.classes.get(symbol)
            found += [(view, base) for base in fact.bases] if fact else []
        return found + self._adopted(owner)

    def _added_to(self, owner: Class) -> tuple[Value, ...]:
        """The builtin type that a declaration in a global block adds members to."""
        view = self._flow.world.view(owner[0])
        name = view.facts.symbols[owner[1]].name
        adds = is_global(view, owner[1]) and name in view.language.scoping.builtins
        return ((EXTERN, f"<builtin>.{name}"),) if adds else ()

    def _adopted(self, owner: Class) -> list[tuple[FileView, int]]:
        """Bases that other places give a type: the traits of its impls."""
        world = self._flow.world
        view = world.view(owner[0])
        if not view.language.scoping.adopts_methods:
            return []
        paths = sorted(world.facts.mentioning(view.facts.symbols[owner[1]].name))
        return [
            (other, base)
            for other in map(world.view, filter(self._gives, paths))
            for fact in other.facts.classes
            if fact.owner != NONE and owner in self._having(other.path, fact)
            for base in fact.bases
        ]

    def _gives(self, path: str) -> bool:
        """Whether a file gives bases to types that may be written elsewhere; most files do not."""
        known = self._giving.get(path)
        if known is None:
            facts = self._flow.world.view(path).facts
            known = self._giving[path] = any(fact.owner != NONE for fact in facts.classes)
        return known

    def line(self, owner: Class) -> tuple[Value, ...]:
        """The method resolution order: C3 where the bases allow it, else depth first."""
        known = self._lines.get(owner)
        if known is not None:
            return known
        key = (*owner, _LINE)
        if self._questions.is_open(key):  # a class that inherits from itself ends here
            return ((TYPE, *owner),)
        return self._questions.held(key) or self._find_line(owner, key)

    def _find_line(self, owner: Class, key: Question) -> tuple[Value, ...]:
        before = self._questions.ask(key)
        heads = self.bases(owner)
        sequences = [list(self._line_of(base)) for base in heads] + [list(heads)]
        others = ((TYPE, *part) for part in self._flow.parts.of_type(owner) if part != owner)
        known = tuple(dict.fromkeys(((TYPE, *owner), *others, *_merge(sequences))))
        if self._questions.answer(key, known, before):
            self._lines[owner] = known
        return known

    def _line_of(self, base: Value) -> tuple[Value, ...]:
        return self.line((base[1], base[2])) if base[0] == TYPE else (base,)

    def outside(self, owner: Class) -> int:
        """How many bases from outside a class has, its own and inherited ones."""
        known = self._flow.world.view(owner[0]).language.scoping.whole_builtins
        bases = (str(value[1]) for value in self.line(owner) if value[0] == EXTERN and value[1] not in _ROOTS)
        return sum(1 for base in bases if base.removeprefix("<builtin>.") not in known)

    def find(self, owner: Class, name: str, after: Class | None = None) -> tuple[Value | None, str]:
        """Where a member is defined: ((TYPE, path, symbol), "") in the tree, (None, dotted) outside it,
        (None, "") nowhere. With `after`, only what follows that class in the order (`super()`)."""
        key = (owner, name, after)
        known = self._places.get(key)
        if known is None:
            before = self._flow.questions.asked()
            known = self._find(owner, name, after)
            if self._flow.questions.answered(SURE, before) == SURE:
                self._places[key] = known
        return known

    def _kind(self, owner: Class) -> int:
        return self._flow.world.view(owner[0]).facts.symbols[owner[1]].kind

    def _find(self, owner: Class, name: str, after: Class | None) -> tuple[Value | None, str]:
        line = self.line(owner)
        if after is not None:
            position = next((i for i, value in enumerate(line) if value == (TYPE, *after)), -1)
            line = line[position + 1 :]
        outside = ""
        for value in line:
            if value[0] == TYPE:
                view = self._flow.world.view(value[1])
                if (value[2], name) in view.slots or name in self._flow.adopted(view, value[2]):
                    return self._descriptor(line, value, name) or value, ""
            elif not outside and value[1] not in _ROOTS and self._may_have(owner, str(value[1]), name):
                outside = f"{value[1]}.{name}"
        if not outside:
            scoping = self._flow.world.view(owner[0]).language.scoping
            if name in scoping.root_members:
                outside = f"<builtin>.{scoping.root}.{name}"
            elif name in scoping.enum_members and self._kind(owner) == _ENUM:
                outside = f"<builtin>.Enum.{name}"
        return None, outside

    def _may_have(self, owner: Class, base: str, name: str) -> bool:
        """Whether a base from outside may have a member: of some builtin ones all members are known."""
        known = self._flow.world.view(owner[0]).language.scoping.whole_builtins.get(base.removeprefix("<builtin>."))
        return known is None or name in known

    def _descriptor(self, line: tuple[Value, ...], found: Value, name: str) -> Value | None:
        """A property of a base class that the methods of a class only seem to hide by assigning it."""
        if not self._flow.world.view(found[1]).set_by_methods(found[2], name):
            return None
        for value in line[line.index(found) + 1 :]:
            if value[0] == TYPE:
                view = self._flow.world.view(value[1])
                slot = view.slots.get((value[2], name))
                if slot and any(view.facts.symbols[index].flags & PROPERTY for index in slot.symbols):
                    return value
        return None

    def subclasses(self, owner: Class) -> tuple[Class, ...]:
        """The direct subclasses in the tree, in path order."""
        return self._asked(self._subclasses, owner, None)

    def few_subclasses(self, owner: Class) -> tuple[Class, ...]:
        """The first of them, and one more than anybody follows: whoever has many is not worth reading every file."""
        return self._subclasses.get(owner) or self._asked(self._few, owner, MANY_BELOW + 1)

    def _asked(self, known: dict[Class, tuple[Class, ...]], owner: Class, most: int | None) -> tuple[Class, ...]:
        found = known.get(owner)
        if found is None:
            known[owner] = ()  # a class that is its own base ends here
            found = known[owner] = tuple(islice(self._heirs(owner), most))
        return found

    def _heirs(self, owner: Class) -> Iterator[Class]:
        world = self._flow.world
        name = world.view(owner[0]).facts.symbols[owner[1]].name
        seen: set[Class] = set()
        for path in sorted(self._inheriting(name)):
            heirs = world.view(path).heirs
            for fact in (*heirs.get(name, ()), *heirs.get("", ())):
                for one in self._having(path, fact):
                    if one not in seen and (TYPE, *owner) in self.bases(one):
                        seen.add(one)
                        yield one

    def _inheriting(self, name: str) -> set[str]:
        """The files with a type that has a base of a name, or mentions it and has a base that may be an alias."""
        facts = self._flow.world.facts
        aliased = {*facts.mentioning(INHERITED.format(""))}
        return {*facts.mentioning(INHERITED.format(name)), *(aliased and aliased & {*facts.mentioning(name)})}

    def _having(self, path: str, fact: ClassFact) -> list[Class]:
        """The types that a fact gives bases to."""
        if fact.owner == NONE:
            return [(path, fact.symbol)]
        found = self._flow.settled(self._flow.world.view(path), fact.owner)
        return sorted(value[1:3] for value in found if value[0] == TYPE)

    def defining_below(self, owner: Class, name: str) -> tuple[Class, ...]:
        """The classes below `owner` that define `name` themselves; none, where there are too many to look at."""
        found = self._defining.get((owner, name))
        if found is None:
            known = self._below.get(owner)
            if known is None:
                known = self._below[owner] = self._all_below(owner)
            view = self._flow.world.view
            found = tuple(one for one in known if (one[1], name) in view(one[0]).slots)
            self._defining[owner, name] = found
        return found

    def _all_below(self, owner: Class) -> tuple[Class, ...]:
        found: dict[Class, None] = {}
        pending = [owner]
        while pending:
            for one in self.few_subclasses(pending.pop()):
                if one not in found and one != owner:
                    found[one] = None
                    pending.append(one)
            if len(found) > MANY_BELOW:
                return ()
        return tuple(found)

    def overriders(self, owner: Class, name: str, limit: int) -> list[Class]:
        """The classes below `owner` that define `name` themselves; at most `limit`, else none."""
        found: list[Class] = []
        pending, seen = list(self.few_subclasses(owner)), {owner}
        while pending:
            current = pending.pop()
            if current in seen:
                continue
            seen.add(current)
            if len(seen) > 20 * limit:
                return []
            view = self._flow.world.view(current[0])
            if (current[1], name) in view.slots or name in self._flow.adopted(view, current[1]):
                found.append(current)
                if len(found) > limit:
                    return []
            pending.extend(self.few_subclasses(current))
        return sorted(found)


def _merge(sequences: list[list[Value]]) -> list[Value]:
    """C3's merge (Barrett et al., 1996); an inconsistent hierarchy goes on with the first head."""
    merged: list[Value] = []
    sequences = [sequence for sequence in sequences if sequence]
    while sequences:
        heads = [sequence[0] for sequence in sequences]
        head = next((h for h in heads if not any(h in sequence[1:] for sequence in sequences)), heads[0])
        merged.append(head)
        sequences = [rest for sequence in sequences if (rest := [v for v in sequence if v != head])]
    return merged


def _order(value: Value) -> tuple[int, str, int]:
    """Where a type stands among the values of one expression; other definitions in its file do not move it."""
    return value[0], str(value[1]), value[2] if value[0] == TYPE else 0
