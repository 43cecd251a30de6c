"""Before the first step: whether the plan is still about these files, and what the tests say of them as they are."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from codeagent.domain.errors import Refused, Stale
from codeagent.domain.patch import hex_digest
from codeagent.domain.plan import Plan, Step
from codeagent.graph.graph import CodeGraph
from codeagent.quality.gates.beforehand import Beforehand, beforehand
from codeagent.quality.gates.change import Claims, Contents
from codeagent.quality.gates.comparing import reader
from codeagent.quality.gates.readiness import missing_tools
from codeagent.workflows.applying.earlier import check_undone, earlier
from codeagent.workflows.applying.run import Run
from codeagent.workflows.applying.tree import Made, Tree
from codeagent.workflows.applying.waves import reach_of
from codeagent.workflows.gate import Request, gates_for

_NAMED = 5


def check_fresh(root: Path, plan: Plan, steps: Sequence[Step]) -> None:
    """Raise Stale, naming the files, where some that the plan relies on are not as they were, nor as earlier steps of
    it left them; UsageError where those are the steps that are asked for."""
    moved = drifted(root, plan.files)
    if not moved:
        return
    done = earlier(root, plan)
    moved = drifted(root, {**plan.files, **{path: now for path, now in done.files.items() if path in plan.files}})
    if not moved:
        check_undone(done, plan, steps)
    else:
        more = f" and {len(moved) - _NAMED} more" if len(moved) > _NAMED else ""
        raise Stale(
            f"the plan was made for other files than these: {'; '.join(moved[:_NAMED])}{more}",
            "make the plan anew, or --rebase: each step is then proven on the files as they are",
        )


def drifted(root: Path, files: Mapping[str, str | None]) -> list[str]:
    """Return, in words and sorted, what became of each file that has another digest than it should; None: no file."""
    read, found = reader(root), []
    for path, digest in files.items():
        data = read(path)
        if data is None and digest is not None:
            found.append(f"{path} is gone")
        elif data is not None and hex_digest(data) != digest:
            found.append(f"{path} changed" if digest is not None else f"{path} is there again")
    return sorted(found)


def check_tools(run: Run, tree: Tree) -> None:
    """Refuse, naming them, where programs are missing that required gates will run on what the steps may touch.

    Raises NotPermitted where one is not trusted."""
    if run.options.dry_run:
        return
    change = tree.change(Made(), Claims(trust=run.options.trust))
    gates, _ = gates_for(change, Request(), run.config)
    paths = tree.graph.paths
    reach = [reach_of(step, paths) for step in run.steps]
    touched = frozenset().union(*reach) if all(reach) else frozenset(paths)
    missing = list(missing_tools(change, gates, touched))
    if missing:
        raise Refused(
            "; ".join(f"the gate {gate} needs {program}, which is not installed" for gate, program in missing),
            f"install what is missing, or say required = false in {', '.join(f'[gates.{gate}]' for gate, _ in missing)}"
            " of your own settings; nothing was written",
        )


def measure(run: Run, tree: Tree) -> Beforehand | None:
    """Run the tests as they are before anything is done, once in a run; None where they are switched off.

    Raises Refused where they cannot be run, NotPermitted where they are not trusted."""
    if run.options.tests == "none" or run.options.dry_run:
        return None
    body = run.log.last("tests.measured")
    if body is not None:
        return msgspec.convert(dict(body), Beforehand)
    run.check()
    change = tree.change(Made(), Claims(trust=run.options.trust))
    change.gates, _ = gates_for(change, Request(), run.config)
    found = beforehand(change)
    if found.broken:
        raise Refused(
            f"the tests cannot be run: {found.broken}",
            "mend that, or apply without them: --tests none; nothing was written",
        )
    run.log.say("tests.measured", msgspec.to_builtins(found))
    return found


def digests_of(graph: CodeGraph) -> dict[str, str]:
    """Return the digest of every indexed file."""
    return {path: record.digest for path, record in graph.files.items()}


def moved_on(graph: CodeGraph, before: Mapping[str, str], ours: Contents) -> list[str]:
    """Return in words the files that came, went or changed since these digests were taken, but for what we made."""
    now = digests_of(graph)
    words = {path: "is gone" for path in before if path not in now}
    words |= {path: "is new" for path in now if path not in before}
    words |= {path: "changed" for path, digest in before.items() if path in now and now[path] != digest}
    return sorted(f"{path} {word}" for path, word in words.items() if not _is_ours(path, now.get(path), ours))


def _is_ours(path: str, digest: str | None, ours: Contents) -> bool:
    """Whether a file is as a run leaves it."""
    data = ours.get(path)
    return path in ours and digest == (None if data is None else hex_digest(data))


def refuse_moved(moved: list[str], run: str) -> None:
    """Raise Stale where files are not as they were when the run began."""
    if moved:
        more = f" and {len(moved) - _NAMED} more" if len(moved) > _NAMED else ""
        raise Stale(
            f"run {run} cannot go on: {'; '.join(moved[:_NAMED])}{more}",
            "put back what changed, or begin anew: codeagent apply",
        )
