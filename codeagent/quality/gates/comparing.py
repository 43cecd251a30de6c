"""Where a change comes from: the files on disk, the index, a range of commits, or contents that are proposed."""

import difflib
import os
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Final

from codeagent.config import Config
from codeagent.domain.errors import UsageError
from codeagent.graph.deferred import open_deferred
from codeagent.graph.graph import CodeGraph
from codeagent.graph.update import open_graph
from codeagent.quality.gates.change import Change, Claims, Contents, Descent, Differing
from codeagent.workspace import changes
from codeagent.workspace.git import NotARepository, Repository, enclosing
from codeagent.workspace.reading import read_regular
from codeagent.workspace.refs import head, resolve_revision
from codeagent.workspace.revisions import Revision, read_blobs
from codeagent.workspace.spelling import spell
from codeagent.workspace.submodules import pointers

_LARGEST: Final = 64 << 20  # bytes of one file


def on_disk(root: Path, config: Config, claims: Claims, base: str | None = None) -> Change:
    """Return the change of the files on disk against HEAD, or against where they parted from `base`.

    Raises UsageError: no git, a bare repository, an unknown revision, a merge with conflicts in progress."""
    repository = _repository(root)
    sha = _parted(repository, base) if base else head(repository)
    files = changes.on_disk(repository, sha or "HEAD")
    _no_conflicts(repository)
    before = _at(root, sha, files)
    after = {file.path: _disk(root, file.path) for file in files if file.status != "deleted"}
    after |= dict.fromkeys(_gone(files))
    label = f"{base} ({sha[:10]})" if base and sha else sha or "nothing"
    change = Change(
        root,
        label,
        files,
        before,
        after,
        config=config,
        claims=claims,
        opened=partial(open_deferred, root, config),
        differing=Differing(base=before | _fresh(files), read=reader(root)),
        descent=Descent(sha or "", base or ""),
    )
    change.pointers = partial(pointers, repository, sha) if sha else tuple
    return change


def staged(root: Path, config: Config, claims: Claims) -> Change:
    """Return the change that the index holds, against HEAD; errors as `on_disk`."""
    repository = _repository(root)
    files = changes.staged(repository)
    _no_conflicts(repository)
    sha = head(repository)
    before = _at(root, sha, files)
    after = _in_index(repository, [file.path for file in files if file.status != "deleted"]) | dict.fromkeys(
        _gone(files)
    )
    loose = changes.on_disk(repository, sha or "HEAD")
    paths = sorted({path for file in (*loose, *files) for path in (file.path, file.old_path)})
    tip = _in_index(repository, paths)
    old = _at(root, sha, [*loose, *files], paths)
    change = Change(
        root,
        sha or "nothing",
        files,
        before,
        after,
        config=config,
        claims=claims,
        opened=partial(open_deferred, root, config),
        differing=Differing(old, tip, reader(root)),
        descent=Descent(sha or ""),
    )
    change.pointers = partial(pointers, repository, "--cached", extra=changes.own_index(repository))
    return change


def between(root: Path, config: Config, claims: Claims, range_: str) -> Change:
    """Return the change of `A..B` or `A...B`; errors as `on_disk`."""
    repository = _repository(root)
    old, _, new = range_.replace("...", "..").partition("..")
    base, tip = resolve_revision(repository, old or "HEAD"), resolve_revision(repository, new or "HEAD")
    if "..." in range_:
        base = _parted(repository, base, tip)
    files = changes.between(repository, f"{base}..{tip}")
    before, after = _at(root, base, files), _at(root, tip, files, [file.path for file in files])
    after |= dict.fromkeys(_gone(files))
    tree = Revision(root, tip)
    change = Change(
        root,
        f"{old or 'HEAD'} ({base[:10]})",
        files,
        before,
        after,
        config=config,
        claims=claims,
        opened=partial(open_deferred, root, config, tip),
        differing=Differing(
            before | _fresh(files),
            read=partial(_of_revision, tree),
            kept=partial(open_deferred, root, config, base),
        ),
        descent=Descent(base, old or "HEAD", tip),
    )
    change.pointers = partial(pointers, repository, base, tip)
    return change


def proposed(
    root: Path,
    config: Config,
    claims: Claims,
    after: Contents,
    moves: dict[str, str] | None = None,
    graph: CodeGraph | None = None,
    *,
    base: Contents | None = None,
) -> Change:
    """Return the change that gives the files on disk these contents; None stands for a file that is gone.

    `base`: how the tree that the change is made to differs from the files on disk, which `graph` is of."""
    read, based = reader(root), base or {}
    olds = {new: old for old, new in (moves or {}).items()}
    before: dict[str, bytes | None] = {
        path: based[path] if path in based else read(path) for path in {*after, *olds.values()}
    }
    files = []
    for path, data in after.items():
        if path in (moves or {}) and data is None:
            continue
        source = olds.get(path, path)
        if before.get(source) != data or source != path:
            files.append(_compared(path, source, before.get(source), data))
    after = {**after, **dict.fromkeys(moves or {})}
    opened = (lambda: graph) if graph is not None else partial(open_deferred, root, config)
    return Change(
        root,
        "the step before" if based else "the files on disk",
        files,
        before,
        after,
        config=config,
        claims=claims,
        opened=opened,
        differing=Differing(based, {**based, **after}, read),
    )


def whole(root: Path, config: Config, claims: Claims, rev: str = "") -> Change:
    """Return the files on disk, or of a revision, as if all of them were new, for gates that speak of a tree as it
    is."""
    graph = open_graph(root, rev or None, None, config)
    after: dict[str, bytes | None] = {path: graph.read(path) for path in graph.files}
    files = [
        changes.Change(path, "added", path, ((1, 0),), ((1, _count(data or b"")),)) for path, data in after.items()
    ]
    absent: Contents = dict.fromkeys(after)
    change = Change(
        root,
        "nothing",
        files,
        {},
        after,
        config=config,
        claims=claims,
        opened=lambda: graph,
        differing=Differing(base=absent, read=partial(_of_revision, Revision(root, rev)) if rev else reader(root)),
    )
    change.whole = True
    return change


def _count(data: bytes) -> int:
    return data.count(b"\n") + (not data.endswith(b"\n"))


def reader(root: Path) -> Callable[[str], bytes | None]:
    """Return what reads the files on disk; None for what is no regular file."""
    return partial(_disk, root)


def _compared(path: str, old_path: str, before: bytes | None, after: bytes | None) -> changes.Change:
    """One file with the lines that differ."""
    status = "added" if before is None else "deleted" if after is None else "modified"
    status = "renamed" if old_path != path else status
    old, new = (before or b"").splitlines(), (after or b"").splitlines()
    opcodes = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    hunks = [(a, b, c, d) for tag, a, b, c, d in opcodes if tag != "equal"]
    return changes.Change(
        path, status, old_path, tuple((a + 1, b) for a, b, _, _ in hunks), tuple((c + 1, d) for _, _, c, d in hunks)
    )


def _repository(root: Path) -> Repository:
    repository = enclosing(root)
    if repository is None:
        raise NotARepository(f"{root} is in no git repository", "name a change by --patch FILE, or run git init")
    if repository.bare:
        raise UsageError(f"{root} is a bare repository: it has no files on disk", "clone it, and run this there")
    return Repository(root, repository.top)


def _parted(repository: Repository, base: str, tip: str = "HEAD") -> str:
    sha = resolve_revision(repository, base)
    done = repository.attempt("merge-base", sha, resolve_revision(repository, tip))
    if not done.ok:
        raise UsageError(f"{base} and {tip} have no commit in common", "name another base")
    return done.stdout.decode("ascii").split()[0]


def _no_conflicts(repository: Repository) -> None:
    records = repository.run("ls-files", "--unmerged", "-z").split(b"\0")
    if records[0]:
        path = os.fsdecode(records[0]).partition("\t")[2]
        raise UsageError(f"a merge with conflicts is in progress: {path}", "resolve it, and git add what is resolved")


def _gone(files: Iterable[changes.Change]) -> list[str]:
    """The old paths that are there no more."""
    return [file.old_path for file in files if file.status in ("deleted", "renamed")]


def _fresh(files: Iterable[changes.Change]) -> dict[str, bytes | None]:
    """What the tree before the change did not have."""
    return {file.path: None for file in files if file.status in ("added", "renamed")}


def _at(
    root: Path, sha: str | None, files: Iterable[changes.Change], paths: list[str] | None = None
) -> dict[str, bytes | None]:
    """Contents of files at a commit, by the old names."""
    wanted = sorted({file.old_path for file in files if file.status != "added"}) if paths is None else paths
    if sha is None or not wanted:
        return dict.fromkeys(wanted)
    return dict(Revision(root, sha).read_many(wanted))


def _in_index(repository: Repository, paths: list[str]) -> dict[str, bytes | None]:
    """Contents of files in the index; None for what is not in it."""
    if not paths:
        return {}
    output = repository.attempt("ls-files", "--stage", "-z", "--", *paths, extra=changes.own_index(repository)).stdout
    oids: dict[str, str] = {}
    for record in os.fsdecode(output).split("\0"):
        meta, _, path = record.partition("\t")
        if path:
            mode, oid, _ = meta.split()
            oids[spell(path)] = "" if mode == "160000" else oid
    return dict(zip(paths, read_blobs(repository, [oids.get(path, "") for path in paths]), strict=True))


def _disk(root: Path, path: str) -> bytes | None:
    try:
        return read_regular(os.fspath(root / path), _LARGEST)
    except (OSError, ValueError):  # a link, a pipe, or nothing that we may read
        return None


def _of_revision(tree: Revision, path: str) -> bytes | None:
    return next(data for _, data in tree.read_many((path,)))
