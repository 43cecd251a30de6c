"""What one file says, whatever its language and wherever it lies: a pure function of its bytes.

Facts hold *symbolic* expressions, never answers: `Cart().total` stays "attribute `total` of a call
of the name `Cart`" until the resolver, which sees the whole repository, evaluates it. All positions
are byte offsets into the file, half-open. Symbols and expressions are referred to by their index.
"""

from typing import Any, Final

import msgspec

FACTS_VERSION: Final = 14

# --- expressions: tuples whose first member is one of these -------------------------------------
NONE: Final = -1  # "no expression": a value that cannot matter, such as a number

# C# adds to a NAME the member it stands before, "" for a type
NAME: Final = 0  # (NAME, scope symbol, name)         a lexical name, seen from that scope
ATTR: Final = 1  # (ATTR, base, name)                 a member of a value, class, module, package
CALL: Final = 2  # (CALL, callee, args, keywords)     the result; keywords: [(name, value)], "" = **
ITEM: Final = 3  # (ITEM, base, key | None)           base[key]; key only when it is a constant
EACH: Final = 4  # (EACH, base)                       what iterating over base yields
AWAIT: Final = 5  # (AWAIT, base)
DEF: Final = 6  # (DEF, symbol)                       the function, class or lambda itself
SEQ: Final = 7  # (SEQ, items, start)                 list, tuple, set literal; start tells them apart
MAP: Final = 8  # (MAP, [(key | None, value)], start) dict or object literal
ANY: Final = 9  # (ANY, alternatives)                 one of these: `a if c else b`, `a or b`
INSTANCE: Final = 10  # (INSTANCE, type)              a value of that declared type
LITERAL: Final = 11  # (LITERAL, type name)           a value of a builtin type: "str", "list", ...
PARAM: Final = 12  # (PARAM, function symbol, index)  a parameter, by position in `params`
IMPORT: Final = 13  # (IMPORT, spec, name | None)     what an import binds; None: the module itself
SELF: Final = 14  # (SELF, class symbol)              the receiver inside a method
SUPER: Final = 15  # (SUPER, class symbol)            `super()` inside a method of that class
STAR: Final = 16  # (STAR, base)                      `*base` among the arguments of a call
TYPED: Final = 17  # (TYPED, base, args)              generic type: `list[Cart]`, `Vec<Cart>`
CLASS: Final = 18  # (CLASS, base)                    the class of a value: `type(x)`, `cls`, typeof
LIVE: Final = 19  # (LIVE, scope, name, bindings)     a name where only those bindings can reach it

DECORATE: Final = 20  # (DECORATE, decorator, value)  what a decorator makes of a definition
EXPECTS: Final = 22  # (EXPECTS, callee, i, j)         what callee's parameter i, a function type, hands on as its j-th
PARAMETER: Final = 23  # (PARAMETER, symbol, index, name)  a type parameter of a class or function, by position
NARROW: Final = 24  # (NARROW, base, type, is)       a value that was tested to be of that type, or not to be
GIVEN: Final = 25  # (GIVEN, symbol, name)            what a framework hands that function or class by a name: a fixture
TAKES: Final = 21  # (TAKES, callee, args)            those of the callee that take such arguments; Swift: and labels
WITHIN: Final = 26  # (WITHIN, member, name)          a name where a receiver is implied: its member, else what it is
HANDED: Final = 27  # (HANDED, base)                  what a framework hands over, another alternative each time

PATTERN: Final = "is"  # in the place of a member: what stands there is a type, if there is one
ANY_LABEL: Final = "*"  # of a closure behind the parentheses of a call: it goes to any parameter
FIXTURE: Final = "fixture "  # before the name by which pytest knows a fixture that is called otherwise
PLUGINS: Final = "modules of fixtures"  # what `pytest_plugins` names
BOUND_OF: Final = "<{}>"  # the member of a symbol that holds what a type parameter of it is at least

# --- symbol kinds (LSP names) -----------------------------------------------------------------------
KINDS: Final = (
    "module", "class", "interface", "enum", "struct", "trait", "function", "method", "constructor",
    "property", "field", "variable", "constant", "type", "enum-member", "namespace", "lambda",
    "macro", "parameter", "object", "test",
)  # fmt: skip
KIND: Final = {name: index for index, name in enumerate(KINDS)}
TYPE_KINDS: Final = frozenset(KIND[k] for k in ("class", "interface", "enum", "struct", "trait", "object", "type"))
CALLABLE_KINDS: Final = frozenset(KIND[k] for k in ("function", "method", "constructor", "lambda", "macro"))
METHOD_LIKE: Final = frozenset(KIND[k] for k in ("method", "constructor", "property"))

TYPE_ONLY: Final = 1  # of an import: it is gone when the program runs
CHOSEN: Final = 4  # of an import: it is dynamic, or holds under a condition
PROJECT_WIDE: Final = 8  # of an import: it holds in every file of the project; Bash: it may load any other file
SCRIPT_ONLY: Final = 16  # of an import: it is done where the file is run, not where it is imported
NOT_LOADED: Final = TYPE_ONLY | SCRIPT_ONLY

# --- symbol flags ------------------------------------------------------------------------------------
EXPORTED: Final = 1  # visible outside its file by the language's own rule (pub, export, capital, public)
ASYNC: Final = 2
GENERATOR: Final = 4
STATIC: Final = 8  # no receiver: static method, associated function
CLASSMETHOD: Final = 16  # the first parameter is the class
PROPERTY: Final = 32  # read like an attribute, runs like a function
ABSTRACT: Final = 64  # has no body of its own: interface member, abstract, overload, trait signature
DECORATED: Final = 128  # a decorator, annotation or attribute stands on it
OVERRIDE: Final = 256
TEST: Final = 512  # a test by the language's own marks (@Test, #[test])
CONDITIONAL: Final = 1024  # defined under an `if`, `try` or preprocessor branch
DEFAULT_EXPORT: Final = 2048
SETTER: Final = 4096  # runs when the attribute is assigned or deleted
FILE_ONLY: Final = 8192  # seen in its file alone, which others share names with: what is `private` in Swift, Java

# --- reference roles ---------------------------------------------------------------------------------
# make: constructs, but runs no function; hand: a whole call, which hands over something that may be called in turn
ROLES: Final = ("call", "read", "write", "import", "inherit", "make", "hand")
CALLS, READS, WRITES, IMPORTS, INHERITS, MAKES, HANDS = range(7)

# --- parameter kinds ---------------------------------------------------------------------------------
POSITIONAL, KEYWORD_ONLY, VARARGS, KWARGS = range(4)

Expr = tuple[Any, ...]  # the first member says what the others are


class SymbolFact(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One definition. Index 0 is always the module itself (name "", parent -1, the whole file)."""

    name: str
    kind: int
    parent: int  # index of the enclosing symbol
    start: int  # whole definition, decorators and annotations included
    end: int
    name_start: int
    name_end: int
    flags: int = 0
    complexity: int = 0  # cyclomatic (decision points + 1) for callables, 0 else; nested ones apart


class Param(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One parameter; `annotation` and `default` are expressions (a type, a value) or NONE."""

    name: str
    kind: int
    annotation: int = NONE
    default: int = NONE
    start: int = 0  # of its name
    label: str = ""  # Swift: what calls put before the argument, "_" for nothing


class FunctionFact(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The flow of one callable: what goes in and what comes out."""

    symbol: int
    params: tuple[Param, ...] = ()
    returns: int = NONE  # declared result type (an expression), NONE where not declared
    results: tuple[int, ...] = ()  # expressions it returns
    yields: tuple[int, ...] = ()  # expressions it yields
    decorators: tuple[int, ...] = ()  # outermost first
    owner: int = NONE  # type expression it is a method of, where that is not its parent (Go, Rust impl)


class ClassFact(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The shape of one type beyond its members (which are its child symbols and bindings)."""

    symbol: int
    bases: tuple[int, ...] = ()  # type expressions: superclasses, interfaces, embedded types, traits
    decorators: tuple[int, ...] = ()
    keywords: tuple[tuple[str, int], ...] = ()  # metaclass=...
    owner: int = NONE  # type expression that has these bases, where that is not its symbol (Rust: impl Trait for Type)
    start: int = NONE  # of that base, then


class ImportFact(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One imported thing, as written: `from spec import name as alias`."""

    spec: str  # as the language writes it; leading dots kept
    name: str | None  # None: the module or package itself; "*": everything
    alias: str | None
    scope: int
    start: int  # of the imported name, or of the spec
    end: int
    flags: int = 0  # 1 type-only, 2 re-export, 4 dynamic or conditional, and the constants above


class Binding(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """`name` in `scope` may be `value`. A class's scope holds its attributes (`self.x = v` too)."""

    scope: int
    name: str
    value: int
    start: int  # of the name that is bound


class Write(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """`base.name = value` (item False) or `base[key] = value` (item True) on something not `self`."""

    base: int
    key: str | int | None
    value: int
    item: bool


class FileFacts(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Everything the graph needs to know of one file."""

    language: str
    size: int  # bytes
    lines: int
    code_lines: int  # neither blank nor only comment
    errors: int  # parse errors (ERROR and MISSING nodes)
    error_bytes: int
    line_starts: bytes  # array("I") of the byte offset of each line
    package: str  # declared package or namespace: Java, Go, C#, PHP, Kotlin; "" else
    symbols: tuple[SymbolFact, ...]
    exprs: tuple[Expr, ...]
    functions: tuple[FunctionFact, ...]
    classes: tuple[ClassFact, ...]
    imports: tuple[ImportFact, ...]
    bindings: tuple[Binding, ...]
    writes: tuple[Write, ...]
    reference_rows: bytes  # array("i"), as `references` tells it; a tree has a million, and as bytes they are small
    exports: tuple[str, ...] | None  # an explicit list such as `__all__`; None where there is none
    dynamic: tuple[int, ...] = ()  # starts of what cannot be known: computed getattr, eval, importlib
    suppressions: tuple[tuple[int, str, str], ...] = ()  # line, rule, reason of `codeagent: ignore[rule] reason`

    @property
    def references(self) -> "memoryview[int]":
        """The references, flat: start, end, role, within (symbol), expression; repeated."""
        return memoryview(self.reference_rows).cast("i")
