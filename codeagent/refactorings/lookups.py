"""What code looks up by names which it puts together: `getattr(self, "visit_" + kind)`, `` this[`on${kind}`] ``."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, partial
from posixpath import basename, dirname, splitext
from typing import Final

from codeagent.graph.naming import key_of
from codeagent.graph.values import EXTERN, TYPE
from codeagent.languages.syntax import Node, around, enclosing, parse
from codeagent.refactorings.assembled import Spelling, begins_a_word, spellings
from codeagent.refactorings.code import Code
from codeagent.refactorings.family import owner_of, with_all_below
from codeagent.refactorings.python.standard import standard_class, standard_source
from codeagent.refactorings.refactoring import Named, Occurrence
from codeagent.refactorings.renaming import escapes
from codeagent.workspace.search import Query, search

_CALLED: Final = {  # which argument is the name, and whether the one before it is what is looked into
    **dict.fromkeys(("getattr", "setattr", "hasattr", "delattr"), 1),
    **dict.fromkeys(("attrgetter", "methodcaller", "MethodByName", "FieldByName"), 0),
    **dict.fromkeys(("getMethod", "getDeclaredMethod", "getField", "getDeclaredField"), 0),
}
_NODES: Final = {
    "python": ("call", "subscript"),
    "javascript": ("subscript_expression",),
    "typescript": ("subscript_expression",),
    "tsx": ("subscript_expression",),
    "go": ("call_expression",),
    "java": ("method_invocation",),
}
_WORDS: Final = {
    "python": re.compile(rb"\b(?:[gs]etattr|hasattr|delattr|attrgetter|methodcaller|globals|locals|vars|__dict__)\b"),
    **dict.fromkeys(("javascript", "typescript", "tsx"), re.compile(rb"\[(?=\s*[\w`\"'$(])")),
    "go": re.compile(rb"\b(?:Method|Field)ByName\b"),
    "java": re.compile(rb"\bget(?:Declared)?(?:Method|Field)\b"),
}
_SPACES: Final = ("globals", "locals", "vars")
_OWN: Final = frozenset(("self", "cls", "this", "super()", "type(self)", "self.__class__"))
_CLASSES: Final = ("class_definition", "class_declaration", "class", "abstract_class_declaration")
_ENDS: Final = ("attribute", "property", "field", "name")
_MOST: Final = 5000


@dataclass(frozen=True, slots=True)
class Lookup:
    """A place where something is looked up by a name that is made there; `within` is what it is looked up in."""

    name: Node
    spelled: tuple[Spelling, ...]
    within: Node | None

    def fits(self, name: str) -> bool:
        """Tell whether a name may be the one that is made."""
        return any(one.fits(name) for one in self.spelled)


def looked_up(code: Code, named: Named) -> Iterator[Occurrence]:
    """Yield the places that may look up one of the keys of a name by a name which they put together."""
    keys = sorted(key for key in named.keys if _may_be_looked_up(code, key))
    if not keys or len(named.name) < 3:
        return
    for path in _candidates(code, named.name, keys[0].partition("::")[0]):
        for one in _lookups(code, path):
            fits = one.fits(named.name) or _fills(code, path, one, named.name)
            if fits and any(_reaches(code, path, one, key) for key in keys):
                yield Occurrence(path, one.name.start_byte, one.name.end_byte, "a name that is put together here")
    for key in keys:
        yield from _looked_up_outside(code, key, named.name)


def _fills(code: Code, path: str, lookup: Lookup, name: str) -> bool:
    """Whether a name may be that of a lookup which writes down underscores alone: its file has the rest as text."""
    rest = name.lstrip("_")
    quoted = rest != name and re.search(rf"""["']{re.escape(rest)}["']""".encode(), code.read(path))
    return bool(quoted) and any(name in one.filled(rest) for one in lookup.spelled)


def called_after(code: Code, key: str) -> Iterator[Occurrence]:
    """Yield the places that look up what is called after a class, by its name: `getattr(self, type(x).__name__)`."""
    path, _, dotted = key.partition("::")
    if path not in code.graph.files or code.language(path) != "python":
        return
    kinds = {one.kind for one in code.graph.symbols(path) if key_of(one.id) == key}
    if not kinds & {"class", "enum"}:
        return
    name = dotted.rpartition(".")[2]
    for where, lookup in _by_names_of_classes(code):
        called = {text for one in lookup.spelled for text in one.filled(name)}
        users = code.graph.mentioning(called) if called else ()
        found = (key_of(one.id) for user in users for one in code.graph.symbols(user) if one.name in called)
        if any(_reaches(code, where, lookup, one) for one in found):
            yield Occurrence(where, lookup.name.start_byte, lookup.name.end_byte, "a name made of that of the class")


def _by_names_of_classes(code: Code) -> list[tuple[str, Lookup]]:
    """The lookups of the tree by names that may be made of those of classes."""

    def find() -> Iterator[tuple[str, Lookup]]:
        for path in sorted(code.graph.mentioning(("__name__",))):
            if code.language(path) == "python" and _WORDS["python"].search(code.read(path)):
                yield from ((path, one) for one in _lookups(code, path) if _asks_for_name(one.name))

    found: list[tuple[str, Lookup]] = code.kept("by names of classes", lambda: list(find()))
    return found


def _asks_for_name(node: Node) -> bool:
    """Whether the text that an expression makes, in the function around it, may hold a `__name__`."""
    function = enclosing(node, "function_definition")
    return b".__name__" in ((function or node).text or b"")


def _may_be_looked_up(code: Code, key: str) -> bool:
    path, mark, dotted = key.partition("::")
    if not mark or path not in code.graph.files or code.language(path) not in _NODES:
        return False
    return "." not in dotted or owner_of(code.naming.flow, key) is not None


def _candidates(code: Code, name: str, home: str) -> Iterator[str]:
    """The files that look things up, and in which a part of the name stands beside what is filled in, or all of it."""
    cuts = [at for at in range(2, len(name) - 1) if begins_a_word(name, at)] or range(2, len(name) - 1)
    heads = "|".join(re.escape(name[:at]) for at in (*cuts, len(name)))
    tails = "|".join(re.escape(name[at:]) for at in cuts) or heads
    pattern = f"""["'`](?:{heads})(?:["'`{{%]|\\$\\{{)|["'`}}sd)](?:{tails})["'`]"""
    if (rest := name.lstrip("_")) != name:
        pattern += f"""|["'`]{re.escape(rest)}["'`]"""
    spoken = [path for path, record in code.graph.files.items() if record.language in _NODES]
    near = (path for path in spoken if not code.strangers(home, path))
    found = search(code.graph.tree, Query(pattern, ignore_case=True), near, most=_MOST)
    for path in dict.fromkeys(hit.path for hit in found.hits):
        if _WORDS[code.language(path)].search(code.read(path)):
            yield path


def _lookups(code: Code, path: str) -> list[Lookup]:
    make = partial(lookups_in, code.tree(path), code.language(path), code.read(path))
    found: list[Lookup] = code.kept(("lookups", path), lambda: list(make()))
    return found


def lookups_in(root: Node, language: str, source: bytes) -> Iterator[Lookup]:
    """Yield the lookups of a file by names of which at least a part is known."""
    words = _WORDS[language].finditer(source)
    held = (_asking(around(root, word.end() - 1, word.end() - 1), _NODES[language]) for word in words)
    for node in dict.fromkeys(one for one in held if one is not None):
        within, name = _by_call(node) if node.child_by_field_name("arguments") else _by_index(node)
        if name is None:
            continue
        spelled = tuple(one for one in spellings(name) if any(one.pieces))
        if spelled and not (name.type == "string" and spelled[0].pieces[1:] == ()):  # a whole name is told elsewhere
            yield Lookup(name, spelled, within)


def _asking(word: Node, types: tuple[str, ...]) -> Node | None:
    """The call or index around a word, or around `globals()`."""
    node = enclosing(word, *types)
    return enclosing(node.parent, *types) if _is_space(node) and node is not None and node.parent is not None else node


def _by_call(node: Node) -> tuple[Node | None, Node | None]:
    function = node.child_by_field_name("function") or node
    name = next((one for field in _ENDS if (one := function.child_by_field_name(field)) is not None), function)
    given = node.child_by_field_name("arguments")
    arguments = [one for one in given.named_children if one.type != "comment"] if given is not None else []
    called = (name.text or b"").decode("utf-8", "replace")
    index = _CALLED.get(called, len(arguments))
    if called == "get" and _is_space(held := function.child_by_field_name("object")):
        return held, arguments[0] if arguments else None
    if index >= len(arguments):
        return None, None
    return (arguments[0] if index else None), arguments[index]


def _by_index(node: Node) -> tuple[Node | None, Node | None]:
    """`globals()["run_" + name]`, and any member of JavaScript."""
    if node.type == "subscript":
        held = node.child_by_field_name("value")
        return (held, node.child_by_field_name("subscript")) if _is_space(held) else (None, None)
    held = node.child_by_field_name("object")
    while held is not None and held.type in ("parenthesized_expression", "as_expression", "non_null_expression"):
        held = held.named_children[0]
    return held, node.child_by_field_name("index")


def _is_space(node: Node | None) -> bool:
    """Whether a value is the mapping of names of a scope or of an object."""
    if node is None:
        return False
    if node.type == "attribute":
        last = node.child_by_field_name("attribute")
        return last is not None and last.text == b"__dict__"
    function = node.child_by_field_name("function")
    return node.type == "call" and function is not None and (function.text or b"").decode() in _SPACES


# --- whether it is looked up in something that has it --------------------------------------------------------------


def _reaches(code: Code, path: str, lookup: Lookup, key: str) -> bool:
    home, _, dotted = key.partition("::")
    within, member = lookup.within, "." in dotted
    text = code.text(within, path) if within is not None else ""
    if text in _OWN and within is not None:
        return member and _related(code, path, within, key)
    if text.endswith("()") and text[:-2] in _SPACES:
        return not member and path == home
    if within is not None and within.type == "identifier":
        told = code.naming.file(path).meaning(within.start_byte, within.end_byte)
        targets = told.targets if told is not None else frozenset()
        if targets and not any("::" in target and target.partition("::")[0] in code.graph.files for target in targets):
            return not member and home in targets  # modules, and what lies outside the tree
    begun = any(one.pieces[0] is not None for one in lookup.spelled)  # an end alone says little of just anything
    return begun and (member or escapes(code, home) or _is_said(code, home))


def _is_said(code: Code, path: str) -> bool:
    """Whether text says a module of Python by its dotted path, by which somebody may load it: `"shop.urls"`."""

    def find() -> bool:
        below = rf"{re.escape(basename(dirname(path)))}\.{re.escape(splitext(basename(path))[0])}"
        found = search(code.graph.tree, Query(rf"""["'](?:[\w.]+\.)?{below}["']""", fixed=False), most=1)
        return bool(found.hits)

    python = code.language(path) == "python" and "/" in path
    known: bool = python and code.kept(("said", path), find)
    return known


def _related(code: Code, path: str, node: Node, key: str) -> bool:
    """Whether an object whose method holds `node` may have the member: through bases, or in a class below."""
    flow = code.naming.flow
    head = enclosing(node, *_CLASSES)
    name = head.child_by_field_name("name") if head is not None else None
    owner = owner_of(flow, key)
    if name is None or owner is None:
        return False
    symbols = code.naming.file(path).facts.symbols
    here = next((index for index, one in enumerate(symbols) if index and one.name_start == name.start_byte), None)
    if here is None:
        return False
    return any((TYPE, *owner[:2]) in flow.hierarchy.line(one) for one in with_all_below(flow, [(path, here)]))


def _looked_up_outside(code: Code, key: str, name: str) -> Iterator[Occurrence]:
    """Where a base of the standard library looks up such members, as `ast.NodeVisitor` does: at the definition."""
    member = owner_of(code.naming.flow, key)
    if member is None or code.language(member[0]) != "python":
        return
    for base in code.naming.flow.hierarchy.line(member[:2]):
        if base[0] == EXTERN and any(one.fits(name) for one in _lookups_outside(base[1])):
            for symbol in code.graph.symbols(member[0]):
                if key_of(symbol.id) == key:
                    start, end = symbol.name_span.start, symbol.name_span.end
                    yield Occurrence(member[0], start, end, f"{base[1]} puts together such names and looks them up")


@cache
def _lookups_outside(dotted: str) -> tuple[Lookup, ...]:
    found: list[Lookup] = []
    for kind in getattr(standard_class(dotted), "__mro__", ()):
        source = standard_source(kind.__module__)
        own = (one for one in lookups_in(parse("python", source), "python", source) if _is_of(one.name, kind.__name__))
        found += (one for one in own if one.within is not None and one.within.text == b"self")
    return tuple(found)


def _is_of(node: Node, name: str) -> bool:
    head = enclosing(node, "class_definition")
    held = head.child_by_field_name("name") if head is not None else None
    return held is not None and held.text == name.encode()
