"""Import statements are read and edited in the style of their file."""

import pytest

from codeagent.domain.patch import edited
from codeagent.languages.syntax import parse
from codeagent.refactorings.python.import_edits import ImportEdits, New
from codeagent.refactorings.python.imports import absolute, read_imports, relative


def opened(text: str) -> ImportEdits:
    source = text.encode()
    return ImportEdits("a.py", source, parse("python", source), frozenset({"shop"}))


def result(edits: ImportEdits) -> str:
    return edited(edits.source, sorted(edits.edits())).decode()


def changed(text: str, name: str, new: list[New]) -> str:
    edits = opened(text)
    statement, one = next((s, n) for s in edits.statements for n in s.names if n.name == name)
    edits.change(statement, one, new)
    return result(edits)


def test_statements_are_read_with_their_surroundings():
    text = "import a.b as c\nif TYPE_CHECKING:\n    from .x import y, z as w\n"
    text += "try:\n    import k\nexcept E:\n    k = 1\ndef f():\n    from m import *\nif c:\n    import i\n"
    found = read_imports(parse("python", text.encode()))
    assert [(s.module, [n.text for n in s.names], s.guard, s.local) for s in found] == [
        (None, ["a.b as c"], "", False),
        (".x", ["y", "z as w"], "typing", False),
        (None, ["k"], "try", False),
        ("m", ["*"], "", True),
        (None, ["i"], "if", False),
    ]


@pytest.mark.parametrize(
    ("spec", "package", "name"),
    [(".x", "a.b", "a.b.x"), ("..x", "a.b", "a.x"), (".", "a", "a"), ("x.y", "a", "x.y"), ("..", "a.b", "a")],
)
def test_relative_and_absolute_names_are_inverse(spec, package, name):
    assert absolute(spec, package) == name
    if spec.startswith("."):
        assert relative(name, package) == spec


def test_no_relative_name_leads_to_another_top():
    assert relative("b.x", "a") is None


@pytest.mark.parametrize(
    ("text", "name", "new", "after"),
    [
        ("from a import x\n", "x", [New("b", "x")], "from b import x\n"),
        ("from a import x, y  # why\n", "x", [New("b", "x")], "from a import y  # why\nfrom b import x\n"),
        ("from a import (\n    x,  # one\n    y,\n)\n", "x", [], "from a import (\n    y,\n)\n"),
        ("from a import (\n    x,\n    y,  # two\n)\n", "y", [], "from a import (\n    x,\n)\n"),
        ("import a, b\n", "a", [New(None, "c.d", "a")], "import c.d as a, b\n"),
        ("import a\nimport b\n", "a", [], "import b\n"),
        ("def f():\r\n    import a\r\n", "a", [], "def f():\r\n    pass\r\n"),
        ("import a; x = 1\n", "a", [], "x = 1\n"),
        ("import a; x = 1\n", "a", [New("p", "a")], "from p import a; x = 1\n"),
        ("from a import x, y\r\n", "y", [New("b", "y")], "from a import x\r\nfrom b import y\r\n"),
        ("from a import x", "x", [], ""),
        ("from a import x, y\nfrom b import z\n", "x", [New("b", "x")], "from a import y\nfrom b import x, z\n"),
        ("from a import x, z\nfrom b import y\n", "y", [New("a", "y")], "from a import x, y, z\n"),
        ("from a import x\n\nfrom b import y\n", "y", [New("a", "y")], "from a import x\n\nfrom a import y\n"),
        (
            "from a import x, y\ny()\nfrom b import z\n",
            "y",
            [New("b", "y")],
            "from a import x\nfrom b import y\ny()\nfrom b import z\n",
        ),
        (
            "from a import x, y\nfrom c import *\nfrom b import z\n",
            "y",
            [New("b", "y")],
            "from a import x\nfrom b import y\nfrom c import *\nfrom b import z\n",
        ),
        (
            "from a import x, y\nfrom b import *\n",
            "y",
            [New("b", "y")],
            "from a import x\nfrom b import y\nfrom b import *\n",
        ),
        (
            "def f():\n    from a import x, y\n\nfrom b import z\n",
            "y",
            [New("b", "y")],
            "def f():\n    from a import x\n    from b import y\n\nfrom b import z\n",
        ),
        (
            "try:\n    from a import (\n        w,\n        x,\n    )\n    from b import y as z\nexcept E:\n    pass\n",
            "y",
            [New("a", "y", "z")],
            "try:\n    from a import (\n        w,\n        x,\n        y as z,\n    )\nexcept E:\n    pass\n",
        ),
    ],
)
def test_a_name_changes_in_its_statement(text, name, new, after):
    assert changed(text, name, new) == after


@pytest.mark.parametrize(
    ("text", "new", "after"),
    [
        ("", New("a", "x"), "from a import x\n"),
        ('"""Doc."""\n', New("a", "x"), '"""Doc."""\n\nfrom a import x\n'),
        ("def f():\n    pass\n", New("a", "x"), "from a import x\n\n\ndef f():\n    pass\n"),
        ("#!/bin/sh\nx = 1\n", New(None, "os"), "#!/bin/sh\n\nimport os\n\nx = 1\n"),
        ("# about f\ndef f(): ...\n", New(None, "os"), "import os\n\n\n# about f\ndef f(): ...\n"),
        ("import os\nimport sys\n", New(None, "re"), "import os\nimport re\nimport sys\n"),
        ("import sys\nimport os\n", New(None, "re"), "import sys\nimport os\nimport re\n"),
        ("import os\n\nimport shop.a\n", New("attr", "s"), "import os\n\nfrom attr import s\n\nimport shop.a\n"),
        ("import shop.a\n", New(None, "os"), "import os\n\nimport shop.a\n"),
        ("from a import b, d\n", New("a", "c"), "from a import b, c, d\n"),
        ("from a import (\n    b,\n    d,\n)\n", New("a", "e"), "from a import (\n    b,\n    d,\n    e,\n)\n"),
        ("from a import b as b\n", New("a", "c", "c"), "from a import b as b\nfrom a import c as c\n"),
        ("from a import b\n", New("a", "b"), "from a import b\n"),
        ("import os\r\n\r\nx = 1\r\n", New(None, "re"), "import os\r\nimport re\r\n\r\nx = 1\r\n"),
        ("import os", New(None, "re"), "import os\nimport re"),
    ],
)
def test_a_name_is_added_where_it_belongs(text, new, after):
    edits = opened(text)
    edits.add(new)
    assert result(edits) == after


def test_names_for_type_checkers_get_a_block():
    edits = opened("import os\n\nx = 1\n")
    edits.add(New("shop.a", "B"), typing=True)
    assert result(edits) == (
        "import os\nfrom typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from shop.a import B\n\nx = 1\n"
    )
    edits = opened("from t import TYPE_CHECKING\nif TYPE_CHECKING:\n    import a\n")
    edits.add(New("shop.a", "B"), typing=True)
    assert result(edits) == "from t import TYPE_CHECKING\nif TYPE_CHECKING:\n    import a\n    from shop.a import B\n"
