"""Installed copies of a tree's own packages: what a Python is told to import the tree's, and what it says."""

import json
from collections.abc import Mapping
from contextlib import suppress

from codeagent.quality.testing import projects
from codeagent.quality.testing.report import Copied
from codeagent.quality.testing.runner import Files
from codeagent.workspace.scratch import Scratch

_ANSWER = "copies"


def told(scratch: Scratch) -> Mapping[str, str]:
    """Return what a command is told that may start a Python; what an earlier one answered is forgotten."""
    answer = scratch.caches / _ANSWER
    answer.unlink(missing_ok=True)
    sources = projects.told(Files(scratch.root, scratch.files, scratch.read))
    return {"CODEAGENT_SOURCES": sources, "CODEAGENT_COPIES": str(answer)} if sources else {}


def copied(scratch: Scratch) -> tuple[Copied, ...]:
    """Return the modules of which the last command had but a copy."""
    found: dict[Copied, None] = {}
    with suppress(OSError):
        for line in (scratch.caches / _ANSWER).read_text(encoding="utf-8").splitlines():
            with suppress(ValueError, KeyError, TypeError):  # two processes may have written at once
                one = json.loads(line)
                found[Copied(str(one["module"]), str(one["place"]), kept=one["kind"] == "kept")] = None
    return tuple(found)
