"""The property that the index rests on: brought up to date after any changes, it equals one built from nothing."""

import os
from pathlib import Path

import pytest
from random_project import RandomProject

from codeagent.config import load_config
from codeagent.graph.maintenance import differences
from codeagent.graph.update import open_graph

STEPS = int(os.environ.get("INDEX_STEPS", "50"))  # of each seed; the slow run sets thousands
SEEDS = tuple(range(int(os.environ.get("INDEX_SEEDS", "5"))))


@pytest.mark.parametrize("seed", SEEDS)
def test_incremental_equals_rebuild(tmp_path: Path, seed: int) -> None:
    root = tmp_path / "project"
    root.mkdir()
    project = RandomProject(root, seed)
    config = load_config(root)
    history = []
    for step in range(STEPS):
        incremental = open_graph(root, None, None, config)
        rebuilt = open_graph(root, None, None, config, in_memory=True)
        assert differences(incremental, rebuilt) == (), f"seed {seed}, step {step}: {history[-3:]}"
        history.append(project.step())
