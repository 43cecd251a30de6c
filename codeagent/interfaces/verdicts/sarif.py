"""A verdict as SARIF 2.1.0, with fingerprints by which alerts are found again after lines move."""

from typing import Any, Final
from urllib.parse import quote

import msgspec

from codeagent import __version__
from codeagent.domain.finding import Finding
from codeagent.domain.quality import GateResult, Status, Verdict

_LEVELS: Final = {"error": "error", "warning": "warning", "info": "note"}
_RANK: Final = {"error": 0, "warning": 1, "info": 2}
LIMIT: Final = 5000  # results of one run that GitHub takes in
_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"


def as_sarif(verdict: Verdict, category: str = "gate") -> str:
    """Return the document; `category` tells its run from others of this tool.

    What is let pass is there as suppressed, what was there before as unchanged."""
    rows = [(one, result, "new") for result in verdict.results for one in result.findings]
    rows += [(one, result, "unchanged") for result in verdict.results for one in result.existing]
    rows.sort(key=lambda row: (row[2] != "new", _RANK[row[0].severity]))
    results = [_result(finding, result.gate, state) for finding, result, state in rows[:LIMIT]]
    for one in verdict.waived:
        suppression = {"kind": "external", "justification": f"{one.reason}: {one.note} ({one.origin})"}
        results.append(_result(one.finding, "", "new") | {"suppressions": [suppression]})
    rules = sorted({result["ruleId"] for result in results})
    driver = {
        "name": "codeagent",
        "version": __version__,
        "informationUri": "https://pypi.org/project/codeagent/",
        "rules": [{"id": rule, "name": rule} for rule in rules],
    }
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"codeagent/{category}/"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "the root of the repository"}}},
        "invocations": [_invocation(verdict)],
        "results": results,
    }
    document = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode()


def _invocation(verdict: Verdict) -> dict[str, Any]:
    broken = [result for result in verdict.results if result.status is Status.BROKEN]
    notices = [_notice(result) for result in broken]
    return {"executionSuccessful": not broken, "toolExecutionNotifications": notices}


def _notice(result: GateResult) -> dict[str, Any]:
    return {"level": "error", "message": {"text": f"the gate {result.gate} is broken: {result.reason}"}}


def _result(finding: Finding, gate: str, state: str) -> dict[str, Any]:
    region = {"startLine": max(1, finding.line)}
    if finding.end_line:
        region["endLine"] = max(finding.end_line, finding.line)
    return {
        "ruleId": finding.rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": finding.message},
        "locations": [{"physicalLocation": {"artifactLocation": _uri(finding.path), "region": region}}]
        if finding.path
        else [],
        "relatedLocations": [
            {"physicalLocation": {"artifactLocation": _uri(path), "region": {"startLine": max(1, line)}}}
            for path, line in finding.related
        ],
        "partialFingerprints": {"codeagent/v1": finding.fingerprint, "primaryLocationLineHash": finding.fingerprint},
        "baselineState": state,
        "properties": {"gate": gate, "certainty": str(finding.certainty)},
    }


def _uri(path: str) -> dict[str, str]:
    return {"uri": quote(path.encode("utf-8", "surrogateescape")), "uriBaseId": "%SRCROOT%"}
