"""JavaScript and TypeScript across files: which edges given files have, and where their modules lie."""

from pathlib import Path

import pytest
from cases import FIXTURES, Case, read_cases

from codeagent.config import load_config
from codeagent.domain.facts import CALLS, KIND
from codeagent.domain.links import CERTAINTIES, EDGE_KINDS
from codeagent.graph.extract import extract, has_facts
from codeagent.graph.ids import symbol_ids
from codeagent.graph.maintenance import differences
from codeagent.graph.resolve import Resolver
from codeagent.graph.update import open_graph
from codeagent.graph.world import AllFacts
from codeagent.languages import BY_NAME, for_path
from codeagent.languages.grammars import parser_for
from codeagent.languages.lowering.javascript import lower_typescript
from codeagent.languages.resolution.javascript import JavaScriptModules

GRAPH = FIXTURES / "graph" / "javascript.md"
MODULES = FIXTURES / "graph" / "javascript-modules.md"
SHOWN = ("calls", "instantiates", "inherits")


class Files:
    """Given files as a tree."""

    def __init__(self, files: dict[str, str]) -> None:
        self._files = {path: text.encode() for path, text in files.items()}
        self.paths = frozenset(files)
        self.facts = AllFacts()
        for path, content in self._files.items():
            language = for_path(path, content)
            if language and has_facts(language):
                self.facts[path] = extract(language, content)
        self.packages = {path: facts.package for path, facts in self.facts.items()}

    def read(self, path: str) -> bytes:
        """The bytes of a file."""
        return self._files.get(path, b"")


def edges_of(files: Files) -> list[str]:
    """Every call, instantiation and inheritance as `kind source -> target`, with what is not exact marked."""
    resolver = Resolver(files.facts, files)
    found: set[str] = set()
    for path, facts in files.facts.items():
        links, ids = resolver.link(path), symbol_ids(path, facts.symbols)
        for i in range(0, len(links.edges), 5):
            _, kind, within, target, certainty = links.edges[i : i + 5]
            if EDGE_KINDS[kind] in SHOWN:
                mark = f" ({CERTAINTIES[certainty]})" if certainty else ""
                found.add(f"{EDGE_KINDS[kind]} {ids[within]} -> {links.targets[target]}{mark}")
    return sorted(found)


def cases_in(source: Path, tag: str) -> list[object]:
    """The cases of one file as pytest parameters."""
    return [pytest.param(case, id=case.title) for case in read_cases(source) if tag in case.expected]


@pytest.mark.parametrize("case", cases_in(GRAPH, "edges"))
def test_edges(case: Case) -> None:
    """Calls reach what runs, through imports, exports, types and values."""
    case.expect("edges", "\n".join(edges_of(Files(case.files))))


@pytest.mark.parametrize("case", cases_in(MODULES, "answer"))
def test_modules(case: Case) -> None:
    """Each import of the given files is found where the language's own tools would find it."""
    files = Files(case.files)
    modules = JavaScriptModules(files)
    lines = []
    for path, facts in files.facts.items():
        for spec in dict.fromkeys(item.spec for item in facts.imports):
            found = [place.path + (f" {place.inner}" if place.inner else "") for place in modules.find(path, spec)]
            lines.append(f"{path}: {spec} -> {' '.join(found) or 'outside: ' + modules.external(path, spec)}")
    case.expect("answer", "\n".join(lines))


def test_globals_are_shared_by_scripts_only() -> None:
    """A file without import or export shares its names within its package; a module does not."""
    files = Files(
        {"a.ts": "let shared = 1;", "b.ts": "shared; export {};", "other/package.json": "{}", "other/c.ts": "1"}
    )
    modules = JavaScriptModules(files)
    assert modules.siblings("b.ts") == ("a.ts",)
    assert modules.siblings("a.ts") == ()
    assert modules.siblings("other/c.ts") == ()


@pytest.mark.parametrize(
    "manifest", ["{", "[]", "null", '{"extends": "./tsconfig.json"}', '{"extends": ["./a", 3], "references": [{}, 1]}']
)
def test_manifests_of_any_shape(manifest: str) -> None:
    """A broken tsconfig or package.json, or one that extends itself, is passed over."""
    files = Files({"tsconfig.json": manifest, "package.json": manifest, "a.ts": 'import "b"; import "./c"', "c.js": ""})
    modules = JavaScriptModules(files)
    assert modules.find("a.ts", "b") == ()
    assert [place.path for place in modules.find("a.ts", "./c")] == ["c.js"]


EDITS = {
    # name: files, what they become (None: gone), a path and the target that its links must gain
    "what stands for a module": (
        {"a.js": "module.exports = one;\nfunction one() {}\nfunction two() {}\n", "b.js": "require('./a')();\n"},
        {"a.js": "module.exports = two;\nfunction one() {}\nfunction two() {}\n"},
        "b.js",
        "a.js::two",
    ),
    "an export under a name that is taken": (
        {"a.ts": "import { run } from 'x';\nfunction one() {}\nfunction two() {}\nexport { one as run };\n"}
        | {"b.ts": "import { run } from './a';\nrun();\n"},
        {"a.ts": "import { run } from 'x';\nfunction one() {}\nfunction two() {}\nexport { two as run };\n"},
        "b.ts",
        "a.ts::two",
    ),
    "an index signature comes": (
        {"a.ts": "export class User { name = 1 }\nexport interface Table {}\n"}
        | {"b.ts": "import { Table } from './a';\nfunction f(table: Table) { table.any.name; }\n"},
        {"a.ts": "export class User { name = 1 }\nexport interface Table { [key: string]: User }\n"},
        "b.ts",
        "a.ts::User.name",
    ),
    "an ambient module comes": (
        {"types.ts": "let x: Y;\n", "b.ts": "import { go } from 'amb';\ngo();\n"},
        {"types.ts": "let x: Y;\ndeclare module 'amb' { function go(): void; }\n"},
        "b.ts",
        'types.ts::"amb".go',
    ),
    "a script becomes a module": (
        {"a.ts": "function shared() {}\n", "b.ts": "shared();\n", "c.ts": "function shared() {}\n"},
        {"a.ts": "function shared() {}\nexport {};\n"},
        "b.ts",
        "c.ts::shared",
    ),
    "a config that was missing": (
        {"tsconfig.json": '{ "extends": "./base" }', "b.ts": "import { go } from '@/a';\ngo();\n"}
        | {"src/a.ts": "export function go() {}\n"},
        {"base.json": '{ "compilerOptions": { "paths": { "@/*": ["./src/*"] } } }'},
        "b.ts",
        "src/a.ts::go",
    ),
    "a workspace is declared": (
        {"package.json": "{}", "p/package.json": '{ "name": "shop" }', "p/index.ts": "export function go() {}\n"}
        | {"q/b.ts": "import { go } from 'shop';\ngo();\n"},
        {"pnpm-workspace.yaml": "packages: ['p']\n"},
        "q/b.ts",
        "p/index.ts::go",
    ),
}


@pytest.mark.parametrize("name", EDITS)
def test_edits_reach_over_files(tmp_path: Path, name: str) -> None:
    """After an edit the index is what a new one would be, and the file that the edit matters to has noticed."""
    before, after, path, target = EDITS[name]
    root = Case(tmp_path, name, before, {}).write(tmp_path / "project")
    config = load_config(root)
    assert target not in open_graph(root, None, None, config).links(path).targets
    Case(tmp_path, name, after, {}).write(root)
    graph = open_graph(root, None, None, config)
    assert target in graph.links(path).targets
    assert differences(graph, open_graph(root, None, None, config, in_memory=True)) == ()


def test_locals_are_referred_to_on_request_only() -> None:
    """The index leaves out names of one function; rename and go-to-definition ask for them."""
    source = b"function f(given) { const own = given; return own; }"
    root = parser_for(BY_NAME["typescript"]).parse(source).root_node
    assert lower_typescript(source, root).references.tolist() == []
    with_locals = lower_typescript(source, root, locals=True)
    assert [source[s:e] for s, e in zip(with_locals.references[0::5], with_locals.references[1::5], strict=True)] == [
        b"given",
        b"own",
    ]


def test_symbols_do_not_depend_on_locals() -> None:
    """Functions keep their ids when locals are asked for."""
    source = b"export function f() { g({ a: 1 }); return { run() {}, b: { c: 2 } }; }"
    root = parser_for(BY_NAME["typescript"]).parse(source).root_node
    plain, full = lower_typescript(source, root), lower_typescript(source, root, locals=True)
    assert set(symbol_ids("a.ts", plain.symbols)) <= set(symbol_ids("a.ts", full.symbols))
    assert "a.ts::f.<object1>.run" in symbol_ids("a.ts", plain.symbols)


def test_deep_nesting_loses_only_what_is_deep() -> None:
    """A statement that nests beyond any sense does not take its neighbours along."""
    deep = "(" * 30_000 + "x" + ")" * 30_000
    facts = extract(BY_NAME["javascript"], f"first(); a = {deep}; last();".encode())
    called = [
        facts.exprs[e] for e, role in zip(facts.references[4::5], facts.references[2::5], strict=True) if role == CALLS
    ]
    assert {expr[2] for expr in called} >= {"first", "last"}


def test_latin_1_names_survive() -> None:
    """A name that is not UTF-8 is still a symbol."""
    facts = extract(BY_NAME["javascript"], "function größe() {}".encode("latin-1"))
    assert [s.kind for s in facts.symbols[1:]] == [KIND["function"]] or facts.errors
