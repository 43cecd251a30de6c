"""A diff for people: coloured, and side by side where the window is wide enough."""

import re
from collections.abc import Iterator
from itertools import zip_longest
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from codeagent.domain.printable import printable

WIDE: Final = 140  # columns from which two fit beside each other
_HUNK: Final = re.compile(r"@@ -(\d+)(?:,\d+)? \+(\d+)")
_STYLES: Final = {"+": "green", "-": "red", "@": "cyan"}


def print_diff(diff: str, console: Console) -> None:
    """Print a unified diff."""
    rows = printable(diff).splitlines()
    if console.width < WIDE:
        for row in rows:
            style = "bold" if row.startswith(("+++", "---", "diff ")) else _STYLES.get(row[:1], "")
            console.print(Text(row, style), soft_wrap=True)
        return
    table = Table.grid(padding=(0, 1), expand=True)
    for ratio in (None, 1, None, 1):
        table.add_column(ratio=ratio, overflow="fold", justify="right" if ratio is None else "left")
    for cells in _beside(rows):
        table.add_row(*cells)
    console.print(table)


def _beside(rows: list[str]) -> Iterator[tuple[Text, Text, Text, Text]]:
    """Old number and text, new number and text, of each row of the window."""
    old = new = 0
    gone: list[str] = []
    come: list[str] = []
    for row in [*rows, "diff "]:
        if row.startswith("-") and not row.startswith("---"):
            gone.append(row[1:])
            continue
        if row.startswith("+") and not row.startswith("+++"):
            come.append(row[1:])
            continue
        for left, right in zip_longest(gone, come):
            yield (*_cell(old, left, "red"), *_cell(new, right, "green"))
            old, new = old + (left is not None), new + (right is not None)
        gone, come = [], []
        if hunk := _HUNK.match(row):
            old, new = int(hunk[1]), int(hunk[2])
            yield Text(), Text(row, "cyan"), Text(), Text()
        elif row.startswith(" "):
            yield (*_cell(old, row[1:], ""), *_cell(new, row[1:], ""))
            old, new = old + 1, new + 1
        elif row != "diff ":
            yield Text(), Text(row, "bold"), Text(), Text()


def _cell(number: int, text: str | None, style: str) -> tuple[Text, Text]:
    return (Text(str(number), "dim"), Text(text, style)) if text is not None else (Text(), Text())
