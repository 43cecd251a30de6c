"""Rust: the state of one walk: modules, `Self`, type parameters, locals and what every handler shares."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

from tree_sitter import Node

from codeagent.domain.facts import (
    ANY,
    ATTR,
    AWAIT,
    CALL,
    EACH,
    IMPORT,
    INSTANCE,
    ITEM,
    LITERAL,
    NAME,
    NONE,
    WRITES,
    Binding,
    ClassFact,
)
from codeagent.domain.letters import LATIN
from codeagent.languages.lowering.builder import FactsBuilder

Handler = Callable[["Walk", Node, int], int]
COMMENTS: Final = frozenset({"line_comment", "block_comment"})
STANDARD: Final = frozenset({"std", "core", "alloc", "proc_macro", "test"})


class Walk(FactsBuilder):
    """One file being lowered. `on[kind id](walk, node, scope)` returns an expression or NONE.

    `scope` is the symbol that references lie within; bare item names are looked up from `items`.
    A local is known by the value it stands for: `locals` maps a name to an expression."""

    def __init__(self, source: bytes, on: Mapping[int, Handler], locals: bool) -> None:
        super().__init__("rust", source)
        self.on = on
        self.tracing = locals
        self.plain = source.isascii() and b"r#" not in source
        self.chars = source.decode("latin-1")
        self.module = 0  # the file, or the inline module around
        self.inline: tuple[str, ...] = ()  # the names of the inline modules around
        self.items = 0  # where the lookup of an item's name starts
        self.owner = NONE  # the symbol behind `Self`, where this file defines it
        self.self_type = NONE  # `Self` as a type
        self.receiver = NONE  # `self` as a value
        self.owner_name = ""  # the bare name of `Self`
        self.member = False  # whether what is walked stands directly in an impl or trait
        self.member_flags = 0  # of the members of the impl or trait around
        self.forwards = False  # in `impl Trait for &T`, whose methods only hand on to those of T
        self.adopted: list[tuple[int, int, int]] = []  # (type, trait, its start) of impls of types from elsewhere
        self.locals: dict[str, int] = {}
        self._shadowed: list[tuple[str, int | None]] = []
        self._uses: dict[tuple[int, str], int] = {}
        self._same: dict[str, int] | None = None  # names already bound by another alternative of a pattern
        self.generics: dict[str, int] = {}  # type parameters and their bounds
        self.bound_of: dict[int, int] = {}  # type parameters and what they are at least, NONE for nothing
        self.associated: dict[str, int] = {}  # associated types of the impl around
        self.attributes: list[Node] = []  # those standing before the next item
        self.branches: dict[int, int] = {}
        self.results: list[int] = []  # of the callable around
        self.declared: dict[int, set[str]] = {}  # item names per scope
        self.types: dict[tuple[int, str], int] = {}  # (scope, name) -> symbol of a type
        self.opened: dict[int, int] = {}  # node id -> symbol opened before its walk
        self.read_again: list[Node] = []  # kept, since the ids of nodes of a tree that is gone are given anew
        self.parameters_of: dict[int, list[str]] = {}  # type symbol -> its type parameters
        self.fields: list[tuple[str, int, tuple[int, int], tuple[int, int], int]] = []
        self.bases: dict[int, list[int]] = {}
        self.derives: dict[int, tuple[int, ...]] = {}
        self.given: list[str] = []  # modules whose files `#[path]` names: `unix.imp=./unix/imp_linux.rs`
        self.variants: dict[int, list[str]] = {}
        self.heads: dict[int, tuple[int, str]] = {}  # expression of a path's first name -> where and what
        self.macros: dict[int, tuple[int, str]] = {}
        self.stars: set[int] = set()  # scopes with a `use path::*`
        self.text_literal = self.expr((LITERAL, "str"))

    def word(self, node: Node) -> str:
        """The text of a token."""
        text = self.chars[node.start_byte : node.end_byte]
        text = text if self.plain else text.removeprefix("r#")
        return text if text.isascii() else text.encode("latin-1").decode("utf-8", LATIN)

    def children(self, node: Node) -> list[Node]:
        """The named children without comments."""
        children = node.named_children
        for child in children:
            if child.is_extra:
                return [one for one in children if not one.is_extra]
        return children

    def visit(self, node: Node, scope: int) -> int:
        """Lower any node."""
        return self.on[node.kind_id](self, node, scope)

    def count_errors(self, root: Node) -> None:
        """Count ERROR and MISSING nodes, descending only where the tree has them."""
        pending = [root]
        while pending:
            node = pending.pop()
            if node.is_error or node.is_missing:
                self.errors += 1
                self.error_bytes += node.end_byte - node.start_byte
            elif node.has_error:
                pending.extend(node.children)

    # --- values ----------------------------------------------------------------------------------

    def attr(self, base: int, name: str) -> int:
        """The expression of a member."""
        return self.expr((ATTR, base, name)) if base != NONE else NONE

    def item(self, base: int, key: int | None) -> int:
        """The expression of an element by its position, or of any."""
        return self.expr((ITEM, base, key)) if base != NONE else NONE

    def inner(self, value: int) -> int:
        """What a wrapper or container holds: the `T` of `Option<T>`, `Vec<T>`, an iterator."""
        return self.expr((EACH, value)) if value != NONE else NONE

    def each(self, value: int) -> int:
        """What a loop over a value gets: what it holds, or what its own `next` gives."""
        if value == NONE:
            return NONE
        following = self.expr((CALL, self.expr((ATTR, value, "next")), (), ()))
        return self.expr((ANY, (self.expr((EACH, value)), self.expr((EACH, following)))))

    def instance(self, type_: int) -> int:
        """A value of a type."""
        return self.expr((INSTANCE, type_)) if type_ != NONE else NONE

    def any(self, values: Sequence[int]) -> int:
        """One of several values, those that are known."""
        if len(values) == 2:
            first, second = values
            if first in (NONE, second) or second == NONE:
                return second if first == NONE else first
            return self.expr((ANY, (first, second)))
        known = [value for value in values if value != NONE]
        if len(known) > 1:
            known = list(dict.fromkeys(known))
        return NONE if not known else known[0] if len(known) == 1 else self.expr((ANY, tuple(known)))

    def module_spec(self, anchor: str, names: tuple[str, ...] = ()) -> str:
        """The spec, as seen from the file's own module, of the module that an anchored path leads to."""
        if anchor == "crate":
            return "::".join(("crate", *names))
        ups = anchor.count("super")
        inline = self.inline[: len(self.inline) - ups] if ups <= len(self.inline) else ()
        ups -= min(ups, len(self.inline))
        return "::".join((*(["super"] * ups or ["self"]), *inline, *names))

    def item_of(self, anchor: str, name: str) -> int:
        """The item `name` of the module that `crate`, `self` or some `super` stand for."""
        module, ups = self.module, anchor.count("super")
        while ups and module:
            module, ups = self.symbols[module].parent, ups - 1
        if ups or anchor == "crate":
            return self.expr((IMPORT, self.module_spec(anchor), name))
        return self.expr((NAME, module, name))

    # --- locals -----------------------------------------------------------------------------------

    def bind(self, name: str, value: int, start: int, end: int, scope: int, mutable: bool = False) -> None:
        """Introduce a local; one that may be assigned again, or is traced, becomes a binding."""
        if self._same is not None and name in self._same:
            self.rebind(name, value, start)
            return
        if mutable or self.tracing:
            count = self._uses[scope, name] = self._uses.get((scope, name), 0) + 1
            index = self.expr((NAME, scope, name if count == 1 else f"{name}@{count}"))
            self.bindings.append(Binding(scope, str(self.exprs[index][2]), value, start))
            if self.tracing:
                self.references.extend((start, end, WRITES, scope, index))
        else:
            index = value
        self._shadowed.append((name, self.locals.get(name)))
        self.locals[name] = index
        if self._same is not None:
            self._same[name] = index

    def parameter(self, name: str, value: int, scope: int) -> None:
        """Introduce a parameter of the callable `scope`: its value is found by its name."""
        self._uses[scope, name] = 1
        self._shadowed.append((name, self.locals.get(name)))
        self.locals[name] = self.expr((NAME, scope, name)) if self.tracing or value == NONE else value

    def rebind(self, name: str, value: int, start: int) -> None:
        """Note another value of a local; one made from the local itself has the type it already has."""
        index = self.locals.get(name, NONE)
        if self._is_made_from(value, index):
            return
        if index != NONE and self.exprs[index][0] == NAME:
            if value != NONE:
                _, scope, unique = self.exprs[index]
                self.bindings.append(Binding(int(str(scope)), str(unique), value, start))
        elif value != NONE:
            self.locals[name] = self.any((index, value))

    def _is_made_from(self, value: int, index: int) -> bool:
        """Whether a value is `x.a().b` of the expression at `index`."""
        while value != NONE and value != index:
            expr = self.exprs[value]
            step = expr[1]
            if expr[0] == ANY and isinstance(step, tuple):
                step = step[0]
            elif expr[0] not in (ATTR, CALL, EACH, AWAIT, ITEM):
                return False
            value = step if isinstance(step, int) else NONE
        return value == index != NONE

    def mark(self) -> int:
        """The present state of the locals, for `release`."""
        return len(self._shadowed)

    def release(self, mark: int) -> None:
        """Forget the locals introduced since `mark`."""
        while len(self._shadowed) > mark:
            name, before = self._shadowed.pop()
            if before is None:
                self.locals.pop(name, None)
            else:
                self.locals[name] = before

    @contextmanager
    def alternatives(self) -> "Iterator[None]":
        """While it lasts, a name bound again is the same local with another value."""
        outer, self._same = self._same, {} if self._same is None else self._same
        try:
            yield
        finally:
            self._same = outer

    def decide(self, scope: int, count: int = 1) -> None:
        """Count decision points of the callable around."""
        self.branches[scope] = self.branches.get(scope, 0) + count

    # --- the end ------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Write what is known only after the walk: complexity, bases, and which heads are other crates."""
        for symbol, count in self.branches.items():
            self.close_symbol(symbol, count + 1)
        for name, owner, span, name_span, flags in self.fields:  # last: a method of that name keeps its plain id
            self.open_symbol(name, "field", owner, span, name_span, flags)
        for symbol in self.types.values():
            bases = tuple(dict.fromkeys(self.bases.get(symbol, ())))
            self.classes.append(ClassFact(symbol, bases, self.derives.get(symbol, ())))
        for type_, trait, start in self.adopted:
            self.classes.append(ClassFact(0, (trait,), owner=type_, start=start))
        for index, (scope, name) in self.macros.items():
            if not self._is_declared(scope, name) and not self._sees_star(scope):
                self.exprs[index] = (IMPORT, "crate", name)
        for index, (scope, name) in self.heads.items():
            if name in STANDARD or (name.islower() and not self._is_declared(scope, name)):
                crate: tuple[object, ...] = (IMPORT, name, None)
                if name in STANDARD or not self._sees_star(scope):
                    self.exprs[index] = crate

    def _is_declared(self, scope: int, name: str) -> bool:
        return any(name in self.declared.get(place, ()) for place in self._around(scope))

    def _sees_star(self, scope: int) -> bool:
        return any(place in self.stars for place in self._around(scope))

    def _around(self, scope: int) -> "Iterator[int]":
        while scope >= 0:
            yield scope
            scope = self.symbols[scope].parent


def words(text: str) -> frozenset[str]:
    """The words of a table written as text."""
    return frozenset(text.split())


def descend(walk: Walk, node: Node, scope: int) -> int:
    """Walk the children of a node that means nothing by itself."""
    on = walk.on
    for child in node.named_children:
        on[child.kind_id](walk, child, scope)
    return NONE


def only_child(walk: Walk, node: Node, scope: int) -> int:
    """A node whose value is that of its last child: parentheses, `&x`, `unsafe { … }`."""
    value = NONE
    for child in node.named_children:
        value = walk.on[child.kind_id](walk, child, scope)
    return value


def leaf(walk: Walk, node: Node, scope: int) -> int:
    """Skip a node that holds nothing of interest."""
    return NONE
