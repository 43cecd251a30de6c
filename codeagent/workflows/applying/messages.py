"""The message of a step's commit, made from what the step changed and from nothing that anybody said of it."""

from typing import Final, Literal

from codeagent import __version__
from codeagent.domain.counting import counted
from codeagent.domain.plan import Step
from codeagent.quality.gates.change import Change
from codeagent.quality.gates.matching import Matching

Style = Literal["conventional", "plain"]

_WIDTH: Final = 72
_LISTED: Final = 12


def message_of(change: Change, step: Step, title: str, style: Style, assisted: str = "") -> str:
    """Return a commit message: what was done, then each file with what became of it.

    `title`: what a refactoring says that it does; empty: what the change itself shows. `assisted`: who wrote it."""
    subject = title or _subject(change)
    if style == "conventional":
        subject = f"{_type(change, step)}{_scope(change)}: {subject}"
    lines = [_cut(subject), "", *_files(change)]
    if assisted:
        lines += ["", f"Assisted-by: {assisted}"]
    return "\n".join(lines) + "\n"


def assistant(model: str = "") -> str:
    """Return who a commit names as having helped: this program, and the model that wrote the text, if one did."""
    return f"codeagent {__version__}" + (f" ({model})" if model else "")


def _type(change: Change, step: Step) -> str:
    graphs = change.after_graph.files, change.before_graph.files
    tests = [any(path in files and files[path].test for files in graphs) for path in change.touched]
    if all(tests) and tests:
        return "test"
    if all(path.endswith((".md", ".rst", ".txt")) for path in change.touched):
        return "docs"
    return "refactor" if step.deterministic else "chore"


def _scope(change: Change) -> str:
    """The one module or folder that the change is about, in brackets; nothing where there are several."""
    graphs = change.after_graph.files, change.before_graph.files
    product = [path for path in change.touched if not any(path in files and files[path].test for files in graphs)]
    stems = {path.rpartition("/")[2].partition(".")[0] for path in product}
    folders = {path.rpartition("/")[0].rpartition("/")[2] for path in product}
    name = next(iter(stems if len(stems) == 1 else folders if len(folders) == 1 else {""}), "")
    return f"({name.strip('_')})" if name.strip("_") else ""


def _subject(change: Change) -> str:
    """What the change shows: the definitions that came, went or were rewritten."""
    matching = change.matching
    parts = [
        _some("add", [one.symbol.name for one in matching.fresh]),
        _some("remove", [one.symbol.name for one in matching.gone]),
        _some("change", _rewritten(change, matching)),
    ]
    told = ", ".join(part for part in parts if part)
    return told or _some("change", [path.rpartition("/")[2] for path in change.touched])


def _some(verb: str, names: list[str]) -> str:
    unique = list(dict.fromkeys(names))
    if not unique:
        return ""
    return f"{verb} {unique[0]}" if len(unique) == 1 else f"{verb} {unique[0]} and {len(unique) - 1} more"


def _rewritten(change: Change, matching: Matching) -> list[str]:
    """The definitions whose text differs, without those that only hold another one that does."""
    found = [
        new.symbol
        for old, key in matching.pairs.items()
        if (new := matching.after[key]).text != matching.before[old].text and new.symbol.path in change.by_path
    ]
    holders = {one.parent for one in found}
    return [one.name for one in found if one.id not in holders]


def _files(change: Change) -> list[str]:
    rows = []
    for file in change.files[:_LISTED]:
        went = sum(last - first + 1 for first, last in file.old_lines)
        came = sum(last - first + 1 for first, last in file.new_lines)
        name = f"{file.old_path} -> {file.path}" if file.status == "renamed" else file.path
        rows.append(f"- {name}: {_WORDS.get(file.status, '')}+{came} -{went}")
    more = len(change.files) - _LISTED
    return [*rows, *([f"- and {counted(more, 'more file')}"] if more > 0 else [])]


_WORDS: Final = {"added": "new, ", "deleted": "deleted, ", "renamed": "moved, "}


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _WIDTH else line[: _WIDTH - 1].rstrip() + "…"
