"""How every conversation begins: the rules first, which stay the same from run to run, then what is wanted."""

from collections.abc import Iterable

from codeagent.agent.fencing import Fence
from codeagent.agent.instructions import Instruction, tell
from codeagent.agent.prompts import render
from codeagent.agent.skills import Skill, catalogue
from codeagent.domain.run import Message


def opening(
    seed: str,
    duty: str,
    task: str,
    *,
    told: Iterable[Instruction] = (),
    skills: Iterable[Skill] = (),
    before: Iterable[Message] = (),
) -> tuple[Message, ...]:
    """The first messages of a conversation; `seed`: that of the run's log.

    `duty`: who the model is, in one sentence; `task`: a rendered prompt, in which what others wrote is fenced;
    `told`: what the repository tells agents; `skills`: those that `skill_tool` may be asked for;
    `before`: what was said before this task."""
    fence = Fence(seed)
    rules = render("system", duty=duty, mark=fence.mark())
    parts = (tell(told, fence), catalogue(skills), task)
    task_message = Message("user", "\n\n".join(part for part in parts if part))
    return (Message("system", rules, mark=True), *before, task_message)
