"""A graph that lives long holds within bounds what it has unpacked, and answers as before."""

from codeagent.config import load_config
from codeagent.graph.naming import Naming
from codeagent.graph.trimming import trim
from codeagent.graph.update import open_graph

FILES = {f"m{n}.py": f"def f{n}(one):\n    kept = one\n    return kept\n" for n in range(6)}
SIZE = len(FILES["m0.py"])


def opened(repo):
    root = repo(FILES).root
    return open_graph(root, None, None, load_config(root), in_memory=True)


def test_what_was_used_last_is_kept(repo):
    graph = opened(repo)
    shelf, _ = graph.sources()
    trim(shelf, 0, 0)
    assert not shelf.unpacked
    for path in (*FILES, "m0.py"):
        shelf.view(path)
    trim(shelf, 2 * SIZE, 0)
    assert set(shelf.unpacked) == {"m5.py", "m0.py"}


def test_facts_that_nothing_arranged_count_as_well(repo):
    graph = opened(repo)
    shelf, _ = graph.sources()
    trim(shelf, 0, 0)
    for path in FILES:
        graph.facts(path)
    trim(shelf, 3 * SIZE, 0)
    assert len(shelf.unpacked) == 3


def test_answers_are_the_same_afterwards(repo):
    graph = opened(repo)
    shelf, _ = graph.sources()

    def told():
        names = Naming(graph)
        return [names.file(path).meaning(*span) for path in FILES for span in sorted(names.file(path).spans())]

    before = told()
    trim(shelf, 0, 0)
    assert told() == before
    assert before
