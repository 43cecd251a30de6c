"""Facts that are the same but for names, and which names those are.

Facts number what a file says: symbols, expressions, bindings and references are known by their index, and whoever
asks for one of another file has found it by a name. So let the facts of each file that differs be those of before with
other names in some places, and let the evaluator go through both sides step by step. A step reads numbers, which are
the same, or looks up a name. A look-up of a name that nothing has gained or lost finds the same as before, and what it
finds has the number that it had. The first step that comes to another result is therefore a look-up of one of the names
that were exchanged, old or new. A change of this form goes by those names alone: functions and classes whose parameters
or members are called otherwise are still found by their own names, wherever they were.

Places are left out of the comparison: no look-up reads them but to tell literals and blocks of one file apart. The
argument does not hold where the names of members make types what they are (structural interfaces): there a type may
come to be, or cease to be, what is asked for."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from codeagent.domain.facts import MAP, SEQ, FileFacts
from codeagent.languages import BY_NAME

_WORDS: Final = re.compile(r"[\w$]+")
_BLOCK: Final = re.compile(r"@\d+")
_PLACED: Final = frozenset((SEQ, MAP))  # expressions that end with where they begin


def exchanged_words(sides: Iterable[tuple[FileFacts, FileFacts]]) -> frozenset[str] | None:
    """Return the words that names have lost and gained between facts as they were and as they are; None where more
    differs than names."""
    words = set[str]()
    for was, now in sides:
        if was.language != now.language or _shapes_types(was):
            return None
        if not _same([*_form(was)], [*_form(now)], words):
            return None
    return frozenset(words)


def _shapes_types(facts: FileFacts) -> bool:
    language = BY_NAME.get(facts.language)
    return language is None or language.scoping.structural_interfaces


def _form(facts: FileFacts) -> Iterator[Any]:
    """All that facts say but for where it stands."""
    yield facts.package
    yield [(one.name, one.kind, one.parent, one.flags) for one in facts.symbols]
    yield [expr[:-1] if expr[0] in _PLACED else expr for expr in facts.exprs]
    for fact in facts.functions:
        params = [(one.name, one.kind, one.annotation, one.default, one.label) for one in fact.params]
        yield fact.symbol, params, fact.returns, fact.results, fact.yields, fact.decorators, fact.owner
    yield [(one.symbol, one.bases, one.decorators, one.keywords, one.owner) for one in facts.classes]
    yield [(one.spec, one.name, one.alias, one.scope, one.flags) for one in facts.imports]
    yield [(one.scope, one.name, one.value) for one in facts.bindings]
    yield [(one.base, one.key, one.value, one.item) for one in facts.writes]
    yield [facts.references[at::5].tolist() for at in (2, 3, 4)]
    yield facts.exports


def _same(was: Any, now: Any, words: set[str]) -> bool:
    """Whether two forms are the same but for names; the words of those that differ are added."""
    if isinstance(was, str) and isinstance(now, str):
        if was != now and _BLOCK.sub("@", was) != _BLOCK.sub("@", now):
            words.update(_WORDS.findall(was), _WORDS.findall(now))
        return True
    if isinstance(was, list | tuple) and isinstance(now, list | tuple):
        return len(was) == len(now) and all(_same(old, new, words) for old, new in zip(was, now, strict=True))
    return bool(was == now)
