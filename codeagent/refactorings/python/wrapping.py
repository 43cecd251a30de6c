"""Functions of a Python module laid out as the static methods of a class."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from codeagent.domain.patch import Edit
from codeagent.languages.syntax import Node, child, enclosing, leaves
from codeagent.refactorings.code import Code
from codeagent.refactorings.python.carrying import start_of
from codeagent.refactorings.python.import_places import next_line
from codeagent.refactorings.python.layout import line_end, line_start, moved, newline_of, unit_of
from codeagent.refactorings.python.scopes import Scopes, Use
from codeagent.refactorings.refactoring import Carried, Refusal

_HINT: Final = "leave it out, or change it first"


@dataclass(frozen=True, slots=True)
class Wrapped:
    """One function: `whole` with its decorators, bytes `start` to `end` with its comments."""

    name: str
    node: Node
    whole: Node
    start: int
    end: int


def function_of(code: Code, key: str) -> Wrapped:
    """Return where a function stands; Refusal where it is no plain function of its module."""
    symbol = code.symbol(key)
    root = code.tree(symbol.path)
    name = root.descendant_for_byte_range(symbol.name_span.start, symbol.name_span.end)
    node = enclosing(name, "function_definition") if name is not None else None
    if node is None or child(node, "name") != name:
        raise Refusal(f"{symbol.name} is no plain function of its module", _HINT)
    parent = node.parent
    whole = parent if parent is not None and parent.type == "decorated_definition" else node
    if whole.parent is None or whole.parent.type != "module":
        raise Refusal(f"{symbol.name} is not at the top level of its module", _HINT)
    words = [(leaf.text or b"") for leaf in leaves(node) if leaf.type == "identifier"]
    if any(word.startswith(b"__") and not word.endswith(b"__") for word in words):
        raise Refusal(f"names of two underscores in {symbol.name} would become private to the class", _HINT)
    if symbol.name.startswith("__"):
        raise Refusal(f"{symbol.name} has a meaning of its own in a module", _HINT)
    return Wrapped(symbol.name, node, whole, _first(whole), _last(whole))


def _first(whole: Node) -> int:
    """Where the comments start that stand right above."""
    at = whole
    above = at.prev_named_sibling
    while above is not None and _is_above(above, at):
        at, above = above, above.prev_named_sibling
    return at.start_byte


def _is_above(comment: Node, below: Node) -> bool:
    near = comment.start_point[0] == below.start_point[0] - 1
    return comment.type == "comment" and comment.start_point[1] == 0 and near and comment.start_point[0] > 0


def _last(whole: Node) -> int:
    """Where the comments end that are indented below the function, or end its last line."""
    at, below = whole, whole.next_named_sibling
    while below is not None and below.type == "comment" and below.start_point[1] > 0:
        at, below = below, below.next_named_sibling
    return at.end_byte


# --- what runs when the class is made -----------------------------------------------------------------------------


def check_header(scopes: Scopes, functions: Sequence[Wrapped]) -> None:
    """Raise Refusal where decorators, defaults or annotations would mean something else in the class."""
    names, start = {one.name for one in functions}, functions[0].start
    for one in functions:
        body = child(one.node, "body").start_byte
        for use in scopes.between(one.whole.start_byte, body):
            if use.start != child(one.node, "name").start_byte:
                _check_use(scopes, one, use, names, start)
        if one is not functions[0] and _calls(one, body) and _runs_between(functions, one):
            raise Refusal(f"decorators or defaults of {one.name} would run before the statements above it", _HINT)


def _check_use(scopes: Scopes, one: Wrapped, use: Use, names: set[str], start: int) -> None:
    if use.binds and use.scope is scopes.module:
        raise Refusal(f"the header of {one.name} binds {use.name}", _HINT)
    if scopes.owner(use.name, use.scope) is not scopes.module:
        return
    if use.name in names:
        raise Refusal(f"the header of {one.name} needs {use.name} before the class is there", _HINT)
    bound = (other for other in scopes.uses.values() if other.name == use.name and other.binds)
    if any(start < other.start < one.start for other in bound if scopes.owner(use.name, other.scope) is scopes.module):
        raise Refusal(f"the header of {one.name} needs {use.name}, which is defined after the class", _HINT)


def _calls(one: Wrapped, body: int) -> bool:
    if one.whole.type == "decorated_definition":
        return True
    pending = [part for part in one.node.named_children if part.start_byte < body]
    while pending:
        node = pending.pop()
        if node.type in ("call", "await"):
            return True
        pending.extend(node.named_children)
    return False


def _runs_between(functions: Sequence[Wrapped], one: Wrapped) -> bool:
    root = one.whole.parent
    wholes = [other.whole for other in functions]
    for node in root.named_children if root is not None else ():
        if functions[0].start <= node.start_byte < one.whole.start_byte:
            quiet = node.type in ("function_definition", "comment") or node in wholes
            if not quiet:
                return True
    return False


# --- the class ----------------------------------------------------------------------------------------------------


def wrapped(
    path: str, source: bytes, root: Node, functions: Sequence[Wrapped], name: str, edits: Sequence[Edit]
) -> tuple[list[Edit], list[Carried]]:
    """Return the edits of all files, those inside the functions made in the text of the class, and what it carries."""
    unit, newline = unit_of(root, source), newline_of(source)
    text, kept = b"class " + name.encode() + b":", list[tuple[int, int, int]]()
    inside: set[Edit] = set()
    for one in functions:
        own = [edit for edit in edits if edit.path == path and one.start <= edit.start < one.end]
        inside.update(own)
        text += newline * (1 if one is functions[0] else 2) + unit
        head = Edit(path, one.whole.start_byte, one.whole.start_byte, b"@staticmethod" + newline + unit)
        pieces = moved(root, source, one.start, one.end, unit)
        shifts = [Edit(path, first[2], other[1], other[0]) for first, other in pairwise(pieces)]
        at = one.start
        for edit in sorted([*own, head, *shifts]):
            kept.append((at, edit.start, len(text)))
            text += source[at : edit.start] + edit.text
            at = edit.end
        kept.append((at, one.end, len(text)))
        text += source[at : one.end]
    place = Edit(path, functions[0].start, functions[0].end, text)
    rest = [edit for edit in edits if edit not in inside]
    return [*rest, place, *_removals(path, source, functions[1:])], _carried(path, kept, place, rest)


def _carried(path: str, kept: list[tuple[int, int, int]], place: Edit, rest: Sequence[Edit]) -> list[Carried]:
    start = start_of([edit for edit in rest if edit.path == path], place)
    return [Carried(path, first, last, path, start + at) for first, last, at in kept if first < last]


def _removals(path: str, source: bytes, functions: Sequence[Wrapped]) -> Iterator[Edit]:
    """Yield the edits that take functions out with the blank lines below; at the end of the file those above."""
    spans: list[tuple[int, int]] = []
    for one in functions:
        first, last = one.start, next_line(source, one.end)
        while last < len(source) and not source[last : line_end(source, last)].strip():
            last = next_line(source, last)
        if spans and spans[-1][1] == first:
            first = spans.pop()[0]
        spans.append((first, last))
    for first, last in spans:
        start = first
        while last == len(source) and start and not source[line_start(source, start - 1) : start].strip():
            start = line_start(source, start - 1)
        yield Edit(path, start, last, b"")
