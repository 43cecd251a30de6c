"""Linking within bounds of memory: what is let go of is found again, and means the same."""

import os
from pathlib import Path

import pytest
from random_project import RandomProject

from codeagent.config import load_config
from codeagent.graph import linking, shelf, solver
from codeagent.graph.linked import LinkTree
from codeagent.graph.linking import Linker
from codeagent.graph.update import open_graph

PLENTY = 1 << 50
CROWDED = {"_UNPACKED_BYTES": 0, "_CHUNK_FILES": 1}


def some_project(folder: Path, seed: int) -> Path:
    folder.mkdir()
    project = RandomProject(folder, seed)
    for _ in range(seed * 3):
        project.step()
    return folder


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no workers without fork")
@pytest.mark.parametrize("bounds", [CROWDED, CROWDED | {"_ANSWERS": 0}, {"_ANSWERS": 0, "_DEAR_ANSWERS": 0}])
@pytest.mark.parametrize("seed", range(3))
def test_links_are_the_same_where_workers_have_no_room(tmp_path, monkeypatch, seed, bounds):
    monkeypatch.setattr(solver, "_DEPTH", 5)
    root = some_project(tmp_path / "project", seed)
    graph = open_graph(root, None, None, load_config(root), in_memory=True)
    facts, _ = graph.sources()
    paths = sorted(path for path in graph.files if graph.has_facts(path))

    def linker() -> Linker:
        return Linker(facts, LinkTree(graph.tree, graph.tree.paths, facts.entries))

    roomy = linker()
    expected = {path: roomy.link(path) for path in paths}
    told = iter(range(PLENTY, 2 * PLENTY))  # more, whenever it is asked
    monkeypatch.setattr(linking, "memory_used", lambda: next(told))
    monkeypatch.setattr(linking, "_WORKER_BYTES", 0)
    monkeypatch.setattr(linking, "_FEW", 0)
    monkeypatch.setattr(shelf, "_NOW_AND_THEN", 1)
    for name, bound in bounds.items():
        monkeypatch.setattr(linking, name, bound)
    found = {path: linked.row for path, linked in linker().link_all(paths, workers=2)}
    assert found == {path: linking.link_row(links)[0] for path, links in expected.items()}


def test_what_is_asked_deep_down_is_read_from_the_store_too(repo, tmp_path, monkeypatch):
    """Deep questions are answered on further stacks, each in a thread of its own."""
    monkeypatch.setattr(solver, "_DEPTH", 3)
    chain = {f"m{n}.py": f"from m{n + 1} import f as g\n\n\ndef f():\n    return g()\n" for n in range(60)}
    chain["m60.py"] = "class Cart:\n    def total(self):\n        pass\n\n\ndef f():\n    return Cart()\n"
    chain["top.py"] = "from m0 import f\n\nf().total()\n"
    root = repo(chain).root
    open_graph(root, None, None, load_config(tmp_path)).close()
    monkeypatch.setattr(shelf, "extract", None)  # a file that is read again would end it
    graph = open_graph(root, None, None, load_config(tmp_path))
    facts, _ = graph.sources()
    links = Linker(facts, LinkTree(graph.tree, graph.tree.paths, facts.entries)).link("top.py")
    assert "m60.py::Cart.total" in links.targets and not links.failed
