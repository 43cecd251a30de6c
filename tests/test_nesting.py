"""Files that are nested deeply say the same whoever reads them, from wherever, and end no process."""

import sys
from collections.abc import Callable
from functools import partial

import pytest

from codeagent.domain.facts import FileFacts
from codeagent.graph.extract import extract
from codeagent.languages import for_path

DEEP = 1500
NESTED = {
    "a.py": b"f(" * DEEP + b")" * DEEP,
    "b.py": b"x = " + b"a." * DEEP + b"b",
    "a.js": b"(function(){" * DEEP + b"})()" * DEEP,
    "a.ts": b"type X = " + b"A<" * DEEP + b"B" + b">" * DEEP,
    "a.go": b"package a\nvar x = " + b"f(" * DEEP + b")" * DEEP,
    "a.java": b"class A { int x = " + b"f(" * DEEP + b")" * DEEP + b"; }",
    "a.rs": b"fn a() { " + b"f(" * DEEP + b")" * DEEP + b"; }",
    "a.c": b"int a() { " + b"f(" * DEEP + b")" * DEEP + b"; }",
}


def _called_from(depth: int, function: Callable[[], FileFacts]) -> FileFacts:
    return _called_from(depth - 1, function) if depth else function()


@pytest.mark.parametrize("path", NESTED)
def test_what_a_file_says_does_not_rest_on_how_deep_its_reader_is(path: str) -> None:
    language = for_path(path)
    assert language is not None
    read = partial(extract, language, NESTED[path])
    limit = sys.getrecursionlimit()
    facts = [_called_from(depth, read) for depth in (0, 300, 600)]
    try:
        sys.setrecursionlimit(20 * DEEP)
        facts.append(read())
    finally:
        sys.setrecursionlimit(limit)
    assert facts == [facts[0]] * len(facts)
    assert len(facts[0].references) // 5 >= DEEP - 1


def test_what_is_nested_beyond_all_measure_costs_only_itself() -> None:
    """Of what no stack has room for the rest of the file is kept, and no process dies."""
    source = b"class A { " + b"A<" * 50_000 + b"B" + b">" * 50_000 + b" x; }\nclass B { void h() {} }\n"
    language = for_path("a.java")
    assert language is not None
    assert [symbol.name for symbol in extract(language, source).symbols if symbol.name] == ["B", "h"]
