"""What resolves to what when the files of a case are one repository: `fixtures/graph/`."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from cases import Case, cases
from conftest import Ran, Repo

from codeagent.domain.links import CERTAINTIES, EDGE_KINDS
from codeagent.graph.extract import extract, has_facts
from codeagent.graph.ids import symbol_ids
from codeagent.graph.references import heirs_of
from codeagent.graph.resolve import Resolver
from codeagent.graph.world import AllFacts
from codeagent.languages import for_path

SHOWN = {"calls": "calls", "instantiates": "makes", "inherits": "extends"}


class Given:
    """The files of a case as module finders see them."""

    def __init__(self, files: dict[str, bytes], packages: dict[str, str]) -> None:
        self.files, self.packages = files, packages
        self.paths = frozenset(files)

    def read(self, path: str) -> bytes:
        """Return the text of a file."""
        return self.files.get(path, b"")


def broad_cases() -> list[object]:
    """The cases of languages that have no test module of their own."""
    here = Path(__file__).parent
    deep = {path.stem.removeprefix("test_language_") for path in here.glob("test_language_*.py")}
    found = cases("graph", "edges")
    return [one for one in found if one.values[0].source.stem.partition("-")[0] not in deep]


@pytest.mark.parametrize("case", broad_cases())
def test_edges(case: Case) -> None:
    """Calls, constructions and bases between the files of a case; what leads outside of them is left out."""
    resolver, facts = resolved({path: text.encode() for path, text in case.files.items()})
    lines = {line for path, one in facts.items() for line in edges_of(resolver, path, symbol_ids(path, one.symbols))}
    case.expect("edges", "\n".join(sorted(lines)))


def resolved(files: dict[str, bytes]) -> tuple[Resolver, AllFacts]:
    """Extract files and make the resolver of all of them."""
    facts = AllFacts()
    for path, source in files.items():
        language = for_path(path, source)
        if language is not None and has_facts(language):
            facts[path] = extract(language, source)
    return Resolver(facts, Given(files, {path: one.package for path, one in facts.items()})), facts


def edges_of(resolver: Resolver, path: str, ids: list[str]) -> set[str]:
    """Return the edges of one file, one line each, with the certainty where it is not exact."""
    links = resolver.link(path)
    heirs, found = heirs_of(links, outside=True), set()
    for i in range(0, len(links.edges), 5):
        _, kind, within, target, certainty = links.edges[i : i + 5]
        word, to = SHOWN.get(EDGE_KINDS[kind]), links.targets[target]
        if word and "::" in to:
            sure = "" if certainty == 0 else f" ({CERTAINTIES[certainty]})"
            found.add(f"{heirs.get(i // 5) or ids[within]} {word} {to}{sure}")
    return found


def test_includes_of_includes_are_not_walked_over_and_over() -> None:
    """A chain of headers in which each includes all before it: 2^40 ways lead to the first, one look finds it."""
    files = {"h0.h": b"int first(void);\n", "h0.c": b'#include "h0.h"\nint first(void) { return 1; }\n'}
    for i in range(1, 40):
        files[f"h{i}.h"] = b"".join(b'#include "h%d.h"\n' % j for j in range(i))
    files["main.c"] = b'#include "h39.h"\nint main(void) { return first() + missing(); }\n'
    assert calls_of(files, "main.c") == {"main.c::main calls h0.c::first"}


def test_a_large_package_is_searched_by_name() -> None:
    """A thousand files of one namespace: names that nobody defines cost no walk through all of them."""
    files = {f"T{i}.cs": b"namespace Big; class T%d { }\n" % i for i in range(1000)}
    body = "".join(f"Missing{i}(); " for i in range(1000))
    files["Use.cs"] = f"using Big; class Use {{ void Run() {{ {body} new T7(); }} }}".encode()
    started = time.process_time()
    assert calls_of(files, "Use.cs") == {"Use.cs::Use.Run makes T7.cs::T7"}
    assert time.process_time() - started < 20


def calls_of(files: dict[str, bytes], path: str) -> set[str]:
    """Resolve one file among others."""
    resolver, facts = resolved(files)
    return edges_of(resolver, path, symbol_ids(path, facts[path].symbols))


def test_a_prototype_is_no_second_meaning(repo: Callable[..., Repo], cli: Callable[..., Ran]) -> None:
    """A name declared in a header and defined in a source file means the definition; two definitions are two."""
    files = {"put.h": "int put(int x);\n", "put.c": '#include "put.h"\nint put(int x) { return x; }\n'}
    files["main.c"] = '#include "put.h"\nint main(void) { return put(1); }\n'
    folder = repo(files).root
    done = cli("query", "callers", "put", cwd=folder)
    assert (done.code, "main.c::main" in done.out) == (0, True)
    (folder / "more.c").write_text("int put(int x) { return 0; }\n")
    done = cli("query", "callers", "put", cwd=folder)
    assert done.code == 2
    assert "put.c::put" in done.err
    assert "more.c::put" in done.err


def test_what_a_base_outside_the_tree_may_have_is_no_certainty() -> None:
    """A bare name that nothing in its file brings may be of a star import as well as of a base class."""
    files = {
        "a.swift": b"import Foundation\nstruct Item: Sendable { func go() { fail(); send(.main); URLSession() } }\n",
        "a.kt": b"import junit.framework.TestCase\nimport kotlin.test.*\n"
        b"class Suite : TestCase() { fun go() { expect(1); Clock() } }\n",
    }
    resolver, facts = resolved(files)
    found = set()
    for path in facts:
        links = resolver.link(path)
        ends = zip(links.edges[3::5], links.edges[4::5], strict=True)
        found |= {(links.targets[target], CERTAINTIES[sure]) for target, sure in ends}
    assert ("junit.framework.TestCase.expect", "likely") in found
    assert not [target for target, _ in found if target.startswith("<builtin>.Sendable.")]
    assert not [target for target, _ in found if target.endswith((".main", ".URLSession", "TestCase.Clock"))]
