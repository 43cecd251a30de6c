"""The property that the index rests on: brought up to date after any changes, it equals one built from nothing."""

import os
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from cases import FIXTURES, Case, read_cases
from conftest import Files, Repo
from random_project import RandomProject, change_at_random

from codeagent.config import load_config
from codeagent.graph import affected, renewing
from codeagent.graph.affected import Stale
from codeagent.graph.maintenance import differences
from codeagent.graph.update import open_graph

STEPS = int(os.environ.get("INDEX_STEPS", "45"))  # of each seed; a slow run sets thousands
SEEDS = int(os.environ.get("INDEX_SEEDS", "5"))
CASE_SEED = os.environ.get("INDEX_CASE_SEED", "1")
CASES = [
    pytest.param(case, id=f"{source.stem}: {case.title}")
    for source in sorted((FIXTURES / "graph").glob("*.md"))
    for case in read_cases(source)
    if len(case.files) > 1
]


@pytest.mark.parametrize("seed", range(SEEDS))
def test_incremental_equals_rebuild(tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    if seed % 2:  # what changed files offer is compared by value, however few the files are
        monkeypatch.setattr(affected, "_SOON", 0)
    root = tmp_path / "project"
    root.mkdir()
    project = RandomProject(root, seed)
    config = load_config(root)
    history: list[str] = []
    for step in range(STEPS):
        incremental = open_graph(root, None, None, config)
        rebuilt = open_graph(root, None, None, config, in_memory=True)
        assert differences(incremental, rebuilt) == (), f"seed {seed}, step {step}: {history[-3:]}"
        history.append(project.step())


@pytest.mark.parametrize("case", CASES)
def test_every_language_brought_up_to_date(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same of each language's own cases: what is compared by value is what names alone would find."""
    root = case.write(tmp_path / "project")
    chance, config = random.Random(f"{CASE_SEED} {case.title}"), load_config(root)
    monkeypatch.setattr(affected, "_SOON", chance.choice((0, 0, affected._SOON)))
    changed = ("nothing", None, None)
    for step in range(STEPS // 3):
        incremental = open_graph(root, None, None, config)
        rebuilt = open_graph(root, None, None, config, in_memory=True)
        assert differences(incremental, rebuilt) == (), f"step {step}: {changed}"
        path, text = chance.choice(sorted(case.files.items()))
        was = (root / path).read_text() if (root / path).exists() else None
        change_at_random(chance, root / path, text)
        changed = (path, was, (root / path).read_text() if (root / path).exists() else None)


# --- edits whose effect lies two or three files away -------------------------------------------------

CHAIN = {
    "a.py": "class One:\n    def total(self): ...\nclass Two:\n    def total(self): ...\n",
    "b.py": "from a import One as Pick\n",
    "c.py": "from b import Pick\ndef make():\n    return Pick()\n",
    "d.py": "from c import make\nmake().total()\n",
}
CALLBACK = {
    "bus.py": "def register(handler):\n    handler()\n",
    "first.py": "def work(): ...\n",
    "setup.py": "from bus import register\nfrom first import work\nregister(work)\n",
}
TABLE = {
    "table.py": "handlers = []\n",
    "use.py": "from table import handlers\nfor handler in handlers:\n    handler()\n",
    "work.py": "def work(): ...\n",
}
CLASSES = {
    "base.py": "class Base:\n    def run(self):\n        self.step()\n    def step(self): ...\n",
    "sub.py": "from base import Base\nclass Sub(Base):\n    pass\n",
    "use.py": "from sub import Sub\nSub().step()\nSub()\n",
}
STARS = {
    "a.py": "from b import *\n",
    "b.py": "from c import *\n",
    "c.py": "def shown(): ...\ndef _hidden(): ...\n",
    "use.py": "from a import shown\nshown()\n",
}
SCRIPT = {
    "package.json": '{"name": "shop"}',
    "src/cart.ts": "export class Cart { total() { return 1; } }\n",
    "src/index.ts": 'export { Cart } from "./cart";\n',
    "use.ts": 'import { Cart } from "./src";\nnew Cart().total();\n',
}
GO = {
    "go.mod": "module example.org/shop\n",
    "store/cart.go": "package store\ntype Cart struct{}\n",
    "store/use.go": "package store\nfunc Run(c Cart) { c.Total(); helper() }\n",
}

JAVA = {
    "a/One.java": "package a;\npublic class One { protected void go() {} }\n",
    "a/Two.java": "package a;\npublic class Two { protected void go() {} }\n",
    "a/Middle.java": "package a;\npublic class Middle extends One {}\n",
    "a/Use.java": "package a;\npublic class Use extends Middle { void run() { go(); } }\n",
}
RUST = {
    "Cargo.toml": '[package]\nname = "shop"\nversion = "0.1.0"\nedition = "2021"\n',
    "src/lib.rs": "mod a;\nmod more;\nuse a::Cart;\npub trait Named { fn name(&self); }\n"
    "fn run(one: &dyn Named) { one.name(); }\n",
    "src/a.rs": "pub struct Cart;\n",
    "src/more.rs": "use crate::{Named, a::Cart};\nimpl Cart { pub fn other(&self) {} }\n",
}
LAMBDA = {
    "lib.ts": "export class One { go() {} }\nexport class Two { go() {} }\n"
    "export function each(how: (one: One) => void) {}\n",
    "app.ts": "import { each } from './lib';\neach((one) => one.go());\n",
}

PROTOTYPES = {
    "base.js": "function Base() {}\nBase.prototype.hallo = function () {};\nBase.prototype.go = function () {};\n"
    "module.exports = Base;\n",
    "child.js": "var util = require('util');\nvar Base = require('./base');\nfunction Child() {}\n"
    "util.inherits(Child, Base);\nmodule.exports = Child;\n",
    "use.js": "var Child = require('./child');\nnew Child().hello();\nnew Child().go();\n",
}

CLOSURE = {
    "a.py": "class One:\n    def total(self): ...\nclass Two:\n    def total(self): ...\n",
    "b.py": (
        "from a import One, Two\n"
        "def make():\n    kind = One\n    def inner():\n        return kind()\n    return inner\n"
        "def pack():\n    kind = One\n    return [kind]\n"
        "def same(kind):\n    return kind\n"
        "def ready():\n    kind = One\n    return same(kind)()\n"
        "def lazy():\n    kind = One\n    yield kind()\n"
    ),
    "c.py": "from b import make\nagain = make\n",
    "inner.py": "from c import again\nagain()().total()\n",
    "boxed.py": "from b import pack\npack()[0]().total()\n",
    "given.py": "from b import ready\nready().total()\n",
    "lazy.py": "from b import lazy\nfor one in lazy():\n    one.total()\n",
    "back.py": "from a import One, Two\nfrom b import same\nsame(One)().total()\n",
}
ANOTHER = {"b.py": CLOSURE["b.py"].replace("kind = One", "kind = Two")}

FIXTURES: Files = {
    "shop.py": "class Cart:\n    def total(self): ...\nclass Desk:\n    def total(self): ...\n",
    "one.py": "import pytest\nimport shop\n@pytest.fixture\ndef desk():\n    return shop.Desk()\n",
    "two.py": "import pytest\nimport shop\n@pytest.fixture\ndef desk():\n    return shop.Cart()\n",
    "conftest.py": "import pytest\nimport shop\npytest_plugins = ['one']\n"
    "@pytest.fixture(name='cart')\ndef make():\n    return shop.Cart()\n",
    "test_shop.py": "def test_cart(cart, desk):\n    desk.total()\n    cart.total()\n",
}

EDITS: dict[str, tuple[Files, Files, tuple[str, ...], str, str]] = {
    # name: files, edits, deletions, a path whose links must change, a target it must then have
    "alias in the middle": (CHAIN, {"b.py": "from a import Two as Pick\n"}, (), "d.py", "a.py::Two.total"),
    "a fixture that is called otherwise": (
        FIXTURES,
        {"conftest.py": FIXTURES["conftest.py"].replace("name='cart'", "name='other'")},
        (),
        "test_shop.py",
        "",
    ),
    "modules of fixtures": (
        FIXTURES,
        {"conftest.py": FIXTURES["conftest.py"].replace("one", "two")},
        (),
        "test_shop.py",
        "shop.py::Cart.total",
    ),
    "annotation in the middle": (
        CHAIN,
        {"c.py": "from a import Two\ndef make() -> Two: ...\n"},
        (),
        "d.py",
        "a.py::Two.total",
    ),
    "another argument": (
        CALLBACK,
        {
            "first.py": "def work(): ...\ndef play(): ...\n",
            "setup.py": "from bus import register\nfrom first import play\nregister(play)\n",
        },
        (),
        "bus.py",
        "first.py::play",
    ),
    "a call in a new file": (
        CALLBACK,
        {"other.py": "import bus\ndef more(): ...\nbus.register(more)\n"},
        (),
        "bus.py",
        "other.py::more",
    ),
    "what is handed over is another thing": (
        CALLBACK,
        {"first.py": "from second import work\n", "second.py": "def work(): ...\n"},
        (),
        "bus.py",
        "second.py::work",
    ),
    "a container that is filled now, by another name": (
        {
            "table.py": "handlers = []\n",
            "names.py": "from table import handlers\nknown = handlers\n",
            "use.py": "from names import known\nfor one in known:\n    one()\n",
            "work.py": "def work(): ...\n",
        },
        {"table.py": "from work import work\nhandlers = []\nhandlers.append(work)\n"},
        (),
        "use.py",
        "work.py::work",
    ),
    "a module that was left out and is not any more": (
        {**CALLBACK, ".codeagentignore": "first.py\n"},
        {".codeagentignore": ""},
        (),
        "bus.py",
        "first.py::work",
    ),
    "a container filled where it is defined": (
        TABLE,
        {"table.py": "from work import work\nhandlers = []\nhandlers.append(work)\n"},
        (),
        "use.py",
        "work.py::work",
    ),
    "a base class gains a constructor": (
        CLASSES,
        {"base.py": CLASSES["base.py"] + "    def __init__(self): ...\n"},
        (),
        "use.py",
        "base.py::Base.__init__",
    ),
    "a subclass overrides": (
        CLASSES,
        {"sub.py": "from base import Base\nclass Sub(Base):\n    def step(self): ...\n"},
        (),
        "use.py",
        "sub.py::Sub.step",
    ),
    "another base": (
        CLASSES,
        {
            "sub.py": "from other import Other\nclass Sub(Other):\n    pass\n",
            "other.py": "class Other:\n    def step(self): ...\n",
        },
        (),
        "use.py",
        "other.py::Other.step",
    ),
    "moved behind two stars": (
        STARS,
        {"c.py": "from d import shown\n", "d.py": "def shown(): ...\n"},
        (),
        "use.py",
        "d.py::shown",
    ),
    "a name that an inner function sees": (CLOSURE, ANOTHER, (), "inner.py", "a.py::Two.total"),
    "a name in a list that is given": (CLOSURE, ANOTHER, (), "boxed.py", "a.py::Two.total"),
    "a name that is handed on": (CLOSURE, ANOTHER, (), "given.py", "a.py::Two.total"),
    "a name that is yielded": (CLOSURE, ANOTHER, (), "lazy.py", "a.py::Two.total"),
    "a parameter is no longer handed back": (
        CLOSURE,
        {"b.py": CLOSURE["b.py"].replace("    return kind\n", "    return Two\n")},
        (),
        "back.py",
        "a.py::Two.total",
    ),
    "the module vanishes": (CHAIN, {}, ("a.py",), "d.py", ""),
    "a module becomes a package": (
        STARS,
        {"c/__init__.py": "def shown(): ...\n"},
        ("c.py",),
        "use.py",
        "c/__init__.py::shown",
    ),
    "a re-export is redirected": (
        SCRIPT,
        {"src/index.ts": 'export { Cart } from "./other";\n', "src/other.ts": SCRIPT["src/cart.ts"]},
        (),
        "use.ts",
        "src/other.ts::Cart.total",
    ),
    "the class in the middle extends another": (
        JAVA,
        {"a/Middle.java": "package a;\npublic class Middle extends Two {}\n"},
        (),
        "a/Use.java",
        "a/Two.java::Two.go",
    ),
    "the class itself extends another": (
        JAVA,
        {"a/Use.java": JAVA["a/Use.java"].replace("Middle", "Two")},
        (),
        "a/Use.java",
        "a/Two.java::Two.go",
    ),
    "a trait is implemented elsewhere": (
        RUST,
        {"src/more.rs": RUST["src/more.rs"] + "impl Named for Cart { fn name(&self) {} }\n"},
        (),
        "src/lib.rs",
        "src/more.rs::Cart.name",
    ),
    "a module comes to have every name": (
        {"old.py": "kept = 1\n", "use.py": "from old import gone\ngone()\n"},
        {"old.py": "kept = 1\ndef __getattr__(name): ...\n"},
        (),
        "use.py",
        "old.py::__getattr__",
    ),
    "a name becomes that of another thing that is there": (
        {**LAMBDA, "use.ts": "import { One } from './lib';\nexport function run(one: One) { one.go(); }\n"},
        {"lib.ts": "export class Three { go() {} }\nexport class One { go() {} }\nexport class Two { stop() {} }\n"},
        (),
        "app.ts",
        "",
    ),
    "a prototype gets a method by the name of one that was asked for": (
        PROTOTYPES,
        {"base.js": PROTOTYPES["base.js"].replace("hallo", "hello")},
        (),
        "use.js",
        "base.js::Base.hello",
    ),
    "a function inherits from another no more": (
        PROTOTYPES,
        {"child.js": PROTOTYPES["child.js"].replace("util.inherits(Child, Base);", "")},
        (),
        "use.js",
        "",
    ),
    "something is set on a function": (
        {"parse.js": "function parse() {}\nmodule.exports = parse;\n", "use.js": "require('./parse').strict();\n"},
        {"parse.js": "function parse() {}\nparse.strict = function () {};\nmodule.exports = parse;\n"},
        (),
        "use.js",
        "parse.js::parse.strict",
    ),
    "what is called hands another thing to a lambda": (
        LAMBDA,
        {"lib.ts": LAMBDA["lib.ts"].replace("one: One", "one: Two")},
        (),
        "app.ts",
        "lib.ts::Two.go",
    ),
    "a file leaves its package": (
        {**GO, "store/more.go": "package store\nfunc helper() {}\n"},
        {"store/use.go": GO["store/use.go"].replace("package store\n", "package other\n")},
        (),
        "store/use.go",
        "",
    ),
    "a sibling file joins the package": (
        GO,
        {"store/more.go": "package store\nfunc (c Cart) Total() {}\nfunc helper() {}\n"},
        (),
        "store/use.go",
        "store/more.go::helper",
    ),
}


@pytest.mark.parametrize("soon", [0, 40])  # whether what is offered is compared by value
@pytest.mark.parametrize("case", EDITS)
def test_an_edit_reaches_whom_it_concerns(
    case: str, soon: int, repo: Callable[..., Repo], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(affected, "_SOON", soon)
    files, edits, deletions, path, target = EDITS[case]
    bystander = {"bystander.py": "def alone(): ...\nalone()\n"}
    made = repo({**files, **bystander})
    config = load_config(made.root)
    before = open_graph(made.root, None, None, config).links(path)
    made.write(edits)
    for name in deletions:
        (made.root / name).unlink()
    after = open_graph(made.root, None, None, config)
    rebuilt = open_graph(made.root, None, None, config, in_memory=True)
    assert differences(after, rebuilt) == ()
    links = after.links(path)
    assert links != before
    assert target in (*links.targets, "")


def test_an_edit_of_equal_length_is_seen_though_its_time_was_set_back(repo: Callable[..., Repo]) -> None:
    made = repo({"a.py": "def one(): ...\n"})
    config, path = load_config(made.root), made.root / "a.py"
    os.utime(path, (1_000_000_000, 1_000_000_000))
    time.sleep(0.1)  # what was written just now is read again in any case
    open_graph(made.root, None, None, config)
    path.write_text("def two(): ...\n")
    os.utime(path, (1_000_000_000, 1_000_000_000))
    assert open_graph(made.root, None, None, config).find_symbols("two")


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_any_more_is_left_out(repo: Callable[..., Repo]) -> None:
    made = repo({"a.py": "def one(): ...\n", "b.py": ""})
    config = load_config(made.root)
    time.sleep(0.1)
    assert open_graph(made.root, None, None, config).find_symbols("one")
    (made.root / "a.py").chmod(0)
    graph = open_graph(made.root, None, None, config)
    assert graph.find_symbols("one") == []
    assert graph.skipped["unreadable"] == ("a.py",)


def linked_anew(made: Repo, edits: Files) -> set[str]:
    """The paths whose links an update makes again."""
    config = load_config(made.root)
    seen: list[set[str]] = []
    open_graph(made.root, None, None, config)
    made.write(edits)
    original = renewing.affected

    def watched(*arguments: object) -> Stale:
        stale = original(*arguments)  # type: ignore[arg-type]  # handed through
        seen.append(stale.paths)
        return stale

    renewing.affected = watched  # type: ignore[assignment]  # watched, not replaced
    try:
        open_graph(made.root, None, None, config)
    finally:
        renewing.affected = original
    return seen[0]


def test_a_comment_concerns_nobody_else(repo: Callable[..., Repo]) -> None:
    made = repo(CHAIN)
    assert linked_anew(made, {"a.py": "# a comment\n\n" + CHAIN["a.py"]}) == {"a.py"}


def test_a_new_function_concerns_nobody_else(repo: Callable[..., Repo]) -> None:
    made = repo(CHAIN)
    assert linked_anew(made, {"a.py": CHAIN["a.py"] + "def fresh(x):\n    return len(x)\n"}) == {"a.py"}


def test_a_variable_of_a_block_that_only_moves_concerns_nobody_else(repo: Callable[..., Repo]) -> None:
    table = "TABLE = {\n    name.lower(): name\n    for name in ['a', 'b']\n}\n"
    made = repo({"a.py": table, "b.py": "from a import TABLE\n\nfor one in TABLE:\n    one.strip()\n"})
    assert linked_anew(made, {"a.py": f"LIMIT = 3\n{table}"}) == {"a.py"}
    config = load_config(made.root)
    rebuilt = open_graph(made.root, None, None, config, in_memory=True)
    assert differences(open_graph(made.root, None, None, config), rebuilt) == ()


GIVES = {
    "a.py": "class One:\n    def total(self): ...\ndef make(one=None):\n    made = One()\n    return made\n",
    "b.py": "from a import make\nmake().total()\n",
    "c.py": "from b import make\ndef again():\n    return make()\n",
}


@pytest.mark.parametrize(
    "body",
    [
        "    made = One()\n    print(made)\n    return made\n",
        "    first = One()\n    made = first\n    return made\n",
        "    return One()\n",
        "    if one:\n        return One()\n    made = other = One()\n    other.total()\n    return made\n",
    ],
)
def test_what_gives_what_it_gave_concerns_nobody_else(
    body: str, repo: Callable[..., Repo], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(affected, "_SOON", 0)
    made = repo(GIVES)
    head, _, _ = GIVES["a.py"].partition("    made =")
    assert linked_anew(made, {"a.py": head + body}) == {"a.py"}
    config = load_config(made.root)
    rebuilt = open_graph(made.root, None, None, config, in_memory=True)
    assert differences(open_graph(made.root, None, None, config), rebuilt) == ()


WRAPPED = {
    "lazy.py": "def lazy(func):\n    def inner(value):\n        return func(value)\n    return inner\n",
    "text.py": (
        "from lazy import lazy\n\n@lazy\ndef slug(value):\n    return value.lower()\n\n"
        "@lazy\ndef plain(value):\n    return value\n"
    ),
    "use.py": "from text import slug as short\ndef run(value):\n    return short(value)\n",
    "far.py": "from text import plain\nfrom use import run\nplain(run('x'))\n",
    "farther.py": "from far import run\nrun('y')\n",
    "apart.py": "def slug(value):\n    return [value]\nslug(1)\n",
}
TIDY = {  # what goes by another name, or stands elsewhere: edits, paths that are gone, and whom they concern
    "another name": (
        {
            "text.py": WRAPPED["text.py"].replace("slug", "short_name"),
            "use.py": WRAPPED["use.py"].replace("import slug", "import short_name"),
        },
        {"text.py", "use.py", "apart.py", "lazy.py"},
    ),
    "another module": (
        {
            "text.py": "from lazy import lazy\n\n@lazy\ndef plain(value):\n    return value\n",
            "slugs.py": "from lazy import lazy\n\n@lazy\ndef slug(value):\n    return value.lower()\n",
            "use.py": WRAPPED["use.py"].replace("from text", "from slugs"),
        },
        {"text.py", "slugs.py", "use.py", "apart.py", "lazy.py"},
    ),
}


@pytest.mark.parametrize("edits, concerned", TIDY.values(), ids=TIDY)
def test_what_is_the_same_by_another_name_or_in_another_file_concerns_who_says_its_name(
    edits: Files, concerned: set[str], repo: Callable[..., Repo], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(affected, "_SOON", 0)
    made = repo(WRAPPED)
    assert linked_anew(made, edits) == concerned
    assert linked_anew(made, {path: WRAPPED[path] for path in edits if path in WRAPPED}) <= concerned
    config = load_config(made.root)
    rebuilt = open_graph(made.root, None, None, config, in_memory=True)
    assert differences(open_graph(made.root, None, None, config), rebuilt) == ()
