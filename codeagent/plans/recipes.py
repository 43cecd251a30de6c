"""Recipes as files: read with every bound that plans have, written so that a person can review them."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from typing import Any, Final

from codeagent.domain.patch import hex_digest
from codeagent.domain.plan import PLAN_VERSION, Plan
from codeagent.domain.recipe import RECIPE_VERSION, Reach, Recipe, Track, Trigger
from codeagent.plans.filling import holes
from codeagent.plans.problems import InvalidPlan, Problem, suggestion
from codeagent.plans.reading import plan_of
from codeagent.plans.tree import Node, read_tree
from codeagent.plans.writing import as_tables, as_text

NAME: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
_PARAMETER: Final = re.compile(r"[a-z][a-z0-9_]{0,31}\Z")
_KEYS: Final = (
    "version", "name", "goal", "trigger", "parameters", "steps", "gates", "most_files", "reach", "track", "origin",
    "digest",
)  # fmt: skip
_HINT: Final = "codeagent recipes show NAME prints one that is sound"


def digest_of(recipe: Recipe) -> str:
    """Return what stands for a recipe: all that it says and does, but not how it went or where it came from."""
    tables = recipe_tables(replace(recipe, track=Track(), origin="", digest=""))
    text = json.dumps(tables, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hex_digest(text.encode())


def recipe_tables(recipe: Recipe) -> dict[str, Any]:
    """Return a recipe as plain tables in the order of its file."""
    return {
        "version": RECIPE_VERSION,
        "name": recipe.name,
        "goal": recipe.goal,
        "trigger": _listed(asdict(recipe.trigger)),
        "parameters": dict(recipe.parameters),
        "steps": as_tables(Plan(recipe.goal, recipe.steps))["steps"],
        "gates": list(recipe.gates),
        "most_files": recipe.most_files,
        "reach": asdict(recipe.reach),
        "track": asdict(recipe.track),
        "origin": recipe.origin,
        "digest": recipe.digest,
    }


def _listed(table: Mapping[str, Any]) -> dict[str, Any]:
    return {key: list(value) if isinstance(value, tuple) else value for key, value in table.items()}


def recipe_text(recipe: Recipe) -> str:
    """Return the YAML of a recipe, its digest made anew."""
    return as_text(recipe_tables(replace(recipe, digest=digest_of(recipe))))


def read_recipe(data: bytes, source: str) -> Recipe:
    """Return the recipe of a text, with the digest that its content really has; InvalidPlan tells what is wrong.

    That the digest written in it is another one is told by `declared`."""
    root = read_tree(data, source)
    found = _Reader(source).recipe(root)
    return replace(found, digest=digest_of(found))


def declared(data: bytes, source: str) -> str:
    """Return the digest that the text of a recipe says it has; "" for none."""
    node = read_tree(data, source).value.get("digest")
    return node.text if node is not None else ""


class _Reader:
    """Turns the tree of a file into a recipe."""

    def __init__(self, source: str) -> None:
        self._source = source

    def recipe(self, root: Node) -> Recipe:
        """Raises InvalidPlan."""
        if not isinstance(root.value, dict):
            raise self._wrong("", f"a recipe is a table of keys, not {root.kind}", root)
        for name, node in root.value.items():
            if name not in _KEYS:
                raise self._wrong(name, f"unknown key{suggestion(name, _KEYS)}", node)
        version = root.value.get("version")
        if version is None or version.value != RECIPE_VERSION:
            raise self._wrong("version", f"this program reads version {RECIPE_VERSION}", version or root)
        name = self._text(root, "name")
        if not NAME.match(name) or len(name) > 64:
            raise self._wrong("name", "small letters, digits and single hyphens, at most 64", root.value["name"])
        goal = self._text(root, "goal")
        recipe = Recipe(
            name=name,
            goal=goal,
            steps=self._steps(root, goal),
            trigger=Trigger(**self._table(root, "trigger", Trigger)),
            parameters=self._parameters(root),
            gates=self._texts(root, "gates"),
            most_files=self._count(root, "most_files"),
            reach=Reach(**self._table(root, "reach", Reach)),
            track=Track(**self._table(root, "track", Track)),
            origin=self._text(root, "origin", needed=False),
        )
        for name in sorted(holes(recipe) - recipe.parameters.keys()):
            raise self._wrong("steps", f"no parameter {name}{suggestion(name, list(recipe.parameters))}", root)
        return recipe

    def _steps(self, root: Node, goal: str) -> Any:
        node = root.value.get("steps")
        if node is None:
            raise self._wrong("steps", "the key is missing", root)
        plan = {"version": Node(PLAN_VERSION, root.line), "goal": Node(goal, root.line, goal), "steps": node}
        return plan_of(Node(plan, root.line), self._source)[0].steps

    def _parameters(self, root: Node) -> dict[str, str]:
        node = root.value.get("parameters", Node({}, root.line))
        if not isinstance(node.value, dict):
            raise self._wrong("parameters", f"a table of names, not {node.kind}", node)
        for name, one in node.value.items():
            if not _PARAMETER.match(name) or isinstance(one.value, list | dict):
                raise self._wrong(f"parameters.{name}", "a small name, and what it stands for", one)
        return {name: one.text for name, one in node.value.items()}

    def _table(self, root: Node, name: str, kind: type[Trigger | Reach | Track]) -> dict[str, Any]:
        node = root.value.get(name, Node({}, root.line))
        if not isinstance(node.value, dict):
            raise self._wrong(name, f"a table, not {node.kind}", node)
        known = {one.name: one.type for one in fields(kind)}
        for key, one in node.value.items():
            if key not in known:
                raise self._wrong(f"{name}.{key}", f"unknown key{suggestion(key, list(known))}", one)
        return {key: self._value(node, key, known[key]) for key in node.value}

    def _value(self, node: Node, key: str, kind: object) -> Any:
        if kind is int:
            return self._count(node, key)
        return self._text(node, key, needed=False) if kind is str else self._texts(node, key)

    def _text(self, root: Node, name: str, needed: bool = True) -> str:
        node = root.value.get(name)
        if node is None or isinstance(node.value, list | dict) or (needed and not node.text.strip()):
            if node is None and not needed:
                return ""
            raise self._wrong(name, "a text is wanted", node or root)
        return str(node.text)

    def _texts(self, root: Node, name: str) -> tuple[str, ...]:
        node = root.value.get(name)
        if node is None:
            return ()
        if not isinstance(node.value, list) or any(isinstance(one.value, list | dict) for one in node.value):
            raise self._wrong(name, "a list of texts is wanted", node)
        return tuple(one.text for one in node.value)

    def _count(self, root: Node, name: str) -> int:
        node = root.value.get(name)
        if node is None:
            return 0
        if type(node.value) is not int or node.value < 0:
            raise self._wrong(name, "a whole number is wanted", node)
        return node.value

    def _wrong(self, place: str, text: str, node: Node) -> InvalidPlan:
        return InvalidPlan(self._source, [Problem(place, text, node.line)], _HINT)
