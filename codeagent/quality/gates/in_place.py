"""Tools that read one file from their input: run on the user's tree as it lies, with no scratch tree to be made."""

from codeagent.domain.finding import Finding
from codeagent.domain.quality import GateResult
from codeagent.quality.gates.change import Change, Contents
from codeagent.quality.gates.gate import Gate, judged, new_ones, skipped
from codeagent.quality.gates.invoking import files_for, safe, with_files, with_options
from codeagent.quality.gates.reading import read_findings
from codeagent.workspace import sandbox
from codeagent.workspace.protection import Mode
from codeagent.workspace.sandbox import Limits, Ran, Room


def can_judge_in_place(change: Change, gate: Gate) -> bool:
    """Tell whether a tool can read its input, and what the change leads to is what lies on disk."""
    files = files_for(gate, change.after)
    on_disk = all(change.differing.read(path) == change.after[path] for path in files)
    return bool(gate.words("stdin")) and on_disk and not change.differing.tip and not change.descent.tip


def judge_in_place(change: Change, gate: Gate, home: str = "") -> GateResult:
    """Compare what a tool says of the files on disk with what it says of the text that they had, file by file."""
    gate = with_options(gate, change.read_after, home)
    files = [path for path in files_for(gate, change.after, home) if path in change.by_path]
    if not files:
        return skipped(gate.name, "no file that it looks at is left")
    argv = with_files(gate, files, home)
    ran = _run(change, gate, argv, None, home)
    after = list(_read(change, gate, ran, change.after, home))
    before: list[Finding] = []
    for path in dict.fromkeys(one.path for one in after):
        old, source = change.old_path(path), change.before.get(change.old_path(path))
        if source is not None:
            (name,) = safe([old.removeprefix(f"{home}/") if home else old])
            words = [word.replace("{file}", name) for word in gate.words("stdin")]
            own = tuple(part for word in gate.command for part in (words if word == "{files}" else (word,)))
            before += _read(change, gate, _run(change, gate, own, source, home), change.before, home)
    new, existing = new_ones(before, after)
    result = judged(gate.name, new, existing, {"protection": str(ran.protection)})
    return GateResult(gate.name, result.status, result.findings, result.existing, command=argv, facts=result.facts)


def _run(change: Change, gate: Gate, argv: tuple[str, ...], source: bytes | None, home: str) -> Ran:
    room, limits = Room((), (change.root,)), Limits(seconds=gate.timeout)
    mode = Mode(change.config.sandbox)
    return sandbox.run(argv, cwd=change.root / home, room=room, mode=mode, limits=limits, stdin=source)


def _read(change: Change, gate: Gate, ran: Ran, contents: Contents, home: str) -> list[Finding]:
    def text_of(path: str) -> str | None:
        data = contents.get(path)
        return None if data is None else data.decode("utf-8", "replace")

    roots = (change.root, change.root.resolve())
    return list(read_findings(gate, ran.done, roots, text_of, change.files[0].path, home))
