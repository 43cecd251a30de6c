"""Call sites by the name they call: where the arguments of a function may come from."""

from collections.abc import Sequence

from codeagent.domain.facts import KIND, TYPE_KINDS
from codeagent.graph.names import CALLED, OF_RECEIVER, call_sites
from codeagent.graph.views import FileView
from codeagent.graph.world import World

Site = tuple[str, int]  # path, CALL or DECORATE expression

_LAMBDA = KIND["lambda"]
LIMIT = 80  # sites followed back from one function; beyond, its parameters are unknown


class Sites:
    """The call sites of a world that pass something that can matter, found name by name."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._by_name: dict[tuple[str, str], list[Site] | None] = {}  # by language family and name

    def calling(self, view: FileView, symbol: int, name: str, heirs: Sequence[str] = ()) -> list[Site] | None:
        """Sites that may call a function: by its name (or its class's, and those of `heirs`), and the unnamed
        ones of its file; None when there are too many to follow."""
        names = [name, *heirs]
        constructs = name == view.language.scoping.constructor
        if constructs:
            names.append(view.facts.symbols[view.facts.symbols[symbol].parent].name)
        elif name == "__call__":
            names = []
        found: list[Site] = []
        for one in names:
            sites = self._named(view, one)
            if sites is None:
                return None
            found += sites
        if name in view.valued or view.facts.symbols[symbol].kind == _LAMBDA:
            found += [(view.path, index) for index in self.of_file(view.path).get("", ())]
        elif constructs or view.facts.symbols[symbol].kind in TYPE_KINDS:
            found += [(view.path, index) for index in self.of_file(view.path).get(OF_RECEIVER, ())]
        return list(dict.fromkeys(found))

    def are_few(self, view: FileView, name: str) -> bool:
        """Whether the calls of a name are so few that they are followed."""
        return self._named(view, name) is not None

    def _named(self, view: FileView, name: str) -> list[Site] | None:
        key = (_family(view), name)
        if key not in self._by_name:
            found: list[Site] = []
            for path in sorted(self._world.facts.mentioning(CALLED.format(name))):
                if _family(self._world.view(path)) == key[0]:
                    found += [(path, index) for index in self.of_file(path).get(name, ())]
                if len(found) > LIMIT:
                    break
            self._by_name[key] = found if len(found) <= LIMIT else None
        return self._by_name[key]

    def of_file(self, path: str) -> dict[str, list[int]]:
        """The sites of one file: name called to expressions; "" holds those whose callee is a local
        variable, a parameter, an item or another call."""
        view = self._world.view(path)
        known = view.called
        if known is None:
            known = view.called = {}
            for index, name in call_sites(view.facts):
                known.setdefault(name, []).append(index)
            known.setdefault("", []).extend(known.get(OF_RECEIVER, ()))
            for name in [n for n in known if n and n != OF_RECEIVER and not self._defines(view, n)]:
                known.setdefault("", []).extend(known[name])
        return known

    def _defines(self, view: FileView, name: str) -> bool:
        """Whether a called name is surely no alias: it is not bound to a value in this file."""
        return name not in view.aliases


def _family(view: FileView) -> str:
    return view.language.family or view.language.name
