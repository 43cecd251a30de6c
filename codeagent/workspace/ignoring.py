"""Rules in the style of .gitignore and .gitattributes, for what git does not answer itself."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final, NamedTuple, Protocol, Self

OWN_FILES: Final = (".ignore", ".codeagentignore")  # in the order of their say: the last one wins
ATTRIBUTES: Final = ".gitattributes"
Reader = Callable[[str], bytes]


class Spec(Protocol):
    """The rules of one file, compiled."""

    def check_file(self, file: str) -> Any:
        """What they say of a path, in `include`: see `Rules.verdict`."""

    def match_file(self, file: str) -> bool:
        """Whether they take a path."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Ignore rules of many folders; a deeper or later file has the last word."""

    layers: tuple[tuple[str, Spec], ...] = ()  # (folder with final slash, "" for the root; its rules)

    def adding(self, folder: str, content: bytes) -> Self:
        """These rules and those of one more file; `folder` ends in a slash or is empty."""
        lines = content.decode("utf-8-sig", "replace").splitlines()
        if not any(line.strip() and not line.startswith("#") for line in lines):
            return self
        return type(self)((*self.layers, (folder, _compiled(lines))))

    def verdict(self, path: str) -> bool | None:
        """True: ignored; False: taken back by a `!` rule; None: no rule speaks. Folders end in a slash."""
        for folder, spec in reversed(self.layers):
            if path.startswith(folder):
                said: bool | None = spec.check_file(path[len(folder) :]).include
                if said is not None:
                    return said
        return None


def _compiled(lines: Sequence[str]) -> Spec:
    found: Spec = import_module("codeagent.workspace.patterns").compiled(lines)  # here: most trees have no such file
    return found


def own_rules(paths: Iterable[str], read: Reader) -> Rules:
    """The rules of every .ignore and .codeagentignore among `paths`, and of the root's own.

    They leave out more than git does; a `!` takes back what they left out, never what git itself ignores."""
    rules = Rules()
    for name in OWN_FILES:
        found = {path for path in paths if path.endswith(name) and path.rpartition("/")[2] == name} | {name}
        for path in sorted(found, key=lambda path: (path.count("/"), path)):
            rules = rules.adding(path[: -len(name)], read(path))
    return rules


def linguist_marks(paths: Iterable[str], read: Reader) -> Callable[[str], str | None] | None:
    """What .gitattributes say of a path: "vendored", "generated", "" (explicitly neither), None (nothing).

    None instead of a function where no file says anything at all."""
    lines: list[_Mark] = []
    found = [path for path in paths if path.endswith(ATTRIBUTES) and path.rpartition("/")[2] == ATTRIBUTES]
    for path in sorted(found, key=lambda path: (path.count("/"), path)):
        content = read(path)
        if b"linguist-" in content:
            lines.extend(_marks(path[: -len(ATTRIBUTES)], content.decode("utf-8", "replace")))
    if not lines:
        return None
    lines.reverse()  # the last line that speaks wins

    def said(path: str) -> str | None:
        answers: dict[str, bool] = {}
        for mark in lines:
            fresh = mark.word not in answers and path.startswith(mark.folder)
            if fresh and mark.spec.match_file(path[len(mark.folder) :]):
                answers[mark.word] = mark.on
        return next((word for word, on in answers.items() if on), "") if answers else None

    return said


class _Mark(NamedTuple):
    folder: str
    spec: Spec
    word: str
    on: bool


def _marks(folder: str, text: str) -> Iterator[_Mark]:
    for line in text.splitlines():
        pattern, *attributes = line.split() or [""]
        if not pattern or pattern.startswith(("#", "!")):
            continue
        spec = _compiled([pattern])
        for attribute in attributes:
            name, _, value = attribute.lstrip("-").partition("=")
            if name in ("linguist-vendored", "linguist-generated"):
                on = not attribute.startswith("-") and value.lower() not in ("false", "0")
                yield _Mark(folder, spec, name.removeprefix("linguist-"), on)
