"""Which files an edit can make mean something else: they are linked anew, all others keep their links.

An over-estimate by names. What changed goes by certain names; whatever rests on one of them may mean
something else too, and goes by names of its own; and so on until nothing is added. Where that reaches many
files, what the changed ones offer is compared by value first: most edits leave that as it was."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from codeagent.domain.facts import PROJECT_WIDE
from codeagent.graph.flow import Flow
from codeagent.graph.interface import keys_of
from codeagent.graph.interfaces import Interfaces
from codeagent.graph.linked import LinkTree
from codeagent.graph.name_keys import module_key, specs_are_paths
from codeagent.graph.names import spec_words
from codeagent.graph.noticing import Noticed, compared
from codeagent.graph.records import Entry, Snapshot
from codeagent.graph.sameform import exchanged_words
from codeagent.graph.seeds import Seeds
from codeagent.graph.shelf import ChangedError, Shelf
from codeagent.graph.spreading import Spread, TooFarError
from codeagent.languages import LANGUAGES, for_path
from codeagent.languages.resolution.javascript_manifests import SOURCES, names_around

_MOST: Final = 0.25  # of the files; beyond, linking all at once in several processes is faster
_CLOSELY: Final = 30  # files that differ, up to which it is asked of whatever they reach if it changed
_SOON: Final = 40  # files that are linked before two evaluators would have compared anything
SHAPING: Final = re.compile(  # their coming or going moves other modules about
    r"(?:^|/)(?:__init__\.pyi?|index\.[cm]?[jt]sx?|(?:mod|lib|main)\.rs|package\.json|pnpm-workspace\.ya?ml|lerna\.json|[jt]sconfig[^/]*\.json|go\.(?:mod|work)|Cargo\.toml"
    r"|pyproject\.toml|setup\.(?:py|cfg)|pom\.xml|(?:build|settings)\.gradle(?:\.kts)?|[^/]*\.(?:cs|vb|fs)proj)$"
)


class Stale(NamedTuple):
    """The paths whose links may differ, and the keys by which the reason goes; None: any."""

    paths: set[str]
    keys: set[str] | None
    interfaces: Interfaces | None = None  # that were asked for on the way
    flow: Flow | None = None  # the same of values, where any were compared
    gone: frozenset[str] = frozenset()  # ids that no longer are any, but for which nothing else may differ


def affected(
    base: Snapshot | None, entries: Mapping[str, Entry], shelf: Shelf, tree: LinkTree, most: int | None = None
) -> Stale:
    """Return what may differ from the links of `base`; `shelf` and `entries` are of now.

    Beyond `most` files it is everything: no more is looked for, nor as closely as where all would be linked anew."""
    everything = {path for path, entry in entries.items() if entry.facts}
    if base is None or _consulted_changed(base, tree):
        return Stale(everything, None)
    changed, moved = _differing(base, entries, tree)
    if any(SHAPING.search(path) or _is_named_root(path, tree) for path in moved):
        return Stale(everything, None)
    limit = max(_MOST * len(everything), 20.0) if most is None else most
    interfaces = Interfaces(shelf)
    seeds = Seeds(_keys_between(base, entries, interfaces, tree, changed, moved))
    if _wide_imports_differ(base, entries, interfaces, changed):
        return Stale(everything, None)
    spread = Spread(shelf, {path for path in changed if path in everything}, interfaces)
    try:
        return Stale(*spread.run(seeds, min(limit, _SOON)), interfaces)
    except TooFarError:
        pass
    except ChangedError:
        return Stale(everything, None)
    try:
        closely = most is None and len(changed) <= _CLOSELY
        words = _keys_between(base, entries, interfaces, tree, [], moved)
        by_value = closely or not moved
        noticed = (
            compared(base, shelf, tree, changed, spread, words, None if closely else limit) if by_value else Noticed()
        )
        paths, keys = spread.run(noticed.seeds or seeds, limit, noticed.is_same)
        return Stale(paths | noticed.leading, keys, interfaces, noticed.flow, noticed.gone)
    except (TooFarError, ChangedError):
        return Stale(everything, None)


class Changed(NamedTuple):
    """The plain names by which what differs goes: definitions and bindings; modules that came or went, at `paths`."""

    bound: frozenset[str] = frozenset()
    modules: frozenset[str] = frozenset()
    paths: frozenset[str] = frozenset()


def changed_names(
    base: Snapshot, entries: Mapping[str, Entry], shelf: Shelf, tree: LinkTree, moves: Mapping[str, str]
) -> Changed:
    """Return the names by which what differs from `base` goes; `moves` are old paths of files to new ones.

    What is said as before in a file that moved is found as before by whoever finds the module. Where only
    names differ, it is those: see `sameform`."""
    changed, moved = _differing(base, entries, tree)
    before = {entry.path: entry for entry in base.entries}
    if not moved:
        sides = ((shelf.decode_row(before[path]), shelf[path]) for path in changed if before[path].facts)
        if (words := exchanged_words(sides)) is not None:
            return Changed(words)
    told = {old: new for old, new in moves.items() if _says_all_by_module(before.get(old), entries.get(new))}
    interfaces = Interfaces(shelf)
    apart = [path for path in changed if path not in told and path not in told.values()]
    bound = _keys_between(base, entries, interfaces, tree, apart, set())
    for old, new in told.items():
        bound |= _changed_keys(new, before[old], entries[new], interfaces)
    modules = _keys_between(base, entries, interfaces, tree, [], moved)
    return Changed(_plain(bound), _plain(modules), frozenset(moved))


def _says_all_by_module(was: Entry | None, now: Entry | None) -> bool:
    """Whether what a file defines is seen by nobody who does not name it as a module, there as here."""
    if was is None or now is None or not (was.facts and now.facts):
        return False
    return was.language == now.language and specs_are_paths(now.language)


def _plain(keys: set[str]) -> frozenset[str]:
    return frozenset(key.rstrip("/") for key in keys if "\0" not in key and not key.endswith("()"))


def _differing(base: Snapshot, entries: Mapping[str, Entry], tree: LinkTree) -> tuple[list[str], set[str]]:
    """The paths whose content differs, and those that came or went: into the tree, or into what is indexed of it."""
    before = {entry.path: entry for entry in base.entries}
    changed = [
        path
        for path in before.keys() | entries.keys()
        if (was := before.get(path)) is None
        or (now := entries.get(path)) is None
        or (was.digest, was.language) != (now.digest, now.language)
    ]
    there = {*before, *base.others, *(skip.path for skip in base.skips)}
    return changed, (there ^ tree.paths) | (before.keys() ^ entries.keys())


def _keys_between(
    base: Snapshot,
    entries: Mapping[str, Entry],
    interfaces: Interfaces,
    tree: LinkTree,
    changed: list[str],
    moved: set[str],
) -> set[str]:
    """The keys by which everything that differs goes."""
    before = {entry.path: entry for entry in base.entries}
    keys = path_words(moved, tree.paths)
    for path in moved:
        if path.endswith(SOURCES):
            named = (word for name in names_around(tree, path) for word in spec_words(name) if word)
            keys.update(map(module_key, named))
    for path in changed:
        keys |= _changed_keys(path, before.get(path), entries.get(path), interfaces)
    return keys


def _wide_imports_differ(
    base: Snapshot, entries: Mapping[str, Entry], interfaces: Interfaces, changed: Iterable[str]
) -> bool:
    """Whether what files that differ import for their whole project is another thing now, or where they say that other
    modules lie."""
    before = {entry.path: entry for entry in base.entries}
    if _packages(before, changed) != _packages(entries, changed) and _packages(before) != _packages(entries):
        return True
    for path in changed:
        was, now = before.get(path), entries.get(path)
        packages = [one.head.package if one and one.facts else None for one in (was, now)]
        if packs_otherwise(path, *packages):
            return True
        sides = (
            interfaces.was(was).facts.imports if was and was.facts else (),
            interfaces.now(path).facts.imports if now and now.facts else (),
        )
        old, new = ([(one.spec, one.name, one.alias) for one in side if one.flags & PROJECT_WIDE] for side in sides)
        if old != new:
            return True
    return False


def _packages(entries: Mapping[str, Entry], paths: Iterable[str] | None = None) -> set[str]:
    """The packages of the files of languages whose projects import some for all of their files: those may come or go
    that a file sees without naming them."""
    named = entries if paths is None else [path for path in paths if path in entries]
    ends = tuple(end for language in LANGUAGES if language.project_imports for end in language.suffixes)
    return {entries[path].head.package for path in named if path.endswith(ends) and entries[path].facts}


def packs_otherwise(path: str, was: str | None, now: str | None) -> bool:
    """Tell whether a file says that it is part of another package than before, or (Rust) that other modules lie
    elsewhere; None where it has no facts."""
    if path.endswith(".rs"):
        return (was or "") != (now or "")
    return None not in (was, now) and was != now


def _consulted_changed(base: Snapshot, tree: LinkTree) -> bool:
    return any(tree.digest(path) != digest for path, digest in base.consulted)


def _is_named_root(path: str, tree: LinkTree) -> bool:
    """Whether a Rust file is the root of a crate that its manifest names: it is imported by the crate's name."""
    folder, _, name = path.rpartition("/")
    while name.endswith(".rs"):
        manifest = f"{folder}/Cargo.toml".lstrip("/")
        if manifest in tree.paths:
            return name.encode("utf-8", "surrogateescape") in tree.read(manifest)
        if not folder:
            break
        folder = folder.rpartition("/")[0]
    return False


def path_words(moved: Iterable[str], paths: frozenset[str]) -> set[str]:
    """The words by which imports can name files that came or went, and folders that did so with them."""
    words: set[str] = set()
    folders = Counter(path.rpartition("/")[0] for path in paths)
    for path in moved:
        folder, _, name = path.rpartition("/")
        words.update(spec_words(name))
        words.add(name.partition(".")[0])
        if folders[folder] <= 1:
            words.update(spec_words(folder))
        language = for_path(path)
        if language is None or not specs_are_paths(language.name):  # a package is all the files of its folder
            words.add(folder.rpartition("/")[2])
        if name.endswith(".rs"):  # it may have been the parent of other modules, or the root of their crate
            words.update(("super", "crate"))
    words.discard("")
    return words | set(map(module_key, words))


def _changed_keys(path: str, was: Entry | None, now: Entry | None, interfaces: Interfaces) -> set[str]:
    """The keys of the items that a file has gained, lost or changed."""
    sides = [
        interfaces.was(was) if was and was.facts else None,
        interfaces.now(path) if now and now.facts else None,
    ]
    said, says = (Counter(item[0] for item in side.items) if side else Counter() for side in sides)
    changed = {*(said - says), *(says - said)}
    keys: set[str] = set()
    for side in filter(None, sides):
        items = [item for item in side.items if item[0] in changed]
        keys |= keys_of(items) | side.own_functions(items)
    return keys
