"""Several conversations at once: each explorer looks at its own part, and what they say is put in a fixed order."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Final

from codeagent.agent.conversation import room_of, tool_tokens
from codeagent.agent.crew import Crew
from codeagent.agent.hands import Hands
from codeagent.agent.instructions import instructions
from codeagent.agent.loop import Ending, Seat, converse
from codeagent.agent.model import Role
from codeagent.agent.opening import opening
from codeagent.agent.skills import skill_tool, skills
from codeagent.domain.errors import CodeAgentError
from codeagent.domain.events import Progress, Streamed
from codeagent.domain.run import Message
from codeagent.domain.tool import Effect, Tool
from codeagent.graph.update import Emit
from codeagent.workflows.asking.desk import Desk
from codeagent.workspace.eventlog import EventLog

TOOLS: Final = 4  # of the room may go to telling of tools: one over it
WORTH: Final = (  # the most useful first, for models that have no room for all
    "source", "find", "search", "callers", "references", "outline", "locate",
    "callees", "impact", "imports", "definition", "path", "map", "cycles",
)  # fmt: skip
SPARED: Final = ("check", "edges")  # judges patches, of which there are none; tells the whole graph
DUTY: Final = "You are an explorer: you read, and you answer in writing; you change nothing and propose nothing."


@dataclass(frozen=True, slots=True)
class Party:
    """What explorers share: the desk with the graph, the models at work on the log of the run, and who listens."""

    desk: Desk
    crew: Crew
    log: EventLog
    emit: Emit
    check: Callable[[], None] = lambda: None
    more: Mapping[str, Tool] = field(default_factory=dict)  # tools that the user has added

    def tools(self, role: Role = "explorer", own: Iterable[Tool] = ()) -> Mapping[str, Tool]:
        """What a role may use beside tools of its `own`: all that reads, but for what would only fill its room."""
        most = room_of(self.crew.model(role)) // TOOLS - sum(map(tool_tokens, own))
        return fitting(self._all(), most)

    def _all(self) -> Mapping[str, Tool]:
        found = skills(self.desk.root)
        own = {"skill": skill_tool(found)} if any(one.usable for one in found) else {}
        reading = {name: tool for name, tool in self.desk.tools({Effect.READ}).items() if name not in SPARED}
        return reading | own | dict(self.more)


def fitting(tools: Mapping[str, Tool], tokens: int) -> dict[str, Tool]:
    """The tools that telling of takes no more than so many tokens; those that the user has added go first."""
    worth = {name: place for place, name in enumerate(WORTH, 1)}
    found: dict[str, Tool] = {}
    for name in sorted(tools, key=lambda one: worth.get(one, 0)):
        tokens -= tool_tokens(tools[name])
        if found and tokens < 0:
            break
        found[name] = tools[name]
    return found


@dataclass(frozen=True, slots=True)
class Errand:
    """One conversation: `name` is who speaks in the log, unlike any other of the run; `near` folders it is about;
    `before` what was said before it."""

    name: str
    task: str
    near: tuple[str, ...] = ()
    before: tuple[Message, ...] = ()


def send(party: Party, errand: Errand, tools: Mapping[str, Tool]) -> Ending:
    """Hold one conversation. Raises ModelError, BudgetSpent, and what `party.check` raises."""
    model = party.crew.model("explorer", step=errand.name)
    seat = Seat(model, party.log, errand.name, lambda text: party.emit(Streamed(text, errand.name)), party.check)
    root = party.desk.root
    told, able = instructions(root, errand.near), skills(root)
    begin = opening(party.log.seed, DUTY, errand.task, told=told, skills=able, before=errand.before)
    return converse(seat, begin, Hands(tools, "explorer"))


def explore(party: Party, errands: Sequence[Errand], workers: int) -> list[Ending]:
    """Hold conversations in `workers` threads; return how they ended, in the order of the errands.

    Where one fails the others end before their next call, and the first failure in that order is raised."""
    tools, failed = party.tools(), list[BaseException]()

    def check() -> None:
        party.check()
        if failed:
            raise _GivenUp("another explorer failed")

    def hold(errand: Errand) -> Ending:
        try:
            ending = send(bound, errand, tools)
        except BaseException as error:
            failed.append(error)
            raise
        done.append(errand.name)
        party.emit(Progress("explore", len(done), len(errands)))
        return ending

    bound, done = Party(party.desk, party.crew, party.log, party.emit, check), list[str]()
    with ThreadPoolExecutor(max(1, workers), "explorer") as pool:
        running = [pool.submit(hold, errand) for errand in errands]
        try:
            wait(running, return_when=FIRST_EXCEPTION)
        except BaseException as stop:  # Ctrl-C: nobody begins another call
            failed.append(stop)
            raise
    for one in running:
        error = one.exception()
        if error is not None and not isinstance(error, _GivenUp):
            raise error
    return [one.result() for one in running]


class _GivenUp(CodeAgentError):
    """An explorer stopped because another one failed."""
