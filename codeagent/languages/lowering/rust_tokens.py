"""Rust: what can be read in bare tokens: paths, calls, chains of methods."""

import re
from typing import Final

from tree_sitter import Node

from codeagent.domain.facts import ATTR, CALL, CALLS, IMPORT, LITERAL, NAME, NONE, READS, SEQ
from codeagent.languages.lowering.rust_walk import COMMENTS, Walk, words

_WORDS: Final = frozenset({"identifier", "self", "super", "crate", "metavariable", "primitive_type"})
_STRINGS: Final = frozenset({"format", "concat", "stringify", "env", "file", "module_path", "include_str", "line"})
_CAPTURE: Final = re.compile(r"(?<!\{)\{([A-Za-z_]\w*)(?=[:}])")
_ROOTS: Final = frozenset({"crate", "self", "super"})
BUILT_IN: Final = words("""
    assert assert_eq assert_ne cfg column compile_error concat dbg debug_assert debug_assert_eq debug_assert_ne
    env eprint eprintln file format format_args is_x86_feature_detected
    include include_bytes include_str line matches module_path
    option_env panic print println stringify thread_local todo unimplemented unreachable vec write writeln
""")


def scan_tokens(walk: Walk, tree: Node, scope: int, role: int = READS) -> list[int]:
    """Read a token tree: paths, calls, method chains, nested trees; returns the values between commas."""
    return _Tokens(walk, tree, scope, role).values()


class _Tokens:
    """A reader of one token tree, left to right."""

    def __init__(self, walk: Walk, tree: Node, scope: int, role: int) -> None:
        self.walk, self.scope, self.role = walk, scope, role
        self.tokens = [child for child in tree.children[1:-1] if child.type not in COMMENTS]
        self.at = 0

    def peek(self, ahead: int = 0) -> str:
        position = self.at + ahead
        return self.tokens[position].type if position < len(self.tokens) else ""

    def opens(self, bracket: str) -> bool:
        """Whether the next token is a tree with that bracket."""
        if self.peek() != "token_tree":
            return False
        return self.walk.chars[self.tokens[self.at].start_byte] == bracket

    def values(self) -> list[int]:
        found: list[int] = []
        single = True
        value = NONE
        while self.at < len(self.tokens):
            kind = self.peek()
            if kind == "," or kind == ";":
                found.append(value if single else NONE)
                value, single = NONE, True
                self.at += 1
            elif kind in _WORDS or kind == "token_tree":
                part = self.postfix(self.primary())
                single = single and value == NONE
                value = part
            else:
                self.skip(kind)
        if value != NONE:
            found.append(value if single else NONE)
        return found

    def skip(self, kind: str) -> None:
        """A token that means nothing here; a `let` introduces an unknown local."""
        token = self.tokens[self.at]
        self.at += 1
        if kind == "string_literal":
            captures(self.walk, token, self.scope)
        elif kind == "let":
            while self.peek() not in ("=", ";", ""):
                if self.peek() == "identifier":
                    name = self.tokens[self.at]
                    self.walk.bind(self.walk.word(name), NONE, name.start_byte, name.end_byte, self.scope)
                self.at += 1

    def primary(self) -> int:
        """A path with what is done to it at once, or a nested tree."""
        if self.peek() == "token_tree":
            inner = scan_tokens(self.walk, self.tokens[self.at], self.scope, self.role)
            square = self.opens("[")
            self.at += 1
            if square:
                return self.walk.expr((SEQ, tuple(inner)))
            return inner[0] if len(inner) == 1 else NONE
        names = [self.tokens[self.at]]
        self.at += 1
        while self.peek() == "::":
            self.at += 1
            if self.peek() == "<":
                self.generic()
            elif self.peek() in _WORDS:
                names.append(self.tokens[self.at])
                self.at += 1
            else:
                break
        if self.peek() == "!" and self.peek(1) == "token_tree":
            return self.macro(names)
        return self.path(names)

    def generic(self) -> None:
        """Skip `<…>`."""
        depth = 0
        while self.at < len(self.tokens):
            kind = self.peek()
            depth += (kind == "<") - (kind == ">") - 2 * (kind == ">>")
            self.at += 1
            if depth <= 0:
                return

    def macro(self, names: list[Node]) -> int:
        walk, name = self.walk, names[-1]
        refer_to_macro(walk, walk.word(name), name.start_byte, name.end_byte, self.scope)
        self.at += 1
        values = scan_tokens(walk, self.tokens[self.at], self.scope)
        self.at += 1
        return macro_result(walk, walk.word(name), values)

    def path(self, names: list[Node]) -> int:
        """`a::b::c`, called where a `(` follows."""
        walk, called = self.walk, self.opens("(")
        value = self.first(names[0], len(names) > 1, called)
        for position, node in enumerate(names[1:], 1):
            if value == NONE:
                break
            last = position == len(names) - 1
            if walk.exprs[value][0] == IMPORT and walk.exprs[value][2] is None and walk.exprs[value][1] in _ROOTS:
                value = walk.expr((IMPORT, walk.exprs[value][1], walk.word(node)))
            else:
                value = walk.attr(value, walk.word(node))
            role = CALLS if last and called else self.role if last else READS
            walk.references += (node.start_byte, node.end_byte, role, self.scope, value)
        return self.called(value) if called else value

    def first(self, node: Node, more: bool, called: bool) -> int:
        walk, name = self.walk, self.walk.word(node)
        if name == "self":
            return walk.receiver if not more else walk.expr((IMPORT, walk.module_spec("self"), None))
        if name in ("crate", "$crate"):
            return walk.expr((IMPORT, "crate", None))
        if name == "super":
            return walk.expr((IMPORT, walk.module_spec("super"), None))
        if name == "Self":
            return walk.self_type
        if name.startswith("$") or node.type == "primitive_type":
            return NONE
        role = CALLS if called and not more else self.role if not more else READS
        if name in walk.locals:
            index = walk.locals[name]
            if index != NONE and (walk.tracing or role == CALLS):
                walk.references += (node.start_byte, node.end_byte, role, self.scope, index)
            return index
        if name in walk.generics:
            return walk.bound_of.get(walk.generics[name], walk.generics[name])
        index = walk.expr((NAME, walk.items, name))
        if more:
            walk.heads[index] = (walk.items, name)
        walk.references += (node.start_byte, node.end_byte, role, self.scope, index)
        return index

    def called(self, callee: int) -> int:
        """Use up the arguments of a call."""
        arguments = scan_tokens(self.walk, self.tokens[self.at], self.scope, self.role)
        self.at += 1
        if callee == NONE:
            return NONE
        return self.walk.expr((CALL, callee, tuple(arguments), ()))

    def postfix(self, value: int) -> int:
        """`.field`, `.method(…)`, `?`, `[…]` after a value."""
        walk = self.walk
        while True:
            kind = self.peek()
            if kind == "." and self.peek(1) == "identifier":
                name = self.tokens[self.at + 1]
                self.at += 2
                if self.peek() == "::":
                    self.at += 1
                    self.generic()
                called = self.opens("(")
                member = walk.expr((ATTR, value, walk.word(name)))
                role = CALLS if called else READS
                walk.references += (name.start_byte, name.end_byte, role, self.scope, member)
                value = member if value != NONE else NONE
                value = self.called(value) if called else value
            elif kind == "." and self.peek(1) == "await":
                self.at += 2
            elif kind == "?":
                self.at += 1
                value = walk.any((value, walk.inner(value)))
            elif self.opens("["):
                scan_tokens(walk, self.tokens[self.at], self.scope, self.role)
                self.at += 1
                value = walk.inner(value)
            else:
                return value


def captures(walk: Walk, token: Node, scope: int) -> None:
    """`"{total:>8}"` reads `total`."""
    for match in _CAPTURE.finditer(walk.chars, token.start_byte, token.end_byte):
        index = walk.locals.get(match[1])
        if match[1] == "self":
            continue
        if index is None:
            index = walk.expr((NAME, walk.items, match[1]))
        elif not walk.tracing:
            continue
        if index != NONE:
            walk.references += (match.start(1), match.end(1), READS, scope, index)


def refer_to_macro(walk: Walk, name: str, start: int, end: int, scope: int) -> None:
    index = walk.expr((NAME, walk.items, name))
    if name not in BUILT_IN:
        walk.macros[index] = (walk.items, name)
    walk.references += (start, end, CALLS, scope, index)


def macro_result(walk: Walk, name: str, values: list[int]) -> int:
    if name == "vec":
        return walk.expr((SEQ, tuple(values)))
    if name == "dbg" and values:
        return values[0]
    if name in _STRINGS:
        return walk.expr((LITERAL, "String"))
    return NONE
