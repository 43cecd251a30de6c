"""`codeagent init --hook`, `--push-hook` and `--remove-hook`: the change is shown, then made where it is wanted."""

import difflib
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec
import typer

from codeagent.interfaces.terminal import Format, Terminal, write_result
from codeagent.workflows.hooking import HookPlan, Kind, carry_out, plan_hook, plan_removal

_DONE = {"install": "wrote", "update": "wrote", "remove": "took out"}


def offer_hooks(
    root: Path, terminal: Terminal, kinds: Sequence[Kind], *, remove: bool, yes: bool, shape: Format
) -> None:
    """Show what would become of the hooks, and do it with `yes`, or once a person at a terminal agrees to each."""
    plans = plan_removal(root) if remove else [plan_hook(root, kind) for kind in kinds]
    documents = [_document(plan, _offered(plan, terminal, remove=remove, yes=yes, shape=shape)) for plan in plans]
    if shape is Format.JSON:
        told = {"schema_version": 1, "hooks": documents} if len(documents) > 1 else documents[0]
        write_result(msgspec.json.format(msgspec.json.encode(told)).decode())


def _offered(plan: HookPlan, terminal: Terminal, *, remove: bool, yes: bool, shape: Format) -> bool:
    """Show one plan and carry it out where that is wanted; whether it was."""
    changes = plan.action != "nothing"
    if shape is Format.TEXT and changes:
        write_result(_difference(plan))
        for note in plan.notes:
            terminal.remark(note)
    write = changes and (yes or (shape is Format.TEXT and _asked(plan)))
    if write:
        carry_out(plan)
    if shape is Format.TEXT:
        none = "no hook is there" if remove else "the hook is there, as it would be written"
        done = f"{_DONE[plan.action]} {plan.path}" if write else "nothing was written; --yes does it"
        terminal.remark(done if changes else f"{plan.path}: {none}")
    return write


def _document(plan: HookPlan, written: bool) -> dict[str, object]:
    return {
        "schema_version": 1,
        "path": str(plan.path),
        "action": plan.action,
        "written": written,
        "before": plan.before,
        "after": plan.after,
        "kept": str(plan.kept) if plan.kept else None,
        "notes": list(plan.notes),
    }


def _difference(plan: HookPlan) -> str:
    """The change as a diff, of the hook itself and of the one that is kept or comes back."""
    rows = list(_rows(plan.before, plan.after, str(plan.path)))
    if plan.kept is not None:
        moved = f"{plan.path} -> {plan.kept}" if plan.action == "install" else f"{plan.kept} -> {plan.path}"
        rows.insert(0, f"kept: {moved}")
    return "\n".join(rows)


def _rows(before: str | None, after: str | None, path: str) -> list[str]:
    old, new = ("/dev/null" if text is None else path for text in (before, after))
    return list(difflib.unified_diff((before or "").splitlines(), (after or "").splitlines(), old, new, lineterm=""))


def _asked(plan: HookPlan) -> bool:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    return typer.confirm(f"{plan.action.capitalize()} {plan.path}?", err=True)
