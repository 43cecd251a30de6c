"""`codeagent query impact`: what leans on a change, how surely, and which tests reach it."""

import json

import pytest

FILES = {
    "lib/base.py": """
        LIMIT = 3


        class Base:
            size = 1

            def run(self):
                return self.step()

            def step(self):
                return LIMIT


        class Middle(Base):
            def other(self):
                return super().step()


        class Leaf(Middle):
            def step(self):
                return 5


        def make():
            return Leaf()


        def wrap(function):
            def inner(*args):
                return function(*args)

            return inner


        @wrap
        def wrapped():
            return make()


        @wrap
        def bystander():
            return 0
    """,
    "lib/use.py": """
        from lib.base import Base, bystander, make, wrapped


        def far():
            return near()


        def near():
            return wrapped()


        def aside():
            return bystander()


        def reads(thing: Base):
            return thing.size
    """,
    "tests/test_use.py": "from lib.use import far\n\n\ndef test_far():\n    assert far()\n",
    "notes.md": "hello\n",
}


@pytest.fixture
def made(repo):
    """The files above, committed."""
    return repo(FILES)


def ask(invoke, made, *arguments):
    """Return {symbol: result}; a symbol stands once."""
    done = invoke("query", "impact", *arguments, "--format", "json", "--repo", str(made.root))
    assert done.code == 0, done.err
    results = json.loads(done.out)["results"]
    found = {hit["symbol"]: hit for hit in results}
    assert len(found) == len(results)
    return found


def test_distances_and_tests(invoke, made) -> None:
    """Each step is one further; tests are told from any distance; what only shares a decorator is not."""
    found = ask(invoke, made, "make")
    assert found["lib/base.py::make"]["distance"] == 0
    assert found["lib/base.py::wrapped"]["distance"] == 1
    assert found["lib/use.py::near"]["distance"] == 2
    assert found["lib/use.py::far"]["distance"] == 3
    assert found["tests/test_use.py::test_far"]["test"]
    assert "lib/use.py::aside" not in found
    assert "lib/base.py::bystander" not in found
    close = ask(invoke, made, "make", "--depth", "1")
    assert "lib/use.py::near" not in close
    assert "tests/test_use.py::test_far" in close


def test_overrides_subclasses_and_super(invoke, made) -> None:
    """A member's override below, a super call, the base's caller; what a class's change does to those below it."""
    found = ask(invoke, made, "Base.step")
    assert found["lib/base.py::Leaf.step"]["why"] == "overrides"
    assert found["lib/base.py::Middle.other"]["why"] == "calls"
    assert found["lib/base.py::Base.run"]["why"] == "calls"
    found = ask(invoke, made, "Leaf.step")
    assert found["lib/base.py::Base.step"]["why"] == "overridden"
    assert found["lib/base.py::Base.step"]["certainty"] == "likely"
    found = ask(invoke, made, "Base")
    assert found["lib/base.py::Middle"]["why"] == "inherits"
    assert found["lib/base.py::Leaf"]["distance"] == 2
    assert "lib/base.py::make" in ask(invoke, made, "Leaf")


def test_readers_of_attributes_and_constants(invoke, made) -> None:
    """Who reads a field or a module's variable leans on it."""
    assert "lib/use.py::reads" in ask(invoke, made, "Base.size")
    assert "lib/base.py::Base.step" in ask(invoke, made, "LIMIT")
    assert {"lib/use.py::reads", "lib/use.py::near"} <= ask(invoke, made, "lib/base.py").keys()


def test_places_are_where_it_leans(invoke, made) -> None:
    """Each place holds the name of what is leaned on."""
    for hit in ask(invoke, made, "make").values():
        line = (made.root / hit["path"]).read_text().split("\n")[hit["line"] - 1]
        name = hit.get("through", hit["symbol"]).rpartition("::")[2].rpartition(".")[2]
        assert line[hit["column"] - 1 :].startswith((name, "function"))


def test_a_range_of_commits(invoke, made) -> None:
    """Changed lines, a deleted function, a renamed and a deleted file."""
    text = (made.root / "lib/base.py").read_text()
    made.commit("one", {"lib/base.py": text.replace("return Leaf()", "return Leaf().step()")})
    found = ask(invoke, made, "--diff", "HEAD~1..HEAD")
    assert {one for one, hit in found.items() if hit["why"] == "changed"} == {"lib/base.py::make"}
    assert "tests/test_use.py::test_far" in found
    made.git("mv", "lib/use.py", "lib/used.py")
    made.git("rm", "--quiet", "notes.md", "tests/test_use.py")
    made.commit("two", {"lib/base.py": text.partition("@wrap\ndef bystander")[0]})
    found = ask(invoke, made, "--diff", "HEAD~2..HEAD")
    assert found["lib/base.py::bystander"]["why"] == "removed"
    assert found["tests/test_use.py::test_far"]["why"] == "removed"
    caller = found["lib/used.py::aside"]  # calls what is gone
    assert (caller["why"], caller["certainty"], caller["line"]) == ("still names", "name-only", 13)
    assert "lib/used.py::near" not in found


def test_a_range_that_ends_elsewhere(invoke, made) -> None:
    """Three dots start where the ends parted; a range that does not end here says so."""
    start = made.git("rev-parse", "HEAD")
    text = (made.root / "lib/use.py").read_text()
    made.commit("main", {"lib/use.py": text + "\n\ndef newer():\n    return 1\n"})
    made.git("checkout", "--quiet", "-b", "side", start)
    made.commit("side", {"lib/base.py": (made.root / "lib/base.py").read_text().replace("return 5", "return 6")})
    found = ask(invoke, made, "--diff", "main...side")
    assert {one for one, hit in found.items() if hit["distance"] == 0} == {"lib/base.py::Leaf.step"}
    assert "lib/use.py::newer" in ask(invoke, made, "--diff", "main..side")
    told = invoke("query", "impact", "--diff", "main..side", "--repo", str(made.root))
    assert "--rev" not in told.out + told.err
    told = invoke("query", "impact", "--diff", "side..main", "--repo", str(made.root))
    assert "--rev main" in told.out + told.err
    told = invoke("query", "impact", "--diff", "side..main", "--rev", "main", "--repo", str(made.root))
    assert "--rev main" not in told.out + told.err


def test_staged_before_the_first_commit(invoke, repo) -> None:
    """All that is staged is new."""
    made = repo({"a.py": "def f(): ...\n\n\ndef g():\n    f()\n"}, commit=False)
    made.git("add", "--all")
    assert {"a.py::f", "a.py::g"} <= ask(invoke, made, "--staged").keys()


def test_bounded(invoke, repo) -> None:
    """A symbol that everything uses is told with its count, and in full when asked."""
    files = {"hub.py": "def hub(): ...\n"} | {
        f"m{n}.py": f"from hub import hub\n\n\ndef use{n}():\n    hub()\n" for n in range(40)
    }
    made = repo(files)
    assert len(ask(invoke, made, "hub", "--limit", "10")) == 11
    assert len(ask(invoke, made, "hub", "--limit", "0")) == 81
    done = invoke("query", "impact", "hub", "--limit", "10", "--repo", str(made.root))
    assert "80 dependents" in done.out + done.err


def test_errors(invoke, made, repo) -> None:
    """Nothing asked, two things asked, no such revision, no git, no such symbol, nonsense."""
    root = str(made.root)
    plain = str(repo(FILES, name="plain", git=False).root)
    for arguments in (
        ("--repo", root),
        ("make", "--staged", "--repo", root),
        ("--diff", "nope..HEAD", "--repo", root),
        ("--diff", "--output=x", "--repo", root),
        ("--staged", "--repo", plain),
        ("nothing_here", "--repo", root),
        ("make", "--depth", "0", "--repo", root),
        ("make", "--limit", "-1", "--repo", root),
    ):
        assert invoke("query", "impact", *arguments).code == 2, arguments


def test_a_file_of_one_function(invoke, repo) -> None:
    made = repo({"a.py": "def total():\n    return 1\n", "b.py": "import a\n\n\ndef use():\n    return a.total()\n"})
    made.commit("two", {"a.py": "def total():\n    return 2\n"})
    assert ask(invoke, made, "--diff", "HEAD~1..HEAD")["b.py::use"]["distance"] == 1


def test_tests_that_pytest_hands_it_to(invoke, repo) -> None:
    """Who asks for a fixture leans on what it makes, by a parameter or a mark; an override stands in between."""
    shared = "import pytest\nfrom shop import make\n\n\n@pytest.fixture\ndef cart():\n    return make()\n"
    marked = "@pytest.mark.usefixtures('cart')\ndef test_marked(): ...\n"
    asking = f"import pytest\n\n\ndef test_asks(cart): ...\n\n\n{marked}"
    apart = "import pytest\n\n\n@pytest.fixture\ndef cart():\n    return 1\n\n\ndef test_apart(cart): ...\n"
    files = {"shop.py": "def make(): ...\n", "conftest.py": shared, "test_a.py": asking, "test_b.py": apart}
    found = ask(invoke, repo(files), "shop.py::make")
    assert found["conftest.py::cart"]["distance"] == 1
    assert all(found[f"test_a.py::{name}"]["test"] for name in ("test_asks", "test_marked"))
    assert "test_b.py::test_apart" not in found


def test_tests_that_run_with_what_surrounds_them(invoke, repo) -> None:
    """What runs before or after tests that do not name it: of their class and those above, of their file, of pytest."""
    files = {
        "shop.py": "def make(): ...\ndef clean(): ...\ndef always(): ...\n",
        "conftest.py": (
            "import pytest\nfrom shop import always\n\n\n@pytest.fixture(autouse=True)\ndef around():\n"
            "    always()\n    yield\n"
        ),
        "tests/base.py": (
            "import unittest\nfrom shop import make\n\n\nclass Base(unittest.TestCase):\n    def setUp(self):\n"
            "        make()\n\n    def test_base(self): ...\n\n    def helper(self): ...\n"
        ),
        "tests/test_cart.py": (
            "from shop import clean\nfrom tests.base import Base\n\n\nclass TestCart(Base):\n"
            "    def test_cart(self): ...\n\n\n"
            "class TestOwn(Base):\n    def setUp(self): ...\n\n    def test_own(self): ...\n\n\n"
            "def teardown_module():\n    clean()\n"
        ),
    }
    made = repo(files)
    cart, own = "tests/test_cart.py::TestCart.test_cart", "tests/test_cart.py::TestOwn.test_own"
    found = ask(invoke, made, "shop.py::make")
    assert found[cart]["why"] == "runs with"
    assert found[cart]["through"] == "tests/base.py::Base.setUp"
    assert found[cart]["distance"] == 2
    assert "tests/base.py::Base.test_base" in found
    assert not {own, "tests/base.py::Base.helper"} & found.keys()
    assert {cart, own} <= ask(invoke, made, "shop.py::clean").keys()
    assert {cart, own, "tests/base.py::Base.test_base"} <= ask(invoke, made, "shop.py::always").keys()


def test_tests_of_java_and_go_that_run_with_what_surrounds_them(invoke, repo) -> None:
    files = {
        "go.mod": "module example.org/shop\n\ngo 1.22\n",
        "shop/cart.go": "package shop\n\nfunc Make() int { return 1 }\n",
        "shop/main_test.go": (
            'package shop\n\nimport "testing"\n\nfunc TestMain(m *testing.M) {\n\tMake()\n\tm.Run()\n}\n'
        ),
        "shop/cart_test.go": 'package shop\n\nimport "testing"\n\nfunc TestCart(t *testing.T) {}\n',
        "src/main/java/a/Shop.java": (
            "package a;\n\npublic class Shop {\n    public static int make() { return 1; }\n}\n"
        ),
        "src/test/java/a/ShopTest.java": (
            "package a;\n\nimport org.junit.jupiter.api.BeforeEach;\nimport org.junit.jupiter.api.Test;\n\n"
            "class ShopTest {\n"
            "    @BeforeEach\n    void open() {\n        Shop.make();\n    }\n\n    @Test\n    void sells() {}\n\n"
            "    void helper() {}\n}\n"
        ),
    }
    made = repo(files)
    assert ask(invoke, made, "shop/cart.go::Make")["shop/cart_test.go::TestCart"]["why"] == "runs with"
    found = ask(invoke, made, "src/main/java/a/Shop.java::Shop.make")
    assert found["src/test/java/a/ShopTest.java::ShopTest.sells"]["through"].endswith("ShopTest.open")
    assert "src/test/java/a/ShopTest.java::ShopTest.helper" not in found
