"""`gate` and `check`: a change in, the verdict of the gates out."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

from codeagent.config import SANDBOXES, Config, Layer, project_layers
from codeagent.domain.counting import counted
from codeagent.domain.diff import FileDiff, apply_diff, read_diff
from codeagent.domain.errors import UsageError
from codeagent.domain.quality import Verdict
from codeagent.quality.gates import comparing
from codeagent.quality.gates.change import Change, Claims
from codeagent.quality.gates.gate import Gate
from codeagent.quality.gates.judge import Memory, chosen, judge, ordered
from codeagent.quality.gates.settings import load_gates
from codeagent.quality.gates.waivers import Waiver, meant, read_waivers
from codeagent.retrieval.unresolved import in_doubt
from codeagent.workflows.concerning import concerned
from codeagent.workflows.trusting import PROJECT_FILES, own_waivers, pass_of
from codeagent.workspace import trust
from codeagent.workspace.git import enclosing
from codeagent.workspace.letpass import log_waived
from codeagent.workspace.marks import name_reason
from codeagent.workspace.submodules import Pointer
from codeagent.workspace.underway import underway

Say = Callable[[str, int, int], None]
_ALONE = ("parse", "tests")  # what they find is wrong, whatever was there before


@dataclass(frozen=True, slots=True)
class Request:
    """Which change is to be judged, and by which gates.

    One of `base` (a revision, or a range A..B), `staged`, `patch` (the text of a diff) and `whole` (all files on disk,
    or of the commit `tip`, by the gates that need nothing to compare with) names the change; none of them: the files on
    disk against HEAD.
    `only` names gates or families; `fast` leaves out all that is slow."""

    base: str | None = None
    staged: bool = False
    patch: bytes | None = None
    only: tuple[str, ...] = ()
    fast: bool = False
    files: tuple[str, ...] = ()  # judge these paths of the change alone
    claims: Claims = field(default_factory=Claims)
    waivers: tuple[Waiver, ...] = ()
    whole: bool = False
    tip: str = ""


def gate(root: Path, request: Request, config: Config, say: Say | None = None) -> Verdict:
    """Judge a change of the repository at `root`.

    Raises UsageError for a change that cannot be read: no git, an unknown revision, a patch that does not apply."""
    change = change_of(root, request, config)
    verdict = gate_change(change, request, config, say)
    verdict = logged(root, verdict)
    return replace(verdict, notes=(*verdict.notes, *_remarks(change, request.tip)))


def logged(root: Path, verdict: Verdict) -> Verdict:
    """Log what waivers let pass; a verdict that says so where that could not be done."""
    unlogged = log_waived(root, verdict.base, verdict.waived)
    return replace(verdict, notes=(*verdict.notes, unlogged)) if unlogged else verdict


def gate_change(
    change: Change, request: Request, config: Config, say: Say | None = None, memory: Memory | None = None
) -> Verdict:
    """Judge a change that is at hand by the gates and waivers of a request; what `memory` knows is not run again."""
    change.concerned = cache(partial(tests_of, change))
    change.config = _shut_in_as_before(change, config)
    gates, notes = gates_for(change, request, config)
    verdict = judge(change, gates, waivers_for(change, request, config), say, memory)
    return replace(verdict, notes=(*verdict.notes, *config.notes, *notes))


def waivers_for(change: Change, request: Request, config: Config) -> tuple[Waiver, ...]:
    """Return the waivers that count: the user's, and those that a trusted repository had before the change."""
    heeded = [table for table in _waivers_before(change) if trust.heeded(change.root, pass_of(table))]
    own = read_waivers({**table, "origin": f"{table['origin']} before the change"} for table in heeded)
    given = meant(request.waivers, load_gates(config, _settings_before(change))[0])
    return (*given, *read_waivers(config.waivers), *own)


def gates_for(change: Change, request: Request, config: Config) -> tuple[dict[str, Gate], tuple[str, ...]]:
    """Return the gates that a request asks for, in their order, and notes on their settings."""
    gates, notes = load_gates(config, _settings_before(change))
    notes = (*notes, *(f"{path} was judged by its name alone: the patch does not hold it" for path in change.untold))
    found = chosen(ordered(gates), request.only)
    if request.whole and not request.only:
        found = {name: one for name, one in found.items() if name in _ALONE}
    if request.fast and not request.only:
        found = {name: one for name, one in found.items() if one.fast}
    return found, notes


def change_of(root: Path, request: Request, config: Config) -> Change:
    """Return the change that a request names; errors as `gate`."""
    if sum((request.base is not None, request.staged, request.patch is not None, request.whole)) > 1:
        raise UsageError("name the change once", "one of --base, --staged and --patch")
    claims = request.claims
    if request.patch is not None:
        change = _patched(root, request.patch, config, claims)
    elif request.whole:
        change = comparing.whole(root, config, claims, request.tip)
    elif request.staged:
        change = comparing.staged(root, config, claims)
    elif request.base is not None and ".." in request.base:
        change = comparing.between(root, config, claims, request.base)
    else:
        change = comparing.on_disk(root, config, claims, request.base)
    change.concerned = cache(partial(tests_of, change))
    change.quick = request.fast
    change.config = _shut_in_as_before(change, config)
    return narrowed(change, request.files) if request.files else change


def _patched(root: Path, patch: bytes, config: Config, claims: Claims) -> Change:
    """The change that a diff of the files on disk makes, submodules included."""
    files = read_diff(patch)
    links = tuple(Pointer(one.new or one.old or "", *one.commits) for one in files if one.link)
    after, moves = apply_diff([one for one in files if not one.link], comparing.reader(root))
    change = comparing.proposed(root, config, claims, after, moves)
    change.pointers = lambda: links
    change.untold = tuple(_untold(files))
    return change


def _untold(files: Iterable[FileDiff]) -> Iterator[str]:
    """The files that a diff says nothing of but that they differ. Raises UsageError for one that a gate would read."""
    for one in files:
        path = one.new or ""
        if not (one.untold and path):
            continue
        if name_reason(path.rpartition("/")[2]) != "binary":
            raise UsageError(
                f"the patch says that {path} differs, and holds none of what it says",
                "git diff --binary writes it, for a file that git takes for text git diff --text",
            )
        yield path


def tests_of(change: Change) -> tuple[frozenset[str] | None, str]:
    """Return the test files to run (None: all), and in words which those are."""
    if change.claims.tests == "all":
        return None, "all"
    found = concerned(change)
    if found.everything:
        return None, f"all: {found.everything}"
    why = f"{counted(len(found.files), 'test file')} that the change may concern"
    return frozenset(found.files), "; ".join((why, *in_doubt(found.unresolved)))


def narrowed(change: Change, files: Iterable[str]) -> Change:
    """Return the change with only these paths told as differing; folders stand for what is in them."""
    wanted = tuple(Path(path).as_posix().removeprefix("./").rstrip("/") for path in files)
    change.files = tuple(
        file
        for file in change.files
        if any(one in ("", ".", file.path, file.old_path) or file.path.startswith(one + "/") for one in wanted)
    )
    return change


def _settings_before(change: Change) -> list[Layer]:
    """What the project's settings said of gates before the change, where it touches them."""
    layers = [(layer, layer.values.get("gates")) for layer in _project_before(change)]
    return [
        replace(layer, origin=f"{layer.origin} before the change", values=gates)
        for layer, gates in layers
        if isinstance(gates, dict)
    ]


def _waivers_before(change: Change) -> Iterator[Mapping[str, Any]]:
    """What the project's own settings waive in the tree before the change; the user has to trust each."""
    return own_waivers(change.read_before)


def _project_before(change: Change) -> list[Layer]:
    """The project's settings files before the change, where it touches them."""
    return [project_layers(source, name) for name in PROJECT_FILES if (source := change.before.get(name))]


def _shut_in_as_before(change: Change, config: Config) -> Config:
    """The settings, with the sandbox that the project wanted before a change that wants less."""
    if config.origins["sandbox"] == "--set" or config.origins["sandbox"].startswith("CODEAGENT_"):
        return config
    was = [layer.values.get("sandbox") for layer in _project_before(change)]
    return replace(
        config, sandbox=max([config.sandbox, *(one for one in was if one in SANDBOXES)], key=SANDBOXES.index)
    )


def _remarks(change: Change, tip: str) -> tuple[str, ...]:
    if change.whole:
        seen = f"the files of {tip[:10]}" if tip else "the files on disk"
        return (f"all of it is new, so nothing could be compared: {seen} were parsed and tested",)
    if not change.files:
        return ("nothing changed: there was nothing to judge",)
    repository = enclosing(change.root)
    what = underway(repository) if repository else ""
    return (f"{what} is in progress: the change is told against its current commit",) if what else ()
