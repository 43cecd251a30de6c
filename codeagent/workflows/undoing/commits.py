"""The commits of a run, taken back: the branch goes back to before them while they are its last and nobody else has
them, and else gets one more commit that takes them back; brought again in the same way."""

import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from codeagent.domain.errors import Refused
from codeagent.quality.gates.change import Contents
from codeagent.workflows.applying.commits import restaged, turned_entries
from codeagent.workflows.undo import Outcome
from codeagent.workflows.undoing.landed import Landed
from codeagent.workspace import branches, committing, trust
from codeagent.workspace.commit_hooks import commit_with, hooks_of
from codeagent.workspace.committing import Entry
from codeagent.workspace.git import Repository
from codeagent.workspace.ground import Ground
from codeagent.workspace.refs import head
from codeagent.workspace.scratch import open_scratch
from codeagent.workspace.underway import underway


@dataclass(frozen=True, slots=True)
class Move:
    """From which commit the branch that is checked out goes to which, `again` by a new one; `index`: what is staged."""

    old: str
    new: str
    again: bool
    index: Mapping[str, Entry | None]

    def words(self, landed: Landed, outcome: Outcome, *, written: bool) -> str:
        """What it means for the branch, or would."""
        name = branches.short(landed.branch) or "HEAD"
        if self.again:
            made = f"has a new commit {self.new[:10]}" if written else "would get a new commit"
            return f"{name} {made} that {_verb(outcome)}"
        place = f"{name} {'is' if written else 'would be'} at {self.new[:10]} again"
        return f"{place}; codeagent redo brings its commits back" if outcome == "undone" and written else place


def plan_move(landed: Landed, repository: Repository, outcome: Outcome, contents: Contents | None, cache: Path) -> Move:
    """Return how the branch is to move; nothing is moved. `contents`: what files become, None: only tell.

    Raises Refused where commits or staged work would be lost, or are not where the run left them."""
    _check_place(landed, repository)
    was, now = (landed.tip, landed.base) if outcome == "undone" else (landed.base, landed.tip)
    here = head(repository) or ""
    ground = Ground(landed.root)
    names = {path: ground.locate(path) for path in landed.paths}
    published = outcome == "undone" and _published(repository, landed)
    if here == was and not published:
        return Move(here, now, again=False, index=restaged(repository, names, here, now))
    if not in_history(landed, repository, outcome):
        raise Refused(
            f"the commits of run {landed.id} are no longer in the history of this branch: amended, rebased or dropped",
            "git revert takes back what became of them, --no-commit the files alone; nothing was written",
        )
    ours, old, new = (committing.entries_at(repository, one, names.values()) for one in (here, was, now))
    changed, lost = turned_entries(repository, names, ours, old, new)
    if lost:
        raise Refused(
            f"{lost[0]} has later commits in the same place", "git revert lets you decide; nothing was written"
        )
    made = here if contents is None else _committed(landed, repository, here, changed, contents, outcome, cache)
    return Move(here, made, again=True, index=restaged(repository, names, here, made))


def in_history(landed: Landed, repository: Repository, outcome: Outcome) -> bool:
    """Whether what is checked out comes after the commit that the run is turned from."""
    was, here = landed.tip if outcome == "undone" else landed.base, head(repository) or ""
    return branches.parted(repository, was, here) == was


def carry_out(move: Move, repository: Repository, why: str) -> None:
    """Let the index and the branch be as planned; harmless where they are already."""
    if head(repository) != move.new:
        committing.stage(repository, move.index)
        committing.move_reference(repository, "HEAD", move.new, move.old, why)


def _check_place(landed: Landed, repository: Repository) -> None:
    what = underway(repository)
    if what:
        raise Refused(f"{what} is in progress", "finish or abort it first; nothing was written")
    on = branches.current(repository)
    if landed.branch and on != landed.branch:
        there = branches.short(landed.branch)
        raise Refused(
            f"run {landed.id} committed to {there}, and {branches.short(on) or 'no branch'} is checked out",
            f"git switch {there} first; --no-commit takes back the files alone; nothing was written",
        )


def _published(repository: Repository, landed: Landed) -> bool:
    """Whether some remote has a commit of the run."""
    first = repository.run("rev-list", "--reverse", f"{landed.base}..{landed.tip}").decode().split()[0]
    return any(name.startswith("refs/remotes/") for name in branches.containing(repository, first))


def _committed(
    landed: Landed,
    repository: Repository,
    parent: str,
    changed: Mapping[str, Entry | None],
    contents: Contents,
    outcome: Outcome,
    cache: Path,
) -> str:
    """Make the commit, the user's hooks around it, on no branch yet."""
    hooks, author, moment = hooks_of(repository), committing.author_of(repository), int(time.time())
    trust.require(landed.root, hooks.runnables)
    tree = committing.tree_of(repository, parent, changed, landed.log)
    message = _message(landed, repository, outcome)
    with ExitStack() as stack:
        if hooks.found:
            scratch = stack.enter_context(open_scratch(landed.root, cache))
            scratch.write(contents)
            message = commit_with(hooks, scratch, tree, parent, message, author, moment)
        return committing.commit(repository, tree, parent, message, author, moment)


def _message(landed: Landed, repository: Repository, outcome: Outcome) -> str:
    goal = " ".join(landed.goal.split())[:60]
    rows: Sequence[str] = branches.commits(repository, landed.base, landed.tip)
    title = f'Revert "{goal}"' if outcome == "undone" else f'Reapply "{goal}"'
    return "\n".join([title, "", f"This {_verb(outcome)}:", "", *(f"- {row}" for row in rows), ""])


def _verb(outcome: Outcome) -> str:
    return "takes the commits of the run back" if outcome == "undone" else "brings the commits of the run again"
