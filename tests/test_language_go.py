"""Go: what lies outside the tree, names of packages, methods apart from their types, ugly input."""

import sys
from pathlib import Path

import pytest
from cases import FIXTURES, Case, read_cases
from conftest import write_files
from linked import linked

from codeagent.config import load_config
from codeagent.domain.facts import FileFacts
from codeagent.graph.extract import extract
from codeagent.graph.graph import CodeGraph
from codeagent.graph.ids import symbol_ids
from codeagent.graph.maintenance import differences
from codeagent.graph.pointing import definitions_at
from codeagent.graph.update import open_graph
from codeagent.languages.go import GO
from codeagent.languages.grammars import parser_for
from codeagent.languages.lowering.go import lower, package_names

CASES = [pytest.param(case, id=case.title) for case in read_cases(FIXTURES / "graph" / "go.md")]


@pytest.mark.parametrize("case", CASES)
def test_edges(case: Case, tmp_path: Path) -> None:
    """Who calls, makes and extends whom is what the case file says."""
    case.expect("edges", linked(case.write(tmp_path / "project")))


def graph_of(root: Path, files: dict[str, str]) -> CodeGraph:
    """Index files written below `root`."""
    write_files(root, files)
    return open_graph(root, None, None, load_config(root), in_memory=True)


def calls(graph: CodeGraph) -> set[tuple[str, str]]:
    """Every call edge as (source, target)."""
    return {(edge.source, edge.target) for edge in graph.edges("calls")}


def lowered(source: bytes) -> FileFacts:
    return extract(GO, source)


def test_outside_packages_keep_their_path(tmp_path: Path) -> None:
    """What is imported from elsewhere, vendored copies too, is named by its import path."""
    files = {
        "go.mod": "module example.com/app\n",
        "main.go": """
            package main

            import (
                "net/http"
                "gopkg.in/yaml.v3"
                "example.com/vendored/lib"
            )

            func main() {
                http.Get("x")
                yaml.Marshal(1)
                lib.Do()
                file, _ := os.Open("x")
            }
            """,
        "vendor/example.com/vendored/lib/lib.go": "package lib\n\nfunc Do() {}\n",
    }
    found = calls(graph_of(tmp_path / "p", files))
    targets = {target for _, target in found}
    assert {"net/http.Get", "gopkg.in/yaml.v3.Marshal", "example.com/vendored/lib.Do"} <= targets
    assert not any(target.startswith("vendor/") for target in targets)


@pytest.mark.parametrize(
    ("spec", "names"),
    [
        ("fmt", ["fmt"]),
        ("net/http", ["http"]),
        ("gopkg.in/yaml.v3", ["yaml"]),
        ("github.com/a/go-toml/v2", ["toml", "go", "gotoml", "go_toml"]),
        ("github.com/a/b/v10", ["b"]),
        ("", [""]),
    ],
)
def test_package_names(spec: str, names: list[str]) -> None:
    """An import path says only nearly how its package is called."""
    assert package_names(spec) == names


def test_parts_of_outside_values_are_outside(tmp_path: Path) -> None:
    """What an outside call gives, item by item, is never taken for a type of the tree."""
    source = """
        package a

        import "db"

        type Own struct{}

        func (o *Own) Decode() {}
        func (o *Own) Column() {}

        func use() {
            rows, err := db.Query()
            rows.Decode()
            for _, row := range rows.All() {
                row.Column()
            }
            if err != nil {
                err.Error()
            }
        }
        """
    targets = {target for _, target in calls(graph_of(tmp_path / "p", {"go.mod": "module a\n", "a.go": source}))}
    assert targets == {"db.Query", "db.Query.Decode", "db.Query.All", "db.Query.All.Column", "db.Query.Error"}


def test_method_in_another_file_than_its_type(tmp_path: Path) -> None:
    """Its id reads like any method's, and calls through the type find it."""
    files = {
        "go.mod": "module m\n",
        "a.go": "package a\n\ntype T struct{}\n\nfunc use(t *T) { t.Far() }\n",
        "b.go": "package a\n\nfunc (t *T) Far() {}\n",
    }
    graph = graph_of(tmp_path / "p", files)
    assert graph.symbol("b.go::T.Far").kind == "method"
    assert calls(graph) == {("a.go::use", "b.go::T.Far")}


def test_tests_are_seen_by_tests_only(tmp_path: Path) -> None:
    """A helper of the tests is no definition for the package itself; `x_test` is a package of its own."""
    files = {
        "go.mod": "module m\n",
        "a.go": "package a\n\nfunc use() { helper() }\n",
        "a_test.go": "package a\n\nfunc helper() {}\n\nfunc again() { use(); outside() }\n",
        "b_test.go": "package a_test\n\nfunc outside() {}\n",
    }
    assert calls(graph_of(tmp_path / "p", files)) == {("a_test.go::again", "a.go::use")}


def test_what_tests_implement_is_for_tests(tmp_path: Path) -> None:
    """A fake of the tests is no implementation that the code itself calls, where there is a real one."""
    files = {
        "go.mod": "module m\n",
        "a.go": "package a\n\ntype Repo interface{ Save() }\n\nfunc use(r Repo) { r.Save() }\n",
        "real.go": "package a\n\ntype Real struct{}\n\nfunc (Real) Save() {}\n",
        "fake_test.go": "package a\n\ntype Fake struct{}\n\nfunc (Fake) Save() {}\n\nfunc try(r Repo) { r.Save() }\n",
    }
    assert calls(graph_of(tmp_path / "p", files)) == {
        ("a.go::use", "real.go::Real.Save"),
        ("fake_test.go::try", "real.go::Real.Save"),
        ("fake_test.go::try", "fake_test.go::Fake.Save"),
    }


def test_a_package_for_each_system(tmp_path: Path) -> None:
    """Of two definitions for two systems either may be built: both are named, and nothing is unknown."""
    files = {
        "go.mod": "module m\n",
        "a.go": "package a\n\nfunc use() { open() }\n",
        "open_linux.go": "//go:build linux\n\npackage a\n\nfunc open() {}\n",
        "open_windows.go": "//go:build windows\n\npackage a\n\nfunc open() {}\n",
    }
    graph = graph_of(tmp_path / "p", files)
    assert calls(graph) == {("a.go::use", "open_linux.go::open"), ("a.go::use", "open_windows.go::open")}


def test_no_go_mod(tmp_path: Path) -> None:
    """Without a module an import path is matched by the end that one folder has."""
    files = {
        "cmd/main.go": 'package main\n\nimport "example.com/x/pkg/util"\n\nfunc main() { util.Do() }\n',
        "pkg/util/do.go": "package util\n\nfunc Do() {}\n",
    }
    assert ("cmd/main.go::main", "pkg/util/do.go::Do") in calls(graph_of(tmp_path / "p", files))


def test_facts_do_not_depend_on_the_limit_of_frames() -> None:
    """A deeply nested function is walked with more frames; the functions around it are not lost."""
    deep = (
        b"package a\nfunc before() { f() }\nfunc deep() { x("
        + b"g(" * 3000
        + b")" * 3000
        + b") }\nfunc after() { h() }\n"
    )
    limit = sys.getrecursionlimit()
    facts = lowered(deep)
    assert sys.getrecursionlimit() == limit
    ids = symbol_ids("a.go", facts.symbols)
    assert ids[1:] == ["a.go::before", "a.go::deep", "a.go::after"]
    assert len(facts.references) // 5 == 3003


def test_a_damaged_file_keeps_what_parses() -> None:
    """Errors are counted; definitions around them stay."""
    facts = lowered(b"package a\nfunc one() {}\nfunc ( {{{ \nfunc two() { one() }\n")
    assert facts.errors > 0
    assert "a.go::one" in symbol_ids("a.go", facts.symbols)


def test_locals_are_told_apart_by_block() -> None:
    """With locals asked for, a name that is declared again is another variable."""
    source = b"package a\nfunc f(x T) {\n\tx.A()\n\tif x := g(); x != nil {\n\t\tx.B()\n\t}\n\tx.C()\n}\n"
    facts = lower(source, parser_for(GO).parse(source).root_node, locals=True)
    refs = [facts.references[i : i + 5] for i in range(0, len(facts.references), 5)]
    names = [facts.exprs[expr][2] for start, end, _, _, expr in refs if source[start:end] == b"x"]
    assert names == ["x", "x@35", "x@35", "x@35", "x"]


ONE = "package a\n\ntype One struct{}\n\nfunc (One) Area() int { return 1 }\n"
REPOS = "package a\n\ntype Repo struct{}\n\nfunc (Repo) Save() {}\n\ntype Other struct{}\n\nfunc (Other) Save() {}\n"
EDITS = {
    "a method that makes a type implement an interface": (
        {
            "shape.go": "package a\n\ntype Shape interface {\n\tArea() int\n\tName() string\n}\n",
            "one.go": ONE,
            "use.go": "package a\n\nfunc get() Shape { return nil }\n",
            "call.go": "package a\n\nfunc call() { get().Area() }\n",
        },
        {"one.go": ONE + 'func (One) Name() string { return "" }\n'},
        ("call.go::call", "one.go::One.Area"),
    ),
    "an embedded type that has the methods": (
        {
            "shape.go": "package a\n\ntype Shape interface{ Area() int; Name() string }\n",
            "base.go": "package a\n\ntype Base struct{}\n\nfunc (Base) Area() int { return 1 }\n",
            "one.go": 'package a\n\ntype One struct{}\n\nfunc (One) Name() string { return "" }\n',
            "call.go": "package a\n\nfunc call(s Shape) { s.Area() }\n",
        },
        {"one.go": 'package a\n\ntype One struct{ Base }\n\nfunc (One) Name() string { return "" }\n'},
        ("call.go::call", "base.go::Base.Area"),
    ),
    "a field of another type": (
        {
            "repo.go": REPOS,
            "service.go": "package a\n\ntype Service struct{ repo Repo }\n",
            "call.go": "package a\n\nfunc call(s Service) { s.repo.Save() }\n",
        },
        {"service.go": "package a\n\ntype Service struct{ repo Other }\n"},
        ("call.go::call", "repo.go::Other.Save"),
    ),
}


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_reaches_other_files(tmp_path: Path, name: str) -> None:
    """After an edit the index has the new edge, and is what one built from nothing is."""
    files, edit, edge = EDITS[name]
    root = tmp_path / "p"
    write_files(root, {"go.mod": "module a\n", **files})
    config = load_config(root)
    assert edge not in calls(open_graph(root, None, None, config))
    write_files(root, edit)
    graph = open_graph(root, None, None, config)
    assert edge in calls(graph)
    assert differences(graph, open_graph(root, None, None, config, in_memory=True)) == ()


def test_definition_of_locals(tmp_path: Path) -> None:
    """Parameters, variables and what shadows them are told apart."""
    source = """
        package a

        func use(x *T) {
            y := x
            if x := other(); x != nil {
                x.Go()
            }
            f := func(z *T) { z.Go(); y.Go() }
            f(x)
        }
        """
    graph = graph_of(tmp_path / "p", {"go.mod": "module a\n", "a.go": source})
    places = {(6, 9): 5, (4, 10): 3, (8, 23): 8, (8, 31): 4, (9, 5): 8, (9, 7): 3}
    lines = {
        at: [graph.place(d.path, d.start, d.end).line for d in definitions_at(graph, "a.go", *at)] for at in places
    }
    assert lines == {at: [line] for at, line in places.items()}
