"""A scratch tree: the user's files, uncommitted ones included, where a patch is tried and commands may run."""

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import Final

from codeagent.domain.errors import Stale, UsageError
from codeagent.domain.patch import Patch, hex_digest
from codeagent.workspace import sandbox
from codeagent.workspace.git import Repository, enclosing
from codeagent.workspace.protection import Mode
from codeagent.workspace.refs import resolve_revision
from codeagent.workspace.scratch import repository as repositories
from codeagent.workspace.scratch import slots, states
from codeagent.workspace.scratch.listing import Listing, list_disk
from codeagent.workspace.scratch.mirror import Mirror
from codeagent.workspace.scratch.packages import linked
from codeagent.workspace.scratch.sources import Source, of_bytes, of_link

STARTUP: Final = Path(__file__).parent / "startup"
MOST: Final = 8 << 30  # bytes that all scratch trees together may take
_BUILT: Final = frozenset(("target", "build", "out", "dist", "obj", ".gradle", ".build", ".next", ".git"))


class Scratch:
    """One scratch tree. `path` is its root; nothing done here reaches the user's tree.

    Each of `reset`, `at_base`, `at_index` makes it hold a whole state again, whatever ran in it meanwhile;
    what was built (target, build, dist and the like) stays, so that the next build is short."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.root = root
        self.path = folder / (root.name or "root")
        self.temporary = slots.empty(folder / "tmp")
        self.startup = slots.empty(folder / "startup")
        self.caches = folder / "caches"  # of tools that cannot use the user's
        self.listing = Listing({}, {}, ())
        self.name = ""  # digest of the state it was last made to hold
        self._repository = enclosing(root)
        self._mirror = Mirror(self.path, folder / "record.json")
        self._tree: dict[str, Source] = {}
        self.path.mkdir(exist_ok=True)
        self.caches.mkdir(exist_ok=True)
        for file in (*STARTUP.glob("*.py"), *STARTUP.glob("*.mjs")):
            shutil.copyfile(file, self.startup / file.name)

    @property
    def packages(self) -> tuple[Path, ...]:
        """The folders of installed packages in the user's tree, which the scratch uses where they lie."""
        return tuple(self.root / folder for folder in self.listing.packages)

    @property
    def objects(self) -> Path | None:
        """The folder of git objects that the scratch's repository borrows; None without git."""
        return repositories.objects_of(self._repository) if self._repository else None

    def reset(self) -> None:
        """Hold the user's files as they are now: committed or not, untracked ones too."""
        self._look()
        self._make(self.listing.files)

    def at_base(self, revision: str = "HEAD") -> None:
        """Hold a commit's files, with the ignored ones of now. Raises UsageError: no git, no such revision."""
        repository = self._git()
        commit = resolve_revision(repository, revision)
        self._look()
        repositories.move_head(self.path, commit)
        self._make(states.of_commit(repository, commit, self.listing.files), f"commit {commit}")

    def at_index(self) -> None:
        """Hold what is staged."""
        repository = self._git()
        self._look()
        self._make(states.of_index(repository, self.listing.files))

    def apply(self, patch: Patch) -> None:
        """Change the files as a patch says. Raises Stale where it was computed from other files than these."""
        files = {}
        for path in {edit.path for edit in patch.edits}.union(patch.moves, patch.base):
            source = self._tree.get(path)
            if source is None or (data := source.read()) is None:
                raise Stale(f"{path} is not there any more", "compute the change again")
            if path in patch.base and patch.base[path] != hex_digest(data):
                raise Stale(f"{path} is not as it was when the change was computed", "compute the change again")
            files[path] = data
        modes = {new: self._tree[old].executable for old, new in patch.moves.items()}
        self.write(patch.apply(files), modes)

    def write(self, files: Mapping[str, bytes | None], executable: Mapping[str, bool] | None = None) -> None:
        """Set the content of files, None for those that are to go, and leave all others as they are."""
        tree = dict(self._tree)
        for path, data in files.items():
            _check(path)
            before = tree.pop(path, None)
            if data is not None:
                mode = (executable or {}).get(path, before.executable if before else False)
                same = before is not None and before.executable == mode and _holds(before, data)
                tree[path] = before if before is not None and same else of_bytes(data, executable=mode)
        self._make(tree)

    def read(self, path: str) -> bytes:
        """Return what the state says that a file holds. Raises OSError where it has none of that name."""
        source = self._tree.get(path)
        if source is None or source.link is not None:
            raise FileNotFoundError(path)
        return source.read()

    @property
    def files(self) -> frozenset[str]:
        """The paths of the state, without ignored ones."""
        return frozenset(self._tree)

    def run(
        self,
        argv: Sequence[str],
        *,
        folder: str = "",
        mode: Mode = Mode.AUTO,
        limits: sandbox.Limits | None = None,
        extra: Mapping[str, str] | None = None,
    ) -> sandbox.Ran:
        """Run a command in a folder of the scratch, shut in as far as `mode` says and the system allows.

        Whoever calls this has made sure that the user trusts the command. Raises NotPermitted, ProgramMissing."""
        told = {**self.environment(), **(extra or {})}
        place = self.path / folder
        return sandbox.run(
            argv, cwd=place, room=self.room(), mode=mode, limits=limits, extra={**told, "PWD": os.fspath(place)}
        )

    def room(self) -> sandbox.Room:
        """What commands may see: the scratch, also in the place of the user's tree, and installed packages."""
        objects = self.objects
        readable = [self.startup, *self.packages, *([objects] if objects else [])]
        root = self.root.resolve()
        return sandbox.Room((self.path, self.caches), tuple(readable), {root: self.path}, self.temporary)

    def environment(self) -> dict[str, str]:
        """Return what commands need to be told so that they work on the scratch and not on the user's tree."""
        root = os.fspath(self.root.resolve())
        return {
            "CODEAGENT_ORIGINAL": root,
            "CODEAGENT_SCRATCH": os.fspath(self.path),
            "CODEAGENT_PACKAGES": os.pathsep.join(map(os.fspath, self.packages)),
            "PYTHONPATH": os.pathsep.join([os.fspath(self.startup), *self._python_path(root)]),
            "PYTHONDONTWRITEBYTECODE": "1",  # two edits within a second would be mistaken for one
            "GOCACHE": os.fspath(self.caches / "go-build"),
        }

    def _python_path(self, root: str) -> Iterator[str]:
        for entry in filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep)):
            place = os.path.abspath(entry)
            inside = place == root or place.startswith(root + os.sep)
            yield os.fspath(self.path) + place[len(root) :] if inside else place

    def _look(self) -> None:
        self.listing = list_disk(self.root)
        if self._repository:
            repositories.borrow(self._repository, self.path)

    def _git(self) -> Repository:
        if self._repository is None:
            raise UsageError(f"{self.root} is in no git repository", "there is no base to compare with")
        return self._repository

    def _make(self, tree: Mapping[str, Source], name: str = "") -> None:
        self._tree = dict(tree)
        links = linked(self.root, self.path, self.listing.packages, tree)
        whole = {**self._ignored(), **tree, **links}
        self._mirror.make(whole, self._strangers(whole))
        self._mirror.keep()
        extra = self.listing.ignored if name else whole
        text = name + "".join(f"\0{path}\0{source.origin}" for path, source in sorted(extra.items()))
        self.name = blake2b(text.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()

    def _ignored(self) -> dict[str, Source]:
        """The ignored files; a link that names the user's tree, as builds make them, leads to the scratch."""
        root = os.fspath(self.root.resolve()) + os.sep
        found = dict(self.listing.ignored)
        for path, source in found.items():
            if source.link and source.link.startswith(root):
                found[path] = of_link(os.fspath(self.path / source.link[len(root) :]))
        return found

    def _strangers(self, whole: Mapping[str, Source]) -> Iterator[str]:
        """What lies in the scratch and is no part of the state; what was built is left alone."""
        packages = set(self.listing.packages)
        for place, folders, names in os.walk(self.path):
            below = os.path.relpath(place, self.path).replace(os.sep, "/")
            prefix = "" if below == "." else f"{below}/"
            links = [name for name in folders if os.path.islink(os.path.join(place, name))]
            for name in (*names, *links):
                if prefix + name not in whole:
                    yield prefix + name
            folders[:] = [
                name for name in folders if name not in links and name not in _BUILT and prefix + name not in packages
            ]


def _holds(source: Source, data: bytes) -> bool:
    """Whether a source is a file of this content: then the state goes by the same name as before."""
    try:
        return source.link is None and source.read() == data
    except OSError:  # it went away since it was listed
        return False


def _check(path: str) -> None:
    """Refuse paths that lead out of the tree or into its repository."""
    parts = path.split("/")
    if path.startswith("/") or "\0" in path or {"", ".", ".."}.intersection(parts) or ".git" in map(str.lower, parts):
        raise UsageError(f"{path!r} is no path of a file in the tree", "paths are relative to the root")


@contextmanager
def open_scratch(root: Path, cache: Path, *, most: int = MOST) -> Iterator[Scratch]:
    """Open a scratch tree of a root that holds the user's files as they are now.

    It lies under `cache`, is used again by later runs (only what differs is written), and gives way when all
    scratch trees together take more than `most` bytes. Processes that run at once get different ones."""
    slot = slots.take(cache, root)
    try:
        scratch = Scratch(root, slot.folder)
        scratch.reset()
        yield scratch
    finally:
        slots.empty(slot.folder / "tmp")
        slot.free()
        slots.shrink(cache, most)
