"""Open places in the texts of a recipe: what they are called, putting values in, and finding what may be left open."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from codeagent.domain.errors import UsageError
from codeagent.domain.plan import Step
from codeagent.domain.recipe import Recipe

_HOLE: Final = re.compile(r"\{\{|\}\}|\{([a-z][a-z0-9_]*)(?:\.(name|stem))?\}")


def holes(recipe: Recipe) -> set[str]:
    """Return the parameters that the steps of a recipe ask for."""
    return {found[1] for step in recipe.steps for text in texts_of(step) for found in _HOLE.finditer(text) if found[1]}


def filled(recipe: Recipe, values: Mapping[str, str]) -> tuple[Step, ...]:
    """Return the steps of a recipe with values put in. Raises UsageError where one is missing or unknown."""
    missing = sorted(holes(recipe) - values.keys())
    unknown = sorted(values.keys() - recipe.parameters.keys())
    if missing or unknown:
        what = f"{recipe.name} needs {', '.join(missing)}" if missing else f"{recipe.name} takes no {unknown[0]}"
        told = "; ".join(f"{name}: {about}" for name, about in recipe.parameters.items())
        raise UsageError(what, told or "it takes nothing")
    return tuple(with_texts(step, lambda text: _filled(text, values)) for step in recipe.steps)


def _filled(text: str, values: Mapping[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        if found[1] is None:
            return found[0][0]
        whole = values[found[1]]
        if found[2] == "name":
            return re.split(r"[./:]", whole)[-1]
        return whole.rpartition("/")[2].partition(".")[0] if found[2] == "stem" else whole

    return _HOLE.sub(value, text)


def escaped(text: str) -> str:
    """Return a text in which no brace opens a place."""
    return text.replace("{", "{{").replace("}", "}}")


def texts_of(step: Step) -> Iterator[str]:
    """Yield every text of a step that may have open places."""
    found: list[str] = []

    def seen(text: str) -> str:
        found.append(text)
        return text

    with_texts(step, seen)
    yield from found


def with_texts(step: Step, change: Callable[[str], str]) -> Step:
    """Return a step with every such text changed."""

    def changed(value: Any) -> Any:
        if isinstance(value, str):
            return change(value)
        return [changed(one) for one in value] if isinstance(value, list | tuple) else value

    return replace(
        step,
        title=change(step.title),
        why=change(step.why),
        arguments={name: changed(value) for name, value in step.arguments.items()},
        preconditions=tuple(map(change, step.preconditions)),
        scope=tuple(map(change, step.scope)),
    )
