"""A graph of what a tree would be can be changed again: steps one after the other, all in memory."""

import pytest

from codeagent.graph.deferred import deferred_graph
from codeagent.graph.graph import CodeGraph
from codeagent.graph.proposed import proposed_graph
from codeagent.graph.update import open_graph
from codeagent.workflows.refactor import refactor

STEPS = (
    ("rename", {"target": "a.py::two", "new": "zwei"}),
    ("rename", {"target": "a.py::one", "new": "eins"}),
    ("move", {"target": ["a.py::eins"], "to": "c.py"}),
    ("rename", {"target": "c.py::eins", "new": "un"}),
)


@pytest.mark.parametrize("in_memory", [False, True])
@pytest.mark.parametrize("next_graph", [proposed_graph, deferred_graph])
def test_each_step_is_proven_on_the_result_of_those_before(repo, next_graph, in_memory):
    folder = repo(
        {
            "a.py": "def one():\n    return two()\n\n\ndef two():\n    return 2\n",
            "b.py": "from a import one\n\nprint(one())\n",
        }
    )
    graph = open_graph(folder.root, in_memory=in_memory)
    contents: dict[str, bytes | None] = {}
    for operation, arguments in STEPS:
        done = refactor(graph, operation, arguments)
        result = done.proposal.patch.apply(done.files)
        graph = next_graph(graph, result)
        contents.update(result)
    assert contents == {
        "a.py": b"def zwei():\n    return 2\n",
        "b.py": b"from c import un\n\nprint(un())\n",
        "c.py": b"from a import zwei\n\n\ndef un():\n    return zwei()\n",
    }
    whole = proposed_graph(open_graph(folder.root), contents)
    assert edges(graph) == edges(whole)
    assert graph.incoming("c.py::un") == whole.incoming("c.py::un")
    assert graph.file_edges() == whole.file_edges()


def edges(graph: CodeGraph) -> list[tuple[str, str, str, str]]:
    return sorted((edge.source, edge.target, edge.kind, edge.certainty) for edge in graph.edges())


def test_names_of_blocks_keep_their_own_answers(repo):
    source = "pairs = []\nfor way in 'ab':\n    pairs.append(way)\n\npairs += [(key, way) for key, way in pairs]\n"
    folder = repo({"a.py": source})
    changed = f"{source}\nx = 1\n"
    proposed = proposed_graph(open_graph(folder.root, in_memory=True), {"a.py": changed.encode()})
    folder.write({"a.py": changed})
    assert proposed.links("a.py") == open_graph(folder.root, in_memory=True).links("a.py")
