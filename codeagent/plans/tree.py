"""YAML and JSON texts that nobody vouches for, as bounded trees of plain values that know their lines."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import yaml

from codeagent.plans.problems import InvalidPlan, Problem

LARGEST: Final = 512_000  # bytes
_DEEPEST: Final = 12
_INTEGER: Final = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})\Z")
_WORDS: Final = {"": None, "~": None, "null": None, "true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Node:
    """A value and the line that it begins on. `text` is what a scalar says before anything is made of it."""

    value: Any  # str, int, bool, None, list[Node] or dict[str, Node]
    line: int
    text: str = ""

    @property
    def plain(self) -> Any:
        """The value without lines."""
        if isinstance(self.value, dict):
            return {key: node.plain for key, node in self.value.items()}
        return [node.plain for node in self.value] if isinstance(self.value, list) else self.value

    @property
    def kind(self) -> str:
        """What it is, in words."""
        names = {str: "text", bool: "true or false", int: "a number", type(None): "nothing", list: "a list"}
        return names.get(type(self.value), "a table")


def read_tree(data: bytes, source: str) -> Node:
    """Return the tree of one document; InvalidPlan names the first thing that is not allowed.

    Anchors, aliases, tags and repeated keys are not: what stands there is all that there is."""
    if len(data) > LARGEST:
        raise InvalidPlan(source, [Problem("", f"larger than {LARGEST // 1000} kB, which no plan needs")])
    try:
        text = data.decode("utf-8-sig")
        return _Reader(source, _events(text)).document()
    except UnicodeDecodeError as error:
        raise InvalidPlan(source, [Problem("", f"not UTF-8 at byte {error.start}")]) from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise InvalidPlan(source, [Problem("", f"no YAML: {error.problem or error.context}", line)]) from error
    except yaml.YAMLError as error:
        raise InvalidPlan(source, [Problem("", f"no YAML: {str(error).splitlines()[0]}")]) from error


def _events(text: str) -> Iterator[yaml.Event]:
    if text.lstrip()[:1] == "{":  # JSON may be indented by tabs, which YAML does not know
        text = re.sub(r"^[ \t]+", lambda found: " " * len(found[0]), text, flags=re.MULTILINE)
    return iter(yaml.parse(text, Loader=yaml.SafeLoader))


class _Reader:
    """Makes a tree of the events of a parser."""

    def __init__(self, source: str, events: Iterator[yaml.Event]) -> None:
        self._source, self._events = source, events

    def document(self) -> Node:
        first = next((one for one in self._events if not isinstance(one, yaml.StreamStartEvent)), None)
        if not isinstance(first, yaml.DocumentStartEvent):
            return Node(None, 1)
        found = self._node(next(self._events), 0)
        next(self._events)
        if not isinstance(more := next(self._events), yaml.StreamEndEvent):
            raise self._wrong(more, "a second document begins here; a plan is one")
        return found

    def _node(self, event: yaml.Event, depth: int) -> Node:
        line = _line(event)
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise self._wrong(event, "anchors and aliases are not allowed: write it out")
        if tag := getattr(event, "tag", None):
            raise self._wrong(event, f"the tag {tag} is not allowed")
        if depth > _DEEPEST:
            raise self._wrong(event, "nested too deeply")
        if isinstance(event, yaml.ScalarEvent):
            return _scalar(event, line)
        if isinstance(event, yaml.SequenceStartEvent):
            return Node(list(self._items(depth)), line)
        return Node(self._table(depth), line)

    def _items(self, depth: int) -> Iterator[Node]:
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            yield self._node(event, depth + 1)

    def _table(self, depth: int) -> dict[str, Node]:
        found: dict[str, Node] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._node(event, depth + 1)
            if isinstance(key.value, list | dict):
                raise self._wrong(event, "a key must be a word")
            if key.text in found:
                raise self._wrong(event, f'the key "{key.text}" stands here twice')
            found[key.text] = self._node(next(self._events), depth + 1)
        return found

    def _wrong(self, event: yaml.Event, text: str) -> InvalidPlan:
        return InvalidPlan(self._source, [Problem("", text, _line(event))])


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


def _scalar(event: yaml.ScalarEvent, line: int) -> Node:
    """A scalar as YAML 1.2 reads it: of bare words only null, true and false are special, and whole numbers."""
    text = event.value
    if event.style is not None:  # quoted: JSON writes letters beyond 16 bits as two halves
        halves = text.encode("utf-16-le", "surrogatepass")
        text = halves.decode("utf-16-le", "surrogatepass")
        return Node(text, line, text)
    if text.lower() in _WORDS:
        return Node(_WORDS[text.lower()], line, text)
    return Node(int(text) if _INTEGER.match(text) else text, line, text)
