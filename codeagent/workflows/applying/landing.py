"""The last write: a branch that was not there, or the user's files with their branch; each done once in a run."""

from collections.abc import Mapping
from typing import Any

from codeagent.domain.errors import Refused, Stale
from codeagent.quality.gates.comparing import reader
from codeagent.workflows.applying.commits import commit_steps, repository_of, restaged, trusted_hooks
from codeagent.workflows.applying.run import Run
from codeagent.workflows.applying.runlog import Whole
from codeagent.workflows.applying.tree import as_patch
from codeagent.workflows.undo import list_runs
from codeagent.workspace import committing
from codeagent.workspace.branches import current
from codeagent.workspace.committing import Entry
from codeagent.workspace.git import Repository
from codeagent.workspace.ground import Ground
from codeagent.workspace.refs import head
from codeagent.workspace.writing import write_patch


def prepare(run: Run) -> None:
    """Refuse before the work what could not be written after it: no git, a branch that exists, a hook without trust."""
    repository = repository_of(run)
    if run.options.branch:
        if repository is None:
            raise Refused("a branch takes a git repository with a commit", "leave out --branch")
        committing.check_branch(repository, run.options.branch)
        if run.log.last("landing.begun") is None and committing.reference(repository, _full(run.options.branch)):
            raise Refused(f"there is a branch {run.options.branch}", "name another one: --branch")
    if repository is not None and (run.options.branch or run.options.yes) and not run.options.dry_run:
        trusted_hooks(run, repository)
        committing.author_of(repository)


def land(run: Run, whole: Whole, base: str) -> None:
    """Write what all steps made to where the options say; `base`: the commit that the run began at."""
    repository = repository_of(run)
    if repository is None:
        _write(run, whole)
    elif run.options.branch:
        _to_branch(run, repository, whole, base)
    else:
        _to_tree(run, repository, whole, base)


def _to_branch(run: Run, repository: Repository, whole: Whole, base: str) -> None:
    tip = commit_steps(run, repository, base, whole)
    name = _full(run.options.branch)
    run.log.say("landing.begun", {"reference": name, "commit": tip})
    if committing.reference(repository, name) != tip:
        committing.move_reference(repository, name, tip, "", _why(run))
    run.log.say("branch.made", {"branch": run.options.branch, "commit": tip})


def _to_tree(run: Run, repository: Repository, whole: Whole, base: str) -> None:
    begun = run.log.last("landing.begun")
    if begun is None:
        if head(repository) != base:
            raise Stale("another commit is checked out than when the run began", "check it out again, or begin anew")
        tip = commit_steps(run, repository, base, whole)
        paths = Ground(run.root)
        names = {path: paths.locate(path) for path in {*whole.made.contents, *whole.made.moves}}
        index = restaged(repository, names, base, tip)
        rows = {path: [entry.mode, entry.oid] if entry else None for path, entry in index.items()}
        run.log.say("landing.begun", {"reference": "HEAD", "commit": tip, "index": rows})
        begun = run.log.last("landing.begun") or {}
    _write(run, whole)
    tip, at = str(begun["commit"]), head(repository)
    if at != tip:
        committing.stage(repository, _entries(begun))
        committing.move_reference(repository, "HEAD", tip, base, _why(run))
    run.log.say("tree.committed", {"commit": tip, "branch": current(repository)})


def _entries(begun: Mapping[str, Any]) -> dict[str, Entry | None]:
    return {path: Entry(*row) if row else None for path, row in begun["index"].items()}


def _write(run: Run, whole: Whole) -> None:
    """Write what was made to the user's files. Raises Stale where one is neither as before nor as after."""
    if run.log.last("tree.written") is not None:
        return
    read, made = reader(run.root), whole.made
    if any(read(path) != data for path, data in made.contents.items()):
        name = write_patch(run.root, as_patch(made, whole.before, run.plan.goal), emit=run.emit)
    else:  # it was written, and nobody lived to say so
        name = next((one.id for one in list_runs(run.root) if one.title == run.plan.goal), "")
    run.log.say("tree.written", {"undo": name, "files": sorted(made.contents)})


def _full(branch: str) -> str:
    return f"refs/heads/{branch}"


def _why(run: Run) -> str:
    return f"codeagent apply: {' '.join(run.plan.goal.split())[:80]}"
