"""Calls of tools on the record: written down before and after they run, and not run again when a run goes on."""

from codeagent.agent.hands import Hands, Told
from codeagent.agent.outputs import Outputs
from codeagent.domain.run import ToolCall
from codeagent.domain.tool import Effect
from codeagent.workspace.eventlog import EventLog


class ToolLog:
    """The calls of one conversation, which `sender` names: no other of the run may have that name."""

    def __init__(self, log: EventLog, sender: str, outputs: Outputs) -> None:
        self._log, self._sender, self._outputs = log, sender, outputs
        records = [one for one in log.records if sender in (one.sender, one.to)]
        called = [one.body for one in records if one.kind == "tool.called"]
        answered = {one.body["number"]: one.body for one in records if one.kind == "tool.answered"}
        self._earlier = [(one, answered[one["number"]]) for one in called if one["number"] in answered]
        self._number = 0

    def run(self, hands: Hands, call: ToolCall) -> tuple[str, Told]:
        """Run a call; return the id of its answer, and what the model is told.

        An answer that an earlier process got is told again, where the tool only reads."""
        self._number += 1
        tool = hands.tool(call.name)
        if call.name != hands.finish and (tool is None or tool.effect is Effect.READ):
            for asked, said in self._earlier:
                same = (asked["number"], asked["name"], asked["arguments"])
                if same == (self._number, call.name, call.arguments):
                    self._outputs.again(said["id"], said["text"])
                    return said["id"], Told(said["text"], said["ok"], said["refused"], said["ours"])
        asked = {"number": self._number, "call": call.id, "name": call.name, "arguments": call.arguments}
        self._log.append("tool.called", asked, sender=self._sender, to="tools")
        told = hands.run(call)
        name, shown = self._outputs.keep(told.text, log=told.result is not None and told.result.log)
        told = Told(shown, told.ok, told.refused, told.ours, told.result)
        body = {"number": self._number, "name": call.name, "id": name, "text": shown, "ok": told.ok}
        body |= {"refused": told.refused, "ours": told.ours}
        self._log.append("tool.answered", body, sender="tools", to=self._sender)
        return name, told
