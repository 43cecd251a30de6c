"""The one tool by which a model writes: edits of the state it was shown, found exactly or told what stands there."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from codeagent.domain.errors import Refused, UsageError
from codeagent.domain.plan import Step
from codeagent.domain.tool import Effect, Tool, ToolResult
from codeagent.edits.applying import write_edits
from codeagent.edits.replies import read_reply
from codeagent.edits.request import Action, EditRequest, MovedFile, NewFile, RemovedFile, SymbolEdit, TextEdit
from codeagent.workflows.applying.tree import Made, Tree
from codeagent.workflows.planning.trying import in_scope

NAME: Final = "edit"
_ACTIONS: Final = (*(str(action) for action in Action), "replace_text", "create_file", "delete_file", "move_file")
_BLOCK: Final = re.compile(
    r"^[ \t]*<{5,9} ?SEARCH|^[ \t]*\*\*\* Begin Patch|^--- .+\n\+\+\+ |^diff --git ", re.MULTILINE
)
_PARAMETERS: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {
        "edits": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "action": {"type": "string", "enum": list(_ACTIONS)},
                    "symbol": {"type": "string", "description": "For actions on a symbol: its id."},
                    "path": {"type": "string", "description": "For replace_text and actions on a file: the file."},
                    "to": {"type": "string", "description": "For move_file: where it goes; edit it by its old path."},
                    "search": {
                        "type": "string",
                        "description": "For replace_text: what stands there, exactly, without line numbers.",
                    },
                    "text": {
                        "type": "string",
                        "description": "What is written: the whole new code, without line numbers.",
                    },
                    "near_line": {"type": "integer", "description": "Chooses among places that fit alike."},
                },
                "required": ["action"],
            },
        },
        "blocks": {"type": "string", "description": "Instead of edits: SEARCH/REPLACE blocks."},
    },
}


def edit_tool(tree: Tree, step: Step, took: Callable[[Made], None]) -> Tool:
    """Return the tool; `took` is given what its edits make of the tree, once all of them fit."""

    def run(given: Mapping[str, Any]) -> ToolResult:
        written = write_edits(tree.graph, _requests(given), title=step.title)
        if written.failed:
            told = "\n\n".join(f"{one.edit}: {one.reason}\n{one.hint}" for one in written.failed)
            return ToolResult(f"nothing was taken; these edits do not fit:\n\n{told}", refused=True)
        patch = written.patch
        outside = [path for path in patch.touched if not in_scope(step, path)]
        if outside:
            return ToolResult(f"nothing was taken: {', '.join(outside)} is outside what you may touch", refused=True)
        if not patch:
            return ToolResult("nothing was taken: the edits change nothing", refused=True)
        files = {path: tree.read(path) or b"" for path in patch.base}
        took(Made(patch.apply(files), patch.moves))
        notes = "; ".join(one.note for one in written.applied if one.note)
        return ToolResult(f"taken{': ' if notes else ''}{notes}", {"files": list(patch.touched)})

    summary = "Write the edits of your step, all at once; they are judged before anything is written to a disk."
    return Tool(NAME, Effect.PROPOSE, summary, _PARAMETERS, run)


def spoken(text: str) -> str:
    """Return the arguments of the tool where a text is edits in a known form; empty where it is words."""
    return json.dumps({"blocks": text}) if _BLOCK.search(text) else ""


def _requests(given: Mapping[str, Any]) -> list[EditRequest]:
    blocks, rows = given.get("blocks"), given.get("edits")
    if isinstance(blocks, str) and blocks.strip():
        return list(read_reply(blocks))
    if not isinstance(rows, list) or not rows:
        raise UsageError('"edits" must be a list with at least one edit')
    return [_request(row, number) for number, row in enumerate(rows, 1)]


def _request(row: Any, number: int) -> EditRequest:
    if not isinstance(row, dict) or row.get("action") not in _ACTIONS:
        raise UsageError(f"edit {number} needs an action: {', '.join(_ACTIONS)}")

    def text(key: str, default: str | None = None) -> str:
        value = row.get(key, default)
        if not isinstance(value, str):
            raise UsageError(f'edit {number}, {row["action"]}: "{key}" must be a text')
        return value

    match row["action"]:
        case "replace_text":
            near = row.get("near_line")
            return TextEdit(text("path"), text("search"), text("text"), near if isinstance(near, int) else None)
        case "create_file":
            return NewFile(text("path"), text("text"))
        case "delete_file":
            return RemovedFile(text("path"))
        case "move_file":
            return MovedFile(text("path"), text("to"))
        case action:
            return SymbolEdit(Action(action), text("symbol"), text("text", ""))


class NoEdit(Refused):
    """The model came to no edit that fits."""
