"""Answers of tools as JSON and JSON lines."""

import sys
from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from codeagent.domain.tool import Answer, Hit

_encode: Final = msgspec.json.Encoder(enc_hook=str).encode


def _bytes(value: Any) -> bytes:
    """One JSON text; names that are not UTF-8 keep their bytes visible as `\\xNN`."""
    try:
        return _encode(value)
    except UnicodeEncodeError:
        return _encode(_printable(value))


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, Mapping):
        return {_printable(key): _printable(part) for key, part in value.items()}
    return [_printable(part) for part in value] if isinstance(value, list | tuple) else value


def write_jsonl(results: Iterable[Hit]) -> None:
    """Write one result a line, as they come."""
    out = sys.stdout.buffer
    for hit in results:
        out.write(_bytes(hit.fields()) + b"\n")
    out.flush()


def write_json(head: Mapping[str, Any], answer: Answer) -> None:
    """Write one document: the head, then `results`, streamed; `note` says what an empty answer means."""
    out = sys.stdout.buffer
    out.write(_bytes(head)[:-1] + b',"results":[')
    empty = True
    for hit in answer.results:
        out.write((b"" if empty else b",") + b"\n" + _bytes(hit.fields()))
        empty = False
    out.write(b"]")
    if empty and answer.empty:
        out.write(b',"note":' + _bytes(answer.empty))
    out.write(b"}\n")
    out.flush()
