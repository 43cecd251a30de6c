"""Comments on a pull request: one that is kept up to date, and remarks at lines, each made once."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from codeagent.domain.finding import Finding
from codeagent.interfaces.github.outputs import cut
from codeagent.interfaces.github.rest import Api
from codeagent.interfaces.reviews.md import MARKER
from codeagent.interfaces.verdicts.md import plain

LARGEST: Final = 64 * 1024 - 1024  # bytes of one comment that GitHub takes, and some room
_FINGERPRINT: Final = re.compile(r"<!-- codeagent:([0-9a-f]{16}) -->")
_SETTLED: Final = "<!-- codeagent-settled -->"
_CUT: Final = "\n\n… the rest is in the step summary and the report.\n"
_ORDER: Final = {"error": 0, "warning": 1, "info": 2}

Lines = Mapping[str, Sequence[tuple[int, int]]]  # path -> first and last of the lines that a diff shows as new


@dataclass(frozen=True, slots=True)
class Remarked:
    """What was done about remarks at lines."""

    made: int = 0
    known: int = 0  # made by an earlier run
    settled: int = 0  # no longer so
    left_out: int = 0  # over the limit, or at lines that the diff does not show


def keep_comment(api: Api, number: int, body: str, *, worth: bool) -> str:
    """Write the one comment of a pull request anew: "made", "updated", "same", or "silent".

    Where there is none yet, one is only made if it is `worth` saying something."""
    login = api.login()
    text = cut(body if MARKER in body else f"{MARKER}\n{body}", LARGEST, _CUT)
    for comment in api.get(f"/issues/{number}/comments"):
        if MARKER in str(comment.get("body", "")) and _ours(comment, login):
            if _same(comment["body"], text):
                return "same"
            api.patch(f"/issues/comments/{comment['id']}", {"body": text})
            return "updated"
    if not worth:
        return "silent"
    api.post(f"/issues/{number}/comments", {"body": text})
    return "made"


def remark(api: Api, number: int, commit: str, findings: Iterable[Finding], lines: Lines, limit: int) -> Remarked:
    """Say new findings at their lines, the gravest first and at most `limit` in all; strike out what is settled."""
    there = _remarks(api, number)
    current = sorted(findings, key=lambda one: (_ORDER[one.severity], one.path, one.line))
    prints = {one.fingerprint for one in current}
    gone = [one for name, one in there.items() if name not in prints and _SETTLED not in one["body"]]
    for comment in gone:
        api.patch(f"/pulls/comments/{comment['id']}", {"body": _struck(comment["body"], commit)})
    fresh = [one for one in current if one.fingerprint not in there]
    fitting = [one for one in fresh if _shown(one, lines)]
    room = max(0, limit - (len(there) - len(gone)))
    chosen = fitting[:room]
    if chosen:
        body = {"commit_id": commit, "event": "COMMENT", "comments": [_comment(one) for one in chosen]}
        api.post(f"/pulls/{number}/reviews", body)
    return Remarked(len(chosen), len(current) - len(fresh), len(gone), len(fresh) - len(chosen))


def _remarks(api: Api, number: int) -> dict[str, dict[str, Any]]:
    """Our remarks at lines, by the fingerprint of what each is about."""
    found, login = {}, api.login()
    for comment in api.get(f"/pulls/{number}/comments"):
        match = _FINGERPRINT.search(str(comment.get("body", "")))
        if match and _ours(comment, login):
            found[match[1]] = comment
    return found


def _ours(comment: Mapping[str, Any], login: str | None) -> bool:
    """Whether we wrote it: anybody may quote a marker."""
    author = comment.get("user") or {}
    return author.get("login") == login if login else author.get("type") == "Bot"


def _same(old: str, new: str) -> bool:
    return old.replace("\r\n", "\n").strip() == new.strip()


def _struck(body: str, commit: str) -> str:
    return (
        f"{_SETTLED}\n**Settled** in {commit[:10]}.\n\n<details><summary>what it was</summary>\n\n{body}\n\n</details>"
    )


def _shown(finding: Finding, lines: Lines) -> bool:
    return any(first <= finding.line <= last for first, last in lines.get(finding.path, ()))


def _comment(finding: Finding) -> dict[str, Any]:
    body = (
        f"**{finding.severity}** `{finding.rule}`: {plain(finding.message)}\n\n<!-- codeagent:{finding.fingerprint} -->"
    )
    return {"path": finding.path, "line": finding.line, "side": "RIGHT", "body": body}
