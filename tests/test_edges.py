"""What resolves to what when the files of a case are one repository: `fixtures/graph/`."""

from pathlib import Path

import pytest
from cases import Case, cases

from codeagent.domain.links import CERTAINTIES, EDGE_KINDS
from codeagent.graph.extract import extract, has_facts
from codeagent.graph.ids import symbol_ids
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
    files = {path: text.encode() for path, text in case.files.items()}
    facts = AllFacts()
    for path, source in files.items():
        language = for_path(path, source)
        if language is not None and has_facts(language):
            facts[path] = extract(language, source)
    resolver = Resolver(facts, Given(files, {path: one.package for path, one in facts.items()}))
    lines = {line for path, one in facts.items() for line in edges_of(resolver, path, symbol_ids(path, one.symbols))}
    case.expect("edges", "\n".join(sorted(lines)))


def edges_of(resolver: Resolver, path: str, ids: list[str]) -> set[str]:
    """Return the edges of one file, one line each, with the certainty where it is not exact."""
    links = resolver.link(path)
    found = set()
    for i in range(0, len(links.edges), 5):
        _, kind, within, target, certainty = links.edges[i : i + 5]
        word, to = SHOWN.get(EDGE_KINDS[kind]), links.targets[target]
        if word and "::" in to:
            sure = "" if certainty == 0 else f" ({CERTAINTIES[certainty]})"
            found.add(f"{ids[within]} {word} {to}{sure}")
    return found
