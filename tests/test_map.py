"""`codeagent query map`: within its budget, the same each time, led by focus and query."""

import json

import pytest

from codeagent.domain.tokens import tokens_of

FILES = {
    "app/core.py": """
        class Engine:
            def __init__(self):
                self.parts = []

            def start(self, speed):
                def inner():
                    return speed

                return inner()


        def _secret():
            return Engine()
    """,
    "app/left.py": "from app.core import Engine\n\n\ndef left_turn():\n    return Engine().start(1)\n",
    "app/right.py": "from app.core import Engine\n\n\ndef right_turn():\n    return Engine().start(2)\n",
    "app/drive.py": """
        from app.left import left_turn
        from app.right import right_turn


        def drive():
            left_turn()
            right_turn()


        def main():
            drive()
    """,
    "pkg/other.py": "def lone():\n    return 1\n\n\ndef calls_lone():\n    return lone()\n",
    "tests/test_core.py": "from app.core import Engine\n\n\ndef test_engine():\n    assert Engine().start(3) == 3\n",
}


@pytest.fixture
def root(repo):
    """The files above, committed."""
    return repo(FILES).root


def text(invoke, root, *options):
    """Return the map as text."""
    done = invoke("query", "map", "--repo", str(root), *options)
    assert done.code == 0, done.err
    return done.out


def symbols(invoke, root, *options):
    """Return the ids on the map, in order."""
    done = invoke("query", "map", "--format", "json", "--repo", str(root), *options)
    assert done.code == 0, done.err
    return [hit["symbol"] for hit in json.loads(done.out)["results"]]


@pytest.mark.parametrize("tokens", [1, 5, 10, 17, 30, 50, 80, 2000])
def test_never_over_budget(invoke, root, tokens) -> None:
    """What is printed costs no more than was allowed."""
    out = text(invoke, root, "--tokens", str(tokens))
    assert out == "nothing fits the budget\n" or tokens_of(out.rstrip("\n")) <= tokens
    assert tokens < 25 or "class Engine:" in out


def test_what_matters_is_on_it(invoke, root) -> None:
    """Types that others use come first; what is local, or a test, does not come at all."""
    found = symbols(invoke, root)
    assert found[0] == "app/core.py::Engine"
    assert "app/core.py::Engine.start" in found
    assert "app/core.py::Engine.start.inner" not in found
    assert not any(one.startswith("tests/") for one in found)
    assert symbols(invoke, root) == found
    small = symbols(invoke, root, "--tokens", "25")
    assert small[0] == "app/core.py::Engine"
    assert len(small) < len(found)


def test_lines_are_those_of_the_files(invoke, root) -> None:
    """Each text stands in its file at its line."""
    done = invoke("query", "map", "--format", "json", "--repo", str(root))
    for hit in json.loads(done.out)["results"]:
        lines = (root / hit["path"]).read_text().split("\n")
        assert lines[hit["first_line"] - 1 :][: hit["text"].count("\n") + 1] == hit["text"].split("\n")
        assert hit["symbol"].rpartition(".")[2].rpartition("::")[2] in lines[hit["line"] - 1]


def test_focus_and_query_lead(invoke, root) -> None:
    """A file, a folder, a symbol, several of them; words."""
    assert symbols(invoke, root, "--focus", "pkg/other.py")[0] == "pkg/other.py::lone"
    assert symbols(invoke, root, "--focus", "pkg")[0] == "pkg/other.py::lone"
    assert symbols(invoke, root, "--focus", "./pkg/")[0] == "pkg/other.py::lone"
    assert symbols(invoke, root, "--focus", "right_turn")[0] == "app/right.py::right_turn"
    both = symbols(invoke, root, "--focus", "pkg/other.py", "--focus", "right_turn", "--tokens", "40")
    assert {"pkg/other.py::lone", "app/right.py::right_turn"} <= set(both)
    assert symbols(invoke, root, "--query", "lone wolf")[0] == "pkg/other.py::lone"


def test_a_small_repository_is_shown_whole(invoke, repo) -> None:
    """What nothing uses stands behind the rest, and is left out only where the budget is spent; prose never counts."""
    made = repo({"a.py": "def f(): ...\n", "b.py": "def g():\n    h()\n\n\ndef h(): ...\n", "README.md": "# Title\n"})
    assert symbols(invoke, made.root) == ["b.py::g", "b.py::h", "a.py::f"]
    assert symbols(invoke, made.root, "--tokens", "10") == ["b.py::h"]


def test_errors_and_odd_repositories(invoke, repo, root) -> None:
    """What is no focus, no budget, no file; bytes that are no text."""
    assert invoke("query", "map", "--focus", "nowhere.py", "--repo", str(root)).code == 2
    assert invoke("query", "map", "--tokens", "0", "--repo", str(root)).code == 2
    assert symbols(invoke, repo(name="empty", commit=False).root) == []
    odd = {"a.py": b"def caf\xe9(x='\xff'):\n    pass\n", "b.py": b"import a\r\ndef g():\r\n    return a.g()\r\n"}
    text(invoke, repo(odd, name="odd", git=False).root)
    flat = {"one.py": "class A:\n" + "".join(f"    def m{n}(self): return self.m{n + 1}()\n" for n in range(300))}
    assert tokens_of(text(invoke, repo(flat, name="flat").root, "--tokens", "100").rstrip("\n")) <= 100
