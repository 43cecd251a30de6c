"""What a plan is about: the files, symbols, places and new names in its arguments, left open in every text of it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from codeagent.domain.plan import Plan, Step
from codeagent.languages import for_path
from codeagent.plans.filling import escaped, texts_of

_NEW: Final = ("new", "name", "new_name", "to", "into")  # arguments that name what comes to be, or where it goes
_OLD: Final = ("target", "targets", "symbols", "about")  # arguments that name what is there
_NAME: Final = re.compile(r"[^\W\d][\w.-]*")
_PLACE: Final = re.compile(r".+?:\d+(?::\d+)?(?:-\d+(?::\d+)?)?")


@dataclass(frozen=True, slots=True)
class Subject:
    """A text of a plan that is open in a recipe: the parameter `name` stands for `value`."""

    name: str
    value: str
    about: str


class Subjects:
    """The subjects of one plan."""

    def __init__(self, plan: Plan) -> None:
        self._found: dict[str, Subject] = {}
        for step in plan.steps:
            for key, value in _arguments(step):
                self._take(key, value)
        self._texts = self._by_length()

    def _take(self, key: str, value: str) -> None:
        path, mark, dotted = value.partition("::")
        if "\n" in value:
            return
        if _PLACE.fullmatch(value):
            self._add("place", value, "a place, PATH:LINE:COL or a range of it")
        elif mark:
            self._add("file", path, "a file, relative to the root")
            self._add("symbol", dotted, "a symbol in its file, dotted")
        elif " " not in value and (for_path(value) is not None or "/" in value.strip("/")):
            self._add(key if key in _NEW else "file", value, "a file or folder, relative to the root")
        elif key in _NEW and _NAME.fullmatch(value):
            self._add(key, value, "a name")
        elif key in _OLD and _NAME.fullmatch(value):
            self._add("symbol", value, "a symbol, by its id or name")

    def _add(self, name: str, value: str, about: str) -> None:
        if value and value not in self._found:
            count = sum(one.name.rstrip("0123456789") == name for one in self._found.values())
            self._found[value] = Subject(f"{name}{count + 1}" if count else name, value, about)

    def _by_length(self) -> list[tuple[re.Pattern[str], str]]:
        """Patterns of values and of short names of symbols, longest first, each with what takes its place."""
        texts = {one.value: f"{{{one.name}}}" for one in self._found.values()}
        for one in self._found.values():
            last = one.value.rpartition(".")[2]
            if one.name.startswith("symbol") and len(last) > 2:
                texts.setdefault(last, f"{{{one.name}.name}}")
        return [(_bordered(text), texts[text]) for text in sorted(texts, key=len, reverse=True)]

    def opened(self, text: str) -> str:
        """Return a text with places for what the plan is about."""
        parts = [escaped(text)]
        for pattern, place in self._texts:
            parts = [piece for at, part in enumerate(parts) for piece in _split(pattern, part, place, at)]
        return "".join(parts)

    def told(self, steps: Iterable[Step], goal: str) -> dict[str, str]:
        """Return the parameters that the steps use, each with what it stands for and an example."""
        texts = [goal, *(text for step in steps for text in texts_of(step))]
        used = {name for text in texts for name in re.findall(r"\{([a-z][a-z0-9_]*)(?:\.\w+)?\}", text)}
        return {one.name: f"{one.about}, such as {one.value}" for one in self._found.values() if one.name in used}


def _bordered(text: str) -> re.Pattern[str]:
    """A text that is not a part of a longer word or path; a name may be the last of dotted ones."""
    before = r"(?<![\w.])(?<![\w.]/)" if "/" in text else r"(?<![\w/])"
    return re.compile(rf"{before}{re.escape(escaped(text))}(?![\w/])")


def _split(pattern: re.Pattern[str], part: str, place: str, at: int) -> Iterator[str]:
    """A part cut at each match, the place between; what is a place already (every second part) stays whole."""
    if at % 2:
        yield part
        return
    pieces = pattern.split(part)
    for number, piece in enumerate(pieces):
        if number:
            yield place
        yield piece


def _arguments(step: Step) -> Iterator[tuple[str, str]]:
    for key, value in step.arguments.items():
        for one in value if isinstance(value, list | tuple) else (value,):
            if isinstance(one, str) and key != "instructions":
                yield key, one
