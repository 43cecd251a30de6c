"""What resolves to what when the files of a case are one repository: `fixtures/graph/`."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from cases import Case, cases
from conftest import Ran, Repo

from codeagent.domain.links import CERTAINTIES, EDGE_KINDS
from codeagent.graph.extract import extract, has_facts
from codeagent.graph.ids import symbol_ids
from codeagent.graph.references import heirs_of
from codeagent.graph.resolve import Resolver
from codeagent.graph.world import AllFacts
from codeagent.languages import for_path

SHOWN = {"calls": "calls", "instantiates": "makes", "inherits": "extends"}


class Given:
    """The files of a case as module finders see them."""

    def __init__(self, files: dict[str, bytes], packages: dict[str, str]) -> None:
        self.files, self.packages = files, packages
        self.paths = frozenset(files)

    def read(self, path: str) -> bytes:
        """Return the text of a file."""
        return self.files.get(path, b"")


def broad_cases() -> list[object]:
    """The cases of languages that have no test module of their own."""
    here = Path(__file__).parent
    deep = {path.stem.removeprefix("test_language_") for path in here.glob("test_language_*.py")}
    found = cases("graph", "edges")
    return [one for one in found if one.values[0].source.stem.partition("-")[0] not in deep]


@pytest.mark.parametrize("case", broad_cases())
def test_edges(case: Case) -> None:
    """Calls, constructions and bases between the files of a case; what leads outside of them is left out."""
    resolver, facts = resolved({path: text.encode() for path, text in case.files.items()})
    lines = {line for path, one in facts.items() for line in edges_of(resolver, path, symbol_ids(path, one.symbols))}
    case.expect("edges", "\n".join(sorted(lines)))


def resolved(files: dict[str, bytes]) -> tuple[Resolver, AllFacts]:
    """Extract files and make the resolver of all of them."""
    facts = AllFacts()
    for path, source in files.items():
        language = for_path(path, source)
        if language is not None and has_facts(language):
            facts[path] = extract(language, source)
    return Resolver(facts, Given(files, {path: one.package for path, one in facts.items()})), facts


def edges_of(resolver: Resolver, path: str, ids: list[str]) -> set[str]:
    """Return the edges of one file, one line each, with the certainty where it is not exact."""
    links = resolver.link(path)
    heirs, found = heirs_of(links, outside=True), set()
    for i in range(0, len(links.edges), 5):
        _, kind, within, target, certainty = links.edges[i : i + 5]
        word, to = SHOWN.get(EDGE_KINDS[kind]), links.targets[target]
        if word and "::" in to:
            sure = "" if certainty == 0 else f" ({CERTAINTIES[certainty]})"
            found.add(f"{heirs.get(i // 5) or ids[within]} {word} {to}{sure}")
    return found


def test_includes_of_includes_are_not_walked_over_and_over() -> None:
    """A chain of headers in which each includes all before it: 2^40 ways lead to the first, one look finds it."""
    files = {"h0.h": b"int first(void);\n", "h0.c": b'#include "h0.h"\nint first(void) { return 1; }\n'}
    for i in range(1, 40):
        files[f"h{i}.h"] = b"".join(b'#include "h%d.h"\n' % j for j in range(i))
    files["main.c"] = b'#include "h39.h"\nint main(void) { return first() + missing(); }\n'
    assert calls_of(files, "main.c") == {"main.c::main calls h0.c::first"}


def test_a_large_package_is_searched_by_name() -> None:
    """A thousand files of one namespace: names that nobody defines cost no walk through all of them."""
    files = {f"T{i}.cs": b"namespace Big; class T%d { }\n" % i for i in range(1000)}
    body = "".join(f"Missing{i}(); " for i in range(1000))
    files["Use.cs"] = f"using Big; class Use {{ void Run() {{ {body} new T7(); }} }}".encode()
    started = time.process_time()
    assert calls_of(files, "Use.cs") == {"Use.cs::Use.Run makes T7.cs::T7"}
    assert time.process_time() - started < 20


def calls_of(files: dict[str, bytes], path: str) -> set[str]:
    """Resolve one file among others."""
    resolver, facts = resolved(files)
    return edges_of(resolver, path, symbol_ids(path, facts[path].symbols))


def test_a_prototype_is_no_second_meaning(repo: Callable[..., Repo], cli: Callable[..., Ran]) -> None:
    """A name declared in a header and defined in a source file means the definition; two definitions are two."""
    files = {"put.h": "int put(int x);\n", "put.c": '#include "put.h"\nint put(int x) { return x; }\n'}
    files["main.c"] = '#include "put.h"\nint main(void) { return put(1); }\n'
    folder = repo(files).root
    done = cli("query", "callers", "put", cwd=folder)
    assert (done.code, "main.c::main" in done.out) == (0, True)
    (folder / "more.c").write_text("int put(int x) { return 0; }\n")
    done = cli("query", "callers", "put", cwd=folder)
    assert done.code == 2
    assert "put.c::put" in done.err
    assert "more.c::put" in done.err


def test_what_a_base_outside_the_tree_may_have_is_no_certainty() -> None:
    """A bare name that nothing in its file brings may be of a star import as well as of a base class."""
    files = {
        "a.swift": b"import Foundation\nstruct Item: Sendable { func go() { fail(); send(.main); URLSession() } }\n",
        "a.kt": b"import junit.framework.TestCase\nimport kotlin.test.*\n"
        b"class Suite : TestCase() { fun go() { expect(1); Clock() } }\n",
    }
    resolver, facts = resolved(files)
    found = set()
    for path in facts:
        links = resolver.link(path)
        ends = zip(links.edges[3::5], links.edges[4::5], strict=True)
        found |= {(links.targets[target], CERTAINTIES[sure]) for target, sure in ends}
    assert ("junit.framework.TestCase.expect", "likely") in found
    assert not [target for target, _ in found if target.startswith("<builtin>.Sendable.")]
    assert not [target for target, _ in found if target.endswith((".main", ".URLSession", "TestCase.Clock"))]


def test_a_member_of_one_of_several_bases_outside_the_tree_is_no_certainty() -> None:
    """What only one base may have is named after it; with two, the first is as good a guess as the second."""
    text = (
        b"from lib import Base\nfrom sys import Other\n\n\nclass One(Base):\n    def run(self):\n        self.title\n"
    )
    text += b"\n\nclass Both(Base, Other):\n    def run(self):\n        self.title\n"
    assert references_of({"a.py": text}, "a.py", ".title") == {
        ("a.py::One.run", "lib.Base.title", "exact"),
        ("a.py::Both.run", "lib.Base.title", "likely"),
    }


def test_what_stands_on_such_a_member_is_no_certainty_either() -> None:
    """`$this->mock()->done()`: who has `done` is as open as who has `mock`; what the tree itself gives is not."""
    text = b"<?php\nuse Lib\\Base;\nuse Sys\\Other;\nuse Lib\\Thing;\n"
    text += b"class Both extends Base { use Other; function thing(): Thing { return new Thing(); }\n"
    text += b"function run() { $this->mock()->done(); $this->thing()->show(); } }\n"
    resolver, _ = resolved({"a.php": text})
    links = resolver.link("a.php")
    ends = zip(links.edges[3::5], links.edges[4::5], strict=True)
    sure = {links.targets[target].rpartition(".")[2]: CERTAINTIES[one] for target, one in ends}
    assert (sure["mock"], sure["done"], sure["show"]) == ("likely", "likely", "exact")


def test_constants_that_the_tree_gives_to_outside_types_are_found_there() -> None:
    """`impl Vector for __m256i { const ALIGN … }`: the constant is the tree's own; slices and tuples have names."""
    text = b"use std::arch::x86_64::__m256i;\npub trait Vector { const ALIGN: usize; fn or(self) -> Self; }\n"
    text += b"impl Vector for __m256i { const ALIGN: usize = 32; fn or(self) -> Self { self } }\n"
    text += b"impl<T> Vector for [T] { const ALIGN: usize = 8; fn or(self) -> Self { self } }\n"
    text += b"impl Vector for (u8, u8) { const ALIGN: usize = 8; fn or(self) -> Self { self } }\n"
    text += b"pub fn one() -> usize { __m256i::ALIGN }\npub fn two() -> usize { <__m256i as Vector>::ALIGN }\n"
    files = {"Cargo.toml": b'[package]\nname = "x"\nversion = "0.1.0"\n', "src/lib.rs": text}
    _, facts = resolved(files)
    names = [name for name in symbol_ids("src/lib.rs", facts["src/lib.rs"].symbols) if name.endswith("ALIGN")]
    assert [name.partition("::")[2] for name in names] == [
        "Vector.ALIGN",
        "__m256i.ALIGN",
        "slice.ALIGN",
        "tuple.ALIGN",
    ]
    assert references_of(files, "src/lib.rs", ".ALIGN") == {
        (f"src/lib.rs::{name}", "src/lib.rs::__m256i.ALIGN", "exact") for name in ("one", "two")
    }


def references_of(files: dict[str, bytes], path: str, ending: str) -> set[tuple[str, str, str]]:
    """Return what refers to targets whose names end so: from where, to what, with which certainty."""
    resolver, facts = resolved(files)
    links, ids = resolver.link(path), symbol_ids(path, facts[path].symbols)
    rows = zip(links.edges[2::5], links.edges[3::5], links.edges[4::5], strict=True)
    named = [(ids[within], links.targets[target], CERTAINTIES[sure]) for within, target, sure in rows]
    return {one for one in named if one[1].endswith(ending)}


def test_a_protocol_of_the_standard_library_constructs_nothing() -> None:
    """What Swift's types adopt is no class whose constructor would run."""
    text = b"class One: Sendable {}\nstruct Two: Codable, View {}\nclass Three { init() {} }\n"
    files = {"Types.swift": text, "Use.swift": b"func use() { One(); Two(); Three() }\n"}
    resolver, _ = resolved(files)
    found = {"Types.swift::One", "Types.swift::Two", "Types.swift::Three", "Types.swift::Three.init"}
    assert set(resolver.link("Use.swift").targets) == found
