"""Java: overloads told apart by types, what every class has, what lies outside, ugly input."""

import sys
from pathlib import Path

import pytest
from cases import FIXTURES, Case, read_cases
from conftest import write_files
from linked import linked

from codeagent.config import load_config
from codeagent.domain.facts import TEST
from codeagent.graph.extract import extract
from codeagent.graph.graph import CodeGraph
from codeagent.graph.ids import symbol_ids
from codeagent.graph.maintenance import differences
from codeagent.graph.pointing import definitions_at
from codeagent.graph.update import open_graph
from codeagent.languages.java import JAVA
from codeagent.tools.relations import callers

CASES = [pytest.param(case, id=case.title) for case in read_cases(FIXTURES / "graph" / "java.md")]


@pytest.mark.parametrize("case", CASES)
def test_edges(case: Case, tmp_path: Path) -> None:
    """Who calls, makes and extends whom is what the case file says."""
    case.expect("edges", linked(case.write(tmp_path / "project")))


def graph_of(root: Path, files: dict[str, str]) -> CodeGraph:
    """Index files written below `root`."""
    write_files(root, files)
    return open_graph(root, None, None, load_config(root), in_memory=True)


def targets(graph: CodeGraph, kind: str = "calls") -> dict[str, str]:
    """Every target of an edge kind with its certainty."""
    return {edge.target: edge.certainty for edge in graph.edges(kind)}


@pytest.mark.parametrize(
    ("argument", "chosen"),
    [
        ("1", "put"),
        ('"a"', "put#2"),
        ("new Item()", "put#3"),
        ("new Special()", "put#3"),
        ("'c'", "put#4"),
        ("1.5", "put#5"),
        ("2L", "put#5"),
        ("true", "put#6"),
        ("new int[0]", "put#7"),
        ('"a" + 1', "put#2"),
        ("1 < 2", "put#6"),
        ("item.toString()", "put#2"),
        ("(Item) given", "put#3"),
        ("Double.NaN", "put#5"),
        ("item.getClass()", "put#8"),
        ('"a", 1', "put#9"),
        ('"a", 1, 2', "put#9"),
    ],
)
def test_overloads(tmp_path: Path, argument: str, chosen: str) -> None:
    """The number of the arguments and their types say which overload runs."""
    text = f"""
        class Box {{
            void put(int n) {{}}
            void put(String s) {{}}
            void put(Item i) {{}}
            void put(char c) {{}}
            void put(double d) {{}}
            void put(boolean b) {{}}
            void put(int[] all) {{}}
            void put(Class<?> type) {{}}
            void put(String s, Object... rest) {{}}
            void run(Item item, Object given) {{ put({argument}); }}
        }}
        class Item {{}}
        class Special extends Item {{}}
        """
    found = targets(graph_of(tmp_path / "p", {"Box.java": text}))
    assert [target for target in found if ".put" in target] == [f"Box.java::Box.{chosen}"]


def test_overloads_that_cannot_be_told_apart(tmp_path: Path) -> None:
    """Where the argument says nothing, every overload is likely, none exact."""
    text = "class Box { void put(Item i) {} void put(Other o) {} void run() { put(null); } }"
    found = targets(graph_of(tmp_path / "p", {"Box.java": text}))
    assert found == {"Box.java::Box.put": "likely", "Box.java::Box.put#2": "likely"}


def test_a_field_and_a_method_of_one_name(tmp_path: Path) -> None:
    """The method has the plain id; a call is of the method, a member of the field's value is the value's."""
    text = """
        class Box {
            private Item item;
            Item item() { return item; }
            void run() { item().touch(); item.touch(); }
        }
        class Item { void touch() {} }
        """
    graph = graph_of(tmp_path / "p", {"Box.java": text})
    assert graph.symbol("Box.java::Box.item").kind == "method"
    assert graph.symbol("Box.java::Box.item#2").kind == "field"
    assert targets(graph) == {"Box.java::Box.item": "exact", "Box.java::Item.touch": "exact"}


def test_a_base_outside_the_tree_hides_nothing(tmp_path: Path) -> None:
    """Names are looked for everywhere in the tree before an unknown base class is believed to have them."""
    files = {
        "a/Screen.java": """
            package a;
            import lib.Activity;
            import b.Repo;
            class Screen extends Activity {
                void run() { Repo.open(); Near.go(); onDraw(); hashCode(); }
            }
            """,
        "a/Near.java": "package a;\nclass Near { static void go() {} }\n",
        "b/Repo.java": "package b;\npublic class Repo { public static void open() {} }\n",
    }
    found = targets(graph_of(tmp_path / "p", files))
    assert set(found) == {
        "b/Repo.java::Repo.open",
        "a/Near.java::Near.go",
        "lib.Activity.onDraw",
        "lib.Activity.hashCode",
    }


def test_what_every_class_and_enum_has(tmp_path: Path) -> None:
    """Members of Object and Enum are outside the tree, and so are no unknown calls."""
    text = 'class A { void run(A a, K k) { a.hashCode(); a.equals(k); K.valueOf("X").ordinal(); } }\nenum K { X }\n'
    graph = graph_of(tmp_path / "p", {"A.java": text})
    assert set(targets(graph)) == {
        "<builtin>.Object.hashCode",
        "<builtin>.Object.equals",
        "<builtin>.Enum.valueOf",
        "<builtin>.Enum.ordinal",
    }
    assert graph.freshness.unknown_calls == 0


def test_imports_of_another_file_are_not_seen(tmp_path: Path) -> None:
    """A class that a file of the package imports is no member of that package."""
    files = {
        "a/A.java": "package a;\nimport other.Item;\nclass A {}\n",
        "a/Item.java": "package a;\npublic class Item { public void near() {} }\n",
        "b/B.java": "package b;\nimport a.Item;\nclass B { void run(Item i) { i.near(); } }\n",
    }
    assert targets(graph_of(tmp_path / "p", files)) == {"a/Item.java::Item.near": "exact"}


def test_callers_of_what_is_only_declared(tmp_path: Path) -> None:
    """Who calls an interface's method is its caller too, though what runs is an implementation."""
    text = """
        interface Repo { void save(); }
        class Memory implements Repo { public void save() {} }
        class Use { void run(Repo repo) { repo.save(); } }
        """
    graph = graph_of(tmp_path / "p", {"Repo.java": text})
    assert targets(graph) == {"Repo.java::Memory.save": "likely"}
    for name in ("Repo.save", "Memory.save"):
        assert [hit.symbol for hit in callers(graph, name).results] == ["Repo.java::Use.run"]


def test_each_module_has_its_own_class(tmp_path: Path) -> None:
    """Where samples repeat a class, that of the own module is meant; a package may span modules all the same."""
    files = {}
    for name in ("one", "two"):
        folder = f"samples/{name}/src/main/java/com/example"
        files[f"{folder}/User.java"] = "package com.example;\npublic class User { public void go() {} }\n"
        files[f"{folder}/App.java"] = "package com.example;\nclass App { void run(User u) { u.go(); Shared.all(); } }\n"
        test = f"samples/{name}/src/test/java/com/other/AppTest.java"
        files[test] = (
            "package com.other;\nimport com.example.User;\nclass AppTest { void run() { new User().go(); } }\n"
        )
    files["lib/com/example/Shared.java"] = "package com.example;\nclass Shared { static void all() {} }\n"
    graph = graph_of(tmp_path / "p", files)
    found = {(e.source.partition("::")[0], e.target.partition("::")[0]) for e in graph.edges("calls")}
    for name in ("one", "two"):
        folder = f"samples/{name}/src/main/java/com/example"
        test = f"samples/{name}/src/test/java/com/other/AppTest.java"
        assert {target for source, target in found if source == f"{folder}/App.java"} == {
            f"{folder}/User.java",
            "lib/com/example/Shared.java",
        }
        assert {target for source, target in found if source == test} == {f"{folder}/User.java"}


def test_a_field_called_like_a_type(tmp_path: Path) -> None:
    """`URL URL` hides no type: what is constructed and declared is the type."""
    text = (
        "import java.net.URL;\nclass A { static final Object URL = null; void run() { URL u = new URL(); u.go(); } }\n"
    )
    assert set(targets(graph_of(tmp_path / "p", {"A.java": text}))) == {"java.net.URL", "java.net.URL.go"}


def test_outside_containers_name_their_methods(tmp_path: Path) -> None:
    """A method of an outside generic type is not taken for one of the tree that has its name."""
    text = """
        import java.util.Map;
        class A {
            void run(Map<String, A> all) { all.entrySet().iterator().next(); all.get("a").run(all); }
            void iterator() {}
            void next() {}
        }
        """
    found = targets(graph_of(tmp_path / "p", {"A.java": text}))
    assert found == {
        "java.util.Map.entrySet": "exact",
        "java.util.Map.entrySet.iterator": "exact",
        "java.util.Map.entrySet.iterator.next": "exact",
        "java.util.Map.get": "exact",
        "A.java::A.run": "exact",
    }


def test_a_type_of_one_of_several_outside_packages(tmp_path: Path) -> None:
    """Which of them has it is not known: it is one type by its name alone, and never one of each."""
    source = """
        package shop;

        import java.util.*;
        import java.util.function.*;

        class Cart {
            List<String> items;
            void clear() { items.clear(); }
        }
        """
    graph = graph_of(tmp_path / "p", {"shop/Cart.java": source})
    assert [edge.target for edge in graph.edges("calls")] == ["List.clear"]


def test_a_record_is_read_by_calls(tmp_path: Path) -> None:
    """`point.place()` refers to the component, and what it gives is the component's type."""
    text = "record Point(int x, Place place) {}\nclass Place { void go() {} }\n"
    text += "class Use { void run(Point p) { p.place().go(); p.x(); } }\n"
    graph = graph_of(tmp_path / "p", {"Point.java": text})
    assert targets(graph) == {"Point.java::Place.go": "exact"}
    assert {"Point.java::Point.place", "Point.java::Point.x"} <= set(targets(graph, "references"))


def test_types_found_in_files_of_other_names(tmp_path: Path) -> None:
    """Only the package and the declaration count: neither the folder nor the file's name."""
    files = {
        "odd/Place.java": "package x.y;\nclass Hidden {\nstatic void go() {}\n"
        "static class In { static void deep() {} } }\n",
        "Use.java": "package z;\nimport x.y.Hidden;\nimport x.y.Hidden.In;\nimport static x.y.Hidden.go;\n"
        "class Use { void run() { Hidden.go(); go(); In.deep(); x.y.Hidden.In.deep(); } }\n",
    }
    found = targets(graph_of(tmp_path / "p", files))
    assert set(found) == {"odd/Place.java::Hidden.go", "odd/Place.java::Hidden.In.deep"}


def test_tests_by_their_annotation() -> None:
    """JUnit's and TestNG's marks make a method a test."""
    source = b"class A { @Test void a() {} @org.junit.jupiter.api.ParameterizedTest void b() {} @Before void c() {} }"
    facts = extract(JAVA, source)
    assert [s.name for s in facts.symbols if s.flags & TEST] == ["a", "b"]


def test_deep_nesting_costs_only_itself() -> None:
    """A deeply nested class is walked with more frames; the limit is what it was."""
    source = b"class A { void f() { x(" + b"g(" * 3000 + b")" * 3000 + b"); } }\nclass B { void h() {} }\n"
    limit = sys.getrecursionlimit()
    facts = extract(JAVA, source)
    assert sys.getrecursionlimit() == limit
    assert symbol_ids("A.java", facts.symbols)[1:] == ["A.java::A", "A.java::A.f", "A.java::B", "A.java::B.h"]
    assert len(facts.references) // 5 == 3001


EDITS = {
    "a class that comes to implement an interface": (
        {
            "Shape.java": "interface Shape { int area(); }\n",
            "Base.java": "class Base { public int area() { return 1; } }\n",
            "One.java": "class One extends Base { }\n",
            "Get.java": "class Get { static Shape get() { return null; } }\n",
            "Call.java": "class Call { void call() { Get.get().area(); } }\n",
        },
        {"One.java": "class One extends Base implements Shape { }\n"},
        ("Call.java::Call.call", "Base.java::Base.area"),
    ),
    "the method of an interface that a lambda is": (
        {
            "Handler.java": "interface Handler { void handle(Item one); }\n",
            "Items.java": "class Item { void run() {} }\nclass Other { void run() {} }\n",
            "Bus.java": "class Bus { void on(Handler h) {} }\n",
            "Call.java": "class Call { void call(Bus b) { b.on(x -> x.run()); } }\n",
        },
        {"Handler.java": "interface Handler { void handle(Other one); }\n"},
        ("Call.java::Call.call.<lambda1>", "Items.java::Other.run"),
    ),
    "another overload": (
        {
            "Printer.java": "class Printer { void print(Object o) {} }\n",
            "Call.java": 'class Call { void call(Printer p) { p.print("a"); } }\n',
        },
        {"Printer.java": "class Printer { void print(Object o) {} void print(String s) {} }\n"},
        ("Call.java::Call.call", "Printer.java::Printer.print#2"),
    ),
}


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_reaches_other_files(tmp_path: Path, name: str) -> None:
    """After an edit the index has the new edge, and is what one built from nothing is."""
    files, edit, edge = EDITS[name]
    root = tmp_path / "p"
    write_files(root, files)
    config = load_config(root)
    assert edge not in {(e.source, e.target) for e in open_graph(root, None, None, config).edges("calls")}
    write_files(root, edit)
    graph = open_graph(root, None, None, config)
    assert edge in {(e.source, e.target) for e in graph.edges("calls")}
    assert differences(graph, open_graph(root, None, None, config, in_memory=True)) == ()


def test_definition_of_locals(tmp_path: Path) -> None:
    """Parameters, variables, captured ones and fields are told apart."""
    source = """
        class A {
            String name;
            void get(A other) {
                A copy = other;
                for (A one : all()) { one.get(copy); }
                Runnable r = () -> copy.get(other);
                copy.name = name;
            }
        }
        """
    graph = graph_of(tmp_path / "p", {"A.java": source})
    places = {(4, 18): 3, (5, 31): 5, (5, 39): 4, (6, 28): 4, (6, 37): 3, (7, 9): 4, (7, 14): 2, (7, 21): 2}
    found = {at: definitions_at(graph, "A.java", *at) for at in places}
    lines = {at: [graph.place(d.path, d.start, d.end).line for d in found[at]] for at in places}
    assert lines == {at: [line] for at, line in places.items()}
