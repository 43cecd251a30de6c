"""Every language: its declaration, its grammar, its query, its cases, and what must never break it."""

from pathlib import Path

import pytest
from cases import FIXTURES, Case, cases
from listing import listing

from codeagent.domain.facts import KIND, ROLES, FileFacts
from codeagent.graph.extract import extract, has_facts
from codeagent.languages import BY_NAME, LANGUAGES, for_path
from codeagent.languages.grammars import parser_for
from codeagent.languages.language import Language
from codeagent.languages.lowering.patterns import FOLDER, plan_for

CODE = [pytest.param(language, id=language.name) for language in LANGUAGES if has_facts(language)]
BROAD = [pytest.param(language, id=language.name) for language in LANGUAGES if language.query]

UGLY = {
    "empty": b"",
    "blank": b"\n \n\t\n",
    "byte order mark": b"\xef\xbb\xbfx = 1\n",
    "carriage returns": b"x = 1\r\ny = 2\r\n",
    "latin-1": "größe = 'é'\n".encode("latin-1"),
    "a NUL": b"x = 1\0\ny = 2\n",
    "only NULs": b"\0" * 64,
    "syntax errors": b"class { ( def func function fn ]) } ;; = = := <<<<<<< HEAD\n}}}}",
    "an open string": b"x = \"abc\nfunction f() { return '",
    "random bytes": bytes(range(256)) * 4,
    "deep parentheses": b"x = " + b"(" * 5000 + b"1" + b")" * 5000 + b"\n",
    "deep blocks": b"{" * 5000 + b"}" * 5000,
    "deep brackets": b"[" * 5000 + b"]" * 5000,
    "deep calls": b"f(" * 5000 + b")" * 5000 + b";\n",
    "a long chain": b"a" + b".b()" * 2000 + b";\n",
    "a long sum": b"x = 1" + b" + 1" * 2000 + b";\n",
    "a line of a megabyte": b'x = "' + b"ab " * 340_000 + b'";\n',
}


@pytest.mark.parametrize("case", cases("languages", "facts"))
def test_facts(case: Case) -> None:
    """What a file says is what its case file says."""
    parts = []
    for path, text in case.files.items():
        source = text.encode()
        language = for_path(path, source)
        assert language is not None
        parts.append(listing(extract(language, source), source))
    case.expect("facts", "\n".join(parts))


@pytest.mark.parametrize("language", CODE)
def test_has_a_case_file(language: Language) -> None:
    """Each language that has symbols shows what they are in a case file."""
    assert (FIXTURES / "languages" / f"{language.name}.md").is_file()


@pytest.mark.parametrize("language", CODE)
def test_grammar_loads(language: Language) -> None:
    """The grammar of each language is installed and parses."""
    assert parser_for(language).parse(b"x").root_node.end_byte <= 1


@pytest.mark.parametrize("language", BROAD)
def test_query_is_well_formed(language: Language) -> None:
    """Each query lies beside its declaration, compiles, and every pattern has one known anchor."""
    assert (FOLDER / str(language.query)).is_file()
    assert plan_for(language).patterns


def test_every_query_is_declared() -> None:
    """No query file is left over."""
    assert {path.name for path in FOLDER.glob("*.scm")} == {language.query for language in LANGUAGES if language.query}


def test_names_and_suffixes_are_unique() -> None:
    """A name means one language; a suffix that two claim would hide the second one."""
    names = [language.name for language in LANGUAGES]
    assert len(names) == len(set(names)) == len(BY_NAME)
    suffixes = [suffix for language in LANGUAGES for suffix in (*language.suffixes, *language.filenames)]
    assert sorted(suffixes) == sorted(set(suffixes))


@pytest.mark.parametrize("language", CODE)
@pytest.mark.parametrize("name", UGLY)
def test_ugly_input_has_facts(language: Language, name: str) -> None:
    """Nothing that can lie in a file makes extraction fail; the facts stay within the file."""
    source = UGLY[name]
    check(extract(language, source), source)


@pytest.mark.parametrize("case", cases("languages", "facts"))
def test_damaged_input_has_facts(case: Case) -> None:
    """A case cut short anywhere, or with a hole, still has facts."""
    for path, text in case.files.items():
        source = text.encode()
        language = for_path(path, source)
        assert language is not None
        for at in range(0, len(source), max(len(source) // 12, 1)):
            check(extract(language, source[:at]), source[:at])
            holed = source[:at] + source[at + 9 :]
            check(extract(language, holed), holed)


def check(facts: FileFacts, source: bytes) -> None:
    """The invariants of facts: everything lies inside the file, parents come first, references are whole."""
    size, expressions = len(source), len(facts.exprs)
    assert facts.symbols[0].kind == KIND["module"]
    assert facts.symbols[0].parent == -1
    for index, symbol in enumerate(facts.symbols[1:], 1):
        assert 0 <= symbol.parent < index
        assert 0 <= symbol.start <= symbol.name_start <= symbol.name_end <= symbol.end <= size
    flat = facts.references
    assert len(flat) % 5 == 0
    for i in range(0, len(flat), 5):
        start, end, role, within, expression = flat[i : i + 5]
        assert 0 <= start <= end <= size
        assert 0 <= role < len(ROLES)
        assert 0 <= within < len(facts.symbols)
        assert -1 <= expression < expressions
    assert 0 <= facts.code_lines <= facts.lines


@pytest.mark.parametrize(
    ("path", "head", "name"),
    [
        ("a.py", b"", "python"),
        ("src/App.TSX", b"", "tsx"),
        ("lib/x.d.ts", b"", "typescript"),
        ("x.h", b"int f(void);\n", "c"),
        ("x.h", b"#pragma once\nclass A {};\n", "cpp"),
        ("x.h", b"#include <string>\n", "cpp"),
        ("x.h", b"", "c"),
        ("Gemfile", b"", "ruby"),
        ("bin/tool", b"#!/usr/bin/env python3\n", "python"),
        ("bin/tool", b"#!/usr/bin/python3.12 -u\n", "python"),
        ("bin/tool", b"#!/usr/bin/env -S bash -eu\n", "bash"),
        ("bin/tool", b"#! /bin/sh\n", "bash"),
        ("bin/tool", b"#!/usr/bin/env node\n", "javascript"),
        ("deep/Makefile", b"", "makefile"),
        ("Dockerfile.dev", b"", "dockerfile"),
        ("app.vue", b"", "vue"),
        ("data.json", b"", "json"),
        ("notes", b"just words\n", None),
        ("x.unknown", b"", None),
        ("bin/odd", b"#!\n", None),
        ("bin/odd", b"\xff\xfe\0#!", None),
    ],
)
def test_language_of_a_path(path: str, head: bytes, name: str | None) -> None:
    """A file's language is told by its name, its suffix, or its first line."""
    language = for_path(path, head)
    assert (language and language.name) == name


def test_unknown_capture_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A query with a pattern that stands for nothing is an error, not silence."""
    monkeypatch.setattr("codeagent.languages.lowering.patterns.FOLDER", tmp_path)
    for text in ("(word) @nothing", "(word) @definition.nothing", "(word) @read @call", "(word) @expression.nothing"):
        (tmp_path / "odd.scm").write_text(text)
        with pytest.raises(ValueError, match=r"anchor|unknown capture"):
            plan_for.__wrapped__(Language("bash", (), "tree_sitter_bash", query="odd.scm"))


LATIN = {
    "python": "# coding: latin-1\ndef größe(ñ):\n    return ñ\n\nclass Kübel:\n    pass\n\ngröße(Kübel)\n",
    "java": "class Kübel { int größe(int ñ) { return ñ; } }\n",
    "ruby": "class Kübel\n  def größe(ñ)\n    ñ\n  end\nend\n",
    "c": "int größe(int ñ) { return ñ; }\nstruct Kübel { int x; };\n",
    "typescript": "function größe(ñ: number) { return ñ; }\nclass Kübel {}\n",
    "php": "<?php\nfunction größe($ñ) { return $ñ; }\nclass Kübel {}\n",
}


@pytest.mark.parametrize("name", LATIN)
def test_names_in_latin_1_keep_their_letters(name: str) -> None:
    """A file that is not UTF-8 says what the same text says in UTF-8, at its own offsets."""
    source = LATIN[name].encode("latin-1")
    facts, plain = (extract(BY_NAME[name], LATIN[name].encode(code)) for code in ("latin-1", "utf-8"))
    assert [one.name for one in facts.symbols] == [one.name for one in plain.symbols]
    assert {"größe", "Kübel"} <= {one.name for one in facts.symbols}
    assert facts.errors == 0
    spans = {source[one.name_start : one.name_end].decode("latin-1") for one in facts.symbols[1:]}
    assert {"größe", "Kübel"} <= spans
