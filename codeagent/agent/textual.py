"""Tool calls for models that have none: tools are told in the prompt, calls are read from the text of the answer."""

import hashlib
import json
import re
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from codeagent.agent.assembling import CUT
from codeagent.agent.model import Hear, Reply, Request
from codeagent.agent.prompts import load_prompt
from codeagent.agent.pythonic import as_json
from codeagent.agent.sloppy import read_sloppy, values_in
from codeagent.agent.templates import canonical, plain_name
from codeagent.domain.run import Message, ToolCall
from codeagent.domain.tool import Tool

_BLOCK: Final = re.compile(
    r"^[ \t]*(?P<fence>`{3,}|~{3,})[ \t]*(?P<tag>tool_call|tool_code|tool|function_call|json)[ \t]*(?P<name>\w*)[ \t]*"
    r"\n(?P<body>.*?)(?:^[ \t]*(?P=fence)[ \t]*$|\Z)"
    r"|<(?P<element>tool_call|function_call)>(?P<inner>.*?)(?:</(?P=element)>|\Z)",
    re.DOTALL | re.MULTILINE,
)
_BEGINS: Final = re.compile(
    r"```|~~~|<tool_call|<function|<invoke|<minimax|<｜tool|<\||\[TOOL_CALLS\]|functools\[|Action:|(?<!\S)[{\[]"
)
_LONGEST: Final = 16  # characters that the beginning of a call takes
_MAY_BE_CALL: Final = re.compile(r"\s*(?:[{\[]|[\w.]+\()")  # an answer that may be nothing but a call
_VAGUE: Final = ("json", "tool_code", "tool")  # what such a block holds may be anything
_ALONE: Final = re.compile(r"\A\s*```(?:json)?\s*\n(?P<body>.*)\n\s*```\s*\Z", re.DOTALL)
_NAME: Final = re.compile(r"""["']?(?:name|tool|function)["']?\s*:\s*["']([\w.:-]+)["']""")
_NAMES: Final = ("name", "tool", "tool_name", "function")
_ARGUMENTS: Final = ("arguments", "parameters", "args", "input")


def in_words(request: Request) -> Request:
    """The same request without tools: they are described in the first message, calls and results are texts."""
    told = load_prompt("calling").render({"tools": "\n".join(map(_described, request.tools))})
    messages = [_plain(message) for message in request.messages]
    if messages and messages[0].role == "system":
        messages[0] = replace(messages[0], text=f"{messages[0].text}\n\n{told}")
    else:
        messages.insert(0, Message("system", told, mark=True))
    if request.must_call:
        messages.append(Message("user", f"Now call the tool {request.must_call}."))
    return replace(request, messages=tuple(_merged(messages)), tools=(), must_call="")


def with_calls(reply: Reply, request: Request, *, native: bool = False) -> Reply:
    """The reply with the calls that its text holds; what follows the calls was made up and is left out.

    `native`: the model has calls of its own, so only blocks that say that they are calls, and end it, are taken."""
    text, blocks = _split(reply.message.text, request.tools, native)
    if not blocks:
        return reply
    seed = hashlib.blake2b(repr([message.text for message in request.messages]).encode(), digest_size=4).hexdigest()
    calls = tuple(
        ToolCall(f"call_{seed}_{at}", name, arguments)
        for at, (name, arguments) in enumerate(_calls(blocks, reply, {tool.name for tool in request.tools}))
    )
    return replace(reply, message=replace(reply.message, text=text, calls=calls), finish="calls")


def with_plain_names(reply: Reply, request: Request) -> Reply:
    """The reply with its calls by the names that tools have here."""
    names = {tool.name for tool in request.tools}
    calls = tuple(replace(call, name=plain_name(call.name, names)) for call in reply.message.calls)
    return replace(reply, message=replace(reply.message, calls=calls))


class Hush:
    """Lets text through to a listener until a block begins; what was held back is told at the end, if it is no call."""

    def __init__(self, hear: Hear) -> None:
        self._hear = hear
        self._held = ""
        self._told = 0

    def hear(self, text: str) -> None:
        """Take the next piece."""
        self._held += text
        if _MAY_BE_CALL.match(self._held):
            return
        found = _BEGINS.search(self._held)
        safe = found.start() if found else len(self._held) - _LONGEST
        if safe > 0:
            self._say(safe)

    def end(self, answer: str) -> None:
        """The answer is known: tell what of it was not told yet."""
        if answer[self._told :]:
            self._hear(answer[self._told :])

    def _say(self, length: int) -> None:
        self._hear(self._held[:length])
        self._told += length
        self._held = self._held[length:]


@dataclass(frozen=True, slots=True)
class _Found:
    name: str  # where it stands beside the arguments
    body: str
    closed: bool


def _described(tool: Tool) -> str:
    return "\n".join([f"- {tool.name}: {tool.summary}", *_properties(tool.parameters, "  ")])


def _properties(schema: Mapping[str, Any], indent: str) -> Iterator[str]:
    """A line for each property of an object, those of objects within below it."""
    required = schema.get("required", ())
    for name, one in schema.get("properties", {}).items():
        need = "" if name in required else ", optional"
        about = f": {one['description']}" if one.get("description") else ""
        yield f"{indent}- {name} ({_kind(one)}{need}){about}"
        yield from _properties(one.get("items", one), indent + "  ")


def _kind(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return " or ".join(map(json.dumps, schema["enum"]))
    kind = schema.get("type", "any")
    return f"list of {_kind(schema['items'])}" if kind == "array" and "items" in schema else str(kind)


def _plain(message: Message) -> Message:
    """A message of which nothing but text is left."""
    if message.role == "tool":
        return Message("user", f"Result of the call {message.call_id}:\n{message.text}")
    blocks = [
        f"```tool_call\n{json.dumps({'name': call.name, 'arguments': _value(call.arguments)})}\n```"
        for call in message.calls
    ]
    return replace(message, text="\n".join([message.text, *blocks]).strip(), calls=())


def _value(arguments: str) -> Any:
    try:
        return json.loads(arguments)
    except (ValueError, RecursionError):
        return arguments


def _merged(messages: Sequence[Message]) -> Iterator[Message]:
    """Many chat templates want users and assistants to take turns."""
    waiting: Message | None = None
    for message in messages:
        if waiting is not None and message.role == waiting.role == "user":
            waiting = replace(waiting, text=f"{waiting.text}\n\n{message.text}", mark=message.mark)
            continue
        if waiting is not None:
            yield waiting
        waiting = message
    if waiting is not None:
        yield waiting


def _split(text: str, tools: Sequence[Tool], native: bool) -> tuple[str, list[_Found]]:
    """The text before the first call, and the calls that follow one another from there."""
    names = {tool.name for tool in tools}
    before, found = _blocks(canonical(text, tools), names, native)
    if found:
        return before, found
    if native:
        alone = _ALONE.match(text)
        return _whole((alone["body"] if alone else text).strip(), names, _is_whole_call) or (text, [])
    return _whole(text.strip(), names, _named) or _bare(text, names)


def _blocks(text: str, names: set[str], native: bool) -> tuple[str, list[_Found]]:
    """The calls that stand in blocks of their own."""
    found: list[_Found] = []
    start = end = 0
    for block in _BLOCK.finditer(text):
        if found and text[end : block.start()].strip():
            break  # words between: what comes now answers results that nobody has given
        body = (block["body"] if block["fence"] else block["inner"]).strip()
        body = as_json(body, names) or body
        if block["tag"] in _VAGUE and (native or not _named(read_sloppy(body), names)):
            continue
        start, end = (block.start() if not found else start), block.end()
        closed = block[0].rstrip().endswith(block["fence"] or ">")
        found.append(_Found(block["name"] or "", body, closed))
    if native and text[end:].strip():
        return text, []
    return text[:start].rstrip(), found


def _whole(text: str, names: set[str], is_call: Callable[[Any, set[str]], bool]) -> tuple[str, list[_Found]] | None:
    """All of the text, where it is nothing but calls."""
    written = as_json(text, names) or text
    return ("", [_Found("", written, closed=True)]) if is_call(read_sloppy(written), names) else None


def _bare(text: str, names: set[str]) -> tuple[str, list[_Found]]:
    """The calls that stand among words as JSON alone: on lines of their own, or at the end."""
    found: list[_Found] = []
    start = last = 0
    for begin, end, value in values_in(text):
        if found and text[last:begin].strip(" \t\r\n,;"):
            break
        alone = not text[:begin].rpartition("\n")[2].strip() and not text[end:].partition("\n")[0].strip(" \t\r,;")
        if not _is_whole_call(value, names) or not (alone or not text[end:].strip()):
            continue
        start, last = (begin if not found else start), end
        found.append(_Found("", text[begin:end], text[end - 1] in "}]"))
    return text[:start].rstrip() if found else text, found


def _named(value: Any, names: set[str]) -> bool:
    """Whether a value names a tool that is there."""
    first = value[0] if isinstance(value, list) and value else value
    return isinstance(first, dict) and _name_of(first, names) in names


def _is_whole_call(value: Any, names: set[str]) -> bool:
    """Whether a value is a call, or a list of them, that says both which tool and with which arguments."""
    rows = value if isinstance(value, list) else [value]
    return bool(rows) and all(
        _named(row, names) and any(isinstance(_inner(row).get(key), dict | str) for key in _ARGUMENTS) for row in rows
    )


def _inner(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """A call, also where it is nested as OpenAI does."""
    inner = row.get("function")
    return inner if isinstance(inner, dict) else row


def _name_of(row: Mapping[str, Any], names: Container[str]) -> str:
    """The name of the tool in a call; empty where none is given."""
    given = next((str(value) for key in _NAMES if isinstance(value := _inner(row).get(key), str)), "")
    return plain_name(given, names)


def _calls(blocks: Sequence[_Found], reply: Reply, names: Container[str]) -> Iterator[tuple[str, str]]:
    """Name and arguments of each call; those that cannot be read are handed on as they are, for the model to see."""
    for block in blocks:
        cut = reply.finish == "length" and not block.closed
        value = None if cut else read_sloppy(block.body)
        rows: list[Any] = value if isinstance(value, list) else [value]
        if block.name and isinstance(value, dict):
            yield plain_name(block.name, names), json.dumps(value.get("arguments", value))
        elif value is None or not all(isinstance(row, dict) for row in rows):
            name = _NAME.search(block.body)
            yield plain_name(name[1] if name else block.name or "unreadable", names), block.body + (CUT if cut else "")
        else:
            yield from (_call(row, names) for row in rows)


def _call(row: Mapping[str, Any], names: Container[str]) -> tuple[str, str]:
    name, row = _name_of(row, names) or "unreadable", _inner(row)
    given = next((row[key] for key in _ARGUMENTS if key in row), None)
    if given is None:  # arguments beside the name
        given = {key: value for key, value in row.items() if key not in _NAMES and key not in ("type", "id")}
    return name, given if isinstance(given, str) else json.dumps(given)
