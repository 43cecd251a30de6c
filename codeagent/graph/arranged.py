"""What is made of the facts of each file, kept as long as they are: they arranged for look-up, also with locals."""

from collections.abc import Callable

from codeagent.domain.facts import FileFacts
from codeagent.graph.views import FileView
from codeagent.languages import BY_NAME


def arrange(path: str, facts: FileFacts) -> FileView:
    """Return the facts of a file arranged for look-up."""
    return FileView(path, facts, BY_NAME[facts.language])


class Arranged:
    """Views of the files of one snapshot; those of files that are the same in another one are that one's."""

    def __init__(self, facts: Callable[[str], FileFacts], lending: "Callable[[str], Arranged | None]") -> None:
        self._facts, self._lending = facts, lending
        self._views: dict[str, FileView] = {}
        self._local: dict[str, FileView] = {}

    def view(self, path: str) -> FileView:
        """Return the view of a file."""
        view = self._views.pop(path, None)
        if view is None:
            lender = self._lending(path)
            view = lender.view(path) if lender is not None else arrange(path, self._facts(path))
        self._views[path] = view  # the one used last stands last
        return view

    def local(self, path: str, extract: Callable[[], FileFacts]) -> FileView:
        """Return the view of a file's facts with locals, which `extract` makes."""
        view = self._local.pop(path, None)
        if view is None:
            lender = self._lending(path)
            view = lender.local(path, extract) if lender is not None else arrange(path, extract())
        self._local[path] = view
        return view

    def trim(self, size: Callable[[str], int], most: int, most_local: int) -> set[str]:
        """Let go of what was used longest ago, beyond so many bytes of source; return the files whose facts remain."""
        for kept, room in ((self._views, most), (self._local, most_local)):
            for path in reversed(list(kept)):
                room -= size(path)
                if room < 0:
                    del kept[path]
        return set(self._views)

    def clear(self) -> None:
        """Let go of all."""
        self._views.clear()
        self._local.clear()
