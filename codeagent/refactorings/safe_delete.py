"""safe-delete: a definition or a file goes, if nothing that can be seen uses it."""

from collections.abc import Iterator
from typing import Annotated, Final

from codeagent.domain.code import Symbol
from codeagent.domain.facts import DECORATED, TEST
from codeagent.graph.naming import key_of
from codeagent.refactorings.census import Mention, take_census
from codeagent.refactorings.code import Code
from codeagent.refactorings.definitions import joined, removal_of
from codeagent.refactorings.go.imports import unused_after as unused_in_go
from codeagent.refactorings.go.positional import filled_by_place
from codeagent.refactorings.handed_objects import handed_objects
from codeagent.refactorings.java.overloads import renumbered
from codeagent.refactorings.javascript.imports import unused_after as unused_in_javascript
from codeagent.refactorings.javascript.signatures import with_signatures
from codeagent.refactorings.python.conventions import found_by, read_by
from codeagent.refactorings.python.dotted_settings import uses_of
from codeagent.refactorings.python.fixtures import fixture_mark, is_fixture
from codeagent.refactorings.refactoring import Accounting, Named, Occurrence, Proposal, Refusal
from codeagent.refactorings.rename import judge
from codeagent.refactorings.renaming import Subject, subject_of
from codeagent.refactorings.stand_ins import stand_ins
from codeagent.refactorings.variants import variants_of

_SHOWN: Final = 5
_HARMLESS: Final = frozenset(
    ("staticmethod", "classmethod", "property", "abstractmethod", "overload", "override", "dataclass", "cache")
)


def safe_delete(
    code: Code,
    targets: Annotated[list[str], "What to delete: symbol ids, places or paths of files."],
) -> Proposal:
    """Delete definitions that nothing uses any more; several that use only each other go together."""
    files = [target.removeprefix("./") for target in targets if target.removeprefix("./") in code.graph.files]
    subjects = [subject_of(code, target) for target in targets if target.removeprefix("./") not in files]
    modules = [subject.module for subject in subjects if subject.module]
    if modules:
        raise Refusal(f"{modules[0]} is a module or package", "name its files")
    symbols = with_signatures(code, (symbol for subject in subjects for symbol in _definitions(code, subject)))
    own = [(path, 0, len(code.read(path))) for path in files]
    own += [(symbol.path, symbol.span.start, symbol.span.end) for symbol in symbols]
    for path in files:
        _check_file(code, path, own)
    buckets: dict[str, list[Occurrence]] = {"edited": [], "other": [], "text": [], "unresolved": []}
    for subject in subjects:
        _take_stock(code, subject, own, buckets)
    for symbol in (*symbols, *(one for path in files for one in code.graph.symbols(path)[1:])):
        buckets["unresolved"] += _called_unseen(code, symbol)
    buckets["unresolved"] += [Occurrence(path, 0, 0, why) for path in files if (why := found_by(code, path))]
    edits = [removal_of(code, symbol) for symbol in symbols]
    for path in sorted({edit.path for edit in edits} - set(files)):
        own_edits = [edit for edit in edits if edit.path == path]
        edits += [*unused_in_go(code, path, own_edits), *unused_in_javascript(code, path, own_edits)]
    keys = {key for subject in subjects if not subject.overloads for key in subject.keys} | set(files)
    title = f"delete {', '.join(subject.name for subject in subjects) or ', '.join(files)}"
    return Proposal(
        code.patch(title, joined(edits), deletes=files),
        dropped=frozenset(keys),
        split={old: new for one in subjects if one.overloads for old, new in _left(code, one).items()},
        about=(*(subject.named for subject in subjects), *map(Named.module, files)),
        occurrences=Accounting(**{bucket: tuple(found) for bucket, found in buckets.items()}),
    )


def _left(code: Code, subject: Subject) -> dict[str, str]:
    return renumbered(code, subject.keys, subject.overloads)


def _definitions(code: Code, subject: Subject) -> list[Symbol]:
    """The symbols of a subject that stand in its own file, and what takes their place in other builds: overrides
    elsewhere are definitions of their own."""
    if subject.alias or subject.parameter or subject.paths:
        raise Refusal(f"{subject.name} is no definition of its own", "safe-delete takes symbols and files")
    found = [symbol for symbol in code.graph.symbols(subject.path) if key_of(symbol.id) in subject.keys]
    apart = variants_of(code, {key_of(symbol.id) for symbol in found}) & subject.keys
    found = [
        one for one in found if not any(_holds(other, one) for other in found)
    ]  # a constructor goes with its class
    keys = subject.keys
    if subject.overloads:
        found = [symbol for symbol in found if symbol.id in subject.overloads]
        keys = frozenset(map(key_of, subject.overloads))
    others = sorted(key for key in keys - apart if key.partition("::")[0] != subject.path)
    if others or len({key_of(symbol.id) for symbol in found}) > 1:
        rest = others or sorted({key_of(symbol.id) for symbol in found})
        raise Refusal(f"{subject.name} overrides or is overridden: {', '.join(rest[:3])}", "delete them one by one")
    paths = sorted({key.partition("::")[0] for key in apart})
    return found + [symbol for path in paths for symbol in code.graph.symbols(path) if key_of(symbol.id) in apart]


def _holds(one: Symbol, other: Symbol) -> bool:
    return one.span != other.span and one.span.start <= other.span.start and other.span.end <= one.span.end


def _take_stock(
    code: Code, subject: Subject, own: list[tuple[str, int, int]], buckets: dict[str, list[Occurrence]]
) -> None:
    uses: list[Mention] = []
    for mention in take_census(code, subject.name):
        bucket, why = judge(code, subject, mention)
        inside = any(mention.path == path and start <= mention.start < end for path, start, end in own)
        if bucket == "edited" and not inside:
            uses.append(mention)
        buckets[bucket].append(Occurrence(mention.path, mention.start, mention.end, why))
    if subject.member:
        buckets["unresolved"] += handed_objects(code, subject.keys, subject.name)
        buckets["unresolved"] += stand_ins(code, subject.keys, subject.name)
    buckets["unresolved"] = [one for one in buckets["unresolved"] if not _inside(one, own)]
    if placed := [place for symbol in _go_fields(code, subject) for place in filled_by_place(code, symbol)]:
        why = f"{subject.name} is filled by its place, not by its name: {_shown(placed)}"
        raise Refusal(why, "name the fields there first")
    if uses:
        places = [(one.path, code.graph.place(one.path, one.start, one.end).line) for one in uses]
        hint = "remove the uses first, or delete them along with it"
        raise Refusal(f"{subject.name} is used: {_shown(places)}", hint)


def _go_fields(code: Code, subject: Subject) -> list[Symbol]:
    found = code.graph.symbols(subject.path) if subject.member else []
    return [symbol for symbol in found if key_of(symbol.id) in subject.keys]


def _shown(places: list[tuple[str, int]]) -> str:
    """The first of the lines where something is used, and how many more there are."""
    told = [f"{path}:{line}" for path, line in dict.fromkeys(places)]
    more = f" and {len(told) - _SHOWN} more" if len(told) > _SHOWN else ""
    return ", ".join(told[:_SHOWN]) + more


def _inside(one: Occurrence, own: list[tuple[str, int, int]]) -> bool:
    return any(one.path == path and start <= one.start < end for path, start, end in own)


def _check_file(code: Code, path: str, own: list[tuple[str, int, int]]) -> None:
    """Raise Refusal where something outside of what goes uses a file or what stands in it."""
    references = (reference for symbol in code.graph.symbols(path) for reference in code.graph.incoming(symbol.id))
    outside = [one for one in references if not _inside(Occurrence(one.path, one.span.start, one.span.end), own)]
    places = sorted((one.path, one.line) for one in outside)
    if code.language(path) == "python":
        places += uses_of(code, path)
    if places:
        raise Refusal(f"{path} is used: {_shown(places)}", "remove the uses first, or delete them along with it")


def _called_unseen(code: Code, symbol: Symbol) -> Iterator[Occurrence]:
    """What may run without a caller that can be seen: tests, and what a decorator may have put on some list."""
    start, end = symbol.name_span.start, symbol.name_span.end
    if symbol.flags & TEST or (symbol.name.startswith("test") and code.graph.files[symbol.path].test):
        yield Occurrence(symbol.path, start, end, "a test: its runner calls it")
    if symbol.parent == symbol.path and (why := read_by(code, symbol.path, symbol.name)):
        yield Occurrence(symbol.path, start, end, why)
    if symbol.flags & DECORATED and not _is_only_asked_for(code, symbol):
        source = code.read(symbol.path)[symbol.span.start : symbol.name_span.start].decode("utf-8", "replace")
        marks = [line.strip()[1:].partition("(")[0] for line in source.splitlines() if line.strip().startswith("@")]
        if any(mark.rpartition(".")[2] not in _HARMLESS for mark in marks):
            yield Occurrence(symbol.path, start, end, f"@{marks[0]} may have put it on some list")


def _is_only_asked_for(code: Code, symbol: Symbol) -> bool:
    """Whether a function is a fixture that pytest calls for nobody but who asks for it by its own name."""
    return is_fixture(code, symbol) and "autouse" not in fixture_mark(code, symbol)
