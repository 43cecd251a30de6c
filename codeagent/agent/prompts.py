"""What we say to a model: the files of `prompts/`, filled in with exactly the variables that their headers declare."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import yaml

from codeagent.config import data_folder
from codeagent.domain.errors import CodeAgentError

_HEADER: Final = re.compile(r"---\n(.*?)\n---\n", re.DOTALL)
_SLOT: Final = re.compile(r"\{\{ *([a-z_]+) *\}\}")


class PromptError(CodeAgentError):
    """A prompt's file and its use do not fit together: a fault of ours, never of the user."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """One prompt: `text` holds `{{ name }}` for each of `variables`."""

    name: str
    purpose: str
    variables: tuple[str, ...]
    text: str

    def render(self, values: Mapping[str, str]) -> str:
        """Fill in every variable, once: what a value holds is never filled in. Raises PromptError."""
        for problem, names in (
            ("is not given", set(self.variables) - set(values)),
            ("is no variable of it", set(values) - set(self.variables)),
        ):
            if names:
                raise PromptError(f"prompt {self.name}: {', '.join(sorted(names))} {problem}")
        return _SLOT.sub(lambda slot: values[slot[1]], self.text)


def prompt_names() -> tuple[str, ...]:
    """The names of all prompts, sorted."""
    files = data_folder("prompts").glob("*.md")
    return tuple(sorted(path.stem for path in files if path.stem != "README"))


@cache
def load_prompt(name: str) -> Prompt:
    """Read one prompt. Raises PromptError where the header is missing, or tells other variables than the text has."""
    try:
        source = (data_folder("prompts") / f"{name}.md").read_text(encoding="utf-8")
    except FileNotFoundError:
        raise PromptError(f"there is no prompt {name}; there are {', '.join(prompt_names())}") from None
    return read_prompt(name, source)


def read_prompt(name: str, source: str) -> Prompt:
    """Read the text of a prompt's file; errors as `load_prompt`."""
    match = _HEADER.match(source)
    header: Any = yaml.safe_load(match[1]) if match else None
    if match is None or not isinstance(header, dict) or set(header) != {"purpose", "variables"}:
        raise PromptError(f"prompt {name}: it must open with a header that tells purpose and variables")
    variables, text = tuple(header["variables"] or ()), source[match.end() :].strip() + "\n"
    used = set(_SLOT.findall(text))
    for problem, names in (("is used and not declared", used - set(variables)), ("is unused", set(variables) - used)):
        if names:
            raise PromptError(f"prompt {name}: {', '.join(sorted(names))} {problem}")
    return Prompt(name, str(header["purpose"]), variables, text)


def render(name: str, **values: str) -> str:
    """Return a prompt, filled in. Raises PromptError."""
    return load_prompt(name).render(values)
