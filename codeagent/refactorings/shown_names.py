"""Python: names of classes and functions that code asks for at run time, and text that goes by them: what is compared
with them, or found by them."""

import re
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Final

from codeagent.domain.facts import CALLABLE_KINDS, TYPE_KINDS
from codeagent.graph.fields import is_declared
from codeagent.graph.naming import key_of
from codeagent.graph.slots import NO_SLOT
from codeagent.graph.values import TYPE
from codeagent.languages.syntax import Node, around
from codeagent.refactorings.census import Mention
from codeagent.refactorings.code import Code
from codeagent.refactorings.family import owner_of
from codeagent.refactorings.handed import taken_by
from codeagent.refactorings.python.error_texts import in_error
from codeagent.refactorings.python.leftovers import callee_end
from codeagent.refactorings.python.strings import whole_string

_ASKED: Final = re.compile(rb"\.__(?:qual)?name__\b")
_NAMING: Final = re.compile(rb"__(?:qual)?name__|__class__|\b(?:type|super|repr)\(|(?<!__\()\bself\s*[,)]")
_FIELDS: Final = re.compile(
    rb"\b(?:_?asdict|astuple|fields|fields_dict|_fields|model_dump|__attrs_attrs__|__annotations__|__dict__|vars|dump)\b"
)
_QUOTES: Final = (b"'", b'"', b"`")
_KEYS: Final = {"pair": "key", "subscript": "subscript"}
_FINDING: Final = (b"get", b"pop", b"setdefault")
_HOLDING: Final = frozenset(
    ("list", "tuple", "set", "dictionary", "pair", "concatenated_string", "parenthesized_expression", "argument_list")
)


def named_at_run_time(code: Code, keys: Iterable[str], string: Node, mention: Mention) -> str:
    """Return why a string with a word may go by the name of one of the keys, which something asks for; "" for none.

    What it is compared with is asked for in its file, in that of the key, or in those of what a class extends, and its
    file refers to the key; the name of a class may also find something, as a key does."""
    whole = whole_string(string, mention.start, mention.end)
    finds = whole and _is_key(string)
    compared = is_compared(code, string, mention.path)
    named = whole or is_quoted(code, mention)
    for key in keys if finds or compared else ():
        near = _refers(code, mention.path, key.partition("::")[0])
        asking: tuple[str, ...] = ()
        if compared or _is_type(code, key):
            asking = _asking(code, key, mention.path, near, finds=finds, named=named)
        if finds and near and not asking:  # a function is found where something that it is handed to has put it
            asking = code.kept(("takers", key), partial(_takers, code, key))
        for path in asking:
            if path in code.graph.files and _ASKED.search(code.read(path)):
                return f"{'it is a key' if finds else 'it is compared'}, and {path} asks what is called so"
    return ""


def _asking(code: Code, key: str, path: str, near: bool, *, finds: bool, named: bool) -> tuple[str, ...]:
    """The files that may ask for a name which text of a file goes by."""
    homes: tuple[str, ...] = code.kept(("asked homes", key, named), partial(_homes, code, key, called=named))
    return (path, *homes) if homes and near else (path,) if homes and finds else ()


def told_as_field(code: Code, keys: Iterable[str], string: Node, mention: Mention) -> bool:
    """Tell whether text may name a field that the body of a class declares: as its objects are shown, `Cart(total=1)`,
    or to what asks for names of fields in its file."""
    if not is_compared(code, string, mention.path) and not _is_key(string):
        return False
    source = code.read(mention.path)
    shown = source[mention.end : mention.end + 1] == b"=" and b"(" in source[string.start_byte : mention.start]
    if not shown and not (whole_string(string, mention.start, mention.end) and _FIELDS.search(source)):
        return False
    return any(_refers(code, mention.path, key.partition("::")[0]) and _is_declared_field(code, key) for key in keys)


def _is_declared_field(code: Code, key: str) -> bool:
    owner = owner_of(code.naming.flow, key)
    return owner is not None and is_declared(code.naming.file(owner[0]).view, owner[1], owner[2])


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
    return path == home or (path, home) in file_pairs(code)


def file_pairs(code: Code) -> frozenset[tuple[str, str]]:
    """Return which files refer to something of which others."""
    found: frozenset[tuple[str, str]] = code.kept("file pairs", lambda: frozenset(code.graph.file_pairs()))
    return found


def is_quoted(code: Code, mention: Mention) -> bool:
    """Tell whether a word stands in quotes of its own: `'total'`, `` `total` ``."""
    source = code.read(mention.path)
    return source[mention.start - 1 : mention.start] in _QUOTES and source[mention.end : mention.end + 1] in _QUOTES


def says_file(code: Code, string: Node, path: str) -> bool:
    """Tell whether a test compares the text of a string, so that a word in it may be what something calls its file."""
    return code.graph.files[path].test and is_compared(code, string, path)


def _same(code: Code, key: str) -> list[int]:
    """The symbols of a file that a key stands for."""
    view = code.naming.flow.world.view(key.partition("::")[0])
    return [index for index in range(1, len(view.facts.symbols)) if key_of(view.symbol_id(index)) == key]


def _is_type(code: Code, key: str) -> bool:
    symbols = code.naming.flow.world.view(key.partition("::")[0]).facts.symbols
    return any(symbols[index].kind in TYPE_KINDS for index in _same(code, key))


def _homes(code: Code, key: str, *, called: bool) -> tuple[str, ...]:
    """The files of a class and of what it extends, or that of a function that may be `called` so, and of what is
    handed that."""
    path = key.partition("::")[0]
    flow = code.naming.flow
    view, same = flow.world.view(path), _same(code, key)
    kinds = {view.facts.symbols[index].kind for index in same}
    lines = [flow.hierarchy.line((path, index)) for index in same if view.facts.symbols[index].kind in TYPE_KINDS]
    above = tuple(value[1] for line in lines for value in line if value[0] == TYPE)
    if not called or not kinds & CALLABLE_KINDS:
        return (path, *above) if lines else ()
    return (path, *above, *_takers(code, key))


def _takers(code: Code, key: str) -> tuple[str, ...]:
    """The files of what a function is handed to as an argument."""
    view = code.naming.flow.world.view(key.partition("::")[0])
    functions = [one for one in _same(code, key) if view.facts.symbols[one].kind in CALLABLE_KINDS]
    return tuple(sorted({path for one in functions for path in _taking(code, view.symbol_id(one))}))


def _taking(code: Code, function: str) -> Iterator[str]:
    for place in code.graph.incoming(function, ("references",)):
        call = taken_by(around(code.tree(place.path), place.span.start, place.span.end))
        callee = callee_end(call) if call is not None else None
        if callee is not None:
            called = code.naming.file(place.path).called(callee.start_byte, callee.end_byte)
            yield from (target.partition("::")[0] for target, _, _ in called if "::" in target)


def shows_itself(code: Code, key: str) -> bool:
    """Tell whether a class, or one that it extends, writes out how its objects are shown and asks for no name there."""
    flow, path = code.naming.flow, key.partition("::")[0]
    for index in _same(code, key):
        place, _ = flow.hierarchy.find((path, index), "__repr__")
        if place is None or place[0] != TYPE:
            return False
        view = flow.world.view(place[1])
        slot = view.slots.get((place[2], "__repr__"), NO_SLOT)
        written = [view.facts.symbols[one] for one in slot.symbols if view.facts.symbols[one].kind in CALLABLE_KINDS]
        if not written or any(_NAMING.search(code.read(place[1]), one.start, one.end) for one in written):
            return False
    return True


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
