"""Python: what tests put in the place of something while they run: `monkeypatch.setattr`, `mock.patch` and the like."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from codeagent.domain.facts import CALL, HANDS, NONE, STAR, FileFacts
from codeagent.graph.values import EXTERN_INST, INST, TYPE, Class, Values
from codeagent.languages.syntax import Node, every
from codeagent.refactorings.code import Code
from codeagent.refactorings.declared_places import Handed, Type, name_of
from codeagent.refactorings.python.leftovers import callee_end
from codeagent.refactorings.python.written_values import values_of
from codeagent.refactorings.refactoring import Occurrence

_REPLACING: Final = ("setattr", "patch", "object")
# Where the arguments of such a call begin; then a string behind at most one name, or at least two names or none.
_CALL: Final = re.compile(rb"\b(?:setattr|patch|object)[\s\\]*(?:#[^\n]*\n[\s\\]*)*\(")
_PLAIN: Final = re.compile(rb"""\s*(?:[\w.]+\s*,\s*)?("[^"\\\n]*"|'[^'\\\n]*')\s*[,)]""")
_NONE: Final = re.compile(
    rb"\s*(?:\)|[\w.]+\s*(?:,\s*)?\)|[\w.]+\s*,\s*[\w.]+\s*[,)]"
    rb"""|[\w.]+\s*,\s*(?:"[^"\\\n]*"|'[^'\\\n]*')\s*[%+]"""
    rb"|(?!(?:lambda|await|not|yield)\b)[A-Za-z_]\w* +(?!(?:if|else|for|async|in|is|not|and|or)\b)[A-Za-z_])"
)  # the last of these are words of a sentence
_REMARK: Final = re.compile(rb"[^\"'{\n]*#[^{\n]*")
_MOCK: Final = (EXTERN_INST, "unittest.mock.patch")


@dataclass(frozen=True, slots=True)
class _Replacement:
    """A call that replaces something of a name; `value` is what comes in its place, None for a mock, which is handed
    over as the argument `at` a place or by a name."""

    path: str
    callee: Node
    name: str
    value: Node | None
    at: int | str
    arguments: int  # where they begin


def replacements(code: Code, classes: Collection[Type]) -> Iterator[Handed]:
    """Return what is put in the place of one of some classes, or of an object of one; found out as it is gone through.

    What that needs to know of names is made ready at once: ask for it before anything that rests on fewer of them."""
    found = list(_replacing(code, classes))
    code.naming.load(dict.fromkeys(one.path for one, _ in found if one.value is not None and _given(code, one) is None))
    return (Handed(declared, _values(code, one), _place(one), one.name) for one, declared in found)


def _place(one: _Replacement) -> Occurrence:
    return Occurrence(one.path, one.callee.start_byte, one.callee.end_byte)


def _replacing(code: Code, classes: Collection[Type]) -> Iterator[tuple[_Replacement, frozenset[Type]]]:
    """The calls that replace something declared to be of one of the classes, with those that it is declared to be."""
    files: tuple[tuple[str, frozenset[str] | None], ...] = code.kept("replacing", lambda: tuple(_files(code)))
    known: dict[str, frozenset[Type]] = {}

    def declared(name: str) -> frozenset[Type]:
        if name not in known:
            named = frozenset(each for each in classes if name_of(code, each) == name)
            known[name] = named or _held(code, name, classes)
        return known[name]

    for path, names in files:
        if names is None or any(map(declared, names)):
            for one in _all(code, path):
                if found := declared(one.name):
                    yield one, found


def _files(code: Code) -> Iterator[tuple[str, frozenset[str] | None]]:
    """The files with calls that replace something, and its names where the text says so plainly; None for any."""
    files = code.graph.files
    for path in sorted(code.graph.mentioning(("setattr", "patch"))):
        if path in files and files[path].language == "python":
            names = _names_in(code.read(path))
            if names is None or names:
                yield path, names


def _names_in(source: bytes) -> frozenset[str] | None:
    """The names that calls of a file may replace; None where only a syntax tree tells."""
    found = set[str]()
    for call in _CALL.finditer(source):
        line = source.rfind(b"\n", 0, call.start()) + 1
        if _REMARK.fullmatch(source, line, call.start()):
            continue
        plain = _PLAIN.match(source, call.end())
        if plain is not None:
            found.add(_last_name(plain[1].decode("utf-8", "surrogateescape")))
        elif _NONE.match(source, call.end()) is None:
            return None
    return frozenset(filter(str.isidentifier, found))


def _last_name(string: str) -> str:
    return string.strip("\"'").rpartition(".")[2]


def _all(code: Code, path: str) -> list[_Replacement]:
    """What the calls of a file replace."""
    found: list[_Replacement] = code.kept(("replacements", path), lambda: list(_replacements(code, path)))
    return found


def _replacements(code: Code, path: str) -> Iterator[_Replacement]:
    for call in every(code.tree(path), "python", "call"):
        callee = callee_end(call)
        if callee is not None and code.text(callee, path) in _REPLACING:
            yield from _replaced(code, path, callee, call)


def _replaced(code: Code, path: str, callee: Node, call: Node) -> Iterator[_Replacement]:
    """What a call replaces: the last name of its first string, with what stands behind that."""
    listed = call.child_by_field_name("arguments")
    given = [one for one in listed.named_children if one.type != "comment"] if listed is not None else []
    words = {code.text(one.named_children[0], path): one for one in given if one.type == "keyword_argument"}
    places = [one for one in given if one.type not in ("keyword_argument", "list_splat", "dictionary_splat")]
    at = next((index for index, one in enumerate(places[:2]) if one.type == "string"), None)
    if at is None:
        return
    name = _last_name(code.text(places[at], path))
    new = words.get("new", words.get("value"))
    value = places[at + 1] if len(places) > at + 1 else new.child_by_field_name("value") if new is not None else None
    if name.isidentifier() and listed is not None:
        word = "new" if "new" in words else "value"
        yield _Replacement(path, callee, name, value, at + 1 if len(places) > at + 1 else word, listed.start_byte)


def _held(code: Code, name: str, classes: Collection[Type]) -> frozenset[Class]:
    """Those of the classes of which a module's variable or an attribute of a name holds an object."""
    flow, files = code.naming.flow, code.graph.files
    found = set[Class]()
    for path in sorted(code.graph.mentioning((name,))):
        if path in files and files[path].language == "python":
            view = flow.world.view(path)
            scopes = [scope for scope, slot in view.slots if slot == name and (not scope or scope in view.classes)]
            values = frozenset().union(*(flow.slot(view, scope, name) for scope in scopes))
            found |= {one[1:3] for one in values if one[0] == INST and one[1:3] in classes}
    return frozenset(found)


def _given(code: Code, one: _Replacement) -> int | None:
    """The expression of what a call hands over, by what is known of the file already; None where that does not say."""
    view = code.naming.flow.world.view(one.path)
    calls: dict[int, int] = code.kept(("handing over", view), lambda: dict(_handing(view.facts)))
    exprs = view.facts.exprs
    made = exprs[calls[one.arguments]] if one.arguments in calls else ()
    if not made or made[0] != CALL:
        return None
    if isinstance(one.at, str):
        named: dict[str, int] = dict(made[3])
        return named.get(one.at, NONE)
    places = [index for index in made[2] if index == NONE or exprs[index][0] != STAR]
    return places[one.at] if len(places) > one.at else NONE  # of literals at the end nothing is said


def _handing(facts: FileFacts) -> Iterator[tuple[int, int]]:
    """Where the arguments of a call begin that hands something over, and the call."""
    rows = facts.references
    return ((rows[at], rows[at + 4]) for at in range(0, len(rows), 5) if rows[at + 2] == HANDS)


def _values(code: Code, one: _Replacement) -> Values:
    if one.value is None:
        return frozenset({_MOCK})
    given = _given(code, one)
    if given is None:
        found = values_of(code, one.path, one.value)
    else:
        found = code.naming.flow.expr(code.naming.flow.world.view(one.path), given)
    return frozenset((INST, *value[1:]) if value[0] == TYPE else value for value in found)
