"""Python: names of classes and functions that code asks for at run time, and text that goes by them: what is compared
with them, or found by them."""

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
from codeagent.refactorings.python.error_texts import in_error
from codeagent.refactorings.python.leftovers import callee_end
from codeagent.refactorings.python.strings import whole_string

_ASKED: Final = re.compile(rb"\.__(?:qual)?name__\b")
_QUOTES: Final = (b"'", b'"', b"`")
_KEYS: Final = {"pair": "key", "subscript": "subscript"}
_FINDING: Final = (b"get", b"pop", b"setdefault")
_HOLDING: Final = frozenset(
    ("list", "tuple", "set", "dictionary", "pair", "concatenated_string", "parenthesized_expression", "argument_list")
)


def compared_name(code: Code, keys: Iterable[str], string: Node, mention: Mention) -> str:
    """Return the file that asks for names of classes or functions, where one of the keys may be asked for its name and
    the text of a string with it be what that is compared with, in its file or one that refers to it; "" where not.

    What a string finds, as a key does, may also be found where a file asks that does not refer to it."""
    whole = whole_string(string, mention.start, mention.end)
    finds = whole and _is_key(string)
    if not finds and not is_compared(code, string, mention.path):
        return ""
    named = whole or is_quoted(code, mention)
    for key in keys:
        near = _refers(code, mention.path, key.partition("::")[0])
        homes: tuple[str, ...] = code.kept(("asked homes", key, named), partial(_homes, code, key, called=named))
        asking = (mention.path, *homes) if homes and near else (mention.path,) if homes and finds else ()
        for path in asking:
            if path in code.graph.files and _ASKED.search(code.read(path)):
                return path
    return ""


def said_in_error(code: Code, keys: Iterable[str], string: Node, mention: Mention) -> bool:
    """Tell whether a test compares text in which an error of the language may name one of the keys."""
    if not code.graph.files[mention.path].test or not is_compared(code, string, mention.path):
        return False
    source = code.read(mention.path)
    before, after = source[string.start_byte : mention.start], source[mention.end : string.end_byte]
    if not in_error(before.decode("utf-8", "replace"), after.decode("utf-8", "replace")):
        return False
    return any(_refers(code, mention.path, key.partition("::")[0]) for key in sorted(keys))


def _refers(code: Code, path: str, home: str) -> bool:
    """Whether a file refers to what another one defines, or is that one."""
    edges = code.kept("file edges", lambda: frozenset(code.graph.file_edges()))
    return path == home or (path, home) in edges


def is_quoted(code: Code, mention: Mention) -> bool:
    """Tell whether a word stands in quotes of its own: `'total'`, `` `total` ``."""
    source = code.read(mention.path)
    return source[mention.start - 1 : mention.start] in _QUOTES and source[mention.end : mention.end + 1] in _QUOTES


def says_file(code: Code, string: Node, path: str) -> bool:
    """Tell whether a test compares the text of a string, so that a word in it may be what something calls its file."""
    return code.graph.files[path].test and is_compared(code, string, path)


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


def _is_key(string: Node) -> bool:
    """Whether something is found by a string: the key of a mapping, an index, a pattern."""
    above = string.parent
    if above is None:
        return False
    if above.type == "argument_list":
        call = above.parent
        callee = callee_end(call) if call is not None else None
        return callee is not None and callee.text in _FINDING and above.named_children[0] == string
    field = _KEYS.get(above.type)
    return above.type == "case_pattern" or (field is not None and above.child_by_field_name(field) == string)


def is_compared(code: Code, string: Node, path: str) -> bool:
    """Tell whether a string, or what it stands in, is compared, asserted, or what a test is handed to compare with."""
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
