"""How every conversation begins: the rules first, which stay the same for a whole run, then what is wanted."""

from codeagent.agent.fencing import Fence
from codeagent.agent.prompts import render
from codeagent.domain.run import Message


def opening(run: str, duty: str, task: str) -> tuple[Message, ...]:
    """The first messages of a conversation of the run `run`.

    `duty`: who the model is, in one sentence; `task`: a rendered prompt, in which what others wrote is fenced."""
    rules = render("system", duty=duty, mark=Fence(run).mark())
    return (Message("system", rules, mark=True), Message("user", task))
