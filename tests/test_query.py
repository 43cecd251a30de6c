"""`codeagent query`: every verb on a small real repository, its JSON, its errors, its honesty."""

import json
from pathlib import Path

import pytest

from codeagent.graph.records import Freshness
from codeagent.tools import TOOLS

SHOP = {
    "src/shop/__init__.py": "",
    "src/shop/cart.py": """
        from shop.prices import price_of


        class Cart:
            def __init__(self, items):
                self.items = items

            def total(self):
                return sum(price_of(item) for item in self.items)


        def checkout(items):
            cart = Cart(items)
            return cart.total()
    """,
    "src/shop/prices.py": """
        PRICES = {"tea": 3}


        def price_of(item):
            return PRICES[item]
    """,
    "src/shop/unused.py": "def lonely(): ...\n",
    "tests/test_cart.py": """
        from shop.cart import checkout


        def test_checkout():
            assert checkout(["tea"]) == 3
    """,
}


@pytest.fixture
def shop(repo):
    """A repository with one commit."""
    return repo(SHOP)


@pytest.fixture
def codeagent(invoke):
    """The command line, in this process."""
    return invoke


def ask(codeagent, repo, *arguments):
    """Run a query and return its JSON document."""
    done = codeagent("query", *arguments, "--format", "json", "--repo", str(repo.root))
    assert done.code == 0, done.err
    document = json.loads(done.out)
    assert document["schema_version"] == 1
    assert document["freshness"]["files"] == 5
    for hit in document["results"]:
        if "path" in hit:
            lines = (repo.root / hit["path"]).read_text().split("\n")
            assert 1 <= hit["line"] <= len(lines)
    return document


def test_callers_and_callees(codeagent, shop) -> None:
    """One step, and as many as are asked for, each with its distance."""
    found = ask(codeagent, shop, "callers", "price_of")["results"]
    assert [(hit["path"], hit["line"], hit["symbol"], hit["certainty"]) for hit in found] == [
        ("src/shop/cart.py", 9, "src/shop/cart.py::Cart.total", "exact")
    ]
    found = ask(codeagent, shop, "callers", "price_of", "--depth", "3")["results"]
    assert [(hit["symbol"], hit["depth"]) for hit in found] == [
        ("src/shop/cart.py::Cart.total", 1),
        ("src/shop/cart.py::checkout", 2),
        ("tests/test_cart.py::test_checkout", 3),
    ]
    found = ask(codeagent, shop, "callees", "checkout")["results"]
    assert {(hit["target"], hit["kind"]) for hit in found} == {
        ("src/shop/cart.py::Cart", "instantiates"),
        ("src/shop/cart.py::Cart.__init__", "calls"),
        ("src/shop/cart.py::Cart.total", "calls"),
    }


def test_a_registry_of_many_functions_calls_each_and_decorating_by_them_all_tells_nothing(codeagent, repo) -> None:
    plugins = "".join(f"def p{n}(f):\n    return lambda: f()\n\n\n" for n in range(40))
    registry = "class Plugins:\n    def add(self, plugin):\n        self.kept = plugin\n\n    def run(self):\n"
    run = "        self.kept(main)\n\n\nplugins = Plugins()\n" + "".join(f"plugins.add(p{n})\n" for n in range(40))
    decorated = "\n\n@plugins.kept\ndef main(): ...\n\n\ndef start():\n    main()\n"
    made = repo({"app.py": plugins + registry + run + decorated})

    done = codeagent("query", "edges", "--kind", "calls", "--format", "json", "--repo", str(made.root))
    found = [(one["source"][8:], one["target"][8:]) for one in json.loads(done.out)["results"]]
    assert {target for source, target in found if source == "Plugins.run"} == {f"p{n}" for n in range(40)}
    assert [target for source, target in found if source == "start"] == ["main"]


def test_nothing_is_said_with_its_proof(codeagent, shop) -> None:
    """An empty answer says how far it can be trusted."""
    document = ask(codeagent, shop, "callers", "lonely")
    assert document["results"] == []
    assert "no caller" in document["note"]
    assert "% of" in document["note"]


def test_definition_of_names_locals_and_imports(codeagent, shop) -> None:
    """A place on a name, or just after it, leads to where the name comes from."""

    def places(place):
        return [(h["path"], h["line"]) for h in ask(codeagent, shop, "definition", place)["results"]]

    assert places("src/shop/cart.py:14:17") == [("src/shop/cart.py", 8)]  # cart.total
    assert places("src/shop/cart.py:14:12") == [("src/shop/cart.py", 13)]  # the local `cart`
    assert places("src/shop/cart.py:14:16") == [("src/shop/cart.py", 13)]  # just after it
    assert places("src/shop/cart.py:13:17") == [("src/shop/cart.py", 12)]  # the parameter
    assert places("src/shop/cart.py:1:32") == [("src/shop/prices.py", 4)]  # through the import
    assert places("src/shop/cart.py:9:31") == [("src/shop/cart.py", 9)]  # the variable of a comprehension


def test_find_source_outline(codeagent, shop) -> None:
    """Symbols by fuzzy name; source byte for byte; outlines in order."""
    assert ask(codeagent, shop, "find", "prcof")["results"][0]["symbol"] == "src/shop/prices.py::price_of"
    source = ask(codeagent, shop, "source", "Cart.total")["results"][0]
    assert source["text"] == "    def total(self):\n        return sum(price_of(item) for item in self.items)"
    assert (source["line"], source["end_line"], source["first_line"]) == (8, 9, 8)
    names = [hit["name"] for hit in ask(codeagent, shop, "outline", "src/shop/cart.py")["results"]]
    assert names == ["Cart", "__init__", "items", "total", "checkout"]


def test_code_is_found_before_headings_of_its_name(codeagent, repo) -> None:
    """A class before the title of the README that is called like it; a heading that nothing else fits, too."""
    shop = repo({"README.md": "# Shop\n\n## Shops\n", "src/shop.py": "class Shop: ...\n"})
    done = codeagent("query", "find", "Shop", "--format", "jsonl", "--repo", str(shop.root))
    found = [json.loads(line)["symbol"] for line in done.out.splitlines()]
    assert found[:3] == ["src/shop.py::Shop", "README.md::Shop", "README.md::Shop.Shops"]


def test_a_name_that_is_misspelt_is_found_and_prose_does_not_hold_its_letters(codeagent, repo) -> None:
    """A title with all the letters of a word, far apart, is nothing that resembles it."""
    shop = repo({"README.md": "# Prices of clever cats, hot and cold\n", "a.py": "def checkout(): ...\n"})
    for text, found in (("chekcout", ["a.py::checkout"]), ("pcch", [])):
        done = codeagent("query", "find", text, "--format", "jsonl", "--repo", str(shop.root))
        assert [json.loads(line)["symbol"] for line in done.out.splitlines()] == found


def test_not_all_calls_are_a_hundred_percent() -> None:
    """An answer that rests on nearly all calls does not say that it rests on all."""
    told = [Freshness(None, False, 0.0, 1, 1, 0, unknown, 1000).resolved for unknown in (0, 1, 9, 500)]
    assert told == ["100", ">99", "99", "50"]


def test_imports_that_hold_for_a_whole_project(codeagent, shop) -> None:
    """What `global using` in one file brings another, where that makes use of it, and in no other project."""
    shop.write(
        {
            "App/App.csproj": "<Project/>",
            "App/GlobalUsings.cs": "global using Lib;\nglobal using Other;\n",
            "App/Program.cs": "class Program { static void Main() { new Cart(); } }\n",
            "App/Idle.cs": "class Idle { }\n",
            "Lib/Cart.cs": "namespace Lib { public class Cart { } }\n",
            "Lib/Other.cs": "namespace Other { public class Basket { } }\n",
            "Tool/Tool.csproj": "<Project/>",
            "Tool/Run.cs": "class Run { static void Main() { new Lib.Cart(); } }\n",
        }
    )

    def imports(path: str) -> list[tuple[str, str, str]]:
        told = codeagent("query", "imports", path, "--format", "json", "--repo", str(shop.root)).out
        return [(hit["path"], hit["symbol"], hit["target"]) for hit in json.loads(told)["results"]]

    assert imports("App/Program.cs") == [("App/GlobalUsings.cs", "App/Program.cs", "Lib/Cart.cs")]
    assert imports("App/Idle.cs") == imports("Tool/Run.cs") == []


def test_an_import_of_many_files_is_one_line_of_text(codeagent, repo) -> None:
    files = {f"shop/part{n}.go": f"package shop\n\nfunc F{n}() {{}}\n" for n in range(5)}
    main = 'package main\n\nimport (\n\t"fmt"\n\t"example.com/a/shop"\n)\n\nfunc main() { fmt.Println(); shop.F1() }\n'
    made = repo({"go.mod": "module example.com/a\n", "main.go": main, **files})
    asked = ("query", "imports", "main.go", "--repo", str(made.root))
    assert codeagent(*asked).out.splitlines()[:2] == [
        "main.go:4:2  main.go imports fmt",
        "main.go:5:2  main.go imports shop/ (5 files)",
    ]
    told = json.loads(codeagent(*asked, "--format", "json").out)["results"]
    assert {hit["target"] for hit in told if hit["line"] == 5} == set(files)


def test_references_imports_path_cycles_edges(codeagent, shop) -> None:
    """The other relations."""
    lines = [(hit["path"], hit["line"]) for hit in ask(codeagent, shop, "references", "price_of")["results"]]
    assert lines == [("src/shop/cart.py", 1), ("src/shop/cart.py", 9)]
    found = ask(codeagent, shop, "imports", "src/shop/cart.py")["results"]
    assert {(hit["direction"], hit["path"], hit["target"]) for hit in found} == {
        ("out", "src/shop/cart.py", "src/shop/prices.py::price_of"),
        ("in", "tests/test_cart.py", "src/shop/cart.py::checkout"),
    }
    steps = ask(codeagent, shop, "path", "test_checkout", "price_of")["results"]
    assert [hit["target"].rpartition("::")[2] for hit in steps] == ["checkout", "Cart.total", "price_of"]
    assert ask(codeagent, shop, "cycles")["results"] == []
    edges = ask(codeagent, shop, "edges", "--kind", "inherits")["results"]
    assert edges == []
    shop.write({"src/shop/prices.py": "from shop.cart import Cart\ndef price_of(item): ...\n"})
    (cycle,) = json.loads(codeagent("query", "cycles", "--format", "json", "--repo", str(shop.root)).out)["results"]
    assert cycle["files"] == ["src/shop/cart.py", "src/shop/prices.py"]


def test_search_map_locate_impact(codeagent, shop) -> None:
    """Text with its symbol, a skeleton in its budget, an issue's text, and what a change may break."""
    (hit,) = ask(codeagent, shop, "search", r"sum\(")["results"]
    assert (hit["symbol"], hit["line"]) == ("src/shop/cart.py::Cart.total", 9)
    whole = ask(codeagent, shop, "map", "--tokens", "300")["results"]
    assert {"src/shop/prices.py::price_of", "src/shop/cart.py::Cart"} <= {hit["symbol"] for hit in whole}
    small = ask(codeagent, shop, "map", "--tokens", "20")["results"]
    assert 0 < len(small) < len(whole)
    first = ask(codeagent, shop, "locate", "the price of an item is wrong")["results"][0]
    assert first["path"] == "src/shop/prices.py"
    found = ask(codeagent, shop, "impact", "price_of")["results"]
    assert [(hit["symbol"].rpartition("::")[2], hit["distance"], hit["test"]) for hit in found] == [
        ("price_of", 0, False),
        ("src/shop/cart.py", 1, False),
        ("Cart.total", 1, False),
        ("checkout", 2, False),
        ("tests/test_cart.py", 3, True),
        ("test_checkout", 3, True),
    ]


def test_impact_of_a_difference(codeagent, shop) -> None:
    """Changed lines become symbols; what was removed is named."""
    shop.write({"src/shop/prices.py": "PRICES = {}\n\n\ndef price(item):\n    return PRICES[item]\n"})
    shop.git("add", "--all")
    found = json.loads(codeagent("query", "impact", "--staged", "--format", "json", "--repo", str(shop.root)).out)[
        "results"
    ]
    seeds = {(hit["symbol"], hit["why"]) for hit in found if hit["distance"] == 0}
    assert ("src/shop/prices.py::price_of", "removed") in seeds
    assert ("src/shop/prices.py::price", "changed") in seeds


def test_jsonl_is_one_result_a_line(codeagent, shop) -> None:
    """No head, no tail."""
    done = codeagent("query", "edges", "--format", "jsonl", "--repo", str(shop.root))
    edges = [json.loads(line) for line in done.out.splitlines()]
    assert all({"source", "target", "kind", "certainty", "path", "line"} <= edge.keys() for edge in edges)
    assert {edge["certainty"] for edge in edges} <= {"exact", "likely", "name-only"}


def test_a_revision_is_read_without_checkout(codeagent, shop) -> None:
    """`--rev` answers from git objects; the dirty tree is as it is on disk."""
    shop.write({"src/shop/unused.py": "from shop.cart import checkout\ncheckout([])\n"})
    now = codeagent("query", "callers", "checkout", "--format", "jsonl", "--repo", str(shop.root)).out
    then = codeagent("query", "callers", "checkout", "--rev", "HEAD", "--format", "jsonl", "--repo", str(shop.root)).out
    assert len(now.splitlines()) == 2
    assert len(then.splitlines()) == 1
    assert shop.git("status", "--short") == " M src/shop/unused.py"


def test_unknown_and_ambiguous_symbols(codeagent, shop) -> None:
    """Exit 2, with the nearest candidates."""
    shop.write({"src/shop/other.py": "def checkout(): ...\n"})
    done = codeagent("query", "callers", "checkout", "--repo", str(shop.root))
    assert done.code == 2
    assert "src/shop/other.py::checkout" in done.err
    assert "src/shop/cart.py::checkout" in done.err
    done = codeagent("query", "callers", "chekcout", "--repo", str(shop.root))
    assert done.code == 2
    assert "src/shop/cart.py::checkout" in done.err
    assert codeagent("query", "definition", "nowhere.py:1:1", "--repo", str(shop.root)).code == 2
    assert codeagent("query", "definition", "src/shop/cart.py:999:1", "--repo", str(shop.root)).code == 2
    assert codeagent("query", "definition", "src/shop/cart.py", "--repo", str(shop.root)).code == 2
    assert codeagent("query", "callers", "price_of", "--depth", "0", "--repo", str(shop.root)).code == 2
    assert codeagent("query", "callers", "price_of", "--rev", "nope", "--repo", str(shop.root)).code == 2
    assert codeagent("query", "callers", "price_of", "--repo", str(shop.root / "nowhere")).code == 2


def test_the_root_is_taken_as_it_is(codeagent, shop) -> None:
    """With `--repo` a folder inside a repository is a root of its own; paths are relative to it."""
    done = codeagent("query", "callers", "checkout", "--format", "jsonl", "--repo", str(shop.root / "src"))
    assert done.code == 0
    found = codeagent("query", "outline", "shop/cart.py", "--format", "jsonl", "--repo", str(shop.root / "src"))
    assert json.loads(found.out.splitlines()[0])["path"] == "shop/cart.py"


@pytest.mark.parametrize("verb", TOOLS)
def test_every_verb_explains_itself(codeagent, verb, tmp_path: Path) -> None:
    """`--help` works for each, and names what it takes."""
    done = codeagent("query", verb, "--help")
    assert done.code == 0
    assert "--format" in done.out


def test_code_goes_before_headings_of_prose(codeagent, shop) -> None:
    """`Cart` is the class, although a README has a heading of that name."""
    shop.write({"README.md": "# Cart\n\nSold here.\n"})
    assert "cart.py::Cart" in codeagent("query", "source", "Cart", "--repo", str(shop.root)).out
    assert codeagent("query", "source", "README.md::Cart", "--repo", str(shop.root)).code == 0


def test_errors_say_what_is_wrong(codeagent, shop) -> None:
    """No pictures for `:a:`, a folder is told apart from nothing, a limit of none is refused."""
    root = str(shop.root)
    assert "cart.py:a:b is no place" in codeagent("query", "definition", "cart.py:a:b", "--repo", root).err
    assert "a folder of 4 files" in codeagent("query", "outline", "src/shop", "--repo", root).err
    for verb in ("find", "locate"):
        assert codeagent("query", verb, "cart", "--limit", "0", "--repo", root).code == 2
    assert "nothing is staged" in codeagent("query", "impact", "--staged", "--repo", root).out


@pytest.mark.parametrize(
    ("name", "text", "symbol", "told"),
    [
        ("a.py", "LIMITS = {\n    'a': 1,\n}\nx = 2\n", "a.py::LIMITS", "LIMITS = {\n    'a': 1,\n}"),
        (
            "a.ts",
            "export const limits = [\n  1,\n];\nlet x = 2;\n",
            "a.ts::limits",
            "export const limits = [\n  1,\n]",
        ),
        ("a.go", "package a\n\nconst Limit = 3\n\nvar x = 1\n", "a.go::Limit", "const Limit = 3"),
        ("a.rs", "pub const LIMIT: i32 =\n    3;\n", "a.rs::LIMIT", "pub const LIMIT: i32 =\n    3;"),
    ],
)
def test_the_source_of_a_variable_is_what_sets_it(repo, invoke, name, text, symbol, told):
    made = repo({name: text.encode()})
    answer = json.loads(invoke("query", "source", symbol, "--format", "json", cwd=made.root).out)
    assert answer["results"][0]["text"] == told


def test_a_chain_of_outside_calls_that_a_loop_makes_longer_is_told_once(codeagent, repo) -> None:
    made = repo(
        {
            "app.py": "import sqlalchemy\n\n\ndef build(filters):\n    query = sqlalchemy.select(1)\n"
            "    for one in filters:\n        query = query.where(one).order_by(one)\n    return query.where(2)\n"
        }
    )
    done = codeagent("query", "callees", "build", "--format", "jsonl", "--repo", str(made.root))
    told = {json.loads(line)["target"] for line in done.out.splitlines()}
    assert told == {"sqlalchemy.select", "sqlalchemy.select.where", "sqlalchemy.select.where.order_by"}
