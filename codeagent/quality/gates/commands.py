"""Gates that run a program in a scratch tree: a tool that reports findings, or a command that must end well."""

from codeagent.domain.errors import NotPermitted
from codeagent.domain.finding import Finding
from codeagent.domain.quality import GateResult, Status
from codeagent.quality.gates.change import Change
from codeagent.quality.gates.gate import Gate, broken, judged, new_ones, skipped
from codeagent.quality.gates.in_place import can_judge_in_place, judge_in_place
from codeagent.quality.gates.installed import placed, with_own_program
from codeagent.quality.gates.invoking import argv_of, homes, with_options
from codeagent.quality.gates.reading import Unreadable, read_findings
from codeagent.quality.gates.trees import put_after, put_before
from codeagent.quality.testing import copies
from codeagent.workspace.process import ProgramMissing
from codeagent.workspace.protection import Mode
from codeagent.workspace.sandbox import Limits, Ran
from codeagent.workspace.scratch import Scratch, open_scratch
from codeagent.workspace.trust import Runnable, require


def run_command(change: Change, gate: Gate) -> GateResult:
    """Run the gate's command on the tree after the change, and where it finds something on the one before: at the
    root, or in each of the projects below it that use the tool."""
    found = [_run_in(change, gate, home) for home in homes(change, gate)]
    if not found:
        return skipped(gate.name, f"this repository does not use {gate.command[0]}")
    return found[0] if len(found) == 1 else _joined(gate, found)


def _joined(gate: Gate, found: list[GateResult]) -> GateResult:
    """One result of those in several folders: what could not be judged in one of them is not judged."""
    ran = [one for one in found if one.status is not Status.SKIPPED] or found
    wrong = next((one for one in ran if one.status in (Status.BROKEN, Status.SKIPPED)), None)
    if wrong is not None:
        return wrong
    new = [row for one in ran for row in one.findings]
    existing = [row for one in ran for row in one.existing]
    return _with(judged(gate.name, new, existing, ran[0].facts), ran[0].command)


def _run_in(change: Change, gate: Gate, home: str) -> GateResult:
    gate = placed(change.root, with_own_program(change.root, gate, once=change.claims.trust), home)
    if gate.needs_trust:
        try:
            require(change.root, [Runnable(gate.command, home)], once=change.claims.trust)
        except NotPermitted as error:
            return broken(gate.name, f"{error.message}; {error.hint}", command=gate.command)
    try:
        if change.quick and can_judge_in_place(change, gate):
            return judge_in_place(change, gate, home)
        with open_scratch(change.root, change.config.cache_dir) as scratch:
            return _compared(change, gate, scratch, home)
    except ProgramMissing as error:
        if change.quick:
            return skipped(gate.name, f"{error.message}; codeagent gate calls that broken")
        return broken(gate.name, error.message, command=gate.command)
    except Unreadable as error:
        return broken(gate.name, str(error), command=gate.command)


def _compared(change: Change, gate: Gate, scratch: Scratch, home: str) -> GateResult:
    put_after(scratch, change)
    argv = argv_of(with_options(gate, change.read_after, home), change.after, home)
    if argv is None:
        return skipped(gate.name, "no file that it looks at is left")
    mode = Mode(change.config.sandbox)
    limits = Limits(seconds=gate.timeout)
    ran = scratch.run(argv, folder=home, mode=mode, limits=limits, extra=copies.told(scratch))
    after = _read(gate, ran, scratch, change, home)
    facts = {"protection": str(ran.protection)}
    if not after:
        return _with(judged(gate.name, (), facts=facts), argv)
    was_told = with_options(gate, change.read_before, home)
    old = None if change.whole else argv_of(was_told, change.before, home)
    before: list[Finding] = []
    if old is not None:
        put_before(scratch, change)
        was = scratch.run(old, folder=home, mode=mode, limits=limits, extra=copies.told(scratch))
        before = _read(gate, was, scratch, change, home)
    new, existing = new_ones(before, after)
    return _with(judged(gate.name, new, existing, facts), argv)


def _with(result: GateResult, argv: tuple[str, ...]) -> GateResult:
    return GateResult(result.gate, result.status, result.findings, result.existing, command=argv, facts=result.facts)


def _read(gate: Gate, ran: Ran, scratch: Scratch, change: Change, home: str) -> list[Finding]:
    def text_of(path: str) -> str | None:
        try:
            return (scratch.path / path).read_text(encoding="utf-8", errors="replace")
        except (OSError, ValueError):
            return None

    roots = (scratch.path, scratch.root.resolve())
    return list(read_findings(gate, ran.done, roots, text_of, change.files[0].path, home))
