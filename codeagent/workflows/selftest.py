"""`gates selftest`: feeds every gate what it must block and what it must let pass."""

import tempfile
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codeagent.config import data_folder, load_config
from codeagent.domain.quality import Status
from codeagent.quality.gates import GATES
from codeagent.quality.gates.change import Claims
from codeagent.quality.gates.comparing import proposed
from codeagent.quality.gates.judge import judge
from codeagent.quality.gates.settings import load_gates
from codeagent.workspace.planted import plant


@dataclass(frozen=True, slots=True)
class Trial:
    """One canary: whether the gate should block it, and what it said."""

    gate: str
    title: str
    bad: bool
    status: str
    said: str
    needs: str = ""  # a tool of others, without which the gate judges nothing

    @property
    def absent(self) -> bool:
        """Whether the tool that it needs is not there."""
        return bool(self.needs) and self.status == Status.SKIPPED

    @property
    def ok(self) -> bool:
        """Whether the gate still does what it is there for, as far as that can be tried here."""
        return self.absent or self.status == (Status.FAILED if self.bad else Status.PASSED)


def selftest() -> Iterator[Trial]:
    """Try every gate on its canaries; one without any is a failed trial."""
    folder = data_folder("quality") / "canaries"
    for gate in GATES:
        file = folder / f"{gate}.toml"
        table = tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
        for kind in ("bad", "good"):
            for canary in table.get(kind, ()):
                yield _try(gate, canary, bad=kind == "bad")
            if not table.get(kind):
                yield Trial(gate, f"no {kind} canary", kind == "bad", "missing", "")


def _try(name: str, canary: dict[str, Any], *, bad: bool) -> Trial:
    with tempfile.TemporaryDirectory(prefix="codeagent-canary-") as place:
        root = Path(place).resolve() / "tree"
        root.mkdir()
        files = {**canary["before"], "codeagent.toml": canary.get("settings", "")}
        for path, text in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text, encoding="utf-8")
        if "branches" in canary:
            plant(root, files, canary["branches"])
        config = load_config(root, {"cache_dir": f"{place}/cache"})
        claims = Claims(
            canary.get("refactor", False),
            tuple(canary.get("allowed", ())),
            canary.get("message"),
            tuple(canary.get("red_first", ())),
            trust=canary.get("trust", False),  # what canaries run is our own
        )
        change = proposed(root, config, claims, {path: text.encode() for path, text in canary["after"].items()})
        result = judge(change, {name: load_gates(config)[0][name]}).results[0]
    said = result.reason or "; ".join(finding.message for finding in result.findings)
    return Trial(name, canary["title"], bad, str(result.status), said, canary.get("needs", ""))
