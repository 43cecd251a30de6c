"""A write that dies, fails or is interrupted at any of its calls leaves the tree as before, or as after."""

import os
import shutil
from pathlib import Path

import pytest

from codeagent.workflows.undo import list_runs, undo
from codeagent.workspace.journal import pending
from codeagent.workspace.runs import runs_of
from codeagent.workspace.storage import state_dir
from codeagent.workspace.writing import write_patch, writing
from tests.faults import with_fault
from tests.written import MOST, everything, fresh, tree

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


def settle(root: Path) -> None:
    with writing(root, lambda event: None):
        pass


def files_of(found: dict) -> dict:
    """Without the folders."""
    return {path: one for path, one in found.items() if one is not None}


def files(root: Path) -> dict:
    return files_of(tree(root))


@pytest.fixture
def two(tmp_path: Path) -> tuple[Path, dict, dict]:
    """A root, its tree before, and after."""
    root = tmp_path / "root"
    fresh(root)
    before = tree(root)
    write_patch(root, everything(root))
    return root, before, tree(root)


@pytest.mark.parametrize("kind", ["kill", "interrupt", "insist", "once", "full"])
def test_at_every_call_of_a_write(two: tuple[Path, dict, dict], kind: str) -> None:
    root, before, after = two
    outcomes = set()
    for at in range(1, MOST):
        fresh(root)
        patch = everything(root)
        ended, reached = with_fault(lambda patch=patch: write_patch(root, patch), kind, at)
        if kind == "kill":  # and the next command is killed too, somewhere
            with_fault(lambda: settle(root), "kill", 1 + at % 7)
        else:
            assert files(root) in (files_of(before), files_of(after)), f"{kind} at call {at}: {ended}"
            assert ended != "Refused" or tree(root) == before
        settle(root)
        found = tree(root)
        assert found in (before, after), f"{kind} at call {at}: {ended}"
        assert pending(runs_of(root)) is None, f"{kind} at call {at}: {ended}"
        assert len(list_runs(root)) == (found == after), f"{kind} at call {at}: {ended}"
        outcomes.add((ended, found == after))
        if not reached:
            break
    assert (ended, found) == ("done", after)
    stopped = {"kill": "killed", "once": "Refused", "full": "Refused"}.get(kind, "KeyboardInterrupt")
    assert (stopped, False) in outcomes
    assert at > 30


@pytest.mark.parametrize("kind", ["kill", "interrupt", "insist", "once", "full"])
def test_at_every_call_of_an_undo(two: tuple[Path, dict, dict], tmp_path: Path, kind: str) -> None:
    root, before, after = two
    kept = [shutil.copytree(folder, tmp_path / f"kept{n}") for n, folder in enumerate((root, state_dir()))]
    for at in range(1, MOST):
        for folder, copy in zip((root, state_dir()), kept, strict=True):
            shutil.rmtree(folder)
            shutil.copytree(copy, folder)
        ended, reached = with_fault(lambda: undo(root), kind, at)
        if kind != "kill":
            assert files(root) in (files_of(before), files_of(after)), f"{kind} at call {at}: {ended}"
        settle(root)
        found = tree(root)
        assert found in (before, after), f"{kind} at call {at}: {ended}"
        assert [run.status for run in list_runs(root)] == ["undone" if found == before else "applied"]
        assert pending(runs_of(root)) is None
        if not reached:
            break
    assert (ended, found) == ("done", before)
    assert at > 30
