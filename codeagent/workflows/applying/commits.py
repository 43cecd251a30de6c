"""One commit for each step: its own change alone, carried over to what git has, hooks and all, on no branch yet."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from codeagent.domain.errors import Refused
from codeagent.quality.gates.change import Contents
from codeagent.workflows.applying.run import Run
from codeagent.workflows.applying.runlog import Whole
from codeagent.workflows.applying.tree import Made
from codeagent.workspace import committing, trust
from codeagent.workspace.commit_hooks import Hooks, commit_with, hooks_of
from codeagent.workspace.committing import REGULAR, Author, Entries, Entry
from codeagent.workspace.git import Repository, enclosing
from codeagent.workspace.ground import Ground
from codeagent.workspace.merging import merge_bytes
from codeagent.workspace.refs import head
from codeagent.workspace.scratch import Scratch, open_scratch

_NAMED = 5


def repository_of(run: Run) -> Repository | None:
    """Return the repository that commits go to; None where there is none, no commit yet, or none are wanted."""
    if not run.options.commit:
        return None
    found = enclosing(run.root)
    if found is None or found.bare or head(found) is None:
        return None
    return Repository(run.root, found.top)


def trusted_hooks(run: Run, repository: Repository) -> Hooks:
    """Return the hooks of a repository. Raises NotPermitted where the user does not trust one."""
    hooks = hooks_of(repository)
    trust.require(run.root, hooks.runnables, once=run.options.trust)
    return hooks


def commit_steps(run: Run, repository: Repository, base: str, whole: Whole) -> str:
    """Make the commits that are not made yet, upon `base`; return the last.

    Raises Refused where uncommitted work is in the way, and where a hook says no."""
    committer = _Committer(run, repository, committing.author_of(repository))
    parent, now = base, dict(whole.before)
    with committer.room(trusted_hooks(run, repository)):
        for step in run.steps:
            made, done = run.log.done(step.id), run.log.last("step.done", step=step.id)
            if made is None or done is None:
                continue
            kept = run.log.last("commit.made", step=step.id, parent=parent)
            if kept is None:
                run.check()
                new = committer.commit(made, now, parent, str(done["message"]), run.log.moment("step.done", step.id))
                run.log.say("commit.made", {"step": step.id, "parent": parent, "commit": new})
            parent = new if kept is None else str(kept["commit"])
            now |= made.contents
    return parent


@dataclass(slots=True)
class _Committer:
    run: Run
    repository: Repository
    author: Author
    hooks: Hooks | None = None
    scratch: Scratch | None = None

    @contextmanager
    def room(self, hooks: Hooks) -> Iterator[None]:
        """Hold a scratch tree as long as there are hooks to run in it."""
        if not hooks.found:
            yield
            return
        with open_scratch(self.run.root, self.run.config.cache_dir) as scratch:
            self.hooks, self.scratch = hooks, scratch
            yield

    def commit(self, made: Made, before: Contents, parent: str, message: str, moment: int) -> str:
        changed = carried(self.repository, parent, made, before)
        tree = committing.tree_of(self.repository, parent, changed, self.run.log.events.folder)
        if tree == committing.tree_id(self.repository, parent):
            return parent  # all that it changes is work that is not committed
        if self.hooks is not None and self.scratch is not None:
            self.scratch.write({**before, **made.contents})
            message = commit_with(self.hooks, self.scratch, tree, parent, message, self.author, moment)
            self._untouched(self.scratch, made)
        return committing.commit(self.repository, tree, parent, message, self.author, moment)

    def _untouched(self, scratch: Scratch, made: Made) -> None:
        """Refuse what a hook changed in the files of the step, though it let the commit pass."""
        for path, data in made.contents.items():
            place = scratch.path / path
            if (place.read_bytes() if place.is_file() else None) != data:
                raise Refused(f"a git hook changed {path} after the step was judged", "nothing was written")


def carried(repository: Repository, parent: str, made: Made, before: Contents) -> dict[str, Entry | None]:
    """Return what a commit gets of a step: what the step changed, and nothing that was not committed before it.

    `before`: the files on disk that the step began with. Raises Refused, naming files whose uncommitted changes
    cannot be told from the step's."""
    ground = Ground(repository.root)
    names = {path: ground.locate(path) for path in {*made.contents, *made.moves}}
    driven = committing.filtered(repository, names.values())
    if driven:
        raise Refused(f"{driven} is stored through a filter of git's, such as git-lfs", "leave it out of the plan")
    heads = committing.entries_at(repository, parent, names.values())
    origins = {new: old for old, new in made.moves.items()}
    found: dict[str, Entry | None] = {}
    in_the_way = []
    for path, data in made.contents.items():
        old = origins.get(path, path)
        entry = _carried(repository, (names[old], names[path]), heads[names[old]], before.get(old), data)
        if isinstance(entry, str) and not (data is None and path in made.moves):
            in_the_way.append(f"{path} {entry}")
        found[names[path]] = None if isinstance(entry, str) else entry
    if in_the_way:
        more = f" and {len(in_the_way) - _NAMED} more" if len(in_the_way) > _NAMED else ""
        raise Refused(
            f"{'; '.join(in_the_way[:_NAMED])}{more}",
            "commit or stash that first, or write without commits: --no-commit; nothing was written",
        )
    return found


def _carried(
    repository: Repository, names: tuple[str, str], head: Entry | None, before: bytes | None, after: bytes | None
) -> Entry | str | None:
    """The entry of one file in the commit; in words, what is in the way."""
    old, new = names
    if head is None:
        if before is not None:
            return "is not in git yet"
        return None if after is None else Entry(REGULAR, committing.store(repository, new, after))
    if before is None:
        return "is deleted and not committed so"
    was = committing.store(repository, old, before)
    if after is None:
        return None if head.oid == was else "has changes that are not committed, and would be deleted"
    now = committing.store(repository, new, after)
    merged = merged_entry(repository, head, was, now)
    return merged or "has changes that are not committed, in the same place"


def merged_entry(repository: Repository, ours: Entry, was: str, now: str) -> Entry | None:
    """Return an entry with the change from one blob to another made to it; None where that cannot be told."""
    if ours.oid in (was, now):
        return Entry(ours.mode, now)
    texts = committing.contents_of(repository, (ours.oid, was, now))
    data = merge_bytes(texts[ours.oid], texts[was], texts[now])
    return None if data is None else Entry(ours.mode, committing.store_as_it_is(repository, data))


def restaged(repository: Repository, paths: Mapping[str, str], base: str, tip: str) -> dict[str, Entry | None]:
    """Return what the index gets when the branch goes from one commit to another; what is staged besides stays.

    `paths`: names on disk by path. Raises Refused where what is staged cannot be told from what is new."""
    names = list(paths.values())
    staged = committing.staged_at(repository, names)
    old, new = committing.entries_at(repository, base, names), committing.entries_at(repository, tip, names)
    found, lost = turned_entries(repository, paths, staged, old, new)
    if lost:
        raise Refused(f"{lost[0]} is staged otherwise, in the same place", "commit or unstage it; nothing was written")
    return found


def turned_entries(
    repository: Repository, paths: Mapping[str, str], ours: Entries, was: Entries, now: Entries
) -> tuple[dict[str, Entry | None], list[str]]:
    """Return our entries with the change from `was` to `now` made to them, and the paths where that cannot be told."""
    found: dict[str, Entry | None] = {}
    lost = []
    for path, name in paths.items():
        mine, old, new = ours[name], was[name], now[name]
        if mine in (old, new):
            found[name] = new
        elif mine is not None and old is not None and new is not None:
            found[name] = merged_entry(repository, mine, old.oid, new.oid)
        elif old == new:
            found[name] = mine
        if mine not in (old, new) and found.get(name) is None and old != new:
            lost.append(path)
    return found, lost
