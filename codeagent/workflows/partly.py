"""A part of a proposed refactoring: what was taken of it is judged as anybody's change, then it may be written."""

from codeagent.config import Config
from codeagent.domain.errors import GateFailed
from codeagent.domain.patch import Patch
from codeagent.domain.pieces import Piece, pieces_of, put_together
from codeagent.graph.graph import CodeGraph
from codeagent.quality.gates.change import Claims
from codeagent.quality.gates.comparing import proposed
from codeagent.workflows.applying.judging import why
from codeagent.workflows.applying.tree import Made, as_patch
from codeagent.workflows.gate import Request, gate_change, gates_for
from codeagent.workflows.refactor import Refactored


def pieces_in(done: Refactored) -> list[Piece]:
    """Return a refactoring file by file."""
    patch = done.proposal.patch
    return pieces_of(patch.apply(done.files), patch.moves, done.files)


def partly(graph: CodeGraph, config: Config, done: Refactored, taken: list[Piece]) -> Patch:
    """Return the patch of what was taken. Raises GateFailed where a fast gate says no: its proof was of the whole.

    An empty patch where nothing was taken."""
    contents, moves = put_together(taken)
    change = proposed(graph.root, config, Claims(), contents, moves, graph)
    request = Request(fast=True)
    own = [name for name, gate in gates_for(change, request, config)[0].items() if not gate.command]
    verdict = gate_change(change, Request(only=tuple(own)), config)
    if not verdict.ok:
        raise GateFailed(
            f"what you took does not hold without the rest: {why(verdict)}",
            "nothing was written; take what belongs together, or all of it",
        )
    before = {path: done.files.get(path) for path in {*contents, *done.files}}
    return as_patch(Made(contents, moves), before, f"{done.proposal.patch.title} (in part)")
