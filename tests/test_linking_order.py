"""What a file's references stand for does not depend on which file is asked about first, nor on stacks or limits."""

import itertools
import random
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import pytest
from random_project import RandomProject

from codeagent.config import load_config
from codeagent.graph import solver, values
from codeagent.graph.linked import LinkTree
from codeagent.graph.linking import Linker
from codeagent.graph.update import open_graph


@pytest.mark.parametrize(("depth", "limit"), [(300, 32), (3, 32), (300, 3)])
@pytest.mark.parametrize("seed", range(4))
def test_links_are_the_same_in_every_order(tmp_path: Path, monkeypatch, seed: int, depth: int, limit: int) -> None:
    monkeypatch.setattr(solver, "_DEPTH", depth)
    monkeypatch.setattr(values, "LIMIT", limit)
    monkeypatch.setattr(values, "CALLABLES", 2 * limit)
    root = tmp_path / "project"
    root.mkdir()
    project = RandomProject(root, seed)
    for _ in range(seed * 3):
        project.step()
    assert_same_in(root, lambda paths: (paths, paths[::-1], random.Random(seed).sample(paths, len(paths))))


EXTENDING_EACH_OTHER = {
    "first.rb": "module First\n  def self.told; end\nend\n",
    "second.rb": "module Second\n  extend Third\n  include First\nend\n",
    "third.rb": "module Third\n  include Second\nend\n",
    "an_item.rb": "module Third\n  class Item < Second::Missing\n    def run; Third.told; end\n  end\nend\n",
}


def test_what_half_an_answer_gave_is_found_again(tmp_path: Path) -> None:
    for name, text in EXTENDING_EACH_OTHER.items():
        (tmp_path / name).write_text(text)
    assert_same_in(tmp_path, itertools.permutations)


def assert_same_in(root: Path, orders: Callable[[list[str]], Iterable[Sequence[str]]]) -> None:
    graph = open_graph(root, None, None, load_config(root), in_memory=True)
    shelf, _ = graph.sources()
    paths = sorted(path for path in graph.files if graph.has_facts(path))

    def linker() -> Linker:
        return Linker(shelf, LinkTree(graph.tree, graph.tree.paths, shelf.entries))

    alone = {path: linker().link(path) for path in paths}
    for order in orders(paths):
        asked = linker()
        assert {path: asked.link(path) for path in order} == alone
