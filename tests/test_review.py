"""What a review says of changes in real repositories, and the same findings in every form."""

import json
import re

import pytest

SHOP = {
    "src/shop/__init__.py": "from shop.cart import Cart as Cart\n",
    "src/shop/cart.py": """
        class Cart:
            def total(self, rate=1.0):
                return self.sum() * rate

            def sum(self):
                return 0


        def checkout(cart, currency):
            return cart.total(), currency


        def lonely(x):
            return x + 1
    """,
    "src/shop/desk.py": """
        from shop.cart import checkout


        def sell(cart):
            return checkout(cart, "EUR")
    """,
    "tests/test_cart.py": """
        from shop.cart import Cart


        def test_total():
            assert Cart().total() == 0
    """,
}


def reviewed(invoke, made, *arguments, code=0):
    ran = invoke("review", "--format", "json", *arguments, cwd=made.root)
    assert ran.code == code, ran.err
    return json.loads(ran.out)


def edited(made, path, *pairs):
    text = (made.root / path).read_text()
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    made.write({path: text.encode()})


def test_nothing_changed_says_nothing(repo, invoke):
    made = repo(SHOP)
    told = reviewed(invoke, made)
    assert (told["findings"], told["symbols"], told["risk"]["level"]) == ([], [], "low")
    assert told["exit_reason"] == "ok"


def test_the_document_has_what_the_contract_names(repo, invoke):
    made = repo(SHOP)
    edited(made, "src/shop/cart.py", ("x + 1", "x + 2"))
    told = reviewed(invoke, made)
    wanted = (
        "schema_version base head summary symbols surface impact untested refactorings findings gates risk reviewers"
        " remarks usage exit_reason"
    )
    assert set(wanted.split()) <= set(told)
    assert told["schema_version"] == 1
    assert [one["symbol"] for one in told["untested"]] == ["src/shop/cart.py::lonely"]


def test_symbols_are_told_with_what_they_were(repo, invoke):
    made = repo(SHOP)
    edited(
        made,
        "src/shop/cart.py",
        ("currency", "money"),
        ("def sum(self):\n        return 0", "def add(self):\n        return [1, 2, 3]"),
    )
    edited(made, "src/shop/desk.py", ("def sell(cart):", "def buy(cart):\n    pass\n\n\ndef sell(cart):"))
    told = {(one["status"], one["symbol"].partition("::")[2]): one for one in reviewed(invoke, made, code=1)["symbols"]}
    assert told["changed", "checkout"]["before"] == "def checkout(cart, currency)"
    assert told["changed", "checkout"]["after"] == "def checkout(cart, money)"
    assert ("added", "buy") in told
    assert ("changed", "sell") not in told


def test_a_change_of_comments_alone_changes_no_symbol_and_reaches_nobody(repo, invoke):
    comment = {**SHOP, "src/shop/cart.py": SHOP["src/shop/cart.py"].replace("return 0", "return 0  # nothyng")}
    made = repo(comment)
    edited(made, "src/shop/cart.py", ("# nothyng", "# nothing"))
    told = reviewed(invoke, made)
    assert (told["symbols"], told["impact"]["symbol_count"], told["risk"]["level"]) == ([], 0, "low")
    assert [one["kind"] for one in told["refactorings"]["found"]] == ["comment"]
    edited(made, "src/shop/cart.py", ("# nothing", "# type: ignore"))
    told = reviewed(invoke, made)
    assert [one["symbol"] for one in told["symbols"]] == ["src/shop/cart.py::Cart.sum"]


@pytest.mark.parametrize(
    ("old", "new", "change", "breaking"),
    [
        ("def checkout(cart, currency):", "def checkout(cart, currency, note):", "parameter-required", True),
        ("def checkout(cart, currency):", "def checkout(cart, currency, note=None):", "parameter-added", False),
        ("def checkout(cart, currency):", "def checkout(currency, cart):", "parameters-reordered", True),
        ("def checkout(cart, currency):", "def checkout(cart, *, currency):", "parameter-kind", True),
        ("(cart, currency):", "(cart, note=None, currency='EUR'):", "parameters-reordered", True),
        ("rate=1.0", "rate=2.0", "default-changed", True),
        ("rate=1.0", "rate", "parameter-required", True),
        ("def total(", "async def total(", "kind-changed", True),
        ("    def sum(self):", "    @staticmethod\n    def sum(self):", "kind-changed", True),
        ("def lonely(x):\n    return x + 1\n", "", "removed", True),
        ("def lonely(", "def _lonely(", "removed", True),
        ("    return x + 1", "    raise ValueError(x)", "raises", False),
    ],
)  # fmt: skip
def test_the_public_surface(repo, invoke, old, new, change, breaking):
    made = repo(SHOP)
    edited(made, "src/shop/cart.py", (old, new))
    ran = invoke("review", "--format", "json", cwd=made.root)
    told = json.loads(ran.out)
    assert {(one["change"], one["breaking"]) for one in told["surface"]} >= {(change, breaking)}, told["surface"]
    said = [one for one in told["findings"] if one["rule"] == "breaking-change"]
    assert bool(said) is breaking
    assert told["summary"]["breaking"] == len(said)


@pytest.mark.parametrize(
    ("old", "new", "change"),
    [
        ("t.Optional[t.Union[Cart, t.List[str]]]", '"Cart | list[str] | None"', set()),
        ("t.Dict[str, t.Union[int, None]]", "dict[str, None | int]", set()),
        ("t.Callable[[t.Optional[str]], bool]", "Callable[[str | None], bool]", set()),
        ("shop.cart.Cart", "Cart", set()),
        ("t.Optional[Cart]", "Cart", {"return-changed"}),
        ('t.Literal["a"]', 't.Literal["b"]', {"return-changed"}),
        ("t.List[str]", "list[int]", {"return-changed"}),
        ("list[str]", "Iterator[str]", {"return-changed"}),
    ],
)
def test_a_type_written_in_another_way_is_the_same(repo, invoke, old, new, change):
    imports = "import typing as t\nfrom collections.abc import Callable, Iterator\n"
    imports += "import shop.cart\nfrom shop.cart import Cart\n"
    made = repo(SHOP | {"src/shop/odd.py": f"{imports}\n\ndef lonely(x: {old}) -> {old}:\n    return x\n"})
    edited(made, "src/shop/odd.py", (old, new))
    told = {one["change"] for one in reviewed(invoke, made)["surface"]}
    assert told == (change | {"annotation-changed"} if change else set())


def test_what_moved_and_is_imported_where_it_was_breaks_nobody(repo, invoke):
    made = repo(SHOP)
    edited(made, "src/shop/cart.py", ("def lonely(x):\n    return x + 1\n", "from shop.odd import lonely\n"))
    made.write({"src/shop/odd.py": "def lonely(x):\n    return x + 1\n"})
    told = reviewed(invoke, made)
    assert [(one["status"], one["symbol"]) for one in told["symbols"]] == [("moved", "src/shop/odd.py::lonely")]
    assert told["surface"] == []


def test_what_is_private_or_of_tests_is_no_surface(repo, invoke):
    made = repo({**SHOP, "src/shop/_hidden.py": "def f(a):\n    return a\n"})
    edited(made, "src/shop/_hidden.py", ("f(a)", "f(a, b)"))
    edited(made, "tests/test_cart.py", ("def test_total()", "def test_sum()"))
    assert reviewed(invoke, made)["surface"] == []


def test_what_a_package_passes_on_is_public(repo, invoke):
    made = repo(
        {
            **SHOP,
            "src/shop/_hidden.py": "def f(a):\n    return a\n",
            "src/shop/__init__.py": "from shop._hidden import f\n",
        }
    )
    edited(made, "src/shop/_hidden.py", ("f(a)", "f(a, b)"))
    assert [one["change"] for one in reviewed(invoke, made)["surface"]] == ["parameter-required"]


def test_what_a_package_passes_on_no_more(repo, invoke):
    made = repo(SHOP)
    edited(made, "src/shop/__init__.py", ("Cart as Cart", "checkout"))
    told = reviewed(invoke, made)
    assert [(one["change"], one["breaking"], one["symbol"]) for one in told["surface"]] == [
        ("export-removed", True, "src/shop/__init__.py::Cart"),
        ("export-added", False, "src/shop/__init__.py::checkout"),
    ]


TYPESCRIPT = {"src/a.ts": "export function f(a: number, b?: string): number { return a }\nfunction g() {}\n"}


def test_the_surface_of_typescript(repo, invoke):
    made = repo(TYPESCRIPT)
    edited(made, "src/a.ts", ("b?: string", "b: string"), ("function g()", "function g(x: number)"))
    assert [(one["change"], one["symbol"]) for one in reviewed(invoke, made)["surface"]] == [
        ("parameter-required", "src/a.ts::f")
    ]


def test_reach_and_tests(repo, invoke):
    made = repo(SHOP)
    edited(
        made,
        "src/shop/cart.py",
        ("return cart.total(), currency", "return currency, cart.total()"),
        ("return 0", "return 1"),
    )
    told = reviewed(invoke, made)
    assert told["impact"]["files"] == ["src/shop/desk.py"]
    assert {one["symbol"] for one in told["impact"]["tests"]} == {"tests/test_cart.py::test_total"}
    assert [one["symbol"] for one in told["untested"]] == ["src/shop/cart.py::checkout"]


def test_reviewers_are_those_who_know_it_without_the_author(repo, invoke):
    made = repo(SHOP)
    made.commit("a", {"src/shop/desk.py": "x = 1\n"}, author="Bea <bea@example.org>")
    made.commit("b", {"src/shop/desk.py": "x = 2\n"}, author="Cy <cy@example.org>")
    made.commit("c", {"src/shop/desk.py": "x = 3\n"}, author="dependabot[bot] <x@example.org>")
    made.write({"src/shop/desk.py": "x = 4\n"})
    assert {one["name"] for one in reviewed(invoke, made)["reviewers"]} == {"Bea", "Cy"}
    sha = made.commit("d", author="Bea <bea@example.org>")
    told = reviewed(invoke, made, "--base", f"{sha}^..{sha}")
    assert {one["name"] for one in told["reviewers"]} == {"Cy", "Ada Example"}


def test_every_form_tells_the_same_findings(repo, invoke):
    made = repo(SHOP)
    edited(made, "src/shop/cart.py", ("def checkout(cart, currency)", "def checkout(cart)"))
    told = reviewed(invoke, made, code=1)
    marks = {one["fingerprint"] for one in told["findings"]}
    assert len(marks) >= 2
    assert told["exit_reason"] == "findings"
    for form in ("text", "md", "github"):
        said = invoke("review", "--format", form, cwd=made.root)
        assert said.code == 1
        assert set(re.findall(r"\b[0-9a-f]{16}\b", said.out)) == marks, form
    sarif = json.loads(invoke("review", "--format", "sarif", cwd=made.root).out)["runs"][0]
    assert {one["partialFingerprints"]["codeagent/v1"] for one in sarif["results"]} == marks
    assert sarif["automationDetails"]["id"] == "codeagent/review/"


def test_markdown_is_a_comment_that_can_be_found_again(repo, invoke):
    made = repo(SHOP)
    edited(made, "src/shop/cart.py", ("def checkout(cart, currency)", "def checkout(cart, currency, note)"))
    said = invoke("review", "--format", "md", cwd=made.root).out
    assert said.startswith("<!-- codeagent-review -->\n### codeagent review: ")
    assert "1 new (1 warning), 0 fixed, 0 existing" in said or "new (" in said
    assert said.count("<details>") == said.count("</details>") > 1


def test_a_comment_stays_within_what_github_takes(repo, invoke):
    many = "".join(f"def name_{'x' * 90}_{n}(a, b):\n    return a\n\n\n" for n in range(400))
    made = repo({"src/shop/many.py": many.encode()})
    made.write({"src/shop/many.py": many.replace("(a, b)", "(a)").encode()})
    said = invoke("review", "--format", "md", cwd=made.root)
    assert len(said.out.encode()) < 65_536
    assert "more" in said.out


@pytest.mark.parametrize(("fail_on", "code"), [("error", 0), ("warning", 1), ("never", 0)])
def test_fail_on(repo, invoke, fail_on, code):
    made = repo(SHOP)
    edited(made, "src/shop/cart.py", ("rate=1.0", "rate=2.0"))
    assert invoke("review", "--fail-on", fail_on, cwd=made.root).code == code


def test_a_baseline_counts_as_existing_unless_the_change_brought_it(repo, invoke, tmp_path):
    made = repo(SHOP)
    edited(made, "src/shop/cart.py", ("rate=1.0", "rate=2.0"))
    invoke("review", "-o", tmp_path / "known.json", cwd=made.root)
    told = reviewed(invoke, made, "--baseline", tmp_path / "known.json", "--fail-on", "warning")
    assert (told["summary"]["new"], told["summary"]["existing"]) == (0, 1)
    made.write({"known.json": (tmp_path / "known.json").read_bytes()})
    told = reviewed(invoke, made, "--baseline", "known.json", "--fail-on", "warning", code=1)
    assert told["summary"]["new"] == 1
    made.git("add", "known.json")
    made.git("commit", "-qm", "known")
    assert reviewed(invoke, made, "--baseline", "known.json", "--fail-on", "warning")["summary"]["new"] == 0
    assert invoke("review", "--baseline", "nowhere.json", cwd=made.root).code == 2


def test_what_is_repaired_is_counted(repo, invoke):
    made = repo({"a.py": "def f(:\n    pass\n"})
    made.write({"a.py": "def f():\n    pass\n"})
    told = reviewed(invoke, made)
    assert [one["rule"] for one in told["fixed"]] == ["syntax-error"]


def test_what_wants_somebodys_word_is_no_error_in_a_review(repo, invoke):
    made = repo({**SHOP, "uv.lock": "1\n"})
    made.write({"uv.lock": "2\n"})
    edited(made, "tests/test_cart.py", ("assert Cart().total() == 0", "Cart().total()"))
    told = reviewed(invoke, made)
    assert {(one["rule"], one["severity"]) for one in told["findings"]} == {
        ("protected-path", "info"),
        ("weakened-test", "warning"),
    }
    assert "--waive" not in json.dumps(told)


def test_nothing_of_the_repository_runs_unless_asked(repo, invoke):
    made = repo({**SHOP, "codeagent.toml": "[gates.mine]\ncommand = ['touch', 'ran']\n"})
    edited(made, "src/shop/cart.py", ("return 0", "return 1"))
    told = reviewed(invoke, made)
    assert not {"mine", "tests"} & {one["gate"] for one in told["gates"]}
    refused = invoke("review", "--tests", "impacted", cwd=made.root)
    assert refused.code == 7
    assert "codeagent trust" in refused.err
    assert "mine" in invoke("review", "--tests", "impacted", "--trust", "--format", "json", cwd=made.root).out
    assert not (made.root / "ran").exists()


PATCH = """\
From: Bea <bea@example.org>

--- a/src/shop/cart.py
+++ b/src/shop/cart.py
@@ -12,2 +12,2 @@
 def lonely(x):
-    return x + 1
+    return y + 1
"""


def test_changes_from_everywhere(repo, invoke, tmp_path):
    made = repo(SHOP)
    patch = tmp_path / "p.diff"
    patch.write_text(PATCH)
    told = reviewed(invoke, made, "--patch", patch, code=1)
    assert (told["head"], [one["rule"] for one in told["findings"]]) == ("the patch", ["undefined-name"])
    edited(made, "src/shop/cart.py", ("x + 1", "y + 1"))
    assert reviewed(invoke, made, "--staged")["symbols"] == []
    made.git("add", ".")
    edited(made, "src/shop/cart.py", ("y + 1", "x + 1"))
    assert reviewed(invoke, made, "--staged", code=1)["head"] == "the index"
    assert reviewed(invoke, made)["symbols"] == []
    assert invoke("review", "--base", "nowhere", cwd=made.root).code == 2
    assert invoke("review", "--repo", made.root, "--base", "HEAD", cwd=tmp_path).code == 0


def test_a_tree_with_no_code_and_one_with_no_commits(repo, invoke):
    made = repo({"notes.txt": "a\n"})
    made.write({"notes.txt": "b\n", "more.bin": b"\0\1"})
    assert reviewed(invoke, made)["summary"]["files"] == 2
    empty = repo({"a.py": "x = 1\n"}, name="empty", commit=False)
    told = reviewed(invoke, empty)
    assert ([one["status"] for one in told["symbols"]], told["reviewers"]) == (["added"], [])


def test_a_rename_that_was_not_carried_through_explains_nothing(repo, invoke):
    made = repo(SHOP)
    edited(made, "src/shop/cart.py", ("def checkout(", "def check_out("))
    told = reviewed(invoke, made, code=1)
    assert told["refactorings"]["explained_lines"] == 0
    edited(made, "src/shop/desk.py", ("checkout", "check_out"))
    told = reviewed(invoke, made)
    assert told["refactorings"]["share"] == 1.0


@pytest.mark.parametrize("indexed", ["before", "after"])
def test_a_review_links_no_side_whole(repo, invoke, monkeypatch, indexed):
    """What leans on a change is found by names and single answers, where linking would take long."""
    made = repo(SHOP)
    made.commit(
        "use",
        {"src/shop/desk.py": b"from shop.cart import checkout\n\n\ndef sell(cart):\n    return checkout(cart, 1)\n"},
    )
    assert invoke("index", cwd=made.root).code == 0
    edited(made, "src/shop/cart.py", ("def checkout(", "def check_out("), ("return 0", "return 1"))
    if indexed == "after":
        assert invoke("index", cwd=made.root).code == 0
    wanted = reviewed(invoke, made, "--fail-on", "never")
    monkeypatch.setattr("codeagent.graph.deferred._SOON", -1)
    monkeypatch.setattr("codeagent.graph.deferred.proposed_graph", None)
    told = reviewed(invoke, made, "--fail-on", "never")
    assert [told[key] for key in ("findings", "impact", "untested")] == [
        wanted[key] for key in ("findings", "impact", "untested")
    ]
    assert {one["path"] for one in told["impact"]["symbols"]} >= {"src/shop/desk.py"}


GO = {
    "go.mod": "module example.org/shop\n",
    "cart.go": "package shop\n\n// Cart is one.\ntype Cart struct{ sum int }\n\n"
    "// Total says how much.\nfunc (c Cart) Total() int {\n\treturn c.sum\n}\n\n"
    "// Empty makes one.\nfunc Empty() Cart {\n\treturn Cart{}\n}\n",
}


def test_what_stands_in_another_file_of_its_package_breaks_nobody(repo, invoke):
    made = repo(GO)
    head, mark, rest = made.root.joinpath("cart.go").read_text().partition("// Total")
    made.write({"cart.go": head.encode(), "more.go": f"package shop\n\n{mark}{rest}".encode()})
    told = reviewed(invoke, made)
    assert {(one["status"], one["symbol"]) for one in told["symbols"]} == {
        ("moved", "more.go::Cart.Total"),
        ("moved", "more.go::Empty"),
    }
    assert told["surface"] == []
    assert {one["message"] for one in told["refactorings"]["found"]} == {
        "Cart.Total moved from cart.go to more.go",
        "Empty moved from cart.go to more.go",
    }


@pytest.mark.parametrize(("library", "breaking"), [("src/lib.rs", True), ("src/other.rs", False)])
def test_a_program_of_rust_has_no_surface(repo, invoke, library, breaking):
    files = {"Cargo.toml": '[package]\nname = "shop"\n', "src/main.rs": "mod cart;\nfn main() {}\n", library: ""}
    made = repo(files | {"src/cart.rs": "pub struct Cart {}\npub fn total() -> i32 {\n    3\n}\n"})
    edited(made, "src/cart.rs", ("fn total", "fn sum"))
    assert bool(reviewed(invoke, made)["surface"]) is breaking


def test_a_submodule_that_stands_at_another_commit_is_told(repo, invoke, tmp_path):
    patch = tmp_path / "bump.patch"
    inside = repo({"lib.py": "def f(): ...\n"}, name="inside")
    first = inside.commit("one")
    made = repo({"a.py": "x = 1\n"})
    made.commit("begin")
    assert reviewed(invoke, made)["findings"] == []
    made.git("submodule", "--quiet", "add", str(inside.root), "lib")
    made.git("commit", "--quiet", "-m", "with a submodule")
    (inside.root / "lib.py").write_text("def f(): return 1\n")
    second = inside.commit("two")
    (made.root / "lib").joinpath("lib.py").write_text("def f(): return 2\n")
    assert reviewed(invoke, made)["findings"] == []  # what it holds is its own affair
    made.git("-C", "lib", "fetch", "--quiet", str(inside.root))
    made.git("-C", "lib", "checkout", "--quiet", "--force", second)
    told = f"the submodule stood at {first[:10]} and now stands at {second[:10]}"
    for arguments, then in (((), "add --all"), (("--staged",), "commit -qm bump"), (("--base", "HEAD^..HEAD"), "log")):
        (found,) = reviewed(invoke, made, *arguments)["findings"]
        assert (found["rule"], found["severity"], found["path"]) == ("protected-submodule", "info", "lib"), arguments
        assert told in found["message"]
        if not arguments:
            patch.write_text(made.git("diff"))
            made.git("submodule", "--quiet", "update", "lib")
            (proposed,) = reviewed(invoke, made, "--patch", patch)["findings"]
            assert proposed == found
            made.git("-C", "lib", "checkout", "--quiet", second)
        made.git(*then.split())
