"""The census of a name: every place in the tree where it stands, and what it is there."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from codeagent.graph.naming import UNKNOWN, Meaning
from codeagent.languages.syntax import Node, around, in_text
from codeagent.refactorings import enum_members, rust_names
from codeagent.refactorings.code import Code
from codeagent.refactorings.java import leftovers as java_leftovers
from codeagent.refactorings.python import leftovers, strings
from codeagent.refactorings.python.dotted_settings import named_in
from codeagent.refactorings.python.handed_out import handed_out
from codeagent.refactorings.refactoring import Refusal
from codeagent.refactorings.settings import is_settings
from codeagent.workspace.search import Found, Query, search

_BEGINS: Final = re.compile(rb"""(?i:[rbuftcl]|br|rb|fr|rf|tr|rt|cr|u8|lr|ur|u8r)["']|(?:r|br|cr)#""")
_CONTENT: Final = re.compile("content|fragment")  # what stands between the quotes
_MOST: Final = 200_000  # occurrences beyond which nobody could judge the result
_LEFTOVERS: Final[Mapping[str, Callable[[Code, str, Node], Meaning]]] = {
    "python": leftovers.meaning,
    "java": java_leftovers.meaning,
    "rust": rust_names.meaning,
}
_STRINGS: Final[Mapping[str, Callable[[Code, str, Node, int, int], Meaning]]] = {
    "python": strings.meaning,
    "java": enum_members.meaning,
}
MEMBER_NODES: Final = frozenset(
    ("attribute", "property_identifier", "field_identifier", "private_property_identifier", "member_access")
)
_READING: Final = ("method_invocation", "field_access", "method_reference")  # of Java, by mere identifiers


@dataclass(frozen=True, slots=True)
class Mention:
    """One place where the name stands. `node` is None in files without a syntax tree."""

    path: str
    start: int
    end: int
    meaning: Meaning
    node: Node | None = None
    prose: bool = False  # in a comment, a string, or a file that is no code

    @property
    def member(self) -> bool:
        """Whether it is read from something: `value.name`."""
        parent = self.node.parent if self.node else None
        if self.node is None or parent is None:
            return False
        if parent.type == "attribute":
            return parent.child_by_field_name("attribute") == self.node
        if parent.type in _READING:
            return parent.named_child_count > 1 and _read(parent) == self.node
        return self.node.type in MEMBER_NODES


def _read(node: Node) -> Node | None:
    """The name that something of Java is asked for: `total` of `cart.total()`."""
    if node.type == "method_invocation":
        return node.child_by_field_name("name") if node.child_by_field_name("object") is not None else None
    return node.named_children[-1]


def take_census(code: Code, name: str, paths: tuple[str, ...] | None = None) -> list[Mention]:
    """Return every occurrence of a name as a whole word, in the order of paths and places."""
    found: list[Mention] = code.kept(("census", name, paths), lambda: list(_census(code, name, paths)))
    return found


def _require_readable(code: Code, name: str) -> None:
    """Refuse where a file of code may not be read: nobody knows what it says."""
    closed = next((path for path in code.graph.skipped.get("unreadable", ()) if code.syntax_of(path)), None)
    if closed is not None:
        raise Refusal(
            f"{closed} may not be read, so nobody knows whether {name} is used there",
            "make it readable, or name it in .codeagentignore",
        )


def make_ready(code: Code, name: str) -> None:
    """Make ready to tell what all that is called by a name stands for, before much is found out that would have to be
    found out again then."""
    found = _search(code, name, None)
    if not found.cut:
        paths = dict.fromkeys(hit.path for hit in found.hits)
        code.naming.load([path for path in paths if _has_code(code, path)], code.tree)


def _search(code: Code, name: str, paths: tuple[str, ...] | None) -> Found:
    query = Query(name, fixed=True, whole_words=True)
    found: Found = code.kept(("search", name, paths), lambda: search(code.graph.tree, query, paths, most=_MOST))
    return found


def _census(code: Code, name: str, paths: tuple[str, ...] | None) -> Iterator[Mention]:
    if paths is None:
        _require_readable(code, name)
    found = _search(code, name, paths)
    if found.cut:
        raise Refusal(f"{name} occurs more than {_MOST} times", "choose a target whose name is less common")
    places: dict[str, list[tuple[int, int]]] = {}
    for hit in found.hits:
        places.setdefault(hit.path, []).append((hit.start, hit.end))
    if not name.isascii():
        other = next((path for path in sorted(code.graph.mentioning((name,))) if not is_utf8(code.read(path))), None)
        if other is not None and (paths is None or other in paths):
            raise not_utf8(other, name)
    coded = [path for path in places if _has_code(code, path)]
    code.naming.load(coded, code.tree)
    for path, spans in places.items():
        if path in coded:
            root, source = code.tree(path), code.read(path)
            spans = [(start, end) for start, end in spans if not _begins_text(root, source, start, end)]
            yield from (_mention(code, path, root, start, end) for start, end in spans)
        else:
            read = named_in if is_settings(path) else _nothing
            yield from (Mention(path, start, end, read(code, path, start, end), prose=True) for start, end in spans)


def _begins_text(root: Node, source: bytes, start: int, end: int) -> bool:
    """Whether a word is no name but the letters that say what kind of text begins: `f"…"`, `rb'…'`, `r#"…"#`."""
    if _BEGINS.match(source, start, end + 1) is None:
        return False
    node = around(root, start, end)
    return node.start_byte == start and in_text(node) and not _CONTENT.search(node.type)


def is_utf8(source: bytes) -> bool:
    """Tell whether a file is in UTF-8, in which alone names beyond ASCII are looked for and written."""
    try:
        source.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def not_utf8(path: str, what: str) -> Refusal:
    """Return why a name beyond ASCII is left alone."""
    return Refusal(f"{path} is not in UTF-8, and {what} is beyond ASCII", "convert the file to UTF-8 first")


def _nothing(_code: Code, _path: str, _start: int, _end: int) -> Meaning:
    return UNKNOWN


def _has_code(code: Code, path: str) -> bool:
    return path in code.graph.files and code.graph.has_facts(path)


def mention_at(code: Code, path: str, start: int, end: int) -> Mention:
    """Return what stands on these bytes of a file of code."""
    return _mention(code, path, code.tree(path), start, end)


def _mention(code: Code, path: str, root: Node, start: int, end: int) -> Mention:
    names = code.naming.file(path)
    node = around(root, start, end)
    told = names.meaning(start, end)
    whole = (node.start_byte, node.end_byte) == (start, end) and not in_text(node)
    language = code.language(path)
    if told is not None and (told.targets or told.binding):
        told = handed_out(code, path, start, end, told) if language == "python" else told
        if told.targets or told.binding or whole:
            return Mention(path, start, end, told, node)
    if not whole:
        read = _STRINGS.get(language)
        told = read(code, path, node, start, end) if read else UNKNOWN
        return Mention(path, start, end, told, node, prose=True)
    read_rest = _LEFTOVERS.get(language)
    rest = read_rest(code, path, node) if read_rest else UNKNOWN
    return Mention(path, start, end, rest, node)
