"""Whether a conversation still gets anywhere: the same call with the same answer, or turn after turn nothing new."""

import json
from dataclasses import dataclass, field
from typing import Final

from codeagent.domain.run import ToolCall

SAME: Final = 3  # times that a call may be made and answered the same
IDLE: Final = 4  # turns in a row without anything new


@dataclass(slots=True)
class Watch:
    """Hears of every call and its answer, and of the end of every turn."""

    _times: dict[tuple[str, str, str], int] = field(default_factory=dict)
    _known: set[str] = field(default_factory=set)
    _new: bool = False
    _idle: int = 0
    _stuck: str = ""

    def heard(self, call: ToolCall, text: str, *, ok: bool) -> str:
        """Note an answer; return a warning to be told with it, empty where there is none."""
        key = (call.name, _canonical(call.arguments), text)
        times = self._times[key] = self._times.get(key, 0) + 1
        if ok and text not in self._known:
            self._known.add(text)
            self._new = True
        if times >= SAME:
            self._stuck = f"{call.name} was called {times} times with the same arguments and the same answer"
        if times == SAME - 1:
            return "(you have asked exactly this before, and this is the same answer; asking again ends the work)"
        return ""

    def end_turn(self) -> str:
        """Return why the conversation must end, empty where it may go on."""
        self._idle = 0 if self._new else self._idle + 1
        self._new = False
        if not self._stuck and self._idle >= IDLE:
            self._stuck = f"{IDLE} turns in a row brought nothing that was not known before"
        return self._stuck


def _canonical(arguments: str) -> str:
    try:
        return json.dumps(json.loads(arguments), sort_keys=True)
    except (ValueError, RecursionError):
        return arguments
