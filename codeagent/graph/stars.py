"""What star imports reach where one import means many files: headers that include headers, packages, namespaces."""

from collections.abc import Callable

from codeagent.domain.facts import PROJECT_WIDE, ImportFact
from codeagent.graph.names import EVERYWHERE
from codeagent.graph.values import NOTHING, Values
from codeagent.graph.views import FileView
from codeagent.graph.world import World
from codeagent.languages.language import Location

FEW = 4  # places that are asked one by one sooner than by name

Namespace = Callable[[FileView, str], tuple[Location, ...]]


class Stars:
    """The places whose names each file sees by star imports, arranged for look-up by name."""

    def __init__(self, world: World, namespace: Namespace) -> None:
        self._world = world
        self._namespace = namespace
        self._reached: dict[str, dict[str, list[tuple[int, Location]]]] = {}
        self._wide: dict[str, list[FileView]] = {}  # by project: the files whose imports hold in all of it

    def named(self, view: FileView, spec: str) -> tuple[Location, ...]:
        """The places that a star import brings the names of: a module's, or an open namespace's."""
        found = self._world.find(view, spec)
        if found or not view.language.scoping.open_types:
            return found
        return self._namespace(view, spec.replace("::", "."))

    def places(self, view: FileView, name: str) -> list[Location]:
        """Those of the places a file sees that may have a name, the nearest import first."""
        reached = self._reached.get(view.path)
        if reached is None:
            reached = self._reached[view.path] = self._reach(view)
        paths = reached if len(reached) <= FEW else self._world.facts.mentioning(name)
        found = [place for path in paths for place in reached.get(path, ())]
        return [location for _, location in sorted(found)]

    def _reach(self, view: FileView) -> dict[str, list[tuple[int, Location]]]:
        reached: dict[str, list[tuple[int, Location]]] = {}
        seen: set[Location] = {Location(view.path)}
        pending = self._direct(view)
        while pending:
            location = pending.pop()
            if location in seen or location.path.endswith("/"):
                continue
            reached.setdefault(location.path, []).append((len(seen), location))
            seen.add(location)
            if not location.inner and not view.language.scoping.imports_private:
                pending += self._direct(self._world.view(location.path))
        return reached

    def _direct(self, view: FileView) -> list[Location]:
        """The places of a file's own star imports, the last import at the end: it is looked at first."""
        return [place for fact in self.written(view) for place in reversed(self.named(view, fact.spec))]

    def written(self, view: FileView) -> list[ImportFact]:
        """The star imports that hold in a file: those of its project, then its own."""
        return [*self._of_project(view), *view.stars.get(0, ())]

    def aliased(self, view: FileView, name: str) -> FileView | None:
        """The file that gives something a name for all of a file's project; None where none does."""
        for other in self._wide_views(view):
            if any(one.flags & PROJECT_WIDE and one.alias == name for one in other.facts.imports):
                return other
        return None

    def _of_project(self, view: FileView) -> list[ImportFact]:
        stars = (fact for one in self._wide_views(view) for fact in one.stars.get(0, ()))
        said = [ImportFact(spec, "*", None, 0, 0, 0, PROJECT_WIDE) for spec in self._world.project_imports(view)]
        return [*said, *(fact for fact in stars if fact.flags & PROJECT_WIDE)]

    def _wide_views(self, view: FileView) -> list[FileView]:
        """The files of a file's project that import something for all of it."""
        if not view.language.scoping.project_files:
            return []
        project = self._world.project(view)
        known = self._wide.get(project)
        if known is None:
            wide = map(self._world.view, sorted(self._world.facts.mentioning(EVERYWHERE)))
            known = self._wide[project] = [one for one in wide if self._world.project(one) == project]
        return known


def from_base(view: FileView, name: str, found: Values) -> Values:
    """What of the members that bases outside the tree may have is worth saying, where star imports bring names, too."""
    scoping = view.language.scoping
    if not (scoping.wide_stars or scoping.open_types):
        return found
    if scoping.capital_types and name[:1].isupper():
        return NOTHING  # a type, and no member
    marks = ("<builtin>.", "<builtin>.Enum.") if scoping.root else ("<builtin>.",)
    return frozenset(value for value in found if not str(value[1]).startswith(marks))
