"""What `analyze` makes of a repository: what it leans on, what matters in it, where to begin, what to do about it."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from codeagent.domain.report import Report
from codeagent.interfaces.reports.page import Column, Page
from codeagent.refactorings import OPERATIONS, works_on
from codeagent.workflows.analyze import analyze
from tests.conftest import Repo

Make = Callable[..., Repo]


def leaned_on(report: Report) -> dict[str, int]:
    return {one.name: one.files for one in report.dependencies.external}


def test_what_comes_with_a_language_is_no_package(repo: Make) -> None:
    made = repo(
        {
            "main.c": '#include <stdio.h>\n#include <sys/stat.h>\n#include <oniguruma.h>\n#include "lib/gone.inc"\n',
            "lib/own.h": "int own(void);\n",
            "tool.rb": "require 'json'\nrequire 'open-uri'\nrequire 'rack'\nrequire 'tilt/erb'\n",
            "app.php": "<?php\nuse Closure;\nuse Psr\\Log\\LoggerInterface;\nfunction f(Closure $c) {}\n",
            "App.cs": "using System.Text;\nusing System.Text.Json;\nusing Newtonsoft.Json.Linq;\nclass App {}\n",
            "app.swift": "import Foundation\nimport Alamofire\n",
        }
    )
    assert set(leaned_on(analyze(made.root))) == {"oniguruma", "rack", "tilt", "Psr", "Newtonsoft.Json", "Alamofire"}


def test_a_package_whose_parts_are_in_the_tree_is_its_own(repo: Make) -> None:
    made = repo(
        {
            "lib/shop/__init__.py": "",
            "lib/shop/cart.py": "import yaml\nfrom shop.money import add\nfrom shop.vendored.six import moves\n",
            "lib/shop/money.py": "import shop.cart\n\n\ndef add(): ...\n",
            "setup.cfg": "[metadata]\nname = shop\n[options]\npackage_dir =\n    = lib\n",
            "lib/rack/protection.rb": "require 'rack'\nrequire 'rack/protection/base'\n",
            "lib/rack/protection/base.rb": "module Rack\nend\n",
        }
    )
    assert set(leaned_on(analyze(made.root))) == {"yaml", "rack"}


def test_what_one_file_leans_on_is_no_key_symbol(repo: Make) -> None:
    """A pair that leans on itself traps the rank; that many files use a symbol says more."""
    made = repo(
        {
            "old.py": "from new import Time\n\n\nclass OldTime(Time): ...\n",
            "new.py": "class Time:\n    def old(self):\n        from old import OldTime\n\n        return OldTime()\n",
            "record.py": "from new import Time\n\n\nclass Record:\n    at: Time\n",
            **{f"use{n}.py": f"from record import Record\n\n\ndef f{n}():\n    return Record()\n" for n in range(12)},
        }
    )
    keys = [one.symbol for one in analyze(made.root).key_symbols]
    assert keys[0] == "record.py::Record"


def test_the_tour_begins_with_what_the_rest_stands_on(repo: Make) -> None:
    made = repo(
        {
            "aaa/build.sh": "make\n",
            "aaa/clean.sh": "rm -r out\n",
            "tools/check.py": 'def main(): ...\n\n\nif __name__ == "__main__":\n    main()\n',
            "tools/other.py": "import os\n\nprint(os)\n",
            "shop/__init__.py": "",
            "shop/cart.py": "from shop.money import add\n\n\ndef total():\n    return add(1, 2)\n",
            "shop/money.py": "def add(a, b):\n    return a + b\n",
            "web/app.py": "from shop.cart import total\n\n\ndef page():\n    return total()\n",
            "web/run.py": 'from web.app import page\n\nif __name__ == "__main__":\n    page()\n',
        }
    )
    tour = [one.path for one in analyze(made.root).reading_order]
    assert tour[0] == "web/run.py"  # a program that uses the rest, not a tool that uses nothing
    assert tour.index("shop/money.py") < min(tour.index(one) for one in tour if one.startswith(("aaa/", "tools/")))


def changed_together(made: Repo, *paths: str) -> set[tuple[str, str]]:
    for n in range(6):
        made.commit(f"change {n}", {path: (made.root / path).read_text() + f"/* {n} */\n" for path in paths})
    return {(one.first, one.second) for one in analyze(made.root).coupling}


def test_coupling_is_hidden_only_where_nothing_shows_it(repo: Make) -> None:
    files = {
        "codes.h": "#define OP_ADD 1\n",
        "bytecode.h": '#include "codes.h"\nint length(void);\n',
        "run.c": '#include "bytecode.h"\nint run(void) { return length(); }\n',
        "alloc.h": "void *take(int);\n",
        "alloc.c": "void *take(int n) { return 0; }\n",
        "table.c": "int table[] = { 1 };\n",
    }
    found = changed_together(repo(files), *files)
    assert ("codes.h", "run.c") not in found  # through bytecode.h
    assert ("alloc.c", "alloc.h") not in found  # its header
    assert ("run.c", "table.c") in found


def test_tests_with_titles_are_counted(repo: Make) -> None:
    made = repo(
        {
            "add.ts": "export const add = (a: number, b: number) => a + b\n",
            "add.test.ts": "import { add } from './add'\ndescribe('add', () => {\n  it('adds', () => add(1, 2))\n"
            "  it.skip('more', () => add(1, 2))\n  test.each([[1, 2]])('%i', (a, b) => add(a, b))\n"
            "  Deno.test('x', () => {})\n  const test = /x/.test('y')\n})\n",
            "spec/add_spec.rb": "describe Add do\n  it 'adds' do\n  end\n  specify(\"more\") { }\nend\n",
        }
    )
    assert analyze(made.root).tests.cases == 6


BRANCHES = "".join(f"  if (x === {n}) {{ return {n} }}\n" for n in range(24))


def test_an_opportunity_names_only_what_works_on_its_language(repo: Make) -> None:
    made = repo(
        {
            "hard.ts": f"export function hard(x: number) {{\n{BRANCHES}  return 0\n}}\n",
            "hard.py": "def hard(x):\n" + "".join(f"    if x == {n}:\n        return {n}\n" for n in range(24)),
            "use.py": "from hard import hard\n\nprint(hard(1))\n",
        }
    )
    found = {one.path: one for one in analyze(made.root).opportunities if one.kind == "simplify"}
    assert found["hard.py"].operation == "extract-function"
    assert found["hard.ts"].operation == "rewrite"
    assert found["hard.ts"].risk == "medium"  # nothing proves what is written by hand, and no test reaches it


def test_operations_say_whose_code_they_change() -> None:
    folder = Path(__file__).parent.parent / "codeagent" / "refactorings"
    for name, entry in OPERATIONS.items():
        refuses = "language(" in (text := (folder / f"{entry.module}.py").read_text()) and '!= "python"' in text
        assert not refuses or entry.languages == ("python",), name
    assert works_on("rename", "rust") and not works_on("move", "rust") and not works_on("rewrite", "rust")


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_table_never_breaks_a_path(width: int) -> None:
    out = StringIO()
    page = Page(Console(file=out, width=width), 10)
    columns = (Column("", group=True), Column(""), Column("uses", right=True), Column("", path=True))
    page.table(columns, [("upwards", "src/adapter/cloudflare-workers", "2", "src/helper/websocket/index.ts:123")])
    page.table(columns, [("", "src/core", "3", "src/core.ts:1")])
    lines = out.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    assert all(any(path in line for line in lines) for path in ("src/helper/websocket/index.ts:123", "src/core.ts:1"))
    assert any("src/adapter/cloudflare-workers" in line for line in lines)
