"""The inputs of the action, as the workflow gives them: checked, because a typing error must not read as a yes."""

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from codeagent.domain.errors import UsageError

_CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "mode": ("review", "gate"),
    "fail-on": ("error", "warning", "never"),
    "tests": ("none", "impacted", "all"),
    "comment": ("sticky", "off"),
}


@dataclass(frozen=True, slots=True)
class Inputs:
    """What action.yml lets a workflow say; `args` are further options of the command."""

    mode: str
    base_ref: str
    fail_on: str
    tests: str
    comment: bool
    max_comments: int
    sarif_file: str
    report_file: str
    model: str
    max_cost: str
    baseline: str
    args: tuple[str, ...]
    token: str


def read_inputs(environ: Mapping[str, str]) -> Inputs:
    """Read the inputs from the variable that action.yml fills. Raises UsageError for a value that makes no sense."""
    try:
        given = json.loads(environ.get("CODEAGENT_ACTION", ""))
    except ValueError as error:
        raise UsageError("CODEAGENT_ACTION holds no inputs", "this module is run by action.yml") from error
    if not isinstance(given, dict) or not all(isinstance(one, str) for one in given.values()):
        raise UsageError("CODEAGENT_ACTION holds no inputs", "this module is run by action.yml")
    for name, choices in _CHOICES.items():
        if given.get(name, choices[0]) not in choices:
            raise UsageError(f"the input {name} is {given[name]!r}", f"one of: {', '.join(choices)}")
    return Inputs(
        mode=given.get("mode", "review"),
        base_ref=given.get("base-ref", ""),
        fail_on=given.get("fail-on", "error"),
        tests=given.get("tests", "none"),
        comment=given.get("comment", "sticky") == "sticky",
        max_comments=_number(given.get("max-comments", "10")),
        sarif_file=given.get("sarif-file", "") or "codeagent.sarif",
        report_file=given.get("report-file", "") or "codeagent-review.md",
        model=given.get("model", "").strip(),
        max_cost=given.get("max-cost", "").strip(),
        baseline=given.get("baseline", "").strip(),
        args=_words(given.get("args", "")),
        token=given.get("github-token", ""),
    )


def _number(text: str) -> int:
    if not re.fullmatch(r"\d{1,4}", text):
        raise UsageError(f"the input max-comments is {text!r}", "a number, such as 10")
    return int(text)


def _words(text: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(text))
    except ValueError as error:
        raise UsageError(f"the input args cannot be read: {error}", "write it as on a command line") from error
