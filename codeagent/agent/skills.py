"""Skills: instructions for one kind of work; a model is told that they exist, and reads one when it needs it."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal

import platformdirs
import yaml

from codeagent.agent.fencing import label
from codeagent.agent.instructions import LARGEST, SKILLS, read_words
from codeagent.domain.errors import UsageError
from codeagent.domain.tool import Effect, Tool, ToolResult
from codeagent.workspace.trust import heeded

LISTED: Final = 300  # characters of a description in the catalogue: a hundred tokens with the name
_HEADER: Final = re.compile(r"\A---[ \t]*\r?\n(.*?)^---[ \t]*\r?$(.*)", re.DOTALL | re.MULTILINE)
_NAME: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
_PAIR: Final = re.compile(r"^([A-Za-z-]+):[ \t]*(.*)$")


@dataclass(frozen=True, slots=True)
class Skill:
    """One skill. `problems` say what is wrong with its file; one that is not `usable` is never told to a model."""

    name: str
    description: str
    origin: Literal["project", "user"]
    path: str  # relative to the root, or absolute for the user's own
    body: str
    usable: bool = True
    problems: tuple[str, ...] = ()


def user_folders() -> tuple[Path, ...]:
    """Where the user's own skills lie."""
    return (platformdirs.user_config_path("codeagent") / "skills", Path.home() / ".agents/skills")


def skills(root: Path) -> tuple[Skill, ...]:
    """Return all skills by name; of two of one name the project's is used, if it may be."""
    found: dict[str, Skill] = {}
    hidden: list[Skill] = []
    for skill in [*_of_project(root), *_of_user()]:
        first = found.get(skill.name)
        if first is None or not first.usable:
            found[skill.name] = skill
            hidden += [first] if first else []
        else:
            where = "the project has one" if first.origin == "project" else f"{first.path} is"
            hidden.append(replace(skill, usable=False, problems=(*skill.problems, f"not used: {where} of that name")))
    return tuple(sorted([*found.values(), *hidden], key=lambda one: (one.name, not one.usable, one.path)))


def catalogue(found: Iterable[Skill]) -> str:
    """Return one line for each usable skill, for the opening of a conversation; empty where there is none."""
    lines = [f"- {one.name}: {label(one.description[:LISTED])[1:-1]}" for one in found if one.usable]
    return (
        "\n".join(["Skills, instructions for one kind of work; read one by `skill` when it fits:", *lines])
        if lines
        else ""
    )


def skill_tool(found: Iterable[Skill]) -> Tool:
    """The tool by which a model reads a skill."""
    usable = {one.name: one for one in found if one.usable}

    def run(arguments: Mapping[str, Any]) -> ToolResult:
        name = arguments.get("name")
        if set(arguments) != {"name"} or not isinstance(name, str) or name not in usable:
            raise UsageError(f"there is no skill {str(name)[:64]!r}", f"there are {', '.join(usable)}")
        return ToolResult(usable[name].body, trusted=True)

    parameters = {
        "type": "object",
        "properties": {"name": {"type": "string", "description": "The name of the skill."}},
        "required": ["name"],
        "additionalProperties": False,
    }
    return Tool("skill", Effect.READ, "Read a skill: instructions for one kind of work.", parameters, run)


def _of_project(root: Path) -> Iterator[Skill]:
    folder = root / SKILLS
    for name in _names(folder):
        path = f"{SKILLS}/{name}/SKILL.md"
        words = read_words(root, path)
        if words is None:
            continue
        skill = read_skill(words.text, name, "project", path)
        if not heeded(root, words):
            skill = replace(skill, usable=False, problems=(*skill.problems, "not used: codeagent trust lets it be"))
        yield skill


def _of_user() -> Iterator[Skill]:
    for folder in user_folders():
        for name in _names(folder):
            words = read_words(folder, f"{name}/SKILL.md")
            if words is not None:
                yield read_skill(words.text, name, "user", os.fspath(folder / name / "SKILL.md"))


def _names(folder: Path) -> list[str]:
    try:
        return sorted(one.name for one in folder.iterdir() if one.is_dir())
    except OSError:
        return []


def read_skill(data: bytes, folder: str, origin: Literal["project", "user"], path: str) -> Skill:
    """Read the text of a SKILL.md; what is odd is told and borne, what cannot be used is told."""
    text = data[:LARGEST].decode("utf-8-sig", "replace")
    match = _HEADER.match(text)
    problems = [] if match else ["it has no header of YAML between lines of ---"]
    if len(data) > LARGEST:
        problems.append("only its first 32 KiB are read")
    header, wrong = _header(match[1]) if match else ({}, "")
    problems += [wrong] if wrong else []
    name, description = str(header.get("name", "") or folder), str(header.get("description", "") or "").strip()
    if name != folder:
        problems.append(f"its name {name[:64]!r} is not that of its folder, which is used")
    if not _NAME.match(folder) or len(folder) > 64:
        problems.append("a name has small letters, digits and single hyphens, at most 64")
    if not description:
        problems.append("not used: it has no description")
    if len(description) > 1024:
        problems.append("its description is longer than 1024 characters")
    if "allowed-tools" in header:
        problems.append("allowed-tools is not heeded: a skill hands out no tools")
    body = match[2].strip() if match else text.strip()
    return Skill(folder, " ".join(description.split()), origin, path, body, bool(description), tuple(problems))


def _header(text: str) -> tuple[Mapping[str, Any], str]:
    """The values of a header, and what is wrong with it; broken YAML is read line by line."""
    try:
        value = yaml.safe_load(text)
        if isinstance(value, dict):
            return value, ""
    except (yaml.YAMLError, RecursionError, ValueError):
        pass
    pairs = [match for line in text.splitlines() if (match := _PAIR.match(line.rstrip()))]
    return {one[1]: one[2].strip("\"' ") for one in pairs if one[2]}, "its header is no sound YAML"
