"""A run as a Markdown document for others: what was asked, each step, what was said, and what the gates found."""

import json
import time
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from codeagent.domain.run import Record

_LONGEST: Final = 20_000  # letters of one text


def as_transcript(name: str, records: Iterable[Record]) -> str:
    """Return the records of a run as a document; a message that was told before is not told again."""
    lines = [f"# Run {name}", ""]
    for record in records:
        lines += _lines(record)
    return "\n".join(lines) + "\n"


def _lines(record: Record) -> Iterator[str]:
    moment = time.strftime("%H:%M:%S", time.gmtime(record.time))
    body = record.body
    match record.kind:
        case "run.started":
            yield from (f"{moment}Z  `{body.get('command', '')}`: {body.get('goal') or body.get('question', '')}", "")
        case "step.started":
            yield from (f"## {body['step']}: {body['title']}", "", f"{moment}Z  {body['operation']}", "")
        case "model.answered":
            yield from _conversation(record, moment)
        case "gate.finished":
            yield from _gate(body)
        case "plan.made":
            yield from _fenced("json", json.dumps(body, indent=1, ensure_ascii=False, default=list))
        case _:
            short = {key: value for key, value in body.items() if key not in ("files", "moves", "before", "index")}
            told = json.dumps(short, ensure_ascii=False, default=list)
            yield from (f"{moment}Z  **{record.kind}** {_cut(told)}", "")


def _conversation(record: Record, moment: str) -> Iterator[str]:
    """What a model was newly told, and what it said."""
    for role, text, *_ in record.body.get("texts", {}).values():
        yield f"{moment}Z  **{role}**"
        yield from _fenced("text", text)
    message = record.body["reply"]["message"]
    yield f"{moment}Z  **{record.sender}**"
    if message["text"]:
        yield from _fenced("text", message["text"])
    for call in message["calls"]:
        yield from _fenced("json", f"{call['name']}({call['arguments']})")


def _gate(body: Mapping[str, Any]) -> Iterator[str]:
    result = body["result"]
    reason = f" ({result['reason']})" if result["reason"] else ""
    yield f"- {body['gate']}: {result['status']}{reason}"
    for finding in result["findings"]:
        yield f"  - {finding['path']}:{finding['line']} {finding['message']}"
    yield ""


def _fenced(kind: str, text: str) -> Iterator[str]:
    longest = max((len(run) for run in text.split("\n") if run.strip("`") == "" and run), default=0)
    fence = "`" * max(3, longest + 1)
    yield from (f"{fence}{kind}", _cut(text), fence, "")


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}\n… {len(text) - _LONGEST:,} letters more"
