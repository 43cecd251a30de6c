"""`codeagent skills`: which skills there are, where they come from, and what is wrong with them."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from codeagent.agent.skills import Skill, skills, user_folders
from codeagent.domain.errors import UsageError
from codeagent.interfaces.options import FormatOption
from codeagent.interfaces.terminal import Format, terminal_of, write_result
from codeagent.workspace.git import find_root

command = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="List the skills that a model may be told of, and show one.",
    context_settings={"help_option_names": ["-h", "--help"]},
)


@command.command("list")
def show_all(
    ctx: typer.Context,
    format: FormatOption = Format.TEXT,
) -> None:
    """List all skills: of this repository once it is trusted, and of your own folders."""
    found = skills(find_root(Path()))
    if format is Format.JSON:
        _print({"schema_version": 1, "skills": [_document(one) for one in found]})
        return
    if found:
        write_result("\n".join(line for one in found for line in _lines(one)))
    else:
        places = " and ".join(str(folder) for folder in user_folders())
        terminal_of(ctx).remark(f"no skills; they are looked for in .agents/skills and in {places}")


@command.command("show")
def show_one(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The name of a skill.")],
    format: FormatOption = Format.TEXT,
) -> None:
    """Print one skill as a model would read it."""
    found = skills(find_root(Path()))
    one = next((skill for skill in found if skill.name == name), None)
    if one is None:
        known = ", ".join(dict.fromkeys(skill.name for skill in found))
        raise UsageError(f"there is no skill {name}", f"there are {known}" if known else "there are none")
    if format is Format.JSON:
        _print({"schema_version": 1, "skill": {**_document(one), "body": one.body}})
        return
    terminal = terminal_of(ctx)
    for problem in one.problems:
        terminal.remark(f"{one.path}: {problem}")
    write_result(one.body)


def _document(skill: Skill) -> dict[str, object]:
    return {key: value for key, value in asdict(skill).items() if key != "body"}


def _lines(skill: Skill) -> list[str]:
    state = "" if skill.usable else "  not used"
    return [
        f"{skill.name}  {skill.origin}{state}  {skill.path}",
        f"    {skill.description}",
        *(f"    ! {one}" for one in skill.problems),
    ]


def _print(document: object) -> None:
    write_result(msgspec.json.format(msgspec.json.encode(document), indent=2).decode())
