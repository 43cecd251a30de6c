"""`codeagent cost`: what calls of models took, by model, run, day or repository."""

import re
import time
from enum import StrEnum
from typing import Annotated, Any

import msgspec
import typer
from rich.markup import escape
from rich.table import Table

from codeagent.agent.ledger import Sum, folder, read, sums
from codeagent.domain.errors import UsageError
from codeagent.interfaces.amounts import dollars
from codeagent.interfaces.options import FormatOption
from codeagent.interfaces.terminal import Format, Terminal, terminal_of, write_result

_DAY = 86_400
_UNITS = {"d": 1, "w": 7}


class By(StrEnum):
    """What calls are put together by."""

    MODEL = "model"
    RUN = "run"
    DAY = "day"
    REPOSITORY = "repository"


def command(
    ctx: typer.Context,
    since: Annotated[
        str | None, typer.Option("--since", metavar="DATE|7d", help="Since that day (UTC), or for so many days.")
    ] = None,
    by: Annotated[By, typer.Option("--by", help="What to put together.")] = By.MODEL,
    format: FormatOption = Format.TEXT,
) -> None:
    """Say what calls of models took. A price that nobody knows is "unknown", never nothing."""
    terminal, first = terminal_of(ctx), day_of(since) if since else ""
    entries = list(read(first))
    rows, total = sums(entries, by), Sum()
    for one in entries:
        total = total.plus(one)
    if format is Format.JSON:
        answer = {"schema_version": 1, "since": first, "by": by, "rows": _rows(rows, by), "total": _document(total)}
        write_result(msgspec.json.format(msgspec.json.encode(answer)).decode())
    elif rows:
        _print_table(rows, total, by, terminal)
    else:
        terminal.remark(f"no calls of models on record in {folder()}")


def day_of(text: str) -> str:
    """The day that `2026-11-26`, `7d` or `2w` means. Raises UsageError."""
    if found := re.fullmatch(r"(\d{1,5})([dw])", text.strip()):
        back = (int(found[1]) * _UNITS[found[2]] - 1) * _DAY if int(found[1]) else 0
        return time.strftime("%Y-%m-%d", time.gmtime(max(0.0, time.time() - back)))
    try:
        time.strptime(text, "%Y-%m-%d")
    except ValueError:
        raise UsageError(f"--since wants a day such as 2026-11-26, or 7d, not {text!r}") from None
    return text


def _rows(rows: dict[str, Sum], by: By) -> list[dict[str, Any]]:
    return [{by.value: key, **_document(one)} for key, one in rows.items()]


def _document(one: Sum) -> dict[str, Any]:
    used = one.usage
    return {
        "calls": used.calls,
        "input_tokens": used.input_tokens,
        "output_tokens": used.output_tokens,
        "cached_tokens": used.cached_tokens,
        "reasoning_tokens": used.reasoning_tokens,
        "cost": "unknown" if used.cost is None else used.cost,
        "known_cost": one.priced,
        "unpriced_calls": one.unpriced,
    }


def _print_table(rows: dict[str, Sum], total: Sum, by: By, terminal: Terminal) -> None:
    table = Table(box=None, pad_edge=False, show_footer=len(rows) > 1)
    used = total.usage
    table.add_column(by.value, footer="total")
    columns = {"calls": used.calls, "in": used.input_tokens, "cached": used.cached_tokens, "out": used.output_tokens}
    for heading, footer in columns.items():
        table.add_column(heading, footer=f"{footer:,}", justify="right")
    table.add_column("cost", footer=_cost(total), justify="right")
    for key, one in rows.items():
        numbers = (one.usage.calls, one.usage.input_tokens, one.usage.cached_tokens, one.usage.output_tokens)
        table.add_row(escape(key) or "-", *(f"{number:,}" for number in numbers), _cost(one))
    terminal.out().print(table)


def _cost(one: Sum) -> str:
    """Dollars; where some calls have no price, what the others cost beside that."""
    if not one.unpriced:
        return dollars(one.priced)
    return f"{dollars(one.priced)} + unknown" if one.priced else "unknown"
