"""`--hook` of `check` and `gate`: the requests that the hook which started us stands for."""

import os
import stat
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from codeagent.domain.errors import UsageError
from codeagent.domain.quality import Verdict
from codeagent.workflows.gate import Request
from codeagent.workflows.hooked import Hooked, asked_by_hook, is_pushing

Named = tuple[str, Request]  # what is pushed where it is one of several, and what is to be judged
NOTHING = Verdict("nothing", (), notes=("nothing that is pushed is new there: there was nothing to judge",))


def requests_of(root: Path, hook: bool, request: Request) -> list[Named]:
    """Return a request for each change that a hook is about, otherwise as the one given; without a hook that one."""
    if not hook:
        return [("", request)]
    if request.base is not None or request.staged:
        raise UsageError("name the change once", "--hook finds out itself what is to be judged")
    found = asked_by_hook(root, os.environ, _told())
    return list(_named(found, request))


def _named(found: tuple[Hooked, ...], request: Request) -> Iterator[Named]:
    for one in found:
        asked = replace(request, base=one.base, staged=one.staged, whole=one.whole, tip=one.tip)
        yield one.ref if len(found) > 1 else "", asked


def _told() -> str | None:
    """What git tells its pre-push hook; None where it does not start us as one, and nothing may ever come."""
    if not is_pushing(os.environ) or not stat.S_ISFIFO(os.fstat(0).st_mode):
        return None
    return sys.stdin.buffer.read().decode("utf-8", "replace")
