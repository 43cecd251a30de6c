"""What block-structured languages share in their walk: texts, local names by block, too deep trees."""

from collections.abc import Callable, Iterable
from functools import cache

from tree_sitter import Node

from codeagent.domain.facts import (
    ANY,
    ATTR,
    INSTANCE,
    LITERAL,
    MAP,
    NAME,
    NONE,
    PARAMETER,
    READS,
    SEQ,
    Binding,
    FileFacts,
)
from codeagent.domain.letters import LATIN
from codeagent.languages.grammars import get_language
from codeagent.languages.lowering.builder import FactsBuilder
from codeagent.languages.lowering.depth import cut

Handler = Callable[..., int]  # (walk, node) to the expression of the node, NONE for statements


def dispatch(language: str, handlers: dict[str, Handler], default: Handler) -> tuple[Handler, ...]:
    """Return handlers by kind id, made once; kinds that are not named get `default`."""
    return _dispatch(language, tuple(handlers.items()), default)


@cache
def _dispatch(language: str, handlers: tuple[tuple[str, Handler], ...], default: Handler) -> tuple[Handler, ...]:
    grammar, named = get_language(language), dict(handlers)
    count = grammar.node_kind_count
    table = [named.get(grammar.node_kind_for_id(kind) or "", default) for kind in range(count)]
    return tuple(table) + (default,) * (0x10000 - count)  # ERROR has the highest id of all


@cache
def kind_id(language: str, kind: str) -> int:
    """Return the id of a named node kind."""
    return get_language(language).id_for_node_kind(kind, True) or -1


class BlockWalk(FactsBuilder):
    """One walk over one file: where it stands, and which local names are visible there.

    `visible` maps a local name to its expression; a block remembers what it hid. A name that is
    declared again in an inner block gets another spelling in its expression (`x@120`, by offset):
    scopes in facts are functions, and two variables must not share their values."""

    def __init__(self, language: str, source: bytes, on: tuple[Handler, ...], locals: bool) -> None:
        super().__init__(language, source)
        self.on = on
        self.chars = source.decode("latin-1")  # one character a byte, so that offsets fit
        self.ascii = source.isascii()
        self.locals = locals
        self.within = 0
        self.complexity = 0
        self.returned: list[int] = []  # by the callable being walked
        self.comment_lines = 0
        self.visible: dict[str, int] = {}
        self.block: dict[str, int | None] = {}
        self.blocks: list[dict[str, int | None]] = []
        self.taken: set[str] = set()
        self.unknown = self.expr((ANY, ()))

    # --- texts ------------------------------------------------------------------------------------
    def word(self, node: Node) -> str:
        """Return the text of a node; what is not UTF-8 is Latin-1."""
        text = self.chars[node.start_byte : node.end_byte]
        return text if self.ascii or text.isascii() else text.encode("latin-1").decode("utf-8", LATIN)

    def comment(self, node: Node) -> int:
        """Count the lines on which nothing but this comment stands."""
        start, end = node.start_byte, node.end_byte
        before = self.chars[self.chars.rfind("\n", 0, start) + 1 : start]
        if not before.strip():
            self.comment_lines += self.chars.count("\n", start, end) + 1
        return NONE

    # --- walking ----------------------------------------------------------------------------------
    def skip(self, node: Node) -> int:
        """Pass over a node that says nothing."""
        return NONE

    def walk(self, node: Node) -> int:
        """Visit the named children of a node."""
        on = self.on
        for child in node.named_children:
            on[child.kind_id](self, child)
        return NONE

    def value(self, node: Node) -> int:
        """Visit a node that only wraps one: its value is that of the last child that has one."""
        on, value = self.on, NONE
        for child in node.named_children:
            got = on[child.kind_id](self, child)
            value = got if got != NONE else value
        return value

    def inner(self, node: Node) -> int:
        """Visit the children in a block of their own."""
        on, outer = self.on, self.block
        self.blocks.append(outer)
        self.block = {}
        for child in node.named_children:
            on[child.kind_id](self, child)
        if self.block:
            self.close_block()
        else:
            self.block = self.blocks.pop()
        return NONE

    def branch(self, node: Node) -> int:
        """Visit a block that is a decision."""
        self.complexity += 1
        return self.inner(node)

    def declarations(self, nodes: Iterable[Node]) -> None:
        """Visit top-level nodes one by one; one that is nested too deeply costs only itself."""
        for node in nodes:
            mark = self._mark()
            try:
                self.on[node.kind_id](self, node)
            except RecursionError as error:
                cut(error)
                self._reset(mark)
                self.dynamic.append(node.start_byte)

    def _lists(self) -> tuple[list[object], ...]:
        return (  # type: ignore[return-value]  # lists of different things, only ever cut
            self.symbols, self.functions, self.classes, self.imports, self.bindings, self.writes, self.references
        )  # fmt: skip

    def _mark(self) -> tuple[int, ...]:
        return tuple(map(len, self._lists()))

    def _reset(self, mark: tuple[int, ...]) -> None:
        for items, length in zip(self._lists(), mark, strict=True):
            del items[length:]
        self.within = self.complexity = 0
        self.visible, self.block, self.blocks, self.taken = {}, {}, [], set()

    # --- local names ------------------------------------------------------------------------------
    def open_block(self) -> None:
        """Begin a block: names declared from here on are forgotten when it closes."""
        self.blocks.append(self.block)
        self.block = {}

    def close_block(self) -> None:
        """End the innermost block and make visible again what it hid."""
        visible = self.visible
        for name, before in self.block.items():
            if before is None:
                del visible[name]
            else:
                visible[name] = before
        self.block = self.blocks.pop()

    def show(self, name: str, expr: int) -> None:
        """Make `name` mean `expr` until the block closes."""
        if name not in self.block:
            self.block[name] = self.visible.get(name)
        self.visible[name] = expr

    def declare(self, name: str, start: int, value: int) -> None:
        """Declare a local variable; while it has one value only, its expression is that value."""
        if name == "_":
            return
        if name in self.block:
            self.assign(name, start, value)
        elif self.locals:
            self.show(name, self._variable(name, start, value))
        else:
            self.show(name, value)

    def assign(self, name: str, start: int, value: int) -> None:
        """Give a visible local variable another value."""
        before = self.visible[name]
        if value in (NONE, before):
            return
        expr = self.exprs[before]
        if before != NONE and expr[0] == NAME and expr[1]:
            self.bindings.append(Binding(expr[1], expr[2], value, start))
        else:
            self.visible[name] = variable = self._variable(f"{name}@{start}", start, value)
            if before != NONE:
                self.bindings.append(Binding(self.within, str(self.exprs[variable][2]), before, start))

    def _variable(self, name: str, start: int, value: int) -> int:
        spelling = f"{name}@{start}" if name in self.taken else name
        self.taken.add(spelling)
        self.bindings.append(Binding(self.within, spelling, value, start))
        return self.expr((NAME, self.within, spelling))

    # --- expressions ------------------------------------------------------------------------------
    def instance(self, type_expr: int) -> int:
        """Return the expression of a value of a type, NONE for no type; containers and literals are values already."""
        if type_expr == NONE or self.exprs[type_expr][0] in (SEQ, MAP, LITERAL):
            return type_expr
        return self.expr((INSTANCE, type_expr))

    def is_parameter(self, type_expr: int) -> bool:
        """Tell whether a type is a type parameter."""
        return type_expr != NONE and self.exprs[type_expr][0] == PARAMETER

    def member(self, base: int, name: str) -> int:
        """Return the expression of a member; of something unknown where `base` is NONE."""
        return self.expr((ATTR, self.unknown if base == NONE else base, name))

    def read(self, node: Node, expr: int) -> int:
        """Refer to an expression for reading and return it."""
        self.references += (node.start_byte, node.end_byte, READS, self.within, expr)
        return expr

    def freeze(self, root: Node) -> FileFacts:
        """Count what did not parse, and freeze."""
        if root.has_error:
            self._count_errors(root)
        return self.finish(self.comment_lines)

    def _count_errors(self, root: Node) -> None:
        stack = [root]
        while stack:
            node = stack.pop()
            if node.is_missing:
                self.errors += 1
            elif node.is_error:
                self.errors += 1
                self.error_bytes += node.end_byte - node.start_byte
            else:
                stack.extend(child for child in node.children if child.has_error)
