"""All files at once as the resolver asks for them: slots, modules, definitions by name."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from itertools import islice
from sys import intern
from typing import Final, Protocol

from codeagent.domain.facts import (
    EXPORTED,
    IMPORT,
    TYPE_KINDS,
    FileFacts,
)
from codeagent.graph import alone
from codeagent.graph.arranged import arrange
from codeagent.graph.names import defined_names, last_names, mentioned_names
from codeagent.graph.values import Denoted
from codeagent.graph.views import FileView
from codeagent.languages import BY_NAME
from codeagent.languages.language import Language, Location, Modules, Tree, named

_FEW: Final = 4  # places of a module that are asked one by one


class Facts(Protocol):
    """Where the resolver reads facts: all in memory, or fetched as they are asked for."""

    def __getitem__(self, path: str) -> FileFacts: ...
    def __contains__(self, path: object) -> bool: ...
    def __iter__(self) -> Iterator[str]: ...
    def view(self, path: str) -> FileView:
        """The facts of a file arranged for look-up."""

    def mentioning(self, name: str) -> Iterable[str]:
        """The paths of the files in whose facts a name occurs; may hold a few too many."""

    def defining(self, name: str) -> Iterable[str]:
        """The paths of the files that define something of that name, members included; may hold a few too many."""


class Overlay:
    """The facts of a snapshot, some of its files replaced by their facts with locals."""

    def __init__(self, facts: Facts, own: Mapping[str, FileView]) -> None:
        self._facts, self._own = facts, own

    def __getitem__(self, path: str) -> FileFacts:
        own = self._own.get(path)
        return own.facts if own else self._facts[path]

    def view(self, path: str) -> FileView:
        return self._own.get(path) or self._facts.view(path)

    def __contains__(self, path: object) -> bool:
        return path in self._facts

    def __iter__(self) -> Iterator[str]:
        return iter(self._facts)

    def mentioning(self, name: str) -> Iterable[str]:
        return self._facts.mentioning(name)

    def defining(self, name: str) -> Iterable[str]:
        return self._facts.defining(name)


class _Views(dict[str, FileView]):
    """Views of files, each made on the first look."""

    def __init__(self, facts: Facts) -> None:
        super().__init__()
        self._facts = facts

    def __missing__(self, path: str) -> FileView:
        view = self[path] = self._facts.view(path)
        return view


class World:
    """The repository as the evaluator sees it. Everything is computed when first asked for."""

    def __init__(self, facts: Facts, tree: Tree) -> None:
        self.facts = facts
        self._tree = tree
        self._views = _Views(facts)
        self.view = self._views.__getitem__  # path -> its arranged facts, made when first asked for
        self._modules: dict[str, Modules | None] = {}
        self._found: dict[tuple[str, str], tuple[Location, ...]] = {}
        self._groups: dict[tuple[str, ...], dict[str, list[Denoted]]] = {}  # files that share a scope: who defines what
        self._shared: dict[str, tuple[int, tuple[str, ...]]] = {}  # by file: the names that others see
        self._names: dict[str, frozenset[str]] = {}  # by file: what scopes of it have
        self._group_of: dict[str, dict[str, list[Denoted]]] = {}
        self._packages: dict[tuple[Location, ...], dict[str, list[Denoted]]] = {}
        self._projects: dict[tuple[str, ...], frozenset[str]] = {}
        self._imports: dict[tuple[str, str], tuple[str, ...]] = {}  # by finder and project
        self._members: dict[str, tuple[list[Denoted], Iterator[Denoted]]] = {}  # found so far, and the search for more

    def forget_views(self) -> None:
        """Forget the views of all files; they are made again when they are asked for."""
        self._views.clear()

    def seen(self, path: str) -> bool:
        """Tell whether anything has been asked of a file yet."""
        return path in self._views

    def modules(self, language: Language) -> Modules | None:
        """The module finder of a language; languages of one family share theirs."""
        key = language.family or language.name
        if key not in self._modules:
            self._modules[key] = language.finder(self._tree)
        return self._modules[key]

    def find(self, importer: FileView, spec: str) -> tuple[Location, ...]:
        """The places that make up a module, `()` when it is not in the tree."""
        return self.find_from(importer.path, importer.language, spec)

    def find_from(self, importer: str, language: Language, spec: str) -> tuple[Location, ...]:
        """The same, from any path, whether or not a file lies there; unindexed files are left out."""
        key = (importer, spec)
        found = self._found.get(key)
        if found is None:
            modules = self.modules(language)
            places = modules.find(importer, spec) if modules else ()
            found = tuple(place for place in places if place.path.endswith("/") or place.path in self.facts)
            self._found[key] = found
        return found

    def external(self, importer: FileView, spec: str) -> str:
        """The dotted name of a module that is not in the tree."""
        modules = self.modules(importer.language)
        return modules.external(importer.path, spec) if modules else spec

    def project(self, view: FileView) -> str:
        """The folder of the project that a file is part of, by the file that makes it one; "" where none does."""
        ends = view.language.scoping.project_files
        if ends not in self._projects:
            homes = (path.rpartition("/")[0] for path in self._tree.paths if path.endswith(ends))
            self._projects[ends] = frozenset(homes)
        folder = view.path.rpartition("/")[0]
        while folder and folder not in self._projects[ends]:
            folder = folder.rpartition("/")[0]
        return folder

    def project_imports(self, view: FileView) -> tuple[str, ...]:
        """The modules whose names the project of a file imports for all of its files."""
        finder = view.language.project_imports
        if not finder:
            return ()
        project = self.project(view)
        if (finder, project) not in self._imports:
            found: tuple[str, ...] = named(finder)(self._tree, project, view.language.scoping.project_files)
            self._imports[finder, project] = found
        return self._imports[finder, project]

    def counterparts(self, view: FileView, symbol: int) -> list[Denoted]:
        """A type, and those of its name in its package that stand for it on other platforms: `expect` and `actual`."""
        own = (view.path, symbol)
        fact = view.facts.symbols[symbol]
        if not view.language.scoping.per_platform or fact.parent:
            return [own]
        others = (self.view(path) for path in sorted(self.facts.defining(fact.name)) if path != view.path)
        near = (one for one in others if one.language is view.language and one.facts.package == view.facts.package)
        named = (
            (one, index) for one in near if (0, fact.name) in one.slots for index in one.slots[0, fact.name].symbols
        )
        return [own, *((one.path, index) for one, index in named if one.facts.symbols[index].kind in TYPE_KINDS)]

    def siblings(self, view: FileView) -> tuple[str, ...]:
        """Files whose top-level names are in scope without import."""
        modules = self.modules(view.language)
        return tuple(path for path in modules.siblings(view.path) if path in self.facts) if modules else ()

    def siblings_defining(self, view: FileView, name: str) -> tuple[Denoted, ...]:
        """The files (this one aside, but for what it says to be global) whose names are in scope without import and
        hold a name, and the scope in each: the first of them, or all where a build takes one of them."""
        group = self._group_of.get(view.path)
        if group is None:
            paths = self.siblings(view)
            group = self._groups.get(paths)
            if group is None:
                group = self._groups[paths] = self._defined_in(paths)
            self._group_of[view.path] = group
        places = [place for place in group.get(name, ()) if place[0] != view.path or place[1]]
        return tuple(places if view.language.scoping.built_apart else places[:1])

    def holding(self, locations: tuple[Location, ...], name: str) -> tuple[Location, ...]:
        """Those of the files of one package that define a name at their top; of few places all: asking costs less."""
        if len(locations) < _FEW:
            return locations
        group = self._packages.get(locations)
        if group is None:
            group = self._packages[locations] = self._defined_in(tuple(location.path for location in locations))
        return tuple(Location(path) for path, _ in group.get(name, ()))

    def _defined_in(self, paths: tuple[str, ...]) -> dict[str, list[Denoted]]:
        """The shared names of files, what they import left out, and which of the files define them, in which scope."""
        found: dict[str, list[Denoted]] = {}
        for path in paths:
            scope, names = self._shared.get(path) or self._shared_by(path)
            for name in names:
                found.setdefault(name, []).append((path, scope))
        return found

    def _shared_by(self, path: str) -> tuple[int, tuple[str, ...]]:
        """The scope of a file whose names others see, and those names: groups have many files in common."""
        facts = self.facts[path]
        scope = _shared_scope(facts)
        hides = BY_NAME[facts.language].scoping.open_world
        own = (symbol for symbol in facts.symbols if symbol.parent == scope)
        names = {symbol.name for symbol in own if symbol.flags & EXPORTED or not hides}
        names.update(
            binding.name
            for binding in facts.bindings
            if binding.scope == scope and not (binding.value >= 0 and facts.exprs[binding.value][0] == IMPORT)
        )
        shared = self._shared[path] = scope, tuple(map(intern, names - alone.hidden(facts)))
        return shared

    def may_have(self, place: Location, name: str) -> bool:
        """Whether a scope of a file may have a name: asked of many files that only mention one, each opened once."""
        known = self._names.get(place.path)
        if known is None:
            known = self._names[place.path] = frozenset(intern(one) for _, one in self.view(place.path).slots)
        return (place.inner.partition(".")[0] or name) in known

    def methods_named(self, name: str, most: int) -> list[Denoted]:
        """Methods of that name in the tree, as (path, symbol), in path order: as many, and one more if there is one."""
        found, further = self._members.setdefault(name, ([], self._find_methods(name)))
        found += islice(further, max(0, most + 1 - len(found)))
        return found[: most + 1]

    def _find_methods(self, name: str) -> Iterator[Denoted]:
        for path in sorted(self.facts.defining(name)):
            for index in self.view(path).methods.get(name, ()):
                yield path, index


def _shared_scope(facts: FileFacts) -> int:
    """The block whose members every file sees, where a file has one; else its top level."""
    block = BY_NAME[facts.language].scoping.global_block
    blocks = (i for i, one in enumerate(facts.symbols) if block and one.name == block and not one.parent)
    return next(blocks, 0)


class AllFacts(dict[str, FileFacts]):
    """Facts all in memory, with indexes from name to files built on the first question."""

    def view(self, path: str) -> FileView:
        """The facts of a file arranged for look-up."""
        return arrange(path, self[path])

    def mentioning(self, name: str) -> Iterable[str]:
        """The paths whose facts define or refer to a name."""
        return self._mentioning.get(name, ())

    def defining(self, name: str) -> Iterable[str]:
        """The paths with a definition whose dotted name ends in a name."""
        return self._defining.get(name, ())

    @cached_property
    def _mentioning(self) -> Mapping[str, list[str]]:
        return _by_name(self, mentioned_names)

    @cached_property
    def _defining(self) -> Mapping[str, list[str]]:
        return _by_name(self, lambda facts: last_names(defined_names(facts)))


def _by_name(files: Mapping[str, FileFacts], names: Callable[[FileFacts], Iterable[str]]) -> dict[str, list[str]]:
    index: dict[str, list[str]] = {}
    for path, facts in files.items():
        for name in names(facts):
            index.setdefault(name, []).append(path)
    return index
