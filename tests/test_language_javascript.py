"""JavaScript and TypeScript across files: which edges given files have, and where their modules lie."""

from pathlib import Path

import pytest
from cases import FIXTURES, Case, read_cases

from codeagent.domain.facts import CALLS, KIND
from codeagent.domain.links import CERTAINTIES, EDGE_KINDS
from codeagent.graph.extract import extract, has_facts
from codeagent.graph.ids import symbol_ids
from codeagent.graph.resolve import Resolver
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
    files = Files({"a.ts": "let shared = 1;", "b.ts": "shared; export {};", "other/package.json": "{}", "other/c.ts": "1"})
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


def test_locals_are_referred_to_on_request_only() -> None:
    """The index leaves out names of one function; rename and go-to-definition ask for them."""
    source = b"function f(given) { const own = given; return own; }"
    root = parser_for(BY_NAME["typescript"]).parse(source).root_node
    assert lower_typescript(source, root).references == ()
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
    called = [facts.exprs[e] for e, role in zip(facts.references[4::5], facts.references[2::5], strict=True) if role == CALLS]
    assert {expr[2] for expr in called} >= {"first", "last"}


def test_latin_1_names_survive() -> None:
    """A name that is not UTF-8 is still a symbol."""
    facts = extract(BY_NAME["javascript"], "function größe() {}".encode("latin-1"))
    assert [s.kind for s in facts.symbols[1:]] == [KIND["function"]] or facts.errors
