"""From a file that nobody vouches for to a plan, or to everything that is wrong with it."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from codeagent.domain.errors import UsageError
from codeagent.domain.plan import PLAN_VERSION, Blast, Plan, Step
from codeagent.plans import keys
from codeagent.plans.keys import Key
from codeagent.plans.order import circle_of
from codeagent.plans.places import outside
from codeagent.plans.problems import InvalidPlan, Problem, suggestion
from codeagent.plans.tree import LARGEST, Node, read_tree

_PATHS: Final = ("scope", "tests", "files")


Lines = Mapping[str, int]  # a place, such as `steps.split.arguments`, to its line


def load_plan(path: Path) -> Plan:
    """Read a plan file, YAML or JSON. UsageError: it cannot be read; InvalidPlan: what is wrong with it."""
    return load_located(path)[0]


def load_located(path: Path) -> tuple[Plan, Lines]:
    """Return a plan and the lines of its parts; errors as `load_plan`."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}", "name the file of a plan") from error
    return read_located(data, str(path))


def read_plan(data: bytes, source: str = "plan") -> Plan:
    """Return the plan of a text; InvalidPlan tells all that is wrong with it, each with its line."""
    return read_located(data, source)[0]


def read_located(data: bytes, source: str = "plan") -> tuple[Plan, Lines]:
    """Return the plan of a text and the lines of its parts; errors as `read_plan`."""
    return plan_of(read_tree(data, source), source)


def plan_of(root: Node, source: str) -> tuple[Plan, Lines]:
    """Return the plan of a tree and the lines of its parts; errors as `read_plan`."""
    reader = _Reader()
    plan = reader.plan(root)
    if plan is None or reader.problems:
        raise InvalidPlan(source, sorted(reader.problems, key=lambda one: one.line))
    return plan, reader.lines


class _Reader:
    """Turns trees into values and notes what does not fit."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.lines: dict[str, int] = {}

    def plan(self, root: Node) -> Plan | None:
        if not isinstance(root.value, dict):
            self._say("", f"a plan is a table of keys, not {root.kind}", root)
            return None
        version = root.value.get("version")
        if version is not None and version.value != PLAN_VERSION:
            text = f"version {version.text or version.kind} is not known here; this program reads {PLAN_VERSION}"
            self._say("version", text, version)
            return None
        found = self._table("", root, keys.PLAN)
        found.pop("version", None)
        if self.problems:
            return None
        plan = Plan(**found)
        self._check_order(plan, root)
        return plan

    def _table(self, place: str, node: Node, known: Sequence[Key]) -> dict[str, Any]:
        if not isinstance(node.value, dict):
            self._say(place, f"a table of keys, not {node.kind}", node)
            return {}
        names = [key.name for key in known]
        for name, one in node.value.items():
            if name not in names:
                self._say(place, f'unknown key "{name}"{suggestion(name, names)}', one)
        found = {}
        for key in known:
            here = f"{place}.{key.name}" if place else key.name
            if key.name in node.value:
                found[key.name] = self._value(here, node.value[key.name], key)
            elif key.required:
                self._say(place, f'the key "{key.name}" is missing: {key.about}', node)
        return found

    def _value(self, place: str, node: Node, key: Key) -> Any:
        self.lines[place] = node.line
        match key.kind:
            case "text":
                return self._text(place, node, key)
            case "texts":
                return tuple(self._text(f"{place}.{at}", one, key) for at, one in enumerate(self._list(place, node)))
            case "flag":
                return self._of(place, node, bool, "true or false")
            case "count" | "version":
                return self._of(place, node, int, "a whole number")
            case "money":
                return self._money(place, node)
            case "digests":
                return self._digests(place, node)
            case "arguments":
                return self._arguments(place, node)
            case "blast":
                return Blast(**self._table(place, node, keys.BLAST))
            case "steps":
                return self._steps(place, node)

    def _steps(self, place: str, node: Node) -> tuple[Step, ...]:
        found, seen = [], set()
        listed = self._list(place, node)
        if not listed and isinstance(node.value, list):
            self._say(place, "there is no step", node)
        for number, one in enumerate(listed[: keys.MOST_STEPS], 1):
            named = one.value.get("id") if isinstance(one.value, dict) else None
            name = named.text if named and named.text else f"{number}"
            before = len(self.problems)
            self.lines[f"{place}.{name}"] = one.line
            fields = self._table(f"{place}.{name}", one, keys.STEP)
            if named is not None and not re.fullmatch(keys.STEP_ID, named.text):
                self._say(f"{place}.{number}.id", "small letters, digits and dashes, at most 48", named)
            if name in seen:
                self._say(f"{place}.{number}.id", f'"{name}" is the id of an earlier step', one)
            seen.add(name)
            if len(self.problems) == before:
                found.append(Step(**fields))
        if len(listed) > keys.MOST_STEPS:
            self._say(place, f"{len(listed)} steps; a plan has at most {keys.MOST_STEPS}", node)
        return tuple(found)

    def _check_order(self, plan: Plan, root: Node) -> None:
        names = [step.id for step in plan.steps]
        nodes = {one.value["id"].text: one for one in root.value["steps"].value}
        for step in plan.steps:
            for other in step.after:
                if other not in names:
                    text = f'there is no step "{other}"{suggestion(other, names)}'
                    self._say(f"steps.{step.id}.after", text, nodes[step.id].value["after"])
        circle = circle_of(plan.steps)
        if circle:
            text = f"the steps wait for each other: {' → '.join(circle)}"
            self._say(f"steps.{circle[0]}.after", text, nodes[circle[0]].value["after"])

    # --- single values

    def _text(self, place: str, node: Node, key: Key) -> str:
        if isinstance(node.value, list | dict) or node.value is None:
            self._say(place, f"a text is wanted, not {node.kind}", node)
            return ""
        if len(node.text) > keys.LONGEST_TEXT:
            self._say(place, f"longer than {keys.LONGEST_TEXT} letters", node)
        if key.choices and node.text not in key.choices:
            self._say(place, f'"{node.text}" is not known{suggestion(node.text, key.choices)}', node)
        if key.name in _PATHS and (why := outside(node.text)):
            self._say(place, f'"{node.text}" {why}', node)
        if key.required and key.name not in _PATHS and not node.text.strip():
            self._say(place, "is empty", node)
        return node.text

    def _list(self, place: str, node: Node) -> list[Node]:
        if not isinstance(node.value, list):
            self._say(place, f"a list is wanted, not {node.kind}", node)
            return []
        if len(node.value) > keys.MOST_ITEMS:
            self._say(place, f"{len(node.value)} items; at most {keys.MOST_ITEMS}", node)
        return node.value[: keys.MOST_ITEMS]

    def _of(self, place: str, node: Node, kind: type, words: str) -> Any:
        if type(node.value) is not kind:
            self._say(place, f"{words}, not {node.kind}", node)
        return node.value

    def _money(self, place: str, node: Node) -> float | None:
        if node.value is None:
            return None
        try:
            value = float(node.text)
        except ValueError:
            value = -1.0
        if not 0 <= value < 1e9:
            self._say(place, "an amount of US dollars, or null where it is unknown", node)
        return value

    def _digests(self, place: str, node: Node) -> Mapping[str, str]:
        if not isinstance(node.value, dict):
            self._say(place, f"a table of paths and digests, not {node.kind}", node)
            return {}
        for path, one in node.value.items():
            if why := outside(path):
                self._say(place, f'"{path}" {why}', one)
            if not re.fullmatch(keys.DIGEST, one.text):
                self._say(f"{place}.{path}", "a digest has 32 hex digits", one)
        return {path: one.text for path, one in node.value.items()}

    def _arguments(self, place: str, node: Node) -> Mapping[str, Any]:
        if not isinstance(node.value, dict):
            self._say(place, f"a table of arguments, not {node.kind}", node)
            return {}
        for name, one in node.value.items():
            self.lines[f"{place}.{name}"] = one.line
            self._bounded(f"{place}.{name}", one)
        found: Mapping[str, Any] = node.plain
        return found

    def _bounded(self, place: str, node: Node) -> None:
        if isinstance(node.value, dict):
            self._say(place, "a text, a list, or true or false is wanted, not a table", node)
        elif isinstance(node.value, list):
            for one in self._list(place, node):
                self._bounded(place, one)
        elif len(node.text) > keys.LONGEST_TEXT:
            self._say(place, f"longer than {keys.LONGEST_TEXT} letters", node)

    def _say(self, place: str, text: str, node: Node) -> None:
        self.problems.append(Problem(place, text, node.line))
