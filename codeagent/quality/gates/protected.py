"""protected: files that decide what is checked (gates, CI, hooks) or what runs (lockfiles, submodules), touched."""

from collections.abc import Iterator
from typing import Final

from codeagent.domain.finding import Finding
from codeagent.domain.quality import GateResult
from codeagent.quality.gates.baseline import BASELINE
from codeagent.quality.gates.change import Change
from codeagent.quality.gates.gate import found, judged
from codeagent.quality.gates.policies import POLICY_FILES, policy
from codeagent.workspace import changes
from codeagent.workspace.ignoring import Rules

_PASS: Final = "a person can let it pass by --waive protected=intended:WHY"


def protected(change: Change) -> GateResult:
    """Find touched paths under protection; of a shared manifest only the tables that steer checks count.

    The baseline may shrink; that it does not grow is for `tamper` to see."""
    gate = change.gate("protected")
    rules = Rules().adding("", "\n".join(gate.words("paths")).encode())
    allowed = Rules().adding("", "\n".join(change.claims.allowed).encode())
    findings = []
    for file in change.files:
        for path in dict.fromkeys((file.path, file.old_path)):
            if path != BASELINE and rules.verdict(path) and not allowed.verdict(path):
                message = f"it decides what is checked or what runs; {_PASS}"
                findings.append(found("protected-path", message, path, anchor="path"))
    findings += [one for file in change.files if not allowed.verdict(file.path) for one in _steering(change, file)]
    for one in change.pointers():
        if not allowed.verdict(one.path):
            message = f"{one.told}: what it holds runs, and is not judged here; {_PASS}"
            findings.append(found("protected-submodule", message, one.path, anchor="path"))
    return judged("protected", findings)


def _steering(change: Change, file: changes.Change) -> Iterator[Finding]:
    """Tables of a manifest that others share, such as [tool.ruff] in pyproject.toml, where they are not as before."""
    if file.path.rpartition("/")[2] not in POLICY_FILES:
        return
    old = policy(file.old_path, change.source_before(file.path)) or {}
    new = policy(file.path, change.source_after(file.path))
    if new is None:
        yield found("protected-settings", "its settings cannot be read any more", file.path)
        return
    for table in sorted(old.keys() | new.keys()):
        was, now = old.get(table, {}), new.get(table, {})
        keys = sorted(key for key in was.keys() | now.keys() if was.get(key) != now.get(key))
        if keys:
            message = f"the settings of {table} change: {', '.join(keys[:4])}; {_PASS}"
            yield found("protected-settings", message, file.path, anchor=table)
