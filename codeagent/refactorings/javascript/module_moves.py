"""JavaScript and TypeScript modules that move: specifiers of imports, requires and mocks follow, each in its style."""

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from posixpath import basename, dirname, splitext

from codeagent.domain.patch import Edit
from codeagent.graph.names import spec_words
from codeagent.languages import BY_NAME
from codeagent.languages.language import Language, Modules
from codeagent.refactorings.code import Code
from codeagent.refactorings.javascript.specifiers import RUNTIME, remarked, specifiers
from codeagent.refactorings.refactoring import Refusal

FAMILY = "javascript"


def javascript_edits(code: Code, files: Mapping[str, str]) -> list[Edit]:
    """Return the edits of all files of the family for files that move; Refusal where one cannot be reached again."""
    return list(_Move(code, files).edits())


@dataclass(frozen=True, slots=True)
class _After:
    """The tree after the move, for a module finder."""

    code: Code
    files: Mapping[str, str]
    paths: frozenset[str]
    packages: Mapping[str, str] = field(default_factory=dict)

    def read(self, path: str) -> bytes:
        """Manifests have the bytes they had."""
        old = next((before for before, after in self.files.items() if after == path), path)
        return self.code.read(old) if old in self.code.graph.paths else b""


class _Move:
    def __init__(self, code: Code, files: Mapping[str, str]) -> None:
        self.code, self.files = code, files

    def edits(self) -> Iterator[Edit]:
        stems = {_word(_stem(path)) for path in self.files} | {_word(dirname(path)) for path in self.files}
        shelf, _ = self.code.graph.sources()
        mentioning = {path for stem in stems if stem for path in shelf.mentioning(stem)}
        for path, record in self.code.graph.files.items():
            language = BY_NAME[record.language]
            if language.family != FAMILY:
                continue
            if path in self.files or path in mentioning or self._near(path):
                yield from self._of_file(path, language)
            yield from self._of_remarks(path, language)

    def _near(self, path: str) -> bool:
        """Whether a file may import a moving one by `.` or `..` alone."""
        return any(
            _stem(old).endswith("/index") and dirname(old) in (dirname(path), dirname(dirname(path)))
            for old in self.files
        )

    def _of_file(self, path: str, language: Language) -> Iterator[Edit]:
        for start, end, spec in specifiers(self.code.tree(path)):
            bare, mark, query = spec.partition("?")
            loader, bang, bare = bare.rpartition("!")
            new = self._followed(path, language, bare)
            if new != bare:
                yield Edit(path, start, end, f"{loader}{bang}{new}{mark}{query}".encode())

    def _of_remarks(self, path: str, language: Language) -> Iterator[Edit]:
        for start, end, text, spec in remarked(self.code.read(path)):
            new = self._followed(path, language, spec)
            if new == spec:
                continue
            if spec.endswith(f"/{RUNTIME}") and spec != text:
                if not new.endswith(f"/{RUNTIME}"):
                    raise Refusal(f"{path} says {text!r}, which could not be followed to {new}", "move it by hand")
                new = new.removesuffix(RUNTIME) if text.endswith("/") else new.removesuffix(f"/{RUNTIME}")
            yield Edit(path, start, end, (new if text.startswith(".") else new.removeprefix("./")).encode())

    def _followed(self, path: str, language: Language, spec: str) -> str:
        found = self.code.naming.flow.world.find_from(path, language, spec)
        if found and found[0].inner:
            return spec  # a module that `declare module "name"` declares goes by that name, wherever it stands
        target = found[0].path if found else None
        relative = spec.startswith(("./", "../")) or spec in (".", "..")
        if target is None and relative:
            written = posixpath.normpath(posixpath.join(dirname(path), spec))
            target = written if written in self.code.graph.paths else None  # a style sheet, an image
        home = self.files.get(path, path)
        if target is None or (target not in self.files and home == path):
            return spec
        goal = self.files.get(target, target)
        if relative and goal == target and dirname(home) == dirname(path):
            return spec
        ways = _respelled(path, home, spec, target, goal) if relative else _aliased(spec, target, goal)
        if relative and (dirname(home), dirname(goal)) == (dirname(path), dirname(target)):
            ways = [*self._in_place(path, spec, target, goal), *ways]
        if not relative:
            ways += [spec] if goal == target else []
            ways.append(_relative(home, _stem(goal)))
        for way in ways:
            if not self._is_source(target) or self._leads(home, way, goal):
                return way
        raise Refusal(f"{path} imports {spec!r}, which could not be followed to {goal}", "move it by hand")

    def _in_place(self, path: str, spec: str, target: str, goal: str) -> list[str]:
        """A relative specifier of a file that is called otherwise in its folder: the way to that stays as written.

        An index goes by its folder's name, unless its importer calls others `/index`."""
        if posixpath.normpath(posixpath.join(dirname(path), spec)) == dirname(target):
            return [f"{spec.rstrip('/')}/{basename(_stem(goal))}"]
        folder, _, last = spec.rpartition("/")
        if last != basename(_stem(target)):
            return [f"{folder}/{basename(_stem(goal))}{splitext(last)[1]}"] if splitext(last)[1] else []
        specs = {one.spec for one in self.code.naming.flow.world.view(path).facts.imports}
        said = any(one.endswith("/index") and (one == "./index") == (folder == ".") for one in specs)
        bare = _stem(goal).endswith("/index") and not said
        return [*([folder] if bare else []), f"{folder}/{basename(_stem(goal))}"]

    def _is_source(self, path: str) -> bool:
        record = self.code.graph.files.get(path)
        return record is not None and BY_NAME[record.language].family == FAMILY

    def _leads(self, home: str, spec: str, goal: str) -> bool:
        found = self._finder.find(home, spec)
        return bool(found) and found[0].path == goal

    @cached_property
    def _finder(self) -> Modules:
        paths = frozenset(self.files.get(path, path) for path in self.code.graph.paths)
        found = BY_NAME["typescript"].finder(_After(self.code, self.files, paths))
        assert found is not None
        return found


def _word(path: str) -> str:
    """A word by which the specifier of a path is found: of `user.service` the first."""
    return next(filter(None, spec_words(path.rpartition("/")[2])), "")


def _stem(path: str) -> str:
    return path.removesuffix(".d.ts") if path.endswith(".d.ts") else splitext(path)[0]


def _respelled(path: str, home: str, spec: str, target: str, goal: str) -> list[str]:
    """A relative specifier after the move, with or without suffix or `/index` as it was written.

    The folder around may have the name of the file that is meant: then that is said, too."""
    written = posixpath.normpath(posixpath.join(dirname(path), spec))
    if target.startswith(written):
        tail = target[len(written) :]
        aim = goal[: len(goal) - len(tail)] if tail and goal.endswith(tail) else goal if not tail else _stem(goal)
    else:  # `./a.js` that stands for `a.ts`
        aim = _stem(goal) + splitext(written)[1]
    return [_relative(home, aim), f"{_relative(home, dirname(aim)).removesuffix('/')}/{basename(aim)}"]


def _relative(home: str, aim: str) -> str:
    found = posixpath.relpath(aim or ".", dirname(home) or ".")
    return found if found.startswith("..") or found == "." else f"./{found}"


def _aliased(spec: str, target: str, goal: str) -> list[str]:
    """A specifier through `paths`, `baseUrl` or a package's name: what it has in common with the path is exchanged."""
    ending = splitext(spec)[1]
    before, after = (target, goal) if target.endswith(ending) and ending else (_stem(target), _stem(goal))
    if before.endswith("/index") and not spec.endswith("/index"):
        before, after = before.removesuffix("/index"), after.removesuffix("/index")
    parts, own = spec.split("/"), before.split("/")
    shared = 0
    while shared < min(len(parts), len(own)) and parts[-1 - shared] == own[-1 - shared]:
        shared += 1
    head, folder = parts[: len(parts) - shared], own[: len(own) - shared]
    new = after.split("/")
    return ["/".join([*head, *new[len(folder) :]])] if new[: len(folder)] == folder else []
