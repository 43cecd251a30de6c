"""The toolbox: every hand that a model or a client may be given, picked by what it may do."""

from collections.abc import Collection

from codeagent.domain.errors import NotPermitted
from codeagent.domain.tool import Effect, Tool
from codeagent.project import Project
from codeagent.tools.asking import questions
from codeagent.workflows.checking import checks
from codeagent.workflows.proposing import proposals


def toolbox(project: Project, effects: Collection[Effect]) -> dict[str, Tool]:
    """Return the tools of these effects by name, always in the same order: questions, `check`, proposals.

    Raises NotPermitted where WRITE is asked for: nobody who calls tools by name may write."""
    if Effect.WRITE in effects:
        raise NotPermitted("no tool that writes is handed out", "ask for READ and PROPOSE; `apply` alone writes")
    every = questions(project) | checks(project) | proposals(project)
    return {name: tool for name, tool in every.items() if tool.effect in effects}
