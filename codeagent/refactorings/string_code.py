"""Code that strings of Python hold, as generators of code write it: what it calls, and what it reads."""

import re
from collections.abc import Iterable
from functools import partial
from itertools import pairwise
from keyword import iskeyword
from posixpath import basename, splitext
from typing import Final

from codeagent.domain.code import Symbol
from codeagent.graph.naming import key_of
from codeagent.languages.syntax import Node, enclosing
from codeagent.refactorings.census import Mention
from codeagent.refactorings.code import Code
from codeagent.refactorings.family import owner_of
from codeagent.refactorings.listed import is_listed
from codeagent.refactorings.python.strings import whole_string

_TOKENS: Final = re.compile(r"\w+|\n|[^\w\s]")
_CALLED: Final = ("function", "method", "constructor")
_OWNER: Final = re.compile(rb"(?:\b(\w+)|\W)\.\Z")  # what a member is read from; "" where the text does not say
_CODE: Final = re.compile(r"^\s*\(?(?:if|elif|while|return|yield|assert|for)\b|\bif\b.*\belse\b|^\s*[\w.]+\s*=[^=]")


def calls_it(code: Code, keys: Iterable[str], mention: Mention) -> bool:
    """Tell whether a string of Python looks like code, as generators of code write it, that calls or reads one of the
    keys, or whether it is a name in a list whose elements are looked up."""
    string, source = string_of(code, mention), code.read(mention.path)
    if string is None or enclosing(string, "raise_statement") is not None:
        return False
    node = mention.node
    if node is not None and whole_string(node, mention.start, mention.end):
        member = any(owner_of(code.naming.flow, key) is not None for key in keys)
        return member and is_listed(code, mention.path, node)
    owner = _OWNER.search(source, string.start_byte, mention.start)
    if not any(symbol_of(code, key, _CALLED) and _goes_through(code, key, owner) for key in keys):
        return any(_reads_it(code, key, string, mention, owner) for key in keys)
    through = owner is not None
    text = text_in(code, string, mention)
    kept = through and "=" in text  # `total = cart.total`
    return (kept or source[mention.end : mention.end + 1] == b"(") and not is_prose(text)


def _goes_through(code: Code, key: str, owner: re.Match[bytes] | None) -> bool:
    """Whether something named so may have what a key stands for: a member anything, a module's function the module."""
    if owner_of(code.naming.flow, key) is not None:
        return owner is not None
    module = splitext(key.partition("::")[0])[0].removesuffix("/__init__")
    return owner is None or (owner[1] or b"").decode("utf-8", "replace") in (basename(module), "")


def _reads_it(code: Code, key: str, string: Node, mention: Mention, owner: re.Match[bytes] | None) -> bool:
    """Whether code in a string reads a member from a name by which code of the tree has it: `if cart.total:`."""
    if owner is None or not owner[1] or owner_of(code.naming.flow, key) is None or symbol_of(code, key, _CALLED):
        return False
    text = text_in(code, string, mention)
    if is_prose(text) or not _CODE.search(text):
        return False
    said: frozenset[bytes] = code.kept(("read from", key), partial(_heads, code, key))
    return owner[1] in said


def _heads(code: Code, key: str) -> frozenset[bytes]:
    """The names that code reads a member from."""
    found = set[bytes]()
    for place in code.graph.incoming(key):
        head = _OWNER.search(code.read(place.path), max(0, place.span.start - 80), place.span.start)
        found.update({head[1]} if head is not None and head[1] else ())
    return frozenset(found)


def is_prose(text: str) -> bool:
    """Tell whether words follow each other as they do in no code."""
    told = _TOKENS.findall(text.replace("\\n", "\n"))
    return any((a == ")" or _is_word(a)) and _is_word(b) for a, b in pairwise(told))


def _is_word(token: str) -> bool:
    return token[0].isalpha() and not iskeyword(token)


def string_of(code: Code, mention: Mention) -> Node | None:
    """Return the string of Python code that a mention stands in; none for docstrings and comments."""
    if mention.node is None or code.language(mention.path) != "python":
        return None
    string = enclosing(mention.node, "string")
    return None if string is None or code.in_docstring(mention.path, mention.node) else string


def text_in(code: Code, string: Node, mention: Mention) -> str:
    """Return the text of a string, with a 0 for each value in it."""
    parts = [one for one in string.named_children if one.type not in ("string_start", "string_end")]
    return "".join("0" if one.type == "interpolation" else code.text(one, mention.path) for one in parts)


def symbol_of(code: Code, key: str, kinds: tuple[str, ...]) -> Symbol | None:
    """Return what of some kinds a key stands for in a file of Python."""
    path = key.partition("::")[0]
    if path not in code.graph.files or code.language(path) != "python":
        return None
    symbols = (one for one in code.graph.symbols(path) if key_of(one.id) == key)
    return next((one for one in symbols if one.kind in kinds), None)
