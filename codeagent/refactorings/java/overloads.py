"""Java: methods of one name that are different methods, and which of them override each other."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from codeagent.domain.code import Symbol
from codeagent.graph.naming import key_of
from codeagent.graph.values import TYPE, Class
from codeagent.languages.syntax import Node, around, enclosing
from codeagent.refactorings.code import Code
from codeagent.refactorings.family import owner_of
from codeagent.refactorings.refactoring import Refusal

_PRIMITIVE: Final = frozenset("boolean byte char double float int long short".split())
_PARAMETERS: Final = ("formal_parameter", "spread_parameter")
_TYPES: Final = (
    "class_declaration",
    "interface_declaration",
    "record_declaration",
    "enum_declaration",
    "method_declaration",
)


@dataclass(frozen=True, slots=True)
class _Signature:
    """The types of a method's parameters by their last names; `open` where a type parameter stands for any."""

    types: tuple[str, ...]
    open: tuple[bool, ...] = ()

    def overrides(self, other: "_Signature") -> bool | None:
        """Whether one may run in place of the other; None where a type parameter leaves it open."""
        if len(self.types) != len(other.types):
            return False
        free = [a or b for a, b in zip(self.open, other.open, strict=True)]
        each = zip(self.types, other.types, free, strict=True)
        if not all(a == b or (any_ and not {a, b} & _PRIMITIVE) for a, b, any_ in each):
            return False
        return self.types == other.types or None


def overloaded(code: Code, keys: frozenset[str]) -> dict[str, list[Symbol]]:
    """Return the methods behind each key of a family, where any key has several that are different methods."""
    found: dict[str, list[Symbol]] = {}
    for key in sorted(keys):
        path = key.partition("::")[0]
        if path not in code.graph.files or code.language(path) != "java":
            return {}
        found[key] = _methods(code, key)
    return found if any(len(symbols) > 1 for symbols in found.values()) else {}


def methods_of(code: Code, keys: frozenset[str]) -> list[str]:
    """Return the ids of the methods behind some keys."""
    return [symbol.id for key in sorted(keys) for symbol in _methods(code, key)]


def _methods(code: Code, key: str) -> list[Symbol]:
    symbols = code.graph.symbols(key.partition("::")[0])
    return [one for one in symbols if key_of(one.id) == key and one.kind == "method"]


def standing_at(code: Code, path: str, start: int, end: int, keys: frozenset[str]) -> frozenset[str]:
    """Return the ids of the methods of a family that a name defines or calls; empty where that is not known."""
    for symbol in code.graph.symbols(path):
        if symbol.name_span.start == start and key_of(symbol.id) in keys:
            return frozenset({symbol.id})
    names = code.naming.file(path)
    told = names.meaning(start, end)
    named = told.targets & keys if told is not None else frozenset()  # by the type of what the call is made on
    found = frozenset(one for one in names.led_to(start, end) if key_of(one) in named)
    sole = [one.id for key in named for one in _methods(code, key)]
    return found or frozenset(sole if len(sole) == len(named) else ())


def together(code: Code, methods: Mapping[str, list[Symbol]], meant: frozenset[str], key: str) -> frozenset[str]:
    """Return the ids of all methods that must be called as those that are meant; Refusal where that is not one.

    `key` is that of which the methods are told then."""
    each = {one.id: _signature(code, one) for symbols in methods.values() for one in symbols}
    chosen = set(meant & each.keys())
    if not chosen or any(each[a].overrides(each[b]) is False for a in chosen for b in chosen):
        places = ", ".join(_places(code, methods[key]))
        raise Refusal(
            f"{key.rpartition('.')[2]} is several methods: {places}", "name one of them by its place, PATH:LINE:COL"
        )
    before: set[str] = set()
    while before != chosen:
        before = set(chosen)
        for key, symbols in methods.items():
            chosen |= _overriding(key, [one.id for one in symbols], each, before)
    return frozenset(chosen)


def becomes_overload(code: Code, keys: frozenset[str], new: str) -> bool:
    """Tell whether methods may go by a name that others have: where no call could mean both, by their counts."""
    flow = code.naming.flow
    owners = [owner_of(flow, key) for key in keys]
    if not all(one is not None and code.language(one[0]) == "java" for one in owners):
        return False
    around: set[Class] = set()
    for one in owners:
        pending = [value[1:3] for value in flow.hierarchy.line(one[:2]) if value[0] == TYPE] if one else []
        while pending:
            current = pending.pop()
            pending += [] if current in around else flow.hierarchy.subclasses(current)
            around.add(current)
    names = {f"{path}::{_dotted(code, path, index)}.{new}" for path, index in around}
    others = [symbol for key in sorted(names) for symbol in _methods(code, key)]
    mine = [symbol for key in sorted(keys) for symbol in _methods(code, key)]
    taken = {len(_signature(code, one).types) for one in others}
    spread = any(kind.endswith("[]") for one in (*mine, *others) for kind in _signature(code, one).types)
    return bool(others and mine) and not spread and not taken & {len(_signature(code, one).types) for one in mine}


def _dotted(code: Code, path: str, index: int) -> str:
    return code.naming.file(path).view.symbol_id(index).partition("::")[2]


def renumbered(code: Code, keys: frozenset[str], chosen: frozenset[str], new: str = "") -> dict[str, str]:
    """Return what the methods of a family are called once those that are chosen have a new name, or are no more;
    numbers included."""
    found = {}
    for key in sorted(keys):
        fresh = f"{key.rpartition('.')[0]}.{new}"
        counts: dict[str, int] = {}
        for symbol in code.graph.symbols(key.partition("::")[0]):
            if key_of(symbol.id) in (key, fresh) and (new or symbol.id not in chosen):
                name = fresh if symbol.id in chosen else key_of(symbol.id)
                counts[name] = counts.get(name, 0) + 1
                found[symbol.id] = name if counts[name] == 1 else f"{name}#{counts[name]}"
    return found


def _overriding(key: str, own: list[str], each: Mapping[str, _Signature], chosen: set[str]) -> set[str]:
    """The methods of one class that are the same as some that are chosen."""
    wanted = [each[one] for one in chosen if key_of(one) != key]
    told = {one: [each[one].overrides(other) for other in wanted] for one in own}
    sure = {one for one, answers in told.items() if True in answers}
    open_ = {one for one, answers in told.items() if None in answers} - sure
    if len(open_ - chosen) > 1 and not sure & chosen:
        raise Refusal(f"which {key} overrides which cannot be told", "rename them by hand")
    return sure or open_


def _places(code: Code, methods: list[Symbol]) -> Iterator[str]:
    for symbol in methods:
        place = code.graph.place(symbol.path, symbol.name_span.start, symbol.name_span.end)
        yield f"{symbol.path}:{place.line}:{place.column}"


def _signature(code: Code, symbol: Symbol) -> _Signature:
    node = around(code.tree(symbol.path), symbol.name_span.start, symbol.name_span.end)
    method = enclosing(node, "method_declaration")
    parameters = method.child_by_field_name("parameters") if method is not None else None
    if method is None or parameters is None:
        return _Signature(())
    variables = set(_variables(code, symbol.path, method))
    types = [_type_of(code, symbol.path, one) for one in parameters.named_children if one.type in _PARAMETERS]
    return _Signature(tuple(types), tuple(one.rstrip("[]") in variables for one in types))


def _type_of(code: Code, path: str, parameter: Node) -> str:
    """The type of a parameter without type arguments, package and annotations, as the compiler erases it."""
    kind = parameter.child_by_field_name("type")
    if kind is None:  # of `String... rest`
        kind = next(one for one in parameter.named_children if one.type not in ("modifiers", "variable_declarator"))
    arrays = code.text(parameter, path).count("[") + (parameter.type == "spread_parameter")
    if kind.type == "array_type":
        kind = kind.child_by_field_name("element") or kind
    if kind.type == "generic_type":
        kind = kind.named_children[0]
    return code.text(kind, path).rpartition(".")[2] + "[]" * arrays


def _variables(code: Code, path: str, method: Node) -> Iterator[str]:
    """The type parameters that a method sees."""
    node: Node | None = method
    while node is not None:
        parameters = node.child_by_field_name("type_parameters") if node.type in _TYPES else None
        for one in parameters.named_children if parameters is not None else ():
            yield code.text(one.named_children[0], path)
        node = node.parent
