"""Rust: where its modules lie, what its facts say in odd places, and names of locals for renames."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from cases import FIXTURES, Case, read_cases
from linked import linked

from codeagent.domain.facts import KIND, NAME, NONE, ROLES, TEST, FileFacts
from codeagent.graph.extract import extract
from codeagent.graph.ids import dotted_names
from codeagent.languages.grammars import parser_for
from codeagent.languages.language import Location
from codeagent.languages.lowering.rust import lower
from codeagent.languages.resolution.rust import RustModules
from codeagent.languages.rust import RUST

CRATES = [pytest.param(case, id=case.title) for case in read_cases(FIXTURES / "graph" / "rust.md")]


class Given:
    """Files in memory, as module finders see them."""

    packages: Mapping[str, str] = {}

    def __init__(self, *paths: str, **manifests: str) -> None:
        self._texts = {f"{name.replace('_', '/')}/Cargo.toml".lstrip("/"): text for name, text in manifests.items()}
        self.paths = frozenset((*paths, *self._texts))

    def read(self, path: str) -> bytes:
        """Return the text of a manifest."""
        return self._texts.get(path, "").encode()


def found(tree: Given, importer: str, spec: str) -> list[str]:
    """Return the places of a module, written `path` or `path inner`."""
    return [f"{place.path} {place.inner}".strip() for place in RustModules(tree).find(importer, spec)]


CRATE = Given(
    *("src/lib.rs", "src/main.rs", "src/a.rs", "src/a/b.rs", "src/c/mod.rs", "src/c/d.rs", "src/x/y.rs"),
    *("src/bin/tool.rs", "src/bin/big/main.rs", "src/bin/big/part.rs", "tests/one.rs", "tests/common/mod.rs"),
    *("examples/show.rs", "build.rs", "odd/place.rs"),
    _='[package]\nname = "the-app"\n[dependencies]\nserde = "1"\na = "2"\n',
)


@pytest.mark.parametrize(
    ("importer", "spec", "expected"),
    [
        ("src/a.rs", "crate", ["src/lib.rs", "src/main.rs"]),
        ("src/main.rs", "crate", ["src/main.rs"]),
        ("src/a/b.rs", "crate::c::d", ["src/c/d.rs"]),
        ("src/a.rs", "self", ["src/a.rs"]),
        ("src/a.rs", "self::b", ["src/a/b.rs"]),
        ("src/a.rs", "self::tests", ["src/a.rs tests"]),
        ("src/a.rs", "self::tests::deep", ["src/a.rs tests.deep"]),
        ("src/a/b.rs", "super", ["src/a.rs"]),
        ("src/a/b.rs", "super::super::c", ["src/c/mod.rs"]),
        ("src/c/d.rs", "super", ["src/c/mod.rs"]),
        ("src/c/mod.rs", "super", ["src/lib.rs", "src/main.rs"]),
        ("src/a.rs", "super::super", []),
        ("src/lib.rs", "crate::x::y", ["src/x/y.rs"]),  # mod x { mod y; }
        ("src/lib.rs", "crate::c::Kind", ["src/c/mod.rs Kind"]),
        ("src/lib.rs", "./odd.rs", []),
        ("src/lib.rs", "./../odd/place.rs", ["odd/place.rs"]),
        ("src/main.rs", "the_app::a", ["src/a.rs"]),
        ("tests/one.rs", "::the_app", ["src/lib.rs"]),
        ("tests/one.rs", "self::common", ["tests/common/mod.rs"]),
        ("tests/common/mod.rs", "crate::common", ["tests/common/mod.rs"]),
        ("src/bin/big/part.rs", "crate", ["src/bin/big/main.rs"]),
        ("src/bin/big/main.rs", "self::part", ["src/bin/big/part.rs"]),
        ("src/bin/tool.rs", "crate", ["src/bin/tool.rs"]),
        ("build.rs", "crate", ["build.rs"]),
        ("src/c/d.rs", "serde", []),
        ("src/c/d.rs", "a", []),  # a dependency of that name wins over the module
        ("src/a.rs", "c::d", ["src/c/d.rs"]),  # the 2015 edition
        ("src/a.rs", "std::io", []),
        ("src/a.rs", "", []),
    ],
)
def test_modules_of_a_crate(importer: str, spec: str, expected: list[str]) -> None:
    """Module paths lead to files, or to places inside the last file of the way."""
    assert found(CRATE, importer, spec) == expected


def test_targets_that_are_not_found_by_themselves() -> None:
    """`autotests = false`: the files beside a declared test are its modules."""
    manifest = '[package]\nname = "a"\nautotests = false\n[[test]]\nname = "all"\npath = "tests/all.rs"\n'
    tree = Given("src/lib.rs", "tests/all.rs", "tests/part.rs", _=manifest)
    assert found(tree, "tests/part.rs", "crate") == ["tests/all.rs"]
    assert found(tree, "tests/part.rs", "super") == ["tests/all.rs"]


def test_of_two_crates_of_one_name_the_nearest_counts() -> None:
    """Vendored copies and fixtures repeat names."""
    manifest = '[package]\nname = "twin"\n'
    tree = Given("one/src/lib.rs", "two/src/lib.rs", "two/sub/src/lib.rs", one=manifest, two=manifest)
    assert found(tree, "two/src/lib.rs", "twin") == ["two/src/lib.rs"]
    assert found(tree, "one/src/lib.rs", "::twin") == ["one/src/lib.rs"]


@pytest.mark.parametrize(
    "text", ["", "[package", "[package]\nname = 3", '[package]\nname = "x"\nlib = 1\nbin = {}', "\0"]
)
def test_broken_manifests_are_survived(text: str) -> None:
    """Modules are found by where they lie, whatever the manifest says."""
    tree = Given("src/lib.rs", "src/a.rs", _=text)
    assert found(tree, "src/lib.rs", "crate::a") == ["src/a.rs"]


def test_names_of_things_outside() -> None:
    """They are dotted, without the mark of an absolute path."""
    modules = RustModules(CRATE)
    assert modules.external("src/a.rs", "std::collections") == "std.collections"
    assert modules.external("src/a.rs", "::serde") == "serde"
    assert modules.siblings("src/a.rs") == ()
    assert modules.find("src/a.rs", "self") == (Location("src/a.rs"),)


# --- facts ---------------------------------------------------------------------------------------------


def facts_of(text: str | bytes, *, locals: bool = False) -> FileFacts:
    """Lower a file."""
    source = text if isinstance(text, bytes) else text.encode()
    return lower(source, parser_for(RUST).parse(source).root_node, locals=locals)


def names(facts: FileFacts) -> list[str]:
    """The dotted names of all symbols but the module."""
    return dotted_names(facts.symbols)[1:]


def test_a_method_keeps_the_plain_name_beside_a_field() -> None:
    """Getters are called like their fields; the method is what people mean."""
    facts = facts_of("struct A { name: String }\nimpl A { fn name(&self) -> &str { &self.name } }")
    assert names(facts) == ["A", "A.name", "A.name#2"]
    assert [facts.symbols[i].kind for i in (2, 3)] == [KIND["method"], KIND["field"]]


def test_an_impl_before_its_type_and_inside_functions() -> None:
    """Order does not matter, and items of a function belong to it."""
    facts = facts_of("impl A { fn m() {} }\nstruct A;\nfn f() { struct B; impl B { fn n() { fn g() {} } } }")
    assert names(facts) == ["A", "A.m", "f", "f.B", "f.B.n", "f.B.n.g"]
    assert facts.symbols[6].kind == KIND["function"]


def test_methods_of_a_type_from_elsewhere_read_as_its_own() -> None:
    """Their symbols have no parent, but the owner is known."""
    facts = facts_of(
        "use crate::a::Cart;\nimpl Cart { fn total(&self) {} }\nimpl Clone for &super::b::Item { fn clone() {} }"
    )
    assert names(facts) == ["Cart.total", "Item.clone"]
    assert all(fact.owner != NONE for fact in facts.functions)


def test_a_field_that_is_still_being_written() -> None:
    assert extract(RUST, b"fn show(cart: Cart) {\n    cart.\n}\n").symbols[1].name == "show"


def test_items_in_arguments_of_many_macros_are_kept_apart() -> None:
    one = "sized! { trait Kind { type Item; fn get(&self) -> Self::Item; } struct Cart(u8); enum One { A, B } }\n"
    facts = extract(RUST, f"fn all() {{\n{one * 300}}}\n".encode())
    assert [symbol.name for symbol in facts.symbols].count("Item") == 300


def test_tests_are_marked() -> None:
    """By their attribute, whatever crate it is from, and by `cfg(test)`."""
    text = "#[test]\nfn a() {}\n#[tokio::test(flavor = 1)]\nasync fn b() {}\n#[cfg(test)]\nmod c {}\n"
    text += "#[cfg(not(test))]\nmod d {}"
    marked = [symbol.name for symbol in facts_of(text).symbols if symbol.flags & TEST]
    assert marked == ["a", "b", "c"]


def test_attributes_belong_to_the_next_item_only() -> None:
    """Also when something stands between, or an expression has them."""
    facts = facts_of(
        "#[test]\n// why\n/// what\nfn a() {}\n#[allow(x)]\nuse b::c;\nfn d() { #[test] let x = 1; }\nfn e() {}"
    )
    assert [symbol.name for symbol in facts.symbols if symbol.flags & TEST] == ["a"]
    assert facts.symbols[1].start == 0


def local_references(text: str) -> list[tuple[str, int, str]]:
    """(role, offset, unique name) of each reference to a local."""
    facts = facts_of(text, locals=True)
    flat, exprs = facts.references, facts.exprs
    rows = [flat[i : i + 5] for i in range(0, len(flat), 5)]
    return sorted(
        (ROLES[role], start, str(exprs[expr][2]))
        for start, _, role, _, expr in rows
        if expr != NONE and exprs[expr][0] == NAME and exprs[expr][1] != 0
    )


def test_shadowing_names_are_different_locals() -> None:
    """`let x = x` reads the old one and makes a new one; a block gives the outer one back."""
    text = "fn f(x: u8) { let x = x; { let x = 2; x; } x; }"
    _, first, before, second, inside, after = (at for at, letter in enumerate(text) if letter == "x")
    assert local_references(text) == [
        ("read", before, "x"),
        ("read", inside, "x@3"),
        ("read", after, "x@2"),
        ("write", first, "x@2"),
        ("write", second, "x@3"),
    ]


def test_both_sides_of_a_pattern_bind_one_local() -> None:
    """`A(x) | B(x)`"""
    text = "fn f(e: E) { match e { E::A(x) | E::B(x) => x, _ => 0 }; }"
    assert {name for role, _, name in local_references(text) if role == "write"} == {"x"}


def test_locals_are_left_out_of_the_index() -> None:
    """But calling one is a reference."""
    facts = facts_of("fn f(g: impl Fn()) { let x = 1; x; g(); }")
    roles = [ROLES[role] for role in facts.references[2::5]]
    assert roles == ["read", "call"]  # Fn, g


@pytest.mark.parametrize(
    "source",
    [
        b"\xef\xbb\xbffn a() {}\r\nfn b() {}\r\n",
        "fn a() {} // größe\nfn b() {}\n".encode("latin-1"),
        b"fn a() { let = ; }\nfn b() {}\n",
        b"fn a() { " + b"(" * 3000 + b")" * 3000 + b" }\nfn b() {}\n",
        b"fn a() { x" + b".y()" * 3000 + b"; }\nfn b() {}\n",
        b"fn a() { x" + b" + 1" * 9000 + b"; }\nfn b() {}\n",
        b"fn a() { " + b"if x { 1 } else " * 3000 + b"{ 2 } }\nfn b() {}\n",
        b"const X: u8 = " + b"{" * 3000 + b"1" + b"}" * 3000 + b";\nfn a() {}\nfn b() {}\n",
        b"fn a() { m!" + b"(" * 3000 + b")" * 3000 + b" }\nfn b() {}\n",
        b"fn a() {}\nmod m { " + b"mod n { " * 800 + b"}" * 801 + b"\nfn b() {}\n",
    ],
    ids=["marks", "latin-1", "errors", "parentheses", "chain", "sum", "else if", "constant", "macro", "modules"],
)
def test_ugly_files_keep_their_functions(source: bytes) -> None:
    """What cannot be read costs only itself."""
    found_names = names(extract(RUST, source))
    assert "a" in found_names
    assert "b" in found_names


def test_raw_and_foreign_identifiers() -> None:
    """`r#type` is called `type`; names outside ASCII are kept."""
    assert names(facts_of("fn r#type() {}\nfn größe() {}")) == ["type", "größe"]


def test_complexity_counts_decisions() -> None:
    """Each branch, loop, further arm and short circuit; nested functions apart."""
    text = "fn f(x: u8) { if x > 1 && y || z {} else if w {} for _ in a {} while b {} "
    text += "match x { 1 => {} 2 => {} _ => {} } }"
    assert facts_of(text).symbols[1].complexity == 9


def test_lines_of_code() -> None:
    """Neither blank nor only comment."""
    text = "//! doc\n\n/* a\n b */\nfn f() {} // not this\n    // this\n"
    facts = facts_of(text)
    assert (facts.lines, facts.code_lines) == (6, 1)


# --- edges and the index ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CRATES)
def test_edges(case: Case, tmp_path: Path) -> None:
    """Who calls whom is what the case file says."""
    case.expect("edges", linked(case.write(tmp_path / "project")))
