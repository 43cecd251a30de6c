"""The state of one walk over a JavaScript or TypeScript tree: lexical scopes, references, expressions.

Names are resolved to the scope that declares them when the walk is over, because declarations hoist.
A name that only a block sees carries the number of that block in the facts (`x@3`), so that names of
neighbouring blocks never mix; text that a person wrote is always found by position.
"""

from collections.abc import Callable
from typing import Final, cast

from tree_sitter import Language, Node

from codeagent.domain.facts import (
    ANY,
    ATTR,
    CLASS,
    DEF,
    INSTANCE,
    NAME,
    NONE,
    READS,
    WRITES,
    Binding,
    Write,
)
from codeagent.domain.letters import LATIN
from codeagent.languages.lowering.builder import FactsBuilder

Handler = Callable[["Walker", Node], int]
Target = Callable[["Walker", Node, int], int]
EXPORT: Final = "export "  # before the name of an export that means something else inside the module
COMMENTS: Final = frozenset({"comment", "html_comment"})


class Env:
    """One lexical scope: a module, namespace or function (`number` 0), or a block inside of one."""

    __slots__ = ("declared", "names", "number", "parent", "shared", "symbol")

    def __init__(self, parent: "Env | None", symbol: int, number: int = 0, *, shared: bool = False) -> None:
        self.parent = parent
        self.symbol = symbol
        self.number = number
        self.shared = shared  # its variables are symbols: a module, a namespace
        self.declared: dict[str, tuple[int, str, bool]] = {}  # name: scope symbol, name there, local
        self.names: dict[str, int] = {}  # name: expression

    def find(self, name: str) -> tuple[int, str, bool] | None:
        """Return where `name` as seen from here is declared: scope symbol, name there, whether local."""
        env: Env | None = self
        while env is not None:
            found = env.declared.get(name)
            if found is not None:
                return found
            env = env.parent
        return None

    def function(self) -> "Env":
        """Return the scope of the function, namespace or module around this block."""
        env = self
        while env.number and env.parent is not None:
            env = env.parent
        return env


class Walker:
    """What handlers read and write while they walk; `value` visits any node and returns its expression."""

    def __init__(self, builder: FactsBuilder, grammar: "Grammar", targets: dict[str, Target], *, locals: bool) -> None:
        self.builder = builder
        self.source = builder.source
        self.exprs = builder.exprs
        self.refs = builder.references
        self.table = grammar.table
        self.kinds = grammar.kinds
        self.targets = targets
        self.locals = locals
        self.env = Env(None, 0, shared=True)
        self.module = self.env
        self.within = 0
        self.static = False  # `this` is the class itself, not an instance
        self.receiver = NONE  # symbol of the class or object that `this` is an instance of
        self.home = NONE  # symbol of the class whose `super` is meant
        self.results: list[int] = []
        self.yields: list[int] = []
        self.decisions = 0
        self.decorators: list[int] = []  # of an export statement, for the class in it
        self.hints: tuple[int, ...] = ()  # what a callback that is visited next receives
        self.passed: tuple[int, int] | None = None  # callee and position of the callback that is visited next
        self.expected: tuple[int, int] | None = None  # the same, of the function whose parameters are visited
        self.promised = NONE  # what the function that is visited is declared to return
        self.declaring = NONE  # the symbol whose type parameters are visited next
        self.returning = False  # the object literal that is visited next is what a function returns
        self.blocks = 0
        self.starts: dict[tuple[int, str], int] = {}  # where locals and parameters are declared
        self.literals: dict[str, int] = {}
        self.listings = 0  # lists that builtins make, counted downwards
        self.comment_lines = 0
        self.exporting = False  # inside of `export …` at the top of the module
        self.declared_kind = "variable"  # of the variables that a pattern declares
        self.declared_flags = 0  # flags of whatever is declared next
        self.exported: list[str] = []
        self.exposed: list[str] = []  # local names that an `export { … }` lists
        self.prototypes: dict[int, list[int]] = {}  # functions that are classes, with what they inherit from
        self.is_module = False
        self.is_commonjs = False
        self.ambient: list[str] = []
        self.members: dict[tuple[int, str], int] = {}  # (owner symbol, name): member symbol
        self.anonymous: dict[tuple[int, str], int] = {}
        self.aliases: list[tuple[int, str, int, int]] = []  # exports under another name: scope, name, value, start
        self.overloads: dict[tuple[int, str], list[int]] = {}  # declared results of signatures before the body
        self.interned = builder.interned
        self.pending: list[tuple[Env, str, int]] = []
        self._assigned: list[tuple[Env, str, int, int]] = []

    # --- visiting ------------------------------------------------------------------------------
    def value(self, node: Node) -> int:
        """Visit a node and return its expression, or NONE."""
        return self.table[node.kind_id](self, node)

    def target(self, node: Node, role: int) -> int:
        """Visit what is called, inherited from or constructed: the last name of it has that role."""
        kind = self.kinds[node.kind_id]
        if kind == "identifier" or kind == "type_identifier":
            start, end = node.start_byte, node.end_byte
            name = self.source[start:end].decode("utf-8", LATIN)
            expr = self.env.names.get(name)
            if expr is None:
                expr = self.name(name)
            self.refs += (start, end, role, self.within, expr)
            return expr
        handler = self.targets.get(kind)
        return handler(self, node, role) if handler is not None else self.value(node)

    def text(self, node: Node) -> str:
        """Decode a node; what is not UTF-8 is Latin-1."""
        return self.source[node.start_byte : node.end_byte].decode("utf-8", LATIN)

    # --- names ---------------------------------------------------------------------------------
    def name(self, name: str) -> int:
        """Return the expression of a name as seen from the current scope."""
        env = self.env
        index = env.names.get(name)
        if index is None:
            index = env.names[name] = len(self.exprs)
            self.exprs.append((NAME, 0, name))
            self.pending.append((env, name, index))
        return index

    def refer(self, node: Node, role: int, expr: int) -> None:
        """Add a reference that stands on a node."""
        self.refs += (node.start_byte, node.end_byte, role, self.within, expr)

    def declare_symbol(self, env: Env, name: str, symbol: int) -> None:
        """Make a definition visible by its name; in a block under a name of that block's own."""
        if env.number:
            own = f"{name}@{env.number}"
            env.declared[name] = (env.symbol, own, False)
            self.bind(env.symbol, own, self.define(symbol), self.builder.symbols[symbol].name_start)
        else:
            env.declared[name] = (env.symbol, name, False)

    def declare_local(self, env: Env, name: str, value: int, start: int, *, local: bool = True) -> None:
        """Bind a name that is no definition: a local variable, a type parameter, an import."""
        own = f"{name}@{env.number}" if env.number else name
        env.declared[name] = (env.symbol, own, local)
        self.starts[env.symbol, own] = start
        self.bind(env.symbol, own, value, start)

    def bind(self, scope: int, name: str, value: int, start: int) -> None:
        """Add a binding."""
        self.builder.bindings.append(Binding(scope, name, value, start))

    def assign(self, name: str, value: int, start: int) -> None:
        """Note that a name in scope takes one more value."""
        if value != NONE:
            self._assigned.append((self.env, name, value, start))

    def block(self) -> Env:
        """Return a new block scope inside the current one."""
        self.blocks += 1
        return Env(self.env, self.env.symbol, self.blocks)

    def unnamed(self, scope: int, what: str) -> str:
        """Name the next anonymous thing of a scope: `<object1>`, `<type1>`, …"""
        number = self.anonymous[scope, what] = self.anonymous.get((scope, what), 0) + 1
        return f"<{what}{number}>"

    # --- expressions -------------------------------------------------------------------------------
    def define(self, symbol: int) -> int:
        """Return the expression of a definition itself."""
        return self.builder.expr((DEF, symbol))

    def attribute(self, base: int, name: str) -> int:
        """Return the expression of a member."""
        return self.builder.expr((ATTR, base, name))

    def either(self, *values: int) -> int:
        """Return the expression of "one of these"; NONE where none matters."""
        known = tuple(dict.fromkeys(v for v in values if v != NONE))
        if len(known) < 2:
            return known[0] if known else NONE
        return self.builder.expr((ANY, known))

    def instance(self, kind: int) -> int:
        """Return the expression of a value of a declared type."""
        if kind == NONE:
            return NONE
        expr = self.exprs[kind]
        head = expr[0]
        if head == CLASS:
            return cast(int, expr[1])  # `typeof x` is a type whose value is x
        if head == ANY:
            return self.either(*(self.instance(t) for t in cast("tuple[int, ...]", expr[1])))
        return self.builder.expr((INSTANCE, kind))

    def write(self, base: int, key: str | int | None, value: int, *, item: bool) -> None:
        """Note `base.key = value`, or `base[key] = value`."""
        if base != NONE and value != NONE:
            self.builder.writes.append(Write(base, key, value, item))

    # --- the end -----------------------------------------------------------------------------------
    def settle(self) -> None:
        """Point every name at the scope that declares it and drop references to plain locals."""
        local: set[int] = set()
        exprs = self.exprs
        for env, name, index in self.pending:
            around: Env | None = env
            while around is not None:
                found = around.declared.get(name)
                if found is not None:
                    exprs[index] = (NAME, found[0], found[1])
                    if found[2]:
                        local.add(index)
                    break
                around = around.parent
        for scope, alias, value, start in self.aliases:
            taken = scope == 0 and alias in self.module.declared
            self.bind(scope, f"{EXPORT}{alias}" if taken else alias, value, start)
        for env, name, value, start in self._assigned:
            found = env.find(name)
            if found is not None:  # one variable, one place: where it is declared
                self.bind(found[0], found[1], value, self.starts.get(found[:2], start))
        if local and not self.locals:
            refs = self.refs
            kept = [
                row
                for row in zip(refs[0::5], refs[1::5], refs[2::5], refs[3::5], refs[4::5], strict=True)
                if row[4] not in local or (row[2] != READS and row[2] != WRITES)
            ]
            refs[:] = [number for row in kept for number in row]


def visit_children(walker: Walker, node: Node) -> int:
    """Visit whatever lies below a node that means nothing by itself."""
    table = walker.table
    for child in node.named_children:
        table[child.kind_id](walker, child)
    return NONE


class Grammar:
    """A grammar's node kinds by their ids, and the handler of each."""

    def __init__(self, language: Language, handlers: dict[str, Handler]) -> None:
        self.kinds = {i: language.node_kind_for_id(i) or "" for i in range(language.node_kind_count)}
        self.kinds[ERROR_KIND] = "ERROR"
        self.table = {i: handlers.get(kind, visit_children) for i, kind in self.kinds.items()}


ERROR_KIND: Final = 0xFFFF
