"""What a change is compared with, in a checkout that may lack it: a shallow one, a forced push, a first commit."""

import sys
from pathlib import Path
from typing import Final

from codeagent.domain.errors import UsageError
from codeagent.interfaces.github.event import Happening
from codeagent.interfaces.github.inputs import Inputs
from codeagent.interfaces.verdicts.github import data
from codeagent.workspace.git import Repository, enclosing, find_root
from codeagent.workspace.refs import is_shallow, is_there, resolve_revision

_DEEPER: Final = "give actions/checkout `fetch-depth: 0`"


def checkout() -> Repository:
    """Return the repository that is checked out here. Raises UsageError where there is none."""
    repository = enclosing(find_root(Path.cwd()))
    if repository is None:
        raise UsageError("the working directory is in no git repository", "check the repository out first")
    return repository


def base_of(repository: Repository, inputs: Inputs, happening: Happening) -> str:
    """Return the commit that a change is compared with, "" where nothing was before it.

    Raises UsageError for one that is not in the checkout."""
    wanted = inputs.base_ref or happening.base
    if wanted and is_there(repository, wanted):
        return wanted
    if wanted and (inputs.base_ref or happening.number or is_shallow(repository)):
        raise UsageError(f"the commit to compare with is not in this checkout: {wanted}", _DEEPER)
    parent = f"{resolve_revision(repository, happening.head)}~1"
    if not is_there(repository, parent):
        if is_shallow(repository):
            raise UsageError("the commit before this one is not in this checkout", _DEEPER)
        return ""
    if wanted:
        notice("what was pushed before is no more, as after a forced push: the last commit alone is judged")
    return parent


def notice(text: str) -> None:
    """Say something where GitHub shows what happened."""
    sys.stdout.write(f"::notice title=codeagent::{data(text)}\n")
