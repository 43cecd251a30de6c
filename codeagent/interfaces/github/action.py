"""The action: one run of a command, and what it found told as outputs, summary, annotations and comments."""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from codeagent.domain.code import Certainty
from codeagent.domain.errors import CodeAgentError, UsageError
from codeagent.domain.finding import Finding, Severity
from codeagent.interfaces.cli import run
from codeagent.interfaces.failures import EXIT_CODES, report
from codeagent.interfaces.github.base import base_of, checkout, notice
from codeagent.interfaces.github.comments import Lines, keep_comment, remark
from codeagent.interfaces.github.event import Happening, read_happening
from codeagent.interfaces.github.inputs import Inputs, read_inputs
from codeagent.interfaces.github.outputs import write_outputs, write_summary
from codeagent.interfaces.github.rest import Api
from codeagent.interfaces.plans.md import as_markdown
from codeagent.interfaces.terminal import Terminal
from codeagent.interfaces.verdicts.github import data
from codeagent.plans.reading import load_plan
from codeagent.workspace.changes import between
from codeagent.workspace.git import find_root

_JUDGED: Final = (0, 1)  # exit codes that come with a result
_NOTHING: Final = -1  # where no command was run
_EMPTY: Final[Mapping[str, Any]] = {"findings": (), "existing": ()}


@dataclass(frozen=True, slots=True)
class Result:
    """What the command said: its exit code, its JSON document, and its report for people."""

    code: int
    document: Mapping[str, Any]
    markdown: str

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The new findings."""
        rows = self.document.get("findings")
        if rows is None:  # of a gate's verdict
            rows = [row for gate in self.document["results"] for row in gate["findings"]]
        return tuple(map(_finding, rows))

    @property
    def existing(self) -> int:
        """How many findings were there before."""
        rows = self.document.get("existing")
        return len(rows) if rows is not None else sum(len(gate["existing"]) for gate in self.document["results"])


def main(environ: Mapping[str, str] = os.environ) -> int:
    """Run the step; return its exit code. Nothing escapes as a traceback."""
    try:
        return _step(environ)
    except (Exception, KeyboardInterrupt) as error:
        if isinstance(error, CodeAgentError):
            said = f"{error.message}; {error.hint}" if error.hint else error.message
            sys.stdout.write(f"::error title=codeagent::{data(said)}\n")
        write_outputs(environ, {"conclusion": "failure"})
        return report(error, Terminal())


def _step(environ: Mapping[str, str]) -> int:
    inputs, happening = read_inputs(environ), read_happening(environ)
    repository = checkout()
    base = base_of(repository, inputs, happening)
    if not base:
        notice("the first commit has nothing before it, so there is nothing to review")
        write_outputs(environ, {**_outputs(inputs, Result(_NOTHING, _EMPTY, "")), "conclusion": "success"})
        return 0
    range_ = f"{base}...{happening.head}"
    for note in _withheld(inputs, happening):
        notice(note)
    result = _judged(inputs, happening, range_, base)
    if result.code not in _JUDGED:
        why = (
            f"the change could not be judged ({EXIT_CODES.get(result.code, 'unknown')}): the log of this step says why"
        )
        sys.stdout.write(f"::error title=codeagent::{data(why)}\n")
        write_outputs(environ, _outputs(inputs, result))
        return result.code
    lines = {change.path: change.new_lines for change in between(repository, range_)}
    plan = _plan(lines)
    write_outputs(environ, {**_outputs(inputs, result), "plan-file": plan[0]})
    write_summary(environ, result.markdown + plan[1])
    if inputs.comment and happening.number:
        _comment(environ, inputs, happening, result, lines)
    return result.code


def _withheld(inputs: Inputs, happening: Happening) -> list[str]:
    if inputs.model and not happening.trusted:
        return ["no model was asked: the change comes from a fork, a bot, or somebody without write access"]
    return []


def _judged(inputs: Inputs, happening: Happening, range_: str, base: str) -> Result:
    document = Path(f"{inputs.report_file}.json")
    words = [inputs.mode, "--base", range_, "--settings-from", base, "--tests", inputs.tests, "--format", "github"]
    for target in ("-", inputs.report_file, inputs.sarif_file, str(document)):
        words += ["-o", target]
    if inputs.tests != "none":
        words.append("--trust")
    if inputs.mode == "review":
        words += ["--fail-on", inputs.fail_on, *(["--baseline", inputs.baseline] if inputs.baseline else [])]
        if inputs.model and happening.trusted:
            words += ["--model", inputs.model, *(["--max-cost", inputs.max_cost] if inputs.max_cost else [])]
    code = run([*words, *inputs.args])
    if code not in _JUDGED:
        return Result(code, _EMPTY, "")
    found = json.loads(document.read_bytes())
    if inputs.mode == "gate" and inputs.fail_on == "never":
        code = 0
    return Result(code, found, Path(inputs.report_file).read_text(encoding="utf-8"))


def _outputs(inputs: Inputs, result: Result) -> dict[str, str]:
    new = len(result.findings)
    usage = result.document.get("usage") or {}
    cost = usage.get("cost", "unknown") if usage else ""
    judged = result.code in _JUDGED
    return {
        "conclusion": "success" if result.code == 0 else "failure",
        "findings": str(new + result.existing),
        "new-findings": str(new),
        "sarif-file": str(Path(inputs.sarif_file).resolve()) if judged else "",
        "report-file": str(Path(inputs.report_file).resolve()) if judged else "",
        "cost-usd": "unknown" if cost is None else str(cost),
    }


def _comment(environ: Mapping[str, str], inputs: Inputs, happening: Happening, result: Result, lines: Lines) -> None:
    """Tell the pull request; a token that may not write is no reason to fail the review."""
    if not inputs.token:
        return
    api = Api(environ.get("GITHUB_API_URL", "https://api.github.com"), happening.repository, inputs.token)
    grave = [one for one in result.findings if one.severity is not Severity.INFO]
    try:
        keep_comment(api, happening.number, result.markdown, worth=bool(result.findings) or result.code != 0)
        if inputs.max_comments:
            remark(api, happening.number, happening.head, grave, lines, inputs.max_comments)
    except CodeAgentError as error:
        hint = "a fork's token cannot write; the report is in the step summary" if happening.fork else error.hint
        sys.stdout.write(f"::warning title=codeagent::{data(f'{error.message}; {hint}')}\n")


def _plan(lines: Lines) -> tuple[str, str]:
    """The first plan among the changed files, and its picture; nothing where none is one."""
    root = find_root(Path.cwd())
    for path in lines:
        if path.endswith((".yaml", ".yml", ".json")) and (root / path).is_file():
            try:
                return path, f"\n{as_markdown(load_plan(root / path))}"
            except UsageError:
                continue
    return "", ""


def _finding(row: Mapping[str, Any]) -> Finding:
    return Finding(
        row["rule"],
        Severity(row["severity"]),
        row["message"],
        row["path"],
        row["line"],
        row.get("symbol"),
        row["fingerprint"],
        Certainty(row.get("certainty", "exact")),
    )
