"""The steps of one wave, each in a scratch tree of its own, by workers that know each other by the log alone."""

from collections.abc import Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from queue import SimpleQueue
from typing import Final

from codeagent.domain.errors import CodeAgentError, Interrupted
from codeagent.domain.plan import Step
from codeagent.graph.update import open_graph
from codeagent.workflows.applying.run import Run
from codeagent.workflows.applying.stepping import carry_out
from codeagent.workflows.applying.tree import Tree

_TAKEN: Final = 2  # times that a step is taken, where the worker that has it dies


def work(run: Run, tree: Tree, wave: Sequence[Step]) -> Tree:
    """Return the tree with what the steps of a wave make of it, each begun on the tree before all of them.

    Raises what the first step, in the order of the plan, that failed has raised."""
    if len(wave) == 1:
        return carry_out(run, tree, wave[0])
    if run.options.workers == 1:
        for step in wave:
            run.check()
            carry_out(run, tree, step)
    else:
        _at_once(run, tree, wave)
    for step in wave:
        made = run.log.done(step.id)
        tree = tree if made is None else tree.after(made)
    return tree


def _at_once(run: Run, tree: Tree, wave: Sequence[Step]) -> None:
    names: SimpleQueue[str] = SimpleQueue()
    for number in range(run.options.workers):
        names.put(f"worker-{number + 1}")
    failed: list[BaseException] = []

    def check() -> None:
        run.check()
        if failed:
            raise _GivenUp("another step failed")

    def take(step: Step) -> None:
        name = names.get()
        try:
            _carry(replace(run, check=check), tree, step, name)
        except BaseException as error:
            failed.append(error)
            raise
        finally:
            names.put(name)

    with ThreadPoolExecutor(run.options.workers, "worker") as pool:
        running = [pool.submit(take, step) for step in wave]
        try:
            wait(running, return_when=FIRST_EXCEPTION)
        except BaseException as stop:  # Ctrl-C: nobody begins anything more
            failed.append(stop)
            raise
    _raise_first(running)


def _carry(run: Run, tree: Tree, step: Step, name: str) -> None:
    """Carry out a step on a graph of the worker's own; where it dies of something unforeseen, once more."""
    if run.log.done(step.id) is not None:
        return
    for taken in range(1, _TAKEN + 1):
        run.log.tell(name, "ACK", step.id)
        graph = open_graph(run.root, None, run.emit, run.config)
        try:
            carry_out(run, Tree(run.root, run.config, graph, tree.contents), step)
        except CodeAgentError as error:
            run.log.tell(name, "BLOCKED", step.id, error.message)
            raise
        except Exception as error:
            run.log.tell(name, "BLOCKED", step.id, f"died: {type(error).__name__}: {error}")
            if taken == _TAKEN:
                raise
        else:
            run.log.tell(name, "DONE", step.id)
            return
        finally:
            graph.close()


def _raise_first(running: Sequence[Future[None]]) -> None:
    """Raise the first failure in the order of the plan that is one, and not only a consequence of another."""
    errors = [error for one in running if (error := one.exception()) is not None]
    real = [error for error in errors if not isinstance(error, _GivenUp)]
    if real or errors:
        raise (real or errors)[0]


class _GivenUp(Interrupted):
    """A worker stopped because another one failed."""
