"""Python: names of classes and functions that code asks for at run time, and text that they are compared with."""

import re
from collections.abc import Iterable
from functools import partial
from typing import Final

from codeagent.domain.facts import CALLABLE_KINDS, TYPE_KINDS
from codeagent.graph.naming import key_of
from codeagent.graph.values import TYPE
from codeagent.languages.syntax import Node
from codeagent.refactorings.census import Mention
from codeagent.refactorings.code import Code
from codeagent.refactorings.python.leftovers import callee_end
from codeagent.refactorings.python.strings import whole_string

_ASKED: Final = re.compile(rb"\.__(?:qual)?name__\b")
_HOLDING: Final = frozenset(
    ("list", "tuple", "set", "dictionary", "pair", "concatenated_string", "parenthesized_expression", "argument_list")
)


def compared_name(code: Code, keys: Iterable[str], string: Node, mention: Mention) -> str:
    """Return the file that asks for names of classes or functions, where one of the keys may be asked for its name and
    the text of a string with it be what that is compared with, in its file or one that refers to it; "" where not."""
    whole = whole_string(string, mention.start, mention.end)
    if not _is_compared(code, string, mention.path):
        return ""
    edges = code.kept("file edges", lambda: frozenset(code.graph.file_edges()))
    for key in keys:
        home = key.partition("::")[0]
        if mention.path != home and (mention.path, home) not in edges:
            continue
        homes: tuple[str, ...] = code.kept(("asked homes", key, whole), partial(_homes, code, key, called=whole))
        for path in (mention.path, *homes) if homes else ():
            if path in code.graph.files and _ASKED.search(code.read(path)):
                return path
    return ""


def says_file(code: Code, string: Node, path: str) -> bool:
    """Tell whether a test compares the text of a string, so that a word in it may be what something calls its file."""
    return code.graph.files[path].test and _is_compared(code, string, path)


def _homes(code: Code, key: str, *, called: bool) -> tuple[str, ...]:
    """The files of a class and of what it extends, or that of a function that may be `called` so."""
    path = key.partition("::")[0]
    flow = code.naming.flow
    view = flow.world.view(path)
    same = [index for index in range(1, len(view.facts.symbols)) if key_of(view.symbol_id(index)) == key]
    kinds = {view.facts.symbols[index].kind for index in same}
    lines = [flow.hierarchy.line((path, index)) for index in same if view.facts.symbols[index].kind in TYPE_KINDS]
    above = tuple(value[1] for line in lines for value in line if value[0] == TYPE)
    return (path, *above) if lines or (called and kinds & CALLABLE_KINDS) else ()


def _is_compared(code: Code, string: Node, path: str) -> bool:
    """Whether a string, or what it stands in, is compared, asserted, or what a test is handed to compare with."""
    node = string.parent
    while node is not None and node.type in _HOLDING:
        if node.type == "argument_list" and node.parent is not None:
            callee = callee_end(node.parent)
            name = code.text(callee, path) if callee is not None else ""
            return name.startswith("assert") or name == "parametrize"
        node = node.parent
    if node is not None and node.type == "keyword_argument":
        return code.text(node.named_children[0], path) == "match"
    return node is not None and node.type == "comparison_operator"
