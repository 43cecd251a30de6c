"""Reads the matches of a query in the right order and writes references, imports and bindings."""

from collections.abc import Iterable
from typing import Final

from tree_sitter import Node

from codeagent.domain.facts import (
    CALL,
    CALLS,
    INHERITS,
    NAME,
    NONE,
    PATTERN,
    READS,
    WRITES,
    FileFacts,
)
from codeagent.languages.lowering.binding import assign, bring
from codeagent.languages.lowering.builder import FactsBuilder
from codeagent.languages.lowering.declarations import Declarations
from codeagent.languages.lowering.handing import Handing
from codeagent.languages.lowering.patterns import Pattern, Plan
from codeagent.languages.lowering.shapes import Captures, Shapes, attribute, callee

_Spans = list[tuple[int, int]]
_Found = dict[str, list[tuple[Pattern, list[Captures]]]]
# shapes that stand for the node under this capture
_WRAPPERS: Final = {"same": "value", "typed": "base", "nested": "value"}


class Reader:
    """One file's matches, by role, on their way to facts."""

    def __init__(
        self, facts: FactsBuilder, source: bytes, plan: Plan, found: _Found, locals: bool, macros: _Spans
    ) -> None:
        self.facts = facts
        self.found = found
        self.locals = locals
        self.macros = macros  # words that the tree was made without
        self.shapes = Shapes(facts, source, plan)
        self.declared = Declarations(facts, self.shapes)
        self.roles: dict[int, int] = {}  # node id: what else than read its name is used for
        self.takes: dict[int, tuple[Pattern, Captures]] = {}  # node id: the call whose arguments choose overloads
        self.heirs: dict[int, int] = {}  # node id of a base: the class that has it
        self.before: dict[int, str] = {}  # node id of a name that may be a type's: the member behind it
        self.comment_lines = 0

    def read(self) -> FileFacts:
        """Go through the roles in the order in which they need each other."""
        for role in ("expression", "call"):
            for pattern, matches in self.found.get(role, ()):
                for got in matches:
                    self.shapes.found.setdefault(got[pattern.anchor][0].id, (pattern, got))
        if "block" in self.found:
            self.shapes.hands = Handing(self.shapes, self._each("block"))
        generics, typenames = ([got for _, got in self._each(role)] for role in ("generic", "typename"))
        self.declared.define(self.found.get("definition", []), generics, typenames)
        imports: dict[tuple[int, ...], tuple[Pattern, Captures]] = {}
        for pattern, got in self._each("import"):  # a later pattern says more of the same import
            imports[got["import"][0].id, got["name"][0].id if "name" in got else 0] = (pattern, got)
        for pattern, got in imports.values():
            bring(self.declared, pattern, got)
        self.declared.taken.update(got["skip"][0].id for _, got in self._each("skip"))
        for _, got in self._each("alike"):
            self.before[got["alike"][0].id] = self.shapes.word(got["name"][0]) if "name" in got else PATTERN
        for pattern, got in self._each("expression"):
            if pattern.detail == "nested":  # outermost first: it says what the inner ones mean
                self.shapes.value(got[pattern.anchor][0])
        self._headers()
        self._variables()
        self._calls()
        for _, got in self._each("assignment"):
            target, value = got["target"][0], self.shapes.value(got["value"][0]) if "value" in got else NONE
            if target.id in self.declared.taken:  # it only tells which parameter an argument is for
                continue
            if assign(self.declared, target, value):
                self._mark(target, WRITES)
        for _, got in self._each("result"):
            value = self.shapes.value(got["value"][0])
            symbol = self.declared.callable_at(self.shapes.scopes, got["value"][0].start_byte)
            if value != NONE and symbol:
                self.declared.drafts[symbol].results.append(value)
        self._attributes()
        self._names()
        for _, got in self._each("comment"):
            self._comment(got["comment"][0])
        self.declared.freeze()
        return self.facts.finish(self.comment_lines)

    def _each(self, role: str) -> list[tuple[Pattern, Captures]]:
        return [(pattern, got) for pattern, matches in self.found.get(role, ()) for got in matches]

    # --- declarations ---------------------------------------------------------------------------------
    def _headers(self) -> None:
        """Packages, parameters, modifiers, decorations, bases, decision points."""
        declared, shapes = self.declared, self.shapes
        self._package()
        for pattern, got in _fullest(self._each("parameter")):
            declared.parameter(pattern, got)
        for pattern, got in self._each("modifier"):
            node = got["modifier"][0]
            declared.modifier(shapes.word(node), node.start_byte, pattern.settings)
        for _, got in self._each("decoration"):
            node, named = got["decoration"][0], got.get("name")
            declared.decoration(shapes.word(node), node.start_byte, shapes.value(named[0]) if named else NONE)
        for _, got in self._each("inherit"):
            heir = declared.inherit(got["inherit"][0])
            self.heirs[self._mark(got["inherit"][0], INHERITS)] = heir
        for _, got in self._each("complexity"):
            symbol = declared.callable_at(shapes.scopes, got["complexity"][0].start_byte)
            declared.drafts[symbol].complexity += 1

    def _package(self) -> None:
        """Note the package of the file: of several in one file the one that most of it stands in."""
        most = -1
        for _, got in self._each("package"):
            node = got["package"][0]
            body = node.parent.child_by_field_name("body") if node.parent else None
            size = body.end_byte - body.start_byte if body else 0
            if size > most:
                self.facts.package, most = self.shapes.word(node), size
            self.declared.take(got["package"])

    def _variables(self) -> None:
        """Bind what definitions declared, then what patterns declare where they stand."""
        for parent, pattern, got in self.declared.variables:
            self.declared.variable(parent, pattern, got)
        for pattern, got in self._each("variable"):
            node = got[pattern.anchor][0]
            if "name" in got:
                node = got["name"][0]
                self.declared.taken.add(node.id)
            self.declared.variable(self.shapes.scopes.at(node.start_byte), pattern, got)

    # --- references ------------------------------------------------------------------------------------
    def _mark(self, node: Node, role: int) -> int:
        """Give the name that a node ends in another role than being read; return the id of its node."""
        shape = self.shapes.found.get(node.id)
        while shape is not None and shape[0].detail in _WRAPPERS:
            node = shape[1][_WRAPPERS[shape[0].detail]][0]
            shape = self.shapes.found.get(node.id)
        self.roles[node.id] = role
        return node.id

    def _calls(self) -> None:
        """Refer to what is called, and mark it so that it is not read as well."""
        shapes, _facts = self.shapes, self.facts
        for pattern, matches in self.found.get("call", ()):
            for got in matches:
                if "callee" in got:
                    self._called(got["callee"][0], pattern, got)
                    continue
                named = got["name"][0]
                self.declared.taken.add(named.id)
                self._refer(named, CALLS, callee(shapes, pattern, got))
        for pattern, matches in self.found.get("expression", ()):
            if pattern.detail == "new":
                for got in matches:
                    self._called(got["type"][0], pattern, got)

    def _called(self, node: Node, pattern: Pattern, got: Captures) -> None:
        """Mark what a call calls, and remember its arguments where they choose among overloads."""
        name = self._mark(node, CALLS)
        if "overloads" in pattern.settings:
            self.takes[name] = (pattern, got)

    def _taking(self, key: int, value: int) -> int:
        return self.shapes.taking(value, *self.takes[key])

    def _refer(self, node: Node, role: int, expr: int, key: int = NONE) -> None:
        start = node.start_byte
        within = self.heirs.get(key, NONE)
        within = within if within > 0 else self._within(start, role)
        self.facts.references += (start, node.end_byte, role, within, expr)

    def _within(self, start: int, role: int) -> int:
        """Return the symbol that a reference belongs to: defaults of parameters are computed by their function."""
        scope = self.shapes.scopes.at(start)
        if role != CALLS:
            return scope
        whole = self.declared.around.at(start)
        in_header = self.declared.drafts[whole].runs and self.facts.symbols[whole].name_end <= start
        return whole if in_header and self.facts.symbols[whole].parent == scope else scope

    def _attributes(self) -> None:
        """Refer to every member that is named, innermost first."""
        taken, roles = self.declared.taken, self.roles
        for pattern, matches in self.found.get("expression", ()):
            if pattern.detail == "attribute":
                for got in reversed(matches):
                    node, named = got[pattern.anchor][0], got["name"][0]
                    if node.id in taken or named.id in taken:
                        continue
                    taken.add(named.id)
                    key = node.id
                    own = self.shapes.found[key][1] is got  # else the whole stands for something else than its name
                    value = self.shapes.value(node) if own else attribute(self.shapes, got)
                    value = self._taking(key, value) if key in self.takes else value
                    self._refer(named, roles.get(key, READS), value, key)
            elif pattern.detail == "typeof":
                for got in matches:
                    node = got[pattern.anchor][0]
                    if roles.get(node.id) == CALLS:  # `self.class.new`
                        self._refer(node, CALLS, self.shapes.value(node))
            elif pattern.detail == "super" and pattern.settings.get("calls") is not None:
                for got in matches:
                    node = got[pattern.anchor][0]
                    self._refer(node, CALLS, self.shapes.value(node))
            elif pattern.detail in ("instance", "import"):
                for got in matches:
                    node = got[pattern.anchor][0]
                    if node.id in taken or "silent" in pattern.settings:
                        continue
                    if pattern.detail == "import":
                        self.declared.take(got[pattern.anchor])
                    self._refer(node, roles.get(node.id, READS), self.shapes.value(node), node.id)

    def _names(self) -> None:
        """Refer to every bare name that is not a definition's, and no local variable's unless called."""
        taken, roles, shapes, references = self.declared.taken, self.roles, self.shapes, self.facts.references
        found, word_of, latin, scope_at = shapes.found, shapes.word, shapes.latin, shapes.scopes.at
        expr, local, generic_at = self.facts.expr, self._local_names(), shapes.generics.at
        implied = shapes.hands is not None and shapes.hands.implies
        for pattern, matches in self.found.get("read", ()):
            default = CALLS if "call" in pattern.settings else READS
            for got in matches:
                node = got["read"][0]
                key = node.id
                if key in taken:
                    continue
                start, end = node.start_byte, node.end_byte
                word = latin[start:end] if shapes.plain else word_of(node)
                scope, role = scope_at(start), roles.get(key, NONE)
                if role != CALLS and word in local[scope] and not self.locals:
                    continue
                generic = generic_at(start, word)
                if generic != NONE:
                    value = generic
                elif key not in found and key in shapes.values:
                    value = shapes.values[key]
                elif key not in found:
                    value = shapes.bare(node, scope, word) if implied else expr((NAME, scope, word, *self._member(key)))
                elif role == NONE and "made" not in found[key][0].settings:
                    continue  # `this` and the like
                elif role == NONE:  # a construction without a word for its class
                    value = self._made(shapes.value(node))
                else:
                    value = shapes.value(node)
                if key in self.takes:
                    value = self._taking(key, value)
                role = default if role == NONE else role
                within = self.heirs.get(key) or scope if role == INHERITS else scope
                within = self._within(start, role) if role == CALLS else within
                references += (start, end, role, within, value)

        for start, end in self.macros:
            references += (start, end, READS, scope_at(start), expr((NAME, scope_at(start), latin[start:end])))

    def _member(self, key: int) -> tuple[str, ...]:
        """Return the member that stands behind a name, where that decides what the name stands for."""
        return (self.before[key],) if key in self.before else ()

    def _made(self, value: int) -> int:
        """Return the class that a construction makes an instance of."""
        expr = self.facts.exprs[value]
        return int(expr[1]) if expr[0] == CALL else value

    def _local_names(self) -> list[frozenset[str] | set[str]]:
        """Return by symbol the names of parameters and local variables that are visible in it."""
        local: list[frozenset[str] | set[str]] = []
        for symbol, draft in zip(self.facts.symbols, self.declared.drafts, strict=True):
            outer = local[symbol.parent] if symbol.parent > 0 else frozenset()
            local.append(outer | draft.names if outer and draft.names else outer or draft.names)
        return local

    def _comment(self, node: Node) -> None:
        """Count the lines on which nothing but this comment stands."""
        start, latin = node.start_byte, self.shapes.latin
        if not latin[latin.rfind("\n", 0, start) + 1 : start].strip():
            end = node.end_byte
            self.comment_lines += latin.count("\n", start, end - 1 if latin[end - 1 : end] == "\n" else end) + 1


def _fullest(found: list[tuple[Pattern, Captures]]) -> Iterable[tuple[Pattern, Captures]]:
    """Of several matches of one name, the one that captured most."""
    best: dict[int, tuple[Pattern, Captures]] = {}
    for pattern, got in found:
        key = got["name"][0].id
        if key not in best or len(best[key][1]) < len(got):
            best[key] = (pattern, got)
    return best.values()
