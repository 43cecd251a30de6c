"""`codeagent index`: bring the index up to date, verify it, measure it, prune it."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.markup import escape
from rich.table import Table

from codeagent.config import Config, load_config
from codeagent.domain.errors import UsageError
from codeagent.graph.graph import CodeGraph
from codeagent.graph.maintenance import Pruned, index_stats, prune, verify
from codeagent.graph.update import open_graph
from codeagent.interfaces.options import FormatOption, RepoOption, root_of
from codeagent.interfaces.progress import Emit, progress
from codeagent.interfaces.terminal import Format, Terminal, terminal_of, write_result

_SHOWN = 20  # differing paths that text names


def command(
    ctx: typer.Context,
    check: Annotated[
        bool, typer.Option("--verify", help="Rebuild from nothing and compare; exit 1 if it differs.")
    ] = False,
    stats: Annotated[bool, typer.Option("--stats", help="Say what the index holds and what was skipped.")] = False,
    drop: Annotated[bool, typer.Option("--prune", help="Drop what is not needed, down to the size limit.")] = False,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Make everything anew.")] = False,
    repo: RepoOption = None,
    format: FormatOption = Format.TEXT,
) -> None:
    """Bring the index up to date; verify it, measure it, or prune it. Exit 1 where --verify finds a difference."""
    if sum((check, drop, rebuild)) > 1:
        raise UsageError("--verify, --prune and --rebuild exclude each other", "ask for one at a time")
    terminal = terminal_of(ctx)
    root = root_of(repo)
    settings = load_config(root, terminal.settings)
    with progress(terminal) as emit:
        answer, code = _answer(root, settings, emit, check=check, stats=stats, drop=drop, rebuild=rebuild)
    if format is Format.JSON:
        write_result(
            msgspec.json.format(msgspec.json.encode({"schema_version": 1, "root": str(root), **answer})).decode()
        )
    else:
        _print(answer, terminal)
    if code:
        raise typer.Exit(code)


def _answer(
    root: Path, settings: Config, emit: Emit, *, check: bool, stats: bool, drop: bool, rebuild: bool
) -> tuple[dict[str, Any], int]:
    answer: dict[str, Any] = {}
    if drop:
        answer["pruned"] = asdict(prune(root, settings))
        if not stats:
            return answer, 0
    if check:
        different = verify(root, settings, emit)
        answer |= {"verified": not different, "different": list(different)}
    if stats or not check:
        graph = open_graph(root, None, emit, settings, rebuild=rebuild)
        answer |= {"freshness": asdict(graph.freshness)}
        answer |= {"stats": asdict(index_stats(graph, settings))} if stats else _brief(graph)
    return answer, 1 if answer.get("different") else 0


def _brief(graph: CodeGraph) -> dict[str, Any]:
    return {"skipped": {reason: len(paths) for reason, paths in graph.skipped.items()}}


def _print(answer: dict[str, Any], terminal: Terminal) -> None:
    lines = []
    if "pruned" in answer:
        lines += _pruned_lines(Pruned(**answer["pruned"]))
    if "verified" in answer:
        lines += _verified_lines(answer["different"])
    if "freshness" in answer:
        fresh = answer["freshness"]
        known = fresh["calls"] - fresh["unknown_calls"]
        files = "file" if fresh["files"] == 1 else "files"
        lines.append(
            f"[bold]{fresh['files']:,}[/] {files} indexed, {fresh['parsed']:,} parsed, "
            f"{fresh['parse_errors']:,} with errors; {known:,} of {fresh['calls']:,} calls resolved"
        )
    if answer.get("skipped"):
        lines.append("skipped: " + ", ".join(f"{count:,} {reason}" for reason, count in answer["skipped"].items()))
    out = terminal.out()
    for line in lines:
        out.print(line, soft_wrap=True)
    if "stats" in answer:
        _print_stats(answer["stats"], terminal)


def _pruned_lines(pruned: Pruned) -> list[str]:
    lines = [f"dropped {pruned.rows:,} rows; {_bytes(pruned.bytes)} freed"]
    return lines + [f"dropped the index of {escape(name)}" for name in pruned.indexes]


def _verified_lines(different: list[str]) -> list[str]:
    if not different:
        return ["[green]verified:[/] the index equals one built from nothing"]
    more = [f"  and {len(different) - _SHOWN:,} more"] if len(different) > _SHOWN else []
    first = f"[bold red]{len(different):,} paths differ[/] from an index built from nothing; --rebuild mends it:"
    return [first, *(f"  {escape(path)}" for path in different[:_SHOWN]), *more]


def _print_stats(stats: dict[str, Any], terminal: Terminal) -> None:
    table = Table(box=None, pad_edge=False)
    table.add_column("language")
    for name in ("files", "lines", "size"):
        table.add_column(name, justify="right")
    for language, one in stats["languages"].items():
        table.add_row(escape(language), f"{one['files']:,}", f"{one['lines']:,}", _bytes(one["bytes"]))
    out = terminal.out()
    out.print(table)
    if stats["skipped"]:
        skipped = Table(box=None, pad_edge=False)
        skipped.add_column("skipped because")
        skipped.add_column("paths", justify="right")
        for reason, count in stats["skipped"].items():
            skipped.add_row(escape(reason), f"{count:,}")
        out.print(skipped)
    out.print(f"{stats['symbols']:,} symbols; {stats['revisions']} revisions kept", soft_wrap=True)
    size, everything, limit = (_bytes(stats[key]) for key in ("index_bytes", "cache_bytes", "cache_limit"))
    out.print(f"{size} in {escape(stats['path'])}; all indexes {everything} of at most {limit}", soft_wrap=True)


def _bytes(count: int) -> str:
    size = float(count)
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:,.0f} {unit}" if unit == "B" else f"{size:,.1f} {unit}"
        size /= 1000
    return f"{size:,.1f} GB"
