"""A name that several definitions have (overloads, stubs, branches) means all of them; a place or a number one."""

import json

import pytest

JAVA = """
class Shop {
  int sell(int many) { return many; }
  int sell(String what) { return cheap(); }
  int cheap() { return 1; }
  void one() { sell(1); }
  void two() { sell("tea"); }
}
"""
CSHARP = """
class Shop {
    int Sell(int many) { return many; }
    int Sell(string what, int size) { return Cheap(); }
    int Cheap() { return 1; }
    void One() { Sell(1); }
    void Two() { Sell("tea", 1); }
}
"""
KOTLIN = """
class Shop {
    fun sell(many: Int): Int { return many }
    fun sell(what: String, size: Int): Int { return cheap() }
    fun cheap(): Int { return 1 }
    fun one() { sell(1) }
    fun two() { sell("tea", 1) }
}
"""
CPP = """
struct Shop {
    int cheap() { return 1; }
    int sell(int many) { return many; }
    int sell(const char *what, int size) { return cheap(); }
    void one() { sell(1); }
    void two() { sell("tea", 1); }
};
"""
TYPESCRIPT = """
export class Shop {
  sell(many: number): number;
  sell(what: string): number;
  sell(any: any): number { return this.cheap(); }
  cheap(): number { return 1; }
  one() { this.sell(1); }
  two() { this.sell("tea"); }
}
"""
PYTHON = """
from typing import overload


class Shop:
    @overload
    def sell(self, many: int) -> int: ...
    @overload
    def sell(self, what: str) -> int: ...
    def sell(self, any):
        return self.cheap()

    def cheap(self): ...
    def one(self):
        self.sell(1)

    def two(self):
        self.sell("tea")
"""
SHOPS = [
    ("Shop.java", JAVA),
    ("Shop.cs", CSHARP),
    ("Shop.kt", KOTLIN),
    ("shop.cpp", CPP),
    ("shop.ts", TYPESCRIPT),
    ("shop.py", PYTHON),
]


@pytest.fixture
def asked(repo, invoke):
    """Ask a question of a repository with one file: its results as pairs of where they stand and where they lead."""

    roots = []

    def ask(name, text, *words):
        roots[:] = roots or [repo({name: text.lstrip("\n")})]
        (made,) = roots
        done = invoke("query", *words, "--format", "json", "--repo", str(made.root))
        assert done.code == 0, done.err
        return json.loads(done.out)["results"]

    return ask


def last(symbol):
    return symbol.rpartition(".")[2].lower()


@pytest.mark.parametrize(("name", "text"), SHOPS)
@pytest.mark.parametrize("whole", [False, True], ids=["short", "id"])
def test_a_name_means_all_of_that_name(asked, name, text, whole) -> None:
    capital = name == "Shop.cs"
    meant = (f"{name}::" if whole else "") + ("Shop.Sell" if capital else "Shop.sell")
    for verb in ("callers", "references"):
        found = asked(name, text, verb, meant)
        assert {last(one["symbol"]) for one in found} == {"one", "two"}, verb
    assert {last(one["target"]) for one in asked(name, text, "callees", meant)} == {"cheap"}
    source = "\n".join(one["text"] for one in asked(name, text, "source", meant))
    assert "many" in source
    assert "heap()" in source
    assert {last(one["symbol"]) for one in asked(name, text, "impact", meant) if one["distance"]} >= {"one", "two"}
    two = "Shop.Two" if capital else "Shop.two"
    cheap = "Shop.Cheap" if capital else "Shop.cheap"
    assert len(asked(name, text, "path", two, meant)) == 1
    assert len(asked(name, text, "path", meant, cheap)) == 1


@pytest.mark.parametrize(("name", "text"), SHOPS[:4])
def test_a_number_or_a_place_means_one(asked, name, text) -> None:
    sell = "Shop.Sell" if name == "Shop.cs" else "Shop.sell"
    line = next(at for at, row in enumerate(text.lstrip("\n").split("\n"), 1) if "many" in row)
    column = text.lstrip("\n").split("\n")[line - 1].lower().index("sell") + 1
    for one in (f"{sell}#1", f"{name}::{sell}#1", f"{name}:{line}:{column}", f"./{name}:{line}:{column}"):
        assert {last(hit["symbol"]) for hit in asked(name, text, "callers", one)} == {"one"}, one
    for two in (f"{sell}#2", f"{name}::{sell}#2", f"{name}:{line + 1}:{column}"):
        assert {last(hit["symbol"]) for hit in asked(name, text, "callers", two)} == {"two"}, two


def test_the_answer_says_that_it_is_about_several(repo, invoke) -> None:
    made = repo({"Shop.java": JAVA.lstrip("\n")})
    done = invoke("query", "callers", "sell", "--repo", str(made.root))
    assert "2 definitions have the name Shop.java::Shop.sell (lines 2, 3)" in done.out + done.err
    done = invoke("query", "callers", "cheap", "--repo", str(made.root))
    assert "definitions have the name" not in done.out + done.err


def test_a_stub_that_only_tells_types_is_what_it_is_a_stub_of(asked) -> None:
    assert {last(one["symbol"]) for one in asked("shop.py", PYTHON, "callers", "shop.py:6:9")} == {"one", "two"}
    assert {last(one["symbol"]) for one in asked("shop.py", PYTHON, "callers", "shop.py::Shop.sell#2")} == {
        "one",
        "two",
    }


def test_definitions_of_other_branches_count(asked) -> None:
    one = "\n\n    class A:\n        def f(self): ...\n\n"
    text = f"import sys\n\nif sys:{one}else:{one}"
    text += "\n\ndef go():\n    A().f()\n"
    for name in ("f", "A.f", "app.py::A.f"):
        assert {one["symbol"] for one in asked("app.py", text, "source", name)} == {"app.py::A.f", "app.py::A#2.f"}, (
            name
        )
    assert [one["symbol"] for one in asked("app.py", text, "source", "A#2.f")] == ["app.py::A#2.f"]


def test_what_lies_in_several_scopes_is_asked_back(repo, invoke) -> None:
    made = repo({"Shop.java": JAVA.lstrip("\n"), "Stall.java": JAVA.lstrip("\n").replace("Shop", "Stall")})
    done = invoke("query", "callers", "sell", "--repo", str(made.root))
    assert done.code == 2
    assert '"sell" means 2 symbols' in done.err
    assert "Shop.java::Shop.sell, Stall.java::Stall.sell" in done.err


USED = """
import shop

shop.sell("tea")


def wrap(thing):
    value = shop.sell(thing)
    return value
"""


def test_a_place_where_a_name_is_used_means_what_is_named(repo, invoke) -> None:
    """As an editor's cursor does; on anything else it means what is around it."""
    made = repo({"app.py": USED.lstrip("\n"), "shop.py": "def sell(what): ...\n"})

    def told(*words):
        done = invoke("query", *words, "--format", "json", "--repo", str(made.root))
        assert done.code == 0, done.err
        return [(one["path"], one["line"]) for one in json.loads(done.out)["results"]]

    for place in ("app.py:3:7", "./app.py:7:20", "shop.py:1:6"):
        assert told("callers", place) == [("app.py", 3), ("app.py", 7)], place
        assert told("source", place) == [("shop.py", 1)]
        assert told("impact", place)[0] == ("shop.py", 1)
    assert told("references", "app.py:1:9") == [("app.py", 1), ("app.py", 3), ("app.py", 7)]  # the module
    for place in ("app.py:6:2", "app.py:7:1", "app.py:8:12"):  # a keyword, a blank, a local
        assert told("source", place) == [("app.py", 6)], place


def test_where_an_import_says_from_where_it_is_the_module(repo, invoke) -> None:
    made = repo(
        {
            "pkg/__init__.py": "",
            "pkg/sub/__init__.py": "",
            "pkg/sub/shop.py": "def sell(): ...\n",
            "pkg/app.py": "from pkg.sub.shop import sell\nfrom .sub import shop\nimport os.path\nfrom os import path\n",
            "web/cart.ts": "export const cart = 1;\n",
            "web/app.ts": 'import { cart } from "./cart";\nconsole.log("./cart", cart);\n',
        }
    )

    def told(place):
        done = invoke("query", "definition", place, "--format", "json", "--repo", str(made.root))
        return [one["path"] for one in json.loads(done.out)["results"]]

    assert told("pkg/app.py:1:6") == ["pkg/__init__.py"]
    assert told("pkg/app.py:1:10") == ["pkg/sub/__init__.py"]
    assert told("pkg/app.py:1:15") == ["pkg/sub/shop.py"]
    assert told("pkg/app.py:1:26") == ["pkg/sub/shop.py"]
    assert told("pkg/app.py:2:8") == ["pkg/sub/__init__.py"]
    assert told("pkg/app.py:4:7") == []
    assert told("web/app.ts:1:25") == ["web/cart.ts"]


def test_a_function_that_a_header_declares_is_defined_where_it_has_its_body(repo, invoke) -> None:
    files = {"put.h": "int put(int x);\nint gone(int x);\n"}
    files["put.c"] = '#include "put.h"\nint put(int x) { return x; }\n'
    files["main.c"] = '#include "put.h"\nint main(void) { return put(gone(1)); }\n'
    made = repo(files)

    def told(place):
        done = invoke("query", "definition", place, "--format", "json", "--repo", str(made.root))
        return [(one["path"], one["line"]) for one in json.loads(done.out)["results"]]

    assert told("main.c:2:25") == [("put.c", 2)]
    assert told("main.c:2:29") == [("put.h", 2)]


def test_a_variable_of_a_block_is_defined_where_it_was_last_bound(repo, invoke) -> None:
    text = "it do\n  body = one\n  body.close\nend\nit do\n  body = two\n  body.close\nend\n"
    text += "list.each { |item| item.go }\n"
    made = repo({"a.rb": text})

    def told(place):
        done = invoke("query", "definition", f"a.rb:{place}", "--format", "json", "--repo", str(made.root))
        return [(one["line"], one["column"], one["kind"]) for one in json.loads(done.out)["results"]]

    assert told("3:3") == [(2, 3, "variable")]
    assert told("7:3") == [(6, 3, "variable")]
    assert told("6:3") == [(6, 3, "variable")]
    assert told("9:20") == [(9, 14, "variable")]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.cs", "class Box<TItem>\n{\n    TItem Get() { return default; }\n}\n"),
        ("a.kt", "class Box<TItem> {\n\n    fun get(): TItem? { return null }\n}\n"),
        ("a.swift", "struct Box<TItem> {\n\n    func get() -> TItem? { return nil }\n}\n"),
        ("a.hpp", "template <class TItem> class Box {\n\n    TItem get() { return TItem(); }\n};\n"),
    ],
)
def test_a_type_parameter_is_defined_where_it_is_named(repo, invoke, name: str, text: str) -> None:
    made = repo({name: text})
    column = text.splitlines()[2].index("TItem") + 2
    done = invoke("query", "definition", f"{name}:3:{column}", "--format", "json", "--repo", str(made.root))
    found = [(one["line"], one["kind"]) for one in json.loads(done.out)["results"]]
    assert found == [(1, "type parameter")]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("shop.py", "class Base:\n    def sell(self): ...\nclass Shop(Base):\n    def sell(self): ...\n"),
        ("Shop.java", "class Base {\n  void sell() {}\n}\nclass Shop extends Base {\n  void sell() {}\n}\n"),
        ("shop.ts", "class Base {\n  sell() {}\n}\nclass Shop extends Base {\n  sell() {}\n}\n"),
    ],
)
def test_callers_says_by_what_else_a_method_may_be_called(repo, invoke, name: str, text: str) -> None:
    made = repo({name: text})
    done = invoke("query", "callers", "Shop.sell", "--repo", str(made.root))
    assert f"{name}::Shop.sell overrides {name}::Base.sell: what calls that may run it as well" in done.err
    assert "overrides" not in invoke("query", "callers", "Base.sell", "--repo", str(made.root)).err


def test_callers_tell_that_a_function_is_handed_on(invoke, repo):
    """Nothing calls it by its name, and whoever has it as a value may."""
    files = {"a.py": "def kept(): ...\n\n\ndef alone(): ...\n\n\ndef called(): ...\n\n\ncalled()\nregister(kept)\n"}
    root = str(repo(files).root)
    done = invoke("query", "callers", "a.py::kept", "--repo", root)
    assert "no caller of a.py::kept was found" in done.out
    assert "a.py::kept is named in 1 place without a call" in done.err
    assert "without a call" not in invoke("query", "callers", "a.py::alone", "--repo", root).err
    assert "without a call" not in invoke("query", "callers", "a.py::called", "--repo", root).err
