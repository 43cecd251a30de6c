"""Facts as text that a person can read and a case file can hold."""

from codeagent.domain import facts as f
from codeagent.domain.facts import KINDS, NONE, ROLES, FileFacts
from codeagent.graph.ids import dotted_names

_FLAGS = {
    f.EXPORTED: "exported", f.ASYNC: "async", f.GENERATOR: "generator", f.STATIC: "static",
    f.CLASSMETHOD: "classmethod", f.PROPERTY: "property", f.ABSTRACT: "abstract", f.DECORATED: "decorated",
    f.OVERRIDE: "override", f.TEST: "test", f.CONDITIONAL: "conditional", f.DEFAULT_EXPORT: "default",
}  # fmt: skip


class Listing:
    """Renders the facts of one file, line by line."""

    def __init__(self, facts: FileFacts, source: bytes) -> None:
        self.facts = facts
        self.source = source
        self.names = dotted_names(facts.symbols)

    def text(self) -> str:
        """Return the whole listing."""
        parts = [self.head(), self.symbols(), self.flow(), self.imports(), self.bindings(), self.references()]
        return "\n".join(line for part in parts for line in part) + "\n"

    def head(self) -> list[str]:
        """One line on the file as a whole."""
        facts = self.facts
        package = f", package {facts.package}" if facts.package else ""
        return [f"{facts.language}: {facts.lines} lines, {facts.code_lines} of code, {facts.errors} errors{package}"]

    def symbols(self) -> list[str]:
        """One line a symbol."""
        lines = []
        for name, symbol in zip(self.names[1:], self.facts.symbols[1:], strict=True):
            flags = "".join(f" {word}" for flag, word in _FLAGS.items() if symbol.flags & flag)
            complexity = f" ({symbol.complexity})" if symbol.complexity > 1 else ""
            lines.append(f"{self.line(symbol.name_start)} {KINDS[symbol.kind]} {name}{complexity}{flags}")
        return lines

    def flow(self) -> list[str]:
        """Bases, parameters, results and receivers."""
        lines = [
            f"{self.names[c.symbol] or self.expr(c.owner)} inherits {', '.join(map(self.expr, c.bases))}"
            for c in self.facts.classes
            if c.bases
        ]
        for fact in self.facts.functions:
            params = ", ".join(
                p.name + (f": {self.expr(p.annotation)}" if p.annotation != NONE else "") for p in fact.params
            )
            returns = f" -> {self.expr(fact.returns)}" if fact.returns != NONE else ""
            results = f" gives {', '.join(map(self.expr, fact.results))}" if fact.results else ""
            owner = f" of {self.expr(fact.owner)}" if fact.owner != NONE else ""
            if params or returns or results or owner:
                lines.append(f"{self.names[fact.symbol]}({params}){returns}{results}{owner}")
        return lines

    def imports(self) -> list[str]:
        """One line an import."""
        return [
            f"{self.line(i.start)} import {i.spec}"
            + (f" : {i.name}" if i.name else "")
            + (f" as {i.alias}" if i.alias else "")
            for i in self.facts.imports
        ]

    def bindings(self) -> list[str]:
        """One line a binding or a write that has a value."""
        facts = self.facts
        lines = [
            f"{self.names[b.scope] or 'module'}: {b.name} = {self.expr(b.value)}"
            for b in facts.bindings
            if b.value != NONE
        ]
        return lines + [
            f"{self.expr(w.base)}{'[]' if w.item else f'.{w.key}'} = {self.expr(w.value)}" for w in facts.writes
        ]

    def references(self) -> list[str]:
        """One line a reference, in order of position."""
        rows = sorted(zip(*[iter(self.facts.references)] * 5, strict=True))
        return [
            f"{self.line(start)} {ROLES[role]} {self.source[start:end].decode('utf-8', 'replace')}"
            f" in {self.names[within] or 'module'}: {self.expr(expr)}"
            for start, end, role, within, expr in rows
        ]

    def line(self, offset: int) -> int:
        """Return the 1-based line of a byte offset."""
        return self.source.count(b"\n", 0, offset) + 1

    def expr(self, index: int) -> str:
        """Return an expression in a notation close to code."""
        if index == NONE:
            return "?"
        op, *rest = self.facts.exprs[index]
        match op:
            case f.NAME:
                return str(rest[1])
            case f.ATTR:
                return f"{self.expr(rest[0])}.{rest[1]}"
            case f.CALL:
                return f"{self.expr(rest[0])}({', '.join(map(self.expr, rest[1]))})"
            case f.ITEM:
                return f"{self.expr(rest[0])}[{'' if rest[1] is None else rest[1]}]"
            case f.EACH | f.AWAIT | f.STAR | f.CLASS:
                word = {f.EACH: "each", f.AWAIT: "await", f.STAR: "star", f.CLASS: "class"}[op]
                return f"{word} {self.expr(rest[0])}"
            case f.DEF:
                return f"<{self.names[rest[0]]}>"
            case f.SEQ | f.ANY:
                opening, closing = ("[", "]") if op == f.SEQ else ("(", ")")
                return opening + (", " if op == f.SEQ else " | ").join(map(self.expr, rest[0])) + closing
            case f.MAP:
                return "{" + ", ".join(f"{key}: {self.expr(value)}" for key, value in rest[0]) + "}"
            case f.INSTANCE:
                return f"a {self.expr(rest[0])}"
            case f.PARAMETER:
                return str(rest[2])
            case f.TYPED:
                return f"{self.expr(rest[0])}<{', '.join(map(self.expr, rest[1]))}>"
            case f.IMPORT:
                return f"import({rest[0]}{'' if rest[1] is None else ' : ' + rest[1]})"
            case f.SELF | f.SUPER:
                return f"{'self' if op == f.SELF else 'super'}<{self.names[rest[0]]}>"
            case f.LIVE:
                return f"{rest[1]}@{','.join(str(self.line(self.facts.bindings[i].start)) for i in rest[2])}"
            case f.DECORATE:
                return f"{self.expr(rest[0])} on {self.expr(rest[1])}"
            case f.TAKES:
                return f"{self.expr(rest[0])}/{len(rest[1])}"
            case f.WITHIN:
                return f"({self.expr(rest[0])} else {self.expr(rest[1])})"
            case f.PARAM:
                return f"param {rest[1]}"
            case _:
                return f"a {rest[0]}"


def listing(facts: FileFacts, source: bytes) -> str:
    """Return the readable listing of one file's facts."""
    return Listing(facts, source).text()
