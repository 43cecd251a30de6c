"""Where recipes lie, which of them may be used, and how they are saved and taken away."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Literal

import platformdirs

from codeagent.domain.errors import CodeAgentError, Refused, UsageError
from codeagent.domain.patch import Patch, hex_digest
from codeagent.domain.recipe import DEMOTED_AFTER, Recipe, Status, Track
from codeagent.plans.problems import suggestion
from codeagent.plans.recipes import declared, digest_of, read_recipe, recipe_text
from codeagent.plans.tree import LARGEST
from codeagent.workflows.recipes.memory import Seen, remember, remembered
from codeagent.workspace.reading import read_regular
from codeagent.workspace.writing import write_patch

FOLDER: Final = ".codeagent/recipes"  # of a project
_SUFFIX: Final = ".yaml"
Home = Literal["project", "user"]


@dataclass(frozen=True, slots=True)
class Kept:
    """A recipe with its file. `track` is that of the file and what was seen here since; `why`: what its status means.

    `recipe` is None where the file cannot be read as one."""

    name: str
    home: Home
    path: str
    status: Status
    why: str = ""
    recipe: Recipe | None = None
    track: Track = field(default_factory=Track)


def user_folder() -> Path:
    """Where the user's own recipes lie."""
    return platformdirs.user_config_path("codeagent") / "recipes"


def recipes(root: Path) -> tuple[Kept, ...]:
    """Return all recipes, those of the project first; of two of one name the project's is the one that counts."""
    known = remembered()
    found = [_kept(path, "project", known) for path in _files(root / FOLDER, root)]
    names = {one.name for one in found}
    own = [_kept(path, "user", known) for path in _files(user_folder(), user_folder())]
    return (*found, *(one for one in own if one.name not in names))


def named(root: Path, name: str) -> Kept:
    """Return a recipe by its name. Raises UsageError."""
    found = {one.name: one for one in recipes(root)}
    if name not in found:
        raise UsageError(f"there is no recipe {name}{suggestion(name, list(found))}", "codeagent recipes list")
    return found[name]


def _files(folder: Path, top: Path) -> list[Path]:
    """The files of a folder that lies within the top, through no link that leaves it."""
    try:
        inside = folder.resolve().is_relative_to(top.resolve())
        return sorted(one for one in folder.iterdir() if one.suffix == _SUFFIX) if inside else []
    except OSError:
        return []


def _kept(path: Path, home: Home, known: Mapping[str, Seen]) -> Kept:
    source = os.fspath(path)
    try:
        data = read_regular(source, LARGEST + 1)
        recipe = read_recipe(data, source)
        said = declared(data, source)
    except OSError as error:
        return Kept(path.stem, home, source, "broken", f"{source} cannot be read: {error.strerror}")
    except CodeAgentError as error:
        return Kept(path.stem, home, source, "broken", error.message)
    if recipe.name != path.stem:
        return Kept(path.stem, home, source, "broken", f"{source} holds the recipe {recipe.name}")
    seen = known.get(recipe.digest, Seen())
    track = recipe.track + seen.track
    status, why = _status(recipe, seen, said, track)
    return Kept(recipe.name, home, source, status, why, recipe, track)


def _status(recipe: Recipe, seen: Seen, said: str, track: Track) -> tuple[Status, str]:
    if not seen.trusted:
        edited = "it was edited since it was saved" if said != recipe.digest else "somebody else made it"
        return "quarantined", f"{edited}; read it, then codeagent recipes trust {recipe.name}"
    if track.missed >= DEMOTED_AFTER:
        return "demoted", f"its last {track.missed} runs did not pass their gates"
    return "ready", ""


def trust(kept: Kept) -> None:
    """Let a recipe be offered as it stands; one that was demoted begins anew. Raises UsageError for a broken one."""
    recipe = kept.recipe
    if recipe is None:
        raise UsageError(kept.why, "mend the file, or remove it")

    def forgiven(seen: Seen) -> Seen:
        """No run missed since: where nothing held here yet, those that the file tells of count against that."""
        track = replace(seen.track, missed=0 if seen.track.successes else -recipe.track.missed)
        return replace(seen, trusted=True, track=track)

    remember(recipe.digest, forgiven)


def note(recipe: Recipe, run: str, held: bool) -> Track:
    """Remember that a run of a recipe passed its gates, or did not, once; return its track with that."""
    last = f"{run} {'held' if held else 'failed'}"

    def noted(seen: Seen) -> Seen:
        return seen if seen.last == last else replace(seen, track=seen.track.after(held), last=last)

    return recipe.track + remember(recipe.digest, noted).track


def save(root: Path, recipe: Recipe, *, home: Home = "project", trusted: bool = True) -> str:
    """Write a recipe and return its path; in a project it is a change that `codeagent undo` takes back.

    Raises UsageError where there is another one of that name, Refused where it cannot be written."""
    text = recipe_text(recipe).encode()
    path = (user_folder() if home == "user" else root / FOLDER) / f"{recipe.name}{_SUFFIX}"
    if path.is_file() and path.read_bytes() != text:
        raise UsageError(f"there is a recipe {recipe.name} already: {path}", "choose another name, or remove that one")
    if not path.is_file():
        _write(root, path, text, home)
    if trusted:
        remember(digest_of(recipe), lambda seen: replace(seen, trusted=True))
    return os.fspath(path)


def _write(root: Path, path: Path, text: bytes, home: Home) -> None:
    if home == "project":
        write_patch(root, Patch(f"save the recipe {path.stem}", creates={f"{FOLDER}/{path.name}": text}))
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.{os.getpid()}")
        temporary.write_bytes(text)
        os.replace(temporary, path)
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error.strerror}", "nothing was saved") from error


def remove(root: Path, kept: Kept) -> None:
    """Take a recipe away, the project's so that `codeagent undo` brings it back. Raises Refused."""
    try:
        if kept.home == "user":
            os.unlink(kept.path)
            return
        name = f"{FOLDER}/{Path(kept.path).name}"
        base = {name: hex_digest(Path(kept.path).read_bytes())}
    except OSError as error:
        raise Refused(f"{kept.path} cannot be removed: {error.strerror}", "nothing was removed") from error
    write_patch(root, Patch(f"remove the recipe {kept.name}", deletes=(name,), base=base))
