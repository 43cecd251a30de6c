"""`codeagent recipes`: what applied runs taught, kept as files; listed, shown, saved, trusted and removed."""

from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from codeagent.domain.errors import UsageError
from codeagent.interfaces.options import FormatOption
from codeagent.interfaces.terminal import Format, terminal_of, write_result
from codeagent.plans.recipes import read_recipe, recipe_tables, recipe_text
from codeagent.plans.tree import LARGEST
from codeagent.workflows.recipes import store
from codeagent.workflows.recipes.learning import learned
from codeagent.workflows.recipes.matching import matching
from codeagent.workflows.recipes.store import Kept
from codeagent.workspace.eventlog import EVENTS, find_log, read_records
from codeagent.workspace.git import find_root

command = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Keep what an applied run taught, and look at what is offered to whoever plans.",
    context_settings={"help_option_names": ["-h", "--help"]},
)
_NAME = typer.Argument(metavar="NAME", help="The name of a recipe.")


class Home(StrEnum):
    """Where a recipe is kept."""

    PROJECT = "project"
    USER = "user"


@command.command("list")
def show_all(
    ctx: typer.Context,
    goal: Annotated[str, typer.Option("--goal", metavar="TEXT", help="Only those that fit a goal, best first.")] = "",
    format: FormatOption = Format.TEXT,
) -> None:
    """List the recipes of this repository and your own."""
    root = find_root(Path())
    found = [match.kept for match in matching(root, goal)] if goal else list(store.recipes(root))
    if format is Format.JSON:
        _print({"schema_version": 1, "recipes": [_row(one) for one in found]})
    elif found:
        write_result("\n".join(line for one in found for line in _lines(one)))
    else:
        terminal_of(ctx).remark("no recipe fits" if goal else "no recipes; codeagent recipes save RUN keeps a run")


@command.command("show")
def show_one(ctx: typer.Context, name: Annotated[str, _NAME], format: FormatOption = Format.TEXT) -> None:
    """Print a recipe, its file as it stands with the figures of today."""
    kept = store.named(find_root(Path()), name)
    if kept.recipe is None:
        raise UsageError(kept.why, f"mend the file, or codeagent recipes remove {name}")
    if format is Format.JSON:
        tables = {**recipe_tables(kept.recipe), "track": asdict(kept.track)}
        _print({"schema_version": 1, "recipe": {**_row(kept), **tables}})
        return
    if kept.why:
        terminal_of(ctx).remark(f"{kept.status}: {kept.why}")
    write_result(recipe_text(kept.recipe).rstrip("\n"))


@command.command("save")
def save_run(
    ctx: typer.Context,
    run: Annotated[str, typer.Argument(metavar="RUN", help="The id of an applied run, or its start.")],
    name: Annotated[
        str, typer.Option("--name", metavar="NAME", help="What to call it; else the words of its goal.")
    ] = "",
    home: Annotated[Home, typer.Option("--home", help="Where to keep it.")] = Home.PROJECT,
    format: FormatOption = Format.TEXT,
) -> None:
    """Keep an applied run that passed its gates as a recipe: a file that you can read, edit and review."""
    root = find_root(Path())
    folder = find_log(root, run)
    recipe = learned(folder.name, tuple(read_records(folder / EVENTS)), name)
    path = store.save(root, recipe, home=home.value)
    _saved(ctx, root, recipe.name, path, format)


@command.command("add")
def add_file(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A recipe of somebody else.")],
    trust: Annotated[bool, typer.Option("--trust", help="Let it be offered; else it is quarantined.")] = False,
    format: FormatOption = Format.TEXT,
) -> None:
    """Take a recipe of somebody else into your own folder, quarantined until you trust it."""
    try:
        with file.open("rb") as opened:
            data = opened.read(LARGEST + 1)
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}", "name the file of a recipe") from error
    root, recipe = find_root(Path()), read_recipe(data, str(file))
    path = store.save(root, recipe, home="user", trusted=trust)
    _saved(ctx, root, recipe.name, path, format)


@command.command("trust")
def trust_one(ctx: typer.Context, name: Annotated[str, _NAME]) -> None:
    """Let a recipe be offered, exactly as it stands now; one that was demoted gets another chance."""
    store.trust(store.named(find_root(Path()), name))
    terminal_of(ctx).remark(f"{name} may be offered, as long as it stays as it is")


@command.command("remove")
def remove_one(ctx: typer.Context, name: Annotated[str, _NAME]) -> None:
    """Take a recipe away; codeagent undo brings one of the project back."""
    root = find_root(Path())
    kept = store.named(root, name)
    store.remove(root, kept)
    terminal_of(ctx).remark(f"removed {kept.path}")


def _saved(ctx: typer.Context, root: Path, name: str, path: str, format: Format) -> None:
    kept = store.named(root, name)
    if format is Format.JSON:
        _print({"schema_version": 1, "recipe": _row(kept)})
        return
    more = f"; {kept.why}" if kept.why else ""
    terminal_of(ctx).remark(f"saved {path}{more}")


def _row(kept: Kept) -> dict[str, Any]:
    recipe = kept.recipe
    return {
        "name": kept.name,
        "goal": recipe.goal if recipe else "",
        "home": kept.home,
        "path": kept.path,
        "status": kept.status,
        "why": kept.why,
        "trigger": asdict(recipe.trigger) if recipe else None,
        "parameters": dict(recipe.parameters) if recipe else {},
        "operations": [step.operation for step in recipe.steps] if recipe else [],
        "successes": kept.track.successes,
        "failures": kept.track.failures,
        "origin": recipe.origin if recipe else "",
        "digest": recipe.digest if recipe else "",
    }


def _lines(kept: Kept) -> list[str]:
    held = f"  held {kept.track.successes}, not {kept.track.failures}" if kept.recipe else ""
    state = "" if kept.status == "ready" else f"  {kept.status}"
    lines = [f"{kept.name}  {kept.home}{state}{held}"]
    if kept.recipe:
        lines += [f"    {kept.recipe.goal}", f"    {' → '.join(step.operation for step in kept.recipe.steps)}"]
    return [*lines, *([f"    ! {kept.why}"] if kept.why else [])]


def _print(document: object) -> None:
    write_result(msgspec.json.format(msgspec.json.encode(document), indent=2).decode())
