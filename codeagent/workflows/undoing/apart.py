"""A branch that a run made apart from the files: dropped while it is as the run left it, and brought again."""

from codeagent.domain.errors import Refused
from codeagent.workflows.undo import Outcome
from codeagent.workflows.undoing.landed import Landed
from codeagent.workspace import branches, committing
from codeagent.workspace.git import Repository

_NAMED = 3


def turn_branch(landed: Landed, repository: Repository, outcome: Outcome, *, write: bool) -> str:
    """Drop the branch of a run, or bring it again; return what was done, or would be, in words.

    Raises Refused where it has moved on, is checked out, or its commits are elsewhere too."""
    name, now = branches.short(landed.branch), committing.reference(repository, landed.branch)
    said = f"{_counted(len(branches.commits(repository, landed.base, landed.tip)))}, up to {landed.tip[:10]}"
    if outcome == "undone":
        _check_alone(landed, repository, name, now)
    elif now or not branches.commit_of(repository, landed.tip):
        problem = f"there is a branch {name}" if now else f"git has forgotten the commits of run {landed.id}"
        raise Refused(problem, "rename it first" if now else "apply the plan anew")
    if write:
        new, old = ("", landed.tip) if outcome == "undone" else (landed.tip, "")
        committing.move_reference(repository, landed.branch, new, old, f"codeagent undo: {landed.id}")
        landed.say("turn.done", outcome=outcome)
    done = {True: ("dropped", "is there again"), False: ("would be dropped", "would be there again")}[write]
    return f"the branch {name} {'was ' if write and outcome == 'undone' else ''}{done[outcome == 'applied']} ({said})"


def _check_alone(landed: Landed, repository: Repository, name: str, now: str) -> None:
    if not now:
        raise Refused(f"the branch {name} is gone already", "there is nothing to take back")
    if now != landed.tip:
        later = len(branches.commits(repository, landed.tip, now))
        what = f"has {_counted(later)} that came later" if later else "names other commits than the run made"
        raise Refused(f"the branch {name} {what}", f"git branch -D {name} drops it all the same; nothing was done")
    where = branches.worktree_of(repository, landed.branch)
    if where:
        raise Refused(f"the branch {name} is checked out in {where}", "switch to another one first; nothing was done")
    others = [one for one in branches.containing(repository, landed.tip) if one != landed.branch]
    if others:
        more = f" and {len(others) - _NAMED} more" if len(others) > _NAMED else ""
        raise Refused(
            f"the commits of the branch {name} are in {', '.join(map(branches.short, others[:_NAMED]))}{more} too",
            f"git revert takes them back there, git branch -d {name} drops the name alone; nothing was done",
        )


def _counted(count: int) -> str:
    return f"{count} commit{'s' if count != 1 else ''}"
