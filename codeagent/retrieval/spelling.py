"""What a text spells out: paths, dotted modules, frames of stack traces, and names that look like code."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from codeagent.retrieval.scores import Scores
from codeagent.retrieval.terms import Terms

# Both match wherever they start and never look back: a text may be hostile.
_SAID: Final = re.compile(r"[\w./\\@+~-]+")
_NAME: Final = re.compile(r"(`?)([^\W\d]\w*)(\(?)")
_HUMP: Final = re.compile(r"[a-z\d][A-Z]")
_MANY: Final = 8  # files: a name that more define says nothing
_LONGEST: Final = 100_000  # characters of a text that are looked at


class Speller:
    """Finds the files that a text spells out."""

    def __init__(self, terms: Terms, paths: Iterable[str]) -> None:
        self._terms = terms
        self._by_name: dict[str, list[str]] = {}
        self._by_stem: dict[str, list[str]] = {}
        for path in paths:
            name = path.rpartition("/")[2]
            self._by_name.setdefault(name.lower(), []).append(path)
            self._by_stem.setdefault(name.partition(".")[0].lower(), []).append(path)

    def paths(self, text: str) -> Scores:
        """Paths and dotted modules: 1.0 shared among the files that one may mean."""
        scores: Scores = {}
        for said in dict.fromkeys(match[0].replace("\\", "/").strip(".-") for match in _SAID.finditer(text[:_LONGEST])):
            found = self._ending(said) if "." in said.rpartition("/")[2] else []
            _share(scores, found or (self._module(said) if "." in said and "/" not in said else []))
        return scores

    @staticmethod
    def dotted(text: str) -> frozenset[str]:
        """Everything of two or more names joined by dots, in lower case, without what is before the last two."""
        found = (match[0].strip(".-").lower().split(".") for match in _SAID.finditer(text[:_LONGEST]))
        return frozenset(".".join(parts[-2:]) for parts in found if len(parts) > 1)

    def names(self, text: str) -> tuple[Scores, dict[str, list[str]]]:
        """Names that few files define, shared among them; and which names speak for which file."""
        scores: Scores = {}
        said: dict[str, list[str]] = {}
        for name in dict.fromkeys(_code_names(text[:_LONGEST])):
            homes = sorted({path for path, _ in self._terms.names(name.lower().strip("_"))})
            if 0 < len(homes) <= _MANY:
                _share(scores, homes)
                for home in homes:
                    said.setdefault(home, []).append(name)
        return scores, said

    def _ending(self, said: str) -> list[str]:
        """The files whose path ends like a spelled one; the longest common ending wins."""
        parts = [part.lower() for part in said.split("/") if part not in ("", ".", "..")]
        best: list[str] = []
        longest = 0
        for path in self._by_name.get(parts[-1], ()) if parts else ():
            common = _common(path.lower().split("/"), parts)
            if common > longest:
                best, longest = [], common
            if common == longest:
                best.append(path)
        return best

    def _module(self, said: str) -> list[str]:
        """The files that `package.module` or `package.module.Name` may mean: two parts must agree."""
        parts = said.lower().split(".")
        for last in range(len(parts) - 1, 0, -1):
            found = [
                path
                for path in self._by_stem.get(parts[last], ())
                if _common([*path.lower().split("/")[:-1], parts[last]], parts[: last + 1]) >= 2
            ]
            if found:
                return found
        return []


def _code_names(text: str) -> Iterator[str]:
    """Yield what is quoted, called, or joined from several words."""
    for mark, name, call in _NAME.findall(text):
        if len(name) > 2 and (mark or call or "_" in name.strip("_") or _HUMP.search(name)):
            yield name


def _common(path: list[str], said: list[str]) -> int:
    """How many parts two paths share at their ends."""
    shared = 0
    for ours, theirs in zip(reversed(path), reversed(said), strict=False):
        if ours != theirs:
            break
        shared += 1
    return shared


def _share(scores: Scores, paths: list[str]) -> None:
    if len(paths) <= _MANY:
        for path in paths:
            scores[path] = scores.get(path, 0.0) + 1 / len(paths)
