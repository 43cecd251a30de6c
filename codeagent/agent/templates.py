"""Calls as the chat templates of models write them, put into the one form that is read from there on."""

import json
import re
from collections.abc import Container, Mapping, Sequence
from typing import Any, Final

from codeagent.agent.sloppy import read_sloppy
from codeagent.domain.tool import Tool

_NAME: Final = r"(?P<name>[\w.-]+)"
_ALL_IN_JSON: Final = r"(?:\[TOOL_CALLS\]|<\|python_tag\|>|<\|tool_call\|>|^functools(?=\[))"  # Mistral, Llama, Phi
_FORMS: Final = (  # from the third on: GLM, DeepSeek, Kimi, gpt-oss, Mistral, those in JSON, ReAct
    rf"<function=[\"']?{_NAME}[\"']?>(?P<body>.*?)(?:</function>|\Z)",  # Qwen Coder, Llama
    rf"<invoke\s+name=[\"']{_NAME}[\"']\s*>(?P<body>.*?)(?:</invoke>|\Z)",  # Claude, MiniMax
    rf"<tool_call>\s*{_NAME}\s*(?P<body><arg_key>.*?)(?:</tool_call>|\Z)",  # GLM
    rf"<｜tool▁call▁begin｜>(?:function<｜tool▁sep｜>)?{_NAME}(?:<｜tool▁sep｜>|\n)(?P<body>.*?)(?:<｜tool▁call▁end｜>|\Z)",
    rf"<\|tool_call_begin\|>\s*{_NAME}(?::\d+)?\s*<\|tool_call_argument_begin\|>(?P<body>.*?)(?:<\|tool_call_end\|>|\Z)",
    rf"(?:<\|start\|>assistant)?<\|channel\|>\w+ to={_NAME}[^{{]{{0,99}}?<\|message\|>(?P<body>.*?)(?:<\|call\|>|\Z)",
    rf"\[TOOL_CALLS\]\s*{_NAME}(?:\[CALL_ID\]\w+)?(?:\[ARGS\])?\s*(?P<body>\{{.*?)(?=\[TOOL_CALLS\]|</s>|\Z)",
    rf"{_ALL_IN_JSON}\s*(?P<whole>[\[{{].*?)(?:<\|/tool_call\|>|<\|eom_id\|>|<\|eot_id\|>|</s>|\Z)",
    rf"^Action:[ \t]*{_NAME}[ \t]*\nAction Input:[ \t]*(?P<body>\{{.*?)(?=^Action:|^Observation:|\Z)",
)
_CALL: Final = re.compile(
    "|".join(re.sub(r"\?P<(\w+)>", rf"?P<\1_{n}>", one) for n, one in enumerate(_FORMS)), re.DOTALL | re.MULTILINE
)
_AROUND: Final = re.compile(
    r"</?(?:minimax:)?(?:tool_calls?|function_calls)>|<｜tool▁calls▁(?:begin|end)｜>|<\|tool_calls_section_(?:begin|end)\|>|</s>"
)
_PARAMETER: Final = re.compile(
    r"<parameter(?:=|\s+name=[\"'])(?P<key>[\w.-]+)[\"']?\s*>(?P<value>.*?)(?:</parameter>|(?=<parameter[ =])|\Z)"
    r"|<arg_key>\s*(?P<other>[\w.-]+)\s*</arg_key>\s*<arg_value>(?P<text>.*?)(?:</arg_value>|\Z)",
    re.DOTALL,
)
_FENCED: Final = re.compile(r"\A```\w*\n(.*?)\n?(?:```)?\Z", re.DOTALL)


def canonical(text: str, tools: Sequence[Tool]) -> str:
    """Return the text with every call of a known template as a fenced block that names its tool."""
    if _CALL.search(text) is None:
        return text
    known = {tool.name: tool for tool in tools}
    parts, end = list[str](), 0
    for found in _CALL.finditer(text):
        parts += [_AROUND.sub("", text[end : found.start()]), _block(found, known)]
        end = found.end()
    return "".join([*parts, _AROUND.sub("", text[end:])])


def plain_name(name: str, known: Container[str]) -> str:
    """Return the name of a tool without the namespace that some templates put before it."""
    last = re.split(r"[.:/]", name)[-1]
    return last if name not in known and last in known else name


def _block(found: "re.Match[str]", tools: Mapping[str, Tool]) -> str:
    groups = {name.rpartition("_")[0]: value for name, value in found.groupdict().items() if value is not None}
    name = plain_name(groups.get("name", ""), tools)
    body = groups.get("whole") or _arguments(groups.get("body", "").strip(), tools.get(name))
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", body)), default=0))
    return f"\n{fence}tool_call {name}\n{body.strip()}\n{fence}\n"


def _arguments(body: str, tool: Tool | None) -> str:
    """The arguments of a call as JSON, if only nearly; those written one by one are read as the tool declares them."""
    rows = list(_PARAMETER.finditer(body))
    if not rows:
        fenced = _FENCED.match(body)
        return fenced[1] if fenced else body or "{}"
    declared = tool.parameters.get("properties", {}) if tool else {}
    given = {}
    for row in rows:
        key, text = row["key"] or row["other"], row["value"] if row["key"] else row["text"]
        given[key] = _value(text, declared.get(key, {}))
    return json.dumps(given)


def _value(text: str, schema: Mapping[str, Any]) -> Any:
    text = text.removeprefix("\n").removesuffix("\n")
    if schema.get("type", "string") == "string":
        return text
    sound = read_sloppy(f"[{text}]")  # a number alone might have been cut short
    return sound[0] if isinstance(sound, list) and len(sound) == 1 else text
