"""Answers of tools too long to be shown whole: kept beside the run's log, and given again page by page."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from codeagent.agent.cutting import cut_log
from codeagent.domain.counting import counted
from codeagent.domain.errors import UsageError
from codeagent.domain.tokens import BYTES_PER_TOKEN, tokens_of
from codeagent.domain.tool import Effect, Tool, ToolResult

FOLDER: Final = "outputs"


class Outputs:
    """What the tools of one conversation answered. `most` is how many tokens of an answer are shown at once."""

    def __init__(self, run: Path, conversation: str, most: int) -> None:
        self._folder, self._conversation, self.most = run / FOLDER, conversation, most
        self._texts: dict[str, str] = {}

    def keep(self, text: str, *, log: bool = False) -> tuple[str, str]:
        """Keep an answer; return its id, and as much of it as is shown."""
        name = f"r{len(self._texts) + 1}"
        self._texts[name] = text
        shown = cut_log(text, self.most) if log else text
        if tokens_of(shown) > self.most * (3 if log else 1):
            shown = _page(shown, 1, self.most)[0]
        if shown == text:
            return name, text
        self._write(name, text)
        return name, f'{shown}\n(shown in part; expand(id="{name}") gives the original, {_size(text)})'

    def again(self, name: str, text: str) -> None:
        """Take over an answer that an earlier process got, under the same id; the whole of it, if it is on disk."""
        file = self._file(name)
        self._texts[name] = file.read_text(encoding="utf-8", errors="surrogateescape") if file.is_file() else text

    def page(self, name: str, line: int) -> str:
        """Return what was left out, from a line on. Raises UsageError."""
        if name not in self._texts:
            known = f"there are r1 to r{len(self._texts)}" if self._texts else "nothing was answered yet"
            raise UsageError(f"there is no answer {name[:40]!r}", known)
        text = self._texts[name]
        shown, following = _page(text, line, self.most)
        if following:
            shown += f'\n(goes on: expand(id="{name}", line={following}); {_size(text)})'
        return shown

    def _file(self, name: str) -> Path:
        return self._folder / f"{self._conversation.replace('/', '-')}-{name}.txt"

    def _write(self, name: str, text: str) -> None:
        self._folder.mkdir(mode=0o700, exist_ok=True)
        self._file(name).write_text(text, encoding="utf-8", errors="surrogateescape", newline="")


def expand_tool(outputs: Outputs) -> Tool:
    """The tool by which a model sees again what was left out."""

    def run(arguments: Mapping[str, Any]) -> ToolResult:
        name, line = arguments.get("id"), arguments.get("line", 1)
        if not isinstance(name, str) or not isinstance(line, int) or line < 1 or set(arguments) - {"id", "line"}:
            raise UsageError("expand takes id, a text, and line, a number from 1", 'for example {"id": "r3"}')
        return ToolResult(outputs.page(name, line))

    parameters = {
        "type": "object",
        "properties": {
            "id": {"type": "string", "description": "The id of the answer, such as r3."},
            "line": {"type": "integer", "minimum": 1, "description": "The line of it to begin with."},
        },
        "required": ["id"],
        "additionalProperties": False,
    }
    return Tool("expand", Effect.READ, "Show an earlier answer again, whole, page by page.", parameters, run)


def _page(text: str, line: int, tokens: int) -> tuple[str, int]:
    """As many lines from `line` on as fit, at least one, and the number of the next; 0 at the end."""
    lines = text.split("\n")
    shown: list[str] = []
    spent = 0
    for row in lines[line - 1 :]:
        spent += tokens_of(row)
        if spent > tokens and shown:
            return "\n".join(shown), line + len(shown)
        shown.append(
            row if tokens_of(row) <= tokens else row[: int(tokens * BYTES_PER_TOKEN)] + " … (a long line, cut)"
        )
    return "\n".join(shown), 0


def _size(text: str) -> str:
    return f"{counted(text.count(chr(10)) + 1, 'line')}, about {tokens_of(text)} tokens"
