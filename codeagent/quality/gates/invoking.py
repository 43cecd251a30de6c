"""From a gate's declaration to the command that runs: whether a repository uses the tool, and on which files."""

from codeagent.quality.gates.change import Change, Contents
from codeagent.quality.gates.gate import Gate
from codeagent.workspace.ignoring import Rules


def is_used(change: Change, gate: Gate) -> bool:
    """Tell whether the repository has one of the files that configure the tool; `FILE#WORDS` asks for words in it."""
    marks = gate.words("configured")
    for mark in marks:
        path, _, words = mark.partition("#")
        if any(
            data is not None and words.encode() in data for data in (change.read_before(path), change.read_after(path))
        ):
            return True
    return not marks


def argv_of(change: Change, gate: Gate, contents: Contents) -> tuple[str, ...] | None:
    """Return the command with `{files}` filled in; None where there are none for it."""
    if "{files}" not in gate.command:
        return gate.command
    files = files_for(gate, contents)
    return with_files(gate, files) if files else None


def files_for(gate: Gate, contents: Contents) -> list[str]:
    """Return the paths, of those that have contents, that a gate is about."""
    rules = Rules().adding("", "\n".join(gate.when).encode())
    return sorted(
        path for path, data in contents.items() if data is not None and (not gate.when or rules.verdict(path))
    )


def with_files(gate: Gate, files: list[str]) -> tuple[str, ...]:
    """Return the command on these files."""
    return tuple(part for word in gate.command for part in (safe(files) if word == "{files}" else (word,)))


def safe(files: list[str]) -> list[str]:
    """Return names that no program takes for an option."""
    return [f"./{path}" if path.startswith("-") else path for path in files]
