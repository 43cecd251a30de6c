"""From a gate's declaration to the command that runs: in which folders, and on which files."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache

from codeagent.quality.gates.change import Change, Contents
from codeagent.quality.gates.gate import Gate
from codeagent.workspace.ignoring import Rules

Read = Callable[[str], bytes | None]
Holds = Callable[[str, str], bool]  # whether a file is there and has these words


def homes(change: Change, gate: Gate, paths: Iterable[str] | None = None) -> list[str]:
    """Return the folders that the tool is to be run in for a change, or for these paths, as `homes_among` tells."""

    def holds(path: str, words: str) -> bool:
        sides = (change.read_before(path), change.read_after(path))
        return any(data is not None and words.encode() in data for data in sides)

    return homes_among(change.touched if paths is None else paths, holds, gate)


def homes_among(paths: Iterable[str], holds: Holds, gate: Gate) -> list[str]:
    """Return, of each path that a gate is about, the outermost folder that has one of the files which configure its
    tool: "" for the root, and a folder below it in a repository of several projects. `FILE#WORDS` asks for words in it.

    A gate that nothing configures is run at the root."""
    marks, rules = [mark.partition("#") for mark in gate.words("configured")], _about(gate)
    if not marks:
        return [""] if rules is None or any(map(rules.verdict, paths)) else []

    @cache
    def home(folder: str) -> str | None:
        above = home(folder.rpartition("/")[0]) if folder else None
        here = f"{folder}/" if folder else ""
        if above is None and any(holds(here + name, words) for name, _, words in marks):
            return folder
        return above

    folders = {path.rpartition("/")[0] for path in paths if rules is None or rules.verdict(path)}
    return sorted({found for folder in folders if (found := home(folder)) is not None})


def _about(gate: Gate) -> Rules | None:
    return Rules().adding("", "\n".join(gate.when).encode()) if gate.when else None


def argv_of(gate: Gate, contents: Contents, home: str = "") -> tuple[str, ...] | None:
    """Return the command for a folder with `{files}` filled in; None where there are none for it."""
    if "{files}" not in gate.command:
        return gate.command
    files = files_for(gate, contents, home)
    return with_files(gate, files, home) if files else None


def with_options(gate: Gate, read: Read, home: str = "") -> Gate:
    """Return the gate with the options by which its tool finds what configures it (`FILE#WORDS: OPTIONS`), and with the
    files themselves where none of `targets` (`FILE#WORDS`) says on what it is to be run."""

    def holds(mark: str) -> bool:
        name, _, words = mark.partition("#")
        data = read(f"{home}/{name}" if home else name)
        return data is not None and words.encode() in data

    told = (one.rpartition(": ") for one in gate.words("options"))
    more = [word for mark, _, options in told if holds(mark) for word in options.split()]
    targets = gate.words("targets")
    files = ["{files}"] if targets and not any(map(holds, targets)) else []
    return replace(gate, command=(*gate.command[:1], *more, *gate.command[1:], *files))


def files_for(gate: Gate, contents: Contents, home: str = "") -> list[str]:
    """Return the paths, of those that have contents and lie in a folder, that a gate is about."""
    rules, below = _about(gate), f"{home}/" if home else ""
    return sorted(
        path
        for path, data in contents.items()
        if data is not None and path.startswith(below) and (rules is None or rules.verdict(path))
    )


def with_files(gate: Gate, files: list[str], home: str = "") -> tuple[str, ...]:
    """Return the command on these files, named as seen from the folder that it runs in."""
    named = safe([path.removeprefix(f"{home}/") if home else path for path in files])
    return tuple(part for word in gate.command for part in (named if word == "{files}" else (word,)))


def safe(files: list[str]) -> list[str]:
    """Return names that no program takes for an option."""
    return [f"./{path}" if path.startswith("-") else path for path in files]
