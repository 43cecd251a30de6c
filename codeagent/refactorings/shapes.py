"""TypeScript and JavaScript: members that are one because a value of one form is taken for the other's type."""

from collections.abc import Iterator
from typing import Final

from codeagent.domain.facts import KINDS, TYPE_KINDS
from codeagent.graph.naming import key_of
from codeagent.graph.values import EXTERN, TYPE, Class
from codeagent.refactorings.census import Mention, take_census
from codeagent.refactorings.code import Code
from codeagent.refactorings.family import family_of, owner_of
from codeagent.refactorings.javascript.contexts import alias_of, expected, owners

_LANGUAGES: Final = frozenset(("javascript", "typescript", "tsx"))
_LITERAL: Final = "object"
_FORMS: Final = frozenset(("class", "interface", "type", _LITERAL))
_OPEN: Final = frozenset("*")  # among the members of a form: there may be more, which nobody sees


def united(code: Code, name: str, keys: frozenset[str]) -> frozenset[str]:
    """Return the keys of a member with those of all object literals that are written where its type is asked for."""
    if not _speaks(code, keys):
        return keys
    found = set(keys)
    links = code.kept(("shapes", name), lambda: list(_links(code, name)))
    before: set[str] = set()
    while before != found:
        before = set(found)
        for literal, asked in links:
            if literal in found or asked & found:
                found |= {literal, *asked}
    return frozenset(found)


def akin(code: Code, keys: frozenset[str], mention: Mention) -> str:
    """Return which definition of a member of the name may be the same one by its form; "" for none.

    Where a literal stands says what it is taken for, if that is written down; else its members must fit."""
    if not _speaks(code, keys) or mention.node is None:
        return ""
    other = member_at(code, mention)
    if not other or other in keys or _is_placed(code, mention):
        return ""
    return other if any(_fit(code, key, other) for key in sorted(keys)) else ""


def _speaks(code: Code, keys: frozenset[str]) -> bool:
    paths = {key.partition("::")[0] for key in keys}
    return all(path in code.graph.files and code.language(path) in _LANGUAGES for path in paths)


def member_at(code: Code, mention: Mention) -> str:
    """Return the key of the member that a mention defines; of `{ total }` the entry and not the variable."""
    if code.language(mention.path) not in _LANGUAGES:
        return ""
    view = code.naming.file(mention.path).view
    symbols = view.facts.symbols
    for index, one in enumerate(symbols):
        if index and one.name_start == mention.start and symbols[one.parent].kind in TYPE_KINDS:
            return key_of(view.symbol_id(index))
    return ""


def _literal(mention: Mention) -> bool:
    """Whether a mention is a key of an object literal."""
    above = mention.node.parent if mention.node is not None else None
    if above is not None and above.type in ("pair", "method_definition"):
        above = above.parent
    return above is not None and above.type == "object"


def _links(code: Code, name: str) -> Iterator[tuple[str, frozenset[str]]]:
    """Each literal with such a member, by its key, and the members of the types that are asked for there."""
    for mention in take_census(code, name):
        if mention.prose or not _literal(mention) or code.language(mention.path) not in _LANGUAGES:
            continue
        asked, key = _asked(code, mention, name), member_at(code, mention)
        if asked and key:
            yield key, asked


def _asked(code: Code, mention: Mention, name: str) -> frozenset[str]:
    flow = code.naming.flow
    found: set[str] = set()
    for owner in _types(code, mention):
        member = owner_of(flow, f"{owner}.{name}")
        if member is not None:
            found |= family_of(flow, member[0], member[1], name).keys
    return frozenset(found)


def _types(code: Code, mention: Mention) -> set[str]:
    node = mention.node
    while node is not None and node.type != "object":
        node = node.parent
    written = expected(code, mention.path, node) if node is not None else []
    return {owner for one in written for owner in owners(code, one)}


def _is_placed(code: Code, mention: Mention) -> bool:
    """Whether it is written down what a literal is taken for."""
    return _literal(mention) and bool(_types(code, mention))


def _fit(code: Code, key: str, other: str) -> bool:
    flow = code.naming.flow
    here, there = owner_of(flow, key), owner_of(flow, other)
    if here is None or there is None:
        return False
    mine, theirs = _members(code, here[:2]), _members(code, there[:2])
    kinds = {_kind(code, here[:2]), _kind(code, there[:2])}
    if not kinds <= _FORMS or kinds <= {"class", _LITERAL}:  # where two literals meet, a reference finds both
        return False
    return mine <= theirs or theirs <= mine or bool(_OPEN & (mine | theirs))


def _kind(code: Code, owner: Class) -> str:
    return KINDS[code.naming.flow.world.view(owner[0]).facts.symbols[owner[1]].kind]


def _id(code: Code, owner: Class) -> str:
    return code.naming.flow.world.view(owner[0]).symbol_id(owner[1])


def _members(code: Code, owner: Class) -> frozenset[str]:
    """The names of the members of a form, with those it has from its bases."""
    found: set[str] = set()
    for value in code.naming.flow.hierarchy.line(owner):
        if value[0] == EXTERN:
            found |= _OPEN
        elif value[0] == TYPE:
            symbols = code.naming.flow.world.view(value[1]).facts.symbols
            found |= {one.name for one in symbols if one.parent == value[2]}
            found |= _OPEN if alias_of(code, _id(code, value[1:3])) else set()
    return frozenset(found)
