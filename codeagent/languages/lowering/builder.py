"""The notebook a lowering writes into while it walks: interned expressions, symbols, references."""

import re
from array import array
from collections.abc import Iterable
from itertools import accumulate

from codeagent.domain.facts import (
    BOUND_OF,
    CALLABLE_KINDS,
    KIND,
    NAME,
    NONE,
    PARAMETER,
    Binding,
    ClassFact,
    Expr,
    FileFacts,
    FunctionFact,
    ImportFact,
    SymbolFact,
    Write,
)
from codeagent.domain.letters import LATIN

_SUPPRESSION = re.compile(rb"codeagent:\s*ignore(?:\[([^\]\n]*)\])?[ \t]*([^\n\r]*)")


class FactsBuilder:
    """Collects the facts of one file; `finish` freezes them.

    Hot loops may use the public lists directly: `expr` interns, everything else appends."""

    def __init__(self, language: str, source: bytes) -> None:
        self.language = language
        self.source = source
        self.package = ""
        self.exprs: list[Expr] = []
        self.interned: dict[Expr, int] = {}
        self.symbols: list[SymbolFact] = [SymbolFact("", KIND["module"], NONE, 0, len(source), 0, 0)]
        self.functions: list[FunctionFact] = []
        self.classes: list[ClassFact] = []
        self.imports: list[ImportFact] = []
        self.bindings: list[Binding] = []
        self.writes: list[Write] = []
        self.references: list[int] = []
        self.exports: list[str] | None = None
        self.dynamic: list[int] = []
        self.errors = 0
        self.error_bytes = 0
        self._lambdas: dict[int, int] = {}

    def expr(self, value: Expr) -> int:
        """Return the index of an expression, the same one for equal expressions."""
        exprs = self.exprs
        index = self.interned.setdefault(value, len(exprs))
        if index == len(exprs):
            exprs.append(value)
        return index

    def name(self, scope: int, name: str) -> int:
        """Return the expression of a lexical name."""
        return self.expr((NAME, scope, name))

    def parameter_type(self, symbol: int, index: int, name: str) -> int:
        """Return the type parameter of a class or function at a position."""
        return self.expr((PARAMETER, symbol, index, name))

    def bound_parameter(self, symbol: int, name: str, bound: int, start: int) -> None:
        """Note what a type parameter is at least, NONE for nothing; `start`: of its declaration."""
        self.bindings.append(Binding(symbol, BOUND_OF.format(name), bound, start))

    def open_symbol(
        self, name: str, kind: str, parent: int, span: tuple[int, int], name_span: tuple[int, int], flags: int = 0
    ) -> int:
        """Add a definition and return its index; update it later with `close_symbol`."""
        name = " ".join(name.split()) if "\n" in name or "\r" in name else name  # one line, as packed names are
        self.symbols.append(SymbolFact(name, KIND[kind], parent, *span, *name_span, flags))
        return len(self.symbols) - 1

    def close_symbol(self, index: int, complexity: int = 0, flags: int = 0) -> None:
        """Set what is only known after the body was walked; `flags` are added."""
        s = self.symbols[index]
        self.symbols[index] = SymbolFact(
            s.name, s.kind, s.parent, s.start, s.end, s.name_start, s.name_end, s.flags | flags, complexity
        )

    def next_lambda(self, scope: int) -> str:
        """Name the next anonymous function of a scope: `<lambda1>`, `<lambda2>`, …"""
        number = self._lambdas[scope] = self._lambdas.get(scope, 0) + 1
        return f"<lambda{number}>"

    def refer(self, start: int, end: int, role: int, within: int, expr: int) -> None:
        """Add a reference: the token it stands on, its role, the symbol around it, what it denotes."""
        self.references.extend((start, end, role, within, expr))

    def text(self, node: object) -> str:
        """Decode the text of a node; what is not UTF-8 is Latin-1."""
        return self.source[node.start_byte : node.end_byte].decode("utf-8", LATIN)  # type: ignore[attr-defined]  # a tree-sitter node

    def finish(self, comment_lines: int = 0) -> FileFacts:
        """Freeze. `comment_lines`: lines that hold nothing but comment, as the walk counted them."""
        rows = self.source.split(b"\n")
        starts = array("I", accumulate(map((1).__add__, map(len, rows[:-1])), initial=0))
        blank = list(map(bytes.strip, rows)).count(b"") - (not rows[-1])
        lines = len(starts) - (1 if self.source.endswith(b"\n") or not self.source else 0)
        return FileFacts(
            language=self.language,
            size=len(self.source),
            lines=lines,
            code_lines=max(lines - blank - comment_lines, 0),
            errors=self.errors,
            error_bytes=self.error_bytes,
            line_starts=starts.tobytes(),
            package=self.package,
            symbols=tuple(self.symbols),
            exprs=tuple(self.exprs),
            functions=tuple(self.functions),
            classes=tuple(self.classes),
            imports=tuple(self.imports),
            bindings=tuple(self.bindings),
            writes=tuple(self.writes),
            reference_rows=array("i", self.references).tobytes(),
            exports=None if self.exports is None else tuple(self.exports),
            dynamic=tuple(self.dynamic),
            suppressions=tuple(_suppressions(self.source)),
        )

    def callable_symbols(self) -> Iterable[int]:
        """The indexes of functions, methods, constructors, lambdas and macros."""
        return (i for i, symbol in enumerate(self.symbols) if symbol.kind in CALLABLE_KINDS)


def _suppressions(source: bytes) -> Iterable[tuple[int, str, str]]:
    """Yield (1-based line, rule or "", reason) of each `codeagent: ignore[rule] reason`."""
    if b"codeagent:" not in source:
        return
    for match in _SUPPRESSION.finditer(source):
        line = source.count(b"\n", 0, match.start()) + 1
        rules = (match[1] or b"").decode("utf-8", "replace").split(",")
        for rule in rules:
            yield line, rule.strip(), match[2].decode("utf-8", "replace").strip()
