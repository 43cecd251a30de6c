"""Which files an edit can make mean something else: they are linked anew, all others keep their links.

An over-estimate by names. What changed goes by certain names; whatever rests on one of them may mean
something else too, and goes by names of its own; and so on until nothing is added."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from codeagent.domain.facts import ATTR, CALL, IMPORT, KIND, LITERAL, LIVE, NAME, NONE, FileFacts
from codeagent.graph import sites
from codeagent.graph.interface import Interface, keys_of
from codeagent.graph.keys import EVERYTHING, module_key, specs_are_paths
from codeagent.graph.linking import LinkTree
from codeagent.graph.names import framed, spec_words
from codeagent.graph.records import Entry, Snapshot
from codeagent.graph.shelf import ChangedError, Shelf
from codeagent.languages import for_path
from codeagent.languages.resolution.javascript_manifests import SOURCES, names_around

_INTERFACE: Final = KIND["interface"]
_FEW: Final = 10  # files that mention a name before it pays to look whether it is their own
_MOST: Final = 0.25  # of the files; beyond, linking all at once in several processes is faster
SHAPING: Final = re.compile(  # their coming or going moves other modules about
    r"(?:^|/)(?:__init__\.pyi?|index\.[cm]?[jt]sx?|(?:mod|lib|main)\.rs|package\.json|pnpm-workspace\.ya?ml|lerna\.json|[jt]sconfig[^/]*\.json|go\.(?:mod|work)|Cargo\.toml"
    r"|pyproject\.toml|setup\.(?:py|cfg)|pom\.xml|(?:build|settings)\.gradle(?:\.kts)?)$"
)


class _TooManyError(Exception):
    """So much may be affected that everything is linked anew."""


class Stale(NamedTuple):
    """The paths whose links may differ, and the keys by which the reason goes; None: any."""

    paths: set[str]
    keys: set[str] | None


def affected(
    base: Snapshot | None, entries: Mapping[str, Entry], shelf: Shelf, tree: LinkTree, most: int | None = None
) -> Stale:
    """Return what may differ from the links of `base`; `shelf` and `entries` are of now.

    Beyond `most` files it is everything: no more is looked for."""
    everything = {path for path, entry in entries.items() if entry.facts}
    if base is None or _consulted_changed(base, tree):
        return Stale(everything, None)
    changed, moved = _differing(base, entries, tree)
    if any(SHAPING.search(path) or _is_named_root(path, tree) for path in moved):
        return Stale(everything, None)
    try:
        limit = max(_MOST * len(everything), 20.0) if most is None else most
        spread = _Spread(shelf, limit, {path for path in changed if path in everything})
        spread.add(_keys_between(base, entries, shelf, tree, changed, moved))
        spread.run()
    except (_TooManyError, ChangedError):
        return Stale(everything, None)
    return Stale(spread.hit, spread.followed)


class Changed(NamedTuple):
    """The plain names by which what differs goes: definitions and bindings; modules that came or went, at `paths`."""

    bound: frozenset[str] = frozenset()
    modules: frozenset[str] = frozenset()
    paths: frozenset[str] = frozenset()


def changed_names(base: Snapshot, entries: Mapping[str, Entry], shelf: Shelf, tree: LinkTree) -> Changed:
    """Return the names by which what differs from `base` goes."""
    changed, moved = _differing(base, entries, tree)
    bound = _keys_between(base, entries, shelf, tree, changed, set())
    modules = _keys_between(base, entries, shelf, tree, [], moved)
    return Changed(_plain(bound), _plain(modules), frozenset(moved))


def _plain(keys: set[str]) -> frozenset[str]:
    return frozenset(key.rstrip("/") for key in keys if "\0" not in key and not key.endswith("()"))


def _differing(base: Snapshot, entries: Mapping[str, Entry], tree: LinkTree) -> tuple[list[str], set[str]]:
    """The paths whose content differs, and those that came or went."""
    before = {entry.path: entry for entry in base.entries}
    changed = [
        path
        for path in before.keys() | entries.keys()
        if (was := before.get(path)) is None
        or (now := entries.get(path)) is None
        or (was.digest, was.language) != (now.digest, now.language)
    ]
    return changed, {*before, *base.others, *(skip.path for skip in base.skips)} ^ tree.paths


def _keys_between(
    base: Snapshot, entries: Mapping[str, Entry], shelf: Shelf, tree: LinkTree, changed: list[str], moved: set[str]
) -> set[str]:
    """The keys by which everything that differs goes."""
    before = {entry.path: entry for entry in base.entries}
    keys = path_words(moved, tree.paths)
    for path in moved:
        if path.endswith(SOURCES):
            named = (word for name in names_around(tree, path) for word in spec_words(name) if word)
            keys.update(map(module_key, named))
    for path in changed:
        keys |= _changed_keys(path, before.get(path), entries.get(path), shelf)
    return keys


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


def _changed_keys(path: str, was: Entry | None, now: Entry | None, shelf: Shelf) -> set[str]:
    """The keys of the items that a file has gained, lost or changed."""
    sides = [
        Interface(path, shelf.decode_row(was)) if was and was.facts else None,
        Interface(path, shelf[path]) if now and now.facts else None,
    ]
    said, says = (Counter(item[0] for item in side.items) if side else Counter() for side in sides)
    changed = {*(said - says), *(says - said)}
    keys: set[str] = set()
    for side in filter(None, sides):
        items = [item for item in side.items if item[0] in changed]
        keys |= keys_of(items) | side.own_functions(items)
    return keys


class _Spread:
    """Grows the set of affected files from the keys that changed."""

    def __init__(self, shelf: Shelf, most: float, changed: set[str]) -> None:
        self._shelf, self._most = shelf, most
        self._keys: set[str] = set()
        self.followed: set[str] = set()
        self._pending: list[str] = []
        self._interfaces: dict[str, Interface] = {}
        self._changed = changed
        self.hit: set[str] = set(changed)
        self._fresh: list[str] = list(changed)  # hit, and not yet looked into

    def add(self, keys: Iterable[str]) -> None:
        """Take in keys that changed."""
        for key in keys:
            if key not in self._keys:
                if key == EVERYTHING:
                    raise _TooManyError
                self._keys.add(key)
                self._pending.append(key)

    def run(self) -> None:
        """Follow the keys until there are no more."""
        while self._pending or self._fresh:
            keys, self._pending = self._pending, []
            keys = [key for key in keys if self._find(key)]
            self.followed.update(keys)
            fresh, self._fresh = self._fresh, []
            for path in fresh:
                self._interfaces[path] = Interface(path, self._shelf[path])
                self._follow(path, self.followed)
            for path in self._interfaces:
                if path not in fresh:
                    self._follow(path, keys)

    def _find(self, key: str) -> bool:
        """Note the files that a key can matter to; False: to none, and nothing follows from it."""
        if "\0" in key:  # local to a file, which has been hit already
            return True
        if key.endswith("()"):
            name = key[:-2]
            end = framed(name)[1:]
            paths = [p for p, (d, _) in self._shelf.words().items() if b"\n" + end in d or b"." + end in d]
            if not paths or self._called_too_often(name):
                return False
        elif key.endswith("/"):
            word = key[:-1]
            paths = [path for path in self._shelf.mentioning(word) if imports_word(self._shelf[path], word)]
        else:
            paths = list(self._shelf.mentioning(key))
            if len(paths) > _FEW:
                paths = [path for path in paths if path in self.hit or rests_on(self._shelf[path], key)]
        new = [path for path in paths if path not in self.hit]
        self.hit.update(new)
        self._fresh += new
        if len(self.hit) > self._most:
            raise _TooManyError
        return True

    def _called_too_often(self, name: str) -> bool:
        """Whether a name is called from so many places that parameters are not followed, now as before."""
        count = 0
        for path in self._shelf.mentioning(name):
            if path not in self._changed:
                count += _calls(self._shelf[path], name)
                if count > sites.LIMIT:
                    return True
        return False

    def _follow(self, path: str, keys: Iterable[str]) -> None:
        interface = self._interfaces[path]
        mask = interface.mask_of(keys)
        if mask:
            self.add(key for _, keys_of_item, rests, _ in interface.items if rests & mask for key in keys_of_item)


def rests_on(facts: FileFacts, name: str) -> bool:
    """Whether a file may ask others about a name, rather than only using one of that name that it defines."""
    bound = any(s.name == name and s.parent == 0 for s in facts.symbols[1:])
    specs = not specs_are_paths(facts.language)
    bound = bound or any(b.name == name and b.scope == 0 for b in facts.bindings)
    for expr in facts.exprs:
        op = expr[0]
        if op in (NAME, LIVE):
            if not bound and expr[2] == name:
                return True
        elif op == ATTR:
            if expr[2] == name:
                return True
        elif op == IMPORT and (expr[2] == name or (specs and name in spec_words(expr[1]))):
            return True
    stars = specs and any(fact.name == "*" and name in spec_words(fact.spec) for fact in facts.imports)
    return stars or any(s.name == name and facts.symbols[s.parent].kind == _INTERFACE for s in facts.symbols[1:])


def imports_word(facts: FileFacts, word: str) -> bool:
    """Whether an import of a file could name a file or folder of that name."""
    if any(expr[0] == IMPORT and (expr[2] == word or word in spec_words(expr[1])) for expr in facts.exprs):
        return True
    return any(fact.name == "*" and word in spec_words(fact.spec) for fact in facts.imports)


def _calls(facts: FileFacts, name: str) -> int:
    """How many calls of a name in a file hand over something."""
    exprs = facts.exprs
    count = 0
    for expr in exprs:
        if expr[0] == CALL and expr[1] != NONE and exprs[expr[1]][0] in (NAME, ATTR) and exprs[expr[1]][2] == name:
            count += bool(expr[3]) or any(arg != NONE and exprs[arg][0] != LITERAL for arg in expr[2])
    return count
