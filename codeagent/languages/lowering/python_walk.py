"""Python: the state of one walk, names and their live bindings, and what every handler shares."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain

from tree_sitter import Node

from codeagent.domain.facts import (
    ATTR,
    CALLABLE_KINDS,
    CALLS,
    CLASS,
    EACH,
    IMPORT,
    KIND,
    LITERAL,
    LIVE,
    NAME,
    NONE,
    PARAMETER,
    READS,
    SELF,
    WRITES,
    Binding,
    Expr,
    Write,
)
from codeagent.domain.letters import LATIN
from codeagent.languages.lowering.builder import FactsBuilder

Handler = Callable[["Walk", Node, int], int]
_CLASS = KIND["class"]
_MODULE = KIND["module"]
_NAMES, _RECEIVERS = frozenset((NAME, LIVE)), frozenset((SELF, CLASS, PARAMETER))
_DECLARING = (_MODULE, _CLASS)  # scopes whose variables are symbols


class Walk(FactsBuilder):
    """One module being lowered. `on[kind id](walk, node, scope)` returns an expression or NONE."""

    # kind ids of the grammar that hot handlers compare; set once by `know`
    IDENTIFIER = ATTRIBUTE = ARGUMENTS = COMMENT = CONTINUATION = -1
    IN_ARGUMENTS: Mapping[int, str] = {}

    @classmethod
    def know(cls, ids: Mapping[str, int]) -> None:
        """Note the kind ids of one grammar by name."""
        cls.IDENTIFIER, cls.ATTRIBUTE = ids["identifier"], ids["attribute"]
        cls.ARGUMENTS, cls.COMMENT = ids["argument_list"], ids["comment"]
        cls.CONTINUATION = ids["line_continuation"]
        cls.IN_ARGUMENTS = {
            ids[name]: name for name in ("keyword_argument", "dictionary_splat", "list_splat", "comment")
        }

    def __init__(self, source: bytes, on: Sequence[Handler], locals: bool, hoisted: dict[int, set[str]]) -> None:
        super().__init__("python", source)
        self.on = on
        self.locals = locals
        self.ascii = source.isascii()
        self.chars = source.decode("latin-1")
        self.live: dict[str, tuple[int, ...]] = {}  # of the scope being walked: name -> bindings
        self.live_items = False  # whether `live` holds items such as `d['a']`, as expressions
        self.branches: dict[int, int] = {}  # decision points per symbol
        self.redirected: dict[int, dict[str, int]] = {}  # scope -> `global`/`nonlocal` name -> its scope
        self.globals: set[str] = set()
        self.generics: dict[str, int] = {}  # type parameters that are seen here
        self.renamed: list[dict[str, str]] = []  # comprehension variables, innermost last
        self.receivers: dict[int, tuple[str, int, Expr]] = {}  # function -> `self`, its class, its value
        self.members: dict[tuple[int, str], int] = {}  # (module or class, name) -> its variable symbol
        self.definitions: dict[tuple[int, str], int] = {}  # functions and classes whose names nothing else binds
        self.fields: dict[int, dict[str, tuple[int, int]]] = {}  # class -> attributes its methods assign
        self.protocols: set[int] = set()  # classes whose methods are only declared
        self.annotated: set[tuple[int, str]] = set()  # (function, parameter) whose types are declared
        self.results: dict[int, list[int]] = {}  # callable -> what it returns
        self.yields: dict[int, list[int]] = {}
        self.generators: set[int] = set()
        self.hoisted = hoisted  # names that an earlier walk found bound below their first use
        self.chains: dict[int, tuple[int, ...]] = {0: ()}  # scope -> it and those around that it sees
        self.bound: dict[int, set[str]] = {0: set()}
        self.passed: set[tuple[int, str]] = set()
        self.late: list[tuple[int, str]] = []
        self.handing: set[int] = set()  # fixtures that have `request.param`
        self.text_literal = self.expr((LITERAL, "str"))

    def word(self, node: Node) -> str:
        """The text of an identifier."""
        text = self.chars[node.start_byte : node.end_byte]
        if self.ascii or text.isascii():
            return text
        return text.encode("latin-1").decode("utf-8", LATIN)

    def children(self, node: Node) -> list[Node]:
        """The named children without comments and backslashes at line ends."""
        found, extras = node.named_children, (self.COMMENT, self.CONTINUATION)
        for child in found:
            if child.kind_id in extras:
                return [one for one in found if one.kind_id not in extras]
        return found

    # --- names ---------------------------------------------------------------------------------

    def lexical(self, name: str, scope: int) -> int:
        """The expression of a name read in `scope`, as precise as its live bindings allow."""
        if name in self.generics:
            return self.generics[name]
        if self.renamed:
            for names in reversed(self.renamed):
                if name in names:
                    return self.expr((NAME, scope, names[name]))
        bindings = self.live.get(name)
        if bindings is not None:
            return self.expr((LIVE, scope, name, bindings))
        if self.redirected and name in (redirect := self.redirected.get(scope, {})):
            return self.expr((NAME, redirect[name], name))
        for outer in self.chains[scope]:
            if not outer:
                break
            if name in self.bound[outer]:
                receiver = self.receivers.get(outer)
                if receiver and receiver[0] == name and not self.locals:
                    return self.expr(receiver[2])
                return self.expr((NAME, outer, name))
            self.passed.add((outer, name))
        return self.expr((NAME, 0, name))

    def enter(self, symbol: int, parent: int, names: Iterable[str]) -> None:
        """Open the scope of a function or class: which names it binds so far, where else they may be."""
        outer = self.chains[parent]
        self.chains[symbol] = (symbol, *(s for s in outer if self.symbols[s].kind != _CLASS))
        self.bound[symbol] = self.hoisted.get(symbol, set()) | set(names)

    def note(self, scope: int, name: str) -> None:
        """Note that a scope binds a name; a read that already looked past it must be lowered anew."""
        names = self.bound[scope]
        if name not in names:
            names.add(name)
            if (scope, name) in self.passed and self.symbols[scope].kind != _CLASS:  # a class body runs as it stands
                self.late.append((scope, name))

    def bind(self, scope: int, name: str, value: int, start: int, end: int, declare: str = "variable") -> None:
        """Bind a name by assignment, import, `for`, `with`, …; `declare` is the kind of its symbol."""
        target = scope
        redirect = self.redirected.get(scope)
        inner = bool(self.renamed) and name in self.renamed[-1]  # a comprehension's own, whatever is `global` around it
        if redirect and name in redirect and not inner:
            target = redirect[name]
        if inner:
            name = self.renamed[-1][name]
        elif target == scope:
            if self.live_items:
                self.forget_items(f"{name}[")
            self.live[name] = (len(self.bindings),)
        self.bindings.append(Binding(target, name, value, start))
        self.note(target, name)
        if self.definitions.pop((target, name), NONE) != NONE:
            declare = ""  # it stays the symbol that it is
        kind = self.symbols[target].kind
        if declare and kind in _DECLARING:
            self.declare(target, name, "field" if kind == _CLASS else declare, start, end)
        if declare and (self.locals or kind in _DECLARING or target != scope):
            self.references.extend((start, end, WRITES, scope, self.expr((NAME, target, name))))

    def keep_item(self, place: str, value: int) -> None:
        """Note that an item of a container surely holds a value until something may change it."""
        self.live[place] = (value,)
        self.live_items = True

    def forget_items(self, name: str = "") -> None:
        """Forget what is known of items: a call may have changed any of them."""
        self.live = {key: value for key, value in self.live.items() if "[" not in key or not key.startswith(name)}
        self.live_items = bool(name) and any("[" in key for key in self.live)

    def declare(self, owner: int, name: str, kind: str, start: int, end: int) -> None:
        """Make a module variable or a class attribute a symbol, once."""
        if (owner, name) in self.members:
            return
        if kind == "variable" and name.isupper():
            kind = "constant"
        self.members[owner, name] = self.open_symbol(name, kind, owner, (start, end), (start, end))

    def bind_member(self, owner: int, name: str, value: int, start: int, end: int, scope: int) -> None:
        """Bind an attribute of the enclosing class: `self.name = value`."""
        self.bindings.append(Binding(owner, name, value, start))
        self.fields.setdefault(owner, {}).setdefault(name, (start, end))
        self.references.extend((start, end, WRITES, scope, self.expr((ATTR, self.expr((SELF, owner)), name))))

    def declare_fields(self, owner: int) -> None:
        """Make symbols of the attributes that methods assign, unless the class body defines them."""
        for name, (start, end) in self.fields.pop(owner, {}).items():
            if name not in self.bound[owner]:
                self.declare(owner, name, "field", start, end)

    def write(self, base: int, key: str | int | None, value: int, item: bool) -> None:
        """Note an assignment to an attribute or item of some other value."""
        if value != NONE:
            self.writes.append(Write(base, key, value, item))

    def receiver(self, name: str, scope: int) -> int:
        """The class whose instance `name` is inside a method (or a function nested in one), or NONE."""
        while scope > 0:
            found = self.receivers.get(scope)
            if found and found[0] == name and found[1] != NONE:
                return found[1]
            scope = self.symbols[scope].parent
        return NONE

    def enclosing_class(self, scope: int) -> int:
        """The class that a method or its nested functions belong to, or NONE."""
        while scope > 0:
            scope, inner = self.symbols[scope].parent, scope
            if self.symbols[inner].kind == _CLASS:
                return inner
        return NONE

    def each(self, value: int) -> int:
        """The expression of an element of `value`."""
        return self.expr((EACH, value)) if value != NONE else NONE

    # --- blocks ----------------------------------------------------------------------------------

    def block(self, node: Node, scope: int) -> None:
        """Walk the statements of a block or module."""
        on = self.on
        for child in node.named_children:
            on[child.kind_id](self, child, scope)

    def isolated(self, node: Node, scope: int) -> dict[str, tuple[int, ...]]:
        """Walk a branch from the present state; give the state at its end and restore the present."""
        before = self.live
        self.live = dict(before)
        self.on[node.kind_id](self, node, scope)
        after, self.live = self.live, before
        return after

    def merge(self, states: Sequence[dict[str, tuple[int, ...]]]) -> None:
        """Continue from any of several states: a name not live in all of them is not live at all."""
        first, *rest = states
        merged = {}
        for name, bindings in first.items():
            if all(name in state for state in rest):
                for state in rest:
                    if state[name] != bindings:
                        bindings = tuple(sorted({*bindings, *state[name]}))
                merged[name] = bindings
        self.live = merged

    # --- the end -----------------------------------------------------------------------------------

    def settle(self) -> None:
        """Drop references to function-local names and undo live ranges that cannot be trusted."""
        for i, expr in enumerate(self.exprs) if self.globals else ():
            if expr[0] == LIVE and (expr[1] == 0 and expr[2] in self.globals):
                self.exprs[i] = (NAME, 0, expr[2])
        for scope, count in self.branches.items():
            self.close_symbol(scope, count + 1)
        if self.locals:
            return
        local = self._local_expressions()
        rows = zip(*[iter(self.references)] * 5, strict=True)
        self.references = list(chain.from_iterable(row for row in rows if row[2] == CALLS or row[4] not in local))

    def _local_expressions(self) -> set[int]:
        """Which expressions are names of a function's own parameters and variables, imports apart."""
        imported = {
            (b.scope, b.name) for b in self.bindings if b.value != NONE and self.exprs[b.value][0] == IMPORT and b.scope
        }
        defined = {(symbol.parent, symbol.name) for symbol in self.symbols}
        known = imported | defined
        return {
            index
            for index, expr in enumerate(self.exprs)
            if (op := expr[0]) in _RECEIVERS or (op in _NAMES and expr[1] and expr[1:3] not in known)
        }


def descend(walk: Walk, node: Node, scope: int) -> int:
    """Walk the children of a node that means nothing by itself."""
    on = walk.on
    for child in node.named_children:
        on[child.kind_id](walk, child, scope)
    return NONE


def leaf(walk: Walk, node: Node, scope: int) -> int:
    """Skip a node that holds nothing of interest."""
    return NONE


def decide(walk: Walk, scope: int) -> None:
    """Count one decision point of the callable around."""
    walk.branches[scope] = walk.branches.get(scope, 0) + 1


__all__ = ["CALLABLE_KINDS", "READS", "Handler", "Walk", "decide", "descend", "leaf"]
