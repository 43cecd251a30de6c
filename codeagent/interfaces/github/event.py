"""What started the workflow: the event that GitHub describes in a file and in variables."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from codeagent.domain.errors import NotPermitted, UsageError

_TRUSTED: Final = ("OWNER", "MEMBER", "COLLABORATOR")
_SHA: Final = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_NOTHING: Final = re.compile(r"0+")  # what a push names as `before` where there was no branch
_REPOSITORY: Final = re.compile(r"[\w.-]+/[\w.-]+")
_LARGEST: Final = 32 << 20  # bytes


@dataclass(frozen=True, slots=True)
class Happening:
    """One event. `base` and `head` are commits; `base` is empty where nothing was before.

    `number` is the pull request's, 0 for a push. `trusted`: somebody with write access made it, from here."""

    name: str
    repository: str  # OWNER/NAME
    base: str
    head: str
    number: int = 0
    fork: bool = False
    trusted: bool = False


def read_happening(environ: Mapping[str, str]) -> Happening:
    """Read the event. Raises UsageError where the variables or the file are not as GitHub makes them, and NotPermitted
    for a pull_request_target that has somebody else's code checked out."""
    name, repository = environ.get("GITHUB_EVENT_NAME", ""), environ.get("GITHUB_REPOSITORY", "")
    if not name or not _REPOSITORY.fullmatch(repository):
        raise UsageError("this is no GitHub workflow: GITHUB_EVENT_NAME and GITHUB_REPOSITORY tell nothing", _HINT)
    event = _payload(environ.get("GITHUB_EVENT_PATH", ""))
    if name in ("pull_request", "pull_request_target"):
        return _pull_request(name, repository, event)
    head = environ.get("GITHUB_SHA", "")
    if name == "push":
        before = str(event.get("before", ""))
        return Happening(name, repository, "" if _NOTHING.fullmatch(before) else _sha(before), _sha(head), trusted=True)
    if name == "merge_group":
        group = event.get("merge_group", {})
        return Happening(name, repository, _sha(group.get("base_sha")), _sha(group.get("head_sha")), trusted=True)
    return Happening(name, repository, "", _sha(head), trusted=True)


_HINT: Final = "run it as a step of a workflow; elsewhere use codeagent review"


def _pull_request(name: str, repository: str, event: Mapping[str, Any]) -> Happening:
    pull = event.get("pull_request")
    if not isinstance(pull, dict) or not isinstance(pull.get("number"), int):
        raise UsageError(f"the event file describes no pull request, although the event is {name}", _HINT)
    head, base = pull.get("head") or {}, pull.get("base") or {}
    source = (head.get("repo") or {}).get("full_name")  # None where the fork was deleted
    fork = source != repository
    if name == "pull_request_target":
        raise NotPermitted(
            "pull_request_target gives this repository's rights to code that anybody may have sent",
            "use `on: pull_request`; codeagent needs no secret to review a fork",
        )
    person = (pull.get("user") or {}).get("type", "User") == "User"
    trusted = person and not fork and pull.get("author_association") in _TRUSTED
    return Happening(name, repository, _sha(base.get("sha")), _sha(head.get("sha")), pull["number"], fork, trusted)


def _payload(path: str) -> Mapping[str, Any]:
    try:
        if Path(path).stat().st_size > _LARGEST:
            raise UsageError(f"the event file is too large: {path}", _HINT)
        event = json.loads(Path(path).read_bytes())
    except (OSError, ValueError) as error:
        raise UsageError(f"the event file cannot be read: {path or 'GITHUB_EVENT_PATH is not set'}", _HINT) from error
    if not isinstance(event, dict):
        raise UsageError(f"the event file holds no event: {path}", _HINT)
    return event


def _sha(text: object) -> str:
    if not isinstance(text, str) or not _SHA.fullmatch(text):
        raise UsageError(f"the event names no commit where one is due: {str(text)[:60]!r}", _HINT)
    return text
