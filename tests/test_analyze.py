"""`codeagent analyze` on small real repositories: its claims, the places it cites, and odd kinds of repository."""

import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from codeagent.domain.errors import UsageError
from codeagent.interfaces.reports.json import as_json
from codeagent.survey.commands import commands
from codeagent.survey.dependencies import ranked
from codeagent.survey.manifests import requirements
from codeagent.survey.ownership import bus_factor
from codeagent.survey.purpose import of_name, of_shell
from codeagent.survey.sources import InMemory, Sources
from codeagent.survey.stack import stack
from codeagent.workflows.analyze import analyze
from tests.conftest import Ran, Repo

KEYS = (
    "schema_version repository languages skipped stack commands entry_points subsystems dependencies cycles "
    "key_symbols reading_order hotspots coupling ownership tests findings opportunities coverage timings"
).split()

SHOP = {
    "pyproject.toml": """
        [project]
        name = "shop"
        version = "1.0"
        description = "Sells things."
        license = "MIT"
        dependencies = ["flask>=3", "click"]

        [project.scripts]
        shop = "shop.cli:main"

        [build-system]
        requires = ["hatchling"]

        [tool.pytest.ini_options]
        testpaths = ["tests"]

        [tool.ruff]
        line-length = 100
    """,
    "README.md": "# Shop\n\nSells things to people who want them.\n",
    "Makefile": "build:\n\tpython -m build\ntest: build\n\tpytest\n",
    ".github/workflows/ci.yml": """
        jobs:
          t:
            steps:
              - run: pip install -e .
              - run: |
                  ruff check .
                  pytest -q
    """,
    "shop/__init__.py": 'from shop.cart import Cart\n\n__all__ = ["Cart"]\n',
    "shop/cart.py": """
        from shop.money import add


        class Cart:
            def __init__(self):
                self.items = []

            def put(self, item):
                self.items.append(item)

            def total(self):
                result = 0
                for item in self.items:
                    result = add(result, item)
                return result


        def _stale():
            return 1
    """,
    "shop/money.py": "def add(a, b):\n    return a + b\n\n\ndef subtract(a, b):\n    return a - b\n",
    "shop/web.py": """
        from flask import Flask

        from shop.cart import Cart

        app = Flask(__name__)


        @app.route("/total")
        def total():
            "Not this one: @app.route('/nowhere')"
            return str(Cart().total())
    """,
    "shop/cli.py": """
        import click

        from shop.cart import Cart


        @click.group()
        def main():
            pass


        @main.command("sum")
        def sum_up():
            print(Cart().total())


        if __name__ == "__main__":
            main()
    """,
    "tests/test_cart.py": """
        from shop.cart import Cart


        def test_total():
            cart = Cart()
            cart.put(1)
            assert cart.total() == 1
    """,
}


@pytest.fixture
def shop(repo: Callable[..., Repo]) -> Repo:
    return repo(SHOP, name="shop")


def report_of(root: Path) -> dict[str, Any]:
    """The report as programs read it."""
    found: dict[str, Any] = json.loads(as_json(analyze(root)))
    return found


def places(value: object) -> Iterator[tuple[str, int]]:
    """Every path with a line that stands anywhere in a report."""
    if isinstance(value, dict):
        for path, line in (("path", "line"), ("cut_source", "cut_line")):
            if path in value and line in value:
                yield value[path], value[line]
        yield from ((path, line) for path, line in value.get("related", ()))
        for inner in value.values():
            yield from places(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from places(inner)


def test_the_top_level_keys_are_the_contract(shop: Repo) -> None:
    assert list(report_of(shop.root)) == KEYS


def test_what_it_is(shop: Repo) -> None:
    report = report_of(shop.root)
    about = report["repository"]
    assert (about["name"], about["description"], about["license"]) == ("shop", "Sells things.", "MIT")
    assert about["commits"] == 1 and about["notes"] == []
    assert report["languages"][0]["name"] == "python" and report["languages"][0]["test_files"] == 1
    named = {t["name"]: t["evidence"][0] for t in report["stack"]}
    assert named["Flask"] == {"path": "pyproject.toml", "line": 6}
    assert {"Flask", "Click", "Hatchling", "pytest", "Ruff", "GitHub Actions", "Make"} <= set(named)
    runs = {c["command"]: (c["purpose"], c["evidence"]) for c in report["commands"]}
    assert runs["make test"] == ("test", {"path": "Makefile", "line": 3})
    assert runs["pytest -q"] == ("test", {"path": ".github/workflows/ci.yml", "line": 7})
    assert runs["ruff check ."][0] == "lint" and "pip install -e ." not in runs


def test_where_it_starts(shop: Repo) -> None:
    starts = {(e["kind"], e["name"]): e for e in report_of(shop.root)["entry_points"]}
    assert set(starts) == {
        ("console-script", "shop"),
        ("main", "shop/cli.py"),
        ("cli-command", "main"),
        ("cli-command", "sum"),
        ("route", "/total"),
        ("package", "shop"),
    }
    assert starts["console-script", "shop"]["target"] == "shop/cli.py::main"
    assert starts["route", "/total"]["target"] == "shop/web.py::total"
    assert starts["cli-command", "sum"]["evidence"] == {"path": "shop/cli.py", "line": 11}


ROUTES = {
    "package.json": '{"name": "api", "private": true, "bin": {"api": "./server.js"}}',
    "server.js": """
        const express = require("express");
        const app = express();
        // app.get("/nowhere", handler)
        app.get("/users", (request, response) => response.send("x"));
        app.post("/users", (request, response) => response.send("y"));
    """,
    "go/go.mod": "module example.org/web\n\ngo 1.22\n",
    "go/main.go": """
        package main

        import "net/http"

        func hello(w http.ResponseWriter, r *http.Request) {}

        func main() {
        \thttp.HandleFunc("/hello", hello)
        }
    """,
    "java/Api.java": """
        package api;

        import org.springframework.web.bind.annotation.GetMapping;

        class Api {
            @GetMapping("/items")
            String items() { return ""; }

            public static void main(String[] args) {}
        }
    """,
    "api.py": """
        from fastapi import FastAPI

        app = FastAPI()


        @app.get("/fast")
        async def fast():
            return 1
    """,
    "urls.py": """
        from django.urls import path

        urlpatterns = [path("shop/<int:id>/", print)]
    """,
    "rust/Cargo.toml": '[package]\nname = "tool"\nversion = "1.0.0"\n\n[dependencies]\nclap = "4"\n',
    "rust/src/main.rs": """
        use clap::Parser;

        #[derive(Parser)]
        struct Options {}

        fn main() {}
    """,
}


def test_entry_points_of_many_frameworks(repo: Callable[..., Repo]) -> None:
    entries = report_of(repo(ROUTES).root)["entry_points"]
    found = {(e["kind"], e["name"], e["evidence"]["path"], e["evidence"]["line"]) for e in entries}
    assert found >= {
        ("console-script", "api", "package.json", 1),
        ("route", "GET /users", "server.js", 4),
        ("route", "POST /users", "server.js", 5),
        ("route", "/hello", "go/main.go", 8),
        ("main", "go/main.go", "go/main.go", 7),
        ("route", "GET /items", "java/Api.java", 6),
        ("main", "java/Api.java", "java/Api.java", 9),
        ("route", "GET /fast", "api.py", 6),
        ("route", "shop/<int:id>/", "urls.py", 3),
        ("console-script", "tool", "rust/Cargo.toml", 2),
        ("cli-command", "Options", "rust/src/main.rs", 3),
    }
    assert not any("nowhere" in e["name"] for e in entries)


def test_how_it_hangs_together(shop: Repo) -> None:
    report = report_of(shop.root)
    systems = {s["name"]: s for s in report["subsystems"]}
    assert systems["shop"]["role"] == "product" and systems["tests"]["role"] == "tests"
    assert {f["path"] for f in systems["tests"]["files"]} == {"tests/test_cart.py"}
    assert report["key_symbols"][0]["symbol"] == "shop/cart.py::Cart"
    assert {e["name"]: e["files"] for e in report["dependencies"]["external"]} == {"click": 1, "flask": 1}
    links = {(link["source"], link["target"]) for link in report["dependencies"]["files"]}
    assert ("shop/web.py", "shop/cart.py") in links and ("shop/cart.py", "shop/web.py") not in links
    tour = [step["path"] for step in report["reading_order"]]
    assert tour[:2] == ["README.md", "shop/cli.py"] and "shop/cart.py" in tour


def test_a_function_counts_for_what_lies_in_it(repo) -> None:
    """What a function makes and hands out is no key symbol: the function is, for those who use it."""
    inner = "def lazy(make):\n    class Proxy:\n        def call(self): ...\n    return Proxy()\n"
    users = {f"use{n}.py": "from lib import lazy\n\nlazy(1).call()\n" for n in range(3)}
    report = report_of(repo({"lib.py": inner, **users}).root)
    assert [(one["symbol"], one["users"]) for one in report["key_symbols"]] == [("lib.py::lazy", 3)]


def test_where_it_hurts(shop: Repo) -> None:
    report = report_of(shop.root)
    dead = [f for f in report["findings"] if f["rule"] == "dead-code"]
    assert [(f["symbol"], f["certainty"]) for f in dead] == [("shop/cart.py::_stale", "exact")]
    assert report["opportunities"][0]["operation"] == "safe-delete"
    assert report["opportunities"][0]["targets"] == ["shop/cart.py::_stale"]
    area = next(a for a in report["tests"]["areas"] if a["subsystem"] == "shop")
    assert area["reached"] >= 4 and "shop/money.py::subtract" in area["examples"]


def test_every_place_of_every_rendering_exists(shop: Repo, invoke: Callable[..., Ran]) -> None:
    lines = {p: (shop.root / p).read_text("utf-8").count("\n") + 1 for p in shop.git("ls-files").splitlines()}
    found = list(places(report_of(shop.root)))
    assert len(found) > 30
    assert [(path, line) for path, line in found if not 1 <= line <= lines.get(path, 0)] == []
    for form in ("text", "md"):
        printed = invoke("analyze", shop.root, "--format", form, "--top", "99").out
        cited = re.findall(r"(?<![\w/.-])([\w./-]+\.\w+):(\d+)", printed)
        assert len(cited) > 20, form
        assert [(p, n) for p, n in cited if not 1 <= int(n) <= lines.get(p, 0)] == [], form
    page = invoke("analyze", shop.root, "--format", "html").out
    data = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    shown = list(places(json.loads(data[1]))) if data else []
    assert len(shown) > 30
    assert [(path, line) for path, line in shown if not 1 <= line <= lines.get(path, 0)] == []


def test_the_report_is_the_same_each_time_and_from_the_cache(shop: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    first, again = analyze(shop.root), analyze(shop.root)
    assert "checks" in first.timings and "checks" not in again.timings  # the second one was kept
    monkeypatch.setenv("XDG_CACHE_HOME", str(shop.root.parent / "other-cache"))
    fresh = analyze(shop.root)
    assert "checks" in fresh.timings
    assert replace(first, timings={}) == replace(again, timings={}) == replace(fresh, timings={})


def test_a_kept_report_never_outlives_a_change(shop: Repo) -> None:
    analyze(shop.root)
    shop.write({"shop/cart.py": SHOP["shop/cart.py"].replace("_stale", "_rotten")})
    found = [f.symbol for f in analyze(shop.root).findings if f.rule == "dead-code"]
    assert found == ["shop/cart.py::_rotten"]


def test_any_revision_without_a_checkout(shop: Repo) -> None:
    old = shop.git("rev-parse", "HEAD")
    shop.commit("grow", {"shop/extra.py": "def extra():\n    return 1\n"})
    past, now = analyze(shop.root, old), analyze(shop.root)
    assert past.repository.revision == old and past.repository.commits == 1
    assert now.repository.code_files == past.repository.code_files + 1
    with pytest.raises(UsageError, match="no-such-thing"):
        analyze(shop.root, "no-such-thing")


def test_history(repo: Callable[..., Repo]) -> None:
    made = repo({"a.py": "x = 1\n", "b.py": "y = 1\n", "c.py": "z = 1\n"})
    body = "def f(x):\n" + "".join(f"    if x == {n}:\n        return {n}\n" for n in range(12))
    for n in range(8):
        files = {"a.py": f"{body}\nx = {n}\n", "b.py": f"y = {n}\n"}
        made.commit(f"change {n}", files, author="Bo <bo@example.org>" if n % 4 else "Cy <cy@example.org>")
    report = analyze(made.root)
    assert [(h.path, h.commits, h.symbol) for h in report.hotspots] == [("a.py", 9, "a.py::f")]
    assert [(c.first, c.second, c.together) for c in report.coupling] == [("a.py", "b.py", 9)]
    assert [a.name for a in report.ownership.authors] == ["Bo", "Cy", "Ada Example"]
    assert report.ownership.bus_factor == 1 and report.repository.commits == 9
    made.commit("more", {"b.py": "y = 99\n"})
    assert analyze(made.root).repository.commits == 10


ODD: dict[str, tuple[dict[str, str], bool, bool, str]] = {
    "empty folder": ({}, False, False, "no files"),
    "empty repository": ({}, True, False, "no commits"),
    "no commits": ({"a.py": "x = 1\n"}, True, False, "no commits"),
    "no git": ({"a.py": "x = 1\n"}, False, False, "no git"),
    "one file": ({"a.py": "x = 1\n"}, True, True, ""),
    "no code": ({"notes.md": "# Notes\n\nNothing to run here at all.\n"}, True, True, "no code"),
    "syntax errors": ({"a.py": "def (:\n"}, True, True, ""),
}


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("form", ["text", "json", "md", "html"])
def test_odd_repositories(name: str, form: str, repo: Callable[..., Repo], invoke: Callable[..., Ran]) -> None:
    files, git, commit, note = ODD[name]
    made = repo(files, git=git, commit=commit)
    ran = invoke("analyze", made.root, "--format", form)
    assert ran.code == 0, ran.err
    assert note in ran.out and "Traceback" not in ran.err
    assert "nan" not in ran.out.lower().split()


def test_wrong_requests(shop: Repo, invoke: Callable[..., Ran], tmp_path: Path) -> None:
    for arguments in (
        [tmp_path / "nowhere"],
        [shop.root / "README.md"],
        [shop.root, "--rev", "nope"],
        [shop.root, "-o", tmp_path / "no" / "such" / "folder.html"],
        [shop.root, "-o", tmp_path],
    ):
        ran = invoke("analyze", *arguments)
        assert ran.code == 2, arguments
        assert len(ran.err.strip().splitlines()) <= 3, ran.err
    assert shop.git("status", "--porcelain") == ""


def test_the_form_follows_the_name_of_the_file(shop: Repo, invoke: Callable[..., Ran], tmp_path: Path) -> None:
    for name, start in (("r.json", "{"), ("r.md", "# shop"), ("r.html", "<!doctype html>"), ("r.txt", "\nshop")):
        ran = invoke("analyze", shop.root, "-o", tmp_path / name)
        assert ran.code == 0 and ran.out == ""
        assert (tmp_path / name).read_text("utf-8").startswith(start), name


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_the_terminal_report_fits_the_window(
    width: int, shop: Repo, invoke: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    lines = invoke("analyze", shop.root).out.splitlines()
    assert max(map(len, lines)) <= width
    assert any("What to do" in line for line in lines)


def test_top_bounds_every_list(shop: Repo, invoke: Callable[..., Ran]) -> None:
    report = json.loads(invoke("analyze", shop.root, "--format", "json", "--top", "1").out)
    assert {key: len(value) for key, value in report.items() if isinstance(value, list) and len(value) > 1} == {}


def test_nothing_heavy_is_imported(shop: Repo, cli: Callable[..., Ran]) -> None:
    ran = cli("analyze", ".", "--format", "json", cwd=shop.root, env={"PYTHONPROFILEIMPORTTIME": "1"})
    assert ran.code == 0
    assert not re.search(r"\| +(litellm|mcp|git)$", ran.err, re.MULTILINE)


def test_hostile_names_stay_text(repo: Callable[..., Repo], invoke: Callable[..., Ran]) -> None:
    if os.name == "nt":
        pytest.skip("Windows has no such file names")
    name = 'a|b`c"[x](y)<i>.py'
    made = repo({name: "def _f():\n    return 1\n", "pyproject.toml": '[project]\nname = "</script><b>|x"\n'})
    markdown = invoke("analyze", made.root, "--format", "md").out
    assert "<b>" not in re.sub(r"`[^`]*`", "", markdown).replace("\\<b\\>", "")
    rows = [line for line in markdown.splitlines() if line.startswith("|")]
    assert len({re.sub(r"\\\|", "", row).count("|") for row in rows if "dead code" in row}) == 1


# --- parts that need no repository ---------------------------------------------------------------------------


def test_purposes() -> None:
    assert [of_name(n) for n in ("test", "build:css", "lint", "start", "fmt", "typecheck", "deploy")] == [
        "test", "build", "lint", "run", "format", "lint", "other",
    ]  # fmt: skip
    assert of_shell("cargo test --workspace") == "test" and of_shell("ls -l") == "other"
    assert of_shell("cmake ..") == "build" and of_shell("chmod +x install-cmake.sh") == "other"


def test_manifests_of_many_ecosystems() -> None:
    tree = Sources(
        InMemory(
            {
                "package.json": b'{\n "dependencies": {\n  "react": "^19"\n }\n}',
                "go.mod": b"module m\n\nrequire (\n\tgithub.com/spf13/cobra v1.8.0\n\tgo.org/x v1 // indirect\n)\n",
                "Cargo.toml": b'[dependencies]\nserde = "1"\nclap = { version = "4" }\n',
                "pom.xml": b"<dependency>\n<groupId>junit</groupId>\n<artifactId>junit</artifactId></dependency>",
                "requirements.txt": b"# x\nDjango==5.0\n-r other.txt\n",
                "broken/pyproject.toml": b"[project\n",
            }
        )
    )
    found = {(n.ecosystem, n.name): (n.version, n.path, n.line) for n in requirements(tree)}
    assert found["npm", "react"] == ("^19", "package.json", 3)
    assert found["go", "github.com/spf13/cobra"] == ("v1.8.0", "go.mod", 4) and len(found) == 6
    assert found["cargo", "clap"] == ("4", "Cargo.toml", 3)
    assert found["maven", "junit:junit"][2] == 3
    assert found["python", "django"] == ("==5.0", "requirements.txt", 2)
    assert {t.name for t in stack(tree, requirements(tree), [])} >= {"React", "Cobra", "clap", "JUnit 4", "Django"}


def test_package_scripts_use_the_runner_of_the_lock_file() -> None:
    tree = Sources(
        InMemory({"package.json": b'{"scripts": {"test": "jest", "lint": "eslint"}}', "pnpm-lock.yaml": b""})
    )
    assert [c.command for c in commands(tree)] == ["pnpm install", "pnpm test", "pnpm lint"]


def test_layers_put_the_used_below_the_user() -> None:
    weights = {("web", "core"): 9.0, ("core", "text"): 5.0, ("web", "text"): 2.0, ("text", "web"): 1.0}
    assert ranked(["core", "text", "web"], weights) == ["text", "core", "web"]


def test_bus_factor() -> None:
    assert [bus_factor(s) for s in ({}, {"a": 5}, {"a": 5, "b": 5}, {"a": 2, "b": 2, "c": 2})] == [0, 1, 1, 2]
