"""What a step leaves for the steps after it and for people: outputs, the step summary."""

import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Final

_SUMMARY: Final = 1 << 20  # bytes; GitHub drops a larger one as a whole
_CUT: Final = "\n\n… the rest is in the report file.\n"


def write_outputs(environ: Mapping[str, str], values: Mapping[str, str]) -> None:
    """Set the step's outputs; no value, whatever is in it, can set another."""
    path = environ.get("GITHUB_OUTPUT")
    if not path:
        return
    with Path(path).open("a", encoding="utf-8") as file:
        for name, value in values.items():
            fence = f"end-{uuid.uuid4().hex}"
            file.write(f"{name}<<{fence}\n{value}\n{fence}\n")


def write_summary(environ: Mapping[str, str], text: str) -> None:
    """Add to the step's summary as much of the text as GitHub takes."""
    path = environ.get("GITHUB_STEP_SUMMARY")
    if not path:
        return
    there = Path(path).stat().st_size if Path(path).exists() else 0
    data = cut(text, _SUMMARY - there, _CUT).encode("utf-8", "replace")
    with Path(path).open("ab") as file:
        file.write(data)


def cut(text: str, most: int, tail: str) -> str:
    """Return the text within `most` bytes of UTF-8: whole lines, then `tail` where something is left out."""
    if len(text.encode("utf-8", "replace")) <= most:
        return text
    kept: list[str] = []
    size = len((tail + "</details>\n").encode())
    for line in text.splitlines(keepends=True):
        size += len(line.encode("utf-8", "replace"))
        if size > most:
            break
        kept.append(line)
    open_folds = sum(line.count("<details>") - line.count("</details>") for line in kept)
    return "".join(kept) + "</details>\n" * (open_folds > 0) + tail if kept else ""
