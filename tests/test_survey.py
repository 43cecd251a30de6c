"""What a repository says of itself: its name and purpose, how it is built and tested, what it ships, its parts."""

from collections.abc import Callable
from textwrap import dedent

import pytest
from conftest import Repo

from codeagent.config import load_config
from codeagent.graph.tables import tables
from codeagent.graph.update import open_graph
from codeagent.survey.commands import commands
from codeagent.survey.declared_starts import declared_starts
from codeagent.survey.entry_points import entry_points
from codeagent.survey.filegraph import FileGraph, file_graph
from codeagent.survey.identity import identity
from codeagent.survey.manifests import requirements
from codeagent.survey.readme import opening
from codeagent.survey.sources import InMemory, Sources, aside, package_folders
from codeagent.survey.stack import stack
from codeagent.survey.subsystem_names import named
from codeagent.survey.subsystems import communities


def tree(files: dict[str, str]) -> Sources:
    return Sources(InMemory({path: dedent(text).lstrip("\n").encode() for path, text in files.items()}))


def runs(sources: Sources) -> list[str]:
    return [f"{c.purpose}: {c.command}" + (f" in {c.directory}" if c.directory else "") for c in commands(sources)]


# --- purpose ---------------------------------------------------------------------------------------------------


READMES = [  # what a README holds, and the sentence of it that counts
    (
        (
            '<p align="center">\n\t<img src="x">\n\t<h3 align="center">a <a href="b">c</a> project</h3>\n</p>\n<hr>\n'
            '<h3 align="center">Jars everywhere</h3>\n<p align="center">Jar is a platform that keeps jars safe.</p>\n'
            '<p align="center">\n\t<a href="x">Releases</a> ·\n\t<a href="y">Help</a>\n</p>\n\n'
            "## [Features](#a)\n\n- **Easy** to use\n\n## Install\n\nFor all of the platforms there are\n"
        ),
        "Jar is a platform that keeps jars safe.",
    ),
    ("# jar\n\n`jar` is a *small* tool for [lists](x).\n\nMore.", "jar is a small tool for lists."),
    ("Jar\n===\n\nSee the [site][s] for all there is.\n\nJar is a library of jars.\n", "Jar is a library of jars."),
    (
        """
        |build| |cov|

        :Version: 1

        Donations
        =========

        Open Fund
        ---------

        The fund pays for all of this work.

        What is it?
        ===========

        Queues hand out the work to many machines.
        """,
        "Queues hand out the work to many machines.",
    ),
    (
        """
        <div><img src="x"></div>

        <h4><a href="a">Editor</a> | <a href="b">Blog</a> | and other links here</h4>

        <h2>An open whiteboard for many hands.</br> Encrypted.</h2>
        """,
        "An open whiteboard for many hands.",
    ),
    ("# jar\n\n> **The quickest way to jars**\n\nLicensed under either of these two.\n", "The quickest way to jars"),
    ("# jar\n\n[![a](b)](c) [![d](e)](f)\n[x]: http://y\n\n```sh\npip install jar and some more words\n```\n", ""),
    ("# Click\n\nClick is a package for commands.\n", "Click is a package for commands."),
]


@pytest.mark.parametrize(("readme", "said"), READMES)
def test_the_readme_says_what_it_is(readme: str, said: str) -> None:
    name = "Click" if "Click" in readme else "jar"
    assert opening(tree({"README.md": readme}), name) == said


def test_manifests_come_before_the_readme() -> None:
    gem = """
        Gem::Specification.new do |s|
          s.name = "jar"
          s.summary = 'Jars, "well" kept'
          s.license = "MIT"
        end
    """
    sources = tree({"jar.gemspec": gem, "README.md": "# x\n\nSome other words about it all.\n"})
    assert identity(sources, "folder") == ("jar", 'Jars, "well" kept', "MIT")
    setup = "from setuptools import setup\nsetup(\n    name='jar',\n    description=\"Bob's jars.\",\n)\n"
    assert identity(tree({"setup.py": setup}), "folder") == ("jar", "Bob's jars.", "")


# --- commands --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lock", "calls"),
    [
        ("bun.lock", ["bun run lint", "bun run test"]),  # `bun test` is another runner of tests
        ("yarn.lock", ["yarn lint", "yarn test"]),
        ("package-lock.json", ["npm run lint", "npm test"]),
    ],
)
def test_scripts_of_a_manifest_by_their_runner(lock: str, calls: list[str]) -> None:
    sources = tree({lock: "", "package.json": '{"scripts": {"test": "vitest --run", "lint": "eslint ."}}'})
    assert sorted(one.partition(": ")[2] for one in runs(sources) if "install" not in one) == calls


def test_tasks_of_a_rakefile_with_namespaces_and_libraries() -> None:
    sources = tree(
        {
            "Gemfile": "gem 'rake'\n",
            "Rakefile": """
            task default: :test
            Minitest::TestTask.create
            RSpec::Core::RakeTask.new(:spec)
            RuboCop::RakeTask.new
            namespace :test do
              task :coverage do
              end
            end
            task 'doc' => ['doc:api']
            task :clean do
            end
        """,
            "inner/Rakefile": "task :spec\n",
        }
    )
    assert runs(sources) == [
        "install: bundle install",
        "test: bundle exec rake",
        "test: bundle exec rake test",
        "test: bundle exec rake spec",
        "test: bundle exec rake test:coverage",
        "test: bundle exec rake spec in inner",
        "lint: bundle exec rake rubocop",
        "docs: bundle exec rake doc",
    ]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (
            {"composer.json": '{"require": {}, "scripts": {"test": ["@phpunit"], "post-install-cmd": "x"}}'},
            ["install: composer install", "test: composer run test"],
        ),
        (
            {"Src/Jar.sln": "", "Src/Jar/Jar.csproj": ""},
            ["build: dotnet build in Src", "test: dotnet test in Src"],
        ),
        (
            {"configure.ac": "dnl\nAC_INIT([jar])\n"},
            ["build: autoreconf -i && ./configure && make", "test: make check"],
        ),
        ({"deno.json": '{"tasks": {"test": "deno test"}}'}, ["test: deno task test"]),
        ({"CMakeLists.txt": "project(jar)\n"}, ["build: cmake -B build && cmake --build build"]),
        ({"build.sbt": ""}, ["build: sbt compile", "test: sbt test"]),
        ({"poetry.lock": ""}, ["install: poetry install"]),
        ({"Makefile": "default: all\nclean-build:\n\ttrue\nbuild:\n\ttrue\n"}, ["build: make", "build: make build"]),
        (
            {"tox.ini": "[tox]\nenvlist =\n    {3.9,pypy3}-unit\n    lint\n[testenv]\ncommands = pytest\n"},
            ["test: tox", "lint: tox -e lint"],
        ),
    ],
)  # fmt: skip
def test_how_it_is_built_and_tested(files: dict[str, str], said: list[str]) -> None:
    assert runs(tree(files)) == said


def test_what_an_absent_line_does_not_prove() -> None:
    assert runs(tree({"CMakeLists.txt": "include(x)\n", "meson.build": "# nothing\n"})) == []


# --- what is shipped -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"jar.gemspec": "v = 1\nGem::Specification.new 'jar', v do |s|\n s.executables = ['jar', 'lid']\nend\n"},
         ["package jar :2", "console-script jar :3", "console-script lid :3"]),
        ({"composer.json": '{\n"name": "a/jar",\n"bin": ["bin/jar"]}'},
         ["console-script jar :3", "package a/jar :2"]),
        ({"composer.json": '{"name": "a/shop", "type": "project"}'}, []),
        ({"Package.swift": 'products: [\n .library(name: "Jar", targets: []),\n .executable(name: "jar")]'},
         ["package Jar :2", "console-script jar :3"]),
        ({"package.json": '{"name": "jar",\n"version": "1"}'}, ["package jar :2"]),
        ({"package.json": '{"name": "jar", "private": true, "main": "x.js"}'}, []),
        ({"a/Jar.csproj": "<Project>\n<OutputType>Exe</OutputType>\n</Project>"}, ["console-script Jar :2"]),
        ({"jar/build.gradle": "plugins {\n id 'maven-publish'\n}\n"}, ["package jar :2"]),
        ({"build.gradle": "subprojects {\n apply plugin: 'maven-publish'\n}\n"}, []),
        ({"Makefile.am": "lib_LTLIBRARIES = libjar.la\nbin_PROGRAMS = jar $(EXTRA)\n"}, ["console-script jar :2"]),
        ({"Cargo.toml": '[package]\nname = "jar"\n[[bin]]\nname = "lid"\npath = "x/main.rs"\n'},
         ["console-script lid :4"]),
        ({"Cargo.toml": '[package]\nname = "jar"\n', "src/main.rs": "", "src/lib.rs": "", "src/bin/lid.rs": ""},
         ["console-script jar :2", "console-script lid :2", "package jar :2"]),
        ({"Cargo.toml": '[package]\nname = "jar"\npublish = false\n', "src/lib.rs": ""}, []),
        ({"x/Cargo.toml": '[package]\nname = "x"\n[package.metadata]\ncargo-fuzz = true\n[[bin]]\nname = "y"\n'}, []),
    ],
)  # fmt: skip
def test_what_is_shipped(files: dict[str, str], said: list[str]) -> None:
    found = [f"{entry.kind} {entry.name} :{entry.evidence.line}" for entry, _ in declared_starts(tree(files))]
    assert found == said


def test_where_code_starts_is_told_once(repo: Callable[..., Repo]) -> None:
    made = repo(
        {
            "Cargo.toml": '[package]\nname = "jar"\n[[bin]]\nname = "lid"\npath = "core/main.rs"\n',
            "build.rs": "fn main() {}\n",
            "core/main.rs": "fn main() {}\n",
            "tools/other.rs": "fn main() {}\n",
        }
    )
    graph = open_graph(made.root, None, None, load_config(made.root), in_memory=True)
    sources = Sources(InMemory({path: graph.read(path) for path in graph.files}))
    found = [(entry.kind, entry.name, entry.target) for entry in entry_points(graph, sources)]
    assert found == [
        ("console-script", "lid", "core/main.rs"),
        ("main", "tools/other.rs", "tools/other.rs::main"),
    ]


def test_a_package_of_go_about_documentation_is_no_documentation() -> None:
    assert [aside(path) for path in ("doc/man.go", "doc/conf.py", "docs/x.md", "doc/examples/x.go")] == [
        False,
        True,
        True,
        True,
    ]


def test_a_repository_is_not_built_on_its_own_packages() -> None:
    gems = {"sinatra.gemspec": "Gem::Specification.new 'sinatra', 1 do |s|\nend\n", "more/Gemfile": "gem 'sinatra'\n"}
    sources = tree({**gems, "Gemfile": "gem 'rspec'\n"})
    assert [one.name for one in stack(sources, requirements(sources), [])] == ["Bundler", "RSpec"]


def test_settings_of_a_tool_count_where_it_has_something_to_work_on() -> None:
    sources = tree({"a.py": "", "gates/clippy.toml": "", "gates/.rubocop.yml": "", "ruff.toml": ""})
    assert [one.name for one in stack(sources, [], [])] == ["Ruff"]
    sources = tree({"a.py": "", "clippy.toml": "", "crates/a/src/lib.rs": ""})
    assert [one.name for one in stack(sources, [], [])] == ["Clippy"]


def test_requirements_of_swift_scala_and_elixir() -> None:
    sources = tree(
        {
            "Package.swift": '.package(url: "https://github.com/apple/swift-nio.git", from: "2.1"),\n',
            "build.sbt": 'libraryDependencies += "org.scalatest" %% "scalatest" % "3.2" % Test\n',
            "mix.exs": 'defp deps do\n  [{:phoenix, "~> 1.7"}]\nend\n',
        }
    )
    found = {(one.name, one.version, one.line) for one in requirements(sources)}
    assert found == {("apple/swift-nio", "2.1", 1), ("org.scalatest:scalatest", "3.2", 1), ("phoenix", "~> 1.7", 2)}
    assert {one.name for one in stack(sources, requirements(sources), [])} >= {
        "SwiftNIO",
        "ScalaTest",
        "Phoenix",
        "sbt",
    }


# --- parts and their names -------------------------------------------------------------------------------------


def test_a_name_says_where_most_of_the_code_is() -> None:
    core, more = ["lib/jar/base.rb", "lib/jar/lid.rb"], ["more/lib/jar/a.rb", "more/lib/jar/b.rb", "more/lib/jar/c.rb"]
    sizes = {"lib/jar/base.rb": 1500, "lib/jar/lid.rb": 10, **dict.fromkeys(more, 20)}
    assert [name for name, _ in named([core + more], sizes)] == ["lib/jar"]


def test_what_shares_a_folder_is_told_apart_by_its_largest_file() -> None:
    groups = [["src/jar/a.py", "src/jar/b.py", "src/jar/c.py"], ["src/jar/__init__.py", "src/jar/lexer.py"]]
    sizes = {path: 10 for group in groups for path in group} | {"src/jar/__init__.py": 900}
    assert [name for name, _ in named(groups, sizes)] == ["src/jar", "src/jar (lexer)"]


def test_what_is_shipped_apart_is_no_one_subsystem() -> None:
    paths = [f"{package}/{name}.py" for package in ("one", "two") for name in "abc"]
    weights = {(i, j): 9 for i in range(6) for j in range(6) if i != j}
    files = FileGraph(weights, weights, {}, {})
    packages = package_folders([*paths, "one/pyproject.toml", "two/pyproject.toml"])
    found = communities(dict.fromkeys(paths, 10), files, frozenset(), packages)
    assert [(one.name, one.paths) for one in found] == [("one", tuple(paths[:3])), ("two", tuple(paths[3:]))]


def test_what_everybody_uses_belongs_to_no_part() -> None:
    root, drawing = ["net/__init__.py", "net/convert.py"], [f"net/drawing/{name}.py" for name in "abc"]
    parts = [f"net/{part}/{name}.py" for part in ("flow", "tree", "core", "more") for name in "abcdefgh"]
    paths = [*root, *drawing, *parts]
    own = [*(range(at, at + 8) for at in (5, 13, 21, 29)), range(2, 5), range(2)]
    weights = {(i, j): 90 for part in own for i in part for j in part if i != j}
    weights |= {(i, j): 4 for i in (2, 3, 4) for j in (0, 1)} | {(i, j): 16 for i in range(5, 37) for j in (0, 1)}
    found = communities(dict.fromkeys(paths, 10), FileGraph(weights, weights, {}, {}), frozenset())
    assert {one.name: len(one.paths) for one in found} == {
        "net": 2,
        "net/core": 8,
        "net/drawing": 3,
        "net/flow": 8,
        "net/more": 8,
        "net/tree": 8,
    }


def test_a_package_of_go_is_no_two_subsystems() -> None:
    paths = [*(f"{name}.go" for name in "abcdef"), *(f"doc/{name}.go" for name in "xyz")]
    weights = {(i, j): 9 for i in range(9) for j in range(9) if i != j and i // 3 == j // 3}
    found = communities(dict.fromkeys(paths, 10), FileGraph(weights, weights, {}, {}), frozenset())
    assert [one.paths for one in found] == [tuple(paths[:6]), tuple(paths[6:])]


def test_what_an_interface_may_run_is_no_dependency(repo: Callable[..., Repo]) -> None:
    made = repo(
        {
            "Shape.java": "interface Shape { int area(); default int twice() { return 2 * area(); } }\n",
            "Square.java": "class Square implements Shape { public int area() { return 1; } }\n",
        }
    )
    table = tables(open_graph(made.root, None, None, load_config(made.root), in_memory=True))
    pairs = {(table.paths[a], table.paths[b]) for a, b in file_graph(table).weights}
    assert pairs == {("Square.java", "Shape.java")}


def test_the_name_of_a_package_is_one_reference(repo: Callable[..., Repo]) -> None:
    files = {f"{name}.go": f"package root\n\nfunc {name.upper()}() {{}}\n" for name in "abcdefgh"}
    user = 'package sub\n\nimport "x.org/root"\n\nfunc Run() {\n\troot.A()\n\troot.B()\n}\n'
    made = repo({"go.mod": "module x.org/root\n", "sub/run.go": user, **files})
    table = tables(open_graph(made.root, None, None, load_config(made.root), in_memory=True))
    total = sum(file_graph(table).references.values())
    assert round(total) == 5  # the import, twice the name of the package, twice a function


SETUPS = [  # a setup.py, and the name and description that it gives
    ('setup(name="jar", description="Jars.")', ("jar", "Jars.")),
    (
        (
            "class Test(Command):\n    description = 'run all tests'\n\nif __name__ == '__main__':\n"
            "    setup(name='jar',\n          description='Jars in (Python)')\n"
        ),
        ("jar", "Jars in (Python)"),
    ),
    (
        'NAME = "jar"\nsetuptools.setup(\n    name=NAME,\n    description="Jars"\n    " of all kinds",\n)',
        ("jar", "Jars of all kinds"),
    ),
    ("print 'old'\nsetup(name='jar',\n      description='Jars.')\n", ("jar", "Jars.")),
    ("setup(**read())\n", ("here", "")),
]


@pytest.mark.parametrize(("text", "said"), SETUPS)
def test_what_a_setup_script_says(text: str, said: tuple[str, str]) -> None:
    sources = tree({"setup.py": text})
    assert identity(sources, "here")[:2] == said
    packages = [(one.kind, one.name) for one, _ in declared_starts(sources)]
    assert packages == ([("package", "jar")] if said[0] == "jar" else [])
