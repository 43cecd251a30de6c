"""What a conversation may do: tools held by effect. What is not handed out cannot be run, whatever a text says."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any, Final

from codeagent.agent.arguments import read_arguments
from codeagent.agent.model import Role
from codeagent.domain.errors import CodeAgentError
from codeagent.domain.run import ToolCall
from codeagent.domain.tool import Effect, Tool, ToolResult

HELD: Final[Mapping[Role, frozenset[Effect]]] = {
    "planner": frozenset((Effect.READ,)),
    "explorer": frozenset((Effect.READ,)),
    "editor": frozenset((Effect.READ, Effect.PROPOSE)),
}


_UNSAID: Final = [("additionalProperties", False), ("required", []), ("default", False), ("default", "")]


@dataclass(frozen=True, slots=True)
class Told:
    """What came of a call, as the model reads it. `ours`: the words are codeagent's or the user's own."""

    text: str
    ok: bool = True
    refused: bool = False
    ours: bool = False
    result: ToolResult | None = None


class Hands:
    """The tools that one role holds, in a fixed order; `withheld` are those that exist and are not for it."""

    def __init__(
        self, tools: Mapping[str, Tool], role: Role, finish: str = "", spoken: Callable[[str], str] | None = None
    ) -> None:
        self.role: Role = role
        self.finish = finish  # the name of the tool whose success ends the conversation
        self.spoken = spoken or (lambda text: "")  # its arguments, where a text alone is meant as a call of it
        self._held = {name: tool for name, tool in sorted(tools.items()) if tool.effect in HELD[role]}
        self._withheld = frozenset(tools) - frozenset(self._held)
        if finish and finish not in self._held:
            raise ValueError(f"{finish} is not handed out to a {role}")

    def holding(self, tool: Tool) -> "Hands":
        """The same with one more tool."""
        every = dict(self._held) | {tool.name: tool}
        more = Hands(every, self.role, self.finish, self.spoken)
        more._withheld = self._withheld
        return more

    @property
    def tools(self) -> tuple[Tool, ...]:
        """What a model is told of: each request carries it, so without what goes without saying."""
        return tuple(replace(tool, parameters=_in_brief(tool.parameters)) for tool in self._held.values())

    def tool(self, name: str) -> Tool | None:
        """The tool of a name, where it is held."""
        return self._held.get(name)

    def run(self, call: ToolCall) -> Told:
        """Run what a model asks for, or say why not in words that help it; nothing that is foreseen is raised."""
        tool = self._held.get(call.name)
        if tool is None:
            return self._unknown(call.name)
        try:
            asked = read_arguments(call.arguments)
            result = tool.run(asked.values)
        except CodeAgentError as error:
            hint = f"\nhint: {error.hint}" if error.hint else ""
            return Told(f"error: {error.message}{hint}", ok=False)
        note = f"(your arguments were not sound JSON: {asked.mended})\n" if asked.mended else ""
        return Told(note + result.text, not result.refused, result.refused, result.trusted, result)

    def _unknown(self, name: str) -> Told:
        if name in self._withheld:
            why = f"error: {name} is not handed out to a {self.role}; nothing was done"
        else:
            near = get_close_matches(name, self._held, n=3, cutoff=0.5)
            guess = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(self._held)}"
            why = f"error: there is no tool {name[:80]!r}; {guess}"
        return Told(why, ok=False, refused=name in self._withheld, ours=True)


def _in_brief(schema: Any) -> Any:
    if isinstance(schema, Mapping):
        return {key: _in_brief(value) for key, value in schema.items() if (key, value) not in _UNSAID}
    return [_in_brief(one) for one in schema] if isinstance(schema, list | tuple) else schema
