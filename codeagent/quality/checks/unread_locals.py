"""Locals of functions, and names of Python's comprehensions, that are given a value which nothing in them reads."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from codeagent.domain.code import Certainty
from codeagent.domain.facts import CALLABLE_KINDS, DEF, IMPORT, LIVE, NAME, NARROW, NONE, WRITES, Binding, FileFacts
from codeagent.quality.checks.mentions import WORDS
from codeagent.quality.checks.remarks import kept

_TARGET: Final = re.compile(rb"[ \t]*(?::[^=\n]+)?=(?!=)")
_DECLARES: Final = re.compile(rb"^\s*(?:const|let|var)\s+$")  # on the line before a name
_DECLARED: Final = re.compile(rb"\s*(?::[^=;\n]+)?(?:=(?![=>])|;)")
_EVALUATES: Final = (b"eval(", b"with (")
_CAUGHT: Final = re.compile(rb"^\s*except\b.*\bas\s+$")
_INNER: Final = "@"  # behind the name that a comprehension gives: where
_Local = tuple[int, str, int, Certainty]  # where it stands, its name, its scope


def unread_locals(facts: FileFacts, source: bytes) -> Iterator[_Local]:
    """Find them: for certain where statements of their own assign them, by name where others need them in their place,
    as in a loop or beside other targets."""
    places: dict[tuple[int, str], list[int]] = {}
    for binding in facts.bindings:
        if not binding.name.startswith("_") and not _is_defined(facts, binding):
            places.setdefault((binding.scope, binding.name), []).append(binding.start)
    inner = {name for _, name in places if _INNER in name}
    inner -= _read(facts) if inner else set()
    counts: dict[int, Counter[bytes]] = {}
    for (scope, name), starts in places.items():
        if _INNER in name:
            if name in inner:
                yield starts[0], name.partition(_INNER)[0], scope, Certainty.NAME_ONLY
            continue
        if scope not in counts:
            counts[scope] = _words(facts, source, scope)
        if counts[scope][name.encode("utf-8", "surrogateescape")] == len(starts):
            if any(kept(_line(source, start), "variable") for start in starts):
                continue
            own = all(_is_target(source, start, name) for start in starts)
            yield starts[0], name, scope, Certainty.EXACT if own else Certainty.NAME_ONLY


def unread_declared(facts: FileFacts, source: bytes) -> Iterator[_Local]:
    """Find locals of JavaScript and TypeScript that a statement of their own declares, and no word means."""
    places: dict[tuple[int, str], list[int]] = {}
    for binding in facts.bindings:
        if not binding.name.startswith("_") and not _is_defined(facts, binding):
            places.setdefault((binding.scope, binding.name), []).append(binding.start)
    counts: dict[int, Counter[bytes]] = {}
    for (scope, name), starts in places.items():
        if scope not in counts:
            counts[scope] = _words(facts, source, scope)
        word = name.encode("utf-8", "surrogateescape")
        if counts[scope][word] == len(starts) and all(_is_declared(source, start, word) for start in starts):
            text = source[facts.symbols[scope].start : facts.symbols[scope].end]
            if not any(evaluates in text for evaluates in _EVALUATES):
                yield starts[0], name, scope, Certainty.EXACT


def _is_declared(source: bytes, start: int, word: bytes) -> bool:
    before = source[source.rfind(b"\n", 0, start) + 1 : start]
    return bool(_DECLARES.match(before) and _DECLARED.match(source, start + len(word)))


def _read(facts: FileFacts) -> set[str]:
    """The names that anything reads: all that are spelled, but for those that are spelled to be assigned alone."""
    rows = list(zip(facts.references[2::5], facts.references[4::5], strict=True))
    assigned = {expr for role, expr in rows if role == WRITES} - {expr for role, expr in rows if role != WRITES}
    return {expr[2] for index, expr in enumerate(facts.exprs) if expr[0] in (NAME, LIVE) and index not in assigned}


def _is_defined(facts: FileFacts, binding: Binding) -> bool:
    return binding.value != NONE and facts.exprs[binding.value][0] in (IMPORT, DEF, NARROW)


def _words(facts: FileFacts, source: bytes, scope: int) -> "Counter[bytes]":
    """How often each word stands in a function; nothing of one that can read what it likes."""
    function = facts.symbols[scope]
    if function.kind not in CALLABLE_KINDS or any(function.start <= at < function.end for at in facts.dynamic):
        return Counter()
    return Counter(source[function.start : function.end].translate(WORDS).split())


def _is_target(source: bytes, start: int, name: str) -> bool:
    """Whether a name is all that a statement assigns, or what an `except` calls its exception."""
    line = source.rfind(b"\n", 0, start) + 1
    end = start + len(name.encode("utf-8", "surrogateescape"))
    before = source[line:start]
    return (not before.strip() and bool(_TARGET.match(source, end))) or bool(_CAUGHT.match(before))


def _line(source: bytes, start: int) -> bytes:
    return source[source.rfind(b"\n", 0, start) + 1 : source.find(b"\n", start) % (len(source) + 1)]
