"""Linking within bounds of memory: a worker that needs more than its room does not begin anew all the time."""

import os

import pytest

from codeagent.config import load_config
from codeagent.graph import linking
from codeagent.graph.update import open_graph

FILES = 200
STEP = 150_000_000  # bytes that each file seems to add


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no workers without fork")
def test_a_worker_that_needs_more_room_is_given_it(repo, tmp_path, monkeypatch):
    begun, told = tmp_path / "begun", [0]

    def forget(linker: linking.Linker) -> None:
        with begun.open("a") as file:
            file.write("anew\n")
        told[0] = 0
        original(linker)

    def used() -> int:
        told[0] += STEP
        return told[0]

    original = linking.Linker._forget
    monkeypatch.setattr(linking.Linker, "_forget", forget)
    monkeypatch.setattr(linking, "memory_used", used)
    monkeypatch.setattr(linking, "worker_count", lambda: 2)
    monkeypatch.setattr(linking, "_CHUNK_FILES", 1)
    files = {f"m{number}.py": f"def f{number}():\n    return f{number}()\n" for number in range(FILES)}
    graph = open_graph(repo(files).root, config=load_config(tmp_path), in_memory=True)
    assert len(graph.files) == FILES
    assert 0 < len(begun.read_text().splitlines()) < FILES // 5
